/** The encrypted vault of one person on one device: one owner at a time (section 5.19). */

import type { Entropy } from "../crypto/entropy";
import { Refused } from "../crypto/errors";
import { kdf } from "../crypto/hashing";
import { FLOOR, STANDARD } from "../crypto/profiles";
import { decode, encode } from "../protocol/codec";
import type { Did } from "../protocol/ids";
import { hashOf } from "../protocol/ids";
import { EMPTY } from "./contents";
import { Drafts } from "./drafts";
import { Contents } from "./generated";
import { LogCache } from "./log_cache";
import { openPrf, sealPrf } from "./prf";
import { signerOf, type Signer } from "./signer";
import type { Marks, Owners, Release, Store } from "./stores";
import { LocalOwners, MemoryMarks } from "./stores";
import * as fmt from "./vault_format";

/** What a passphrase costs outside of tests. */
export const USUAL: fmt.Costs = { profile: STANDARD, floor: FLOOR };

/** Where a vault lies and what it is opened with. */
export interface Place {
  readonly store: Store;
  readonly name: string;
  readonly entropy: Entropy;
  readonly costs?: fmt.Costs;
  /** One owner at a time; without it, nobody else is asked. */
  readonly owners?: Owners;
  /** Counts of saves, drafts, second wraps; without it they end with the page. */
  readonly marks?: Marks;
}

interface Opened {
  readonly key: Uint8Array;
  readonly sealed: fmt.Sealed;
  readonly contents: Contents;
  readonly rev: number;
  readonly dk: Signer | null;
  readonly release: Release;
}

/** An open vault; `contents` is what was last saved. */
export class Vault {
  /** Words not yet sealed for anybody. */
  readonly drafts: Drafts;
  /** Leaves of the identity log that were verified before. */
  readonly log: LogCache;
  readonly #place: Required<Place>;
  readonly #release: Release;
  readonly #key: Uint8Array;
  readonly #tag: string;
  #sealed: fmt.Sealed;
  #contents: Contents;
  #rev: number;
  #dk: Signer | null;
  #saving: Promise<unknown> = Promise.resolve();
  #closed = false;

  private constructor(place: Required<Place>, opened: Opened) {
    this.#place = place;
    this.#release = opened.release;
    this.#key = opened.key;
    this.#sealed = opened.sealed;
    this.#contents = opened.contents;
    this.#rev = opened.rev;
    this.#dk = opened.dk;
    this.#tag = tagOf(opened.key);
    const at = { tag: this.#tag, marks: place.marks, entropy: place.entropy };
    this.drafts = new Drafts(opened.key, at);
    this.log = new LogCache(opened.key, at);
  }

  /** Makes a new vault; CONFLICT when the name is taken or in use. */
  static async create(at: Place, passphrase: string): Promise<Vault> {
    const place = completed(at);
    return owning(place, async (release) => {
      if ((await place.store.read(place.name)) !== null) {
        throw new Refused("CONFLICT", { why: "vault-exists" });
      }
      const { costs, entropy } = place;
      const key = fmt.newKey(entropy);
      const lock = fmt.lock(key, passphrase, { ...costs, entropy });
      const body = fmt.sealBody(key, encode(EMPTY, Contents), { rev: 1, entropy });
      const sealed: fmt.Sealed = { lock, dk: null, ik: null, body };
      await place.store.write(place.name, fmt.encodeSealed(sealed));
      await place.marks.drop("prf", place.name); // of an earlier vault of this name
      const vault = new Vault(place, {
        ...{ key, sealed, contents: EMPTY, rev: 1, dk: null, release },
      });
      await vault.#remember();
      return vault;
    });
  }

  /**
   * Unlocks a vault.
   *
   * Refused: CONFLICT while another tab uses it, UNKNOWN_ID without a file, KDF_FLOOR,
   * BAD_COMMITMENT for a wrong passphrase, ROLLBACK when it was saved fewer than `atLeast` times
   * or than this profile remembers; the codes of its bytes.
   */
  static async open(at: Place, passphrase: string, { atLeast = 0 } = {}): Promise<Vault> {
    const place = completed(at);
    return owning(place, async (release) => {
      const sealed = await readSealed(place);
      const key = withoutRight("wrong-passphrase", () =>
        fmt.unlock(sealed.lock, passphrase, place.costs),
      );
      return Vault.#opened(place, { sealed, key, release, atLeast });
    });
  }

  /** Unlocks with what an authenticator gave (32 bytes), where this profile holds its wrap of V. */
  static async openWithPrf(at: Place, prf: Uint8Array): Promise<Vault> {
    const place = completed(at);
    return owning(place, async (release) => {
      const sealed = await readSealed(place);
      const item = await place.marks.get("prf", place.name);
      if (item === null) throw new Refused("UNKNOWN_ID", { why: "no-prf" });
      const key = withoutRight("wrong-authenticator", () => openPrf(item, prf));
      return Vault.#opened(place, { sealed, key, release, atLeast: 0 });
    });
  }

  static async #opened(
    place: Required<Place>,
    found: { sealed: fmt.Sealed; key: Uint8Array; release: Release; atLeast: number },
  ): Promise<Vault> {
    const { sealed, key, release } = found;
    const [rev, body] = intact(() => fmt.openBody(key, sealed.body));
    const contents = intact(() => decode(body, Contents, { limit: fmt.PLAIN_LIMIT }));
    const known = Math.max(found.atLeast, await remembered(place.marks, tagOf(key)));
    if (rev < known) throw new Refused("ROLLBACK", { saved: rev, known });
    const { dk: item } = sealed;
    const dk = item === null ? null : await held(intact(() => fmt.openDeviceKey(key, item)));
    const vault = new Vault(place, { key, sealed, contents, rev, dk, release });
    await vault.#remember();
    return vault;
  }

