/* What stands of a query on this computer; no page in here, so that
 * tests/web/keying.test.mjs runs it alone. */

/* GET /v1/agent/queries: never an answer of a sheet. */
export interface Asked {
  query: number;
  instanceID: string;
  sheet: string;
  form: string | null;
  group: string | null;
  home: string | null;
  keying: number;
  status: string; // queried, answered
  words: string;
  opened: string;
  answer: string | null;
  version: number;
}

/* What he said; it waits to be sent. */
export interface Reply {
  id: string; // of the query
  note: string;
  version: number;
  sheet: string;
}

/* A sheet or a draft that is here in place of what was asked about. */
export interface Mended {
  replaces: string | null | undefined;
  where: string; // its kind; of a draft its name
  draft?: boolean;
}

export type Stand =
  | { kind: "open" } // he is asked
  | { kind: "said"; note: string } // waits to be sent
  | { kind: "answered"; note: string } // a person decides
  | { kind: "draft"; id: string } // being keyed anew
  | { kind: "mended" } // keyed anew, waits to be sent or was taken
  | { kind: "back" }; // keyed anew and refused: it lies in the outbox

export function standOf(q: Asked, replies: Reply[],
  here: Mended[]): Stand {
  const mine = here.filter((m) => m.replaces === q.instanceID);
  if (mine.some((m) => ["queue", "done"].includes(m.where) && !m.draft))
    return { kind: "mended" };
  const draft = mine.find((m) => m.draft);
  if (draft) return { kind: "draft", id: draft.where };
  if (mine.some((m) => m.where === "mend" || m.where === "held"))
    return { kind: "back" };
  const said = replies.find((r) => r.id === String(q.query));
  if (said) return { kind: "said", note: said.note };
  if (q.status === "answered" || q.answer !== null)
    return { kind: "answered", note: q.answer ?? "" };
  return { kind: "open" };
}

/* Open ones first, each kind in the order they were asked. */
export function inTurn<T extends { asked: Asked; stand: Stand }>(
  list: T[]): T[] {
  const last = (x: T) => Number(["said", "answered", "mended"]
    .includes(x.stand.kind));
  return [...list].sort((a, b) => last(a) - last(b) ||
    a.asked.query - b.asked.query);
}

/* How many still want something of him. */
export function toDo(list: { stand: Stand }[]): number {
  return list.filter((x) => ["open", "draft", "back"]
    .includes(x.stand.kind)).length;
}
