/* A sheet as it was written: its head, its ratings, what their shape has of
 * faults.  collector/submission_read.c once more. */
import { BLANK, readAnswer } from "./check_answer";
import type { Kept } from "./check_answer";
import { bytes, Faults, isObject, quote, under } from "./check_faults";
import type { Json } from "./check_faults";
import { dayOf, formOf } from "./plan";
import type { Form, Group, Plan, Unit } from "./plan";
import { sheetParse, sheetText } from "./sheet";

const CODE_BYTES = 64;
const INSTANCE_BYTES = 249;
const COMMENT_BYTES = 8 << 10;
const FILES = 200;
const FILE_NAME_BYTES = 249;
const PROFILE_KEYS = 32;
const RATINGS = 1000;

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

export interface Rating {
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

export class Reader {
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
        out.kept.set(q.code, readAnswer(this.f, q, value, path));
      else if (value !== null)
        this.f.say("V07", path, "this form does not ask the question",
          "mẫu phiếu này không hỏi câu này");
    }
  }
}
