import type { App, Screen } from "./app";
import { button, fill, h } from "./dom";
import { askJson } from "./net";
import type { Told } from "./queue";
import { FLAGS, t, timeVi, toldOf } from "./words";
import type { Word } from "./words";

interface Receipt {
  instanceID: string;
  sheet: string | null;
  form: string | null;
  status: string;
  receipt: string;
  received: string;
  flags?: string[];
  errors?: Told[];
}

function rowOf(r: Receipt): HTMLElement {
  const bad = r.status === "invalid" || r.status === "rejected";
  return h("li", null,
    h("b", null, r.sheet ?? r.instanceID),
    h("span", { class: bad ? "tag bad" : "tag" },
      t(`s_${r.status}` as Word), (r.flags ?? []).filter((f) => f in FLAGS)
        .map((f) => ` · ${t(FLAGS[f]!)}`)),
    h("code", { title: t("r_receipt") }, r.receipt),
    h("span", { class: "num" }, r.received ? timeVi(r.received) : ""),
    r.errors?.length ? h("ul", { class: "faults" },
      r.errors.slice(0, 5).map((f) => h("li", null,
        `${f.code} ${f.path ?? ""}: ${toldOf(f)}`))) : null);
}

export function receivedScreen(a: App): Screen {
  const list = h("ul", { class: "plain lines received" });
  const foot = h("div", { class: "row" });
  const note = h("p", { class: "note", hidden: true });
  const only = h("select", { id: "only", onchange: () => void load(true) },
    h("option", { value: "" }, t("r_all")),
    (["valid", "queried", "invalid", "replaced", "rejected"] as const).map(
      (s) => h("option", { value: s }, t(`s_${s}`))));
  const el = h("div", null, h("div", { class: "top" },
    h("h1", null, t("r_title")),
    h("div", { class: "filter" }, h("label", { for: "only" }, t("r_state")),
      only)), note, list, foot);
  let next: string | null = null;

  async function local(): Promise<void> {
    note.textContent = t("r_offline");
    note.hidden = false;
    const done = (await a.queue.list("done")).filter((x) => !only.value ||
      x.sheet.status === only.value);
    fill(list, done.map((x) => rowOf({
      instanceID: x.sheet.instance, sheet: x.sheet.head.sheet,
      form: x.sheet.head.form, status: x.sheet.status ?? "valid",
      receipt: x.sheet.receipt ?? "", flags: x.sheet.flags ?? [],
      received: new Date(x.row.at).toISOString(),
    })));
  }
  async function load(first: boolean): Promise<void> {
    try {
      const page = await askJson<{ receipts: Receipt[]; next: string | null }>(
        a.session.token, `receipts?limit=100${next && !first
          ? `&before=${encodeURIComponent(next)}` : ""}${only.value
          ? `&status=${only.value}` : ""}`);
      if (first) fill(list);
      note.hidden = true;
      next = page.next;
      list.append(...page.receipts.map(rowOf));
      if (!list.children.length)
        list.append(h("li", { class: "empty" }, t("nothing")));
      fill(foot, next ? button(t("r_more"), () => void load(false)) : null);
    } catch {
      if (first) await local();
    }
  }
  void load(true);
  let count = a.queue.counts.done;
  return { el, changed: () => {
    if (a.queue.counts.done === count) return;
    count = a.queue.counts.done;
    void load(true);
  } };
}
