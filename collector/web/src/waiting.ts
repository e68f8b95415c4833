/* What an agent says that is no sheet (what became of a number, what he answers
 * to a query), kept on this computer until the collector has answered: he may be
 * without a line for days.  Said again, it counts once.  The list that it is
 * about lies here too, as it was fetched last. */
import { db } from "./db";
import type { ItemRow } from "./db";
import { ask, askJson, Away, Refused } from "./net";
import type { Answer, Told } from "./net";
import { sealed } from "./session";
import type { Session } from "./session";

/* Under which names it lies here, and where the collector has it. */
export interface Names {
  list: string;
  bad: string; // what the collector did not take
  begin: string; // of each that waits
  path: string;
  member: string; // the list in the answer
  lock: string;
}

const WAIT_MS = 30000;

export abstract class Waiting<Row, Said extends { id: string }, Bad> {
  onchange: () => void = () => undefined;
  fresh = false; // the list came from the collector last time it was asked
  protected closed = false;
  private busy = false;
  private timer = 0;
  private readonly wake = (): void => { void this.send(); };

  protected constructor(protected readonly s: Session,
    private readonly names: Names) {
    window.addEventListener("online", this.wake);
  }

  /* One of them on its way. */
  protected abstract post(x: Said): Promise<Answer>;
  /* What came of it; false: this is not its answer, but some portal's. */
  protected abstract took(x: Said, r: Answer): Promise<boolean>;
  /* The collector's own words about it: it will not be other the next time. */
  protected abstract refused(x: Said, told: Told): Promise<void>;

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    window.removeEventListener("online", this.wake);
  }

  protected get store(): string {
    return this.s.vault.store;
  }

  protected async read<T>(id: string, none: T): Promise<T> {
    const row = await db.get(this.store, id);
    return row ? this.s.vault.unlock<T>(id, row) : none;
  }

  /* The oldest first. */
  async waiting(): Promise<Said[]> {
    const rows = (await db.under(this.store, this.names.begin)).sort((a, b) =>
      a.at - b.at);
    return Promise.all(rows.map((r) => this.s.vault.unlock<Said>(r.id, r)));
  }

  /* What the collector did not take, until the agent has read it. */
  untaken(): Promise<Bad[]> {
    return this.read<Bad[]>(this.names.bad, []);
  }

  async dismiss(): Promise<void> {
    await db.remove(this.store, this.names.bad);
    this.onchange();
  }

  /* As it was fetched last; null: never. */
  protected kept(): Promise<Row[] | null> {
    return this.read<Row[] | null>(this.names.list, null);
  }

  protected row(id: string, value: unknown): Promise<ItemRow> {
    return sealed(this.s.vault, "self", id, value, 0);
  }

  /* False: no line, or the server is away. */
  async fetch(): Promise<boolean> {
    try {
      const told = await askJson<Record<string, Row[]>>(this.s.token,
        this.names.path);
      const list = told[this.names.member];
      if (!Array.isArray(list)) throw new Away("not the collector's answer");
      this.fresh = true;
      await db.put(await this.row(this.names.list, list));
      this.onchange();
      return true;
    } catch (e) {
      if (!(e instanceof Away) && !(e instanceof Refused)) throw e;
      this.fresh = false;
      return false;
    }
  }

  /* `more`: put down in the same stroke. */
  protected async say(x: Said, ...more: ItemRow[]): Promise<void> {
    await db.put(await this.row(this.names.begin + x.id, x), ...more);
    this.onchange();
    void this.send();
  }

  private alone<T>(work: () => Promise<T>): Promise<T> {
    return navigator.locks.request(`${this.names.lock}-${this.store}`,
      work) as Promise<T>;
  }

  /* Gives back what was said and is still here; null: it is on its way, or
   * was answered. */
  protected takeBack(id: string): Promise<Said | null> {
    return this.alone(async () => {
      const x = await this.read<Said | null>(this.names.begin + id, null);
      if (x) await db.remove(this.store, this.names.begin + id);
      return x;
    });
  }

  /* One tab at a time; again by itself while something waits. */
  async send(): Promise<void> {
    if (this.busy || this.closed) return;
    this.busy = true;
    clearTimeout(this.timer);
    let left = 0;
    try {
      left = await this.alone(() => this.sendAll());
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
      const r = await this.post(x);
      if (r.ok) {
        if (!await this.took(x, r)) return all.length - i;
        continue;
      }
      const no = r.refusal();
      if (!no.told || (r.status !== 400 && r.status !== 409))
        return all.length - i;
      await this.refused(x, no.told);
    }
    if (all.length) await this.fetch();
    return 0;
  }

  protected ask(path: string, body: unknown): Promise<Answer> {
    return ask(this.s.token, path, { method: "POST",
      type: "application/json", body: JSON.stringify(body) });
  }

  /* The answer takes the place of what was said in one stroke. */
  protected async settle(x: Said, bad: Bad[],
    change: (r: Row) => Row): Promise<void> {
    const list = await this.kept();
    const all = bad.length ? [...await this.untaken(), ...bad] : [];
    await db.swap([[this.store, this.names.begin + x.id]], [
      ...(list ? [await this.row(this.names.list, list.map(change))] : []),
      ...(bad.length ? [await this.row(this.names.bad, all)] : [])]);
    this.onchange();
  }
}
