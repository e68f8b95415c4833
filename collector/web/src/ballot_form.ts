/* The form of a group on a phone: a step about the respondent, one a rated
 * unit, a last one.  Pure in what it holds: `answers` as a submission has
 * them. */
import { check } from "./check";
import type { Fault } from "./check_faults";
import { h } from "./dom";
import { english, t } from "./ballot_words";
import { dayText, formOf, perSheet, rateable } from "./plan";
import type { Form, Group, Option, Plan, Question, Unit } from "./plan";
import { prefixOf, sheetText } from "./sheet";

export type Value = string | string[] | { mark: "dont-know" };

export interface Step {
  title: string;
  unit: string | null; // null: about the respondent, choosing, or the last
  kind: "about" | "choose" | "unit" | "last";
}

const label = (o: { label: string; label_en: string }) =>
  english() ? o.label_en : o.label;
const nameOf = (o: { name: string; name_en: string }) =>
  english() ? o.name_en : o.name;

export class BallotForm {
  readonly form: Form;
  readonly may: Unit[];
  readonly want: number;
  chosen: string[];
  profile = new Map<string, string>();
  answers = new Map<string, Map<string, Value>>();
  comment = "";

  constructor(readonly plan: Plan, readonly group: Group,
    readonly home: string | null) {
    const [code = "", version = ""] = group.form.split("/");
    const form = version ? formOf(plan, code, version)
      : plan.forms.find((f) => f.code === code);
    if (!form) throw new Error("no form");
    this.form = form;
    this.may = rateable(plan, group, home, plan.from);
    this.want = perSheet(plan, group, home, plan.from);
    this.chosen = this.may.length > this.want ? []
      : this.may.map((u) => u.code);
  }

  steps(): Step[] {
    const out: Step[] = [];
    if (this.form.profile.length)
      out.push({ title: t("about"), unit: null, kind: "about" });
    if (this.may.length > this.want)
      out.push({ title: t("choose", this.want), unit: null, kind: "choose" });
    for (const c of this.chosen) {
      const u = this.plan.units.get(c);
      out.push({ title: u ? nameOf(u) : c, unit: c, kind: "unit" });
    }
    out.push({ title: t("last_h"), unit: null, kind: "last" });
    return out;
  }

  /* As a submission, with the members that a ballot leaves out: a sheet and an
   * instance that mean nothing, the wave's first day (server/ballot_read.c
   * adds the same). */
  whole(): Record<string, unknown> {
    return {
      instanceID: "uuid:ballot",
      sheet: sheetText({ prefix: prefixOf(this.form.code), serial: 1 }),
      collected: dayText(this.plan.from),
      ...this.doc(),
    };
  }

  doc(): Record<string, unknown> {
    const comment = this.comment.trim();
    return {
      wave: this.plan.wave,
      form: this.form.code,
      version: this.form.version,
      group: this.group.code,
      home: this.home,
      profile: Object.fromEntries(this.profile),
      ratings: this.chosen.map((unit) => ({
        unit,
        answers: Object.fromEntries(this.answers.get(unit) ?? []),
      })),
      ...(comment ? { comment } : {}),
    };
  }

  faults(): Fault[] {
    const out = check(this.plan, this.whole(), this.plan.to).faults;
    if (this.chosen.length !== this.want && this.want > 0 &&
      !out.some((x) => x.path === "/ratings"))
      out.push({ code: "V04", path: "/ratings", message: t("choose",
        this.want), message_vi: t("choose", this.want) });
    return out;
  }

  /* The step in which a fault is mended, and the question. */
  placeOf(path: string): { step: number; id: string } {
    const steps = this.steps();
    const m = /^\/ratings\/(\d+)(?:\/answers\/([^/]+))?/.exec(path);
    if (m) {
      const unit = this.chosen[Number(m[1])];
      const step = steps.findIndex((s) => s.unit === unit);
      return { step: Math.max(step, 0), id: m[2] ? `q-${m[2]}` : "" };
    }
    const p = /^\/profile\/(.+)$/.exec(path);
    const kind = p ? "about" : path.startsWith("/ratings") ? "choose" : "last";
    const step = steps.findIndex((s) => s.kind === kind);
    return { step: Math.max(step, 0), id: p ? `f-${p[1]}` : "" };
  }

  value(unit: string, q: Question): Value | undefined {
    return this.answers.get(unit)?.get(q.code);
  }

  set(unit: string, q: Question, v: Value | null): void {
    const of = this.answers.get(unit) ?? new Map<string, Value>();
    this.answers.set(unit, of);
    if (v === null || v === "" || (Array.isArray(v) && v.length === 0))
      of.delete(q.code);
    else of.set(q.code, v);
  }
}

