/**
 * Verification of a log from its files and a key known beforehand.
 *
 * Every byte counts: leaves are hashed anew, each tile of each level must equal what the leaves
 * give, and the root must be the signed one. Because all leaves are at hand, an older checkpoint
 * is checked by computing the root at its size. Any doubt is an error that names the file, and
 * the leaf where there is one. The files come from a folder, an archive or the server itself.
 */

import { equal, fromB64, startsWith } from "../crypto/bytes";
import { Refused } from "../crypto/errors";
import { pae } from "../crypto/hashing";
import { sha256 } from "../crypto/sha256";
import { decode } from "../protocol/codec";
import { LEAF_KINDS } from "../protocol/generated";
import { bytesOfBlob, hashOf } from "../protocol/ids";
import type { Shape } from "../protocol/kinds";
import { BEAT, Leaf as IdentityLeaf, MAGIC } from "../protocol/leaf";
import { openSigned, type Checkpoint } from "./checkpoint";
import { parse as parseEntry, checkOpening, type Opening } from "./entry";
import { CHECKPOINT, EARLY, LINE_LIMIT, OPENINGS, STATEMENTS, VKEY } from "./export";
import { OpeningLine, StatementLine } from "./generated";
import { HASH_SIZE, leafHash } from "./merkle";
import { utf8, Verifier } from "./note";
import * as tiles from "./tiles";
import { Edge, WIDTH, type Tile, type TileId } from "./tiles";

/** Place of an error in the caller's older checkpoint. */
export const OLD = "old";

const NOTE_LIMIT = 1 << 20;
const BUNDLE_LIMIT = WIDTH * (2 + tiles.ENTRY_LIMIT);
/** Bundles after which the worker looks for messages, so that "stop" is heard. */
const BREATH = 8;
const NEWLINE = 10;

const KIND_NAMES = new Map<number, string>([
  ...Object.entries(LEAF_KINDS).map(([name, number]) => [number, name] as const),
  [BEAT, "beat"],
]);

/** Files by their names in tlog-tiles; `names` lists all of them, wherever that is possible. */
export interface Files {
  /** The bytes of a file; null when there is none. May stop reading beyond `limit + 1` bytes. */
  read(name: string, limit: number): Promise<Uint8Array | null>;
  /** Names of all files; null where nobody can list them, as on a server. */
  names(): Promise<readonly string[] | null>;
}

/** What was verified: the signed state and counts of what lies under it. */
export interface Report {
  readonly checkpoint: Checkpoint;
  readonly earlySize: number | null;
  readonly oldSize: number | null;
  readonly kinds: ReadonlyMap<string, number>;
  readonly openings: number;
  readonly statements: number;
}

/** How to verify: `vkey` and `old` come from a place other than the files. */
export interface Verifying {
  readonly vkey: string;
  /** A signed checkpoint kept from before, to show that the log only grew. */
  readonly old?: Uint8Array | null;
  /** Told after each bundle: leaves verified, leaves in all. */
  readonly progress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Verify an export.
 *
 * Throws `Refused` with `place` (a file, or "old") and often `index` (of a leaf): BAD_PROOF,
 * BAD_B64, BAD_SIG, UNTRUSTED, WRONG_NET, BAD_J1, OVERSIZE as the case may be; ROLLBACK when an
 * older checkpoint is larger, EQUIVOCATION when it has another root. Throws the reason of
 * `signal` when it was aborted.
 */
export async function verifyFolder(files: Files, how: Verifying): Promise<Report> {
  const { signed, marks } = await checkpointsOf(files, Verifier.parse(how.vkey), how.old ?? null);
  const replay = await Replay.begin(files, signed, marks);
  await replay.run(how);
  await requireNoOtherFiles(files, signed.size);
  return {
    checkpoint: signed,
    earlySize: marks.get(EARLY)?.size ?? null,
    oldSize: marks.get(OLD)?.size ?? null,
    kinds: replay.kinds,
    openings: replay.openings.count,
    statements: replay.statements.count,
  };
}

/** Name the place in a refusal that comes from below. */
function at<T>(where: Refused["facts"], work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw new Refused(error.code, { ...where, ...error.facts }, { cause: error });
  }
}

async function read(files: Files, name: string, limit: number): Promise<Uint8Array> {
  const data = await files.read(name, limit);
  if (data === null) throw new Refused("BAD_PROOF", { place: name, why: "missing" });
  if (data.length > limit) throw new Refused("OVERSIZE", { place: name });
  return data;
}

// --- checkpoints ---------------------------------------------------------------------------

type Marks = ReadonlyMap<string, Checkpoint>;

