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

export function faultList(a: App, x: Listed): HTMLElement | null {
  const errors = x.sheet.errors ?? [];
  return errors.length ? h("ul", { class: "faults" },
    errors.slice(0, 20).map((f) => h("li", null, faultText(a, x, f)))) : null;
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

/* Opens what came back as a draft under a new name. */
export async function mend(a: App, x: Listed, replaces: boolean):
Promise<void> {
  const f = x.sheet.text
    ? SheetForm.mend(a.session.plan, x.sheet.text, "unit") : null;
  if (!f) {
    alert(t("k_plan_changed"));
    return;
  }
  if (!replaces) f.d.replaces = null;
  for (const e of x.sheet.errors ?? []) {
    const at = f.cellOf(e.path ?? "");
    if (at >= 0) {
      f.go(at);
      break;
    }
  }
  await a.queue.saveDraft(`d:${f.d.instance}`, f.d);
  openDraft(a, `d:${f.d.instance}`);
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
