/* What is wrong with a sheet: the rules of collector/submission_read.c,
 * submission_answer.c and submission_check.c, in the same order, because of
 * two faults at one path the first is the one that is told.
 * tests/data/corpus holds cases that both must judge alike. */
import { decOf, dayOf, formOf, mayRate, perSheet } from "./plan";
import type { Form, Group, Plan, Question, Unit } from "./plan";
import { prefixOf, sheetParse, sheetText } from "./sheet";

export interface Fault {
  code: string;
  path: string;
  message: string;
  message_vi: string;
}

export interface Checked {
  quarantine: boolean;
  faults: Fault[];
  straight: boolean; // Q01
}

type Json = Record<string, unknown>;

const CODE_BYTES = 64;
const INSTANCE_BYTES = 249;
const COMMENT_BYTES = 8 << 10;
const FILES = 200;
const FILE_NAME_BYTES = 249;
const PROFILE_KEYS = 32;
const RATINGS = 1000;
const STRAIGHT_MIN = 5;
const KEY_SHOWN = 96;
const VALUE_SHOWN = 40;

const BLANK = "blank";
const UNREADABLE = "unreadable";
const DONT_KNOW = "dont-know";
/* What came of one answer: an option, one of the marks above, or "other" for
 * what is kept beside the answer bytes. */
type Kept = { option: string } | typeof BLANK | typeof UNREADABLE
  | typeof DONT_KNOW | "other";

const encoder = new TextEncoder();

function bytes(s: string): number {
  return encoder.encode(s).length;
}

function cut(s: string, max: number): string {
  let n = 0;
  let out = "";
  for (const c of s) {
    n += bytes(c);
    if (n > max) break;
    out += c;
  }
  return out;
}

function quote(s: string): string {
  const out = cut(s, VALUE_SHOWN);
  const shown = out.replace(/[\u0000-\u001f\u007f]/g, "?");
  return out.length < s.length ? shown + "…" : shown;
}

/* Runs of digits by their value: /ratings/2 before /ratings/10. */
function pathOrder(a: string, b: string): number {
  const x = a.match(/\d+|\D/gu) ?? [];
  const y = b.match(/\d+|\D/gu) ?? [];
  for (let i = 0; i < x.length && i < y.length; i++) {
    const [p, q] = [x[i]!, y[i]!];
    if (p === q) continue;
    if (/^\d/.test(p) && /^\d/.test(q) && p.length !== q.length)
      return p.length - q.length;
    return p < q ? -1 : 1;
  }
  return x.length - y.length;
}

class Faults {
  readonly list: Fault[] = [];
  private readonly at = new Set<string>();

  say(code: string, path: string, message: string, message_vi: string): void {
    if (this.at.has(path)) return;
    this.at.add(path);
    this.list.push({ code, path, message, message_vi });
  }

  sorted(): Fault[] {
    return this.list.sort((a, b) => pathOrder(a.path, b.path));
  }
}

function under(parent: string, key: string | number): string {
  const k = typeof key === "number" ? String(key) : cut(key, KEY_SHOWN);
  return `${parent}/${k.replace(/~/g, "~0").replace(/\//g, "~1")}`;
}

const HEADS = new Set(["instanceID", "replaces", "wave", "form", "version",
  "sheet", "keying", "group", "home", "collected", "start", "end", "device",
  "simulated", "profile", "ratings", "comment", "files"]);
const INSTANT =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(?:[Zz]|[+-](\d{2})(?::?(\d{2}))?)$/;

function instantOk(s: string): boolean {
  const m = INSTANT.exec(s);
  return m !== null && dayOf(m[1]!) !== null && Number(m[2]) <= 23 &&
    Number(m[3]) <= 59 && Number(m[4]) <= 59 &&
    (m[6] === undefined || Number(m[6]) <= 14) &&
    (m[7] === undefined || Number(m[7]) <= 59);
}

function instanceOk(s: string): boolean {
  return s.length > 0 && s.length <= INSTANCE_BYTES && /^[!-~]+$/.test(s);
}

function isObject(v: unknown): v is Json {
  return typeof v === "object" && v !== null && !Array.isArray(v);
}

interface Rating {
  unitCode: string | null;
  unit: Unit | null;
  kept: Map<string, Kept>;
}

