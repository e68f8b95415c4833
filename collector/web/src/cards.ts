/* Sheets that came back: why, what to do, and the ways on.  None is ever
 * dropped by itself; what is put aside stays on this computer. */
import type { App } from "./app";
import { button, h, save } from "./dom";
import { faultText, mend, openDraft, twice, whose } from "./parts";
import type { Listed } from "./queue";
import { t } from "./words";
import type { Word } from "./words";

const DO: Record<number, Word> = { 400: "do_400", 403: "do_403",
  409: "do_409", 413: "do_413", 415: "do_400", 422: "do_422" };

function faultList(a: App, x: Listed): HTMLElement | null {
  const errors = x.sheet.errors ?? [];
  return errors.length ? h("ul", { class: "faults" },
    errors.slice(0, 20).map((f) => h("li", null, faultText(a, x, f)))) : null;
}

function saveOne(x: Listed): void {
  save(`phieu-${x.sheet.head.sheet}.ndjson`,
    new Blob([`${x.sheet.text ?? ""}\n`], { type: "application/x-ndjson" }));
}

function card(a: App, x: Listed, kind: string,
  ...ways: HTMLElement[]): HTMLElement {
  const what = DO[x.sheet.http ?? 0];
  const stays = h("p", { class: "note bad", role: "alert", hidden: true },
    t("k_plan_changed"));
  return h("li", { class: `card item ${kind}`, "data-http":
    String(x.sheet.http ?? ""), "data-sheet": x.sheet.head.sheet },
  h("h3", null, x.sheet.head.sheet),
  h("p", { class: "hint" }, whose(a, x.sheet.head.group, x.sheet.head.home),
    x.sheet.receipt ? ` · ${t("r_receipt")} ${x.sheet.receipt}` : ""),
  faultList(a, x), what ? h("p", null, t(what)) : null, stays,
  h("div", { class: "row" }, ...ways));
}

/* Opens the sheet again, or says on its card that the plan has no room for
 * it any more. */
function again(a: App, x: Listed, label: Word, replaces: boolean,
  kind: string): HTMLElement {
  const b = button(t(label), () => void open(), { class: kind,
    "data-do": label });
  async function open(): Promise<void> {
    const id = await mend(a, x, replaces);
    if (id) openDraft(a, id);
    else b.closest(".item")?.querySelector(".note")?.removeAttribute("hidden");
  }
  return b;
}

export function mendCard(a: App, x: Listed): HTMLElement {
  return card(a, x, "bad", again(a, x, "mend", true, "main"),
    button(t("o_one"), () => saveOne(x)),
    twice(t("put_away"), t("put_sure"), () => void a.queue.setAside(x)));
}

export function heldCard(a: App, x: Listed): HTMLElement {
  return card(a, x, "bad", button(t("retry"),
    () => void a.queue.release(x), { class: "main", "data-do": "retry" }),
  again(a, x, "as_new", false, ""), button(t("o_one"), () => saveOne(x)),
  twice(t("put_away"), t("put_sure"), () => void a.queue.setAside(x)));
}

export function asideCard(a: App, x: Listed): HTMLElement {
  return card(a, x, "", button(t("take_back"),
    () => void a.queue.takeBack(x), { "data-do": "take_back" }),
  button(t("o_one"), () => saveOne(x)),
  twice(t("remove"), t("remove_sure"), () => void a.queue.remove(x)));
}
