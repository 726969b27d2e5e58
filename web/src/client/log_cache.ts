/**
 * Leaves that were verified before, kept under the vault's key: read again instead of fetched.
 *
 * The leaves are judged exactly like what a server sends: hashed, and compared with the signed
 * checkpoint and with the pinned root. Taken on trust is only this device's own finding about the
 * statement behind a leaf, and that is why it is sealed: under which keys its signatures verified;
 * and, where the leaf is of no case, that it was accepted, with what it says. Such a verdict hangs
 * on the leaves before it and on the program's rules alone. The leaves are compared, and what
 * another program kept is not read (`RULES`). Finding it all anew is most of what a long log costs.
 */

import { b64u, fromB64u } from "../crypto/bytes";
import type { Entropy } from "../crypto/entropy";
import { Refused } from "../crypto/errors";
import { kdf } from "../crypto/hashing";
import type { Payload } from "../protocol/generated";
import type { Key } from "../protocol/ids";
import type { Signature } from "../protocol/statement";
import type { Marks } from "./stores";
import { openItem, sealItem } from "./vault_format";

/** An accepted statement of no case: what it says, and the signatures that count, by key. */
export interface Accepted {
  readonly body: Payload;
  readonly signatures: readonly Signature[];
}

/** One leaf of 93 bytes, its statement where it is held, and what was found about that. */
export interface Known {
  readonly leaf: Uint8Array;
  readonly statement: Uint8Array | null;
  /** Who signed it, in its order; empty where `accepted` says more. */
  readonly signers: readonly (Key | null)[];
  readonly accepted: Accepted | null;
}

/** Leaves in one sealed record. */
export const SEGMENT = 128;

/** Names the rules by which this program judges: a hash of their source, set by the build. */
export const RULES = __RULES__;

const NOTHING = new Uint8Array();
const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const HEADER = ENCODER.encode('{"v":2,"k":"log"}');

/** The leaves of one vault's council; made by the vault, and useless once it is locked. */
export class LogCache {
  readonly #marks: Marks;
  readonly #entropy: Entropy;
  readonly #tag: string;
  readonly #rules: string;
  readonly #key: Uint8Array;
  #closed = false;

  /** `vaultKey` is V, 32 bytes; `tag` tells the vaults of one profile apart. */
  constructor(
    vaultKey: Uint8Array,
    at: {
      readonly tag: string;
      readonly marks: Marks;
      readonly entropy: Entropy;
      readonly rules?: string;
    },
  ) {
    this.#rules = at.rules ?? RULES;
    this.#marks = at.marks;
    this.#entropy = at.entropy;
    this.#tag = at.tag;
    this.#key = kdf(vaultKey, "log", NOTHING);
  }

  /** Gives the leaves from the first on, as far as they are there and open. */
  async read(): Promise<readonly Known[]> {
    const keys = await this.#marks.keys("log", `${this.#tag}/`);
    const items = await Promise.all(keys.map((key) => this.#marks.get("log", key)));
    const found = new Map(keys.map((key, at) => [key, items[at] ?? null]));
    const known: Known[] = [];
    for (let segment = 0; ; segment += 1) {
      const part = this.#opened(found.get(this.#place(segment)) ?? null);
      known.push(...part);
      if (part.length < SEGMENT) return known;
    }
  }

  #opened(item: Uint8Array | null): readonly Known[] {
    if (item === null || this.#closed) return [];
    try {
      return decoded(openItem(this.#key, item), this.#rules);
    } catch (error) {
      if (error instanceof Refused) return [];
      throw error;
    }
  }

  /** Keeps the leaves of one segment; nothing is kept once the vault is locked. */
  async write(segment: number, known: readonly Known[]): Promise<void> {
    if (this.#closed) return;
    const plaintext = encoded(known, this.#rules);
    const item = sealItem(this.#key, { header: HEADER, plaintext, entropy: this.#entropy });
    await this.#marks.put("log", this.#place(segment), item);
  }

  /** Forgets everything: it did not fit. */
  async drop(): Promise<void> {
    for (const key of await this.#marks.keys("log", `${this.#tag}/`)) {
      await this.#marks.drop("log", key);
    }
  }

  /** Wipes the key. */
  close(): void {
    this.#closed = true;
    this.#key.fill(0);
  }

  #place(segment: number): string {
    return `${this.#tag}/${segment}`;
  }
}

// --- one record -----------------------------------------------------------------------------------

/**
 * A leaf, the text of its statement, the keys of its signers, what it says, and by key the
 * signatures that count. Only the browser's own parser is fast enough for it, and may read it: this
 * program wrote it and it comes from under the vault's seal.
 */
type Row = readonly [
  leaf: string,
  statement: string | null,
  signers: readonly (Key | null)[],
  body: Payload | null,
  signatures: readonly (readonly [pk: Key, sig: string])[],
];

interface Kept {
  readonly rules: string;
  readonly rows: readonly Row[];
}

function encoded(known: readonly Known[], rules: string): Uint8Array {
  const rows = known.map(({ leaf, statement, signers, accepted }): Row => {
    const text = statement === null ? null : DECODER.decode(statement);
    const signatures = accepted?.signatures.map(({ pk, sig }) => [pk, b64u(sig)] as const) ?? [];
    return [b64u(leaf), text, signers, accepted?.body ?? null, signatures];
  });
  return ENCODER.encode(JSON.stringify({ rules, rows } satisfies Kept));
}

/** Nothing where another program's rules judged. */
function decoded(data: Uint8Array, rules: string): readonly Known[] {
  const kept = JSON.parse(DECODER.decode(data)) as Kept;
  if (kept.rules !== rules) return [];
  return kept.rows.map(([leaf, text, signers, body, signatures]) => ({
    leaf: fromB64u(leaf),
    statement: text === null ? null : ENCODER.encode(text),
    signers,
    accepted: body === null ? null : { body, signatures: signatures.map(signatureOf) },
  }));
}

function signatureOf([pk, sig]: Row[4][number]): Signature {
  return { pk, sig: fromB64u(sig) };
}
