/* One sheet while it is keyed: cells in the order of the paper, a cursor, and
 * the way back.  No page in here: tests/web/keying.test.mjs runs it alone. */
import { dayText, perSheet, rateable } from "./plan";
import type { Form, Group, Option, Plan, ProfileField, Question, Unit }
  from "./plan";

/* undefined: not keyed yet.  `many`, `words`: of other than single choice. */
export type Answer = { o: string } | { many: string[] } | { words: string } |
  "blank" | "dont-know" | "unreadable";

export type Cell =
  | { kind: "profile"; field: ProfileField }
  | { kind: "answer"; unit: number; q: Question; qi: number }
  | { kind: "comment" };

export type Order = "unit" | "question";

/* What is kept of an unfinished sheet. */
export interface Draft {
  instance: string;
  replaces: string | null;
  form: string;
  version: string;
  sheet: string;
  group: string;
  home: string | null;
  day: number;
  keying: number;
  units: string[];
  answers: Record<string, Answer>;
  comment: string;
  start: string;
  at: number;
  order: Order;
  photos?: string[]; // names of files that go with it
  instead?: string; // the sheet not taken that this one was opened from
}

export interface Start {
  form: Form;
  group: Group;
  home: string | null;
  day: number;
  keying: number;
  sheet: string;
  units: string[];
  order: Order;
}

export function newInstance(): string {
  return `uuid:${crypto.randomUUID()}`;
}

/* Offered options and their keys: a code that is a digit is its own key (a
 * scale printed 5 4 3 2 1 is keyed as printed), the others get what is left
 * of 1 to 9 and a to z, in the order of the paper. */
export function keyed(options: Option[]): { key: string; option: Option }[] {
  const offered = options.filter((o) => !o.retired);
  const own = new Set(offered.map((o) => o.code)
    .filter((code) => /^[0-9]$/.test(code)));
  const left = [..."123456789abcdefghijklmnopqrstuvwxyz"]
    .filter((k) => !own.has(k));
  return offered.map((option) => ({ option,
    key: own.has(option.code) ? option.code : left.shift() ?? "" }));
}

/* 0, 9 and 8 as long as no option needs them; . - * always. */
export function markKeys(options: Option[]):
{ blank: string; dontKnow: string; unreadable: string } {
  const taken = new Set(keyed(options).map((x) => x.key));
  const pick = (digit: string, sign: string) => taken.has(digit) ? sign
    : digit;
  return { blank: pick("0", "."), dontKnow: pick("9", "-"),
    unreadable: pick("8", "*") };
}

function markOf(k: string, options: Option[]): "blank" | "dont-know" |
"unreadable" | null {
  const m = markKeys(options);
  return k === "." || k === m.blank ? "blank"
    : k === "-" || k === m.dontKnow ? "dont-know"
      : k === "*" || k === m.unreadable ? "unreadable" : null;
}

export function isSlot(q: Question): boolean {
  return q.type === "scale" || q.type === "single";
}

interface Step {
  at: number;
  key: string;
  was: Answer | undefined;
}

export class SheetForm {
  readonly cells: Cell[];
  at = 0;
  private readonly undoable: Step[] = [];

  private constructor(readonly plan: Plan, readonly form: Form,
    readonly group: Group, readonly d: Draft) {
    this.cells = this.order();
  }

  static begin(plan: Plan, s: Start, now: Date,
    mends: string | null): SheetForm {
    return new SheetForm(plan, s.form, s.group, {
      instance: newInstance(), replaces: mends, form: s.form.code,
      version: s.form.version, sheet: s.sheet, group: s.group.code,
      home: s.home, day: s.day, keying: s.keying, units: s.units,
      answers: {}, comment: "", start: now.toISOString(), at: 0,
      order: s.order,
    });
  }

  /* null: the plan no longer has its form or group. */
  static resume(plan: Plan, d: Draft): SheetForm | null {
    const form = plan.forms.find((f) => f.code === d.form &&
      f.version === d.version);
    const group = plan.groups.get(d.group);
    if (!form || !group || d.units.some((u) => !plan.units.has(u)))
      return null;
    const f = new SheetForm(plan, form, group, d);
    f.at = Math.min(d.at, f.cells.length - 1);
    return f;
  }

