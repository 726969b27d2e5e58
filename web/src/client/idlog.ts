/**
 * The identity log, replicated whole: leaves recomputed, checkpoint verified (sections 5.2a, 7, 8).
 *
 * The root over every size up to the verified one can be told; so what members name in `lh` is
 * compared with what this client computed itself.
 */

import { openSigned, parse as parseCheckpoint } from "../audit/checkpoint";
import type { Checkpoint } from "../audit/checkpoint";
import { leafHash } from "../audit/merkle";
import { Verifier } from "../audit/note";
import { equal } from "../crypto/bytes";
import { Refused } from "../crypto/errors";
import { scopeId } from "../protocol/derived";
import { Directory } from "../protocol/directory";
import { LogPage } from "../protocol/generated";
import type { LogHead, Root } from "../protocol/generated";
import { ZERO_ID, bytesOfBlob, hashOf } from "../protocol/ids";
import type { CaseId, Digest, NetId, Sid } from "../protocol/ids";
import { Leaf } from "../protocol/leaf";
import { append } from "../protocol/replica";
import { judgedBefore, parse, signersOf, vouch } from "../protocol/statement";
import type { Signature, Statement } from "../protocol/statement";
import { MINUTE } from "../protocol/times";
import type { LogPin } from "./contents";
import { SEGMENT, type Known, type LogCache } from "./log_cache";
import { LogTree } from "./log_tree";
import type { Headers, Http } from "./transport";
import { Turns } from "./turns";

/** Most leaves that one request asks for. */
export const PAGE = 512;

const SLACK = 10 * MINUTE;
const ENCODER = new TextEncoder();

/** Leaves beyond those held, with their statements as they came and read, up to a checkpoint. */
interface Fetched {
  readonly leaves: readonly Uint8Array[];
  readonly statements: readonly (Uint8Array | null)[];
  readonly read: readonly (Statement | null)[];
  readonly checkpoint: Uint8Array;
}

/** Where verified leaves are kept between two visits. */
export type KeptLog = Pick<LogCache, "read" | "write" | "drop">;

/** What is replicated; without `net` the first root is as found, and the caller must check it. */
export interface Replicated {
  readonly http: Pick<Http, "get">;
  readonly net: NetId | null;
  readonly pin?: LogPin | null;
  readonly kept?: KeptLog | null;
}

/** The replica; `directory` is what the verified leaves say. */
export class IdLog {
  net: NetId | null;
  directory = new Directory();
  /** The newest signed checkpoint, as it came. */
  checkpoint: Uint8Array = new Uint8Array();
  /** What lets this client read the log before it has a token. */
  headers: Headers = {};
  readonly #http: Pick<Http, "get">;
  readonly #pin: LogPin | null;
  #kept: KeptLog | null;
  readonly #leaves: Uint8Array[] = [];
  readonly #statements: (Uint8Array | null)[] = [];
  /** The same statements, read: they remember which of their signatures verified. */
  readonly #read: (Statement | null)[] = [];
  /** The signatures that count, of accepted statements that are of no case. */
  readonly #accepted: (readonly Signature[] | null)[] = [];
  readonly #tree = new LogTree();
  readonly #places = new Map<Digest, number>();
  /** Leaves of a case below these sizes were looked at and are complete. */
  readonly #looked = new Map<CaseId, number>();
  readonly #growing = new Turns();
  readonly #keeping = new Turns();

  constructor({ http, net, pin = null, kept = null }: Replicated) {
    this.#http = http;
    this.#pin = pin;
    this.#kept = kept;
    this.net = net;
  }

  // --- what is held ------------------------------------------------------------------------------

  /** Number of verified leaves. */
  get size(): number {
    return this.#leaves.length;
  }

  /** The verified leaves, of 93 bytes each. */
  get leaves(): readonly Uint8Array[] {
    return this.#leaves;
  }

  /** The statement behind each leaf, as far as this client may see it. */
  get statements(): readonly (Uint8Array | null)[] {
    return this.#statements;
  }

