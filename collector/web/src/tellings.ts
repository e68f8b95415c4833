/* What the agent says became of his numbered sheets, kept on this computer until
 * the collector has answered: he may be without a line for days.  Each telling
 * has a random number; sent again under it, it counts once.  The list of his
 * sheets lies here too, as it was fetched last. */
import { db } from "./db";
import { askJson, ask, Away, Refused } from "./net";
import { sealed } from "./session";
import type { Session } from "./session";

export interface Own {
  sheet: string;
  form: string | null;
  group: string | null;
  home: string | null;
  status: string;
  changed_on: string;
}

export interface Telling {
  id: string;
  act: string;
  sheets: string[];
  reason: string | null;
}

/* What the collector did not take, until the agent has read it. */
export interface Untaken {
  sheet: string;
  act: string;
  message: string;
  message_vi: string;
}

interface Result {
  sheet: string;
  outcome: "done" | "already" | "refused";
  message?: string;
  message_vi?: string;
}

/* Where an act leads, to show it before it is sent. */
const LEADS: Record<string, string> = { leave: "left", collect: "collected",
  refuse: "refused", miss: "not-met", move: "moved", lose: "lost" };

const LIST = "sheets", BAD = "tellbad", BEGIN = "tell:";
const WAIT_MS = 30000;

export class Tellings {
  onchange: () => void = () => undefined;
  fresh = false; // the list came from the collector last time it was asked
  private busy = false;
  private closed = false;
  private timer = 0;
  private readonly wake = (): void => { void this.send(); };

  constructor(private readonly s: Session) {
    window.addEventListener("online", this.wake);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    window.removeEventListener("online", this.wake);
  }

  private get store(): string {
    return this.s.vault.store;
  }

  private async read<T>(id: string, none: T): Promise<T> {
    const row = await db.get(this.store, id);
    return row ? this.s.vault.unlock<T>(id, row) : none;
  }

  /* The oldest first. */
  async waiting(): Promise<Telling[]> {
    const rows = (await db.under(this.store, BEGIN)).sort((a, b) =>
      a.at - b.at);
    return Promise.all(rows.map((r) => this.s.vault.unlock<Telling>(r.id, r)));
  }

  untaken(): Promise<Untaken[]> {
    return this.read<Untaken[]>(BAD, []);
  }

  async dismiss(): Promise<void> {
    await db.remove(this.store, BAD);
    this.onchange();
  }

  /* As it was fetched last, with what waits to be sent; null: never. */
  async list(): Promise<Own[] | null> {
    const list = await this.read<Own[] | null>(LIST, null);
    if (!list) return null;
    const now = new Map<string, string>();
    for (const x of await this.waiting())
      for (const sheet of x.sheets) now.set(sheet, LEADS[x.act] ?? "");
    return list.map((o) => ({ ...o, status: now.get(o.sheet) || o.status }));
  }

  /* False: no line, or the server is away. */
  async fetch(): Promise<boolean> {
    try {
      const told = await askJson<{ sheets: Own[] }>(this.s.token,
        "agent/sheets");
      this.fresh = true;
      await db.put(await sealed(this.s.vault, "self", LIST, told.sheets, 0));
      this.onchange();
      return true;
    } catch (e) {
      if (!(e instanceof Away) && !(e instanceof Refused)) throw e;
      this.fresh = false;
      return false;
    }
  }

  async tell(act: string, sheets: string[], reason: string): Promise<void> {
    const x: Telling = { id: crypto.randomUUID(), act, sheets,
      reason: reason || null };
    await db.put(await sealed(this.s.vault, "self", BEGIN + x.id, x, 0));
    this.onchange();
    void this.send();
  }

  /* One tab at a time; again by itself while something waits. */
  async send(): Promise<void> {
    if (this.busy || this.closed) return;
    this.busy = true;
    clearTimeout(this.timer);
    let left = 0;
    try {
      left = await navigator.locks.request(`phieu-tell-${this.store}`,
        () => this.sendAll());
    } catch (e) {
      /* a disk that is full: it waits, too */
      left = 1;
      if (!(e instanceof Away) && !(e instanceof Refused)) console.warn(e);
    } finally {
      this.busy = false;
    }
    if (left && !this.closed)
      this.timer = window.setTimeout(this.wake, WAIT_MS);
  }

  /* How many are left. */
  private async sendAll(): Promise<number> {
    const all = await this.waiting();
    for (const [i, x] of all.entries()) {
      if (this.closed || !navigator.onLine) return all.length - i;
      const r = await ask(this.s.token, "agent/sheets", { method: "POST",
        type: "application/json", body: JSON.stringify(x) });
      if (r.ok) {
        const told = r.json<{ id: string; results: Result[] }>();
        /* not this one's answer: some portal's */
        if (told.id !== x.id || !Array.isArray(told.results))
          return all.length - i;
        await this.settle(x, told.results);
        continue;
      }
      const no = r.refusal();
      /* the collector's own words about this telling: it will not be other
       * the next time.  All else waits. */
      if (!no.told || (r.status !== 400 && r.status !== 409))
        return all.length - i;
      const { message, message_vi } = no.told;
      await this.settle(x, x.sheets.map((sheet) => ({ sheet,
        outcome: "refused", message, message_vi })));
    }
    if (all.length) await this.fetch();
    return 0;
  }

  /* The answer takes the telling's place in one stroke. */
  private async settle(x: Telling, results: Result[]): Promise<void> {
    const bad = results.filter((r) => r.outcome === "refused").map((r) => ({
      sheet: r.sheet, act: x.act, message: r.message ?? "",
      message_vi: r.message_vi ?? r.message ?? "" }));
    const all = bad.length ? [...await this.untaken(), ...bad] : [];
    const list = (await this.read<Own[]>(LIST, [])).map((o) =>
      results.some((r) => r.sheet === o.sheet && r.outcome === "done")
        ? { ...o, status: LEADS[x.act] ?? o.status } : o);
    await db.swap([[this.store, BEGIN + x.id]], [
      await sealed(this.s.vault, "self", LIST, list, 0),
      ...(bad.length ? [await sealed(this.s.vault, "self", BAD, all, 0)]
        : [])]);
    this.onchange();
  }
}
