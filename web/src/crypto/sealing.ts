/**
 * HPKE base mode with X-Wing: one suite, aad empty, all context in `info` (protocol, section 5.1).
 *
 * A public key is ML-KEM-768 (1184 bytes) then X25519 (32); the private key is one 32-byte seed.
 * Sealed bytes are enc (1120) then ciphertext and tag. libsodium has the KEM; the key schedule
 * here is RFC 9180, section 5.1, with KEM 0x647A, KDF 0x0001, AEAD 0x0003.
 */

import { concat, utf8 } from "./bytes";
import type { Entropy } from "./entropy";
import { system } from "./entropy";
import { Refused } from "./errors";
import { u16 } from "./hashing";
import { sodium } from "./sodium";

export const SEED_SIZE = 32;
export const PUBLIC_SIZE = 1216;
export const ENC_SIZE = 1120;
export const OVERHEAD = ENC_SIZE + 16;

const ENCAPSULATION_SEED = 64;
const EMPTY = new Uint8Array();
const SUITE = concat(utf8("HPKE"), u16(0x647a), u16(1), u16(3));
const BASE_MODE = Uint8Array.of(0);

/** A private X-Wing key; `public` is 1216 bytes. */
export class SealingKey {
  readonly public: Uint8Array;
  readonly #secret: Uint8Array;

  private constructor(pair: { readonly public: Uint8Array; readonly secret: Uint8Array }) {
    this.public = pair.public;
    this.#secret = pair.secret;
  }

  /** Expand a 32-byte seed to both halves. */
  static fromSeed(seed: Uint8Array): SealingKey {
    const pair = sodium.crypto_kem_xwing_seed_keypair(seed);
    return new SealingKey({ public: pair.publicKey, secret: pair.privateKey });
  }

  /** Open bytes sealed to this key under the same `info`; every failure is `BAD_TAG`. */
  open(sealed: Uint8Array, { info }: { readonly info: Uint8Array }): Uint8Array {
    try {
      const shared = sodium.crypto_kem_xwing_dec(sealed.slice(0, ENC_SIZE), this.#secret);
      const { key, nonce } = schedule(shared, info);
      const ct = sealed.slice(ENC_SIZE);
      return sodium.crypto_aead_chacha20poly1305_ietf_decrypt(null, ct, EMPTY, nonce, key);
    } catch (error) {
      throw new Refused("BAD_TAG", {}, { cause: error });
    }
  }
}

/** What is sealed, its context, and where the encapsulation's randomness comes from. */
export interface Sealing {
  readonly info: Uint8Array;
  readonly plaintext: Uint8Array;
  readonly entropy?: Entropy;
}

/** Seal to a 1216-byte public key; 32 bytes become 1168. A malformed key is `BAD_TAG`. */
export function seal(key: Uint8Array, { info, plaintext, entropy = system }: Sealing): Uint8Array {
  const made = encapsulate(key, entropy(ENCAPSULATION_SEED));
  const keys = schedule(made.sharedSecret, info);
  const ct = sodium.crypto_aead_chacha20poly1305_ietf_encrypt(
    plaintext,
    EMPTY,
    null,
    keys.nonce,
    keys.key,
  );
  return concat(made.ciphertext, ct);
}

function encapsulate(
  key: Uint8Array,
  seed: Uint8Array,
): { ciphertext: Uint8Array; sharedSecret: Uint8Array } {
  try {
    return sodium.crypto_kem_xwing_enc_deterministic(key, seed);
  } catch (error) {
    throw new Refused("BAD_TAG", {}, { cause: error });
  }
}

// --- RFC 9180, section 5.1 ------------------------------------------------------------------------

function schedule(shared: Uint8Array, info: Uint8Array): { key: Uint8Array; nonce: Uint8Array } {
  const context = concat(
    BASE_MODE,
    extract(EMPTY, "psk_id_hash", EMPTY),
    extract(EMPTY, "info_hash", info),
  );
  const secret = extract(shared, "secret", EMPTY);
  return {
    key: expand(secret, "key", context, 32),
    nonce: expand(secret, "base_nonce", context, 12),
  };
}

function extract(salt: Uint8Array, label: string, input: Uint8Array): Uint8Array {
  return hmac(salt, concat(utf8("HPKE-v1"), SUITE, utf8(label), input));
}

/** One block of HKDF-Expand: no output here is longer than 32 bytes. */
function expand(secret: Uint8Array, label: string, info: Uint8Array, size: number): Uint8Array {
  const labelled = concat(u16(size), utf8("HPKE-v1"), SUITE, utf8(label), info);
  return hmac(secret, concat(labelled, Uint8Array.of(1))).slice(0, size);
}

function hmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  const wide = new Uint8Array(32); // an empty salt is as many zeros, RFC 5869
  wide.set(key);
  return sodium.crypto_auth_hmacsha256(message, wide);
}