function choice(type: "radio" | "checkbox", name: string, value: string,
  text: string, on: boolean, act: (on: boolean) => void): HTMLElement {
  const input = h("input", { type, name, value, checked: on,
    onchange: () => act(input.checked) });
  return h("label", { class: "opt" }, input, h("span", null, text));
}

function selectOf(id: string, options: Option[], value: string | undefined,
  act: (v: string) => void): HTMLElement {
  const s = h("select", { id, onchange: () => act(s.value) },
    h("option", { value: "" }, t("none")),
    options.filter((o) => !o.retired).map((o) => h("option",
      { value: o.code, selected: value === o.code }, label(o))));
  return s;
}

function needs(required: boolean): HTMLElement | null {
  return required ? h("span", { class: "need" }, ` (${t("required")})`)
    : null;
}

export function aboutView(f: BallotForm): HTMLElement[] {
  return f.form.profile.map((x) => h("div", { class: "q", id: `f-${x.code}`,
    tabindex: "-1" },
  h("label", { for: `s-${x.code}` }, label(x), needs(x.required)),
  selectOf(`s-${x.code}`, x.options, f.profile.get(x.code), (v) => {
    if (v) f.profile.set(x.code, v);
    else f.profile.delete(x.code);
  })));
}

export function chooseView(f: BallotForm): HTMLElement[] {
  return [h("fieldset", { class: "q" },
    h("legend", null, t("choose", f.want)),
    f.may.map((u) => choice("checkbox", "unit", u.code, nameOf(u),
      f.chosen.includes(u.code), (on) => {
        f.chosen = f.may.map((x) => x.code).filter((c) => c === u.code ? on
          : f.chosen.includes(c));
      })))];
}

/* Options of one answer; a radio can be taken back. */
function singleView(f: BallotForm, unit: string, q: Question): HTMLElement {
  const box = h("fieldset", { class: "q", id: `q-${q.code}`,
    tabindex: "-1" });
  const clear = h("button", { type: "button", class: "link", onclick: () => {
    for (const i of box.querySelectorAll("input")) i.checked = false;
    f.set(unit, q, null);
    clear.hidden = true;
    box.querySelector("input")?.focus();
  } }, t("clear"));
  const v = f.value(unit, q);
  clear.hidden = v === undefined;
  const put = (value: Value) => {
    f.set(unit, q, value);
    clear.hidden = false;
  };
  const own = q.options.filter((o) => !o.retired);
  box.append(h("legend", null, english() ? q.text_en : q.text,
    needs(q.required)),
  ...own.map((o) => choice("radio", `${unit}-${q.code}`, o.code, label(o),
    v === o.code, () => put(o.code))),
  choice("radio", `${unit}-${q.code}`, "?", t("dont_know"),
    typeof v === "object" && "mark" in v, () => put({ mark: "dont-know" })),
  clear);
  return box;
}

function manyView(f: BallotForm, unit: string, q: Question): HTMLElement {
  const v = f.value(unit, q);
  const on = new Set(Array.isArray(v) ? v : []);
  return h("fieldset", { class: "q", id: `q-${q.code}`, tabindex: "-1" },
    h("legend", null, english() ? q.text_en : q.text, needs(q.required)),
    q.options.filter((o) => !o.retired).map((o) => choice("checkbox",
      `${unit}-${q.code}`, o.code, label(o), on.has(o.code), (yes) => {
        if (yes) on.add(o.code);
        else on.delete(o.code);
        f.set(unit, q, q.options.map((x) => x.code).filter((c) => on.has(c)));
      })));
}

function wordsView(f: BallotForm, unit: string, q: Question): HTMLElement {
  const v = f.value(unit, q);
  const id = `i-${unit}-${q.code}`;
  const text = typeof v === "string" ? v : "";
  const put = (s: string) => f.set(unit, q, s.trim() ? s : null);
  const input = q.type === "text"
    ? h("textarea", { id, rows: 3, maxlength: 300, value: text,
      oninput: () => put(input.value) })
    : h("input", { id, type: "text", inputmode: "decimal",
      autocomplete: "off", value: text,
      oninput: () => put(input.value.trim().replace(",", ".")) });
  return h("div", { class: "q", id: `q-${q.code}`, tabindex: "-1" },
    h("label", { for: id }, english() ? q.text_en : q.text,
      needs(q.required)), input);
}

export function unitView(f: BallotForm, unit: string): HTMLElement[] {
  return f.form.questions.filter((q) => q.asked).map((q) =>
    q.type === "multiple" ? manyView(f, unit, q)
      : q.type === "scale" || q.type === "single" ? singleView(f, unit, q)
        : wordsView(f, unit, q));
}

export function lastView(f: BallotForm): HTMLElement[] {
  const area = h("textarea", { id: "comment", rows: 4, maxlength: 1000,
    value: f.comment, oninput: () => { f.comment = area.value; } });
  return [h("div", { class: "q" },
    h("label", { for: "comment" }, t("comment")), area)];
}
