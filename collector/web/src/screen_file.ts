/* An Excel or CSV file: looked at first, then handed in whole or not at
 * all. */
import type { App, Screen } from "./app";
import { button, fill, h, save } from "./dom";
import { ask, Away } from "./net";
import type { Told } from "./queue";
import { nameOf, t, toldOf } from "./words";

/* One fault of a preview: where it stands in the file. */
interface FileFault extends Told {
  row?: number;
  column?: string;
  sheet?: string;
}

interface Preview {
  sheets?: number;
  valid?: number;
  faults?: FileFault[];
  receipt?: string;
}

const TYPES: Record<string, string> = {
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  csv: "text/csv",
};
const PATIENCE = 600000;

function typeOf(file: File): string {
  return TYPES[file.name.split(".").pop()?.toLowerCase() ?? ""] ??
    "application/octet-stream";
}

export function fileScreen(a: App): Screen {
  const plan = a.session.plan;
  const forms = plan.forms.filter((f) => !a.session.self.forms ||
    a.session.self.forms.includes(f.code));
  const select = h("select", { id: "form" }, forms.map((f) =>
    h("option", { value: f.code }, `${f.code} – ${nameOf(f)}`)));
  const input = h("input", { id: "file", type: "file", class: "sr",
    accept: ".xlsx,.csv", tabindex: "-1" });
  const out = h("div", { "aria-live": "polite" });
  const drop = h("div", { class: "drop", ondragover: (e: DragEvent) => {
    e.preventDefault();
    drop.classList.add("over");
  }, ondragleave: () => drop.classList.remove("over"),
  ondrop: (e: DragEvent) => {
    e.preventDefault();
    drop.classList.remove("over");
    const file = e.dataTransfer?.files[0];
    if (file) void preview(file);
  } },
  h("p", null, t("f_drop")),
  h("label", { for: "file", class: "sr" }, t("f_choose")), input,
  button(t("f_choose"), () => input.click(), { class: "main" }));
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (file) void preview(file);
    input.value = "";
  });

  function fault(e: unknown): void {
    fill(out, h("p", { class: "note bad" },
      e instanceof Away ? t("f_offline") : String(e)));
  }

  async function post(file: File, how: string) {
    return ask(a.session.token,
      `imports?form=${encodeURIComponent(select.value)}${how}`,
      { method: "POST", body: file, type: typeOf(file),
        patience: PATIENCE });
  }

  async function preview(file: File): Promise<void> {
    fill(out, h("p", { class: "note" }, t("f_reading", file.name)));
    try {
      const r = await post(file, "&preview=1");
      if (r.status === 404) {
        fill(out, h("p", { class: "note bad" }, t("f_none")));
        return;
      }
      if (!r.ok && r.status !== 422) {
        const told = r.refusal().told;
        fill(out, h("p", { class: "note bad" }, told ? toldOf(told)
          : `HTTP ${r.status}`));
        return;
      }
      show(file, r.json<Preview>());
    } catch (e) {
      fault(e);
    }
  }

  function show(file: File, p: Preview): void {
    const faults = p.faults ?? [];
    const n = p.sheets ?? 0;
    fill(out, h("section", { class: "card" },
      h("h2", null, file.name),
      h("p", { class: faults.length ? "bad" : "good" }, faults.length
        ? t("f_bad", n, faults.length) : t("f_ok", n)),
      h("div", { class: "row" }, faults.length
        ? button(t("f_marked"), () => void marked(file))
        : button(t("f_send", n), () => void send(file),
          { class: "main" })),
      faults.length ? h("div", { class: "scroll", tabindex: "0",
        role: "region", "aria-label": t("f_what") },
      h("table", { class: "quota" }, h("thead", null, h("tr", null,
        h("th", { scope: "col" }, t("f_row")),
        h("th", { scope: "col" }, t("f_col")),
        h("th", { scope: "col" }, t("f_what")))),
      h("tbody", null, faults.slice(0, 500).map((f) => h("tr", null,
        h("td", null, f.row ?? ""), h("td", null, f.column ?? ""),
        h("td", { class: "left" }, `${f.code}: ${toldOf(f)}`)))))) : null));
  }

  async function marked(file: File): Promise<void> {
    try {
      const r = await post(file, "&preview=1&marked=1");
      save(file.name.replace(/\.\w+$/, "-loi.xlsx"), new Blob([r.bytes],
        { type: TYPES["xlsx"]! }));
    } catch (e) {
      fault(e);
    }
  }

  async function send(file: File): Promise<void> {
    try {
      const r = await post(file, "");
      const p = r.json<Preview>();
      if (r.ok)
        fill(out, h("p", { class: "note good" },
          t("f_sent", p.sheets ?? 0, p.receipt ?? "")));
      else if (p.faults) show(file, p);
      else fault(r.refusal().message);
    } catch (e) {
      fault(e);
    }
  }

  async function template(): Promise<void> {
    try {
      const r = await ask(a.session.token,
        `templates/${encodeURIComponent(select.value)}.xlsx`);
      if (r.ok)
        save(`${select.value}.xlsx`, new Blob([r.bytes],
          { type: TYPES["xlsx"]! }));
      else
        fill(out, h("p", { class: "note bad" }, r.status === 404
          ? t("f_none") : r.refusal().message));
    } catch (e) {
      fault(e);
    }
  }

  const el = h("div", { class: "narrow wide" }, h("h1", null, t("f_title")),
    h("section", { class: "card" },
      h("div", { class: "field" }, h("label", { for: "form" }, t("f_form")),
        select),
      h("div", { class: "row" }, button(t("f_template"),
        () => void template())), drop), out);
  return { el };
}
