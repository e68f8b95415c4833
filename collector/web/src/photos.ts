/* Photos and scans of sheets on this computer, and their way to the
 * collector.
 *
 * A photo is locked like a sheet.  It is sent only after the collector's
 * receipt for its valid sheet has come, and leaves this computer's disk only in the
 * stroke that puts its own receipt there.  Its bytes lie in a row of their
 * own, so that a list of photos does not read them. */
import { db } from "./db";
import type { ItemRow } from "./db";
import { ask, Away, Refused } from "./net";
import type { Queue, Told } from "./queue";
import { sealed } from "./session";
import type { Draft } from "./sheetform";
import { hex } from "./vault";

export interface Photo {
  instance: string;
  sheet: string;
  name: string;
  type: string;
  size: number;
  clear?: boolean; // the collector has the sheet
  state?: string; // of the collector: cleaned, metadata-kept, damaged …
  receipt?: string;
  http?: number;
  told?: Told;
}

export interface Held {
  row: ItemRow;
  photo: Photo;
}

/* What the collector says of a file it keeps. */
interface Kept {
  instanceID?: string;
  name?: string;
  sha256?: string;
  receipt?: string;
  state?: string;
}

/* The collector's own bounds, and one for the patience of a hand. */
export const PHOTO_BYTES = 10 << 20;
export const PHOTOS_MOST = 20;
const DONE_KEPT = 500;
const WAIT_FIRST_MS = 2000;
const WAIT_LAST_MS = 60000;
const ANSWER_MS = 120000;

export type Unfit = "empty" | "large" | "kind" | "many";

const ENDS: Record<string, string> = { "image/jpeg": "jpg",
  "image/png": "png", "image/webp": "webp", "image/heic": "heic",
  "image/heif": "heif", "image/tiff": "tif", "application/pdf": "pdf" };

/* Windows knows no HEIC and calls it nothing. */
function endOf(f: File): string | null {
  const own = /\.(jpe?g|png|webp|heic|heif|tiff?|pdf)$/i.exec(f.name)?.[1];
  return ENDS[f.type] ?? (f.type === "" || f.type.startsWith("image/")
    ? own?.toLowerCase() ?? null : null);
}

export function unfit(f: File, have: number): Unfit | null {
  return f.size === 0 ? "empty" : f.size > PHOTO_BYTES ? "large"
    : endOf(f) === null ? "kind" : have >= PHOTOS_MOST ? "many" : null;
}

const metaId = (p: Photo) => `p:${p.instance}/${p.name}`;
const bytesId = (p: Photo) => `b:${p.instance}/${p.name}`;

/* The next free name of a sheet: its number, and which photo of it. */
function nameFor(sheet: string, taken: string[], end: string): string {
  for (let n = 1; ; n++) {
    const base = `${sheet}-${n}.`;
    if (!taken.some((x) => x.startsWith(base))) return `${base}${end}`;
  }
}

export class Photos {
  phase: "idle" | "sending" | "waiting" = "idle";
  private wait = WAIT_FIRST_MS;
  private timer = 0;
  private nextTry = 0;
  private busy = false;
  private again = false;
  private readonly closed = new AbortController();

  constructor(private readonly q: Queue) {
    window.addEventListener("online", this.wake);
  }

  readonly wake = (): void => {
    this.nextTry = 0;
    this.wait = WAIT_FIRST_MS;
    this.kick();
  };

  close(): void {
    this.closed.abort();
    clearTimeout(this.timer);
    window.removeEventListener("online", this.wake);
  }

  private get over(): boolean {
    return this.closed.signal.aborted;
  }

  private async open(row: ItemRow): Promise<Held> {
    return { row, photo: await this.q.s.vault.unlock<Photo>(row.id, row) };
  }

  /* Of one sheet, by name. */
  async of(instance: string): Promise<Held[]> {
    const rows = await db.under(this.q.store, `p:${instance}/`);
    return Promise.all(rows.map((r) => this.open(r)));
  }

