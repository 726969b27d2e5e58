/**
 * What this device can open in a room: keys by bundle, grant and `dk`, then the words.
 *
 * Rows of which only the public part came are fetched by ticket, and only those that the gate
 * lets me read and whose key I hold: no refusal is provoked that could be foreseen.
 */

import type { Sealed } from "../conference/content";
import type { RowRecord } from "../conference/room";
import { Refused, type Code } from "../crypto/errors";
import { SealingKey } from "../crypto/sealing";
import { deviceOf } from "../protocol/basis";
import { asPerson, type Person } from "../protocol/directory";
import { Rows, type Frame, type Grant } from "../protocol/generated";
import type { Blob, CaseId, DocId, Hash, Sid } from "../protocol/ids";
import { bytesOf, bytesOfBlob } from "../protocol/ids";
import {
  docOf,
  docsOf,
  epochsOf,
  generationOf,
  type Generation,
  type Granted,
  type RoomState,
  type RosterEntry,
} from "../protocol/room";
import { requireBundle } from "../protocol/roster";
import { SECOND } from "../protocol/times";
import { roomOf } from "./contents";
import type { Feed } from "./feed";
import {
  openBundle,
  openDk,
  openGrant,
  openText,
  requireDocKey,
  requireEpochKey,
  type Text,
} from "./opening";
import type { Session } from "./session";
import { dropWrong } from "./stray";
import { Turns } from "./turns";
import { said, saysSame, type Row, type Said } from "./words";

/** Rows or bundles asked for at once. */
export const CHUNK = 64;

const NEVER = Infinity;
/** How long, in ms, until a bundle is asked for again: each question is an entry in the log. */
const AGAIN = 10 * SECOND;
const WORDS: ReadonlySet<string> = new Set(["sum", "note", "ev", "op"]);

/** Why rows are read: the server writes it into the log before it gives them. */
export interface Purpose {
  readonly purpose?: string;
}

/** Keys and words of one room. */
export class Reader {
  readonly session: Session;
  readonly caseId: CaseId;
  readonly feed: Feed;
  /** Epoch keys by roster number, document keys by generation; 32 bytes each. */
  readonly epochs: Map<number, Uint8Array>;
  readonly docs: Map<Generation, Uint8Array>;
  readonly texts = new Map<Hash, Text>();
  readonly badEpochs = new Set<number>();
  /** When (ms) a bundle that was kept back was asked for last, by its epoch. */
  readonly #asked = new Map<number, number>();
  /** Things for me that did not open, with the reason. */
  readonly flaws = new Map<Hash, Code>();
  /** Snapshots that do not carry what this device holds itself. */
  readonly differences = new Set<Hash>();
  /** Whoever folds rows, or makes the room anew. */
  protected readonly folding = new Turns();
  readonly #opening = new Turns();
  readonly #eks = new Map<number, SealingKey>();

  /** Begin with the keys in the vault. */
  constructor(session: Session, caseId: CaseId, feed: Feed) {
    this.session = session;
    this.caseId = caseId;
    this.feed = feed;
    const kept = roomOf(session.vault.contents, caseId);
    this.epochs = new Map(kept.epochs.map(({ n, E }) => [n, bytesOf(E)]));
    this.docs = new Map(kept.docs.map(({ doc, g, D }) => [generationOf(doc, g), bytesOf(D)]));
  }

  /** The room's protocol state. */
  get state(): RoomState {
    return this.feed.state;
  }

  /** Who I am in rosters. */
  get person(): Person {
    return asPerson(this.session.me);
  }

  // --- keys --------------------------------------------------------------------------------------

