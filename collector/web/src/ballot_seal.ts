/* Sealing in the browser: libsodium's crypto_box_seal, so that the mixer opens
 * it with crypto_box_seal_open.  The parts are noble's: kept up, audited, plain
 * script (no WebAssembly, which the page's policy forbids). */
import { hsalsa, xsalsa20poly1305 } from "@noble/ciphers/salsa";
import { x25519 } from "@noble/curves/ed25519";
import { blake2b } from "@noble/hashes/blake2";
import { sha256 } from "@noble/hashes/sha2";

export function hexOf(b: Uint8Array): string {
  return [...b].map((x) => x.toString(16).padStart(2, "0")).join("");
}

export function bytesOf(hex: string): Uint8Array {
  const b = new Uint8Array(hex.length / 2);
  for (let i = 0; i < b.length; i++)
    b[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return b;
}

export function base64Of(b: Uint8Array): string {
  let s = "";
  for (const x of b) s += String.fromCharCode(x);
  return btoa(s);
}

function words32(b: Uint8Array): Uint32Array {
  const v = new DataView(b.buffer, b.byteOffset, b.byteLength);
  return Uint32Array.from({ length: b.length / 4 },
    (_, i) => v.getUint32(4 * i, true));
}

const SIGMA = words32(new TextEncoder().encode("expand 32-byte k"));

/* crypto_box_beforenm: HSalsa20 of the shared secret. */
function boxKey(secret: Uint8Array, theirs: Uint8Array): Uint8Array {
  const shared = x25519.getSharedSecret(secret, theirs);
  const out = new Uint32Array(8);
  hsalsa(SIGMA, words32(shared), new Uint32Array(4), out);
  const key = new Uint8Array(32);
  const v = new DataView(key.buffer);
  out.forEach((w, i) => v.setUint32(4 * i, w, true));
  return key;
}

function joined(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

/* Padded to `size` bytes (ISO/IEC 7816-4): every ballot is as long as every
 * other.  null: it does not fit. */
export function seal(text: string, size: number,
  key: Uint8Array): Uint8Array | null {
  const plain = new TextEncoder().encode(text);
  if (plain.length >= size) return null;
  const padded = new Uint8Array(size);
  padded.set(plain);
  padded[plain.length] = 0x80;
  const mine = x25519.utils.randomPrivateKey();
  const ours = x25519.getPublicKey(mine);
  const nonce = blake2b(joined(ours, key), { dkLen: 24 });
  const box = xsalsa20poly1305(boxKey(mine, key), nonce).encrypt(padded);
  mine.fill(0);
  padded.fill(0);
  return joined(ours, box);
}

export function receiptOf(sealed: Uint8Array): string {
  return hexOf(sha256(sealed));
}

/* As ballot.fingerprint: to be compared with the letter by eye. */
export function fingerprintOf(key: Uint8Array): string {
  return hexOf(sha256(key)).slice(0, 20).toUpperCase()
    .replace(/(.{4})(?=.)/g, "$1-");
}

/* RFC 6962 over receipts in the order of the list. */
export function rootOf(receipts: string[]): string {
  let level = receipts.map((r) =>
    sha256(joined(Uint8Array.of(0), bytesOf(r))));
  if (level.length === 0) return hexOf(sha256(new Uint8Array(0)));
  while (level.length > 1) {
    const next: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const right = level[i + 1];
      next.push(right ? sha256(joined(Uint8Array.of(1), level[i]!, right))
        : level[i]!);
    }
    level = next;
  }
  return hexOf(level[0]!);
}