/** Open the newest checkpoint, and by their places the older ones that it must extend. */
async function checkpointsOf(
  files: Files,
  verifier: Verifier,
  old: Uint8Array | null,
): Promise<{ signed: Checkpoint; marks: Marks }> {
  if (utf8(await read(files, VKEY, NOTE_LIMIT)) !== `${verifier.vkey}\n`) {
    throw new Refused("UNTRUSTED", { place: VKEY });
  }
  const open = (raw: Uint8Array, place: string): Checkpoint =>
    at({ place }, () => openSigned(raw, [verifier]));
  const signed = open(await read(files, CHECKPOINT, NOTE_LIMIT), CHECKPOINT);
  if (signed.size === 0) {
    throw new Refused("BAD_PROOF", { place: CHECKPOINT, why: "empty" }); // nothing was shown
  }
  const marks = new Map<string, Checkpoint>();
  const early = await files.read(EARLY, NOTE_LIMIT);
  if (early !== null) {
    marks.set(EARLY, open(await read(files, EARLY, NOTE_LIMIT), EARLY));
  }
  if (old !== null) marks.set(OLD, open(old, OLD));
  for (const [place, mark] of marks) requireNotLarger(place, mark, signed);
  return { signed, marks };
}

function requireNotLarger(place: string, mark: Checkpoint, signed: Checkpoint): void {
  if (mark.size > signed.size) {
    throw new Refused("ROLLBACK", { place, old: mark.size, size: signed.size });
  }
}

// --- leaves and tiles ----------------------------------------------------------------------

/** One pass over the leaves: hashes, tiles, roots, and what each leaf says. */
class Replay {
  readonly kinds = new Map<string, number>();
  readonly openings: Lines<OpeningLine>;
  readonly statements: Lines<StatementLine>;
  readonly #files: Files;
  readonly #signed: Checkpoint;
  readonly #marks: Marks;
  #edge = new Edge();
  #isIdentityLog: boolean | null = null;

  private constructor(
    files: Files,
    signed: Checkpoint,
    marks: Marks,
    lists: readonly [Lines<OpeningLine>, Lines<StatementLine>],
  ) {
    this.#files = files;
    this.#signed = signed;
    this.#marks = marks;
    [this.openings, this.statements] = lists;
  }

  static async begin(files: Files, signed: Checkpoint, marks: Marks): Promise<Replay> {
    const openings = await Lines.read(files, OPENINGS, OpeningLine);
    const statements = await Lines.read(files, STATEMENTS, StatementLine);
    return new Replay(files, signed, marks, [openings, statements]);
  }

  async run({ progress, signal }: Pick<Verifying, "progress" | "signal">): Promise<void> {
    const { size, root } = this.#signed;
    for (let bundle = 0; bundle * WIDTH < size; bundle += 1) {
      if (bundle % BREATH === 0) await breathe();
      signal?.throwIfAborted();
      await this.#replayBundle(tiles.tileAt({ level: 0, index: bundle, size }));
      progress?.(this.#edge.size, size);
    }
    await this.#compareAll(this.#edge.partial());
    if (!equal(this.#edge.root(), root)) {
      throw new Refused("BAD_PROOF", { place: CHECKPOINT, why: "root" });
    }
    this.openings.requireEnd();
    this.statements.requireEnd();
  }

  async #replayBundle(tile: TileId): Promise<void> {
    const start = this.#edge.size;
    const leaves = await this.#readBundle(tile);
    const hashes = leaves.map(leafHash);
    await this.#compare({ id: tile, hashes });
    const place = tiles.entriesPathOf(tile);
    for (const [n, leaf] of leaves.entries()) {
      const index = start + n;
      this.#count(at({ place, index }, () => this.#checkLeaf(index, leaf)));
    }
    for (const [name, mark] of this.#marks) this.#compareMark(name, mark, hashes);
    const { edge, full } = this.#edge.append(hashes);
    this.#edge = edge;
    await this.#compareAll(full);
  }

  async #readBundle(tile: TileId): Promise<Uint8Array[]> {
    const place = tiles.entriesPathOf(tile);
    const raw = await read(this.#files, place, BUNDLE_LIMIT);
    const leaves = at({ place }, () => tiles.decodeBundle(raw));
    if (leaves.length !== tile.width) {
      throw new Refused("BAD_PROOF", { place, why: "entries", entries: leaves.length });
    }
    return leaves;
  }

  async #compareAll(computed: readonly Tile[]): Promise<void> {
    for (const tile of computed) {
      if (tile.id.level > 0) await this.#compare(tile); // level 0 was compared with its bundle
    }
  }

  /** Compare a stored tile with the computed one; the first hash that differs is named. */
  async #compare({ id, hashes }: Tile): Promise<void> {
    const place = tiles.pathOf(id);
    const stored = await read(this.#files, place, hashes.length * HASH_SIZE);
    const isSame = (hash: Uint8Array, n: number): boolean =>
      equal(hash, stored.subarray(n * HASH_SIZE, (n + 1) * HASH_SIZE));
    const first = hashes.findIndex((hash, n) => !isSame(hash, n));
    if (first >= 0) {
      const index = (id.index * WIDTH + first) * WIDTH ** id.level;
      throw new Refused("BAD_PROOF", { place, why: "tile", index });
    }
  }

  #compareMark(place: string, mark: Checkpoint, hashes: readonly Uint8Array[]): void {
    const start = this.#edge.size;
    if (!(start < mark.size && mark.size <= start + hashes.length)) return;
    const then = this.#edge.append(hashes.slice(0, mark.size - start)).edge;
    if (!equal(then.root(), mark.root)) {
      throw new Refused("EQUIVOCATION", { place, size: mark.size });
    }
  }