  /** Root over the first `n` leaves; null beyond what was verified. */
  logRoot(n: number): Digest | null {
    return n > this.size ? null : hashOf<Digest>(this.#tree.root(n));
  }

  /** Size and root, as statements name them; NOT_LOGGED before the first sync. */
  head(): LogHead {
    if (this.size === 0) throw new Refused("NOT_LOGGED");
    return { n: this.size, r: hashOf<Digest>(this.#tree.root(this.size)) };
  }

  /** Tell whether a leaf with this hash stands in the verified log. */
  holds(hash: Digest): boolean {
    return this.#places.has(hash);
  }

  /** The newest root of trust. */
  root(): Root {
    return this.directory.root(this.size);
  }

  /** What to remember of this log; `at` is the server's time in ms. */
  pin(at: number): LogPin {
    return { ...this.head(), at };
  }

  // --- growing -----------------------------------------------------------------------------------

  /**
   * Fetch and verify what is new; tell whether the log grew. `now` is the server's time in ms.
   *
   * Nothing is taken unless all of it fits the signed checkpoint. Refused: WRONG_NET, UNTRUSTED or
   * BAD_SIG of the checkpoint, BAD_PROOF, ROLLBACK, EQUIVOCATION, CLOCK.
   */
  sync(now: number): Promise<boolean> {
    // One after another: two that grow at once would take the same leaves twice.
    return this.#growing.run(() => this.#grown(now));
  }

  /** What was kept and does not fit is no proof against anybody: all is then fetched anew. */
  async #grown(now: number): Promise<boolean> {
    const known = this.size === 0 ? await this.#known() : [];
    try {
      return await this.#grow(known, now);
    } catch (error) {
      const isNetwork = error instanceof Refused && error.code === "UNAVAILABLE";
      if (known.length === 0 || isNetwork) throw error;
    }
    await this.#kept?.drop();
    return this.#grow([], now);
  }

  async #known(): Promise<readonly Known[]> {
    try {
      return (await this.#kept?.read()) ?? [];
    } catch {
      this.#kept = null; // a browser that keeps nothing: then it takes longer, no more
      return [];
    }
  }

  async #grow(known: readonly Known[], now: number): Promise<boolean> {
    const fetched = await this.#fetch(known);
    if (fetched === null) return false;
    const { read: statements } = fetched;
    const net = this.#requireNet(statements[0] ?? null);
    const signed = openSigned(fetched.checkpoint, this.#verifiers(statements[0] ?? null));
    const leaves = fetched.leaves.map((leaf) => Leaf.parse(leaf));
    const hashes = fetched.leaves.map(leafHash);
    this.#requireSameLog(signed, hashes, () => {
      this.#requireTimes(leaves, now);
      requireBehind(leaves, statements);
    });
    this.net = net;
    for (const [at, leaf] of leaves.entries()) {
      const before = known[at]?.accepted?.signatures ?? null;
      const found = append(this.directory, leaf, statements[at] ?? null, before);
      // What is said of a case hangs on statements of it that I may come to hold only later.
      this.#accepted.push(leaf.scope === ZERO_ID ? found : null);
    }
    const before = this.size + Math.min(known.length, leaves.length);
    this.#keep(fetched, hashes);
    this.#remember(indices(before, this.size));
    return leaves.length > 0;
  }

