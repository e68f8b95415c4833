import type { App, Screen } from "./app";
import { button, h, redraw } from "./dom";
import { mendCard } from "./cards";
import { clockNote, hereOf, openDraft, twice, whose } from "./parts";
import type { Kind } from "./db";
import { todayVn } from "./plan";
import { laterTaker } from "./photos_view";
import type { Listed } from "./queue";
import type { Cell } from "./session";
import { FLAGS, nameOf, t, timeVi } from "./words";
import type { Word } from "./words";

interface Sum {
  planned: number;
  counted: number;
  mine: number;
  here: number;
}

function sum(cells: Cell[], here: Map<string, number>): Sum {
  const out = { planned: 0, counted: 0, mine: 0, here: 0 };
  for (const c of cells) {
    out.planned += c.planned;
    out.counted += c.counted;
    out.mine += c.mine;
    out.here += here.get(`${c.group}|${c.home ?? ""}`) ?? 0;
  }
  return out;
}

function figures(s: Sum): HTMLElement[] {
  const left = Math.max(0, s.planned - s.counted);
  return [
    h("td", null, s.planned), h("td", null, s.counted),
    h("td", null, s.mine), h("td", null, s.here || "–"),
    h("td", { class: left ? "" : "full" }, left ? left : "✓"),
  ];
}

function quotaTable(a: App, here: Map<string, number>): HTMLElement {
  const plan = a.session.plan;
  const byGroup = new Map<string, Cell[]>();
  for (const c of a.session.self.cells)
    byGroup.set(c.group, [...byGroup.get(c.group) ?? [], c]);
  const rows: HTMLElement[] = [];
  for (const [code, cells] of byGroup) {
    const g = plan.groups.get(code);
    if (!g) continue;
    const homes = cells.filter((c) => c.home !== null);
    const opener = homes.length > 1 ? button(t("q_homes", homes.length),
      () => {
        const open = opener!.getAttribute("aria-expanded") === "true";
        opener!.setAttribute("aria-expanded", String(!open));
        sub.forEach((r) => { r.hidden = open; });
      }, { class: "link", "aria-expanded": "false" }) : null;
    const sub = homes.length > 1 ? homes.map((c) => {
      const u = plan.units.get(c.home!);
      return h("tr", { class: "sub", hidden: true },
        h("th", { scope: "row" }, u ? nameOf(u) : c.home!),
        ...figures(sum([c], here)));
    }) : [];
    rows.push(h("tr", null, h("th", { scope: "row" },
      h("b", null, g.form), " ", nameOf(g), opener ? " " : null, opener),
    ...figures(sum(cells, here))), ...sub);
  }
  return h("div", { class: "scroll", tabindex: "0", role: "region",
    "aria-label": t("quota") },
  h("table", { class: "quota" },
    h("thead", null, h("tr", null, ...(["q_group", "q_planned", "q_counted",
      "q_mine", "q_here", "q_left"] as const).map((w) =>
      h("th", { scope: "col" }, t(w))))),
    h("tbody", null, ...rows),
    h("tfoot", null, h("tr", null, h("th", { scope: "row" }, t("q_total")),
      ...figures(sum(a.session.self.cells, here))))));
}

const TODAY_SHOWN = 30;
const STATES: Partial<Record<Kind, Word>> = { queue: "t_queue",
  mend: "d_mend", held: "d_held", aside: "d_aside" };

function stateOf(x: Listed): HTMLElement {
  const flags = (x.sheet.flags ?? []).filter((f) => f in FLAGS);
  const word = STATES[x.row.kind];
  return h("span", { class: word && word !== "t_queue" ? "tag bad" : "tag" },
    word ? t(word) : t(`s_${x.sheet.status ?? "valid"}` as Word),
    flags.map((f) => ` · ${t(FLAGS[f]!)}`));
}

/* What was keyed here today: is this one done already? */
function todayList(a: App, all: Listed[]): HTMLElement | null {
  const list = all.filter((x) => todayVn(x.row.at) === todayVn(Date.now()));
  return list.length ? h("section", { id: "todaylist" },
    h("h2", null, t("d_title", list.length)),
    h("ul", { class: "plain lines received" },
      list.slice(0, TODAY_SHOWN).map((x) => h("li", null,
        h("b", null, x.sheet.head.sheet), stateOf(x),
        h("span", null, whose(a, x.sheet.head.group, x.sheet.head.home)),
        x.row.kind === "queue" || x.row.kind === "done"
          ? laterTaker(a, "p_add", x.sheet.instance, x.sheet.head.sheet)
          : null,
        h("span", { class: "num" }, timeVi(x.row.at)))),
      list.length > TODAY_SHOWN ? h("li", { class: "hint" },
        t("o_more", list.length - TODAY_SHOWN)) : null)) : null;
}

function tile(n: number, label: string, kind = ""): HTMLElement {
  return h("div", { class: `tile ${kind}` }, h("strong", null, n),
    h("span", null, label));
}

export function todayScreen(a: App): Screen {
  const el = h("div");
  const self = () => a.session.self;

  async function draw(): Promise<void> {
    const [drafts, all, asked] = await Promise.all([a.queue.drafts(),
      a.queue.list("mend", "queue", "held", "aside", "done"),
      a.queries.toDo()]);
    const [back, waiting] = (["mend", "queue"] as const).map((k) =>
      all.filter((x) => x.row.kind === k)) as [Listed[], Listed[]];
    const r = self().received;
    const good = (r["valid"] ?? 0) + (r["queried"] ?? 0) +
      (r["accepted"] ?? 0);
    const closed = ["frozen", "published"].includes(self().wave.state);
    redraw(el,
      h("div", { class: "top" },
        h("h1", null, t("hello", self().agent.name)),
        button(t("key_now"), () => a.go("key"), { class: "main big" })),
      clockNote(a), a.roomNote,
      closed ? h("p", { class: "note bad" }, t("wave_closed")) : null,
      asked ? h("p", { class: "note", id: "asked" }, t("y_today", asked), " ",
        h("a", { href: "#/queries" }, t("y_show"))) : null,
      h("div", { class: "tiles" },
        tile(r["today"] ?? 0, t("t_today")), tile(good, t("t_valid"), "good"),
        tile(r["invalid"] ?? 0, t("t_invalid"), r["invalid"] ? "bad" : ""),
        tile(waiting.length, t("t_queue")), tile(drafts.length, t("t_draft"))),
      back.length ? h("section", null, h("h2", null, t("mend_title")),
        h("ul", { class: "plain" }, back.map((x) => mendCard(a, x)))) : null,
      drafts.length ? h("section", null, h("h2", null, t("drafts")),
        h("ul", { class: "plain" }, drafts.map((d) => h("li",
          { class: "card item" },
          h("h3", null, d.draft.sheet),
          h("p", { class: "hint" },
            `${whose(a, d.draft.group, d.draft.home)} · ${timeVi(d.at)}`),
          h("div", { class: "row" },
            button(t("go_on"), () => openDraft(a, d.id), { class: "main" }),
            twice(t("throw_away"), t("sure"),
              () => void a.queue.removeDraft(d.id))))))) : null,
      todayList(a, all),
      h("section", null, h("h2", null, t("quota")),
        quotaTable(a, hereOf(waiting)),
        h("p", { class: "hint" }, t("updated", timeVi(self().now)))));
  }
  a.queries.onchange = () => void draw();
  void draw();
  void a.refresh().then((ok) => { if (ok) void draw(); });
  void a.queries.load();
  return { el, changed: () => void draw(), leave: async () => {
    a.queries.onchange = () => undefined;
    return true;
  } };
}