  #count(kind: string): void {
    this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
  }

  #checkLeaf(index: number, leaf: Uint8Array): string {
    // The first leaf tells which of the two logs this is.
    this.#isIdentityLog ??= startsWith(leaf, MAGIC);
    return this.#isIdentityLog
      ? this.#checkIdentityLeaf(index, leaf)
      : this.#checkOpsLeaf(index, leaf);
  }

  #checkIdentityLeaf(index: number, leaf: Uint8Array): string {
    const found = IdentityLeaf.parse(leaf);
    for (const { dsse } of this.statements.ofLeaf(index)) {
      const sid = hashOf(sha256(pae(dsse.payloadType, fromB64(dsse.payload))));
      if (sid !== found.sid) throw new Refused("BAD_PROOF", { place: STATEMENTS, why: "sid" });
    }
    return KIND_NAMES.get(found.kind) ?? String(found.kind);
  }

  #checkOpsLeaf(index: number, leaf: Uint8Array): string {
    const found = parseEntry(leaf);
    for (const line of this.openings.ofLeaf(index)) {
      at({ place: OPENINGS, index }, () => {
        checkOpening(found, openingOf(line));
      });
    }
    return found.k;
  }
}

function openingOf({ f, h, v }: OpeningLine): Opening {
  return { field: f, mac: bytesOfBlob(h), value: bytesOfBlob(v) };
}

/** Let waiting messages and timers run. */
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

// --- the lists beside the leaves -----------------------------------------------------------

/** A list whose lines each belong to a leaf, ascending; a missing file is an empty list. */
class Lines<T extends { readonly i: number }> {
  count = 0;
  readonly #name: string;
  readonly #lines: Iterator<T, undefined>;
  #next: T | undefined;

  private constructor(name: string, lines: Iterator<T, undefined>) {
    this.#name = name;
    this.#lines = lines;
    this.#next = lines.next().value;
  }

  static async read<T extends { readonly i: number }>(
    files: Files,
    name: string,
    shape: Shape<T>,
  ): Promise<Lines<T>> {
    const data = await files.read(name, Number.MAX_SAFE_INTEGER);
    return new Lines(name, linesOf(data ?? new Uint8Array(), name, shape));
  }

  /** Take the lines of one leaf. */
  *ofLeaf(index: number): Generator<T> {
    while (this.#next?.i === index) {
      this.count += 1;
      yield this.#next;
      this.#next = this.#lines.next().value;
    }
  }

  /** Refuse lines out of order, or of a leaf or log that is not there. */
  requireEnd(): void {
    if (this.#next !== undefined) {
      const where = { place: this.#name, why: "order-or-leaf", index: this.#next.i };
      throw new Refused("BAD_PROOF", where);
    }
  }
}

function* linesOf<T>(data: Uint8Array, place: string, shape: Shape<T>): Generator<T, undefined> {
  for (let start = 0; start < data.length;) {
    const found = data.indexOf(NEWLINE, start);
    const end = found < 0 ? data.length : found + 1;
    const line = data.subarray(start, end);
    yield at({ place }, () => decode(line, shape, { limit: LINE_LIMIT }));
    start = end;
  }
  return undefined;
}

/** Refuse files that no tile of this tree accounts for: nobody verified them. */
async function requireNoOtherFiles(files: Files, size: number): Promise<void> {
  for (const name of (await files.names()) ?? []) {
    if (name.startsWith("tile/") && !tiles.isTileOf(tiles.parsePath(name).tile, { size })) {
      throw new Refused("BAD_PROOF", { place: name, why: "unexpected" });
    }
  }
}