  /* Waiting and refused ones, the oldest first. */
  async list(): Promise<Held[]> {
    const rows = (await Promise.all([db.ofKind(this.q.store, "photo"),
      db.ofKind(this.q.store, "photobad")])).flat();
    return Promise.all(rows.map((r) => this.open(r)));
  }

  /* null: it was removed meanwhile. */
  async bytes(p: Photo): Promise<ArrayBuffer | null> {
    const row = await db.get(this.q.store, bytesId(p));
    return row ? this.q.s.vault.unlockBytes(row.id, row) : null;
  }

  /* Both rows of a photo, to be put down in one stroke. */
  private async rows(p: Photo, bytes: ArrayBuffer): Promise<ItemRow[]> {
    const v = this.q.s.vault;
    const w = await v.lockBytes(bytesId(p), bytes);
    return [await sealed(v, "photo", metaId(p), p, p.size),
      { store: this.q.store, id: bytesId(p), kind: "bytes", at: Date.now(),
        size: 0, iv: w.iv, data: w.data }];
  }

  /* `taken`: names that the sheet has already. */
  async add(instance: string, sheet: string, taken: string[],
    f: File): Promise<string> {
    const bytes = await f.arrayBuffer();
    const p: Photo = { instance, sheet, size: f.size, type: f.type,
      name: nameFor(sheet, taken, endOf(f) ?? "jpg") };
    await db.put(...await this.rows(p, bytes));
    await this.q.told();
    this.wake();
    return p.name;
  }

  /* Of one that the collector has the name stays: it is never given twice. */
  async remove(p: Photo): Promise<void> {
    await db.swap([[this.q.store, metaId(p)], [this.q.store, bytesId(p)]],
      p.receipt ? [await sealed(this.q.s.vault, "photodone", metaId(p), p, 0)]
        : []);
    await this.q.told();
  }

  /* Before a sheet goes into the queue: photos of the one that it mends or
   * takes the place of come along if they have not been sent, and all bear
   * the number that the sheet has now.  The names it is to give: of photos
   * that are here and no others. */
  async settle(d: Draft): Promise<string[]> {
    const names: string[] = [];
    for (const from of [d.instance, d.replaces, d.instead]) {
      if (!from) continue;
      for (const x of await this.of(from)) {
        if (x.row.kind === "photodone" || x.photo.receipt) continue;
        names.push(await this.move(x.photo, d, names));
      }
    }
    return names;
  }

  private async move(p: Photo, d: Draft, taken: string[]): Promise<string> {
    if (p.instance === d.instance && p.name.startsWith(`${d.sheet}-`))
      return p.name;
    const { clear: _clear, told: _told, http: _http, ...rest } = p;
    const end = p.name.slice(p.name.lastIndexOf(".") + 1);
    const to: Photo = { ...rest, instance: d.instance, sheet: d.sheet,
      name: p.name.startsWith(`${d.sheet}-`) && !taken.includes(p.name)
        ? p.name : nameFor(d.sheet, taken, end) };
    const bytes = await this.bytes(p);
    if (!bytes) return p.name;
    await db.swap([[this.q.store, metaId(p)], [this.q.store, bytesId(p)]],
      await this.rows(to, bytes));
    return to.name;
  }

  async retry(x: Held): Promise<void> {
    const { told: _told, http: _http, ...rest } = x.photo;
    await db.put(await sealed(this.q.s.vault, "photo", x.row.id, rest,
      x.photo.size));
    await this.q.told();
    this.wake();
  }

  /* ---- sending ---- */

  kick(): void {
    if (this.over || this.q.counts.photos === 0) return;
    if (this.busy) {
      this.again = true;
      return;
    }
    if (Date.now() < this.nextTry || !navigator.onLine ||
      this.q.s.keyRefused) return;
    void this.work();
  }

  private say(phase: Photos["phase"]): void {
    if (phase === this.phase) return;
    this.phase = phase;
    if (!this.over) this.q.onchange();
  }

  /* One tab at a time, beside the sheets and never before them. */
  private async work(): Promise<void> {
    this.busy = true;
    this.again = false;
    try {
      await navigator.locks.request(`phieu-photos-${this.q.store}`,
        { signal: this.closed.signal }, () => this.sendAll());
      this.say("idle");
    } catch (e) {
      if (!this.over) this.later(e);
    } finally {
      this.busy = false;
    }
    if (this.again) this.kick();
  }

