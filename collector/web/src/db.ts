/* IndexedDB, in promises.  What lies in it of an agent's sheets is locked
 * (vault.ts); in clear stand only counts, sizes and times. */

export interface Wrap {
  iv: Uint8Array;
  data: ArrayBuffer;
}

/* One agent in one wave on this computer. */
export interface StoreRow {
  id: string;
  wraps: Record<string, Wrap>; // the data key, once for each way to open it
}

export const KINDS = ["draft", "queue", "mend", "held", "aside", "done",
  "self", "photo", "photobad", "photodone", "bytes"] as const;
export type Kind = typeof KINDS[number];

export interface ItemRow {
  store: string;
  id: string;
  kind: Kind;
  at: number;
  size: number; // bytes that would be sent
  iv: Uint8Array;
  data: ArrayBuffer;
}

/* Each step brings the stores from the version before it to its own.  Steps
 * only add: an older page, still open in another tab or put back by the
 * office, goes on working with what a newer one made.  One that was shipped
 * is never changed. */
const STEPS: ((db: IDBDatabase, tx: IDBTransaction) => void)[] = [
  (db) => {
    db.createObjectStore("stores", { keyPath: "id" });
    db.createObjectStore("items", { keyPath: ["store", "id"] });
    db.createObjectStore("meta");
  },
  (_db, tx) => {
    /* what a count or a page of a list needs, without the sheets */
    tx.objectStore("items").createIndex("heads",
      ["store", "kind", "at", "size"]);
  },
];

let opened: Promise<IDBDatabase> | null = null;

function openAs(version?: number): Promise<IDBDatabase> {
  return new Promise((ok, fail) => {
    const rq = indexedDB.open("phieu", version);
    rq.onupgradeneeded = (e) => {
      for (let v = e.oldVersion; v < (e.newVersion ?? 0); v++)
        STEPS[v]?.(rq.result, rq.transaction!);
    };
    rq.onsuccess = () => {
      /* a newer page in another tab gets its way; the next act opens again */
      rq.result.onversionchange = () => {
        rq.result.close();
        opened = null;
      };
      rq.result.onclose = () => { opened = null; };
      ok(rq.result);
    };
    rq.onerror = () => fail(rq.error);
  });
}

function open(): Promise<IDBDatabase> {
  opened ??= openAs(STEPS.length).catch((e: unknown) => {
    if ((e as DOMException).name === "VersionError") return openAs();
    throw e;
  });
  opened.catch(() => { opened = null; });
  return opened;
}

/* A connection that a newer page closed meanwhile is opened again. */
async function begin(names: string[], mode: IDBTransactionMode):
Promise<IDBTransaction> {
  const how = { durability: "strict" } as const;
  try {
    return (await open()).transaction(names, mode, how);
  } catch (e) {
    if ((e as DOMException).name !== "InvalidStateError") throw e;
    opened = null;
    return (await open()).transaction(names, mode, how);
  }
}

/* Strict: the answer comes once it is on the disk, so that a sheet outlives
 * a power cut. */
async function run<T>(names: string[], mode: IDBTransactionMode,
  work: (tx: IDBTransaction) => IDBRequest<T> | null): Promise<T> {
  const tx = await begin(names, mode);
  return new Promise((ok, fail) => {
    const rq = work(tx);
    tx.oncomplete = () => ok(rq ? rq.result : (undefined as T));
    tx.onerror = () => fail(tx.error);
    tx.onabort = () => fail(tx.error ?? new Error("aborted"));
  });
}

function range(...prefix: string[]): IDBKeyRange {
  return IDBKeyRange.bound(prefix, [...prefix, []]);
}

function heads(tx: IDBTransaction): IDBIndex {
  return tx.objectStore("items").index("heads");
}

export interface Total {
  n: number;
  bytes: number;
}

export const db = {
  stores: () => run<StoreRow[]>(["stores"], "readonly",
    (tx) => tx.objectStore("stores").getAll()),
  putStore: (s: StoreRow) => run(["stores"], "readwrite",
    (tx) => tx.objectStore("stores").put(s)),
  items: (store: string) => run<ItemRow[]>(["items"], "readonly",
    (tx) => tx.objectStore("items").getAll(range(store))),
  /* The oldest first. */
  ofKind: (store: string, kind: Kind, max?: number) => run<ItemRow[]>(
    ["items"], "readonly", (tx) => heads(tx).getAll(range(store, kind), max)),
  count: (store: string, kind: Kind) => run<number>(["items"], "readonly",
    (tx) => heads(tx).count(range(store, kind))),
  /* Number and bytes of one kind, by its keys alone. */
  total: async (store: string, kind: Kind): Promise<Total> => {
    const sum = { n: 0, bytes: 0 };
    await run<unknown>(["items"], "readonly", (tx) => {
      const rq = heads(tx).openKeyCursor(range(store, kind));
      rq.onsuccess = () => {
        if (!rq.result) return;
        sum.n++;
        sum.bytes += (rq.result.key as [string, string, number, number])[3];
        rq.result.continue();
      };
      return null;
    });
    return sum;
  },
  /* Those whose name begins so, by name. */
  under: (store: string, begin: string) => run<ItemRow[]>(["items"],
    "readonly", (tx) => tx.objectStore("items").getAll(IDBKeyRange.bound(
      [store, begin], [store, `${begin}\uffff`]))),
  get: (store: string, id: string) => run<ItemRow | undefined>(["items"],
    "readonly", (tx) => tx.objectStore("items").get([store, id])),
  put: (...rows: ItemRow[]) => run<unknown>(["items"], "readwrite", (tx) => {
    for (const r of rows) tx.objectStore("items").put(r);
    return null;
  }),
  /* All of it or nothing. */
  swap: (remove: [string, string][], rows: ItemRow[]) =>
    run<unknown>(["items"], "readwrite", (tx) => {
      for (const key of remove) tx.objectStore("items").delete(key);
      for (const r of rows) tx.objectStore("items").put(r);
      return null;
    }),
  remove: (store: string, id: string) => run(["items"], "readwrite",
    (tx) => tx.objectStore("items").delete([store, id])),
  meta: <T>(key: string) => run<T | undefined>(["meta"], "readonly",
    (tx) => tx.objectStore("meta").get(key)),
  putMeta: (key: string, value: unknown) => run(["meta"], "readwrite",
    (tx) => tx.objectStore("meta").put(value, key)),
  removeMeta: (key: string) => run(["meta"], "readwrite",
    (tx) => tx.objectStore("meta").delete(key)),
};
