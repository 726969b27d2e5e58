/**
 * J1, the strict profile of JSON (protocol, section 5.1): one pass that checks and reads.
 *
 * Nothing else in the program reads protocol bytes: `JSON.parse` takes the last of two equal keys,
 * rounds big numbers and keeps lone surrogates (section 1.6).
 */

import { Refused } from "../crypto/errors";

/** A value as read; objects are Maps, which keep the order of their keys and know no prototype. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = ReadonlyMap<string, Json>;

export const PAYLOAD_LIMIT = 64 * 1024;
export const HEADER_LIMIT = 8 * 1024;
export const STATE_HEADER_LIMIT = 32 * 1024;

const DEPTH = 6;
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?[1-9][0-9]{0,15}|0/y;
const HIGH = /^[dD][89abAB]/;
const LOW = /^[dD][c-fC-F]/;
const FOUR = /^[0-9a-fA-F]{4}$/;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};
const LITERALS: readonly (readonly [string, Json])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];

/** Read one object of J1; `OVERSIZE` above `limit` bytes, else `BAD_J1`. */
export function readJ1(data: Uint8Array, limit: number): JsonObject {
  if (data.length > limit) throw new Refused("OVERSIZE");
  return new Reader(decodeUtf8(data)).whole();
}

function decodeUtf8(data: Uint8Array): string {
  try {
    return UTF8.decode(data);
  } catch (error) {
    throw new Refused("BAD_J1", {}, { cause: error });
  }
}

function bad(): Refused {
  return new Refused("BAD_J1");
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): JsonObject {
    this.#space();
    if (this.#text[this.#at] !== "{") throw bad();
    const found = this.#object(1);
    this.#space();
    if (this.#at !== this.#text.length) throw bad();
    return found;
  }

  #value(depth: number): Json {
    switch (this.#text.charAt(this.#at)) {
      case "{":
        return this.#object(depth + 1);
      case "[":
        return this.#array(depth + 1);
      case '"':
        return this.#string();
      case "t":
      case "f":
      case "n":
        return this.#literal();
      default:
        return this.#number();
    }
  }

  #object(depth: number): JsonObject {
    const found = new Map<string, Json>();
    this.#items("}", depth, () => {
      const key = this.#key();
      if (key === "__proto__" || found.has(key)) throw bad();
      found.set(key, this.#value(depth));
    });
    return found;
  }

  #array(depth: number): readonly Json[] {
    const found: Json[] = [];
    this.#items("]", depth, () => found.push(this.#value(depth)));
    return found;
  }

  /** Read what stands between brackets, item by item. */
  #items(close: string, depth: number, item: () => void): void {
    if (depth > DEPTH) throw bad();
    this.#at++;
    this.#space();
    if (this.#takes(close)) return;
    for (;;) {
      item();
      this.#space();
      if (this.#takes(close)) return;
      if (!this.#takes(",")) throw bad();
      this.#space();
    }
  }

  #key(): string {
    const key = this.#string();
    this.#space();
    if (!this.#takes(":")) throw bad();
    this.#space();
    return key;
  }

  #string(): string {
    if (!this.#takes('"')) throw bad();
    let found = "";
    for (let from = this.#at; ;) {
      const code = this.#text.charCodeAt(this.#at);
      if (!(code >= 0x20)) throw bad(); // a control character, or the end (NaN)
      if (code === 0x22) return found + this.#text.slice(from, this.#at++);
      if (code === 0x5c) {
        found += this.#text.slice(from, this.#at) + this.#escape();
        from = this.#at;
      } else {
        this.#at++;
      }
    }
  }

  #escape(): string {
    const letter = this.#text[this.#at + 1] ?? "";
    this.#at += 2;
    if (letter !== "u") {
      const found = ESCAPES[letter];
      if (found === undefined) throw bad();
      return found;
    }
    const first = this.#four();
    if (LOW.test(first)) throw bad();
    if (!HIGH.test(first)) return unit(first);
    if (!this.#takes("\\") || !this.#takes("u")) throw bad();
    const second = this.#four();
    if (!LOW.test(second)) throw bad();
    return unit(first) + unit(second);
  }

  #four(): string {
    const digits = this.#text.slice(this.#at, this.#at + 4);
    if (!FOUR.test(digits)) throw bad();
    this.#at += 4;
    return digits;
  }

  #literal(): Json {
    for (const [word, value] of LITERALS) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    throw bad();
  }

  #number(): number {
    NUMBER.lastIndex = this.#at;
    const digits = NUMBER.exec(this.#text)?.[0];
    if (digits === undefined) throw bad();
    this.#at += digits.length;
    const found = Number(digits);
    if (!Number.isSafeInteger(found)) throw bad();
    return found;
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    SPACE.test(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #takes(mark: string): boolean {
    if (this.#text[this.#at] !== mark) return false;
    this.#at++;
    return true;
  }
}

function unit(digits: string): string {
  return String.fromCharCode(Number.parseInt(digits, 16));
}
