/* The cells of one sheet: the question at hand in large type, its options as
 * big buttons, and the whole sheet below.  Digits do everything. */
import { paperView, textOf } from "./cells_paper";
import { button, fill, h } from "./dom";
import { keyed, markKeys } from "./sheetform";
import type { Answer, Cell, Order, SheetForm } from "./sheetform";
import { labelOf, nameOf, t } from "./words";

export interface CellsHooks {
  changed(): void;
  finish(): void;
  leave(): void;
  head(): void;
  order(o: Order): void;
}

export function cellsView(f: SheetForm, hooks: CellsHooks):
{ el: HTMLElement; focus(): void } {
  const many = f.d.units.length > 1;
  const asked = f.form.questions.filter((q) => q.asked);
  const live = h("p", { class: "sr", "aria-live": "polite" });
  const where = h("p", { class: "where" });
  const prompt = h("h2", { class: "prompt", id: "prompt" });
  const note = h("p", { class: "hint" });
  const choices = h("div", { class: "choices", role: "group",
    "aria-labelledby": "prompt" });
  const warn = h("p", { class: "warn", role: "alert" });
  const meter = h("progress", { max: f.cells.length - 1, value: 0,
    "aria-label": t("k_matrix") });
  const count = h("span", { class: "num" });
  const panel = h("div", { class: "panel", tabindex: "-1" }, where, prompt,
    note, choices, warn);
  const paper = paperView(f, (i) => {
    f.go(i);
    draw();
  });
  let askedTwice = false;
  let field: HTMLInputElement | HTMLTextAreaElement | null = null;
  let marked: number | null = null;

  function describe(c: Cell): void {
    if (c.kind === "profile") {
      where.textContent = t("k_profile");
      prompt.textContent = labelOf(c.field);
      note.textContent = "";
    } else if (c.kind === "comment") {
      where.textContent = "";
      prompt.textContent = t("k_comment");
      note.textContent = t("k_comment_hint");
    } else {
      const place = asked.indexOf(c.q) + 1;
      fill(where, many ? h("b", null, nameOf(f.units()[c.unit]!)) : null,
        many ? ` · ${t("k_unit_of", c.unit + 1, f.d.units.length)} · ` : "",
        t("k_q_of", place, asked.length),
        c.q.field && !many ? ` · ${c.q.field}` : "");
      prompt.textContent = textOf(c.q);
      note.textContent = c.q.type === "number"
        ? t(c.q.decimals === 0 ? "k_whole_hint" : "k_number_hint")
        : c.q.type === "text" ? t("k_text_hint")
          : c.q.type === "multiple" ? t("k_many_hint") : "";
    }
  }

  function choice(key: string, on: boolean, act: () => void,
    kind = ""): HTMLElement {
    return button(null, act, { class: `choice ${kind}${on ? " on" : ""}`,
      "aria-pressed": String(on), "data-key": key });
  }

  function drawChoices(c: Cell): void {
    const v = f.value(c);
    field = null;
    if (c.kind === "comment" || (c.kind === "answer" &&
      (c.q.type === "text" || c.q.type === "number"))) {
      drawField(c, v);
      return;
    }
    const options = f.options(c);
    const multi = c.kind === "answer" && c.q.type === "multiple";
    const list = keyed(options).map(({ key, option }) => {
      const on = typeof v === "object" && ("o" in v ? v.o === option.code
        : "many" in v && v.many.includes(option.code));
      const b = choice(key, on, () => press(key));
      fill(b, h("span", { class: "fig" }, key),
        h("span", null, labelOf(option)));
      return b;
    });
    const keys = markKeys(options);
    const mark = (key: string, value: Answer, text: string) => {
      const b = choice(key, v === value, () => press(key), "mark ");
      fill(b, h("span", { class: "fig" }, key), h("span", null, text));
      return b;
    };
    fill(choices, h("div", { class: `options n${list.length}` }, list),
      h("div", { class: "marks" },
        mark(keys.blank, "blank", t("k_blank")),
        c.kind === "answer" && !multi ? [
          mark(keys.dontKnow, "dont-know", t("k_dk")),
          mark(keys.unreadable, "unreadable", t("k_two"))] : null,
        undoButton(),
        multi ? button(t("k_next"), () => next(), { class: "main" })
          : null));
  }

  function undoButton(): HTMLElement {
    const b = button(null, () => undo(), { class: "choice mark" });
    fill(b, h("span", { class: "fig" }, "←"), h("span", null, t("k_undo")));
    return b;
  }

  function drawField(c: Cell, v: Answer | undefined): void {
    const text = c.kind === "comment" ? f.d.comment
      : typeof v === "object" && "words" in v ? v.words : "";
    field = c.kind === "comment" || (c.kind === "answer" &&
      c.q.type === "text")
      ? h("textarea", { rows: c.kind === "comment" ? "3" : "2",
        "aria-labelledby": "prompt" })
      : h("input", { type: "text", inputmode: "decimal", class: "figure",
        autocomplete: "off", "aria-labelledby": "prompt" });
    field.value = text;
    field.addEventListener("input", () => {
      if (f.cell.kind === "comment") {
        f.d.comment = field!.value;
        hooks.changed();
      }
    });
    fill(choices, field, h("div", { class: "marks" },
      button(t(c.kind === "comment" ? "k_finish" : "k_next"), () => next(),
        { class: "main", id: "next" }), undoButton(),
      many && c.kind === "answer" && c.q.type === "text"
        ? button(t("k_no_more"), () => noMore()) : null));
  }

  function draw(): void {
    const c = f.cell;
    warn.textContent = "";
    describe(c);
    drawChoices(c);
    if (marked !== null) paper.draw(marked);
    paper.draw(f.at);
    marked = f.at;
    const p = f.progress();
    meter.value = p.done;
    count.textContent = t("k_done_of", p.done, p.of);
    reveal();
    (field ?? panel).focus({ preventScroll: true });
    live.textContent = `${where.textContent ?? ""}. ${
      prompt.textContent ?? ""}`;
  }

  /* The question stays where it is. */
  function reveal(): void {
    paper.reveal();
    if (panel.getBoundingClientRect().top < 0 ||
      panel.getBoundingClientRect().top > window.innerHeight / 2)
      panel.scrollIntoView({ block: "nearest" });
  }

  function after(): void {
    askedTwice = false;
    hooks.changed();
    draw();
  }

  function press(k: string): void {
    const c = f.cell;
    if (c.kind === "answer" && c.q.type === "multiple") {
      toggle(c, k);
      return;
    }
    if (f.press(k)) after();
    else warn.textContent = t("k_no_key", k);
  }

  function toggle(c: Extract<Cell, { kind: "answer" }>, k: string): void {
    if (k === "." || k === markKeys(c.q.options).blank) {
      f.set("blank");
      after();
      return;
    }
    const hit = keyed(c.q.options).find((x) => x.key === k);
    if (!hit) {
      warn.textContent = t("k_no_key", k);
      return;
    }
    const v = f.value(c);
    const had = typeof v === "object" && "many" in v ? v.many : [];
    const now = had.includes(hit.option.code)
      ? had.filter((x) => x !== hit.option.code)
      : [...had, hit.option.code];
    f.set({ many: c.q.options.map((o) => o.code)
      .filter((x) => now.includes(x)) }, false);
    after();
  }

  /* Enter. */
  function next(): void {
    const c = f.cell;
    if (c.kind === "comment") {
      finish();
      return;
    }
    if (field) {
      const text = field.value.trim();
      f.set(text ? { words: c.kind === "answer" && c.q.type === "number"
        ? text.replace(",", ".") : text } : "blank");
      after();
      return;
    }
    if (c.kind === "answer" && c.q.type === "multiple") {
      const v = f.value(c);
      if (v === undefined || (typeof v === "object" && "many" in v &&
        v.many.length === 0)) f.set("blank");
      else f.go(f.at + 1);
      after();
      return;
    }
    /* an answered cell is left, an open one waits for its digit */
    if (f.value(c) !== undefined) {
      f.go(f.at + 1);
      draw();
    }
  }

  function noMore(): void {
    f.noMoreWords();
    after();
  }

  function finish(): void {
    const open = f.open();
    if (open.length && !askedTwice) {
      askedTwice = true;
      warn.textContent = t("k_open", open.length);
      return;
    }
    hooks.finish();
  }

  function undo(): void {
    if (askedTwice) {
      askedTwice = false;
      f.go(f.open()[0] ?? f.at);
      draw();
      return;
    }
    if (f.undo()) after();
  }

  function arrow(k: string): void {
    if (k === "ArrowRight") many ? f.move(0, 1) : f.go(f.at + 1);
    else if (k === "ArrowLeft") many ? f.move(0, -1) : f.go(f.at - 1);
    else if (k === "ArrowDown") many ? f.move(1, 0) : f.go(f.at + 1);
    else if (k === "ArrowUp") many ? f.move(-1, 0) : f.go(f.at - 1);
    else f.go(k === "Home" ? 0 : f.cells.length - 1);
    draw();
  }

  function onKey(e: KeyboardEvent): void {
    if (e.isComposing) return;
    if (e.ctrlKey && e.key === "Enter" && f.cell.kind === "answer" &&
      f.cell.q.type === "text") {
      e.preventDefault();
      noMore();
      return;
    }
    const inField = field !== null && e.target === field;
    if (e.ctrlKey && e.key === "z" && !inField) {
      e.preventDefault();
      undo();
      return;
    }
    if (e.ctrlKey || e.altKey || e.metaKey) return;
    const onButton = e.target instanceof HTMLButtonElement;
    const empty = inField && field!.value === "";
    if (e.key === "Escape") hooks.leave();
    else if (e.key === "F2") hooks.head();
    else if (e.key === "Enter" && !(e.shiftKey && inField) &&
      (!onButton || (e.target as HTMLElement).classList.contains("box")))
      next();
    else if (e.key === "Backspace" && (!inField || empty)) undo();
    else if (/^Arrow|^Home$|^End$/.test(e.key) && (!inField || empty))
      arrow(e.key);
    else if (!inField && e.key.length === 1 && e.key !== " ") press(e.key);
    else return;
    e.preventDefault();
  }

  const order = many ? button(t(f.d.order === "unit" ? "k_byquestion"
    : "k_byunit"), () => hooks.order(f.d.order === "unit" ? "question"
    : "unit"), { class: "quiet" }) : null;
  const g = f.group;
  const home = f.d.home ? f.plan.units.get(f.d.home) : undefined;
  const el = h("section", { class: many ? "sheet many" : "sheet",
    "aria-label": f.d.sheet, onkeydown: (e: KeyboardEvent) => onKey(e) },
  h("div", { class: "sheethead" },
    h("h1", { class: "sheetno" }, f.d.sheet),
    h("span", null, nameOf(g), home ? ` · ${nameOf(home)}` : "",
      f.d.keying === 2 ? ` · ${t("k_second")}` : ""),
    h("span", { class: "right" }, meter, count, order,
      button(t("k_head"), () => hooks.head(), { class: "quiet" }),
      button(t("k_leave"), () => hooks.leave(), { class: "quiet" }))),
  h("div", { class: "work" }, panel, paper.el),
  live);
  draw();
  return { el, focus: draw };
}
