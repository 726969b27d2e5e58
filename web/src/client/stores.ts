/**
 * Where the bytes of vaults lie: in this browser profile, in a file, or in memory (section 5.19).
 *
 * A store keeps whole vaults by name and never damages the one it holds: what was written last
 * stays readable until its successor is complete.
 */

import type { DBSchema, IDBPDatabase } from "idb";
import { openDB } from "idb";

import { Refused } from "../crypto/errors";
import { naming, Trouble } from "./troubles";

/** Keeps the bytes of vaults by name. */
export interface Store {
  /** The bytes written last; null where there are none. */
  read(name: string): Promise<Uint8Array | null>;
  /** Replaces the bytes of a name; coming back means that they are kept. STORAGE_FULL. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** The names, sorted. */
  list(): Promise<readonly string[]>;
  /** Forgets a name; nothing happens where there is none. */
  remove(name: string): Promise<void>;
}

/** Small records beside the vaults: how often one was saved, drafts, a second wrap of its key. */
export interface Marks {
  get(kind: MarkKind, key: string): Promise<Uint8Array | null>;
  put(kind: MarkKind, key: string, bytes: Uint8Array): Promise<void>;
  keys(kind: MarkKind, prefix: string): Promise<readonly string[]>;
  drop(kind: MarkKind, key: string): Promise<void>;
}

/** `rev`: saves counted; `prf`: V wrapped for an authenticator; `draft`: sealed drafts; `log`: sealed leaves. */
export type MarkKind = "rev" | "prf" | "draft" | "visit" | "log";

// --- memory --------------------------------------------------------------------------------------

/** Vaults that end with the page: for tests, and for looking at one without keeping it. */
export class MemoryStore implements Store {
  readonly #kept = new Map<string, Uint8Array>();

