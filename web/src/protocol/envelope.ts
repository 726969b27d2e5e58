/**
 * Content envelopes, format layer: seal and open for a given key and header (section 5.9).
 *
 *     prefix = "SHK1", 0x01, u16 length, header          com = commitment to the key
 *     wire   = prefix, nonce, com, u32 length, ct, sig    bare = prefix, nonce, com, H(ct), sig
 *
 * The author signs outside, over H(ct): a server that erased the content can still prove the act.
 * What a header may say is `headers.ts`.
 */

import { decrypt, encrypt, NONCE_SIZE, TAG_SIZE } from "../crypto/aead";
import { concat, startsWith } from "../crypto/bytes";
import { Refused } from "../crypto/errors";
import { kdf, pae, parts, sha256, u16, u32 } from "../crypto/hashing";
import { pad, unpad, type Padding } from "../crypto/padding";
import { SIGNATURE_SIZE, verify, type SigningKey } from "../crypto/signing";
import { sodium } from "../crypto/sodium";
import { STATE_HEADER_LIMIT } from "./codec";
import { bytesOf, hashOf, type Eid, type Hash, type Key } from "./ids";

export const MAGIC = Uint8Array.of(0x53, 0x48, 0x4b, 0x31, 1);
export const CT_LIMIT = 1024 * 1024 + TAG_SIZE;

const PREFIX_MIN = MAGIC.length + 2;
const COM_SIZE = 32;
const HASH_SIZE = 32;
const LENGTH_SIZE = 4;
const WIRE_LIMIT =
  PREFIX_MIN + STATE_HEADER_LIMIT + NONCE_SIZE + COM_SIZE + LENGTH_SIZE + CT_LIMIT + SIGNATURE_SIZE;

interface Front {
  readonly prefix: Uint8Array;
  readonly nonce: Uint8Array;
  readonly com: Uint8Array;
}

/** The content, or only its hash where the content is not at hand. */
type Body =
  | { readonly ct: Uint8Array; readonly ctHash: null }
  | { readonly ct: null; readonly ctHash: Uint8Array };

type Pieces = Front & Body & { readonly sig: Uint8Array };

/**
 * One envelope, not yet trusted; `ct` is null when only the bare form is at hand.
 *
 * Sizes in bytes: nonce 24, com and ctHash 32, sig 64.
 */
export class Envelope implements Front {
  readonly prefix: Uint8Array;
  readonly nonce: Uint8Array;
  readonly com: Uint8Array;
  readonly ct: Uint8Array | null;
  readonly sig: Uint8Array;
  readonly #body: Body;
  #ctHash: Uint8Array | null = null;
  #eid: Eid | null = null;

  constructor({ prefix, nonce, com, sig, ...body }: Pieces) {
    this.prefix = prefix;
    this.nonce = nonce;
    this.com = com;
    this.ct = body.ct;
    this.sig = sig;
    this.#body = body;
  }

