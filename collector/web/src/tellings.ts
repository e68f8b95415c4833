/* What the agent says became of his numbered sheets.  Each telling has a random
 * number; sent again under it, it counts once. */
import type { Answer, Told } from "./net";
import type { Session } from "./session";
import { Waiting } from "./waiting";

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

export class Tellings extends Waiting<Own, Telling, Untaken> {
  constructor(s: Session) {
    super(s, { list: "sheets", bad: "tellbad", begin: "tell:",
      path: "agent/sheets", member: "sheets", lock: "phieu-tell" });
  }

  /* As it was fetched last, with what waits to be sent; null: never. */
  async list(): Promise<Own[] | null> {
    const list = await this.kept();
    if (!list) return null;
    const now = new Map<string, string>();
    for (const x of await this.waiting())
      for (const sheet of x.sheets) now.set(sheet, LEADS[x.act] ?? "");
    return list.map((o) => ({ ...o, status: now.get(o.sheet) || o.status }));
  }

  tell(act: string, sheets: string[], reason: string): Promise<void> {
    return this.say({ id: crypto.randomUUID(), act, sheets,
      reason: reason || null });
  }

  protected post(x: Telling): Promise<Answer> {
    return this.ask("agent/sheets", x);
  }

  protected async took(x: Telling, r: Answer): Promise<boolean> {
    const told = r.json<{ id: string; results: Result[] }>();
    if (told.id !== x.id || !Array.isArray(told.results)) return false;
    await this.came(x, told.results);
    return true;
  }

  protected refused(x: Telling, told: Told): Promise<void> {
    const { message, message_vi } = told;
    return this.came(x, x.sheets.map((sheet) => ({ sheet, outcome: "refused",
      message, message_vi })));
  }

  private came(x: Telling, results: Result[]): Promise<void> {
    const bad = results.filter((r) => r.outcome === "refused").map((r) => ({
      sheet: r.sheet, act: x.act, message: r.message ?? "",
      message_vi: r.message_vi ?? r.message ?? "" }));
    return this.settle(x, bad, (o) => results.some((r) =>
      r.sheet === o.sheet && r.outcome === "done")
      ? { ...o, status: LEADS[x.act] ?? o.status } : o);
  }
}
