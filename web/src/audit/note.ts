/**
 * Signed notes of C2SP: a text, an empty line, and one line for each signature.
 *
 * A note is bytes from end to end. Signatures under unknown keys are ignored, so that witnesses
 * and new keys may sign beside the log; one known key must have signed.
 */

import { b64, fromB64, hex } from "../crypto/bytes";
import { Refused } from "../crypto/errors";
import { sha256 } from "../crypto/sha256";
import { requirePoint, verify } from "../crypto/signing";

/** Algorithm byte before the public key of a log's own signature. */
export const ED25519 = 1;

/** Most signature lines of a note; the specification asks for at least 16. */
export const SIGNATURE_LIMIT = 100;

const SIZE_LIMIT = 1 << 20;
const KEY_ID_SIZE = 4;
const NEWLINE = 10;
const CONTROL = /[\x00-\x09\x0b-\x1f]/;
// Spaces of Unicode, spelt out: what `\s` means differs between languages.
const SPACE =
  "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const LINE = new RegExp(`^— ([^${SPACE}+]+) ([A-Za-z0-9+/=]+)$`, "u");
const NAME = new RegExp(`^[^${SPACE}+\\x00-\\x1f]+$`, "u");
const VKEY = new RegExp(`^([^${SPACE}+]+)\\+([0-9a-f]{8})\\+([A-Za-z0-9+/=]+)$`, "u");

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A public key known under a name: 32 bytes of Ed25519. */
export class Verifier {
  readonly name: string;
  readonly public: Uint8Array;
  /** Four bytes, in hex, by which a signature line names its key. */
  readonly keyId: string;

  constructor(name: string, publicKey: Uint8Array) {
    this.name = name;
    this.public = publicKey;
    const typed = Uint8Array.of(NEWLINE, ED25519, ...publicKey);
    this.keyId = hex(sha256(ENCODER.encode(name), typed).subarray(0, KEY_ID_SIZE));
  }

  /**
   * Read `name+id+base64(0x01 ‖ key)`.
   *
   * Throws BAD_PROOF for another form or algorithm, BAD_B64, WEAK_KEY.
   */
  static parse(vkey: string): Verifier {
    const [, name, , key] = VKEY.exec(vkey) ?? [];
    if (name === undefined || key === undefined) throw new Refused("BAD_PROOF", { why: "vkey" });
    const typed = fromB64(key);
    if (!NAME.test(name)) throw new Refused("BAD_PROOF", { why: "key-name" });
    const verifier = new Verifier(name, typed.slice(1));
    requirePoint(verifier.public);
    if (verifier.vkey !== vkey) throw new Refused("BAD_PROOF", { why: "vkey" });
    return verifier;
  }

  /** The key in one line of text. */
  get vkey(): string {
    return `${this.name}+${this.keyId}+${b64(Uint8Array.of(ED25519, ...this.public))}`;
  }
}

/** A text whose signatures by known keys were checked; `signedBy` is not empty. */
export interface Note {
  readonly text: Uint8Array;
  readonly signedBy: readonly Verifier[];
}

/**
 * Check a note (at most 1 MiB, 100 signature lines) against keys that are known beforehand.
 *
 * Throws BAD_PROOF for a malformed note, BAD_B64, BAD_SIG when the signature of a known key is
 * wrong, UNTRUSTED when no known key signed.
 */
export function openNote(raw: Uint8Array, verifiers: readonly Verifier[]): Note {
  const { text, lines } = divide(raw);
  const known = new Map(verifiers.map((each) => [`${each.name} ${each.keyId}`, each]));
  const signedBy = new Map<string, Verifier>();
  for (const line of lines) {
    const { name, blob } = parseLine(line);
    const place = `${name} ${hex(blob.subarray(0, KEY_ID_SIZE))}`;
    const verifier = known.get(place);
    if (verifier && !signedBy.has(place)) {
      verify({ public: verifier.public, message: text, signature: blob.slice(KEY_ID_SIZE) });
      signedBy.set(place, verifier);
    }
  }
  if (signedBy.size === 0) throw new Refused("UNTRUSTED");
  return { text, signedBy: [...signedBy.values()] };
}

/** Part the text from the signature lines. */
function divide(raw: Uint8Array): { text: Uint8Array; lines: string[] } {
  const gap = lastGap(raw);
  if (gap < 0 || raw.length > SIZE_LIMIT) throw malformed();
  const text = raw.slice(0, gap + 1);
  const lines = checkedText(raw.subarray(gap + 2))
    .split("\n")
    .slice(0, -1);
  checkedText(text);
  if (lines.length > SIGNATURE_LIMIT) throw malformed();
  return { text, lines };
}

/** Where the last empty line begins: the text may hold empty lines itself. */
function lastGap(raw: Uint8Array): number {
  let at = raw.length - 2;
  while (at >= 0 && !(raw[at] === NEWLINE && raw[at + 1] === NEWLINE)) at -= 1;
  return at;
}

function checkedText(text: Uint8Array): string {
  const decoded = utf8(text);
  if (decoded === null || !decoded.endsWith("\n") || CONTROL.test(decoded)) throw malformed();
  return decoded;
}

/** Read UTF-8 strictly; null for what is none. */
export function utf8(data: Uint8Array): string | null {
  try {
    return DECODER.decode(data);
  } catch {
    return null;
  }
}

function malformed(): Refused {
  return new Refused("BAD_PROOF", { why: "note" });
}

function parseLine(line: string): { name: string; blob: Uint8Array } {
  const [, name, signature] = LINE.exec(line) ?? [];
  if (name === undefined || signature === undefined) {
    throw new Refused("BAD_PROOF", { why: "signature-line" });
  }
  const blob = fromB64(signature);
  if (blob.length <= KEY_ID_SIZE) throw new Refused("BAD_PROOF", { why: "signature-line" });
  return { name, blob };
}
