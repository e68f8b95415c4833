/* The agent's sheets on this computer.
 *
 * Nothing leaves the queue before the collector's receipt for it has come
 * and is on this computer's disk in its place; sender.ts is the way there.
 * The bytes of a sheet are made once and sent the same each time: the same is
 * the same for the collector, so that sending twice is never wrong. */
import { db } from "./db";
import type { ItemRow, Kind } from "./db";
import { withPhotos } from "./photos";
import { sealed } from "./session";
import type { Session } from "./session";
import type { Draft } from "./sheetform";

/* What a list shows of a sheet without its answers. */
export interface Head {
  sheet: string;
  form: string;
  group: string;
  home: string | null;
  keying: number;
}

export interface Told {
  code: string;
  path?: string;
  message: string;
  message_vi: string;
}

/* queue, mend, held, aside: with `text`, the bytes that are sent; done:
 * without. */
export interface Sheet {
  instance: string;
  head: Head;
  text?: string;
  replaces?: string; // the sheet that it takes the place of
  status?: string; // of the collector
  receipt?: string;
  errors?: Told[];
  flags?: string[];
  http?: number;
  from?: Kind; // where it lay before it was set aside
}

export interface Listed {
  row: ItemRow;
  sheet: Sheet;
}

export interface Counts {
  queue: number;
  bytes: number;
  mend: number;
  held: number;
  aside: number;
  draft: number;
  done: number;
  photos: number; // waiting
  photoBytes: number;
  photosBad: number; // refused
}

const DONE_KEPT = 500;

export class Queue {
  counts: Counts = { queue: 0, bytes: 0, mend: 0, held: 0, aside: 0,
    draft: 0, done: 0, photos: 0, photoBytes: 0, photosBad: 0 };
  private closed = false;
  private counting: Promise<void> | null = null;
  private stale = false;
  private readonly seen = new Map<string, { iv: string; sheet: Sheet }>();
  private readonly channel = new BroadcastChannel("phieu");
  onchange: () => void = () => undefined;
  onqueued: () => void = () => undefined;

  constructor(readonly s: Session) {
    this.channel.onmessage = () => void this.recount();
  }

  close(): void {
    this.closed = true;
    this.channel.close();
  }

  get store(): string {
    return this.s.vault.store;
  }

  /* One count at a time; what changed meanwhile is counted after it. */
  recount(): Promise<void> {
    this.stale = true;
    this.counting ??= this.count().finally(() => { this.counting = null; });
    return this.counting;
  }

  private async count(): Promise<void> {
    while (this.stale && !this.closed) {
      this.stale = false;
      const n = (kind: Kind) => db.count(this.store, kind);
      const [all, mend, held, aside, draft, done, photos, photosBad] =
        await Promise.all([db.total(this.store, "queue"), n("mend"),
          n("held"), n("aside"), n("draft"), n("done"),
          db.total(this.store, "photo"), n("photobad")]);
      this.counts = { queue: all.n, bytes: all.bytes, mend, held, aside,
        draft, done, photos: photos.n, photoBytes: photos.bytes, photosBad };
      if (!this.closed) this.onchange();
    }
  }

  async told(): Promise<void> {
    if (this.closed) return;
    this.channel.postMessage("changed");
    await this.recount();
  }

  /* Each row is unlocked once: a list of thousands is drawn often. */
  async open(row: ItemRow): Promise<Listed> {
    const iv = row.iv.join();
    const known = this.seen.get(row.id);
    if (known?.iv === iv) return { row, sheet: known.sheet };
    const sheet = await this.s.vault.unlock<Sheet>(row.id, row);
    this.seen.set(row.id, { iv, sheet });
    return { row, sheet };
  }

  /* The newest first. */
  async list(...kinds: Kind[]): Promise<Listed[]> {
    const rows = (await Promise.all(kinds.map((k) =>
      db.ofKind(this.store, k)))).flat().sort((a, b) => b.at - a.at);
    return Promise.all(rows.map((row) => this.open(row)));
  }