/* As attachment_name in the collector. */
export function fileNameOk(name: string): boolean {
  const s = name.normalize("NFC");
  const n = new TextEncoder().encode(s).length;
  return n > 0 && n <= FILE_NAME_BYTES && s !== "." && s !== ".." &&
    !/[\u0000-\u001f\u007f/\\]/.test(s);
}

class Checker {
  readonly f = new Faults();
  sheet: string | null = null;
  wave: string | null = null;
  formCode: string | null = null;
  version: string | null = null;
  groupCode: string | null = null;
  homeCode: string | null = null;
  collected: number | null = null;
  profile = new Map<string, string>();
  form: Form | null = null;
  group: Group | null = null;
  home: Unit | null = null;
  ratings: Rating[] = [];

  constructor(readonly p: Plan, readonly doc: Json, readonly today: number) {}

  missing(path: string): void {
    this.f.say("V00", path, "missing", "thiếu trường này");
  }

  wrongType(path: string): void {
    this.f.say("V00", path, "wrong type of value",
      "giá trị sai kiểu dữ liệu");
  }

  text(key: string, max: number, required: boolean): string | null {
    return this.textOf(this.doc[key], `/${key}`, max, required);
  }

  textOf(v: unknown, path: string, max: number,
    required: boolean): string | null {
    let s: string | null = null;
    if (typeof v === "string") {
      s = v.normalize("NFC").replace(/^[ \t]+|[ \t]+$/g, "");
    } else if (v !== undefined && v !== null) {
      this.wrongType(path);
      return null;
    }
    if (!s) {
      if (required) this.missing(path);
      return null;
    }
    if (bytes(s) <= max) return s;
    this.f.say("V00", path, `longer than ${max} bytes`,
      `dài quá ${max} byte`);
    return null;
  }

  readHead(): boolean {
    const d = this.doc;
    for (const key of Object.keys(d))
      if (!HEADS.has(key))
        this.f.say("V00", under("", key), "unknown member",
          "trường không có trong quy định");
    const id = d["instanceID"];
    if (typeof id !== "string" || !instanceOk(id.normalize("NFC")))
      return false;
    this.wave = this.text("wave", CODE_BYTES, true);
    this.formCode = this.text("form", CODE_BYTES, true);
    this.version = this.text("version", CODE_BYTES, true);
    this.groupCode = this.text("group", CODE_BYTES, true);
    this.homeCode = this.text("home", CODE_BYTES, false);
    this.text("device", CODE_BYTES, false);
    const replaces = this.text("replaces", INSTANCE_BYTES, false);
    if (replaces !== null && (!instanceOk(replaces) ||
      replaces === id.normalize("NFC")))
      this.f.say("V00", "/replaces",
        "not the instanceID of another submission",
        "không phải instanceID của một phiếu khác");
    this.readRest();
    return true;
  }

  readRest(): void {
    const d = this.doc;
    this.sheet = this.text("sheet", CODE_BYTES, false);
    if (this.sheet !== null) {
      const no = sheetParse(this.sheet);
      if (no.ok) this.sheet = sheetText(no.no);
    }
    const keying = d["keying"];
    if (keying !== undefined && keying !== null && keying !== 1 &&
      keying !== 2)
      this.f.say("V00", "/keying", "keying is 1 or 2",
        "lần nhập chỉ có thể là 1 hoặc 2");
    const day = this.text("collected", CODE_BYTES, true);
    if (day !== null) {
      this.collected = dayOf(day);
      if (this.collected === null)
        this.f.say("V00", "/collected", "not a date written YYYY-MM-DD",
          "không phải ngày viết theo dạng NĂM-THÁNG-NGÀY");
    }
    for (const key of ["start", "end"]) {
      const t = this.text(key, CODE_BYTES, false);
      if (t !== null && !instantOk(t))
        this.f.say("V00", `/${key}`,
          "not an instant like 2021-02-03T08:15:00+07:00",
          "không phải thời điểm dạng 2021-02-03T08:15:00+07:00");
    }
    const simulated = d["simulated"];
    if (simulated !== undefined && simulated !== null &&
      typeof simulated !== "boolean")
      this.wrongType("/simulated");
    this.text("comment", COMMENT_BYTES, false);
    this.readProfile();
    this.readFiles();
  }

