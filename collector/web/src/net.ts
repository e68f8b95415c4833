/* The collector, asked with the agent's key.  Addresses are relative, so that
 * a proxy may put the page under a path of its own. */

export interface Told {
  code: string;
  message: string;
  message_vi: string;
}

export class Refused extends Error {
  constructor(readonly status: number, readonly told: Told | null,
    readonly retryMs = 0) {
    super(told?.message ?? `HTTP ${status}`);
  }
}

/* No answer at all: no line, or the server is away. */
export class Away extends Error {}

const PATIENCE_MS = 120000;

async function packed(body: string): Promise<BodyInit> {
  const stream = new Blob([body]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return new Response(stream).blob();
}

export interface Ask {
  method?: string;
  body?: string | Blob;
  type?: string;
  etag?: string;
  patience?: number;
}

/* An answer that has come whole. */
export class Answer {
  constructor(readonly status: number, private readonly headers: Headers,
    readonly bytes: ArrayBuffer) {}

  get etag(): string {
    return this.headers.get("ETag") ?? "";
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  text(): string {
    return new TextDecoder().decode(this.bytes);
  }

  json<T>(): T {
    try {
      return JSON.parse(this.text()) as T;
    } catch (e) {
      throw new Away(String(e));
    }
  }

  refusal(): Refused {
    const wait = 1000 * Number(this.headers.get("Retry-After") ?? 0) || 0;
    try {
      const j = JSON.parse(this.text()) as { error?: Told };
      return new Refused(this.status, j.error ?? null, wait);
    } catch {
      return new Refused(this.status, null, wait);
    }
  }
}

export async function ask(token: string, path: string,
  a: Ask = {}): Promise<Answer> {
  const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
  let body: BodyInit | undefined = a.body;
  if (a.type) headers["Content-Type"] = a.type;
  if (a.etag) headers["If-None-Match"] = a.etag;
  if (typeof a.body === "string" && a.body.length > 1024 &&
    "CompressionStream" in window) {
    body = await packed(a.body);
    headers["Content-Encoding"] = "gzip";
  }
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), a.patience ?? PATIENCE_MS);
  try {
    const r = await fetch(`../v1/${path}`, {
      method: a.method ?? "GET", headers, body: body ?? null,
      signal: stop.signal, cache: "no-store", credentials: "omit",
      redirect: "error",
    });
    return new Answer(r.status, r.headers, await r.arrayBuffer());
  } catch (e) {
    throw new Away(String(e));
  } finally {
    clearTimeout(timer);
  }
}

/* The JSON of a 2xx; else Refused or Away. */
export async function askJson<T>(token: string, path: string,
  a: Ask = {}): Promise<T> {
  const r = await ask(token, path, a);
  if (!r.ok) throw r.refusal();
  return r.json<T>();
}
