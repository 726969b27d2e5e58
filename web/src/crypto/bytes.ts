/** Bytes and their text forms; every reader is strict: what it reads is what it would write. */

import { Refused } from "./errors";

const ENCODER = new TextEncoder();
const ASCII = new TextDecoder("latin1");

const URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const FOREIGN = 0xff;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

interface Alphabet {
  readonly codes: Uint8Array;
  readonly values: Uint8Array;
}

function alphabet(letters: string): Alphabet {
  const codes = ENCODER.encode(letters);
  const values = new Uint8Array(256).fill(FOREIGN);
  codes.forEach((code, value) => (values[code] = value));
  return { codes, values };
}

const URL_ALPHABET = alphabet(URL_SAFE);
const STANDARD_ALPHABET = alphabet(STANDARD);

/** Encode text as UTF-8. */
export function utf8(text: string): Uint8Array {
  return ENCODER.encode(text);
}

/** Join byte strings. */
export function concat(...items: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(items.reduce((sum, item) => sum + item.length, 0));
  let at = 0;
  for (const item of items) {
    joined.set(item, at);
    at += item.length;
  }
  return joined;
}

/** Compare bytewise, a prefix before what it begins: negative, zero or positive. */
export function compare(left: Uint8Array, right: Uint8Array): number {
  const shared = Math.min(left.length, right.length);
  for (let at = 0; at < shared; at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Answer whether two public byte strings are equal; not in constant time. */
export function equal(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && compare(left, right) === 0;
}

/** Answer whether bytes begin with a prefix. */
export function startsWith(data: Uint8Array, prefix: Uint8Array): boolean {
  return data.length >= prefix.length && equal(data.subarray(0, prefix.length), prefix);
}

// --- hex ------------------------------------------------------------------------------------------

/** Write lower-case hex. */
export function hex(data: Uint8Array): string {
  let text = "";
  for (const byte of data) text += HEX[byte] ?? "";
  return text;
}

/** Read hex of either case; `BAD_J1` for an odd length or a foreign character. */
export function fromHex(text: string): Uint8Array {
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(text)) throw new Refused("BAD_J1");
  const data = new Uint8Array(text.length / 2);
  for (let at = 0; at < data.length; at++) {
    data[at] = Number.parseInt(text.slice(2 * at, 2 * at + 2), 16);
  }
  return data;
}

// --- base64 ---------------------------------------------------------------------------------------

/** Write base64url without padding. */
export function b64u(data: Uint8Array): string {
  return write(data, URL_ALPHABET.codes);
}

/** Write standard base64 with padding. */
export function b64(data: Uint8Array): string {
  const text = write(data, STANDARD_ALPHABET.codes);
  return text.padEnd(Math.ceil(text.length / 4) * 4, "=");
}

/** Read base64url without padding; `BAD_B64` unless writing it again gives the same text. */
export function fromB64u(text: string): Uint8Array {
  return read(text, URL_ALPHABET.values);
}

/** Read padded base64; `BAD_B64` unless writing it again gives the same text. */
export function fromB64(text: string): Uint8Array {
  if (text.length % 4 !== 0) throw new Refused("BAD_B64");
  const end = text.endsWith("==") ? -2 : text.endsWith("=") ? -1 : text.length;
  return read(text.slice(0, end), STANDARD_ALPHABET.values);
}

function write(data: Uint8Array, codes: Uint8Array): string {
  const text = new Uint8Array(Math.ceil((data.length * 4) / 3));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const byte of data) {
    bits = ((bits << 8) | byte) & 0xffff;
    held += 8;
    while (held >= 6) {
      held -= 6;
      text[at++] = codes[(bits >> held) & 63] ?? 0;
    }
  }
  if (held > 0) text[at] = codes[(bits << (6 - held)) & 63] ?? 0;
  return ASCII.decode(text);
}

function read(text: string, values: Uint8Array): Uint8Array {
  if (text.length % 4 === 1) throw new Refused("BAD_B64");
  const data = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let place = 0; place < text.length; place++) {
    const value = values[text.charCodeAt(place)] ?? FOREIGN;
    if (value === FOREIGN) throw new Refused("BAD_B64");
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      data[at++] = (bits >> held) & 0xff;
    }
  }
  // Spare bits that are not zero would make two texts of one value.
  if ((bits & ((1 << held) - 1)) !== 0) throw new Refused("BAD_B64");
  return data;
}
