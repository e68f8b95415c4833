/* On a shared computer one agent's sheets stay closed to the next: each store
 * has a data key of its own, which opens with the agent's key, or with what
 * the collector tells any key of the same agent (`locks`), so that a new key
 * opens what an old one closed. */
import type { StoreRow, Wrap } from "./db";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function hex(b: ArrayBuffer): string {
  return [...new Uint8Array(b)].map((x) => x.toString(16).padStart(2, "0"))
    .join("");
}

export async function digest(text: string): Promise<string> {
  return hex(await crypto.subtle.digest("SHA-256", encoder.encode(text)));
}

/* Names a secret without telling it. */
export async function nameOf(secret: string): Promise<string> {
  return (await digest(`phieu name|${secret}`)).slice(0, 32);
}

async function wrapping(secret: string): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey("raw", encoder.encode(secret),
    "HKDF", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({
    name: "HKDF", hash: "SHA-256", salt: encoder.encode("phieu page"),
    info: encoder.encode("data key"),
  }, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

export async function wrap(raw: Uint8Array, secret: string): Promise<Wrap> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const key = await wrapping(secret);
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key,
    raw) };
}

/* null: not with any of these. */
export async function unwrap(store: StoreRow,
  secrets: string[]): Promise<Uint8Array | null> {
  for (const secret of secrets) {
    const w = store.wraps[await nameOf(secret)];
    if (!w) continue;
    try {
      return new Uint8Array(await crypto.subtle.decrypt(
        { name: "AES-GCM", iv: w.iv }, await wrapping(secret), w.data));
    } catch {
      /* the next one */
    }
  }
  return null;
}

export class Vault {
  private constructor(readonly store: string, private readonly key: CryptoKey)
  {}

  static async open(store: string, raw: Uint8Array): Promise<Vault> {
    return new Vault(store, await crypto.subtle.importKey("raw", raw,
      "AES-GCM", false, ["encrypt", "decrypt"]));
  }

  async lockBytes(id: string, bytes: BufferSource): Promise<Wrap> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const additionalData = encoder.encode(`${this.store}|${id}`);
    return { iv, data: await crypto.subtle.encrypt(
      { name: "AES-GCM", iv, additionalData }, this.key, bytes) };
  }

  unlockBytes(id: string, w: Wrap): Promise<ArrayBuffer> {
    const additionalData = encoder.encode(`${this.store}|${id}`);
    return crypto.subtle.decrypt(
      { name: "AES-GCM", iv: w.iv, additionalData }, this.key, w.data);
  }

  lock(id: string, value: unknown): Promise<Wrap> {
    return this.lockBytes(id, encoder.encode(JSON.stringify(value)));
  }

  async unlock<T>(id: string, w: Wrap): Promise<T> {
    return JSON.parse(decoder.decode(await this.unlockBytes(id, w))) as T;
  }
}