  /* Names of scans and photos that are sent beside the sheet. */
  readFiles(): void {
    const v = this.doc["files"];
    if (v === undefined || v === null) return;
    if (!Array.isArray(v)) {
      this.wrongType("/files");
      return;
    }
    for (const [i, name] of v.entries()) {
      if (i === FILES) {
        this.f.say("V00", "/files", `more than ${FILES} files`,
          `nhiều hơn ${FILES} tệp`);
        break;
      }
      if (typeof name !== "string")
        this.wrongType(under("/files", i));
      else if (!fileNameOk(name))
        this.f.say("V00", under("/files", i), "no file can have this name",
          "không tệp nào có tên như vậy");
    }
  }

  readProfile(): void {
    const v = this.doc["profile"];
    if (v === undefined || v === null) return;
    if (!isObject(v)) {
      this.wrongType("/profile");
      return;
    }
    const own = new Set<string>();
    let n = 0;
    for (const [key, value] of Object.entries(v)) {
      if (n === PROFILE_KEYS) {
        this.f.say("V08", "/profile", "too many profile fields",
          "quá nhiều trường thông tin người trả lời");
        break;
      }
      if (value === null) continue;
      if (typeof value !== "string") {
        this.f.say("V08", under("/profile", key),
          "not the code of an option",
          "không phải mã của một phương án");
        continue;
      }
      n++;
      const name = key.normalize("NFC");
      if (own.has(name)) {
        this.f.say("V08", under("/profile", name),
          "the field is given twice",
          "trường thông tin này được ghi hai lần");
        continue;
      }
      own.add(name);
      this.profile.set(name, value.normalize("NFC"));
    }
  }

  lookUp(): void {
    if (this.formCode !== null && this.version !== null)
      this.form = formOf(this.p, this.formCode, this.version);
    if (this.groupCode !== null)
      this.group = this.p.groups.get(this.groupCode) ?? null;
    if (this.homeCode !== null)
      this.home = this.p.units.get(this.homeCode) ?? null;
  }

  readRatings(): void {
    const v = this.doc["ratings"];
    if (!Array.isArray(v)) {
      if (v === undefined) this.missing("/ratings");
      else this.wrongType("/ratings");
      return;
    }
    for (let i = 0; i < v.length; i++) {
      if (i === RATINGS) {
        this.f.say("V04", "/ratings", "too many rated units on one sheet",
          "một phiếu đánh giá quá nhiều đơn vị");
        break;
      }
      this.ratings.push(this.readRating(v[i], i));
    }
  }

  blankRating(): Rating {
    const kept = new Map<string, Kept>();
    for (const q of this.form?.questions ?? [])
      if (q.asked) kept.set(q.code, BLANK);
    return { unitCode: null, unit: null, kept };
  }

  readRating(v: unknown, i: number): Rating {
    const at = under("/ratings", i);
    const out = this.blankRating();
    let hasAnswers = false;
    if (!isObject(v)) {
      this.wrongType(at);
      return out;
    }
    for (const [key, value] of Object.entries(v)) {
      if (key === "unit") {
        out.unitCode = this.textOf(value, under(at, "unit"), CODE_BYTES,
          false);
        if (out.unitCode !== null)
          out.unit = this.p.units.get(out.unitCode) ?? null;
      } else if (key !== "answers") {
        this.f.say("V00", under(at, key), "unknown member",
          "trường không có trong quy định");
      } else {
        hasAnswers = true;
        if (isObject(value)) this.readAnswers(value, at, out);
        else this.wrongType(under(at, "answers"));
      }
    }
    if (!hasAnswers) this.missing(under(at, "answers"));
    return out;
  }

  readAnswers(v: Json, at: string, out: Rating): void {
    const form = this.form;
    if (!form) return;
    for (const [key, value] of Object.entries(v)) {
      const path = under(under(at, "answers"), key);
      const q = form.questions.find((x) => x.code === key);
      if (!q)
        this.f.say("V07", path,
          `no question "${quote(key)}" on form ${form.code}`,
          `không có câu "${quote(key)}" trong mẫu phiếu ${form.code}`);
      else if (q.asked)
        out.kept.set(q.code, this.readAnswer(q, value, path));
      else if (value !== null)
        this.f.say("V07", path, "this form does not ask the question",
          "mẫu phiếu này không hỏi câu này");
    }
  }

