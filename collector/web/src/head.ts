/* The head of a sheet: its number, typed from the paper; the rest is kept
 * from the sheet before. */
import type { App } from "./app";
import { combo } from "./combo";
import type { Combo } from "./combo";
import { button, fill, h } from "./dom";
import { dayTyped, perSheet, rateable, serves } from "./plan";
import type { Form, Group } from "./plan";
import { prefixOf, sheetMake, sheetTyped } from "./sheet";
import { todayOf } from "./session";
import { fixedUnits } from "./sheetform";
import type { Order, Start } from "./sheetform";
import { clockNote, hereOf, openDraft } from "./parts";
import type { Again } from "./parts";
import type { Kind } from "./db";
import { dayVi, nameOf, t } from "./words";
import type { Word } from "./words";

export interface Kept {
  group: string | null;
  home: string | null;
  day: number | null;
  keying: number;
  order: Order;
  prefix: string;
  units: string[] | null;
}

/* Numbers that are on this computer already, and where; sheets that wait
 * here, by group and home: the collector has not counted them yet. */
interface Known {
  where: Map<string, Kind>;
  here: Map<string, number>;
  open: { id: string; sheet: string }[]; // drafts
}

const WHERE: Partial<Record<Kind, Word>> = { queue: "w_queue",
  held: "w_held", mend: "w_mend", done: "w_done" };

async function lookUp(a: App): Promise<Known> {
  const where = new Map<string, Kind>();
  const list = await a.queue.list("queue", "held", "mend", "done");
  for (const x of list)
    where.set(`${x.sheet.head.sheet}|${x.sheet.head.keying}`, x.row.kind);
  const drafts = await a.queue.drafts();
  for (const d of drafts)
    where.set(`${d.draft.sheet}|${d.draft.keying}`, "draft");
  return { where, here: hereOf(list.filter((x) => x.row.kind === "queue")),
    open: drafts.map((d) => ({ id: d.id, sheet: d.draft.sheet })) };
}

const DRAFTS_SHOWN = 6;

/* `own`: the number of the sheet whose head is changed, else "".  `again`: its
 * number is known before, and it is not begun. */