  /** What was last saved. */
  get contents(): Contents {
    return this.#contents;
  }

  /** How often it was saved. */
  get rev(): number {
    return this.#rev;
  }

  /** The name under which it is kept. */
  get name(): string {
    return this.#place.name;
  }

  /** The whole file, to be kept elsewhere too; it is as locked as the vault. */
  file(): Uint8Array {
    return fmt.encodeSealed(this.#sealed);
  }

  /** Changes the contents; coming back means that they are kept. STORAGE_FULL leaves all as it was. */
  async update(change: (contents: Contents) => Contents): Promise<void> {
    await this.#inTurn(async () => {
      await this.#save(change(this.#contents), this.#sealed);
    });
  }

  async #save(contents: Contents, keys: fmt.Sealed): Promise<void> {
    const plain = encode(contents, Contents);
    if (plain.length > fmt.PLAIN_LIMIT) throw new Refused("OVERSIZE");
    const { store, name, entropy } = this.#place;
    const rev = this.#rev + 1;
    const sealed = { ...keys, body: fmt.sealBody(this.#key, plain, { rev, entropy }) };
    await store.write(name, fmt.encodeSealed(sealed));
    this.#sealed = sealed;
    this.#contents = contents;
    this.#rev = rev;
    await this.#remember();
  }

  /** One after another, also after one that failed. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new Refused("UNAVAILABLE", { why: "locked" }));
    const result = this.#saving.then(work);
    this.#saving = result.catch(() => undefined);
    return result;
  }

  async #remember(): Promise<void> {
    const rev = new TextEncoder().encode(String(this.#rev));
    await this.#place.marks.put("rev", this.#tag, rev);
  }

  // --- signing keys ------------------------------------------------------------------------------

  /** The device's signing key; UNTRUSTED in a vault without a device. */
  get dk(): Signer {
    if (this.#dk === null) throw new Refused("UNTRUSTED", { why: "no-device" });
    return this.#dk;
  }

  /** Keeps dk (a 32-byte seed, which is wiped); saved together with the contents next. */
  async keepDeviceKey(seed: Uint8Array, { did }: { readonly did: Did }): Promise<void> {
    await this.#inTurn(async () => {
      const item = fmt.sealDeviceKey(this.#key, seed, { did, entropy: this.#place.entropy });
      this.#dk = await held(seed);
      this.#sealed = { ...this.#sealed, dk: item };
    });
  }

  /** Keeps ik (a 32-byte seed, which is wiped) under its own passphrase step; saved with the contents next. */
  async keepPersonKey(
    seed: Uint8Array,
    passphrase: string,
    { did }: { readonly did: Did },
  ): Promise<void> {
    await this.#inTurn(() => {
      const { costs, entropy } = this.#place;
      const item = fmt.sealPersonKey(seed, passphrase, { did, ...costs, entropy });
      seed.fill(0);
      this.#sealed = { ...this.#sealed, ik: item };
      return Promise.resolve();
    });
  }

  /** Gives ik, for changes of devices only; the passphrase is asked for anew. */
  async personKey(passphrase: string): Promise<Signer> {
    return held(this.#personSeed(passphrase));
  }

  #personSeed(passphrase: string): Uint8Array {
    const { ik } = this.#sealed;
    if (ik === null) throw new Refused("UNTRUSTED", { why: "no-person" });
    return withoutRight("wrong-passphrase", () =>
      fmt.openPersonKey(ik, passphrase, this.#place.costs),
    );
  }

  // --- how it is unlocked ------------------------------------------------------------------------

  /** Wraps V, and ik where it lies under the same passphrase, anew; BAD_COMMITMENT for a wrong one. */
  async changePassphrase(old: string, next: string): Promise<void> {
    await this.#inTurn(async () => {
      const { costs, entropy } = this.#place;
      const { lock: locked, ik } = this.#sealed;
      withoutRight("wrong-passphrase", () => fmt.unlock(locked, old, costs)).fill(0);
      const lock = fmt.lock(this.#key, next, { ...costs, entropy });
      const keys = { ...this.#sealed, lock, ik: ik && this.#rewrapped(ik, old, next) };
      await this.#save(this.#contents, keys);
    });
  }

  /** An item of ik under yet another passphrase stays as it is. */
  #rewrapped(item: Uint8Array, old: string, next: string): Uint8Array {
    const { costs, entropy } = this.#place;
    try {
      const seed = fmt.openPersonKey(item, old, costs);
      const made = fmt.sealPersonKey(seed, next, { did: fmt.ownerOf(item), ...costs, entropy });
      seed.fill(0);
      return made;
    } catch (error) {
      if (error instanceof Refused && error.code === "BAD_COMMITMENT") return item;
      throw error;
    }
  }

  /** Lets an authenticator unlock too, on this profile; the passphrase stays the way in. */
  async keepPrf(prf: Uint8Array): Promise<void> {
    await this.#inTurn(async () => {
      const { marks, name, entropy } = this.#place;
      await marks.put("prf", name, sealPrf(this.#key, prf, entropy));
    });
  }

  /** Takes that back. */
  async dropPrf(): Promise<void> {
    await this.#place.marks.drop("prf", this.#place.name);
  }

  /** Waits for what is being saved, wipes the keys and lets others use the vault. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#saving;
    this.#key.fill(0);
    this.drafts.close();
    this.log.close();
    this.#dk = null;
    this.#release();
  }
}

/** How often a vault was saved as far as this profile knows; 0 for one it never saw. */
async function remembered(marks: Marks, tag: string): Promise<number> {
  const found = await marks.get("rev", tag);
  return found === null ? 0 : Number(new TextDecoder().decode(found));
}

