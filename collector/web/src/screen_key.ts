/* Keying: the head of a sheet, then its cells, then the next sheet. */
import type { App, Screen } from "./app";
import { cellsView } from "./cells";
import { check } from "./check";
import { db } from "./db";
import { button, fill, h } from "./dom";
import { headView } from "./head";
import type { Kept } from "./head";
import { takeWanted } from "./parts";
import type { Head } from "./queue";
import { sealed, todayOf } from "./session";
import { SheetForm } from "./sheetform";
import type { Start } from "./sheetform";
import { t, toldOf } from "./words";

export function keyScreen(a: App): Screen {
  const el = h("div", { class: "keying" });
  const said = h("p", { class: "said", role: "status" });
  const place = h("div");
  fill(el, said, place);
  let kept: Kept = { group: null, home: null, day: null, keying: 1,
    order: "unit", prefix: "", units: null };
  let form: SheetForm | null = null;
  let saving: Promise<void> | null = null;
  let dirty = false;
  let busy = false;
  let view: { focus(): void } | null = null;

  const draftId = (f: SheetForm) => `d:${f.d.instance}`;

  /* One save at a time; what changed meanwhile is saved after it, so that a
   * fast hand never waits for the disk. */
  async function saveLoop(): Promise<void> {
    while (dirty && form) {
      dirty = false;
      try {
        await a.queue.saveDraft(draftId(form), form.d);
      } catch (e) {
        said.className = "said bad";
        said.textContent = t("k_draft_failed", String(e));
        throw e;
      }
    }
  }
  function keep(): void {
    dirty = true;
    saving ??= saveLoop().catch(() => undefined)
      .finally(() => { saving = null; });
  }

  async function settled(): Promise<void> {
    while (saving) await saving;
  }

  function showHead(message = ""): void {
    form = null;
    if (message) {
      said.className = "said";
      said.textContent = message;
    }
    const v = headView(a, kept, "", (s) => {
      remember(s);
      showCells(SheetForm.begin(a.session.plan, s, new Date(), null));
      keep();
    });
    view = v;
    fill(place, v.el);
    v.focus();
  }

  function remember(s: Start): void {
    kept = { group: s.group.code, home: s.home, day: s.day,
      keying: s.keying, order: s.order, prefix: s.sheet.split("-")[0]!,
      units: s.units };
    void keepContext();
  }

  /* The head of a sheet that has answers already. */
  function changeHead(f: SheetForm): void {
    const d = f.d;
    const v = headView(a, { group: d.group, home: d.home, day: d.day,
      keying: d.keying, order: d.order, prefix: d.sheet.split("-")[0]!,
      units: d.units }, d.sheet, (s) => {
      const fresh = SheetForm.rehead(a.session.plan, d, s);
      if (!fresh) return;
      remember(s);
      showCells(fresh);
      keep();
    });
    view = v;
    fill(place, v.el);
    v.focus();
  }

  async function keepContext(): Promise<void> {
    await db.put(await sealed(a.session.vault, "self", "context", kept, 0));
  }

  function showCells(f: SheetForm): void {
    form = f;
    said.textContent = "";
    const v = cellsView(f, {
      changed: keep,
      finish: () => void finish(f),
      leave: () => void settled().then(() => {
        showHead();
        a.go("today");
      }),
      head: () => changeHead(f),
      order: (order) => {
        const fresh = SheetForm.resume(a.session.plan, { ...f.d, order });
        if (!fresh) return;
        kept = { ...kept, order };
        void keepContext();
        fresh.go(fresh.open()[0] ?? 0);
        showCells(fresh);
        keep();
      },
    });
    view = v;
    fill(place, v.el);
    window.scrollTo(0, 0);
    v.focus();
  }

  async function finish(f: SheetForm): Promise<void> {
    const doc = f.submission(new Date());
    const verdict = check(a.session.plan, doc, todayOf(a.session));
    if (verdict.faults.length) {
      showFaults(f, verdict.faults, doc);
      return;
    }
    await send(f, doc);
  }

  /* A second Enter while the first is on its way to the disk is the same
   * sheet, not another. */
  async function send(f: SheetForm, doc: Record<string, unknown>):
  Promise<void> {
    if (busy) return;
    busy = true;
    try {
      await sendOnce(f, doc);
    } finally {
      busy = false;
    }
  }

  async function sendOnce(f: SheetForm, doc: Record<string, unknown>):
  Promise<void> {
    await settled();
    form = null;
    dirty = false;
    const head: Head = { sheet: f.d.sheet, form: f.d.form, group: f.d.group,
      home: f.d.home, keying: f.d.keying };
    try {
      await a.queue.enqueue(draftId(f), f.d.replaces, f.d.instance, head,
        JSON.stringify(doc));
    } catch (e) {
      form = f;
      said.className = "said bad";
      said.textContent = t("k_draft_failed", String(e));
      return;
    }
    showHead(t("k_saved", f.d.sheet));
  }

  function showFaults(f: SheetForm, faults: { code: string; path: string;
    message: string; message_vi: string }[],
  doc: Record<string, unknown>): void {
    const first = Math.max(0, ...faults.map((x) => f.cellOf(x.path))
      .filter((i) => i >= 0).slice(0, 1));
    const fix = button(t("mend"), () => {
      f.go(first);
      showCells(f);
    }, { class: "main", id: "fix" });
    const el2 = h("section", { class: "card bad", "aria-label":
      t("k_faults") },
    h("h1", { class: "sheetno" }, f.d.sheet), h("p", null, t("k_faults")),
    h("ul", { class: "faults" }, faults.slice(0, 30).map((x) => {
      const at = f.cellOf(x.path);
      const c = at >= 0 ? f.cells[at] : undefined;
      const where = c?.kind === "answer"
        ? [f.d.units.length > 1 ? f.units()[c.unit]!.name : "",
          x.path.endsWith("/answers") ? "" : c.q.code]
          .filter(Boolean).join(", ") : x.path;
      return h("li", null, at >= 0 ? button(`${x.code} ${where}`, () => {
        f.go(at);
        showCells(f);
      }, { class: "link" }) : h("b", null, `${x.code} ${where}`),
      `: ${toldOf(x)}`);
    })),
    h("div", { class: "row" }, fix,
      button(t("k_anyway"), () => void send(f, doc), { id: "anyway" }),
      button(t("k_leave"), () => void settled().then(() => a.go("today")))));
    view = { focus: () => fix.focus() };
    fill(place, el2);
    fix.focus();
  }

  async function begin(): Promise<void> {
    const row = await db.get(a.session.vault.store, "context");
    if (row)
      kept = { ...kept, ...await a.session.vault.unlock<Kept>("context",
        row) };
    const id = takeWanted();
    const d = id ? (await a.queue.drafts()).find((x) => x.id === id)
      : undefined;
    const f = d ? SheetForm.resume(a.session.plan, d.draft) : null;
    if (f) showCells(f);
    else showHead(d ? t("k_plan_changed") : "");
  }
  void begin();
  return { el, focus: () => view?.focus(), leave: settled };
}
