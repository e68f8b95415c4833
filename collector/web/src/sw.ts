/* Keeps the page itself, so that it opens without a line.  Never an answer of
 * the collector's: what is under v1/ goes past here. */
interface Worker {
  addEventListener(type: string, f: (e: WorkerEvent) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  registration: { scope: string };
}
interface WorkerEvent {
  waitUntil(p: Promise<unknown>): void;
  respondWith(p: Promise<Response>): void;
  request: Request;
  data: unknown;
}

declare const FILES: string[]; // put in by the build
declare const BUILD: string;
const me = self as unknown as Worker;
const NAME = `phieu-${BUILD}`;

me.addEventListener("install", (e) => {
  e.waitUntil((async () => {
    const cache = await caches.open(NAME);
    await cache.addAll(FILES.map((f) => new Request(f, { cache: "reload" })));
  })());
});

me.addEventListener("activate", (e) => {
  e.waitUntil((async () => {
    for (const name of await caches.keys())
      if (name.startsWith("phieu-") && name !== NAME)
        await caches.delete(name);
    await me.clients.claim();
  })());
});

me.addEventListener("message", (e) => {
  if (e.data === "go") void me.skipWaiting();
});

me.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  const scope = new URL(me.registration.scope);
  if (e.request.method !== "GET" || url.origin !== scope.origin ||
    !url.pathname.startsWith(scope.pathname)) return;
  e.respondWith((async () => {
    const cache = await caches.open(NAME);
    const rest = url.pathname.slice(scope.pathname.length);
    const kept = await cache.match(rest === "" ||
      e.request.mode === "navigate" ? "./" : rest);
    return kept ?? fetch(e.request);
  })());
});
