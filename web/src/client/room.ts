/** One room on this device: rows checked and folded, keys opened, pins kept (sections 5.22, 7). */

import type { Conference } from "../conference/records";
import type { Register } from "../consent/register";
import { Refused, type Code } from "../crypto/errors";
import { deviceOf, pruneBases, pruneMembers } from "../protocol/basis";
import type { Frame, MemberRow, Roster } from "../protocol/generated";
import { bytesOfBlob, blobOf, hashOf } from "../protocol/ids";
import type { Aid, Blob, CaseId, Hash, Sid, Wid } from "../protocol/ids";
import type { Footing } from "../protocol/may_write";
import { docOf, type Generation } from "../protocol/room";
import type { ChainHead, DocKey, EpochKey, RoomKeys } from "./contents";
import { roomOf, withRoom } from "./contents";
import { Feed, type Heard } from "./feed";
import { CHUNK, Reader } from "./reader";
import { verifyHead } from "./receipts";
import { VERSION, type Session } from "./session";

/** A device that holds this room's key and that the owner has not yet seen by name. */
export interface Newcomer {
  readonly wid: Wid;
  readonly aid: Aid;
  readonly device: Sid;
}

/** Keys to be put beside the pins. */
export interface Keys {
  readonly epochs: ReadonlyMap<number, Uint8Array>;
  readonly docs: ReadonlyMap<Generation, Uint8Array>;
}

const DOC_TEXT = 32;

/** A room as its member sees it; a `Writer` adds writing. */
export class Room extends Reader {
  /** Bytes of what I sent myself, by row id. */
  readonly own = new Map<Hash, Uint8Array>();
  /** Who is present in the sitting, by the server's word. */
  readonly live = new Set<Wid>();
  /** Who asked to speak, first of all; the server's word too. */
  hands: readonly Wid[] = [];
  /** EQUIVOCATION, FORK_OR_GAP, MISSING_STATEMENT or NOT_LOGGED, once one was found. */
  halted: Code | null = null;
  /** Why the server let me out of the live feed. */
  gone: string | null = null;
  readonly #waiting = new Set<() => void>();

  /** Take keys and pins from the vault; `open` brings the rows. */
  constructor(session: Session, caseId: CaseId, { register }: { readonly register: Register }) {
    const { net, log } = session.council;
    super(session, caseId, new Feed({ net, caseId, log, register }));
  }

  // --- what stands -------------------------------------------------------------------------------

  /** Sittings, items, seats, boards, actions: what the signed headers say. */
  get conference(): Conference {
    return this.feed.room.conference;
  }

  /** The roster now; WRONG_PLACE before the first. */
  get roster(): Roster {
    return this.state.roster;
  }

  /** Tell whether a roster must come before anything else may be written. */
  isStale(): boolean {
    const now = this.session.council.clock.now();
    return this.state.current !== undefined && this.feed.room.willing(now).isStale();
  }

  /** Rows and bases that the next roster may keep, as far as I know now. */
  pruned(): readonly [readonly MemberRow[], readonly Sid[]] {
    const { state } = this;
    const n = this.session.council.log.size;
    const point = { n, s: state.seq };
    const now = state.directory.time(n);
    const mem = pruneMembers(state, state.roster, point, now);
    return [mem, pruneBases(state, state.roster, point, now)];
  }