  /* The oldest of the queue. */
  first(max: number): Promise<ItemRow[]> {
    return db.ofKind(this.store, "queue", max);
  }

  async drafts(): Promise<{ id: string; at: number; draft: Draft }[]> {
    const rows = await db.ofKind(this.store, "draft");
    return Promise.all(rows.reverse().map(async (r) => ({
      id: r.id, at: r.at, draft: await this.s.vault.unlock<Draft>(r.id, r) })));
  }

  async saveDraft(id: string, draft: Draft): Promise<void> {
    const fresh = !(await db.get(this.store, id));
    await db.put(await sealed(this.s.vault, "draft", id, draft, 0));
    if (fresh) await this.told();
  }

  async removeDraft(id: string): Promise<void> {
    await db.swap(await withPhotos(this.store, id), []);
    await this.told();
  }

  /* The draft and the sheet that it mends go in the same stroke as the new
   * one comes; a held sheet that was opened anew is set aside, for the
   * collector may not have it. */
  async enqueue(draftId: string, d: Draft, head: Head, text: string):
  Promise<void> {
    const size = new TextEncoder().encode(text).length;
    const sheet: Sheet = { instance: d.instance, head, text };
    if (d.replaces) sheet.replaces = d.replaces;
    const gone: [string, string][] = [[this.store, draftId]];
    const come = [await sealed(this.s.vault, "queue", `s:${d.instance}`,
      sheet, size)];
    if (d.replaces) gone.push([this.store, `s:${d.replaces}`]);
    const was = d.instead ? await db.get(this.store, `s:${d.instead}`)
      : undefined;
    if (was?.kind === "held") come.push({ ...was, kind: "aside" });
    else if (was?.kind === "mend") gone.push([this.store, was.id]);
    await db.swap(gone, come);
    this.onqueued();
    await this.told();
  }

  /* The row of a sheet under another kind, to be put down. */
  async as(kind: Kind, x: Listed, change: Partial<Sheet>): Promise<ItemRow> {
    if (kind === "done") {
      /* the receipt takes the place of the bytes */
      const { text: _sent, ...rest } = x.sheet;
      return sealed(this.s.vault, kind, x.row.id, { ...rest, ...change }, 0);
    }
    return sealed(this.s.vault, kind, x.row.id, { ...x.sheet, ...change },
      x.row.size, x.row.at);
  }

  private async move(kind: Kind, x: Listed, change: Partial<Sheet>):
  Promise<void> {
    await db.put(await this.as(kind, x, change));
    await this.told();
  }

  async release(x: Listed): Promise<void> {
    await this.move("queue", x, { errors: [] });
    this.onqueued();
  }

  setAside(x: Listed): Promise<void> {
    return this.move("aside", x, { from: x.row.kind });
  }

  takeBack(x: Listed): Promise<void> {
    return this.move(x.sheet.from === "mend" ? "mend" : "held", x, {});
  }

  async remove(x: Listed): Promise<void> {
    await db.swap(await withPhotos(this.store, x.row.id), []);
    await this.told();
  }

  /* What came of a batch, in one stroke.  Receipts of long ago are the
   * collector's to keep. */
  async settled(rows: ItemRow[]): Promise<void> {
    await db.put(...rows);
    const over = await db.count(this.store, "done") - DONE_KEPT;
    if (over <= 0) return;
    const old = await db.ofKind(this.store, "done", over);
    await db.swap(old.map((r) => [r.store, r.id]), []);
  }

  /* Everything unsent as a file that phieu-upload takes, the oldest first. */
  async exportText(): Promise<{ text: string; n: number }> {
    const list = await this.list("queue", "held");
    return { n: list.length,
      text: list.reverse().map((x) => `${x.sheet.text ?? ""}\n`).join("") };
  }
}
