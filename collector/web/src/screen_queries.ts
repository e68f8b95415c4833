/* "Phiếu cần xem lại": what reviewers ask about sheets he sent, answered with a
 * note or by keying the sheet anew from its paper.  No answer of a sheet is
 * shown: the collector tells none, and this computer keeps none of what was
 * sent. */
import type { App, Screen } from "./app";
import { button, fill, h } from "./dom";
import { diskText, openAgain, openDraft, whose } from "./parts";
import { dayOf } from "./plan";
import type { Shown } from "./queries";
import { inTurn, toDo } from "./queries_state";
import type { Asked } from "./queries_state";
import { dayVi, t, toldOf } from "./words";
import type { Word } from "./words";

const NOTE_MAX = 2000;

export function queriesScreen(a: App): Screen {
  const cards = new Map<number, { is: string; el: HTMLElement }>();
  let typed: Record<string, string> = {};
  let shown: Shown[] = [];
  let next = false; // the hand goes on with the next drawing
  let turn = 0; // of the newest drawing: an older one changes nothing
  const note = h("p", { class: "note", hidden: true });
  const bad = h("div", { role: "status" });
  const count = h("p", { class: "hint", id: "askedcount", role: "status" });
  const list = h("ul", { class: "plain asked" });
  const el = h("div", { class: "narrow wide" },
    h("h1", { tabindex: "-1" }, t("queries")),
    h("p", { class: "hint" }, t("y_hint")), note, bad, count, list);

  function say(e: unknown): void {
    note.textContent = diskText(e);
    note.hidden = false;
  }

  /* Where a hand goes on: the next that wants an answer. */
  function onward(): void {
    (list.querySelector<HTMLElement>("textarea") ??
      el.querySelector<HTMLElement>("h1"))?.focus();
  }

  function answerForm(q: Asked): HTMLElement {
    const id = `reply-${q.query}`;
    const text = h("textarea", { id, rows: "2", maxlength: String(NOTE_MAX),
      value: typed[q.query] ?? "", oninput: () => judge(),
      onchange: () => void a.queries.keepTyped(q.query, text.value)
        .catch(say) });
    const go = button(t("y_go"), () => {
      delete typed[q.query];
      a.queries.reply(q, text.value.trim()).then(() => {
        next = true;
        return draw();
      }).catch(say);
    }, { class: "main", "data-do": "reply" });
    const judge = () => {
      typed[q.query] = text.value;
      go.disabled = !text.value.trim();
    };
    judge();
    return h("div", null, h("div", { class: "field" },
      h("label", { for: id }, t("y_note")), text),
    h("div", { class: "row" }, go, button(t("y_as"), () => {
      text.value = t("y_as");
      judge();
      go.focus();
    }, { "data-do": "as" }), anew(q)));
  }

  /* Empty, with the head of the one that was sent: what he keys is what he
   * reads on the paper. */
  function anew(q: Asked): HTMLElement | null {
    const group = q.group;
    return group ? button(t("y_fix"), () => openAgain(a, { sheet: q.sheet,
      group, home: q.home, keying: q.keying, replaces: q.instanceID,
      back: "queries", words: t("y_paper") }), { class: "quiet",
      "data-do": "anew" }) : null;
  }

  function ways({ asked: q, stand: s }: Shown): (HTMLElement | null)[] {
    const said = (text: string) => h("p", { class: "told" }, text);
    switch (s.kind) {
    case "open":
      return [answerForm(q)];
    case "said":
      return [said(s.note), h("div", { class: "row" },
        button(t("y_unsay"), () => void unsay(q), { "data-do": "unsay" }))];
    case "answered":
      return [s.note ? said(s.note) : null,
        h("div", { class: "row" }, anew(q))];
    case "draft":
      return [h("div", { class: "row" }, button(t("y_fix_on"),
        () => openDraft(a, s.id), { class: "main" }))];
    case "back":
      return [h("div", { class: "row" }, button(t("y_outbox"),
        () => a.go("outbox"), { class: "main" }))];
    default:
      return [];
    }
  }

  function cardOf(x: Shown): HTMLElement {
    const { asked: q, stand: s } = x;
    const is = JSON.stringify(x);
    const have = cards.get(q.query);
    if (have?.is === is) return have.el; // a hand may be typing in it
    const day = dayOf(q.opened);
    const todo = toDo([x]) > 0;
    const card = h("li", { class: `card item${todo ? " todo" : ""}`,
      "data-query": q.query, "data-sheet": q.sheet, "data-stand": s.kind },
    h("div", { class: "askhead" }, h("h2", null, q.sheet),
      h("span", { class: s.kind === "back" ? "tag bad" : "tag" },
        t(`v_${s.kind}` as Word))),
    h("p", { class: "hint" }, [whose(a, q.group ?? "", q.home),
      q.keying === 2 ? t("k_second") : "",
      day === null ? "" : t("y_on", dayVi(day))].filter(Boolean).join(" · ")),
    h("p", { class: "question" }, q.words), ways(x));
    cards.set(q.query, { is, el: card });
    return card;
  }

  async function unsay(q: Asked): Promise<void> {
    const back = await a.queries.unsay(q);
    note.textContent = back ? "" : t("y_gone");
    note.hidden = back;
    await draw();
    list.querySelector<HTMLElement>(`[data-query="${q.query}"] textarea`)
      ?.focus();
  }

  async function draw(): Promise<void> {
    const mine = ++turn;
    const [now, untaken, kept] = await Promise.all([a.queries.list(),
      a.queries.untaken(), a.queries.typed()]);
    if (mine !== turn) return;
    typed = { ...kept, ...typed };
    shown = inTurn(now ?? []);
    const left = toDo(shown);
    count.textContent = !shown.length ? "" : left ? t("y_todo", left)
      : t("y_done");
    fill(bad, untaken.length ? h("div", { class: "card bad", id: "unreplied" },
      h("h2", null, t("t_bad")), h("ul", { class: "plain" },
        untaken.map((u) => h("li", null, `${u.sheet}: ${toldOf(u)}`,
          h("p", { class: "told" }, u.note),
          shown.some((x) => x.asked.sheet === u.sheet) ? null
            : h("p", { class: "hint" }, t("y_over"))))),
      button(t("t_seen"), () => void a.queries.dismiss())) : null);
    const want = shown.length ? shown.map(cardOf)
      : now ? [h("li", { class: "empty" }, t("y_empty"))] : [];
    /* only what is other now moves, so that no hand loses its place */
    for (const old of [...list.children])
      if (!want.includes(old as HTMLLIElement)) old.remove();
    want.forEach((x, i) => {
      if (list.children[i] !== x) list.insertBefore(x,
        list.children[i] ?? null);
    });
    if (next) onward();
    next = false;
  }

  async function load(): Promise<void> {
    await draw();
    const ok = await a.queries.load();
    note.textContent = ok ? "" : t(shown.length ? "a_offline" : "a_offline0");
    note.hidden = ok;
    await draw();
  }
  a.queries.onchange = () => void draw();
  void load();
  let sent = a.queue.counts.done;
  return { el, changed: () => {
    if (a.queue.counts.done !== sent) {
      sent = a.queue.counts.done;
      void load();
    } else {
      void draw();
    }
  }, leave: async () => {
    a.queries.onchange = () => undefined;
    return true;
  } };
}
