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

export type Kind = "draft" | "queue" | "mend" | "held" | "done" | "self";

export interface ItemRow {
  store: string;
  id: string;
  kind: Kind;
  at: number;
  size: number; // bytes that would be sent
  iv: Uint8Array;
  data: ArrayBuffer;
}

let opened: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((ok, fail) => {
    const rq = indexedDB.open("phieu", 1);
    rq.onupgradeneeded = () => {
      const db = rq.result;
      db.createObjectStore("stores", { keyPath: "id" });
      db.createObjectStore("items", { keyPath: ["store", "id"] });
      db.createObjectStore("meta");
    };
    rq.onsuccess = () => {
      rq.result.onversionchange = () => rq.result.close();
      ok(rq.result);
    };
    rq.onerror = () => fail(rq.error);
  });
  return opened;
}

/* Strict: the answer comes once it is on the disk, so that a sheet outlives
 * a power cut. */
async function run<T>(names: string[], mode: IDBTransactionMode,
  work: (tx: IDBTransaction) => IDBRequest<T> | null): Promise<T> {
  const db = await open();
  return new Promise((ok, fail) => {
    const tx = db.transaction(names, mode, { durability: "strict" });
    const rq = work(tx);
    tx.oncomplete = () => ok(rq ? rq.result : (undefined as T));
    tx.onerror = () => fail(tx.error);
    tx.onabort = () => fail(tx.error ?? new Error("aborted"));
  });
}

function range(store: string): IDBKeyRange {
  return IDBKeyRange.bound([store, ""], [store, "\uffff"]);
}

export const db = {
  stores: () => run<StoreRow[]>(["stores"], "readonly",
    (tx) => tx.objectStore("stores").getAll()),
  putStore: (s: StoreRow) => run(["stores"], "readwrite",
    (tx) => tx.objectStore("stores").put(s)),
  items: (store: string) => run<ItemRow[]>(["items"], "readonly",
    (tx) => tx.objectStore("items").getAll(range(store))),
  allItems: () => run<ItemRow[]>(["items"], "readonly",
    (tx) => tx.objectStore("items").getAll()),
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
