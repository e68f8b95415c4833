/* Sheet numbers: CT01-00012-7, by the same rules as collector/sheet.c. */

export interface SheetNo {
  prefix: string;
  serial: number;
}

export type SheetParse =
  | { ok: true; no: SheetNo; text: string }
  | { ok: false; why: "short" | "shape" | "digit"; message: string };

/* Damm's quasigroup of order 10: finds each wrong digit and each swap of
 * neighbours. */
const DAMM = [
  "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
  "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
];
const PREFIX_MAX = 23;
const TYPED_MAX = 40;
const SEPARATOR = /^[ \t\-._/\u00a0\u2010-\u2015\u2212]$/;

function step(state: number, digit: number): number {
  return Number(DAMM[state]!.charAt(digit));
}

/* A letter counts as two digits from A = 00. */
function checkText(state: number, text: string): number {
  for (const c of text) {
    if (c >= "0" && c <= "9") {
      state = step(state, Number(c));
    } else {
      const place = c.charCodeAt(0) - 65;
      state = step(step(state, Math.floor(place / 10)), place % 10);
    }
  }
  return state;
}

function serialText(serial: number): string {
  return String(serial).padStart(5, "0");
}

export function checkDigit(no: SheetNo): number {
  return checkText(checkText(0, no.prefix), serialText(no.serial));
}

export function sheetText(no: SheetNo): string {
  return `${no.prefix}-${serialText(no.serial)}-${checkDigit(no)}`;
}

/* Upper-case letters and digits of a form's code: "CT-01" -> "CT01". */
export function prefixOf(formCode: string): string {
  let out = "";
  for (const c of formCode) {
    const up = c >= "a" && c <= "z" ? c.toUpperCase() : c;
    if (/^[0-9A-Z]$/.test(up)) out += up;
  }
  return out;
}

function bad(why: "short" | "shape" | "digit", message: string): SheetParse {
  return { ok: false, why, message };
}

const SHAPE = "not a sheet number like CT01-00012-7";

export function sheetParse(typed: string): SheetParse {
  let chars = "";
  let last = 0;
  let beforeLast = 0;
  let fresh = true;
  for (const c of typed) {
    if (SEPARATOR.test(c)) {
      fresh = true;
      continue;
    }
    const up = c >= "a" && c <= "z" ? c.toUpperCase() : c;
    if (!/^[0-9A-Z]$/.test(up))
      return bad("shape",
        "a sheet number has letters, digits and hyphens only");
    if (chars.length === TYPED_MAX)
      return bad("shape", "sheet number too long");
    if (fresh) {
      beforeLast = last;
      last = chars.length;
      fresh = false;
    }
    chars += up;
  }
  const n = chars.length;
  if (n < 3) return bad("short", SHAPE);
  let from = n - last === 1 ? beforeLast : last;
  if (from === 0) {
    if (n < 7) return bad("short", SHAPE);
    from = n - 6;
  }
  if (from > PREFIX_MAX || n - 1 - from < 1 || n - 1 - from > 8)
    return bad("shape", SHAPE);
  const tail = chars.slice(from);
  if (!/^[0-9]+$/.test(tail))
    return bad("shape", "the serial of a sheet number is digits only");
  const serial = Number(tail.slice(0, -1));
  if (serial === 0) return bad("shape", "a sheet's serial starts at 1");
  const no = { prefix: chars.slice(0, from), serial };
  if (checkDigit(no) !== Number(tail.slice(-1)))
    return bad("digit", "the check digit of the sheet number is wrong");
  return { ok: true, no, text: sheetText(no) };
}

/* What the hand types when the form's letters stand there already: digits
 * only, the last one the check digit ("127" after CT01 is CT01-00012-7). */
export function sheetTyped(typed: string, prefix: string): SheetParse {
  const digits = typed.replace(/[\s\-._/]/g, "");
  if (prefix && /^[0-9]{1,9}$/.test(digits) && digits.length < 10) {
    if (digits.length < 2) return bad("short", SHAPE);
    return sheetParse(
      `${prefix}-${digits.slice(0, -1)}-${digits.slice(-1)}`);
  }
  return sheetParse(typed);
}

/* A number of a form's, as printed, for examples. */
export function sheetMake(prefix: string, serial: number): string {
  return sheetText({ prefix, serial });
}