  async #fetch(known: readonly Known[]): Promise<Fetched | null> {
    const leaves = known.map(({ leaf }) => leaf);
    const statements = known.map(({ statement }) => statement);
    for (;;) {
      const page = await this.#page(this.size + leaves.length, PAGE);
      // A council whose first checkpoint is being made.
      if (page.checkpoint === "" && this.size === 0) return null;
      leaves.push(...page.leaves.map(bytesOfBlob));
      statements.push(...page.statements.map(bytesOrNull));
      const { size } = parseCheckpoint(textOf(page.checkpoint));
      if (this.size + leaves.length < size && page.leaves.length > 0) continue;
      const wanted = Math.max(size - this.size, 0);
      const taken = statements.slice(0, wanted);
      return {
        leaves: leaves.slice(0, wanted),
        statements: taken,
        read: taken.map((raw, at) => readOf(raw, known[at])),
        checkpoint: ENCODER.encode(page.checkpoint),
      };
    }
  }

  async #page(start: number, limit: number): Promise<LogPage> {
    const query = { start: String(start), limit: String(limit) };
    const page = await this.#http.get("log/id", LogPage, { query, headers: this.headers });
    if (page.start !== start || page.leaves.length !== page.statements.length) {
      throw new Refused("BAD_PROOF", { why: "page" });
    }
    return page;
  }

  /** The network is named by its first root. */
  #requireNet(first: Statement | null): NetId | null {
    if (this.size > 0) return this.net;
    if (first?.body.typ !== "root") throw new Refused("UNTRUSTED");
    const found = first.sid as string as NetId;
    if (this.net !== null && this.net !== found) throw new Refused("WRONG_NET");
    return found;
  }

  /** Keys of the log: those of the newest root held, or of the very first. */
  #verifiers(first: Statement | null): readonly Verifier[] {
    const root = this.size > 0 ? this.root() : first?.body;
    if (root?.typ !== "root") throw new Refused("UNTRUSTED");
    return root.logs.id.vkeys.map((vkey) => Verifier.parse(vkey));
  }

  /**
   * The checkpoint covers exactly what is held and what is new, and that only grew since the pin.
   *
   * The tree grows here, and shrinks back when this or what else is `required` fails.
   */
  #requireSameLog(signed: Checkpoint, hashes: readonly Uint8Array[], required: () => void): void {
    const known = Math.max(this.size, this.#pin?.n ?? 0);
    if (signed.size < known) throw new Refused("ROLLBACK", { size: signed.size, known });
    if (this.size + hashes.length !== signed.size) throw new Refused("BAD_PROOF", { why: "size" });
    try {
      this.#tree.append(hashes);
      if (!equal(this.#tree.root(signed.size), signed.root)) throw differing("root");
      if (this.#pin !== null && hashOf(this.#tree.root(this.#pin.n)) !== this.#pin.r) {
        throw differing("pin");
      }
      required();
    } catch (error) {
      this.#tree.truncate(this.size);
      throw error;
    }
  }

  /** New leaves are from the time since the last sync. */
  #requireTimes(leaves: readonly Leaf[], now: number): void {
    const pinned = this.#pin ?? { n: Infinity, at: 0 };
    for (const [at, { t }] of leaves.entries()) {
      const index = this.size + at;
      const isBefore = index >= pinned.n && t < pinned.at - SLACK;
      if (isBefore || t > now + SLACK) throw new Refused("CLOCK", { leaf: index });
    }
  }

  #keep(fetched: Fetched, hashes: readonly Uint8Array[]): void {
    for (const [at, leaf] of fetched.leaves.entries()) {
      this.#leaves.push(leaf);
      this.#statements.push(fetched.statements[at] ?? null);
      this.#read.push(fetched.read[at] ?? null);
    }
    for (const hash of hashes) this.#places.set(hashOf(hash), this.#places.size);
    this.checkpoint = fetched.checkpoint;
  }

  /** Keep what is new under the vault; a disk that is full makes the next visit slower, no more. */
  #remember(changed: Iterable<number>): void {
    const segments = new Set([...changed].map((index) => Math.floor(index / SEGMENT)));
    for (const segment of segments) {
      void this.#keeping
        .run(async () => this.#kept?.write(segment, this.#segment(segment)))
        .catch(() => undefined);
    }
  }

  #segment(segment: number): readonly Known[] {
    const start = segment * SEGMENT;
    return this.#leaves.slice(start, start + SEGMENT).map((leaf, at) => {
      const read = this.#read[start + at] ?? null;
      const statement = this.#statements[start + at] ?? null;
      const signatures = this.#accepted[start + at] ?? null;
      if (read === null) return { leaf, statement, signers: [], accepted: null };
      if (signatures === null) return { leaf, statement, signers: signersOf(read), accepted: null };
      return { leaf, statement, signers: [], accepted: { body: read.body, signatures } };
    });
  }

  // --- statements of a room ----------------------------------------------------------------------

  /** Leaves of this case whose statement this client does not hold. */
  missing(caseId: CaseId): readonly number[] {
    const found: number[] = [];
    for (let index = this.#looked.get(caseId) ?? 0; index < this.size; index += 1) {
      const leaf = this.#leaves[index];
      const isWithheld = leaf !== undefined && this.#statements[index] === null;
      if (isWithheld && isOf(Leaf.parse(leaf), caseId)) found.push(index);
    }
    return found;
  }

  /**
   * Fetch the statements behind every leaf of a case; tell whether any was new.
   *
   * A new one makes a new `directory`. Refused: MISSING_STATEMENT while one is withheld.
   */
  complete(caseId: CaseId): Promise<boolean> {
    return this.#growing.run(() => this.#complete(caseId));
  }

  async #complete(caseId: CaseId): Promise<boolean> {
    const missing = this.missing(caseId);
    for (const index of missing) {
      const raw = await this.#withheld(index);
      this.#statements[index] = raw;
      this.#read[index] = parsed(raw);
    }
    if (missing.length > 0) this.directory = this.#rebuilt();
    this.#remember(missing);
    this.#looked.set(caseId, this.size);
    return missing.length > 0;
  }

  /** Ask for the statement behind one leaf: MISSING_STATEMENT, EQUIVOCATION for another one. */
  async #withheld(index: number): Promise<Uint8Array> {
    const [raw] = (await this.#page(index, 1)).statements;
    const leaf = this.#leaves[index];
    if (leaf === undefined || raw === undefined || raw === null) {
      throw new Refused("MISSING_STATEMENT", { leaf: index });
    }
    const bytes = bytesOfBlob(raw);
    requireBehind([Leaf.parse(leaf)], [parsed(bytes)]);
    return bytes;
  }

  #rebuilt(): Directory {
    const directory = new Directory();
    for (const [index, leaf] of this.#leaves.entries()) {
      append(directory, Leaf.parse(leaf), this.#read[index] ?? null, this.#accepted[index]);
    }
    return directory;
  }

  /** Give the leaf index of a statement that stands in the log and broke no rule. */
  requireValid(sid: Sid): number {
    const index = this.directory.statements.get(sid);
    if (index === undefined) throw new Refused("NOT_LOGGED");
    const flaw = this.directory.flaws.get(index);
    if (flaw !== undefined) throw new Refused(flaw);
    return index;
  }
}

