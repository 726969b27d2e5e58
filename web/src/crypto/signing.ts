/**
 * Ed25519 through libsodium and nothing else.
 *
 * WebCrypto accepts an identity public key with a zero signature for any message (protocol,
 * section 1.4); so the point is checked at every verification, not only at issuance.
 */

import { b64u } from "./bytes";
import { Refused } from "./errors";
import { sodium } from "./sodium";

export const SEED_SIZE = 32;
export const PUBLIC_SIZE = 32;
export const SIGNATURE_SIZE = 64;

const REMEMBERED = 8192;
const points = new Map<string, boolean>();

/** A private Ed25519 key; it has no text form, so that a log line cannot carry it. */
export class SigningKey {
  readonly public: Uint8Array;
  readonly #secret: Uint8Array;

  private constructor(pair: { readonly public: Uint8Array; readonly secret: Uint8Array }) {
    this.public = pair.public;
    this.#secret = pair.secret;
  }

  /** Derive the key pair of a 32-byte seed. */
  static fromSeed(seed: Uint8Array): SigningKey {
    const pair = sodium.crypto_sign_seed_keypair(seed);
    return new SigningKey({ public: pair.publicKey, secret: pair.privateKey });
  }

  /** Return the 64-byte signature over a typed message (a `pae`). */
  sign(message: Uint8Array): Uint8Array {
    return sodium.crypto_sign_detached(message, this.#secret);
  }
}

/** Refuse a key that is not a canonical point of the prime-order group (`WEAK_KEY`). */
export function requirePoint(key: Uint8Array): void {
  if (key.length !== PUBLIC_SIZE || !isPoint(key)) throw new Refused("WEAK_KEY");
}

/** Remember the answer: it costs as much as a signature, and the same devices come again. */
function isPoint(key: Uint8Array): boolean {
  const name = b64u(key);
  const known = points.get(name);
  if (known !== undefined) return known;
  if (points.size >= REMEMBERED) points.clear();
  const valid = sodium.crypto_core_ed25519_is_valid_point(key);
  points.set(name, valid);
  return valid;
}

/** What `verify` looks at: key of 32 bytes, signature of 64. */
export interface Signed {
  readonly public: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * Check a signature; coming back is the proof.
 *
 * Throws `WEAK_KEY` for a key outside the prime-order group, else `BAD_SIG`.
 */
export function verify(signed: Signed): void {
  requirePoint(signed.public);
  if (signed.signature.length !== SIGNATURE_SIZE) throw new Refused("BAD_SIG");
  const { signature, message } = signed;
  if (!sodium.crypto_sign_verify_detached(signature, message, signed.public)) {
    throw new Refused("BAD_SIG");
  }
}