  private later(e: unknown): void {
    const asked = e instanceof Refused ? e.retryMs : 0;
    this.nextTry = Date.now() + Math.min(WAIT_LAST_MS,
      Math.max(this.wait, asked));
    this.wait = Math.min(WAIT_LAST_MS, this.wait * 2);
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.kick(),
      this.nextTry - Date.now() + 10);
    this.say("waiting");
  }

  private async sendAll(): Promise<void> {
    for (const row of await db.ofKind(this.q.store, "photo")) {
      if (this.over) return;
      const x = await this.cleared(await this.open(row));
      if (!x.photo.clear) continue;
      this.say("sending");
      await this.send(x);
      this.wait = WAIT_FIRST_MS;
    }
  }

  /* Has the collector the sheet, and does it count?  One that came back keeps
   * its photos here, for they go with what is mended.  Once known it stays so:
   * receipts of long ago leave this computer. */
  private async cleared(x: Held): Promise<Held> {
    if (x.photo.clear) return x;
    const sheet = await db.get(this.q.store, `s:${x.photo.instance}`);
    if (sheet?.kind !== "done") return x;
    const photo = { ...x.photo, clear: true };
    const row = await sealed(this.q.s.vault, "photo", x.row.id, photo,
      photo.size, x.row.at);
    await db.put(row);
    return { row, photo };
  }

  private async send(x: Held): Promise<void> {
    const p = x.photo;
    const part = encodeURIComponent;
    const bytes = await this.bytes(p);
    if (!bytes) {
      await this.remove(p);
      return;
    }
    const r = await ask(this.q.s.token,
      `submissions/${part(p.instance)}/attachments/${part(p.name)}`, {
        method: "PUT", type: "application/octet-stream",
        body: new Blob([bytes]),
        /* a slow line takes long over a photo: 1 kB/s is alive */
        patience: ANSWER_MS + p.size });
    if (!r.ok) {
      const no = r.refusal();
      if (!no.told || r.status === 401 || r.status === 408 ||
        r.status === 429 || r.status >= 500) throw no;
      await db.put(await sealed(this.q.s.vault, "photobad", x.row.id,
        { ...p, http: r.status, told: no.told }, p.size));
      await this.q.told();
      return;
    }
    await this.received(x, bytes, r.json<Kept>());
  }

  /* A receipt is believed only for the photo that it names, byte for byte.
   * One that is damaged stays to be looked at: another must be taken. */
  private async received(x: Held, bytes: ArrayBuffer, j: Kept): Promise<void> {
    const p = x.photo;
    if (!j.receipt || j.name !== p.name || j.instanceID !== p.instance ||
      j.sha256 !== hex(await crypto.subtle.digest("SHA-256", bytes)))
      throw new Away("not the collector's answer");
    const photo = { ...p, receipt: j.receipt, state: j.state ?? "" };
    if (photo.state === "damaged") {
      await db.put(await sealed(this.q.s.vault, "photobad", x.row.id, photo,
        p.size));
      await this.q.told();
      return;
    }
    const row = await sealed(this.q.s.vault, "photodone", x.row.id, photo, 0);
    await db.swap([[this.q.store, bytesId(p)]], [row]);
    const over = await db.count(this.q.store, "photodone") - DONE_KEPT;
    if (over > 0)
      await db.swap((await db.ofKind(this.q.store, "photodone", over))
        .map((o) => [o.store, o.id]), []);
    await this.q.told();
  }
}

/* What goes with a draft or a sheet that is thrown away. */
export async function withPhotos(store: string,
  id: string): Promise<[string, string][]> {
  const instance = id.slice(2); // "d:" or "s:" before it
  const rows = await Promise.all([db.under(store, `p:${instance}/`),
    db.under(store, `b:${instance}/`)]);
  return [[store, id], ...rows.flat().map((r): [string, string] =>
    [r.store, r.id])];
}