/** Read a statement, or take what was found when it was read before. */
function readOf(raw: Uint8Array | null, known: Known | undefined): Statement | null {
  const accepted = known?.accepted ?? null;
  if (raw === null || known === undefined || accepted === null) return parsed(raw, known?.signers);
  return judgedBefore(accepted.body, Leaf.parse(known.leaf).sid, raw);
}

/** Read a statement; one of a newer version is kept and counted, and authorises nothing. */
function parsed(raw: Uint8Array | null, signers?: Known["signers"]): Statement | null {
  try {
    const statement = raw === null ? null : parse(raw);
    if (statement !== null && signers !== undefined) vouch(statement, signers);
    return statement;
  } catch (error) {
    if (error instanceof Refused && error.code === "UNKNOWN_TYPE") return null;
    throw error;
  }
}

/** Every statement is the one its leaf names, before any is taken. */
function requireBehind(leaves: readonly Leaf[], statements: readonly (Statement | null)[]): void {
  for (const [at, { sid }] of leaves.entries()) {
    if ((statements[at]?.sid ?? sid) !== sid) throw differing("statement");
  }
}

function* indices(from: number, to: number): Generator<number> {
  for (let index = from; index < to; index += 1) yield index;
}

function differing(why: string): Refused {
  return new Refused("EQUIVOCATION", { why });
}

function bytesOrNull(raw: LogPage["statements"][number]): Uint8Array | null {
  return raw === null ? null : bytesOfBlob(raw);
}

function isOf(leaf: Leaf, caseId: CaseId): boolean {
  return leaf.scope !== ZERO_ID && leaf.scope === scopeId({ caseId, sid: leaf.sid });
}

/** The text of a note, before anybody checked who signed it. */
function textOf(checkpoint: string): Uint8Array {
  const [text = ""] = checkpoint.split("\n\n", 1);
  return ENCODER.encode(`${text}\n`);
}
