/* The agent's own numbered sheets: how many are where, one found by its number,
 * many marked at once.  What is marked is kept here and sent when there is a
 * line (tellings.ts). */
import type { App, Screen } from "./app";
import { button, fill, h } from "./dom";
import { whose } from "./parts";
import type { Own } from "./tellings";
import { getLang, t } from "./words";
import type { Word } from "./words";

const SHOWN = 300;
const ACTS = ["leave", "collect", "refuse", "miss", "move", "lose"] as const;
/* What may still become of a sheet, by the agent. */
const OPEN: Record<string, readonly string[]> = { issued: ACTS,
  left: ACTS.filter((x) => x !== "leave"), collected: ["lose"] };

const bare = (s: string) => s.replace(/[^0-9a-z]/gi, "").toUpperCase();
const words = (s: string) => t(`w_${s.replace("-", "_")}` as Word);

export function sheetsScreen(a: App): Screen {
  const chosen = new Set<string>();
  let all: Own[] = [], only = "";
  const note = h("p", { class: "note", hidden: true });
  const bad = h("div", { role: "status" });
  const waits = h("p", { class: "hint", id: "tellwaits", role: "status" });
  const counts = h("div", { class: "row", id: "sheetcounts" });
  const list = h("ul", { class: "plain lines mine" });
  const more = h("p", { class: "hint" });
  const find = h("input", { id: "sheetfind", type: "text",
    autocomplete: "off", spellcheck: "false", oninput: () => drawList(),
    onkeydown: (e: KeyboardEvent) => { if (e.key === "Enter") take(e); } });
  const act = h("select", { id: "tellact", onchange: () => drawTell() },
    ACTS.map((x) => h("option", { value: x }, t(`t_${x}` as Word))));
  const reason = h("input", { id: "tellreason", maxlength: "500",
    autocomplete: "off", oninput: () => drawTell() });
  const go = button("", () => void tell(), { class: "main", id: "tell" });
  const every = button(t("t_all"), () => {
    for (const o of shown()) if (OPEN[o.status]) chosen.add(o.sheet);
    draw();
  }, { class: "quiet", id: "tellall" });
  const none = button(t("t_none"), () => {
    chosen.clear();
    draw();
  }, { class: "quiet" });
  const el = h("div", null, h("h1", null, t("sheets")),
    h("p", { class: "hint" }, t("t_hint")), note, bad, waits, counts,
    h("div", { class: "field" }, h("label", { for: "sheetfind" },
      t("t_find")), find), h("div", { class: "row" }, every, none), list, more,
    h("section", { class: "card" },
      h("div", { class: "field" }, h("label", { for: "tellact" },
        t("t_what")), act),
      h("div", { class: "field" }, h("label", { for: "tellreason" },
        t("t_why")), reason), h("div", { class: "row" }, go)));

  function shown(): Own[] {
    const want = bare(find.value);
    return all.filter((o) => (!only || o.status === only) &&
      (!want || bare(o.sheet).includes(want)));
  }

  /* What a scanner types: a whole number and Enter chooses that sheet. */
  function take(e: KeyboardEvent): void {
    e.preventDefault();
    const want = bare(find.value);
    const o = all.find((x) => bare(x.sheet) === want);
    if (!o || !OPEN[o.status]) return;
    chosen.add(o.sheet);
    find.value = "";
    draw();
  }

  function rowOf(o: Own): HTMLElement {
    const id = `c-${o.sheet}`;
    const can = OPEN[o.status] !== undefined;
    return h("li", { "data-sheet": o.sheet, "data-status": o.status },
      can ? h("input", { type: "checkbox", id, checked: chosen.has(o.sheet),
        onchange: (e: Event) => {
          if ((e.target as HTMLInputElement).checked) chosen.add(o.sheet);
          else chosen.delete(o.sheet);
          drawTell();
        } }) : null,
      can ? h("label", { for: id }, o.sheet) : h("b", null, o.sheet),
      h("span", null, whose(a, o.group ?? "", o.home)),
      h("span", { class: "tag" }, words(o.status)));
  }

  function drawList(): void {
    const now = shown();
    fill(list, now.length ? now.slice(0, SHOWN).map(rowOf)
      : h("li", { class: "empty" }, t(all.length ? "nothing" : "t_empty")));
    more.textContent = now.length > SHOWN ? t("o_more", now.length - SHOWN)
      : "";
  }

  function drawTell(): void {
    const fits = all.filter((o) => chosen.has(o.sheet) &&
      OPEN[o.status]?.includes(act.value)).length;
    go.textContent = t("t_go", fits);
    go.disabled = fits === 0 || (act.value === "lose" && !reason.value.trim());
  }

  function drawCounts(): void {
    const by = new Map<string, number>();
    for (const o of all) by.set(o.status, (by.get(o.status) ?? 0) + 1);
    if (only && !by.has(only)) only = "";
    fill(counts, all.length ? [["", all.length] as const, ...by].map(
      ([s, n]) => button(`${s ? words(s) : t("m_all")} ${n}`, () => {
        only = s;
        draw();
      }, { class: "quiet", "aria-pressed": String(only === s),
        "data-status": s || "all" })) : null);
  }

  function draw(): void {
    drawCounts();
    drawList();
    drawTell();
  }

  async function drawTold(): Promise<void> {
    const [queue, untaken, own] = await Promise.all([a.tellings.waiting(),
      a.tellings.untaken(), a.tellings.list()]);
    all = own ?? [];
    for (const s of [...chosen])
      if (!all.some((o) => o.sheet === s && OPEN[o.status])) chosen.delete(s);
    if (a.tellings.fresh) note.hidden = true;
    waits.textContent = queue.length ? t("t_waits", queue.reduce((n, x) =>
      n + x.sheets.length, 0)) : "";
    fill(bad, untaken.length ? h("div", { class: "card bad", id: "untaken" },
      h("h2", null, t("t_bad")), h("ul", { class: "plain" },
        untaken.map((u) => h("li", null, `${u.sheet} – ${
          t(`t_${u.act}` as Word)}: ${getLang() === "vi" ? u.message_vi
          : u.message}`))),
      button(t("t_seen"), () => void a.tellings.dismiss())) : null);
    draw();
  }

  async function tell(): Promise<void> {
    const fits = all.filter((o) => chosen.has(o.sheet) &&
      OPEN[o.status]?.includes(act.value)).map((o) => o.sheet);
    chosen.clear();
    const why = reason.value.trim();
    reason.value = "";
    await a.tellings.tell(act.value, fits, why);
  }

  async function load(): Promise<void> {
    await drawTold();
    await a.tellings.send();
    const ok = await a.tellings.fetch();
    note.textContent = ok ? "" : t(all.length ? "a_offline" : "a_offline0");
    note.hidden = ok;
  }
  a.tellings.onchange = () => void drawTold();
  void load();
  return { el, leave: async () => {
    a.tellings.onchange = () => undefined;
    return true;
  } };
}
