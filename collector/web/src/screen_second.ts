/* Sheets to be keyed again from the paper, blind: numbers, group and unit.
 * The list stays on this computer, so that it is there without a line. */
import type { App, Screen } from "./app";
import { db } from "./db";
import { button, fill, h } from "./dom";
import { askJson } from "./net";
import { openAgain, openDraft, whose } from "./parts";
import { sealed } from "./session";
import { t } from "./words";

interface Asked {
  sheet: string;
  form: string | null;
  group: string | null;
  home: string | null;
  done: boolean;
}

export function secondScreen(a: App): Screen {
  const list = h("ul", { class: "plain lines again" });
  const note = h("p", { class: "note", hidden: true });
  const count = h("p", { class: "hint", id: "againcount", role: "status" });
  const el = h("div", null, h("h1", null, t("second")),
    h("p", { class: "hint" }, t("a_hint")), note, count, list);

  /* What this computer did with it, so that nothing is keyed three times. */
  async function here(): Promise<Map<string, string>> {
    const out = new Map<string, string>();
    for (const x of await a.queue.list("queue", "held", "mend", "done"))
      if (x.sheet.head.keying === 2) out.set(x.sheet.head.sheet, x.row.kind);
    for (const d of await a.queue.drafts())
      if (d.draft.keying === 2) out.set(d.draft.sheet, `draft ${d.id}`);
    return out;
  }

  function rowOf(s: Asked, local: string | undefined): HTMLElement {
    const sent = s.done || local === "done" || local === "queue";
    const draft = local?.startsWith("draft ") ? local.slice(6) : null;
    return h("li", { "data-sheet": s.sheet },
      h("b", null, s.sheet),
      h("span", null, whose(a, s.group ?? "", s.home)),
      sent ? h("span", { class: "tag" }, t(s.done || local === "done"
        ? "a_done" : "a_waits"))
        : draft ? button(t("a_on"), () => openDraft(a, draft))
          : s.group ? button(t("a_key"), () => openAgain(a, {
            sheet: s.sheet, group: s.group ?? "", home: s.home, keying: 2,
            replaces: null, back: "second", words: "" }))
            : null);
  }

  async function draw(sheets: Asked[]): Promise<void> {
    const local = await here();
    const left = sheets.filter((s) => !s.done && !["done", "queue"]
      .includes(local.get(s.sheet) ?? "")).length;
    count.textContent = t("a_left", left, sheets.length);
    fill(list, sheets.length ? sheets.map((s) => rowOf(s,
      local.get(s.sheet))) : h("li", { class: "empty" }, t("a_none")));
  }

  async function load(): Promise<void> {
    const v = a.session.vault;
    try {
      const told = await askJson<{ sheets: Asked[] }>(a.session.token,
        "second");
      await db.put(await sealed(v, "self", "second", told.sheets, 0));
      note.hidden = true;
      await draw(told.sheets);
    } catch {
      const row = await db.get(v.store, "second");
      note.textContent = t(row ? "a_offline" : "a_offline0");
      note.hidden = false;
      if (row) await draw(await v.unlock<Asked[]>("second", row));
    }
  }
  void load();
  let sent = a.queue.counts.done;
  return { el, changed: () => {
    if (a.queue.counts.done === sent) return;
    sent = a.queue.counts.done;
    void load();
  } };
}