  read(name: string): Promise<Uint8Array | null> {
    return Promise.resolve(this.#kept.get(name)?.slice() ?? null);
  }

  write(name: string, bytes: Uint8Array): Promise<void> {
    this.#kept.set(name, bytes.slice());
    return Promise.resolve();
  }

  list(): Promise<readonly string[]> {
    return Promise.resolve([...this.#kept.keys()].sort());
  }

  remove(name: string): Promise<void> {
    this.#kept.delete(name);
    return Promise.resolve();
  }
}

/** Marks that end with the page. */
export class MemoryMarks implements Marks {
  readonly #kept = new Map<string, Uint8Array>();

  get(kind: MarkKind, key: string): Promise<Uint8Array | null> {
    return Promise.resolve(this.#kept.get(`${kind}/${key}`) ?? null);
  }

  put(kind: MarkKind, key: string, bytes: Uint8Array): Promise<void> {
    this.#kept.set(`${kind}/${key}`, bytes.slice());
    return Promise.resolve();
  }

  keys(kind: MarkKind, prefix: string): Promise<readonly string[]> {
    const start = `${kind}/${prefix}`;
    const found = [...this.#kept.keys()].filter((key) => key.startsWith(start)).sort();
    return Promise.resolve(found.map((key) => key.slice(kind.length + 1)));
  }

  drop(kind: MarkKind, key: string): Promise<void> {
    this.#kept.delete(`${kind}/${key}`);
    return Promise.resolve();
  }
}

// --- this browser profile ------------------------------------------------------------------------

interface Pointer {
  /** Key of the newest bytes in `blobs`. */
  readonly blob: string;
}

interface Schema extends DBSchema {
  pointers: { key: string; value: Pointer };
  blobs: { key: string; value: Uint8Array };
  rev: { key: string; value: Uint8Array };
  prf: { key: string; value: Uint8Array };
  draft: { key: string; value: Uint8Array };
  visit: { key: string; value: Uint8Array };
  log: { key: string; value: Uint8Array };
}

type Database = IDBPDatabase<Schema>;

const KINDS = ["rev", "prf", "draft", "visit", "log"] as const;
const STRICT = { durability: "strict" } as const;

/** Opens this profile's database; STORAGE_BLOCKED where the browser keeps nothing. */
export async function openProfile(name = "entaku"): Promise<Profile> {
  return naming(async () => {
    if (typeof indexedDB === "undefined") throw new Trouble("STORAGE_BLOCKED");
    const database = await openDB<Schema>(name, 2, {
      upgrade(found) {
        for (const each of ["pointers", "blobs", ...KINDS] as const) {
          if (!found.objectStoreNames.contains(each)) found.createObjectStore(each);
        }
      },
      blocking(_old, _next, event) {
        (event.target as IDBDatabase).close(); // a newer page waits for its upgrade
      },
    });
    return new Profile(database);
  });
}

/** Several named vaults, and marks, in IndexedDB. */
export class Profile implements Store, Marks {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async read(name: string): Promise<Uint8Array | null> {
    return naming(async () => {
      const transaction = this.#database.transaction(["pointers", "blobs"]);
      const pointer = await transaction.objectStore("pointers").get(name);
      const found = pointer && (await transaction.objectStore("blobs").get(pointer.blob));
      return found ?? null;
    });
  }

  /** Writes under a new key, then moves the pointer: one transaction, flushed to the disk. */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    await naming(async () => {
      const transaction = this.#database.transaction(["pointers", "blobs"], "readwrite", STRICT);
      const [pointers, blobs] = [
        transaction.objectStore("pointers"),
        transaction.objectStore("blobs"),
      ];
      const before = await pointers.get(name);
      const blob = nextKey(name, before?.blob);
      // The first failure aborts the whole transaction; `done` then tells why.
      const steps = [blobs.put(bytes.slice(), blob), pointers.put({ blob }, name)];
      if (before) steps.push(blobs.delete(before.blob).then(() => name));
      await Promise.all([...steps, transaction.done]);
    });
  }

  async list(): Promise<readonly string[]> {
    return naming(async () => (await this.#database.getAllKeys("pointers")).sort());
  }

  async remove(name: string): Promise<void> {
    await naming(async () => {
      const transaction = this.#database.transaction(["pointers", "blobs"], "readwrite", STRICT);
      const before = await transaction.objectStore("pointers").get(name);
      if (before) await transaction.objectStore("blobs").delete(before.blob);
      await transaction.objectStore("pointers").delete(name);
      await transaction.done;
    });
  }

  async get(kind: MarkKind, key: string): Promise<Uint8Array | null> {
    return naming(async () => (await this.#database.get(kind, key)) ?? null);
  }

  async put(kind: MarkKind, key: string, bytes: Uint8Array): Promise<void> {
    await naming(() => this.#database.put(kind, bytes.slice(), key));
  }

  async keys(kind: MarkKind, prefix: string): Promise<readonly string[]> {
    return naming(async () => {
      const all = await this.#database.getAllKeys(kind);
      return all.filter((key) => key.startsWith(prefix)).sort();
    });
  }

  async drop(kind: MarkKind, key: string): Promise<void> {
    await naming(() => this.#database.delete(kind, key));
  }

  /** Lets go of the database. */
  close(): void {
    this.#database.close();
  }
}

function nextKey(name: string, before: string | undefined): string {
  const count = before === undefined ? 0 : Number(before.slice(before.lastIndexOf("/") + 1));
  return `${name}/${count + 1}`;
}

// --- a file --------------------------------------------------------------------------------------

/** One vault in a file of the person's choice, written through the File System Access API. */
export class FileStore implements Store {
  readonly #handle: FileSystemFileHandle;

  constructor(handle: FileSystemFileHandle) {
    this.#handle = handle;
  }

  async read(name: string): Promise<Uint8Array | null> {
    this.#requireMine(name);
    const file = await naming(() => this.#handle.getFile());
    return file.size === 0 ? null : new Uint8Array(await naming(() => file.arrayBuffer()));
  }

  /** The browser writes beside, and replaces the file when it is closed. */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    this.#requireMine(name);
    await naming(async () => {
      const writer = await this.#handle.createWritable();
      try {
        await writer.write(bytes.slice());
      } catch (error) {
        await writer.abort();
        throw error;
      }
      await writer.close();
    });
  }

  async list(): Promise<readonly string[]> {
    const found = await this.read(this.#handle.name);
    return found === null ? [] : [this.#handle.name];
  }

  remove(): Promise<void> {
    return Promise.reject(new Trouble("FILE_DENIED")); // the file is hers to delete
  }

  #requireMine(name: string): void {
    if (name !== this.#handle.name) throw new Refused("UNKNOWN_ID", { why: "no-vault" });
  }
}

/**
 * One vault that came in as an upload and leaves as a download, where files cannot be written.
 *
 * `onUnsaved` is told of every change; until `bytes` was downloaded, closing the page loses it.
 */
export class CarriedStore implements Store {
  readonly #name: string;
  readonly #onUnsaved: (bytes: Uint8Array) => void;
  #bytes: Uint8Array | null;

  constructor(
    name: string,
    bytes: Uint8Array | null,
    onUnsaved: (bytes: Uint8Array) => void = () => undefined,
  ) {
    this.#name = name;
    this.#bytes = bytes;
    this.#onUnsaved = onUnsaved;
  }

  read(name: string): Promise<Uint8Array | null> {
    return Promise.resolve(name === this.#name ? this.#bytes : null);
  }

  write(name: string, bytes: Uint8Array): Promise<void> {
    if (name !== this.#name) return Promise.reject(new Refused("UNKNOWN_ID", { why: "no-vault" }));
    this.#bytes = bytes.slice();
    this.#onUnsaved(this.#bytes);
    return Promise.resolve();
  }

  list(): Promise<readonly string[]> {
    return Promise.resolve(this.#bytes === null ? [] : [this.#name]);
  }

  remove(): Promise<void> {
    this.#bytes = null;
    return Promise.resolve();
  }
}

// --- one owner -----------------------------------------------------------------------------------

/** Lets go of what was owned. */
export type Release = () => void;

/** Hands out each name to one owner at a time. */
export interface Owners {
  /** Takes a name; null while somebody else has it. */
  take(name: string): Promise<Release | null>;
}

/** Owners within this page only. */
export class LocalOwners implements Owners {
  readonly #held = new Set<string>();

  take(name: string): Promise<Release | null> {
    if (this.#held.has(name)) return Promise.resolve(null);
    this.#held.add(name);
    return Promise.resolve(() => this.#held.delete(name));
  }
}

/** How long, in ms, a page that was just closed may take to let go of its lock. */
const LETTING_GO = 1_000;

/** Owners among all tabs and workers of this origin; the lock ends with its page. */
export class TabOwners implements Owners {
  readonly #locks: LockManager;

  constructor(locks: LockManager) {
    this.#locks = locks;
  }

  take(name: string): Promise<Release | null> {
    return new Promise((resolve, reject) => {
      const hold = (): Promise<void> =>
        new Promise<void>((release) => {
          resolve(release);
        });
      const signal = AbortSignal.timeout(LETTING_GO);
      this.#locks.request(`entaku/${name}`, { signal }, hold).catch((error: unknown) => {
        if (signal.aborted) resolve(null);
        else reject(error instanceof Error ? error : new Trouble("STORAGE_BLOCKED"));
      });
    });
  }
}

// --- the profile's health ------------------------------------------------------------------------

/** What the browser says of this profile; sizes in bytes, null where it does not say. */
export interface Health {
  /** Nothing was ever kept here: the profile is new, or wiped every day. */
  readonly fresh: boolean;
  /** The browser promised not to evict. */
  readonly persisted: boolean;
  readonly used: number | null;
  readonly room: number | null;
}

const SEEN = "first";

/** Looks at this profile, asks that it be kept, and marks it as seen. */
export async function profileHealth(
  marks: Marks,
  storage: Partial<StorageManager> | undefined, // some browsers lack it, or parts of it
): Promise<Health> {
  const fresh = (await marks.get("visit", SEEN)) === null;
  if (fresh) await marks.put("visit", SEEN, new Uint8Array(1));
  const estimate = await storage?.estimate?.();
  const { usage = null, quota = null } = estimate ?? {};
  return { fresh, persisted: await isPersisted(storage), used: usage, room: quota };
}

async function isPersisted(storage: Partial<StorageManager> | undefined): Promise<boolean> {
  const already = await storage?.persisted?.();
  if (already === true) return true;
  const promised = await storage?.persist?.();
  return promised === true;
}
