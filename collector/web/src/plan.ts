/* The plan as GET /v1/plan gives it, with indices instead of codes.  The same
 * rules as collector/plan_find.c: who may rate whom. */

export interface Option {
  code: string;
  label: string;
  label_en: string;
  ordinal: number; // the byte that is stored
  retired: boolean;
}

export type QuestionType = "scale" | "single" | "multiple" | "number" | "text";

export interface Question {
  code: string;
  text: string;
  text_en: string;
  note: string;
  type: QuestionType;
  field: string;
  required: boolean;
  asked: boolean;
  options: Option[];
  min: bigint | null; // millionths
  max: bigint | null;
  decimals: number; // 0: whole numbers only
  maxBytes: number;
}

export interface ProfileField {
  code: string;
  label: string;
  label_en: string;
  required: boolean;
  options: Option[];
}

export interface Form {
  code: string;
  version: string;
  name: string;
  name_en: string;
  profile: ProfileField[];
  questions: Question[];
}

export interface Unit {
  code: string;
  name: string;
  name_en: string;
  kind: string;
  parent: string | null;
  from: number | null; // days
  to: number | null;
}

export interface RatesRow {
  home: string | null;
  office: string;
  unit: string;
}

export interface Group {
  code: string;
  name: string;
  name_en: string;
  form: string;
  homeKind: string | null;
  mode: "all" | "own" | "mapped";
  ratedKind: string;
  perSheet: number; // 0: every allowed unit
  table: RatesRow[];
  total: number;
  rule: string;
  each: number | null;
  cells: { home: string | null; n: number }[];
}

export interface Plan {
  wave: string;
  name: string;
  name_en: string;
  province: string;
  from: number;
  to: number;
  trial: boolean;
  units: Map<string, Unit>;
  groups: Map<string, Group>;
  forms: Form[];
  minimum: "none" | "all" | "percent";
  minimumPercent: bigint; // millionths
  blankInvalid: boolean;
}

type Json = Record<string, unknown>;

/* Days since 1970-01-01; null for what is no day from 1900 to 9999. */
export function dayOf(text: string): number | null {
  const m = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!m) return null;
  const [y, mo, d] = [Number(m[1]), Number(m[2]), Number(m[3])];
  const t = new Date(Date.UTC(y, mo - 1, d));
  if (y < 1900 || t.getUTCMonth() !== mo - 1 || t.getUTCDate() !== d)
    return null;
  return Math.round(t.getTime() / 86400000);
}

export function dayText(day: number): string {
  return new Date(day * 86400000).toISOString().slice(0, 10);
}

/* A day as hands write it: 3/2/2021, 03.02.21, 03022021, or 3/2 alone, which
 * is the one inside the survey. */
export function dayTyped(text: string, from: number,
  to: number): number | null {
  const digits = /^(\d{2})(\d{2})(\d{2}|\d{4})?$/.exec(text.trim());
  const m = digits ??
    /^(\d{1,2})[/.\- ](\d{1,2})(?:[/.\- ](\d{2}|\d{4}))?$/.exec(text.trim());
  if (!m) return null;
  const on = (y: string) =>
    dayOf(`${y}-${m[2]!.padStart(2, "0")}-${m[1]!.padStart(2, "0")}`);
  if (m[3]) return on(m[3].length === 2 ? `20${m[3]}` : m[3]);
  const first = on(dayText(from).slice(0, 4));
  return first !== null && first >= from ? first
    : on(dayText(to).slice(0, 4));
}

/* The day in Vietnam, whatever the computer's time zone says. */
export function todayVn(now: number): number {
  return Math.floor((now + 7 * 3600000) / 86400000);
}

const DEC = /^(-?)(\d+)(?:\.(\d{1,6}))?$/;
const INT64 = 9223372036854775807n;

/* Millionths; null for what cannot be kept exactly (core/dec.c). */
export function decOf(text: string): bigint | null {
  const m = DEC.exec(text);
  if (!m) return null;
  const v = BigInt(m[2]! + (m[3] ?? "").padEnd(6, "0"));
  if (v > (m[1] ? INT64 + 1n : INT64)) return null;
  return m[1] ? -v : v;
}

function str(o: Json, key: string): string {
  const v = o[key];
  return typeof v === "string" ? v : "";
}

function list(o: Json, key: string): Json[] {
  const v = o[key];
  return Array.isArray(v) ? (v as Json[]) : [];
}

function obj(o: Json, key: string): Json {
  const v = o[key];
  return v && typeof v === "object" ? (v as Json) : {};
}

function dayOrNull(o: Json, key: string): number | null {
  const v = str(o, key);
  return v ? dayOf(v) : null;
}

function optionsOf(items: Json[]): Option[] {
  return items.map((o, i) => ({
    code: str(o, "code"),
    ordinal: typeof o["ordinal"] === "number" ? o["ordinal"] : i + 1,
    label: str(o, "label"),
    label_en: str(o, "label_en") || str(o, "label"),
    retired: o["retired"] === true,
  }));
}

function questionOf(q: Json, scales: Map<string, Option[]>): Question {
  const min = str(q, "min");
  const max = str(q, "max");
  const scale = str(q, "scale");
  return {
    code: str(q, "code"),
    text: str(q, "text"),
    text_en: str(q, "text_en") || str(q, "text"),
    note: str(q, "note"),
    type: str(q, "type") as QuestionType,
    field: str(q, "field"),
    required: q["required"] === true,
    asked: q["asked"] !== false,
    options: scale ? (scales.get(scale) ?? []) : optionsOf(list(q, "options")),
    min: min ? decOf(min) : null,
    max: max ? decOf(max) : null,
    decimals: typeof q["decimals"] === "number" ? q["decimals"] : 6,
    maxBytes: typeof q["max_bytes"] === "number" ? q["max_bytes"] : 8192,
  };
}

