/* What the checks of a sheet share: faults at their places, and the words
 * that show what was written there. */

export interface Fault {
  code: string;
  path: string;
  message: string;
  message_vi: string;
}

export type Json = Record<string, unknown>;

const KEY_SHOWN = 96;
const VALUE_SHOWN = 40;

const encoder = new TextEncoder();

export function bytes(s: string): number {
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

export function quote(s: string): string {
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

export class Faults {
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

export function under(parent: string, key: string | number): string {
  const k = typeof key === "number" ? String(key) : cut(key, KEY_SHOWN);
  return `${parent}/${k.replace(/~/g, "~0").replace(/\//g, "~1")}`;
}

export function isObject(v: unknown): v is Json {
  return typeof v === "object" && v !== null && !Array.isArray(v);
}
