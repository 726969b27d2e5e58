/** One room's feed as this client folds it: every row judged, every signed word compared. */

import { isSealed, parseBare, parseFull, requireId } from "../conference/content";
import type { Content, Sealed } from "../conference/content";
import { fold } from "../conference/fold";
import { Room, type RowRecord } from "../conference/room";
import type { Register } from "../consent/register";
import { Refused, type Code } from "../crypto/errors";
import type { Directory } from "../protocol/directory";
import type { Row } from "../protocol/feed";
import type { Frame, Head } from "../protocol/generated";
import type { CaseId, Hash, NetId, RowHash } from "../protocol/ids";
import { bytesOf, bytesOfBlob } from "../protocol/ids";
import { RoomState } from "../protocol/room";
import type { Statement } from "../protocol/statement";
import type { IdLog } from "./idlog";

/** A head or receipt of the server about this room, with its signed bytes. */
export interface Heard {
  readonly seq: number;
  readonly fh: RowHash;
  readonly idn: number;
  readonly raw: Uint8Array;
}

/** Whose feed it is, and what it is judged by. */
export interface FeedPlace {
  readonly net: NetId;
  readonly caseId: CaseId;
  readonly log: Pick<IdLog, "directory" | "logRoot">;
  readonly register: Register;
}

const REMEMBERED = 8;

/** Rows up to `state.seq`, the room they make, and what the server said of it. */
export class Feed {
  /** Made anew by `reveal`: nobody keeps it beyond one turn. */
  room: Room;
  readonly contents = new Map<Hash, Content>();
  heard: readonly Heard[] = [];
  /** Two signed things that cannot both be true, once they were met. */
  evidence: readonly [Uint8Array, Uint8Array] | null = null;
  readonly #place: FeedPlace;
  readonly #rows: Row[] = [];
  /** Envelopes of which only the place came: they may be given later. */
  readonly #blank = new Set<number>();

  /** Begin before the first row. */
  constructor(place: FeedPlace) {
    this.#place = place;
    this.room = this.#empty(place.log.directory);
  }

