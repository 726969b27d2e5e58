/**
 * Keys that sign and are never seen: the browser holds them, this program only asks (paper 1.5).
 *
 * WebCrypto signs, it never verifies: it accepts what libsodium refuses (section 1.4).
 */

import { SigningKey } from "../crypto/signing";
import type { Blob, Key } from "../protocol/ids";
import { blobOf, hashOf } from "../protocol/ids";
import type { Signature, Statement } from "../protocol/statement";
import { toBeSigned } from "../protocol/statement";

/** A private Ed25519 key that can be used and not carried away. */
export interface Signer {
  readonly publicKey: Key;
  /** Gives the 64-byte signature over a typed message (a `pae`). */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

// PKCS#8 of an Ed25519 seed: these bytes, then the 32 of the seed (RFC 8410).
const PKCS8_HEAD = Uint8Array.of(
  ...[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70],
  ...[0x04, 0x22, 0x04, 0x20],
);

/** Hands a 32-byte seed to the browser as a key that nobody can export; the seed stays the caller's to wipe. */
export async function signerOf(seed: Uint8Array): Promise<Signer> {
  const wrapped = new Uint8Array(PKCS8_HEAD.length + seed.length);
  wrapped.set(PKCS8_HEAD);
  wrapped.set(seed, PKCS8_HEAD.length);
  try {
    const key = await crypto.subtle.importKey("pkcs8", wrapped, "Ed25519", false, ["sign"]);
    return new HeldKey(publicOf(seed), key);
  } finally {
    wrapped.fill(0);
  }
}

/** The public half of a 32-byte seed. */
export function publicOf(seed: Uint8Array): Key {
  return hashOf<Key>(SigningKey.fromSeed(seed).public);
}

/** Signs a statement; who may sign what is judged elsewhere. */
export async function signStatement(statement: Statement, signer: Signer): Promise<Signature> {
  const sig = await signer.sign(toBeSigned(statement.typ, statement.payload));
  return { pk: signer.publicKey, sig };
}

/** Signs a request (`auth`, `read`, `sub`), as it travels. */
export async function signRequest(message: Uint8Array, signer: Signer): Promise<Blob> {
  return blobOf(await signer.sign(message));
}

class HeldKey implements Signer {
  readonly publicKey: Key;
  readonly #key: CryptoKey;

  constructor(publicKey: Key, key: CryptoKey) {
    this.publicKey = publicKey;
    this.#key = key;
  }

  async sign(message: Uint8Array): Promise<Uint8Array> {
    return new Uint8Array(await crypto.subtle.sign("Ed25519", this.#key, message.slice()));
  }
}