export function headView(a: App, kept: Kept, own: string,
  start: (s: Start) => void, again: Again | null = null):
{ el: HTMLElement; focus(): void } {
  const plan = a.session.plan;
  const self = a.session.self;
  const today = todayOf(a.session);
  let seen: Known = { where: new Map(), here: new Map(), open: [] };
  const drafts = h("div", { class: "row", id: "opendrafts" });
  void lookUp(a).then((k) => {
    seen = k;
    judge();
    if (!own && k.open.length)
      fill(drafts, t("k_begun"), k.open.slice(0, DRAFTS_SHOWN).map((d) =>
        button(d.sheet, () => openDraft(a, d.id), { class: "quiet" })));
  });
  let form: Form | null = null;
  let sheet = "";
  let prefix = kept.prefix;
  let group: Group | null = null;
  let home: Combo | null = null;
  let unit: Combo | null = null;
  let ready = false;
  let tried = false; // Enter was pressed on this number

  const number = h("input", { id: "sheet", type: "text", class: "figure",
    autocomplete: "off", autocapitalize: "characters", spellcheck: "false",
    "aria-describedby": "sheetsaid sheethint", enterkeyhint: "next",
    inputmode: prefix ? "numeric" : "text" });
  const said = h("p", { class: "verdict", id: "sheetsaid", role: "status" });
  const hint = h("p", { class: "hint", id: "sheethint" });
  const rest = h("div", { class: "rest" });
  const go = button(t("k_start"), () => submit(), { class: "main" });
  /* not the browser's own: it writes month or day first as it pleases */
  const day = h("input", { id: "day", type: "text", inputmode: "numeric",
    autocomplete: "off", "aria-describedby": "dayhint",
    value: dayVi(kept.day ?? Math.min(today, plan.to)) });
  const dayNow = () => dayTyped(day.value, plan.from, plan.to);
  const keying = h("select", { id: "keying" },
    h("option", { value: "1" }, t("k_first")),
    h("option", { value: "2" }, t("k_second")));
  keying.value = String(kept.keying);
  const order = h("select", { id: "order" },
    h("option", { value: "unit" }, t("k_byunit")),
    h("option", { value: "question" }, t("k_byquestion")));
  order.value = kept.order;
  const orderField = h("div", { class: "field" },
    h("label", { for: "order" }, t("k_order")), order);
  const prefixShown = h("span", { class: "prefix", "aria-hidden": "true" });

  function hints(): void {
    prefixShown.textContent = prefix ? `${prefix}-` : "";
    const like = prefix || prefixOf(plan.forms[0]?.code ?? "CT01");
    hint.textContent = prefix ? t("k_sheet_hint", `${prefix}-`)
      : t("k_sheet_hint0", sheetMake(like, 12));
  }

  /* Where it lies here; what is keyed anew takes the place of one sent. */
  function known(no: string): Kind | undefined {
    const at = seen.where.get(`${no}|${keying.value}`);
    return at === "done" && again?.replaces && no === again.sheet
      ? undefined : at;
  }

  /* What the number says while it is typed. */
  function judge(): void {
    const typed = number.value.trim();
    const no = sheetTyped(typed, prefix);
    const wasForm = form;
    form = null;
    sheet = "";
    let text = "";
    let kind = "";
    if (!typed) {
      text = "";
    } else if (!no.ok) {
      /* a number half typed has a wrong check digit by nature */
      const half = no.why === "short" || (no.why === "digit" && !tried &&
        typed.replace(/\D/g, "").length < 6);
      kind = half ? "" : "bad";
      text = t(half ? "k_short" : no.why === "digit" ? "k_digit"
        : "k_shape");
    } else {
      const hit = plan.forms.filter((f) => prefixOf(f.code) === no.no.prefix)
        .pop() ?? null;
      const was = no.text === own ? undefined : known(no.text);
      kind = "bad";
      if (!hit) text = t("k_noform", no.no.prefix);
      else if (self.forms && !self.forms.includes(hit.code))
        text = t("k_notmine", hit.code);
      else if (was === "draft") text = t("k_drafted");
      else if (was) text = t("k_twice", t(WHERE[was] ?? "w_queue"));
      else {
        form = hit;
        sheet = no.text;
        kind = "good";
        text = `✓ ${no.text} · ${nameOf(hit)}`;
      }
    }
    said.textContent = text;
    said.className = `verdict ${kind}`;
    if (form !== wasForm) drawRest();
    settle();
  }

  function groupsOf(f: Form): Group[] {
    return [...plan.groups.values()].filter((g) => g.form === f.code &&
      (self.homes === null || g.homeKind !== null));
  }

  function quotaNote(): string {
    if (!group) return "";
    const cell = self.cells.find((c) => c.group === group!.code &&
      c.home === (home?.value() ?? null));
    const here = seen.here.get(`${group.code}|${home?.value() ?? ""}`) ?? 0;
    return cell && cell.counted + here >= cell.planned
      ? t(here ? "k_full_here" : "k_full", cell.counted, cell.planned, here)
      : "";
  }

  function drawRest(): void {
    home = null;
    unit = null;
    if (!form) {
      if (!sheet) return;
      fill(rest);
      return;
    }
    const groups = groupsOf(form);
    const before = groups.find((g) => g.code === (group?.code ??
      kept.group));
    group = before ?? (groups.length === 1 ? groups[0]! : null);
    const select = h("select", { id: "group" },
      group ? null : h("option", { value: "" }, "—"),
      ...groups.map((g) => h("option", { value: g.code }, nameOf(g))));
    if (group) select.value = group.code;
    select.addEventListener("change", () => {
      group = plan.groups.get(select.value) ?? null;
      drawHome();
      settle();
    });
    const place = h("div", { id: "homeplace" });
    fill(rest, h("div", { class: "field" },
      h("label", { for: "group" }, t("k_group")), select), place);
    drawHome();
  }

  function drawHome(): void {
    const place = rest.querySelector("#homeplace");
    if (!place) return;
    home = null;
    unit = null;
    const g = group;
    if (!g) {
      fill(place);
      return;
    }
    if (g.homeKind) {
      const list = [...plan.units.values()].filter((u) =>
        u.kind === g.homeKind && serves(plan, self.homes, u));
      const had = list.some((u) => u.code === kept.home) ? kept.home
        : list.length === 1 ? list[0]!.code : null;
      home = combo(t("k_home"), t("k_pick"), list.map((u) => ({
        code: u.code, name: nameOf(u) })), had, () => {
        drawUnit();
        settle();
        onward();
      });
    }
    fill(place, home?.el, h("div", { id: "unitplace" }));
    drawUnit();
  }

  function drawUnit(): void {
    const place = rest.querySelector("#unitplace");
    if (!place || !group) return;
    unit = null;
    fill(place);
    const g = group;
    const code = home?.value() ?? null;
    const on = dayNow();
    if ((g.homeKind && !code) || on === null) return;
    if (fixedUnits(plan, g, code, on) || perSheet(plan, g, code, on) !== 1)
      return;
    const may = rateable(plan, g, code, on);
    unit = combo(t("k_units"), t("k_pick"), may.map((u) => ({
      code: u.code, name: nameOf(u), note: g.table.find((r) =>
        r.unit === u.code && (r.home === null || r.home === code))?.office ??
        "" })), own ? kept.units?.[0] ?? null : null, () => {
      settle();
      onward();
    });
    fill(place, unit.el);
  }

  /* The first thing still missing gets the focus; nothing missing: begin. */
  function onward(): void {
    if (ready) submit();
    else missing()?.focus();
  }

  function missing(): HTMLElement | null {
    if (!form) return number;
    if (!group) return rest.querySelector<HTMLElement>("#group");
    if (group.homeKind && !home?.value()) return home?.input ?? null;
    if (dayFault()) return day;
    if (unit && !unit.value()) return unit.input;
    return null;
  }

  function dayFault(): boolean {
    const on = dayNow();
    return on === null || on < plan.from || on > Math.min(plan.to, today);
  }

  const dayHint = h("p", { class: "hint bad", id: "dayhint",
    role: "status" });
  const quotaHint = h("p", { class: "hint soft" });

  function settle(): void {
    dayHint.textContent = dayFault() ? t("k_bad_day", dayVi(plan.from),
      dayVi(Math.min(plan.to, today))) : "";
    quotaHint.textContent = quotaNote();
    orderField.hidden = (units()?.length ?? 0) < 2;
    ready = form !== null && missing() === null && units() !== null;
    go.disabled = !ready;
  }

  function units(): string[] | null {
    const on = dayNow();
    if (!group || on === null) return null;
    const u = unit?.value();
    return u ? [u] : fixedUnits(plan, group, home?.value() ?? null, on);
  }

  function submit(): void {
    settle();
    const list = units();
    const on = dayNow();
    if (!ready || !form || !group || !list || on === null) {
      missing()?.focus();
      return;
    }
    start({ form, group, home: home?.value() ?? null, day: on,
      keying: Number(keying.value), sheet, units: list,
      order: order.value as Order });
  }

  number.addEventListener("input", () => {
    /* letters: another form's number, typed whole */
    if (/[a-z]/i.test(number.value) && prefix) {
      prefix = "";
      number.inputMode = "text";
      hints();
    }
    tried = false;
    judge();
  });
  const onEnter = (e: KeyboardEvent) => {
    if (e.key !== "Enter") return;
    e.preventDefault();
    tried = true;
    if (!form) judge();
    onward();
  };
  number.addEventListener("keydown", onEnter);
  day.addEventListener("keydown", onEnter);
  day.addEventListener("change", () => {
    const on = dayNow();
    if (on !== null) day.value = dayVi(on);
    drawUnit();
    settle();
  });
  keying.addEventListener("change", judge);
  hints();
  const shown = own || again?.sheet || "";
  if (shown) {
    number.value = shown.slice(shown.indexOf("-") + 1);
    judge();
  }
  settle();
  const late = today > plan.to ? h("p", { class: "note" },
    t("k_late", dayVi(plan.to))) : null;
  const other = prefix ? button("↺", () => {
    prefix = "";
    number.value = "";
    number.inputMode = "text";
    hints();
    judge();
    number.focus();
  }, { class: "quiet", title: t("k_sheet_hint0", ""), "aria-label":
    t("k_sheet_hint0", "") }) : null;
  const el = h("section", { class: "card headform" },
    h("h1", null, t("keying")), clockNote(a), late, again?.words
      ? h("p", { class: "note" }, again.words) : null,
    h("div", { class: "field" },
      h("label", { for: "sheet" }, t("k_sheet")),
      h("div", { class: "sheetline" }, prefixShown, number, other), said,
      hint), drafts,
    rest,
    h("div", { class: "pair" },
      h("div", { class: "field" }, h("label", { for: "day" }, t("k_day")),
        day, dayHint),
      h("div", { class: "field" }, h("label", { for: "keying" },
        t("k_keying")), keying),
      orderField),
    quotaHint, go);
  return { el, focus: () => (again && ready ? go : number).focus() };
}