  /** Open every bundle, grant and `dk` that is for me, and the rows that this gives back. */
  async openNewKeys(): Promise<void> {
    await this.#opening.run(async () => {
      dropWrong(this);
      await this.#openBundles();
      await this.#reveal(this.#openGrants());
      await this.#reveal(await this.#openDks());
    });
  }

  /** My sealing key with a counter; BAD_BUNDLE without it. */
  sealingKey(eg: number): SealingKey {
    const known = this.#eks.get(eg);
    if (known !== undefined) return known;
    const kept = this.session.vault.contents.ek.find((seed) => seed.eg === eg);
    if (kept === undefined) throw new Refused("BAD_BUNDLE");
    const key = SealingKey.fromSeed(bytesOf(kept.seed));
    this.#eks.set(eg, key);
    return key;
  }

  #mySids(sids: Iterable<Sid>): ReadonlySet<Sid> {
    const { directory } = this.state;
    const { did } = this.session.me;
    return new Set([...sids].filter((sid) => deviceOf(directory, sid) === did));
  }

  async #openBundles(): Promise<void> {
    const wanted = this.state.rosters.filter(({ body: { n }, recipients }) => {
      return this.#isToBeOpened(n) && this.#mySids(recipients).size > 0;
    });
    for (const part of chunks(wanted)) {
      const ids = part.map(({ body }) => body.bun);
      const { bundles } = await this.session.read(this.caseId, "key", ids);
      const data = new Map<Hash, Blob>(bundles.map(({ h, bytes }) => [h, bytes]));
      for (const entry of part) this.#openBundle(entry, data.get(entry.body.bun));
    }
  }

  /** A bundle that does not open never will; one that was kept back is asked for again. */
  #isToBeOpened(n: number): boolean {
    if (this.epochs.has(n) || !this.badEpochs.has(n)) return !this.epochs.has(n);
    const asked = this.#asked.get(n);
    return asked !== undefined && this.session.council.clock.now() - asked >= AGAIN;
  }

  /** Lines 9 and 10 of section 5.22; a bad one leaves the epoch without a key. */
  #openBundle(entry: RosterEntry, data: Blob | undefined): void {
    const { n } = entry.body;
    this.#asked.delete(n);
    const opened = this.#tried(entry.sid, () => {
      const bytes = data === undefined ? new Uint8Array() : bytesOfBlob(data);
      const parsed = requireBundle(this.state, entry, bytes);
      const mine = this.#mySids(entry.recipients);
      const eg = parsed.entries.find(({ sid }) => mine.has(sid))?.eg ?? 0;
      const { net } = this.session.council;
      const held = this.epochs.values();
      return openBundle(parsed, entry, { net, mine, key: this.sealingKey(eg), held });
    });
    if (opened === null) this.#keepBad(entry);
    else {
      this.epochs.set(n, opened);
      this.badEpochs.delete(n);
      this.flaws.delete(entry.sid);
    }
  }

  #keepBad({ sid, body: { n } }: RosterEntry): void {
    this.badEpochs.add(n);
    // Other bytes, or none: the right ones may come.
    const isKeptBack = this.flaws.get(sid) === "BAD_BUNDLE_HASH";
    if (isKeptBack) this.#asked.set(n, this.session.council.clock.now());
  }

  /** What cannot be opened is remembered with its reason, and not tried again. */
  #tried<T>(id: Hash, open: () => T): T | null {
    try {
      return open();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.flaws.set(id, error.code);
      return null;
    }
  }

  /** Gives the first row for which the new keys matter. */
  #openGrants(): number {
    const { did } = this.session.me;
    const wanted = this.state.grants.filter(
      ({ sid, to, body }) => to === did && !this.flaws.has(sid) && !this.#hasAll(body),
    );
    const opened = wanted.map((granted) =>
      this.#tried(granted.sid, () => this.#openGrant(granted)),
    );
    return Math.min(...opened.map((since) => since ?? NEVER));
  }

  #hasAll(body: Grant): boolean {
    const hasDocs = docsOf(body).every((generation) => this.docs.has(generation));
    return hasDocs && epochsOf(body).every((n) => this.epochs.has(n));
  }

  #openGrant({ body }: Granted): number {
    const { net } = this.session.council;
    const keys = openGrant(body, { net, key: this.sealingKey(body.eg) });
    const docs = docsOf(body).map((generation, at) => this.#keepDoc(generation, keys[at]));
    const epochs = epochsOf(body).map((n, at) => this.#keepEpoch(n, keys[at]));
    return Math.min(...docs, ...epochs);
  }

  #keepDoc(generation: Generation, key: Uint8Array | undefined): number {
    if (key === undefined) throw new Refused("BAD_LENGTH");
    const announced = this.state.announced(generation);
    requireDocKey(key, announced.body);
    this.docs.set(generation, key);
    return announced.seq;
  }

  #keepEpoch(n: number, key: Uint8Array | undefined): number {
    const entry = this.state.rosters[n];
    if (key === undefined || entry === undefined) throw new Refused("BAD_LENGTH");
    requireEpochKey(key, entry);
    this.epochs.set(n, key);
    return entry.seq;
  }

  /** Gives the first row for which the new keys matter. */
  async #openDks(): Promise<number> {
    const wanted = this.feed.room.records.filter((record) => this.#isWantedDk(record));
    await this.#readRows(
      wanted.map(({ id }) => id),
      "key",
    );
    return Math.min(...wanted.map((record) => this.#openDk(record)));
  }

  #openDk({ id, generation, epoch }: RowRecord): number {
    const sealed = this.feed.sealed(id);
    const epochKey = this.epochs.get(epoch);
    if (generation === null || epochKey === undefined || !isWhole(sealed)) return NEVER;
    const { body, seq } = this.state.announced(generation);
    const key = this.#tried(id, () => openDk(sealed, epochKey, { sect: body }));
    if (key === null) return NEVER;
    this.docs.set(generation, key);
    return seq;
  }

  #isWantedDk({ kind, code, id, generation, epoch }: RowRecord): boolean {
    if (kind !== "dk" || code !== null || generation === null || this.flaws.has(id)) return false;
    const isNew = !this.docs.has(generation) && this.epochs.has(epoch);
    return isNew && this.#mayRead(generation);
  }

  /** Ask the gate, so that no refusal is provoked that I can foresee. */
  #mayRead(generation: Generation): boolean {
    const announced = this.state.documents.get(generation);
    if (announced === undefined) return false;
    const now = this.session.council.clock.now();
    return this.feed.room.willing(now).mayRead(this.person, announced.body) === null;
  }

  /** Rows that came as mere places before I had these keys are asked for once more. */
  async #reveal(since: number): Promise<void> {
    if (since === NEVER || !this.feed.hasBlanks({ since })) return;
    const frames: Frame[] = [];
    for (let start = since; start <= this.state.seq;) {
      const page = await this.rowsFrom(start);
      const last = page.frames.at(-1);
      if (last === undefined || last.seq < start) break;
      frames.push(...page.frames);
      start = last.seq + 1;
    }
    await this.folding.run(() => {
      this.feed.reveal(frames);
      return this.heedMissing();
    });
  }

  /** Take a row. */
  protected foldRow(frame: Frame): Promise<void> {
    this.feed.take(frame);
    return Promise.resolve();
  }

  /** Look whether what was folded shows that a row was kept back. */
  protected heedMissing(): Promise<void> {
    return Promise.resolve();
  }

  /** Rows from a number on, without ticketed content, and the server's head. */
  protected async rowsFrom(start: number): Promise<Rows> {
    const query = { start: String(start) };
    return this.session.council.http.get(`cases/${this.caseId}/rows`, Rows, { query });
  }

  // --- words -------------------------------------------------------------------------------------

  /** Fetch full rows of which I hold only the public part. */
  async #readRows(ids: readonly Hash[], purpose: string): Promise<void> {
    const bare = ids.filter((id) => !isWhole(this.feed.sealed(id)));
    for (const part of chunks(bare)) {
      const { frames } = await this.session.read(this.caseId, purpose, part);
      await this.folding.run(async () => {
        for (const frame of frames) await this.foldRow(frame);
      });
    }
  }

  /** Open the words of a document, or of all; what has not come yet is read by ticket. */
  async read(
    doc: DocId | null = null,
    { purpose = "view" }: Purpose = {},
  ): Promise<ReadonlyMap<Hash, Text>> {
    await this.openNewKeys();
    const wanted = this.feed.room.records.filter((record) => this.#isReadable(record, doc));
    const missing = wanted.filter(({ id }) => !this.texts.has(id) && !this.flaws.has(id));
    await this.#readRows(
      missing.map(({ id }) => id),
      purpose,
    );
    for (const record of missing) this.#openText(record);
    const found = wanted.map(({ id }) => [id, this.texts.get(id)] as const);
    return new Map(found.filter((pair): pair is [Hash, Text] => pair[1] !== undefined));
  }

  #isReadable({ kind, code, generation }: RowRecord, doc: DocId | null): boolean {
    if (!WORDS.has(kind) || code !== null || generation === null) return false;
    const isAsked = doc === null || docOf(generation) === doc;
    return isAsked && this.docs.has(generation) && this.#mayRead(generation);
  }

  #openText(record: RowRecord): void {
    const { id, generation } = record;
    const key = generation === null ? undefined : this.docs.get(generation);
    const sealed = this.feed.sealed(id);
    if (key === undefined || this.texts.has(id) || !isWhole(sealed)) return;
    const text = this.#tried(id, () => openText(sealed, key));
    if (text === null) return;
    this.texts.set(id, text);
    this.#compareSnapshot(record, sealed);
  }

  /** S6: what a snapshot carries is what I hold of the generation before; else it is shown. */
  #compareSnapshot(record: RowRecord, sealed: Sealed): void {
    const { header } = sealed;
    if (header.k !== "op" || header.op !== "snap") return;
    const before = generationOf(header.d, header.g - 1);
    const rows = this.rows().filter(([{ generation, kind }]) => {
      return generation === before && kind !== "dk";
    });
    if (rows.length === 0 || rows.some(([{ id }]) => !this.texts.has(id))) return;
    const mine = said(rows, this.texts, { generation: before });
    const theirs = said([[record, sealed]], this.texts, {
      generation: generationOf(header.d, header.g),
    });
    if (!saysSame(mine, theirs)) this.differences.add(record.id);
  }

  /** Open words that came with a push, as far as their keys are here. */
  openPushed(frames: readonly Frame[]): void {
    const { records } = this.feed.room;
    for (const { seq } of frames) {
      const record = records[seq - 1];
      if (record !== undefined && this.#isReadable(record, null)) this.#openText(record);
    }
  }

  /** Valid envelopes in feed order. */
  rows(): readonly Row[] {
    return this.feed.room.records.flatMap((record): readonly Row[] => {
      const sealed = record.code === null ? this.feed.sealed(record.id) : null;
      return sealed === null ? [] : [[record, sealed]];
    });
  }

  /** What a document says now, as far as this device may read it. */
  async words(doc: DocId): Promise<Said> {
    await this.read(doc);
    const generation = generationOf(doc, this.state.newest.get(doc) ?? 0);
    return said(this.rows(), this.texts, { generation });
  }
}

function isWhole(sealed: Sealed | null): sealed is Sealed {
  return sealed !== null && sealed.env.ct !== null;
}

function* chunks<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += CHUNK) yield items.slice(at, at + CHUNK);
}