  badType(path: string): void {
    this.f.say("V00", path, "an answer of the wrong type",
      "câu trả lời sai kiểu dữ liệu");
  }

  readAnswer(q: Question, v: unknown, path: string): Kept {
    const single = q.type === "scale" || q.type === "single";
    if (v === null) return BLANK;
    if (isObject(v)) {
      const mark = this.readMark(v, path);
      if (single) return mark === DONT_KNOW ? DONT_KNOW : UNREADABLE;
      return mark === null ? BLANK : mark;
    }
    if (single) return this.readSingle(q, v, path);
    if (Array.isArray(v) && q.type === "multiple")
      return this.readMultiple(q, v, path);
    if (q.type === "number" &&
      (typeof v === "string" || typeof v === "number"))
      return this.readNumber(q, v, path);
    if (q.type === "text" && typeof v === "string")
      return this.readWords(q, v, path);
    this.badType(path);
    return BLANK;
  }

  readMark(v: Json, path: string): typeof UNREADABLE | typeof DONT_KNOW
    | null {
    const mark = v["mark"];
    if (Object.keys(v).length !== 1 || typeof mark !== "string") {
      this.badType(path);
      return null;
    }
    if (mark === UNREADABLE || mark === DONT_KNOW) return mark;
    this.f.say("V07", path, 'a mark is "unreadable" or "dont-know"',
      'dấu chỉ có thể là "unreadable" (không đọc được) hoặc "dont-know" ' +
      "(không biết)");
    return null;
  }

  option(q: Question, code: string, path: string): boolean {
    const o = q.options.find((x) => x.code === code.normalize("NFC"));
    if (o && !o.retired) return true;
    const shown = quote(code.normalize("NFC"));
    if (o)
      this.f.say("V07", path, `option "${shown}" of ${q.code} is no longer used`,
        `phương án "${shown}" của câu ${q.code} không còn dùng`);
    else
      this.f.say("V07", path, `no option "${shown}" in question ${q.code}`,
        `không có phương án "${shown}" trong câu ${q.code}`);
    return false;
  }

  readSingle(q: Question, v: unknown, path: string): Kept {
    if (typeof v === "string")
      return this.option(q, v, path) ? { option: v.normalize("NFC") }
        : UNREADABLE;
    if (!Array.isArray(v)) {
      this.badType(path);
      return UNREADABLE;
    }
    let last: string | null = null;
    for (const one of v as unknown[]) {
      if (typeof one !== "string") {
        this.badType(path);
        return UNREADABLE;
      }
      if (!this.option(q, one, path)) return UNREADABLE;
      last = one.normalize("NFC");
    }
    if (v.length > 1) {
      this.f.say("V06", path,
        "two options marked in a single-choice question",
        "đánh dấu từ hai phương án trở lên ở câu chỉ được chọn một");
      return UNREADABLE;
    }
    return last === null ? BLANK : { option: last };
  }

  readMultiple(q: Question, v: unknown[], path: string): Kept {
    const ticked = new Set<string>();
    for (const one of v) {
      if (typeof one !== "string") {
        this.badType(path);
        return BLANK;
      }
      if (!this.option(q, one, path)) return BLANK;
      const code = one.normalize("NFC");
      if (ticked.has(code))
        this.f.say("V07", path, "the same option is named twice",
          "một phương án được ghi hai lần");
      ticked.add(code);
    }
    return ticked.size ? "other" : BLANK;
  }

  readNumber(q: Question, v: string | number, path: string): Kept {
    if (typeof v === "number" && !Number.isInteger(v)) {
      this.f.say("V00", path,
        "a number with decimals or an exponent must be sent as a string",
        "số có phần thập phân hoặc số mũ phải gửi dưới dạng chuỗi");
      return BLANK;
    }
    const s = String(v).normalize("NFC");
    const d = decOf(s);
    if (d === null) {
      this.f.say("V07", path,
        `"${quote(s)}" is not a number that can be kept exactly`,
        `"${quote(s)}" không phải là số hợp lệ`);
      return BLANK;
    }
    if ((q.min !== null && d < q.min) || (q.max !== null && d > q.max)) {
      const low = q.min === null ? "-" : decText(q.min);
      const high = q.max === null ? "-" : decText(q.max);
      this.f.say("V07", path, `number out of range (from ${low} to ${high})`,
        `số nằm ngoài khoảng cho phép (từ ${low} đến ${high})`);
      return BLANK;
    }
    if (d % 10n ** BigInt(6 - q.decimals) !== 0n) {
      this.f.say("V07", path,
        q.decimals === 0 ? "not a whole number"
          : `a number with more than ${q.decimals} decimals`,
        q.decimals === 0 ? "không phải số nguyên"
          : `số có quá ${q.decimals} chữ số thập phân`);
      return BLANK;
    }
    return "other";
  }

