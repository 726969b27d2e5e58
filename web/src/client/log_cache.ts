/**
 * Leaves that were verified before, kept under the vault's key: read again instead of fetched.
 *
 * What is read here is judged exactly like what a server sends: hashed, and compared with the
 * signed checkpoint and with the pinned root. Only one thing is taken from it on trust, and it is
 * why it is sealed: under which key a signature of these very bytes verified. That was this
 * device's own finding, it never changes, and finding it anew is most of what a long log costs.
 */

import { concat } from "../crypto/bytes";
import type { Entropy } from "../crypto/entropy";
import { Refused } from "../crypto/errors";
import { kdf, u32 } from "../crypto/hashing";
import { bytesOf, HASH_SIZE, hashOf, ZERO_HASH, type Key } from "../protocol/ids";
import { SIZE } from "../protocol/leaf";
import type { Marks } from "./stores";
import { openItem, sealItem } from "./vault_format";

/** One leaf of 93 bytes, its statement where it is held, and who signed that, in its order. */
export interface Known {
  readonly leaf: Uint8Array;
  readonly statement: Uint8Array | null;
  readonly signers: readonly (Key | null)[];
}

/** Leaves in one sealed record. */
export const SEGMENT = 128;

const NOTHING = new Uint8Array();
const HEADER = new TextEncoder().encode('{"v":1,"k":"log"}');
const HEAD = SIZE + 8;

/** The leaves of one vault's council; made by the vault, and useless once it is locked. */
export class LogCache {
  readonly #marks: Marks;
  readonly #entropy: Entropy;
  readonly #tag: string;
  readonly #key: Uint8Array;
  #closed = false;

  /** `vaultKey` is V, 32 bytes; `tag` tells the vaults of one profile apart. */
  constructor(
    vaultKey: Uint8Array,
    at: { readonly tag: string; readonly marks: Marks; readonly entropy: Entropy },
  ) {
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
      return decoded(openItem(this.#key, item));
    } catch (error) {
      if (error instanceof Refused) return [];
      throw error;
    }
  }

  /** Keeps the leaves of one segment; nothing is kept once the vault is locked. */
  async write(segment: number, known: readonly Known[]): Promise<void> {
    if (this.#closed) return;
    const plaintext = concat(...known.map(encoded));
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

/** Leaf, length of the statement (0 for none), number of signatures, both; zeros for no signer. */
function encoded({ leaf, statement, signers }: Known): Uint8Array {
  const raw = statement ?? NOTHING;
  const keys = signers.map((key) => bytesOf(key ?? ZERO_HASH));
  return concat(leaf, u32(raw.length), u32(keys.length), raw, ...keys);
}

function decoded(data: Uint8Array): readonly Known[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const known: Known[] = [];
  for (let at = 0; at < data.length;) {
    if (at + HEAD > data.length) throw new Refused("BAD_LENGTH");
    const body = at + HEAD;
    const keys = body + view.getUint32(at + SIZE);
    const end = keys + HASH_SIZE * view.getUint32(at + SIZE + 4);
    if (end > data.length) throw new Refused("BAD_LENGTH");
    known.push({
      leaf: data.slice(at, at + SIZE),
      statement: keys === body ? null : data.slice(body, keys),
      signers: signersIn(data.subarray(keys, end)),
    });
    at = end;
  }
  return known;
}

function signersIn(data: Uint8Array): readonly (Key | null)[] {
  return Array.from({ length: data.length / HASH_SIZE }, (_, at) => {
    const key = hashOf<Key>(data.subarray(at * HASH_SIZE, (at + 1) * HASH_SIZE));
    return key === (ZERO_HASH as string) ? null : key;
  });
}