  /* Of what was sent and found wrong: the same answers under a new name.  What
   * was not taken replaced nothing, so it names what that one named. */
  static mend(plan: Plan, text: string, order: Order): SheetForm | null {
    const j = JSON.parse(text) as {
      instanceID: string; form: string; version: string; sheet: string;
      group: string; home: string | null; collected: string; keying: number;
      start?: string; profile?: Record<string, string>; comment?: string;
      files?: string[]; replaces?: string | null;
      ratings: { unit: string; answers: Record<string, unknown> }[];
    };
    const d: Draft = {
      instance: newInstance(), replaces: j.replaces ?? j.instanceID,
      form: j.form,
      version: j.version, sheet: j.sheet, group: j.group, home: j.home,
      day: Math.round(Date.parse(`${j.collected}T00:00:00Z`) / 86400000),
      keying: j.keying, units: j.ratings.map((r) => r.unit), answers: {},
      comment: j.comment ?? "", start: j.start ?? new Date().toISOString(),
      at: 0, order,
    };
    if (j.replaces) d.instead = j.instanceID;
    if (j.files?.length) d.photos = j.files;
    for (const [code, v] of Object.entries(j.profile ?? {}))
      d.answers[`p/${code}`] = { o: v };
    const form = plan.forms.find((f) => f.code === j.form);
    for (const p of form?.profile ?? [])
      d.answers[`p/${p.code}`] ??= "blank";
    for (const r of j.ratings)
      for (const q of form?.questions ?? [])
        if (q.asked)
          d.answers[`${r.unit}/${q.code}`] = readBack(q, r.answers[q.code]);
    return SheetForm.resume(plan, d);
  }

  /* The same answers under another head.  Where as many units are rated as
   * before, each takes the place of the one it stood for. */
  static rehead(plan: Plan, d: Draft, s: Start): SheetForm | null {
    const answers: Record<string, Answer> = {};
    for (const [key, v] of Object.entries(d.answers)) {
      const cut = key.indexOf("/");
      const unit = key.slice(0, cut);
      const at = d.units.indexOf(unit);
      const to = s.units.includes(unit) || at < 0 ||
        s.units.length !== d.units.length ? unit : s.units[at]!;
      answers[`${to}${key.slice(cut)}`] = v;
    }
    return SheetForm.resume(plan, { ...d, form: s.form.code,
      version: s.form.version, sheet: s.sheet, group: s.group.code,
      home: s.home, day: s.day, keying: s.keying, units: s.units, answers });
  }

  private order(): Cell[] {
    const out: Cell[] = [];
    for (const field of this.form.profile) out.push({ kind: "profile", field });
    const asked = this.form.questions.map((q, qi) => ({ q, qi }))
      .filter((x) => x.q.asked);
    const n = this.d.units.length;
    /* On a sheet of many units remarks come after the figures: a hand that
     * keys digits is not stopped at each unit by a box that is empty. */
    const late = (x: { q: Question }) => n > 1 && x.q.type === "text" &&
      !x.q.required;
    for (const list of [asked.filter((x) => !late(x)), asked.filter(late)]) {
      const put = (unit: number, x: { q: Question; qi: number }) =>
        out.push({ kind: "answer", unit, ...x });
      if (this.d.order === "question")
        for (const x of list) for (let u = 0; u < n; u++) put(u, x);
      else
        for (let u = 0; u < n; u++) for (const x of list) put(u, x);
    }
    out.push({ kind: "comment" });
    return out;
  }

  /* The remarks from here on, all at once: nothing was written. */
  noMoreWords(): void {
    const from = this.at;
    for (let i = from; i < this.cells.length; i++) {
      const c = this.cells[i]!;
      if (c.kind !== "answer" || c.q.type !== "text" || c.q.required) break;
      this.go(i);
      if (this.value(c) === undefined) this.set("blank", false);
    }
    this.go(this.at + 1);
  }

  get cell(): Cell {
    return this.cells[this.at]!;
  }

  units(): Unit[] {
    return this.d.units.map((u) => this.plan.units.get(u)!);
  }

  key(c: Cell): string {
    if (c.kind === "profile") return `p/${c.field.code}`;
    if (c.kind === "answer") return `${this.d.units[c.unit]}/${c.q.code}`;
    return "comment";
  }

  value(c: Cell): Answer | undefined {
    return this.d.answers[this.key(c)];
  }

  options(c: Cell): Option[] {
    return c.kind === "profile" ? c.field.options
      : c.kind === "answer" ? c.q.options : [];
  }

  /* Is the cell answered by one key? */
  oneKey(c: Cell): boolean {
    return c.kind === "profile" || (c.kind === "answer" && isSlot(c.q));
  }

  set(v: Answer, advance = true): void {
    const key = this.key(this.cell);
    this.undoable.push({ at: this.at, key, was: this.d.answers[key] });
    if (this.undoable.length > 2000) this.undoable.shift();
    this.d.answers[key] = v;
    if (advance) this.go(this.at + 1);
  }