/** What tells vaults apart and is no secret: it stays the same when a passphrase or a name changes. */
function tagOf(key: Uint8Array): string {
  return hashOf(kdf(key, "vault", new TextEncoder().encode("tag")));
}

function completed(at: Place): Required<Place> {
  return { costs: USUAL, owners: new LocalOwners(), marks: new MemoryMarks(), ...at };
}

/** Takes the vault's name for as long as the vault is open. */
async function owning(
  place: Required<Place>,
  work: (release: Release) => Promise<Vault>,
): Promise<Vault> {
  const release = await place.owners.take(place.name);
  if (release === null) throw new Refused("CONFLICT", { why: "vault-in-use" });
  try {
    return await work(release);
  } catch (error) {
    release();
    throw error;
  }
}

async function readSealed(place: Required<Place>): Promise<fmt.Sealed> {
  const bytes = await place.store.read(place.name);
  if (bytes === null) throw new Refused("UNKNOWN_ID", { why: "no-vault" });
  return intact(() => fmt.parseSealed(bytes));
}

/** Turns a seed into a key that nobody can export, and wipes it. */
async function held(seed: Uint8Array): Promise<Signer> {
  try {
    return await signerOf(seed);
  } finally {
    seed.fill(0);
  }
}

/** Says beside BAD_COMMITMENT what the person got wrong. */
function withoutRight<T>(why: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refused && error.code === "BAD_COMMITMENT") {
      throw new Refused("BAD_COMMITMENT", { why }, { cause: error });
    }
    throw error;
  }
}

/** Says beside any refusal that the bytes are not what was saved. */
function intact<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw new Refused(error.code, { ...error.facts, why: "vault-damaged" }, { cause: error });
  }
}