  /** Wait until something holds, looking again after every row; false when given up before. */
  until(holds: () => boolean, signal?: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (held: boolean): void => {
        this.#waiting.delete(look);
        resolve(held);
      };
      const look = (): void => {
        if (holds()) end(true);
        else if (signal?.aborted === true) end(false);
      };
      this.#waiting.add(look);
      signal?.addEventListener("abort", look, { once: true });
      look();
    });
  }

  #changed(): void {
    for (const look of [...this.#waiting]) look();
  }

  /** The server let me out of the live feed, and said why. */
  leave(code: string): void {
    this.gone = code;
    this.live.clear();
    this.hands = [];
    this.#changed();
  }

  /** I listen again, to those who are present. */
  entered(live: Iterable<Wid>): void {
    this.gone = null;
    this.live.clear();
    for (const wid of live) this.live.add(wid);
  }

  /** Where I stand, for `mayWrite`. */
  footing(): Footing {
    const { council } = this.session;
    const { epoch } = this.state;
    return {
      halted: this.halted ?? this.session.contradicted,
      clockOff: council.clock.offset,
      logAge: this.session.logAge(),
      stale: this.isStale(),
      hasKey: epoch < 0 || this.epochs.has(epoch) || this.#isGuest(),
      unconfirmed: this.newcomers().length > 0,
      required: council.root().req,
      version: VERSION,
    };
  }

  /** A guest holds keys of single documents by grants, and none of the room. */
  #isGuest(): boolean {
    return this.state.member(this.person)?.role === "guest";
  }

  /**
   * Tell whether I am a member whose device the newest key was not sealed to.
   *
   * Nobody's fault need it be: a device too old, a pledge that ended, a device linked just now. The
   * person is told rather than losing the room in silence (section 7).
   */
  isLeftOut(): boolean {
    const { current } = this.state;
    if (current === undefined || this.state.member(this.person) === undefined) return false;
    if (this.#isGuest() || this.epochs.has(current.body.n)) return false;
    const { did } = this.session.me;
    const dids = [...current.recipients].map((sid) => deviceOf(this.state.directory, sid));
    return !dids.includes(did);
  }

  // --- newcomers ---------------------------------------------------------------------------------

  /** Devices of other members that hold the key and were not confirmed by the owner. */
  newcomers(): readonly Newcomer[] {
    const { current } = this.state;
    if (current === undefined) return [];
    const known = new Set(roomOf(this.session.vault.contents, this.caseId).known);
    const unseen = [...current.recipients].filter((sid) => !known.has(sid)).sort();
    const found = unseen.map((sid) => this.#newcomer(sid));
    return found.filter(({ wid }) => wid !== this.session.me.wid);
  }

  #newcomer(device: Sid): Newcomer {
    const { directory } = this.state;
    const owner = directory.devices.get(deviceOf(directory, device));
    const wid = owner?.first.body.wid;
    const aid =
      wid === undefined ? undefined : directory.workers.get(wid)?.versions.at(-1)?.body.aid;
    if (wid === undefined || aid === undefined) throw new Refused("UNKNOWN_ID");
    return { wid, aid, device };
  }

  /** The owner has seen who is new, by name: remember them, and give the list. */
  async confirmChanges(): Promise<readonly Newcomer[]> {
    const seen = this.newcomers();
    if (seen.length > 0) {
      const sids = seen.map(({ device }) => device);
      await this.#keep((kept) => ({ ...kept, known: [...new Set([...kept.known, ...sids])] }));
    }
    return seen;
  }

  // --- rows --------------------------------------------------------------------------------------

  /**
   * Bring rows and keys up to date and compare them with the pins.
   *
   * Refused: MISSING_STATEMENT, EQUIVOCATION, ROLLBACK, and what the server refuses.
   */
  async open(): Promise<void> {
    await this.complete();
    await this.fetch();
    await this.requirePins();
    await this.openKeys();
  }

  /** Hold the bytes behind every leaf of this case, else halt. */
  async complete(): Promise<void> {
    const { log } = this.session.council;
    try {
      await log.complete(this.caseId);
    } catch (error) {
      // A network that is gone withholds nothing: only a definite answer halts the room.
      const isDefinite = error instanceof Refused && error.code !== "UNAVAILABLE";
      if (isDefinite) this.halted = error.code;
      throw error;
    }
    if (this.halted === "MISSING_STATEMENT") this.halted = null;
    this.feed.follow(log.directory);
  }

  /** Fetch rows until I stand where the server's signed head does; FORK_OR_GAP when it falls short. */
  async fetch(): Promise<void> {
    for (;;) {
      const known = this.#newestHeard();
      const { frames, head } = await this.rowsFrom(this.state.seq + 1);
      await this.take(frames);
      await this.hearHead(bytesOfBlob(head));
      if (this.state.seq >= this.#newestHeard()) return;
      // A head may be heard while an answer is under way: what it names comes with the next.
      if (frames.length === 0 && known > this.state.seq)
        throw new Refused("FORK_OR_GAP", { seq: this.state.seq });
    }
  }

  #newestHeard(): number {
    return Math.max(0, ...this.feed.heard.map(({ seq }) => seq));
  }

  /** Tell whether the server signed a row that I do not hold yet. */
  isBehind(): boolean {
    return this.#newestHeard() > this.state.seq;
  }

  /** Fold frames in order; a gap is fetched, a contradiction halts the room. */
  async take(frames: readonly Frame[]): Promise<void> {
    if (frames.length === 0) return;
    try {
      await this.folding.run(() => this.#take(frames));
    } finally {
      this.#changed();
    }
  }

  async #take(frames: readonly Frame[]): Promise<void> {
    await this.#grow(frames);
    for (const frame of await this.#filled(frames)) {
      // The rows between are fetched by whoever called.
      if (frame.seq > this.state.seq + 1) return;
      await this.foldRow(frame);
    }
  }

  /** Take a row; one that contradicts what I hold halts the room, even if it is kept. */
  protected override async foldRow(frame: Frame): Promise<void> {
    const code = await this.#halting(() => this.feed.take(frame));
    if (code === "EQUIVOCATION") await this.#halt(code);
    else await this.heedMissing();
  }

  /**
   * A roster that was kept from me halts the room.
   *
   * As for rows that a head names and that do not come: what is wrong is not what was signed, but
   * what is kept back. Whoever went on would seal to whom it removed.
   */
  protected override async heedMissing(): Promise<void> {
    if (this.feed.room.missesRoster && this.halted === null) await this.#halt("FORK_OR_GAP");
  }

  /** Rows are judged by the log that they name. */
  async #grow(frames: readonly Frame[]): Promise<void> {
    const { log } = this.session.council;
    if (frames.every(({ idn }) => idn <= log.size)) return;
    await this.session.sync();
    await this.complete();
  }

  /** Use my own bytes of what I sent, and fetch grants to me before their rows are folded. */
  async #filled(frames: readonly Frame[]): Promise<readonly Frame[]> {
    const mine = frames.map((frame): Frame => {
      const bytes = this.own.get(frame.id);
      return bytes === undefined ? frame : { ...frame, view: "full", bytes: blobOf(bytes) };
    });
    const wanted = mine.filter(({ form, view, bytes }) => {
      return form === "stm" && view === "bare" && bytes === null;
    });
    const served = await this.#served(wanted.map(({ id }) => id));
    return mine.map((frame) => served.get(frame.id) ?? frame);
  }

  async #served(ids: readonly Hash[]): Promise<ReadonlyMap<Hash, Frame>> {
    const found = new Map<Hash, Frame>();
    for (let at = 0; at < ids.length; at += CHUNK) {
      const part = ids.slice(at, at + CHUNK);
      const { frames } = await this.session.read(this.caseId, "key", part);
      for (const frame of frames) found.set(frame.id, frame);
    }
    return found;
  }

  /** A contradiction halts the room, and its proof is kept. */
  async #halting<T>(check: () => T): Promise<T> {
    try {
      return check();
    } catch (error) {
      if (error instanceof Refused && error.code === "EQUIVOCATION") await this.#halt(error.code);
      throw error;
    }
  }

  async #halt(code: Code): Promise<void> {
    this.halted = code;
    const { evidence } = this.feed;
    if (evidence === null) return;
    const [first, second] = evidence.map(blobOf) as [Blob, Blob];
    await this.session.accuse({ code, first, second });
  }

  /** The server signed what contradicts what I hold: the room halts, and both are kept. */
  async contradicted(first: Uint8Array, second: Uint8Array): Promise<void> {
    this.feed.evidence = [first, second];
    await this.#halt("EQUIVOCATION");
  }

  /** Open what is for me; new keys are in the vault before anything is said with them. */
  async openKeys(): Promise<void> {
    await this.openNewKeys();
    const kept = roomOf(this.session.vault.contents, this.caseId);
    if (!same(Room.withKeys(kept, this), kept)) await this.keepPins();
  }

  /** Remember where this room stands; it never goes back from there. */
  async keepPins(): Promise<void> {
    const kept = roomOf(this.session.vault.contents, this.caseId);
    if (this.state.seq === 0 || this.state.seq < kept.seq) return;
    await this.requirePins();
    if (same(this.pinned(kept), kept)) return;
    await this.#keep((each) => this.pinned(each));
  }

  /** Check a head's signature (DSSE bytes) and compare it with my rows. */
  async hearHead(raw: Uint8Array): Promise<void> {
    const { council } = this.session;
    const head = verifyHead(raw, { root: council.root(), net: council.net });
    if (head.case !== this.caseId) throw new Refused("WRONG_PLACE");
    this.session.heard(head.iat, head.idn);
    await this.#halting(() => {
      this.feed.hearHead(head, raw);
    });
  }

  /** Compare a signed word of the server with my rows; a contradiction halts the room. */
  async hear(said: Heard): Promise<void> {
    await this.#halting(() => {
      this.feed.hear(said);
    });
  }

  // --- pins --------------------------------------------------------------------------------------

  /** What I held before must still be there: ROLLBACK, EQUIVOCATION. */
  async requirePins(): Promise<void> {
    const { state } = this;
    const kept = roomOf(this.session.vault.contents, this.caseId);
    if (kept.seq > state.seq || kept.n > state.epoch) {
      throw new Refused("ROLLBACK", { seq: state.seq, known: kept.seq });
    }
    await this.#halting(() => {
      const isOther = kept.fh !== null && state.fhs[kept.seq] !== kept.fh;
      if (isOther) throw new Refused("EQUIVOCATION", { seq: kept.seq });
    });
    const mine = state.chains.get(this.session.me.did);
    if (mine !== undefined && mine.n > (kept.chain?.n ?? 0)) {
      throw new Refused("ROLLBACK", { chain: mine.n });
    }
  }

  /** Keys and pins as they stand now; as they were, in a room that is not what I held. */
  pinned(kept: RoomKeys): RoomKeys {
    if (!this.#goesOn(kept)) return kept;
    const { epoch: n, current, seq, fh } = this.state;
    return { ...Room.withKeys(kept, this), n, sid: current?.sid ?? null, seq, fh };
  }

  /** Tell whether the rows here continue those that were pinned. */
  #goesOn({ seq, n, fh }: RoomKeys): boolean {
    const { state } = this;
    return seq <= state.seq && n <= state.epoch && (fh === null || state.fhs[seq] === fh);
  }

  /** Put keys beside the pins. */
  static withKeys(kept: RoomKeys, { epochs, docs }: Keys): RoomKeys {
    const sortedEpochs = [...epochs].sort(([left], [right]) => left - right);
    const sortedDocs = [...docs].map(docKey).sort(byGeneration);
    return {
      ...kept,
      epochs: sortedEpochs.map(([n, key]): EpochKey => ({ n, E: hashOf(key) })),
      docs: sortedDocs,
    };
  }

  async #keep(change: (kept: RoomKeys) => RoomKeys): Promise<void> {
    await this.session.vault.update((contents) => {
      return withRoom(contents, change(roomOf(contents, this.caseId)));
    });
  }

  /** My newest envelope in this room. */
  get chain(): ChainHead | null {
    return roomOf(this.session.vault.contents, this.caseId).chain;
  }

  // --- people ------------------------------------------------------------------------------------

  /** Members without guests, with their agencies. */
  members(): ReadonlyMap<Wid, Aid> {
    const { workers } = this.state.directory;
    const rows = this.roster.mem.filter(({ role }) => role !== "guest");
    return new Map(
      rows.flatMap(({ wid }) => {
        const aid = workers.get(wid)?.versions.at(-1)?.body.aid;
        return aid === undefined ? [] : [[wid, aid] as const];
      }),
    );
  }

  /** Names of everybody in the roster, each checked against her certificate. */
  async names(): Promise<ReadonlyMap<Wid, string>> {
    return this.session.council.names(this.roster.mem.map(({ wid }) => wid));
  }
}

function docKey([generation, key]: readonly [Generation, Uint8Array]): DocKey {
  return { doc: docOf(generation), g: Number(generation.slice(DOC_TEXT)), D: hashOf(key) };
}

function byGeneration(left: DocKey, right: DocKey): number {
  if (left.doc !== right.doc) return left.doc < right.doc ? -1 : 1;
  return left.g - right.g;
}

/** What a vault holds is plain data, always built in the same order. */
function same(left: RoomKeys, right: RoomKeys): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