  readWords(q: Question, v: string, path: string): Kept {
    const s = v.normalize("NFC");
    if (/^[ \t\n]*$/.test(s)) return BLANK;
    if (bytes(s) > q.maxBytes) {
      this.f.say("V07", path, `text longer than ${q.maxBytes} bytes`,
        `văn bản dài quá ${q.maxBytes} byte`);
      return BLANK;
    }
    return "other";
  }

  /* ---- submission_check ------------------------------------------------ */

  checkSheet(): void {
    const f = this.f;
    if (this.sheet === null) {
      f.say("V01", "/sheet", "no sheet number", "phiếu không có số");
      return;
    }
    const no = sheetParse(this.sheet);
    if (!no.ok)
      f.say("V01", "/sheet", no.message, no.why === "digit"
        ? "số phiếu sai chữ số kiểm tra"
        : "số phiếu không đúng dạng CT01-00012-7");
    else if (this.form && prefixOf(this.form.code) !== no.no.prefix)
      f.say("V01", "/sheet", "the sheet number belongs to another form",
        "số phiếu thuộc mẫu phiếu khác");
  }

  checkForm(): void {
    if (this.form || this.formCode === null || this.version === null) return;
    if (this.p.forms.some((x) => x.code === this.formCode))
      this.f.say("V03", "/version",
        "no such version of this form in the plan",
        "kế hoạch không có phiên bản này của mẫu phiếu");
    else
      this.f.say("V03", "/form", "no such form in the plan",
        "kế hoạch không có mẫu phiếu này");
  }

  checkGroup(): void {
    const f = this.f;
    const g = this.group;
    if (!g) {
      if (this.groupCode !== null)
        f.say("V03", "/group", "no such group in the plan",
          "kế hoạch không có nhóm đối tượng này");
      return;
    }
    if (this.form && g.form !== this.form.code)
      f.say("V03", "/group", "the group does not belong to the form",
        "nhóm đối tượng không thuộc mẫu phiếu này");
    if (g.homeKind === null) {
      if (this.homeCode !== null)
        f.say("V03", "/home", "this group has no home",
          "nhóm đối tượng này không gắn với đơn vị công tác");
    } else if (this.homeCode === null) {
      f.say("V03", "/home", "the group needs a home",
        "thiếu đơn vị công tác của người trả lời");
    } else if (!this.home) {
      f.say("V03", "/home", "no such unit in the plan",
        "kế hoạch không có đơn vị này");
    } else if (this.home.kind !== g.homeKind) {
      f.say("V03", "/home", "a unit of the wrong kind",
        "đơn vị công tác không đúng loại của nhóm");
    }
  }

  checkDay(): void {
    const day = this.collected;
    if (day === null) return;
    if (day > this.today)
      this.f.say("V10", "/collected", "a day in the future",
        "ngày thu phiếu ở tương lai");
    else if (day < this.p.from || day > this.p.to)
      this.f.say("V10", "/collected", "outside the days of the survey",
        "ngoài thời gian điều tra");
  }

  /* Group and home are known well enough to say who may be rated. */
  mayJudge(): Group | null {
    const g = this.group;
    if (!g) return null;
    return g.homeKind === null || this.home?.kind === g.homeKind ? g : null;
  }

