/* What several screens show. */
import type { App } from "./app";
import { button, h } from "./dom";
import { SheetForm } from "./sheetform";
import type { Listed, Told } from "./queue";
import { nameOf, t, toldOf } from "./words";

/* A fault in the words of the paper: which unit, which question. */
export function faultText(a: App, x: Listed, f: Told): string {
  const p = (f.path ?? "").split("/");
  const at: string[] = [];
  if (p[1] === "ratings" && p[2] !== undefined && x.sheet.text) {
    const doc = JSON.parse(x.sheet.text) as { ratings: { unit: string }[] };
    const unit = a.session.plan.units.get(doc.ratings[Number(p[2])]?.unit ??
      "");
    if (unit) at.push(nameOf(unit));
    if (p[4]) at.push(p[4]);
  } else if (p[1]) {
    at.push(p.slice(1).join(" "));
  }
  return `${f.code}${at.length ? ` (${at.join(", ")})` : ""}: ${toldOf(f)}`;
}

/* A clock that is wrong is told: sheets carry days and times. */
export function clockNote(a: App): HTMLElement | null {
  const ms = a.session.ahead;
  if (!ms) return null;
  const min = Math.round(Math.abs(ms) / 60000);
  const long = min < 120 ? t("c_min", min) : min < 2880
    ? t("c_hours", Math.round(min / 60)) : t("c_days",
      Math.round(min / 1440));
  return h("p", { class: "note", id: "clock" },
    t(ms > 0 ? "c_ahead" : "c_behind", long));
}

/* Why this computer did not keep something. */
export function diskText(e: unknown): string {
  const full = e instanceof DOMException && e.name === "QuotaExceededError";
  return t("k_draft_failed", full ? t("disk_full") : String(e));
}

/* A button that asks once more. */
export function twice(label: string, sure: string, act: () => void):
HTMLElement {
  let armed = 0;
  const b = button(label, () => {
    if (Date.now() - armed < 4000) {
      act();
      return;
    }
    armed = Date.now();
    b.textContent = sure;
    setTimeout(() => { b.textContent = label; }, 4000);
  }, { class: "quiet" });
  return b;
}

export function whose(a: App, group: string, home: string | null): string {
  const g = a.session.plan.groups.get(group);
  const u = home ? a.session.plan.units.get(home) : null;
  return [g ? nameOf(g) : group, u ? nameOf(u) : ""].filter(Boolean)
    .join(" · ");
}

/* What came back, as a draft under a new name; null: the plan has no room
 * for it.  Asked twice it is one draft. */
export async function mend(a: App, x: Listed, replaces: boolean):
Promise<string | null> {
  const id = x.sheet.instance;
  const begun = (await a.queue.drafts()).find((d) => d.draft.replaces === id
    || d.draft.instead === id);
  if (begun) return begun.id;
  const f = x.sheet.text
    ? SheetForm.mend(a.session.plan, x.sheet.text, "unit") : null;
  if (!f) return null;
  if (!replaces) {
    if (!f.d.instead) f.d.replaces = null;
    f.d.instead = id;
  }
  for (const e of x.sheet.errors ?? []) {
    const at = f.cellOf(e.path ?? "");
    if (at >= 0) {
      f.go(at);
      break;
    }
  }
  await a.queue.saveDraft(`d:${f.d.instance}`, f.d);
  return `d:${f.d.instance}`;
}

/* Sheets on this computer that will count, by group and home. */
export function hereOf(list: Listed[]): Map<string, number> {
  const out = new Map<string, number>();
  for (const x of list) {
    if (x.sheet.head.keying !== 1) continue;
    const key = `${x.sheet.head.group}|${x.sheet.head.home ?? ""}`;
    out.set(key, (out.get(key) ?? 0) + 1);
  }
  return out;
}

/* A sheet that is to be keyed again, from a list of them. */
export interface Again {
  sheet: string;
  group: string;
  home: string | null;
  keying: number;
  replaces: string | null; // what it takes the place of
  back: string; // the screen of the list
  words: string; // what to do, above its head
}

let again: Again | null = null;
export function openAgain(a: App, which: Again): void {
  again = which;
  a.go("key");
}

export function takeAgain(): Again | null {
  const which = again;
  again = null;
  return which;
}

let wanted = "";
export function openDraft(a: App, id: string): void {
  wanted = id;
  a.go("key");
}

export function takeWanted(): string {
  const id = wanted;
  wanted = "";
  return id;
}