  /** Hashed when it is first asked for: what is kept under a vault's own key never is. */
  get ctHash(): Uint8Array {
    const { ct, ctHash } = this.#body;
    return (this.#ctHash ??= ct === null ? ctHash : sha256(ct));
  }

  /** Names the envelope. */
  get eid(): Eid {
    return (this.#eid ??= hashOf(sha256(this.tbs)));
  }

  /** The header's bytes, verbatim; `headers.ts` reads them. */
  get header(): Uint8Array {
    return this.prefix.subarray(PREFIX_MIN);
  }

  /** What the author signed; its SHA-256 is `eid`. */
  get tbs(): Uint8Array {
    return toBeSigned(this, this.ctHash);
  }

  /** Return the whole envelope; `BAD_LENGTH` when its content is not at hand. */
  wire(): Uint8Array {
    return assemble(this, this.requireContent(), this.sig);
  }

  /** Return the form without content: same eid, same signature. */
  bare(): Uint8Array {
    return concat(this.prefix, this.nonce, this.com, this.ctHash, this.sig);
  }

  /** Return the ciphertext; `BAD_LENGTH` when only the bare form is at hand. */
  requireContent(): Uint8Array {
    if (this.ct === null) throw new Refused("BAD_LENGTH");
    return this.ct;
  }

  /** Return what log and feed commit to: the hash of author's key and signature. */
  sg(dk: Key): Hash {
    return hashOf(sha256(parts(bytesOf(dk), this.sig)));
  }
}

// --- seal and open --------------------------------------------------------------------------------

/** What goes into an envelope. */
export interface Content extends Padding {
  /** Parent key of 32 bytes (K_body, K_wrap); it is never an AEAD key itself. */
  readonly key: Uint8Array;
  /** J1 bytes, at most 32 KiB; they are bound verbatim. */
  readonly header: Uint8Array;
  /** At most 1 MiB once padded, else `OVERSIZE`. */
  readonly plaintext: Uint8Array;
  /** 24 fresh random bytes. */
  readonly nonce: Uint8Array;
}

/** A sealed envelope that still lacks its author's signature over `tbs`. */
export interface Unsigned {
  readonly tbs: Uint8Array;
  /** Adds the 64-byte signature and gives the wire form. */
  readonly signed: (sig: Uint8Array) => Uint8Array;
}

/** Seal without signing, for keys that sign only in their own time. */
export function sealUnsigned({ key, header, plaintext, nonce, constant }: Content): Unsigned {
  const prefix = prefixOf(header);
  const { aeadKey, com } = keysOf(key, { prefix, nonce });
  const padded = pad(plaintext, { constant });
  const ct = encrypt({ key: aeadKey, nonce, aad: prefix, plaintext: padded });
  if (ct.length > CT_LIMIT) throw new Refused("OVERSIZE");
  const front = { prefix, nonce, com };
  return { tbs: toBeSigned(front, sha256(ct)), signed: (sig) => assemble(front, ct, sig) };
}

/** Return the wire form of one sealed and signed envelope; the signer is the author's device. */
export function seal(content: Content & { readonly signer: SigningKey }): Uint8Array {
  const made = sealUnsigned(content);
  return made.signed(content.signer.sign(made.tbs));
}

/** Check the author's signature under a device key: `WEAK_KEY` or `BAD_SIG`. */
export function checkSignature(env: Envelope, dk: Key): void {
  verify({ public: bytesOf(dk), message: env.tbs, signature: env.sig });
}

/**
 * Return the plaintext of an envelope whose signature, place and rights were checked before.
 *
 * Throws, in this order, `BAD_COMMITMENT` (compared in constant time), `BAD_TAG`, `BAD_PADDING`.
 */
export function open(
  env: Envelope,
  { key, constant }: Padding & { readonly key: Uint8Array },
): Uint8Array {
  const { aeadKey, com } = keysOf(key, env);
  if (!sodium.memcmp(com, env.com)) throw new Refused("BAD_COMMITMENT");
  const ciphertext = env.requireContent();
  const padded = decrypt({ key: aeadKey, nonce: env.nonce, aad: env.prefix, ciphertext });
  return unpad(padded, { constant });
}

function prefixOf(header: Uint8Array): Uint8Array {
  if (header.length > STATE_HEADER_LIMIT) throw new Refused("OVERSIZE");
  return concat(MAGIC, u16(header.length), header);
}

function keysOf(
  key: Uint8Array,
  { prefix, nonce }: Pick<Front, "prefix" | "nonce">,
): { readonly aeadKey: Uint8Array; readonly com: Uint8Array } {
  const okm = kdf(key, "aead", parts(prefix, nonce), 64);
  return { aeadKey: okm.slice(0, 32), com: okm.slice(32) };
}

function toBeSigned({ prefix, nonce, com }: Front, ctHash: Uint8Array): Uint8Array {
  return pae("shk1/env", parts(prefix, nonce, com, ctHash));
}

function assemble({ prefix, nonce, com }: Front, ct: Uint8Array, sig: Uint8Array): Uint8Array {
  return concat(prefix, nonce, com, u32(ct.length), ct, sig);
}

// --- parse ----------------------------------------------------------------------------------------

/** Take the whole form apart: `OVERSIZE`, `BAD_MAGIC` or `BAD_LENGTH`; nothing may follow it. */
export function parse(wire: Uint8Array): Envelope {
  const reader = new Reader(wire);
  const front = readFront(reader);
  const size = reader.number(LENGTH_SIZE);
  if (size > CT_LIMIT) throw new Refused("OVERSIZE");
  const ct = reader.take(size);
  const sig = reader.take(SIGNATURE_SIZE);
  reader.finish();
  return new Envelope({ ...front, ct, ctHash: null, sig });
}

/** Take the form without content apart; the same refusals as `parse`. */
export function parseBare(bare: Uint8Array): Envelope {
  const reader = new Reader(bare);
  const front = readFront(reader);
  const ctHash = reader.take(HASH_SIZE);
  const sig = reader.take(SIGNATURE_SIZE);
  reader.finish();
  return new Envelope({ ...front, ct: null, ctHash, sig });
}

function readFront(reader: Reader): Front {
  const size = reader.number(2);
  if (size > STATE_HEADER_LIMIT) throw new Refused("OVERSIZE");
  const prefix = prefixOf(reader.take(size));
  return { prefix, nonce: reader.take(NONCE_SIZE), com: reader.take(COM_SIZE) };
}

/** Pieces of one byte string from front to back; `finish` judges all their lengths at once. */
class Reader {
  readonly #data: Uint8Array;
  #at = MAGIC.length;

  constructor(data: Uint8Array) {
    if (data.length > WIRE_LIMIT) throw new Refused("OVERSIZE");
    if (!startsWith(data, MAGIC)) throw new Refused("BAD_MAGIC");
    this.#data = data;
  }

  /** Past the end a piece is too short; `#at` still counts what should have been there. */
  take(size: number): Uint8Array {
    const piece = this.#data.slice(this.#at, this.#at + size);
    this.#at += size;
    return piece;
  }

  number(size: number): number {
    return this.take(size).reduce((value, byte) => value * 256 + byte, 0);
  }

  finish(): void {
    if (this.#at !== this.#data.length) throw new Refused("BAD_LENGTH");
  }
}
