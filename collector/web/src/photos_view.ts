/* Photos of a sheet as they are shown: under the sheet that is keyed, and in
 * the outbox. */
import type { App } from "./app";
import { button, h, redraw, save } from "./dom";
import { diskText, twice } from "./parts";
import { PHOTOS_MOST, unfit } from "./photos";
import type { Held } from "./photos";
import { sizeText, t, toldOf } from "./words";
import type { Word } from "./words";

const ACCEPT = "image/*,application/pdf";

/* The sheet that photos are added to. */
export interface Target {
  instance: string;
  from: (string | null | undefined)[]; // sheets that this one stands for
  sheet: string;
  names: string[]; // of files it names already
  changed(names: string[]): void;
}

const stateWord = (x: Held): Word => x.photo.state === "damaged"
  ? "p_damaged" : x.row.kind === "photodone" ? "p_done"
    : x.row.kind === "photobad" ? "p_bad" : "p_wait";

function saveOne(a: App, x: Held): void {
  void a.photos.bytes(x.photo).then((bytes) => bytes && save(x.photo.name,
    new Blob([bytes], { type: "application/octet-stream" })));
}

/* A field that takes photos from the camera (`camera`) or from the disk. */
function taker(label: Word, camera: boolean,
  take: (files: File[]) => void): HTMLElement {
  const field = h("input", { type: "file", accept: ACCEPT, multiple: !camera,
    capture: camera ? "environment" : null, hidden: true,
    "data-take": camera ? "camera" : "disk" });
  field.addEventListener("change", () => {
    const files = [...(field.files ?? [])];
    field.value = "";
    take(files);
  });
  return h("span", null, field, button(t(label), () => field.click(),
    { class: "quiet" }));
}

export function photoBox(a: App, target: Target): HTMLElement {
  const list = h("ul", { class: "plain lines photos" });
  const said = h("p", { class: "warn", role: "alert" });
  /* keys here are not answers of the sheet */
  const el = h("section", { class: "photobox", "aria-label": t("p_title"),
    onkeydown: (e: KeyboardEvent) => e.stopPropagation() },
    h("div", { class: "row" }, h("b", null, t("p_title")),
      taker("p_camera", true, (f) => void take(f)),
      taker("p_disk", false, (f) => void take(f))), said, list);

  async function take(files: File[]): Promise<void> {
    const no: string[] = [];
    for (const f of files) {
      const why = unfit(f, target.names.length);
      if (why) {
        no.push(`${f.name}: ${t(`p_${why}`, sizeText(f.size), PHOTOS_MOST)}`);
        continue;
      }
      try {
        target.names = [...target.names, await a.photos.add(target.instance,
          target.sheet, target.names, f)];
        target.changed(target.names);
      } catch (e) {
        no.push(diskText(e));
      }
    }
    said.textContent = no.join(" ");
    await draw();
  }

  async function remove(x: Held): Promise<void> {
    await a.photos.remove(x.photo);
    target.names = target.names.filter((n) => n !== x.photo.name);
    target.changed(target.names);
    await draw();
  }

  async function draw(): Promise<void> {
    const have = (await Promise.all([target.instance, ...target.from].map(
      (i) => i ? a.photos.of(i) : []))).flat();
    redraw(list, have.map((x) => h("li", { "data-photo": x.photo.name },
      h("b", null, x.photo.name), h("span", null, t(stateWord(x))),
      h("span", { class: "num" }, sizeText(x.photo.size)),
      x.row.kind === "photodone" ? null
        : twice(t("p_remove"), t("p_remove_sure"), () => void remove(x)))));
  }
  void draw();
  return el;
}

/* Another photo of a sheet that is done with on this computer. */
export function laterTaker(a: App, label: Word, instance: string,
  sheet: string): HTMLElement {
  const said = h("span", { class: "warn", role: "alert" });
  async function take(files: File[]): Promise<void> {
    const no: string[] = [];
    for (const f of files) {
      const have = (await a.photos.of(instance)).map((x) => x.photo.name);
      const why = unfit(f, have.length);
      try {
        if (why)
          no.push(`${f.name}: ${t(`p_${why}`, sizeText(f.size),
            PHOTOS_MOST)}`);
        else await a.photos.add(instance, sheet, have, f);
      } catch (e) {
        no.push(diskText(e));
      }
    }
    said.textContent = no.join(" ");
  }
  return h("span", { class: "later" },
    taker(label, false, (f) => void take(f)), said);
}

function badCard(a: App, x: Held): HTMLElement {
  return h("li", { class: "card item bad", "data-photo": x.photo.name },
    h("h3", null, x.photo.name),
    h("p", null, x.photo.told ? toldOf(x.photo.told) : t(stateWord(x)),
      x.photo.receipt ? ` · ${t("r_receipt")} ${x.photo.receipt}` : ""),
    h("div", { class: "row" }, x.photo.receipt ? null
      : button(t("retry"), () => void a.photos.retry(x), { class: "main" }),
      laterTaker(a, "p_again", x.photo.instance, x.photo.sheet),
      button(t("p_save"), () => saveOne(a, x)),
      twice(t("p_remove"), t("p_remove_sure"),
        () => void a.photos.remove(x.photo))));
}

const SHOWN = 100;

/* Photos in the outbox; null when there are none. */
export async function photoSection(a: App): Promise<HTMLElement | null> {
  const all = await a.photos.list();
  const wait = all.filter((x) => x.row.kind === "photo");
  const bad = all.filter((x) => x.row.kind === "photobad");
  if (all.length === 0) return null;
  const c = a.queue.counts;
  return h("section", { id: "photos" }, h("h2", null, t("p_outbox")),
    h("p", { class: "hint" }, t("p_size", c.photos, sizeText(c.photoBytes)),
      " ", t("p_hint")),
    bad.length ? h("ul", { class: "plain" }, bad.map((x) => badCard(a, x)))
      : null,
    wait.length ? h("div", { class: "row" }, button(t("p_save_all"),
      () => wait.forEach((x) => saveOne(a, x)), { id: "photosave" })) : null,
    wait.length ? h("ul", { class: "plain lines" },
      wait.slice(0, SHOWN).map((x) => h("li", { "data-photo": x.photo.name },
        h("b", null, x.photo.name),
        h("span", null, t(x.photo.clear ? "p_next" : "p_wait")),
        h("span", { class: "num" }, sizeText(x.photo.size)))),
      wait.length > SHOWN ? h("li", { class: "hint" },
        t("p_more", wait.length - SHOWN)) : null) : null);
}