function groupOf(g: Json): Group {
  const rates = obj(g, "rates");
  const quota = obj(g, "quota");
  return {
    code: str(g, "code"),
    name: str(g, "name"),
    name_en: str(g, "name_en") || str(g, "name"),
    form: str(g, "form"),
    homeKind: str(g, "home") || null,
    mode: str(rates, "mode") as Group["mode"],
    ratedKind: str(rates, "kind"),
    perSheet: typeof rates["per_sheet"] === "number" ? rates["per_sheet"] : 0,
    table: list(rates, "table").map((r) => ({
      home: str(r, "home") || null,
      office: str(r, "office"),
      unit: str(r, "unit"),
    })),
    total: typeof quota["total"] === "number" ? quota["total"] : 0,
    rule: str(quota, "rule"),
    each: typeof quota["each"] === "number" ? quota["each"] : null,
    cells: list(quota, "cells").map((c) => ({
      home: str(c, "home") || null,
      n: typeof c["n"] === "number" ? c["n"] : 0,
    })),
  };
}

export function planOf(doc: unknown): Plan {
  const p = doc as Json;
  const wave = obj(p, "wave");
  const scales = new Map<string, Option[]>();
  for (const s of list(p, "scales"))
    scales.set(str(s, "code"), optionsOf(list(s, "options")));
  const units = list(p, "units").map((u): Unit => ({
    code: str(u, "code"),
    name: str(u, "name"),
    name_en: str(u, "name_en") || str(u, "name"),
    kind: str(u, "kind"),
    parent: str(u, "parent") || null,
    from: dayOrNull(u, "from"),
    to: dayOrNull(u, "to"),
  }));
  const groups = list(p, "groups").map(groupOf);
  const decisions = obj(p, "decisions");
  const d2 = obj(decisions, "D2");
  const minimum = str(d2, "minimum");
  return {
    wave: str(wave, "code"),
    name: str(wave, "name"),
    name_en: str(wave, "name_en") || str(wave, "name"),
    province: str(wave, "province"),
    from: dayOf(str(wave, "from")) ?? 0,
    to: dayOf(str(wave, "to")) ?? 0,
    trial: list(p, "bases").some(
      (b) => b["kind"] === "example" || b["kind"] === "recollected"),
    units: new Map(units.map((u) => [u.code, u])),
    groups: new Map(groups.map((g) => [g.code, g])),
    forms: list(p, "forms").map((f) => ({
      code: str(f, "code"),
      version: str(f, "version"),
      name: str(f, "name"),
      name_en: str(f, "name_en") || str(f, "name"),
      profile: list(f, "profile").map((x) => ({
        code: str(x, "code"),
        label: str(x, "label"),
        label_en: str(x, "label_en") || str(x, "label"),
        required: x["required"] === true,
        options: optionsOf(list(x, "options")),
      })),
      questions: list(f, "questions").map((q) => questionOf(q, scales)),
    })),
    minimum: minimum === "all" || minimum === "percent" ? minimum : "none",
    minimumPercent: decOf(str(d2, "percent")) ?? 0n,
    blankInvalid: str(obj(decisions, "D3"), "blank") === "invalid",
  };
}

export function formOf(p: Plan, code: string, version: string): Form | null {
  return p.forms.find((f) => f.code === code && f.version === version) ?? null;
}

function validOn(u: Unit, day: number): boolean {
  return !(u.from !== null && day < u.from) && !(u.to !== null && day > u.to);
}

/* The unit itself or its nearest ancestor of this kind. */
function own(p: Plan, code: string | null, kind: string): string | null {
  for (let n = 0; code !== null && n <= p.units.size; n++) {
    const u: Unit | undefined = p.units.get(code);
    if (!u) return null;
    if (u.kind === kind) return u.code;
    code = u.parent;
  }
  return null;
}

export function mayRate(p: Plan, g: Group, home: string | null, unit: Unit,
  day: number): boolean {
  if (!validOn(unit, day)) return false;
  if (g.mode === "all") return unit.kind === g.ratedKind;
  if (g.mode === "own")
    return home !== null && own(p, home, g.ratedKind) === unit.code;
  return g.table.some((r) => r.unit === unit.code &&
    (r.home === null || r.home === home));
}

/* The units such a sheet may rate, in the order of the plan. */
export function rateable(p: Plan, g: Group, home: string | null,
  day: number): Unit[] {
  return [...p.units.values()].filter((u) => mayRate(p, g, home, u, day));
}

/* How many units a sheet of this group rates. */
export function perSheet(p: Plan, g: Group, home: string | null,
  day: number): number {
  if (g.perSheet) return g.perSheet;
  if (g.mode === "own") return 1;
  return rateable(p, g, home, day).length;
}

/* Is this home, or one above it, of the key's area?  null: all are. */
export function serves(p: Plan, homes: string[] | null, home: Unit): boolean {
  let u: Unit | undefined = home;
  for (let n = 0; homes && u && n <= p.units.size; n++) {
    if (homes.includes(u.code)) return true;
    u = u.parent === null ? undefined : p.units.get(u.parent);
  }
  return homes === null;
}