  checkUnits(): void {
    const f = this.f;
    const day = this.collected ?? this.p.from;
    const g = this.mayJudge();
    const home = this.home ? this.home.code : null;
    let want = g ? perSheet(this.p, g, home, day) : 0;
    const seen = new Set<string>();
    this.ratings.forEach((r, i) => {
      const path = under(under("/ratings", i), "unit");
      if (!r.unit) {
        f.say("V04", path,
          r.unitCode !== null ? "no such unit in the plan"
            : "no rated unit",
          r.unitCode !== null ? "kế hoạch không có đơn vị này"
            : "thiếu đơn vị được đánh giá");
        return;
      }
      if (seen.has(r.unit.code))
        f.say("V04", path, "the unit is rated twice",
          "một đơn vị được đánh giá hai lần");
      else if (g && !mayRate(this.p, g, home, r.unit, day))
        f.say("V04", path, "this respondent does not rate this unit",
          "người trả lời không thuộc diện đánh giá đơn vị này");
      seen.add(r.unit.code);
    });
    const n = this.ratings.length;
    if (n === 0 || (want && n !== want)) {
      want = want || 1;
      f.say("V04", "/ratings", `${n} rated units, the sheet has ${want}`,
        `có ${n} đơn vị được đánh giá, phiếu này cần ${want}`);
    }
  }

  enough(given: number, put: number): boolean {
    if (this.p.minimum === "all") return given >= put;
    if (this.p.minimum === "percent")
      return BigInt(given) * 100000000n >=
        this.p.minimumPercent * BigInt(put);
    return true;
  }

  checkAnswers(form: Form, r: Rating, i: number): void {
    const at = under(under("/ratings", i), "answers");
    let given = 0;
    let put = 0;
    for (const q of form.questions) {
      if (!q.asked) continue;
      const kept = r.kept.get(q.code) ?? BLANK;
      const slot = q.type === "scale" || q.type === "single";
      if (slot) {
        put++;
        if (typeof kept === "object" || kept === DONT_KNOW) given++;
      }
      if ((q.required || (this.p.blankInvalid && slot)) && kept === BLANK)
        this.f.say("V05", under(at, q.code),
          "this question must be answered",
          "câu này bắt buộc phải trả lời");
    }
    if (!this.enough(given, put))
      this.f.say("V05", at,
        `${given} of ${put} questions answered, fewer than the minimum`,
        `trả lời ${given} trên ${put} câu, ít hơn mức tối thiểu`);
  }

  checkProfile(form: Form): void {
    for (const [key, value] of [...this.profile].sort()) {
      const path = under("/profile", key);
      const field = form.profile.find((x) => x.code === key);
      if (!field)
        this.f.say("V08", path, "no such field on this form",
          "mẫu phiếu không có trường thông tin này");
      else if (!field.options.some((o) => !o.retired && o.code === value))
        this.f.say("V08", path, "not an option of this field",
          "không thuộc danh mục của trường này");
    }
    for (const field of form.profile)
      if (field.required && !this.profile.has(field.code))
        this.f.say("V08", under("/profile", field.code),
          "required and missing", "bắt buộc nhưng để trống");
  }

  /* Q01 compares the bytes that would be stored. */
  straight(form: Form): boolean {
    let first: number | undefined;
    let answered = 0;
    for (const r of this.ratings)
      for (const q of form.questions) {
        const kept = r.kept.get(q.code);
        if (typeof kept !== "object") continue;
        const place = q.options.find((o) => o.code === kept.option)?.ordinal;
        if (answered++ === 0) first = place;
        else if (place !== first) return false;
      }
    return answered >= STRAIGHT_MIN;
  }

  run(): Checked {
    if (!this.readHead())
      return { quarantine: true, faults: [], straight: false };
    this.lookUp();
    this.readRatings();
    if (this.wave !== null && this.wave !== this.p.wave)
      this.f.say("V00", "/wave", "the sheet is of another wave",
        "phiếu thuộc đợt điều tra khác");
    this.checkSheet();
    this.checkForm();
    this.checkGroup();
    this.checkDay();
    this.checkUnits();
    const form = this.form;
    if (form) {
      this.ratings.forEach((r, i) => this.checkAnswers(form, r, i));
      this.checkProfile(form);
    }
    return {
      quarantine: false,
      faults: this.f.sorted(),
      straight: form !== null && this.straight(form),
    };
  }
}

export function decText(d: bigint): string {
  const u = d < 0n ? -d : d;
  const part = String(u % 1000000n).padStart(6, "0").replace(/0+$/, "");
  return `${d < 0n ? "-" : ""}${u / 1000000n}${part ? "." + part : ""}`;
}

/* `today`: the day in Vietnam (todayVn). */
export function check(plan: Plan, doc: unknown, today: number): Checked {
  if (!isObject(doc)) return { quarantine: true, faults: [], straight: false };
  return new Checker(plan, doc, today).run();
}
