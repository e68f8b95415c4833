/* An Excel or CSV file: looked at first, then handed in whole or not at
 * all. */
import type { App, Screen } from "./app";
import { button, fill, h, save } from "./dom";
import { ask, Away } from "./net";
import type { Answer } from "./net";
import type { Told } from "./queue";
import { nameOf, t, toldOf } from "./words";

/* A fault or a note: where it stands in the file. */
interface FileFault extends Told {
  row?: number;
  column?: string;
  cell?: string;
  heading?: string;
  value?: string;
}

/* What POST /v1/imports answers. */
interface Report {
  stored?: boolean;
  receipt?: string; // of the file as a whole
  sheets?: number;
  counts?: Record<string, number>;
  file?: Record<string, string | number | null>;
  notes?: FileFault[];
  faults?: FileFault[];
  more?: number;
}

const ENCODINGS = ["utf-8", "tcvn3", "vni", "windows-1258"];
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
  let encoding = ""; // of a CSV file whose letters do not tell
  const drop = h("div", { class: "drop", ondragover: (e: DragEvent) => {
    e.preventDefault();
    drop.classList.add("over");
  }, ondragleave: () => drop.classList.remove("over"),
  ondrop: (e: DragEvent) => {
    e.preventDefault();
    drop.classList.remove("over");
    const file = e.dataTransfer?.files[0];
    encoding = "";
    if (file) void preview(file);
  } },
  h("p", null, t("f_drop")),
  h("label", { for: "file", class: "sr" }, t("f_choose")), input,
  button(t("f_choose"), () => input.click(), { class: "main" }));
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    encoding = "";
    if (file) void preview(file);
    input.value = "";
  });

  function fault(e: unknown): void {
    fill(out, h("p", { class: "note bad" },
      e instanceof Away ? t("f_offline") : String(e)));
  }

  async function post(file: File, how: string) {
    return ask(a.session.token,
      `imports?form=${encodeURIComponent(select.value)}${how}${
        encoding ? `&encoding=${encoding}` : ""}`,
      { method: "POST", body: file, type: typeOf(file),
        patience: PATIENCE });
  }

  async function preview(file: File): Promise<void> {
    fill(out, h("p", { class: "note" }, t("f_reading", file.name)));
    try {
      const r = await post(file, "&preview=1");
      if (r.ok) show(file, r.json<Report>());
      else refused(r);
    } catch (e) {
      fault(e);
    }
  }

  function refused(r: Answer): void {
    const told = r.refusal().told;
    fill(out, h("p", { class: "note bad" }, r.status === 404 ? t("f_none")
      : told ? toldOf(told) : `HTTP ${r.status}`));
  }

  function faultTable(list: FileFault[], more: number): HTMLElement | null {
    return list.length ? h("div", { class: "scroll", tabindex: "0",
      role: "region", "aria-label": t("f_what") },
    h("table", { class: "quota" }, h("thead", null, h("tr", null,
      ...(["f_row", "f_col", "f_value", "f_what"] as const).map((w) =>
        h("th", { scope: "col" }, t(w))))),
    h("tbody", null, list.slice(0, 500).map((f) => h("tr", null,
      h("td", { class: "left" }, f.row ?? ""),
      h("td", { class: "left" }, [f.column, f.heading].filter(Boolean)
        .join(" · ")),
      h("td", { class: "left" }, f.value ?? ""),
      h("td", { class: "left" }, `${f.code}: ${toldOf(f)}`)))),
    more || list.length > 500 ? h("caption", { class: "hint" },
      t("f_more", more + Math.max(0, list.length - 500))) : null)) : null;
  }

  /* How the file was understood, so that a wrong guess shows. */
  function understood(f: Record<string, string | number | null>): string {
    return ["charset", "separator", "decimal", "sheet", "header_row"]
      .flatMap((key) => f[key] === null || f[key] === undefined ? []
        : [`${key}: ${f[key]}`]).join(" · ");
  }

  function show(file: File, p: Report): void {
    const faults = p.faults ?? [];
    const n = p.sheets ?? 0;
    const c = p.counts ?? {};
    const letters = faults.some((f) => f.code === "F09");
    fill(out, h("section", { class: "card" },
      h("h2", null, file.name),
      h("p", { class: faults.length ? "bad" : "good" }, faults.length
        ? t("f_bad", n, faults.length + (p.more ?? 0)) : t("f_ok", n)),
      faults.length ? null : h("p", null, t("f_counts", c["new"] ?? 0,
        c["duplicates"] ?? 0, c["replacing"] ?? 0)),
      h("p", { class: "hint" }, understood(p.file ?? {})),
      letters ? h("div", { class: "row" }, t("f_letters"),
        ENCODINGS.map((e) => button(e, () => {
          encoding = e;
          void preview(file);
        }))) : null,
      h("div", { class: "row" }, faults.length
        ? button(t("f_marked"), () => void marked(file), { class: "main" })
        : button(t("f_send", n), () => void send(file),
          { class: "main", id: "handin" })),
      faultTable(faults, p.more ?? 0),
      p.notes?.length ? h("h3", null, t("f_notes")) : null,
      faultTable(p.notes ?? [], 0)));
  }

  async function marked(file: File): Promise<void> {
    try {
      const r = await post(file, "&marked=1");
      if (!r.ok) {
        refused(r);
        return;
      }
      save(file.name.replace(/\.\w+$/, "-loi.xlsx"), new Blob([r.bytes],
        { type: TYPES["xlsx"]! }));
    } catch (e) {
      fault(e);
    }
  }

  async function send(file: File): Promise<void> {
    try {
      const r = await post(file, "");
      if (!r.ok && r.status !== 422) {
        refused(r);
        return;
      }
      const p = r.json<Report>();
      if (p.stored) {
        const c = p.counts ?? {};
        fill(out, h("p", { class: "note good", id: "handedin" },
          t("f_sent", p.sheets ?? 0, c["new"] ?? 0, c["duplicates"] ?? 0,
            p.receipt ?? "")));
        void a.refresh();
      } else if (p.faults) {
        show(file, p);
      } else {
        refused(r);
      }
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
