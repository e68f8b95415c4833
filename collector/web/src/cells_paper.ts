/* The whole sheet as it lies on the desk: a list of questions, or a matrix of
 * units and questions, each cell with the figure that was keyed. */
import { h } from "./dom";
import type { Option } from "./plan";
import { keyed } from "./sheetform";
import type { Answer, Cell, SheetForm } from "./sheetform";
import { getLang, labelOf, nameOf, t } from "./words";

function figure(options: Option[], v: Answer | undefined): string {
  if (v === undefined) return "";
  if (v === "blank") return "–";
  if (v === "dont-know") return "?";
  if (v === "unreadable") return "✕";
  if ("o" in v) return keyed(options).find((x) => x.option.code === v.o)?.key
    ?? "!";
  if ("many" in v) return keyed(options).filter((x) =>
    v.many.includes(x.option.code)).map((x) => x.key).join("");
  return v.words.length > 6 ? `${v.words.slice(0, 5)}…` : v.words;
}

function spoken(options: Option[], v: Answer | undefined): string {
  if (v === undefined) return "";
  if (v === "blank") return t("k_blank");
  if (v === "dont-know") return t("k_dk");
  if (v === "unreadable") return t("k_two");
  if ("o" in v) {
    const o = options.find((x) => x.code === v.o);
    return o ? labelOf(o) : v.o;
  }
  return "many" in v ? v.many.join(", ") : v.words;
}

export function textOf(x: { text: string; text_en: string }): string {
  return getLang() === "vi" ? x.text : x.text_en;
}

export interface Paper {
  el: HTMLElement;
  draw(i: number): void;
  reveal(): void; // the cell at hand comes into sight
}

/* `go`: a cell was clicked. */
export function paperView(f: SheetForm, go: (i: number) => void): Paper {
  const many = f.d.units.length > 1;
  const asked = f.form.questions.filter((q) => q.asked);
  const boxes = new Map<number, HTMLElement>();

  function box(i: number): HTMLElement {
    const b = h("button", { type: "button", tabindex: "-1", class: "box",
      onclick: () => go(i) });
    boxes.set(i, b);
    return b;
  }
  function label(i: number): string {
    const c = f.cells[i]!;
    if (c.kind === "profile") return labelOf(c.field);
    if (c.kind === "comment") return t("k_comment");
    return many ? `${nameOf(f.units()[c.unit]!)}, ${c.q.code}` : c.q.code;
  }
  function plainRows(kinds: Cell["kind"][]): HTMLElement[] {
    return f.cells.flatMap((c, i) => kinds.includes(c.kind) &&
      c.kind !== "comment" ? [h("li", null, h("span", { class: "qcode" },
        c.kind === "answer" ? c.q.code : ""),
      h("span", { class: "qtext" }, c.kind === "answer" ? textOf(c.q)
        : label(i)), box(i))] : []);
  }
  function rows(): HTMLElement {
    return h("ol", { class: "rows", "aria-label": t("k_matrix") },
      plainRows(["profile", "answer"]));
  }
  function matrix(): HTMLElement {
    const at = new Map<string, number>();
    f.cells.forEach((c, i) => {
      if (c.kind === "answer") at.set(`${c.unit}/${c.qi}`, i);
    });
    return h("div", null,
      h("ol", { class: "rows short", "aria-label": t("k_profile") },
        plainRows(["profile"])),
      h("div", { class: "scroll", tabindex: "0", role: "region",
        "aria-label": t("k_matrix") },
      h("table", { class: "matrix" },
        h("caption", { class: "sr" }, t("k_matrix")),
        h("thead", null, h("tr", null, h("td", null),
          asked.map((q) => h("th", { scope: "col", title: textOf(q) },
            q.code)))),
        h("tbody", null, f.units().map((u, n) => h("tr", null,
          h("th", { scope: "row" }, nameOf(u)),
          asked.map((q) => h("td", null,
            box(at.get(`${n}/${f.form.questions.indexOf(q)}`)!)))))))));
  }

  function draw(i: number): void {
    const b = boxes.get(i);
    const c = f.cells[i]!;
    if (!b) return;
    const v = f.value(c);
    const fig = figure(f.options(c), v);
    if (b.textContent !== fig) b.textContent = fig;
    b.className = `box${v === undefined ? " open" : ""}` +
      `${typeof v === "string" ? " marked" : ""}` +
      `${i === f.at ? " now" : ""}`;
    b.setAttribute("aria-label", `${label(i)}: ${spoken(f.options(c), v) ||
      "—"}`);
    if (i === f.at) b.setAttribute("aria-current", "true");
    else b.removeAttribute("aria-current");
  }

  /* The cell at hand within the paper; the question stays where it is. */
  function reveal(): void {
    const b = boxes.get(f.at);
    const frame = b?.closest<HTMLElement>(".scroll, .rows");
    if (b && frame) {
      const [x, y] = [b.getBoundingClientRect(), frame.getBoundingClientRect()];
      const stuck = many ? 170 : 0;
      if (x.bottom > y.bottom) frame.scrollTop += x.bottom - y.bottom + 8;
      else if (x.top < y.top + 30) frame.scrollTop -= y.top + 30 - x.top;
      if (x.right > y.right) frame.scrollLeft += x.right - y.right + 8;
      else if (x.left < y.left + stuck)
        frame.scrollLeft -= y.left + stuck - x.left;
    }
  }

  const el = h("div", { class: "paper" }, many ? matrix() : rows());
  f.cells.forEach((_, i) => draw(i));
  return { el, draw, reveal };
}
