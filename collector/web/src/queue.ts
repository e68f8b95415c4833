/* The agent's sheets on this computer and their way to the collector.
 *
 * Nothing leaves the queue before the collector's receipt for it has come
 * and is on this computer's disk in its place.  The bytes of a sheet are made
 * once and sent the same each time: the same is the same for the collector,
 * so that sending twice is never wrong. */
import { db } from "./db";
import type { ItemRow, Kind } from "./db";
import { ask, Away, Refused } from "./net";
import { sealed } from "./session";
import type { Session } from "./session";
import type { Draft } from "./sheetform";
import { toldOf } from "./words";

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

/* queue, mend, held: with `text`, the bytes that are sent; done: without. */
export interface Sheet {
  instance: string;
  head: Head;
  text?: string;
  status?: string; // of the collector
  receipt?: string;
  errors?: Told[];
  flags?: string[];
  http?: number;
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
  draft: number;
  done: number;
}

/* One line of the collector's answer to NDJSON. */
interface ResultLine {
  instanceID?: string;
  status?: string;
  receipt?: string;
  errors?: Told[];
  flags?: string[];
  error?: Told;
  code?: number;
  line?: number;
}

const BATCH_BYTES = 96 << 10;
const BATCH_MAX = 100;
const QUICK_MS = 3000;
const WAIT_FIRST_MS = 2000;
const WAIT_LAST_MS = 60000;
const DONE_KEPT = 500;

export type Phase = "idle" | "sending" | "waiting" | "offline" | "key";

export class Queue {
  phase: Phase = "idle";
  counts: Counts = { queue: 0, bytes: 0, mend: 0, held: 0, draft: 0,
    done: 0 };
  nextTry = 0;
  private batch = 1;
  private wait = WAIT_FIRST_MS;
  private timer = 0;
  private busy = false;
  private again = false;
  private closed = false;
  private readonly channel = new BroadcastChannel("phieu");
  onchange: () => void = () => undefined;

  constructor(readonly s: Session) {
    this.channel.onmessage = () => void this.recount();
    window.addEventListener("online", this.wake);
    window.addEventListener("offline", this.wake);
    document.addEventListener("visibilitychange", this.wake);
  }

  readonly wake = (): void => {
    if (document.visibilityState === "visible" || navigator.onLine)
      this.kick(true);
  };

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    window.removeEventListener("online", this.wake);
    window.removeEventListener("offline", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
    this.channel.close();
  }

  private get store(): string {
    return this.s.vault.store;
  }

  async recount(): Promise<void> {
    const c: Counts = { queue: 0, bytes: 0, mend: 0, held: 0, draft: 0,
      done: 0 };
    for (const r of await db.items(this.store)) {
      if (r.kind === "self") continue;
      c[r.kind]++;
      if (r.kind === "queue") c.bytes += r.size;
    }
    this.counts = c;
    this.onchange();
  }

  private async told(): Promise<void> {
    if (this.closed) return;
    await this.recount();
    this.channel.postMessage("changed");
  }

  async list(...kinds: Kind[]): Promise<Listed[]> {
    const rows = (await db.items(this.store))
      .filter((r) => kinds.includes(r.kind)).sort((a, b) => b.at - a.at);
    return Promise.all(rows.map(async (row) => ({ row,
      sheet: await this.s.vault.unlock<Sheet>(row.id, row) })));
  }

  async drafts(): Promise<{ id: string; at: number; draft: Draft }[]> {
    const rows = (await db.items(this.store)).filter((r) => r.kind === "draft");
    return Promise.all(rows.sort((a, b) => b.at - a.at).map(async (r) => ({
      id: r.id, at: r.at, draft: await this.s.vault.unlock<Draft>(r.id, r) })));
  }

  async saveDraft(id: string, draft: Draft): Promise<void> {
    await db.put(await sealed(this.s.vault, "draft", id, draft, 0));
    await this.told();
  }

  async removeDraft(id: string): Promise<void> {
    await db.remove(this.store, id);
    await this.told();
  }

  /* The draft and what it mends go in the same stroke as the sheet comes. */
  async enqueue(draftId: string, mends: string | null, instance: string,
    head: Head, text: string): Promise<void> {
    const size = new TextEncoder().encode(text).length;
    const sheet: Sheet = { instance, head, text };
    const gone: [string, string][] = [[this.store, draftId]];
    if (mends) gone.push([this.store, `s:${mends}`]);
    await db.swap(gone, [await sealed(this.s.vault, "queue", `s:${instance}`,
      sheet, size)]);
    await this.told();
    this.kick(true);
  }

  async put(kind: Kind, x: Listed, change: Partial<Sheet>): Promise<void> {
    const sheet = { ...x.sheet, ...change };
    await db.put(await sealed(this.s.vault, kind, x.row.id, sheet,
      x.row.size, x.row.at));
  }

  async release(x: Listed): Promise<void> {
    await this.put("queue", x, { errors: [] });
    await this.told();
    this.kick(true);
  }

  async drop(x: Listed): Promise<void> {
    await db.remove(this.store, x.row.id);
    await this.told();
  }

  /* Everything unsent as a file that phieu-upload takes. */
  async exportText(): Promise<{ text: string; n: number }> {
    const list = await this.list("queue", "held");
    return { n: list.length,
      text: list.reverse().map((x) => `${x.sheet.text ?? ""}\n`).join("") };
  }

