/**
 * Invitations: one secret the server never sees, as a code to type and a link (section 5.4).
 *
 * Everything is derived from 16 random bytes s: the id under which the server files the
 * invitation, and the keys of the macs that bind network, joiner and device to it.
 */

import { fromB64u } from "../crypto/bytes";
import { Refused } from "../crypto/errors";
import { digits12, kdf, mac, pae, parts, sha256 } from "../crypto/hashing";
import { SALT_SIZE, stretch } from "../crypto/password";
import { STANDARD } from "../crypto/profiles";
import { sodium } from "../crypto/sodium";
import {
  bytesOf,
  hashOf,
  ID_SIZE,
  idOf,
  type Digest,
  type InvId,
  type Key,
  type LinkId,
  type NetId,
  type Wid,
} from "./ids";

export const SECRET_SIZE = 16;
export const CODE_SIZE = 28;

const DATA_SIZE = 26;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const NOTHING = new Uint8Array();
// White space is spelt out: languages disagree on what \s is.
const LINK =
  /^(?<origin>[a-z][a-z0-9]*:\/\/[^/?#\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+)\/join#shk1\.(?<net>[A-Za-z0-9_-]{43})\.(?<code>[A-Za-z0-9-]+)$/;

/** The secret of one invitation or device link, from 16 random bytes; it has no text form. */
export class Secret {
  readonly #seed: Uint8Array;
  readonly #root: Uint8Array;

  constructor(seed: Uint8Array) {
    if (seed.length !== SECRET_SIZE) throw new RangeError();
    this.#seed = seed;
    this.#root = sha256(pae("shk1/invite-secret", seed));
  }

  /** The invitation's public id. */
  get inv(): InvId {
    return idOf(this.#id("inv"));
  }

  /** The public id of a link between two devices of one person. */
  get lid(): LinkId {
    return idOf(this.#id("lid"));
  }

  /** Return the code to type: 28 characters without separators. */
  code(): string {
    return base32(this.#seed) + checkCharacters(this.#seed);
  }

  /** Return the link to open; the fragment never travels in a request. */
  link({ origin, net }: { readonly origin: string; readonly net: NetId }): string {
    return `${origin}/join#shk1.${net}.${this.code()}`;
  }

  /** `am`: proves to the joiner that the network she found is the inviting one. */
  inviteNet(net: NetId): Digest {
    const message = pae("shk1/invite-net", parts(bytesOf(net), bytesOf(this.inv)));
    return macOf(kdf(this.#root, "inet", NOTHING), message);
  }

  /** Prove to the new device which network and which person its sibling meant. */
  linkNet(net: NetId, { wid, ik }: { readonly wid: Wid; readonly ik: Key }): Digest {
    const body = parts(bytesOf(net), bytesOf(this.lid), bytesOf(wid), bytesOf(ik));
    return macOf(kdf(this.#root, "inet", NOTHING), pae("shk1/link-net", body));
  }

  /** Authenticate a `join` (its `pae`) to the registrar. */
  join(net: NetId, { tbs }: { readonly tbs: Uint8Array }): Digest {
    return macOf(kdf(this.#root, "invite", parts(bytesOf(net), bytesOf(this.inv))), tbs);
  }

  /** Authenticate a `link` (its `pae`) to the sibling device. */
  linkRequest(net: NetId, { tbs }: { readonly tbs: Uint8Array }): Digest {
    return macOf(kdf(this.#root, "link", parts(bytesOf(net), bytesOf(this.lid))), tbs);
  }

  #id(purpose: string): Uint8Array {
    return kdf(this.#root, purpose, NOTHING).slice(0, ID_SIZE);
  }
}

/** An invitation link taken apart; `secret` alone is confidential. */
export interface InvitationLink {
  readonly origin: string;
  readonly net: NetId;
  readonly secret: Secret;
}

/** Refuse (`BAD_TAG`) a mac other than the one computed here; in constant time. */
export function requireMac(macs: { readonly ours: Uint8Array; readonly theirs: Uint8Array }): void {
  const { ours, theirs } = macs;
  if (ours.length !== theirs.length || !sodium.memcmp(ours, theirs)) throw new Refused("BAD_TAG");
}

/** What both sides hold of an enrolment. */
export interface Enrolment {
  readonly net: NetId;
  readonly inv: InvId;
  readonly ik: Key;
  readonly dk: Key;
  readonly ekh: Digest;
}

/**
 * Return the twelve digits that joiner and registrar read to each other.
 *
 * Hashed slowly, since whoever searches keys for equal digits must pay for each try.
 */
export function enrolmentDigits({ net, inv, ik, dk, ekh }: Enrolment): string {
  const salt = sha256(pae("shk1/enrol-salt", bytesOf(net))).slice(0, SALT_SIZE);
  const typed = pae("shk1/enrol-code", parts(...[net, inv, ik, dk, ekh].map(bytesOf)));
  return digits12(stretch(typed, { salt, profile: STANDARD }));
}

// --- the code a person types ----------------------------------------------------------------------

const WIDE = /[\uff01-\uff5e]/g;
const TO_ASCII = 0xfee0;
// What a Japanese keyboard makes of a separator.
const SEPARATORS = /[ \t\r\n\u3000\-\u2010\u2011\u2212\u30fc]/g;
const MISTAKEN: Readonly<Record<string, string>> = { "0": "O", "1": "I", "8": "B" };

/** Show a code in groups of four, as it is printed and read aloud. */
export function grouped(code: string): string {
  return (code.match(/.{1,4}/g) ?? []).join("-");
}

/**
 * Read a typed code; case, separators, full-width forms and 0 1 8 are forgiven.
 *
 * Throws `BAD_LENGTH` unless 28 characters remain, `BAD_B64` when they are no code: a foreign
 * character, spare bits, or check characters that do not fit.
 */
export function readCode(typed: string): Secret {
  const code = typed
    .replace(WIDE, (wide) => String.fromCharCode(wide.charCodeAt(0) - TO_ASCII))
    .replace(SEPARATORS, "")
    .toUpperCase()
    .replace(/[018]/g, (digit) => MISTAKEN[digit] ?? digit);
  if (Array.from(code).length !== CODE_SIZE) throw new Refused("BAD_LENGTH");
  const secret = new Secret(fromBase32(code.slice(0, DATA_SIZE)));
  if (secret.code() !== code) throw new Refused("BAD_B64");
  return secret;
}

/** Take an invitation link apart; `BAD_B64` when it has another form, else as `readCode`. */
export function readLink(text: string): InvitationLink {
  const { origin, net, code } = LINK.exec(text)?.groups ?? {};
  if (origin === undefined || net === undefined || code === undefined) throw new Refused("BAD_B64");
  return { origin, net: hashOf(fromB64u(net)), secret: readCode(code) };
}

function base32(data: Uint8Array): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of data) {
    bits = ((bits << 8) | byte) & 0xfff;
    for (held += 8; held >= 5; held -= 5) text += ALPHABET.charAt((bits >> (held - 5)) & 31);
  }
  return held === 0 ? text : text + ALPHABET.charAt((bits << (5 - held)) & 31);
}

function fromBase32(text: string): Uint8Array {
  const data = new Uint8Array(Math.floor((text.length * 5) / 8));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const letter of text) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) throw new Refused("BAD_B64");
    bits = ((bits << 5) | value) & 0xfff;
    held += 5;
    if (held >= 8) {
      held -= 8;
      data[at++] = (bits >> held) & 0xff;
    }
  }
  return data;
}

function checkCharacters(seed: Uint8Array): string {
  const [first = 0, second = 0] = sha256(pae("shk1/code-check", seed));
  const bits = ((first << 8) | second) >> 6;
  return ALPHABET.charAt(bits >> 5) + ALPHABET.charAt(bits & 31);
}

function macOf(key: Uint8Array, message: Uint8Array): Digest {
  return hashOf(mac(key, message));
}
