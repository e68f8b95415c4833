/* The queue's way to the collector: growing batches of NDJSON, one tab at a
 * time, again and again until each sheet has its answer.  What does not look
 * like the collector's own word (a proxy's page, a receipt for another sheet)
 * changes nothing: the sheet stays where it is. */
import type { ItemRow } from "./db";
import { ask, Away, Refused } from "./net";
import type { Listed, Queue, Sheet, Told } from "./queue";
import type { Session } from "./session";
import { toldOf } from "./words";

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

/* What is the sheet's own fault: it is held, the others go on. */
const OF_THE_SHEET = [400, 403, 409, 413, 415, 422];

export type Phase = "idle" | "sending" | "waiting" | "offline" | "key" |
  "disk";

export class Sender {
  phase: Phase = "idle";
  nextTry = 0;
  private batch = 1;
  private wait = WAIT_FIRST_MS;
  private timer = 0;
  private busy = false;
  private again = false;
  private readonly closed = new AbortController();
  private readonly s: Session;

  constructor(private readonly q: Queue) {
    this.s = q.s;
    q.onqueued = () => this.kick(true);
    window.addEventListener("online", this.wake);
    window.addEventListener("offline", this.wake);
    document.addEventListener("visibilitychange", this.wake);
  }

  readonly wake = (): void => {
    if (document.visibilityState === "visible" || navigator.onLine)
      this.kick(true);
  };

  close(): void {
    this.closed.abort();
    clearTimeout(this.timer);
    window.removeEventListener("online", this.wake);
    window.removeEventListener("offline", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
  }

  private get over(): boolean {
    return this.closed.signal.aborted;
  }

  kick(now: boolean): void {
    if (this.over) return;
    clearTimeout(this.timer);
    if (now) {
      this.wait = WAIT_FIRST_MS;
      if (this.busy) this.again = true;
      else void this.work();
    } else {
      this.nextTry = Date.now() + this.wait;
      this.timer = window.setTimeout(() => void this.work(), this.wait);
      this.wait = Math.min(WAIT_LAST_MS,
        this.wait * (1.5 + Math.random() / 2));
    }
  }

  /* One tab sends at a time; the others stand in line, so that one goes on
   * when the first is closed in the middle. */
  private async work(): Promise<void> {
    if (this.busy || this.over) return;
    this.busy = true;
    this.again = false;
    try {
      await navigator.locks.request(`phieu-send-${this.q.store}`,
        { signal: this.closed.signal }, () => this.sendAll());
    } catch {
      /* signed out while standing in line */
    } finally {
      this.busy = false;
    }
    if (this.again) this.kick(true);
  }

  private say(phase: Phase): void {
    this.phase = phase;
    if (!this.over) this.q.onchange();
  }

  private async sendAll(): Promise<void> {
    try {
      while (!this.over && await this.sendNext());
    } catch (e) {
      this.stop(e);
    }
  }

  private stop(e: unknown): void {
    if (e instanceof Refused && e.status === 401 && e.told) {
      this.s.keyRefused = toldOf(e.told);
      this.say("key");
      return;
    }
    this.batch = Math.max(1, Math.floor(this.batch / 2));
    if (e instanceof Refused && e.retryMs)
      this.wait = Math.min(WAIT_LAST_MS, Math.max(this.wait, e.retryMs));
    this.say(e instanceof Away ? "offline" : e instanceof Refused ? "waiting"
      : "disk");
    this.kick(false);
  }

  /* False: nothing more for now. */
  private async sendNext(): Promise<boolean> {
    const rows = await this.q.first(this.batch);
    if (rows.length === 0 || !navigator.onLine) {
      this.say(this.s.keyRefused ? "key" : navigator.onLine ? "idle"
        : "offline");
      return false;
    }
    this.say("sending");
    const items = await this.pick(rows);
    const all = await this.send(items);
    await this.q.told();
    if (all) {
      this.wait = WAIT_FIRST_MS;
    } else {
      this.say("waiting");
      this.kick(false);
    }
    return all;
  }

  private async pick(rows: ItemRow[]): Promise<Listed[]> {
    const out: Listed[] = [];
    let bytes = 0;
    for (const row of rows) {
      bytes += row.size;
      if (out.length > 0 && bytes > BATCH_BYTES) break;
      out.push(await this.q.open(row));
    }
    return out;
  }

  /* False: some must be sent again, later. */
  private async send(items: Listed[]): Promise<boolean> {
    const began = Date.now();
    const r = await ask(this.s.token, "submissions", {
      method: "POST", type: "application/x-ndjson",
      body: items.map((x) => `${x.sheet.text ?? ""}\n`).join(""),
    });
    if (!r.ok) {
      const no = r.refusal();
      if (!no.told || !OF_THE_SHEET.includes(r.status)) throw no;
      /* refused as a whole: one by one shows which of them it is */
      if (items.length > 1) this.batch = 1;
      else await this.q.settled([await this.q.as("held", items[0]!,
        { http: r.status, errors: [no.told] })]);
      return true;
    }
    const took = Date.now() - began;
    if (took < QUICK_MS) this.batch = Math.min(BATCH_MAX, this.batch * 2);
    else if (took > 4 * QUICK_MS)
      this.batch = Math.max(1, Math.floor(this.batch / 2));
    return this.settle(items, r.text());
  }

  private async settle(items: Listed[], text: string): Promise<boolean> {
    const lines = new Map<number, ResultLine>();
    for (const line of text.split("\n").filter((x) => x.trim())) {
      try {
        const j = JSON.parse(line) as ResultLine;
        if (typeof j.line === "number") lines.set(j.line, j);
      } catch {
        throw new Away("not the collector's answer");
      }
    }
    const rows: ItemRow[] = [];
    for (const [i, x] of items.entries()) {
      const row = await this.settleOne(x, lines.get(i + 1) ?? {});
      if (row) rows.push(row);
    }
    await this.q.settled(rows);
    return rows.length === items.length;
  }

  /* A line must name the sheet it is about: a receipt is believed only for
   * the sheet it was given for.  null: to be sent again. */
  private async settleOne(x: Listed, j: ResultLine): Promise<ItemRow | null> {
    const http = j.code ?? 0;
    const named = j.instanceID === x.sheet.instance;
    if (http === 401) throw new Refused(401, j.error ?? j.errors?.[0] ?? null);
    const told: Partial<Sheet> = { http };
    if (j.status) told.status = j.status;
    if (j.receipt) told.receipt = j.receipt;
    if (j.flags) told.flags = j.flags;
    if (http === 200 || http === 201)
      return j.receipt && named ? this.q.as("done", x, told) : null;
    if (http === 422 && j.receipt && named)
      return this.q.as("mend", x, { ...told, errors: j.errors ?? [] });
    if (OF_THE_SHEET.includes(http) && (named || j.instanceID === undefined))
      return this.q.as("held", x,
        { ...told, errors: j.error ? [j.error] : j.errors ?? [] });
    return null;
  }
}