  /* Takes a digit or a letter of the paper; false: it means nothing here. */
  press(k: string): boolean {
    const c = this.cell;
    if (!this.oneKey(c)) return false;
    const choices = keyed(this.options(c));
    const mark = markOf(k, this.options(c));
    if (mark) {
      /* a profile field holds an option or nothing */
      this.set(c.kind === "profile" ? "blank" : mark);
      return true;
    }
    const hit = choices.find((x) => x.key === k) ??
      (/^[a-z]$/i.test(k) ? choices.find((x) =>
        x.option.code.toLowerCase() === k.toLowerCase()) : undefined);
    if (!hit) return false;
    this.set({ o: hit.option.code });
    return true;
  }

  /* Takes back the last key; without one, steps back. */
  undo(): boolean {
    const last = this.undoable.pop();
    if (!last) {
      if (this.at === 0) return false;
      this.go(this.at - 1);
      return true;
    }
    if (last.was === undefined) delete this.d.answers[last.key];
    else this.d.answers[last.key] = last.was;
    this.go(last.at);
    return true;
  }

  go(at: number): void {
    this.at = Math.max(0, Math.min(at, this.cells.length - 1));
    this.d.at = this.at;
  }

  /* Up and down in the matrix as it is drawn. */
  move(dUnit: number, dQuestion: number): void {
    const c = this.cell;
    const single = this.d.units.length === 1;
    if (c.kind !== "answer" || single) {
      this.go(this.at + (dUnit || dQuestion));
      return;
    }
    const i = this.cells.findIndex((x) => x.kind === "answer" &&
      x.unit === c.unit + dUnit && x.qi === this.nextAsked(c.qi, dQuestion));
    if (i >= 0) this.go(i);
  }

  private nextAsked(qi: number, d: number): number {
    if (!d) return qi;
    for (let i = qi + d; i >= 0 && i < this.form.questions.length; i += d)
      if (this.form.questions[i]!.asked) return i;
    return qi;
  }

  /* Cells nobody came to; the comment may always stay empty. */
  open(): number[] {
    return this.cells.flatMap((c, i) => c.kind !== "comment" &&
      this.value(c) === undefined ? [i] : []);
  }

  progress(): { done: number; of: number } {
    const of = this.cells.length - 1;
    return { done: of - this.open().length, of };
  }

  /* The submission as the contract has it. */
  submission(end: Date): Record<string, unknown> {
    const profile: Record<string, string> = {};
    for (const f of this.form.profile) {
      const v = this.d.answers[`p/${f.code}`];
      if (typeof v === "object" && "o" in v) profile[f.code] = v.o;
    }
    const out: Record<string, unknown> = {
      instanceID: this.d.instance, wave: this.plan.wave, form: this.form.code,
      version: this.form.version, sheet: this.d.sheet, keying: this.d.keying,
      group: this.group.code, home: this.d.home,
      collected: dayText(this.d.day), start: this.d.start,
      end: end.toISOString(), device: "web", profile,
      ratings: this.d.units.map((unit) => ({ unit,
        answers: Object.fromEntries(this.form.questions.filter((q) => q.asked)
          .map((q) => [q.code, written(this.d.answers[`${unit}/${q.code}`])])),
      })),
    };
    if (this.d.replaces) out["replaces"] = this.d.replaces;
    if (this.d.photos?.length) out["files"] = this.d.photos;
    if (this.d.comment.trim()) out["comment"] = this.d.comment.trim();
    return out;
  }

  /* The first cell a fault's path speaks of, -1 for the head. */
  cellOf(path: string): number {
    const p = path.split("/").map((s) => s.replace(/~1/g, "/")
      .replace(/~0/g, "~"));
    return this.cells.findIndex((c) => c.kind === "profile"
      ? p[1] === "profile" && p[2] === c.field.code
      : c.kind === "comment" ? p[1] === "comment"
        : p[1] === "ratings" && Number(p[2]) === c.unit &&
          (p[4] === undefined || p[4] === c.q.code));
  }
}

function written(v: Answer | undefined): unknown {
  if (v === undefined || v === "blank") return null;
  if (typeof v === "string") return { mark: v };
  if ("o" in v) return v.o;
  return "many" in v ? v.many : v.words;
}

function readBack(q: Question, v: unknown): Answer {
  if (v === null || v === undefined) return "blank";
  if (Array.isArray(v)) return { many: v.map(String) };
  if (typeof v === "object")
    return (v as { mark?: string }).mark === "dont-know" ? "dont-know"
      : "unreadable";
  return isSlot(q) ? { o: String(v) } : { words: String(v) };
}

/* The units a sheet rates when there is no choice; else null: he picks. */
export function fixedUnits(plan: Plan, g: Group, home: string | null,
  day: number): string[] | null {
  const may = rateable(plan, g, home, day);
  return may.length === perSheet(plan, g, home, day)
    ? may.map((u) => u.code) : null;
}
