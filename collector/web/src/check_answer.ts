/* One answer as it was written: collector/submission_answer.c once more. */
import { bytes, isObject, quote } from "./check_faults";
import type { Faults, Json } from "./check_faults";
import { decOf } from "./plan";
import type { Question } from "./plan";

export const BLANK = "blank";
export const UNREADABLE = "unreadable";
export const DONT_KNOW = "dont-know";
/* What came of one answer: an option, one of the marks above, or "other" for
 * what is kept beside the answer bytes. */
export type Kept = { option: string } | typeof BLANK | typeof UNREADABLE
  | typeof DONT_KNOW | "other";

export function decText(d: bigint): string {
  const u = d < 0n ? -d : d;
  const part = String(u % 1000000n).padStart(6, "0").replace(/0+$/, "");
  return `${d < 0n ? "-" : ""}${u / 1000000n}${part ? "." + part : ""}`;
}

function badType(f: Faults, path: string): void {
  f.say("V00", path, "an answer of the wrong type",
    "câu trả lời sai kiểu dữ liệu");
}

export function readAnswer(f: Faults, q: Question, v: unknown, path: string):
Kept {
  const single = q.type === "scale" || q.type === "single";
  if (v === null) return BLANK;
  if (isObject(v)) {
    const mark = readMark(f, v, path);
    if (single) return mark === DONT_KNOW ? DONT_KNOW : UNREADABLE;
    return mark === null ? BLANK : mark;
  }
  if (single) return readSingle(f, q, v, path);
  if (Array.isArray(v) && q.type === "multiple")
    return readMultiple(f, q, v, path);
  if (q.type === "number" &&
    (typeof v === "string" || typeof v === "number"))
    return readNumber(f, q, v, path);
  if (q.type === "text" && typeof v === "string")
    return readWords(f, q, v, path);
  badType(f, path);
  return BLANK;
}

function readMark(f: Faults, v: Json, path: string):
typeof UNREADABLE | typeof DONT_KNOW | null {
  const mark = v["mark"];
  if (Object.keys(v).length !== 1 || typeof mark !== "string") {
    badType(f, path);
    return null;
  }
  if (mark === UNREADABLE || mark === DONT_KNOW) return mark;
  f.say("V07", path, 'a mark is "unreadable" or "dont-know"',
    'dấu chỉ có thể là "unreadable" (không đọc được) hoặc "dont-know" ' +
    "(không biết)");
  return null;
}

function option(f: Faults, q: Question, code: string, path: string): boolean {
  const o = q.options.find((x) => x.code === code.normalize("NFC"));
  if (o && !o.retired) return true;
  const shown = quote(code.normalize("NFC"));
  if (o)
    f.say("V07", path, `option "${shown}" of ${q.code} is no longer used`,
      `phương án "${shown}" của câu ${q.code} không còn dùng`);
  else
    f.say("V07", path, `no option "${shown}" in question ${q.code}`,
      `không có phương án "${shown}" trong câu ${q.code}`);
  return false;
}

function readSingle(f: Faults, q: Question, v: unknown, path: string): Kept {
  if (typeof v === "string")
    return option(f, q, v, path) ? { option: v.normalize("NFC") }
      : UNREADABLE;
  if (!Array.isArray(v)) {
    badType(f, path);
    return UNREADABLE;
  }
  let last: string | null = null;
  for (const one of v as unknown[]) {
    if (typeof one !== "string") {
      badType(f, path);
      return UNREADABLE;
    }
    if (!option(f, q, one, path)) return UNREADABLE;
    last = one.normalize("NFC");
  }
  if (v.length > 1) {
    f.say("V06", path,
      "two options marked in a single-choice question",
      "đánh dấu từ hai phương án trở lên ở câu chỉ được chọn một");
    return UNREADABLE;
  }
  return last === null ? BLANK : { option: last };
}

function readMultiple(f: Faults, q: Question, v: unknown[], path: string):
Kept {
  const ticked = new Set<string>();
  for (const one of v) {
    if (typeof one !== "string") {
      badType(f, path);
      return BLANK;
    }
    if (!option(f, q, one, path)) return BLANK;
    const code = one.normalize("NFC");
    if (ticked.has(code))
      f.say("V07", path, "the same option is named twice",
        "một phương án được ghi hai lần");
    ticked.add(code);
  }
  return ticked.size ? "other" : BLANK;
}

function readNumber(f: Faults, q: Question, v: string | number, path: string):
Kept {
  if (typeof v === "number" && !Number.isInteger(v)) {
    f.say("V00", path,
      "a number with decimals or an exponent must be sent as a string",
      "số có phần thập phân hoặc số mũ phải gửi dưới dạng chuỗi");
    return BLANK;
  }
  const s = String(v).normalize("NFC");
  const d = decOf(s);
  if (d === null) {
    f.say("V07", path,
      `"${quote(s)}" is not a number that can be kept exactly`,
      `"${quote(s)}" không phải là số hợp lệ`);
    return BLANK;
  }
  if ((q.min !== null && d < q.min) || (q.max !== null && d > q.max)) {
    const low = q.min === null ? "-" : decText(q.min);
    const high = q.max === null ? "-" : decText(q.max);
    f.say("V07", path, `number out of range (from ${low} to ${high})`,
      `số nằm ngoài khoảng cho phép (từ ${low} đến ${high})`);
    return BLANK;
  }
  if (d % 10n ** BigInt(6 - q.decimals) !== 0n) {
    f.say("V07", path,
      q.decimals === 0 ? "not a whole number"
        : `a number with more than ${q.decimals} decimals`,
      q.decimals === 0 ? "không phải số nguyên"
        : `số có quá ${q.decimals} chữ số thập phân`);
    return BLANK;
  }
  return "other";
}

function readWords(f: Faults, q: Question, v: string, path: string): Kept {
  const s = v.normalize("NFC");
  if (/^[ \t\n]*$/.test(s)) return BLANK;
  if (bytes(s) > q.maxBytes) {
    f.say("V07", path, `text longer than ${q.maxBytes} bytes`,
      `văn bản dài quá ${q.maxBytes} byte`);
    return BLANK;
  }
  return "other";
}
