/**
 * Hashes and the two framings under them; every keyed call carries its own type string.
 *
 * Source: protocol, section 5.1. Integers are unsigned big-endian.
 */

import { concat, utf8 } from "./bytes";
import { sha256 as treeSha256 } from "./sha256";
import { sodium } from "./sodium";

export { concat } from "./bytes";

const CODE_SPACE = 10n ** 12n;

/** H(x): SHA-256, 32 bytes. */
export function sha256(data: Uint8Array): Uint8Array {
  return data.length <= SHORT ? treeSha256(data) : sodium.crypto_hash_sha256(data);
}

// Below this many bytes plain JavaScript is faster than copying into WebAssembly.
const SHORT = 256;

/** Write one byte; RangeError outside 0..255. */
export function u8(value: number): Uint8Array {
  return big(value, 1);
}

/** Write two bytes; RangeError outside their range. */
export function u16(value: number): Uint8Array {
  return big(value, 2);
}

/** Write four bytes; RangeError outside their range. */
export function u32(value: number): Uint8Array {
  return big(value, 4);
}

/** Write eight bytes of a safe integer (at most 2⁵³−1), else RangeError. */
export function u64(value: number): Uint8Array {
  return big(value, 8);
}

function big(value: number, size: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0 || value >= 256 ** size) throw new RangeError();
  const data = new Uint8Array(size);
  let rest = value;
  for (let at = size - 1; at >= 0; at--) {
    data[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return data;
}

/** Join byte strings so that no two lists give the same result: each behind its u32 length. */
export function parts(...items: readonly Uint8Array[]): Uint8Array {
  return concat(...items.flatMap((item) => [u32(item.length), item]));
}

/** Frame a body under its type string: the pre-authentication encoding of DSSE v1. */
export function pae(kind: string, body: Uint8Array): Uint8Array {
  const size = utf8(kind).length;
  return concat(utf8(`DSSEv1 ${size} ${kind} ${body.length} `), body);
}

/** Derive `size` bytes (at most 64) from a 32-byte key for one purpose and context. */
export function kdf(key: Uint8Array, purpose: string, context: Uint8Array, size = 32): Uint8Array {
  return sodium.crypto_generichash(size, pae("shk1/kdf/" + purpose, context), key);
}

/** Authenticate a typed message (a `pae`) under a 32-byte key: BLAKE2b-256, 32 bytes. */
export function mac(key: Uint8Array, message: Uint8Array): Uint8Array {
  return keyed(key, message);
}

/** Blind a guessable text under a 32-byte salt: BLAKE2b-256 of the raw message, 32 bytes. */
export function keyed(key: Uint8Array, message: Uint8Array): Uint8Array {
  return sodium.crypto_generichash(32, message, key);
}

/** Return twelve digits to read aloud, as 4-4-4, from the first eight bytes of a digest. */
export function digits12(digest: Uint8Array): string {
  let value = 0n;
  for (const byte of digest.subarray(0, 8)) value = value * 256n + BigInt(byte);
  const digits = (value % CODE_SPACE).toString().padStart(12, "0");
  return `${digits.slice(0, 4)}-${digits.slice(4, 8)}-${digits.slice(8)}`;
}