  #empty(directory: Directory): Room {
    const { net, caseId, log, register } = this.#place;
    const logRoot = log.logRoot.bind(log);
    return new Room(new RoomState({ net, caseId, directory, logRoot }), register);
  }

  /** The room's state. */
  get state(): RoomState {
    return this.room.state;
  }

  /** Rows that broke a rule: kept, skipped and shown. */
  get flawed(): readonly RowRecord[] {
    return this.room.records.filter((record) => record.code !== null);
  }

  /** Judge by a directory that was made anew from the same leaves. */
  follow(directory: Directory): void {
    this.state.directory = directory;
  }

  // --- rows --------------------------------------------------------------------------------------

  /**
   * Take the next row, or fuller bytes of one that was taken before; gives the code of a row that
   * broke a rule.
   *
   * Refused: EQUIVOCATION when it contradicts what I hold or what the server signed; CHAIN_GAP when
   * a row before it is missing; what its bytes are refused for.
   */
  take(frame: Frame): Code | null {
    if (frame.seq <= this.state.seq) {
      this.#again(frame);
      return null;
    }
    if (frame.seq !== this.state.seq + 1) throw new Refused("CHAIN_GAP", { seq: frame.seq });
    const { seq, id, sg, idn, fh } = frame;
    const row: Row = { seq, id, sg, idn, fh };
    this.#requireAfterHeads(row);
    const content = contentOf(frame);
    const { missesRoster } = this.room;
    const code = fold(this.room, row, content);
    this.#rows.push(row);
    if (content !== null) this.contents.set(id, content);
    else if (frame.form === "env") this.#blank.add(seq);
    const isMissed = this.room.missesRoster && !missesRoster;
    if (code === "EQUIVOCATION" || isMissed) this.#accuse(frame);
    this.#requireHeads(row);
    return code;
  }

  /** Its author names a past that is not mine, or an epoch that I was not shown. */
  #accuse({ bytes }: Frame): void {
    const newest = this.heard.at(-1)?.raw ?? new Uint8Array();
    this.evidence = [newest, bytes === null ? new Uint8Array() : bytesOfBlob(bytes)];
  }

  #again(frame: Frame): void {
    this.#requireSame(frame);
    const content = contentOf(frame);
    const isFull = content !== null && isSealed(content) && content.env.ct !== null;
    if (isFull && this.contents.has(frame.id)) this.contents.set(frame.id, content);
  }

  #requireSame({ seq, id, fh }: Frame): void {
    const held = this.#rows[seq - 1];
    if (held?.id === id && held.fh === fh) return;
    throw new Refused("EQUIVOCATION", { seq });
  }

  /** Tell whether of some envelope from a row on only the place is held. */
  hasBlanks({ since }: { readonly since: number }): boolean {
    return [...this.#blank].some((seq) => seq >= since);
  }

  /**
   * Take rows of which only the place was held, now that they are given; tells whether any was.
   *
   * They were skipped when they came, so the room is folded anew from what is held: it stands as if
   * they had been given at once. Refused as `take` refuses.
   */
  reveal(frames: readonly Frame[]): boolean {
    const found = frames.filter(({ seq, bytes }) => this.#blank.has(seq) && bytes !== null);
    for (const frame of found) this.#fill(frame);
    if (found.length > 0) this.#refold();
    return found.length > 0;
  }

  #fill(frame: Frame): void {
    this.#requireSame(frame);
    const content = contentOf(frame);
    if (content === null) return;
    this.contents.set(frame.id, content);
    this.#blank.delete(frame.seq);
  }

  #refold(): void {
    const room = this.#empty(this.state.directory);
    for (const row of this.#rows) fold(room, row, this.contents.get(row.id) ?? null);
    this.room = room;
  }

  /** No row after a head may name a smaller log than the head did. */
  #requireAfterHeads({ seq, idn }: Row): void {
    const isBack = this.heard.some((heard) => seq > heard.seq && idn < heard.idn);
    if (isBack) throw new Refused("EQUIVOCATION", { seq, why: "idn" });
  }

  // --- heads and receipts ------------------------------------------------------------------------

  /**
   * Compare a signed word of the server with my rows and with its earlier words.
   *
   * Refused: EQUIVOCATION; `evidence` then holds two signed things that cannot both be true.
   */
  hear(said: Heard): void {
    const other = this.heard.find((old) => contradict(old, said));
    if (other !== undefined) {
      this.evidence = [other.raw, said.raw];
      throw new Refused("EQUIVOCATION", { seq: said.seq });
    }
    const recent = this.heard.filter((old) => old.seq > this.state.seq - 2);
    this.heard = [...recent, said].slice(-REMEMBERED);
    if (said.seq <= this.state.seq) this.#requireHeads(null);
  }

  /** Compare a head of this room, DSSE bytes `raw`. */
  hearHead({ seq, fh, idn }: Head, raw: Uint8Array): void {
    if (seq === null || fh === null) throw new Refused("BAD_J1");
    this.hear({ seq, fh, idn, raw });
  }

  #requireHeads(row: Row | null): void {
    for (const { seq, fh, raw } of this.heard) {
      const isReached = seq <= this.state.seq && (row === null || seq === row.seq);
      if (!isReached || this.state.fhs[seq] === fh) continue;
      this.evidence = [raw, row === null ? new Uint8Array() : bytesOf(row.id)];
      throw new Refused("EQUIVOCATION", { seq });
    }
  }

  // --- looking up --------------------------------------------------------------------------------

  /** The envelope behind an id; null for a statement or a row without bytes. */
  sealed(rowId: Hash): Sealed | null {
    const content = this.contents.get(rowId);
    return content !== undefined && isSealed(content) ? content : null;
  }

  /** The statement behind an id; null for an envelope or a row without bytes. */
  statement(rowId: Hash): Statement | null {
    const content = this.contents.get(rowId);
    return content !== undefined && !isSealed(content) ? content : null;
  }
}

/** Two rows at one place, or a log that shrank while the feed grew. */
function contradict(one: Heard, other: Heard): boolean {
  if (one.seq === other.seq) return one.fh !== other.fh;
  const [first, then] = one.seq < other.seq ? [one, other] : [other, one];
  return first.idn > then.idn;
}

/** What a newer version wrote is kept by its place alone: counted, and it authorises nothing. */
function contentOf({ form, view, bytes, id }: Frame): Content | null {
  if (bytes === null) return null;
  try {
    const data = bytesOfBlob(bytes);
    const parsed = view === "full" ? parseFull(form, data) : parseBare(form, data);
    requireId(parsed, id);
    return parsed;
  } catch (error) {
    if (error instanceof Refused && error.code === "UNKNOWN_TYPE") return null;
    throw error;
  }
}
