/* Queries of a review to the agent, and what he answers.  The number of the query
 * makes the same note again the same answer; a sheet keyed anew answers by
 * itself, on the way of all sheets. */
import { db } from "./db";
import type { ItemRow } from "./db";
import type { Answer, Told } from "./net";
import type { Queue } from "./queue";
import { standOf, toDo } from "./queries_state";
import type { Asked, Mended, Reply, Stand } from "./queries_state";
import { Waiting } from "./waiting";

export interface Shown {
  asked: Asked;
  stand: Stand;
}

export interface Untaken {
  sheet: string;
  note: string;
  message: string;
  message_vi: string;
}

const TYPED = "replytyped";

export class Queries extends Waiting<Asked, Reply, Untaken> {
  constructor(private readonly queue: Queue) {
    super(queue.s, { list: "queries", bad: "replybad", begin: "reply:",
      path: "agent/queries", member: "queries", lock: "phieu-reply" });
  }

  private async mended(): Promise<Mended[]> {
    const list = await this.queue.list("queue", "held", "mend", "done");
    return [...list.map((x) => ({ replaces: x.sheet.replaces,
      where: x.row.kind })), ...(await this.queue.drafts()).map((d) => ({
      replaces: d.draft.replaces, where: d.id, draft: true }))];
  }

  /* As it was fetched last, with what was done about each since; null: never
   * fetched. */
  async list(): Promise<Shown[] | null> {
    const [asked, said, here] = await Promise.all([this.kept(),
      this.waiting(), this.mended()]);
    return asked && asked.map((q) => ({ asked: q,
      stand: standOf(q, said, here) }));
  }

  async toDo(): Promise<number> {
    return toDo(await this.list() ?? []);
  }

  /* What waits first, so that the list knows it. */
  async load(): Promise<boolean> {
    await this.send();
    return !this.closed && this.fetch();
  }

  /* What he began to type, also after a reload. */
  typed(): Promise<Record<string, string>> {
    return this.read<Record<string, string>>(TYPED, {});
  }

  private async withTyped(query: number, note: string): Promise<ItemRow> {
    const { [query]: _was, ...rest } = await this.typed();
    return this.row(TYPED, note ? { ...rest, [query]: note } : rest);
  }

  async keepTyped(query: number, note: string): Promise<void> {
    await db.put(await this.withTyped(query, note));
  }

  async reply(q: Asked, note: string): Promise<void> {
    await this.say({ id: String(q.query), note, version: q.version,
      sheet: q.sheet }, await this.withTyped(q.query, ""));
  }

  /* False: it is gone already. */
  async unsay(q: Asked): Promise<boolean> {
    const x = await this.takeBack(String(q.query));
    if (x) await this.keepTyped(q.query, x.note);
    this.onchange();
    return x !== null;
  }

  protected post(x: Reply): Promise<Answer> {
    return this.ask(`agent/queries/${x.id}`, { note: x.note,
      version: x.version });
  }

  protected async took(x: Reply, r: Answer): Promise<boolean> {
    const told = r.json<{ query: number; status: string }>();
    if (String(told.query) !== x.id || !told.status) return false;
    await this.settle(x, [], (q) => String(q.query) === x.id
      ? { ...q, status: "answered", answer: x.note } : q);
    return true;
  }

  /* His words are not lost: they stand in the field again, if it is still
   * asked. */
  protected async refused(x: Reply, told: Told): Promise<void> {
    const { message, message_vi } = told;
    await this.keepTyped(Number(x.id), x.note);
    await this.settle(x, [{ sheet: x.sheet, note: x.note, message,
      message_vi }], (q) => q);
  }
}
