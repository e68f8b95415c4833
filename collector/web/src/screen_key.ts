/* Keying: the head of a sheet, then its cells, then the next sheet. */
import type { App, Screen } from "./app";
import { cellsView } from "./cells";
import { check } from "./check";
import { db } from "./db";
import { button, fill, h } from "./dom";
import { headView } from "./head";
import type { Kept } from "./head";
import { diskText, takeAgain, takeWanted } from "./parts";
import type { Again } from "./parts";
import { photoBox } from "./photos_view";
import type { Head } from "./queue";
import { nowOf, sealed, todayOf } from "./session";
import { SheetForm } from "./sheetform";
import type { Start } from "./sheetform";
import { t, toldOf } from "./words";

/* One tab keys a sheet: another that opened the same draft would write over
 * it.  Gives what lets go of it; null: another tab has it. */
function hold(id: string): Promise<(() => void) | null> {
  return new Promise((ok) => void navigator.locks.request(
    `phieu-draft-${id}`, { ifAvailable: true },
    (lock) => lock ? new Promise<void>((free) => ok(free)) : ok(null)));
}

const TRY_AGAIN_MS = 3000;

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
  let gone = false;
  let again: Again | null = null; // this sheet is keyed again: then back there
  let letGo: () => void = () => undefined;
  let view: { focus(): void } | null = null;

  const draftId = (f: SheetForm) => `d:${f.d.instance}`;

  /* One save at a time; what changed meanwhile is saved after it, so that a
   * fast hand never waits for the disk. */
  async function saveLoop(): Promise<void> {
    while (dirty && form) {
      dirty = false;
      try {
        await a.queue.saveDraft(draftId(form), form.d);
        if (a.unsaved) unsaved(null);
      } catch (e) {
        dirty = true;
        unsaved(e);
        setTimeout(() => { if (form && !gone) keep(); }, TRY_AGAIN_MS);
        throw e;
      }
    }
  }

  function unsaved(e: unknown): void {
    a.unsaved = e !== null;
    said.className = e === null ? "said" : "said bad";
    said.textContent = e === null ? "" : diskText(e);
  }

  async function held(f: SheetForm): Promise<boolean> {
    letGo();
    letGo = () => undefined;
    const free = await hold(draftId(f));
    if (free) letGo = free;
    return free !== null;
  }

  function keep(): void {
    dirty = true;
    el.dataset["saved"] = "0";
    saving ??= saveLoop().catch(() => undefined).finally(() => {
      saving = null;
      if (!dirty) el.dataset["saved"] = "1";
      else if (!a.unsaved) keep(); // changed as the last save ended
    });
  }

  /* Stays where it is as long as the disk refuses the sheet. */
  async function settled(): Promise<boolean> {
    while (saving) await saving;
    return !a.unsaved;
  }

  async function leave(): Promise<boolean> {
    if (!await settled()) return false;
    gone = true;
    letGo();
    return true;
  }

  function showHead(message = ""): void {
    form = null;
    letGo();
    if (message) {
      said.className = "said";
      said.textContent = message;
    }
    const which = again;
    const from: Kept = which ? { ...kept, keying: which.keying, group: which.group,
      home: which.home, prefix: which.sheet.split("-")[0]! } : kept;
    const v = headView(a, from, "", (s) => {
      if (!which) remember(s);
      /* another number typed here is another sheet */
      const f = SheetForm.begin(a.session.plan, s, nowOf(a.session),
        s.sheet === which?.sheet ? which.replaces : null);
      void held(f);
      showCells(f);
      keep();
    }, which);
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
      if (!again) remember(s);
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
      leave: () => a.go("today"),
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
    v.el.querySelector(".panel")?.after(photoBox(a, { instance: f.d.instance,
      from: [f.d.replaces, f.d.instead], sheet: f.d.sheet,
      names: f.d.photos ?? [], changed: (names) => {
        f.d.photos = names;
        keep();
        v.focus();
      } }));
    window.scrollTo(0, 0);
    v.focus();
  }

  async function finish(f: SheetForm): Promise<void> {
    try {
      f.d.photos = await a.photos.settle(f.d);
    } catch (e) {
      unsaved(e);
      return;
    }
    const doc = f.submission(nowOf(a.session));
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
    while (saving) await saving;
    form = null;
    dirty = false;
    const head: Head = { sheet: f.d.sheet, form: f.d.form, group: f.d.group,
      home: f.d.home, keying: f.d.keying };
    try {
      await a.queue.enqueue(draftId(f), f.d, head, JSON.stringify(doc));
    } catch (e) {
      form = f;
      dirty = true;
      unsaved(e);
      return;
    }
    a.unsaved = false;
    if (again) a.go(again.back);
    else showHead(t("k_saved", f.d.sheet));
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
      button(t("k_leave"), () => a.go("today"))));
    view = { focus: () => fix.focus() };
    fill(place, el2);
    fix.focus();
  }

  async function begin(): Promise<void> {
    const row = await db.get(a.session.vault.store, "context");
    if (row)
      kept = { ...kept, ...await a.session.vault.unlock<Kept>("context",
        row) };
    again = takeAgain();
    const id = takeWanted();
    const d = id ? (await a.queue.drafts()).find((x) => x.id === id)
      : undefined;
    const f = d ? SheetForm.resume(a.session.plan, d.draft) : null;
    if (f && !await held(f)) showHead(t("k_elsewhere", f.d.sheet));
    else if (f) showCells(f);
    else showHead(d ? t("k_plan_changed") : "");
  }
  void begin();
  return { el, focus: () => view?.focus(), leave };
}