  /* ---- sending ---------------------------------------------------------- */

  kick(now: boolean): void {
    if (this.closed) return;
    if (now) {
      this.wait = WAIT_FIRST_MS;
      clearTimeout(this.timer);
      if (this.busy) this.again = true;
      else void this.work();
    } else {
      clearTimeout(this.timer);
      this.nextTry = Date.now() + this.wait;
      this.timer = window.setTimeout(() => void this.work(), this.wait);
      this.wait = Math.min(WAIT_LAST_MS,
        this.wait * (1.5 + Math.random() / 2));
    }
  }

  /* One tab sends at a time. */
  private async work(): Promise<void> {
    if (this.busy || this.closed) return;
    this.busy = true;
    this.again = false;
    try {
      await navigator.locks.request(`phieu-send-${this.store}`,
        { ifAvailable: true }, async (lock) => {
          if (lock) await this.sendAll();
        });
    } finally {
      this.busy = false;
    }
    if (this.again) this.kick(true);
  }

  private say(phase: Phase): void {
    this.phase = phase;
    if (!this.closed) this.onchange();
  }

  private async sendAll(): Promise<void> {
    for (;;) {
      if (this.closed) return;
      const rows = (await db.items(this.store))
        .filter((r) => r.kind === "queue").sort((a, b) => a.at - b.at);
      if (rows.length === 0) {
        this.say(this.s.keyRefused ? "key" : navigator.onLine ? "idle"
          : "offline");
        return;
      }
      if (!navigator.onLine) {
        this.say("offline");
        return;
      }
      this.say("sending");
      try {
        if (!await this.sendSome(rows)) {
          this.say("waiting");
          this.kick(false);
          return;
        }
        this.wait = WAIT_FIRST_MS;
      } catch (e) {
        if (e instanceof Refused && e.status === 401) {
          this.s.keyRefused = e.told ? toldOf(e.told) : "401";
          this.say("key");
          return;
        }
        if (!(e instanceof Away) && !(e instanceof Refused)) throw e;
        this.batch = Math.max(1, Math.floor(this.batch / 2));
        this.say(e instanceof Away ? "offline" : "waiting");
        this.kick(false);
        return;
      }
    }
  }

  private async pick(rows: ItemRow[]): Promise<Listed[]> {
    const out: Listed[] = [];
    let bytes = 0;
    for (const row of rows) {
      bytes += row.size;
      if (out.length > 0 && (out.length >= this.batch || bytes > BATCH_BYTES))
        break;
      out.push({ row, sheet: await this.s.vault.unlock<Sheet>(row.id, row) });
    }
    return out;
  }

  /* False: the store was away for some of them; try again later. */
  private async sendSome(rows: ItemRow[]): Promise<boolean> {
    const items = await this.pick(rows);
    const began = Date.now();
    const r = await ask(this.s.token, "submissions", {
      method: "POST", type: "application/x-ndjson",
      body: items.map((x) => `${x.sheet.text ?? ""}\n`).join(""),
    });
    if (r.status === 413 && items.length > 1) {
      this.batch = 1;
      return true;
    }
    if (!r.ok) throw r.refusal();
    const took = Date.now() - began;
    if (took < QUICK_MS) this.batch = Math.min(BATCH_MAX, this.batch * 2);
    else if (took > 4 * QUICK_MS)
      this.batch = Math.max(1, Math.floor(this.batch / 2));
    return this.settle(items, r.text());
  }

  /* Each line must name the sheet it is about: a receipt is believed only
   * for the sheet it was given for. */
  private async settle(items: Listed[], text: string): Promise<boolean> {
    const lines = new Map<number, ResultLine>();
    for (const line of text.split("\n").filter((x) => x.trim())) {
      const j = JSON.parse(line) as ResultLine;
      if (typeof j.line === "number") lines.set(j.line, j);
    }
    let all = true;
    for (const [i, x] of items.entries()) {
      const j = lines.get(i + 1);
      if (!j || j.code === 503 || (j.instanceID !== undefined &&
        j.instanceID !== x.sheet.instance)) {
        all = false;
        continue;
      }
      await this.settleOne(x, j);
    }
    await this.told();
    return all;
  }

  private async settleOne(x: Listed, j: ResultLine): Promise<void> {
    const http = j.code ?? 0;
    const told: Partial<Sheet> = { http };
    if (j.status) told.status = j.status;
    if (j.receipt) told.receipt = j.receipt;
    if (j.flags) told.flags = j.flags;
    if ((http === 200 || http === 201) && j.receipt) {
      const { text: _sent, ...rest } = x.sheet;
      await db.put(await sealed(this.s.vault, "done", x.row.id,
        { ...rest, ...told }, 0));
      await this.prune();
    } else if (http === 422 && j.receipt) {
      await this.put("mend", x, { ...told, errors: j.errors ?? [] });
    } else {
      await this.put("held", x,
        { ...told, errors: j.error ? [j.error] : j.errors ?? [] });
    }
  }

  /* Receipts of long ago are the collector's to keep. */
  private async prune(): Promise<void> {
    const done = (await db.items(this.store))
      .filter((r) => r.kind === "done").sort((a, b) => b.at - a.at);
    await db.swap(done.slice(DONE_KEPT).map((r) => [r.store, r.id]), []);
  }
}
