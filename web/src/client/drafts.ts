/**
 * Words typed and not yet sealed for anybody: kept under the vault's key, so that none is lost.
 *
 * A draft never leaves this profile. Its place (which room, which field) is blinded too.
 */

import type { Entropy } from "../crypto/entropy";
import { Refused } from "../crypto/errors";
import { kdf, mac, pae } from "../crypto/hashing";
import { decode, encode } from "../protocol/codec";
import { hashOf } from "../protocol/ids";
import type { Shape } from "../protocol/kinds";
import type { Marks } from "./stores";
import { openItem, PLAIN_LIMIT, sealItem } from "./vault_format";

/** What was typed at a place; `at` is the server's time in ms. */
export interface Draft {
  readonly v: 1;
  readonly key: string;
  readonly at: number;
  readonly text: string;
}

const DRAFT: Shape<Draft> = {
  name: "Draft",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["key", { k: "text" }],
    ["at", { k: "int", min: 0 }],
    ["text", { k: "text" }],
  ],
};

const NOTHING = new Uint8Array();
const HEADER = new TextEncoder().encode('{"v":1,"k":"draft"}');

/** The drafts of one vault; made by it, and useless once it is locked. */
export class Drafts {
  readonly #marks: Marks;
  readonly #entropy: Entropy;
  readonly #tag: string;
  readonly #key: Uint8Array;
  readonly #blind: Uint8Array;

  /** `vaultKey` is V, 32 bytes; `tag` tells the vaults of one profile apart. */
  constructor(vaultKey: Uint8Array, at: { tag: string; marks: Marks; entropy: Entropy }) {
    this.#marks = at.marks;
    this.#entropy = at.entropy;
    this.#tag = at.tag;
    this.#key = kdf(vaultKey, "draft", NOTHING);
    this.#blind = kdf(vaultKey, "draft-place", NOTHING);
  }

  /** Keeps what is typed at a place; an empty text forgets it. */
  async put(key: string, text: string, at: number): Promise<void> {
    if (text === "") {
      await this.drop(key);
      return;
    }
    const plaintext = encode({ v: 1, key, at, text }, DRAFT);
    const item = sealItem(this.#key, { header: HEADER, plaintext, entropy: this.#entropy });
    await this.#marks.put("draft", this.#place(key), item);
  }

  /** Gives back what was typed there, or null. */
  async get(key: string): Promise<Draft | null> {
    return this.#read(this.#place(key));
  }

  /** Gives every draft of this vault, oldest first. */
  async list(): Promise<readonly Draft[]> {
    const places = await this.#marks.keys("draft", `${this.#tag}/`);
    const found = await Promise.all(places.map((place) => this.#read(place)));
    return found.filter((draft) => draft !== null).sort((a, b) => a.at - b.at);
  }

  /** Forgets a draft, once its words are sealed and answered. */
  async drop(key: string): Promise<void> {
    await this.#marks.drop("draft", this.#place(key));
  }

  /** Wipes the keys. */
  close(): void {
    this.#key.fill(0);
    this.#blind.fill(0);
  }

  /** One that does not open, or was moved to another place, is passed over: it is no draft. */
  async #read(place: string): Promise<Draft | null> {
    const item = await this.#marks.get("draft", place);
    if (item === null) return null;
    try {
      const draft = decode(openItem(this.#key, item), DRAFT, { limit: PLAIN_LIMIT });
      return this.#place(draft.key) === place ? draft : null;
    } catch (error) {
      if (error instanceof Refused) return null;
      throw error;
    }
  }

  #place(key: string): string {
    const typed = pae("shk1/draft", new TextEncoder().encode(key));
    return `${this.#tag}/${hashOf(mac(this.#blind, typed))}`;
  }
}
