/* Who is signed in, and his store. */
import { db } from "./db";
import type { ItemRow, Kind, StoreRow } from "./db";
import { Away, ask, askJson, Refused } from "./net";
import { planOf, todayVn } from "./plan";
import type { Plan } from "./plan";
import { toldOf } from "./words";
import { digest, nameOf, unwrap, Vault, wrap } from "./vault";

export interface Cell {
  group: string;
  home: string | null;
  planned: number;
  counted: number;
  mine: number;
}

/* GET /v1/agent */
export interface Self {
  agent: { code: string; name: string; office: string };
  wave: { code: string; name: string; state: string; trial: boolean };
  expires: string;
  now: string;
  locks: string[];
  forms: string[] | null;
  homes: string[] | null;
  cells: Cell[];
  received: Record<string, number>;
}

export interface Session {
  token: string;
  vault: Vault;
  self: Self;
  plan: Plan;
  keyRefused: string; // what the server said of the key, "" while it works
  ahead: number; // ms that this clock is before the server's; 0: not known
}

const CLOCK_MS = 120000;

/* What time it is, by the server where it was asked since the sign-in: office
 * PCs with a flat battery think it is 2010. */
export function nowOf(s: Session): Date {
  return new Date(Date.now() - s.ahead);
}

/* The day in Vietnam.  A computer whose clock is behind still knows what the
 * server's said last. */
export function todayOf(s: Session): number {
  return Math.max(todayVn(nowOf(s).getTime()),
    todayVn(Date.parse(s.self.now)));
}

async function askSelf(token: string, patience?: number):
Promise<{ self: Self; ahead: number }> {
  const began = Date.now();
  const self = await askJson<Self>(token, "agent",
    patience ? { patience } : {});
  const ahead = (began + Date.now()) / 2 - Date.parse(self.now);
  return { self, ahead: Math.abs(ahead) < CLOCK_MS ? 0 : ahead };
}

export type Trouble = "offline-first" | "insecure" | "key" | "server";
export class SignInError extends Error {
  constructor(readonly why: Trouble, readonly told = "") {
    super(why);
  }
}

interface KeptPlan {
  etag: string;
  text: string;
}

async function fetchPlan(token: string, wave: string): Promise<Plan> {
  const kept = await db.meta<KeptPlan>(`plan/${wave}`);
  try {
    const r = await ask(token, "plan", kept ? { etag: kept.etag } : {});
    if (r.ok) {
      const text = r.text();
      const plan = planOf(JSON.parse(text));
      await db.putMeta(`plan/${wave}`, { etag: r.etag, text });
      return plan;
    }
    if (r.status !== 304 && !kept) throw r.refusal();
  } catch (e) {
    if (!kept) throw e;
  }
  return planOf(JSON.parse(kept!.text));
}

async function keepSelf(s: Session): Promise<void> {
  await db.put(await sealed(s.vault, "self", "self", s.self, 0));
}

/* A row for the database, its content locked. */
export async function sealed(v: Vault, kind: Kind, id: string,
  value: unknown, size: number, at = Date.now()): Promise<ItemRow> {
  const w = await v.lock(id, value);
  return { store: v.store, id, kind, at, size, iv: w.iv, data: w.data };
}

/* The store of this agent and wave, made when there is none.  A store that
 * neither this key nor the locks open stays as it is, and another is begun
 * beside it: it opens again with the key that closed it. */
async function openStore(token: string, self: Self): Promise<Vault> {
  const name = await digest(`${self.wave.code}|${self.agent.code}`);
  const all = new Map((await db.stores()).map((s) => [s.id, s]));
  for (let n = 0; ; n++) {
    const id = `${name.slice(0, 32)}.${n}`;
    const have: StoreRow = all.get(id) ?? { id, wraps: {} };
    let raw = await unwrap(have, [token, ...self.locks]);
    if (!raw && all.has(id)) continue;
    raw ??= crypto.getRandomValues(new Uint8Array(32));
    for (const secret of [token, ...self.locks]) {
      const key = await nameOf(secret);
      have.wraps[key] ??= await wrap(raw, secret);
    }
    await db.putStore(have);
    return Vault.open(id, raw);
  }
}

/* With what this computer kept: no line, or the key works no more. */
async function openKept(token: string, refused: string): Promise<Session> {
  const name = await nameOf(token);
  for (const s of await db.stores()) {
    if (!s.wraps[name]) continue;
    const raw = await unwrap(s, [token]);
    if (!raw) continue;
    const vault = await Vault.open(s.id, raw);
    const row = await db.get(s.id, "self");
    if (!row) continue;
    const self = await vault.unlock<Self>("self", row);
    const kept = await db.meta<KeptPlan>(`plan/${self.wave.code}`);
    if (!kept) continue;
    return { token, vault, self, plan: planOf(JSON.parse(kept.text)),
      keyRefused: refused, ahead: 0 };
  }
  if (refused) throw new SignInError("key", refused);
  throw new SignInError("offline-first");
}

export async function signIn(token: string, vi: boolean): Promise<Session> {
  if (!window.isSecureContext || !crypto.subtle)
    throw new SignInError("insecure");
  let told: { self: Self; ahead: number };
  try {
    told = await askSelf(token, 30000);
  } catch (e) {
    /* without words of the collector's it is a proxy's or a portal's page */
    const said = e instanceof Refused ? e.told : null;
    if (e instanceof Refused && e.status === 401 && said)
      return openKept(token, vi ? said.message_vi : said.message);
    if (e instanceof Refused && e.status < 500 && said)
      throw new SignInError("server", String(e.status));
    return openKept(token, "");
  }
  const { self, ahead } = told;
  const plan = await fetchPlan(token, self.wave.code);
  const s: Session = { token, vault: await openStore(token, self), self, plan,
    keyRefused: "", ahead };
  await keepSelf(s);
  return s;
}

/* Asks again; false when there is no answer. */
export async function refresh(s: Session): Promise<boolean> {
  try {
    Object.assign(s, await askSelf(s.token));
    s.plan = await fetchPlan(s.token, s.self.wave.code);
    s.keyRefused = "";
    await keepSelf(s);
    return true;
  } catch (e) {
    if (e instanceof Refused && e.status === 401 && e.told)
      s.keyRefused = toldOf(e.told);
    else if (!(e instanceof Away) && !(e instanceof Refused)) throw e;
    return false;
  }
}

export async function keepKey(token: string): Promise<void> {
  await db.putMeta("key", token);
}

export async function keptKey(): Promise<string | undefined> {
  return db.meta<string>("key");
}

export async function forgetKey(): Promise<void> {
  await db.removeMeta("key");
}
