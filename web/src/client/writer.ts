/** Writing in a room: check, seal, keep the bytes, send them until they are answered (5.9, 5.13). */

import { isSealed, parseFull, rowId } from "../conference/content";
import { Refused, type Code } from "../crypto/errors";
import { decode, encode } from "../protocol/codec";
import { feedHash } from "../protocol/feed";
import { Post, Receipted, WHOLE_ROOM, type Frame, type Receipt } from "../protocol/generated";
import { blobOf, bytesOfBlob, type DocId, type Hash, type ItemId, type Sid } from "../protocol/ids";
import { mayWrite, type Writing } from "../protocol/may_write";
import { asPerson } from "../protocol/directory";
import type { Generation } from "../protocol/room";
import { roomOf, withRoom, type Contents, type RoomKeys, type Unredeemed } from "./contents";
import { renew } from "./documents";
import { Draft } from "./draft";
import { verifyReceipt } from "./receipts";
import { Room } from "./room";
import { renewDue, rotate, wholeRoom } from "./rostering";
import { dropStray } from "./stray";
import { isUnavailable } from "./transport";
import { Turns } from "./turns";
import type { Said } from "./words";

/** Adds rows to a draft; it may be called again on a fresher room. */
export type Build<T> = (draft: Draft) => Promise<T>;

/** How a batch is judged before it is made. */
export interface Manner {
  readonly writing?: Writing;
}

const ATTEMPTS = 6;
const POST_LIMIT = 4 * 1024 * 1024;
const MAX_VOID = 16;
const AGAIN: ReadonlySet<Code> = new Set([
  "STALE",
  "WRONG_EPOCH",
  "LH_BEHIND",
  "NEEDS_NEW_GENERATION",
]);
const LOST_RACE: ReadonlySet<Code> = new Set([
  "FORK_OR_GAP",
  "CONFLICT",
  "LH_BEHIND",
  "RATE_LIMITED",
]);
/** How long, in ms, to wait until somebody mends the room. */
const PATIENCE = 30_000;
/** Turns of those who might mend it: the first pause, a step for each rank, and a draw; ms. */
const [FIRST, STEP, JITTER] = [300, 150, 100];

/** The one hand of this device in a room: its rows form one chain. */
export class Writer {
  readonly room: Room;
  /** Told when a batch that had no answer yet is not sent again; it must not block. */
  onDropped: () => void = () => undefined;
  /** Documents of which the server said that somebody lost them. */
  readonly #forced = new Set<DocId>();
  readonly #writing = new Turns();
  /** The last batch sent made a further generation, which somebody else may have made too. */
  #renewed = false;

  /** Writes into a room that is open, or not yet made. */
  constructor(room: Room) {
    this.room = room;
  }

  // --- submitting --------------------------------------------------------------------------------

  /**
   * Builds a batch, sends it, and folds what came of it.
   *
   * While the room is stale this waits for the mender, or mends; then the batch is made anew on the
   * fresh room. Refused: line 1 to 7 of `mayWrite`, what the rows themselves are refused for, or
   * UNAVAILABLE; in the last case the sealed bytes are kept and sent again later.
   */
  async submit<T>(build: Build<T>, { writing = "content" }: Manner = {}): Promise<T> {
    return this.#writing.run(async () => {
      await this.#resend();
      for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
        try {
          return await this.#write(build, writing);
        } catch (error) {
          if (!this.#isToRepeat(error)) throw error;
        }
        await this.#freshen();
      }
      return this.#write(build, writing);
    });
  }

  /** A room that had moved on; on a fresh one, a conflict of what was typed is refused before sending. */
  #isToRepeat(error: unknown): boolean {
    if (!(error instanceof Refused)) return false;
    return AGAIN.has(error.code) || (error.code === "CONFLICT" && this.#renewed);
  }

  async #write<T>(build: Build<T>, writing: Writing): Promise<T> {
    this.#renewed = false;
    await this.room.requirePins();
    await this.#openKeys();
    // Lines 8 to 11 of mayWrite are asked row by row, while the draft is made.
    mayWrite(this.room.footing(), writing, () => undefined);
    const draft = this.#draft();
    const result = await build(draft);
    if (draft.rows.length > 0) await this.#send(draft);
    return result;
  }

  /** Right after an epoch change rows may be folded whose keys are not open yet. */
  async #openKeys(): Promise<void> {
    let seq: number;
    do {
      ({ seq } = this.room.state);
      await this.room.openKeys();
    } while (seq !== this.room.state.seq);
  }

  #draft(): Draft {
    const { session, feed, chain, epochs, docs } = this.room;
    return new Draft({ session, room: feed.room, chain, epochs, docs });
  }

  /** Comes level with the server, and sees to it that the room is not stale. */
  async #freshen(): Promise<void> {
    await this.room.session.sync();
    await this.room.open();
    if (this.room.isStale()) await this.#mend();
  }

  // --- sending -----------------------------------------------------------------------------------

  /** Keeps the sealed bytes and new keys, then sends; a definite refusal undoes it. */
  async #send(draft: Draft): Promise<void> {
    const { room } = this;
    const { chain } = room;
    const bundles = draft.bundles.map(blobOf);
    const post: Post = { case: room.caseId, rows: draft.rows, bundles };
    await this.#keep(draft, post);
    const answer = await this.#answered(post, async (refusal) => {
      if (refusal.code === "NEEDS_NEW_GENERATION") this.#force(draft);
      this.#renewed = hasRenewed(draft);
      const lost = refusal.code === "FORK_OR_GAP" ? draft.rosters : [];
      await this.#undo(post, (kept) => ({ chain, void: [...kept.void, ...lost].slice(-MAX_VOID) }));
      throw refusal;
    });
    for (const [id, text] of draft.texts) room.texts.set(id, text);
    this.#forced.clear();
    await this.#settle(answer, post, draft);
  }

  /** Puts sealed bytes and keys into the vault; where that fails, nothing is sent. */
  async #keep({ docs, epochs, chain }: Draft, post: Post): Promise<void> {
    const { room } = this;
    for (const [generation, key] of docs) room.docs.set(generation, key);
    for (const [n, key] of epochs) room.epochs.set(n, key);
    const unsent = { case: post.case, post: blobOf(encode(post, Post)) };
    try {
      await room.session.vault.update((held) => {
        const kept = Room.withKeys(roomOf(held, room.caseId), room);
        return { ...withRoom(held, { ...kept, chain }), unsent: [...held.unsent, unsent] };
      });
    } catch (error) {
      dropStray(room);
      throw error;
    }
  }

  /** Sends a batch as often as it takes; gives its receipt (DSSE bytes). */
  async deliver(post: Post): Promise<Uint8Array> {
    const { session } = this.room;
    const { rcpt } = await session.signedIn(() =>
      session.council.http.post(`cases/${post.case}/post`, post, Receipted),
    );
    return bytesOfBlob(rcpt);
  }

  /** Delivers my own rows; `refused` is told a definite refusal. */
  async #answered<T>(
    post: Post,
    refused: (refusal: Refused) => Promise<T>,
  ): Promise<Uint8Array | T> {
    for (const { form, bytes } of post.rows) {
      const data = bytesOfBlob(bytes);
      this.room.own.set(rowId(parseFull(form, data)), data);
    }
    try {
      return await this.deliver(post);
    } catch (error) {
      if (!(error instanceof Refused) || isUnavailable(error)) throw error;
      return refused(error);
    }
  }

  #force(draft: Draft): void {
    for (const content of draft.contents.values()) {
      if (isSealed(content)) this.#forced.add(content.header.d);
    }
  }

  /** Forgets a batch that was definitely refused. */
  async #undo(post: Post, changed: (kept: RoomKeys) => Partial<RoomKeys>): Promise<void> {
    const { room } = this;
    dropStray(room);
    for (const id of rowIds(post)) room.own.delete(id);
    await room.session.vault.update((held) => {
      const kept = Room.withKeys(roomOf(held, room.caseId), room);
      return without(withRoom(held, { ...kept, ...changed(kept) }), post);
    });
  }

  /** Checks the receipt, folds the rows, and remembers what the server promised. */
  async #settle(raw: Uint8Array, post: Post, draft: Draft | null): Promise<void> {
    const { room } = this;
    const { council, vault } = room.session;
    const receipt = verifyReceipt(raw, { root: council.root(), net: council.net });
    const ids = rowIds(post);
    await this.#requireOurs(receipt, post, raw);
    const { seq, fh, idn } = receipt;
    if (seq === null || fh === null) throw new Refused("BAD_J1");
    room.session.heard(receipt.iat, idn);
    if (draft !== null) await room.take(framesOf(draft, receipt));
    if (room.state.seq < seq) await room.fetch();
    await room.hear({ seq, fh, idn, raw });
    const promise = { at: Math.floor(council.clock.now()), rcpt: blobOf(raw) };
    await vault.update((held) => answered(held, post, room, promise));
    for (const id of ids) room.own.delete(id);
  }

  /** A receipt speaks of the rows that were sent, or of something else: both are kept as proof. */
  async #requireOurs({ ids, case: caseId }: Receipt, post: Post, raw: Uint8Array): Promise<void> {
    if (ids.join() === rowIds(post).join() && caseId === post.case) return;
    await this.room.contradicted(raw, encode(post, Post));
    throw new Refused("EQUIVOCATION", { why: "receipt" });
  }

  /** Sends what was sealed before a break. */
  async resume(): Promise<void> {
    await this.#writing.run(() => this.#resend());
  }

  /**
   * Sends again, byte for byte, what has no answer yet; nothing from a room that halted.
   *
   * What was sealed before a removal that I have learned of meanwhile might reach nobody but whom
   * it removed: then only what the feed shows as accepted is sent, for its receipt.
   */
  async #resend(): Promise<void> {
    const { room } = this;
    if (room.footing().halted !== null) return;
    const unsent = room.session.vault.contents.unsent.filter((each) => each.case === room.caseId);
    for (const each of unsent) {
      const post = decode(bytesOfBlob(each.post), Post, { limit: POST_LIMIT });
      if (this.#isOvertaken(post) && !(await this.#wasAccepted(post))) {
        await this.#giveUp(post);
        continue;
      }
      const answer = await this.#answered(post, () => this.#giveUp(post));
      if (answer === null) continue;
      await this.#settle(answer, post, null);
      await room.openKeys();
    }
  }

  /** Tells whether a batch was sealed for a circle that is no more, as far as I know. */
  #isOvertaken(post: Post): boolean {
    const { room } = this;
    const epochs = sealedUnder(post);
    const isPast = epochs.some((n) => n !== room.state.epoch);
    return isPast || (epochs.length > 0 && room.isStale());
  }

  /** Asks whether all of a batch stands in the feed. */
  async #wasAccepted(post: Post): Promise<boolean> {
    const { room } = this;
    await room.fetch();
    return this.#stands(post);
  }

  #stands(post: Post): boolean {
    return rowIds(post).every((id) => this.room.state.ids.has(id));
  }

  /** Forgets a batch, and goes back to my newest envelope that stands in the feed. */
  async #giveUp(post: Post): Promise<null> {
    const { room } = this;
    await room.fetch();
    const chain = room.state.chains.get(room.session.me.did) ?? null;
    await this.#undo(post, () => ({ chain }));
    if (!this.#stands(post)) this.onDropped();
    return null;
  }

  // --- generations -------------------------------------------------------------------------------

  /** The generation to write in: a new one if somebody lost the document. */
  async current(draft: Draft, doc: DocId): Promise<Generation> {
    const generation = draft.newest(doc);
    if (!this.#forced.has(doc) && !draft.gate().isDue(generation)) return generation;
    const { cls } = draft.state.announced(generation).body;
    if (!WHOLE_ROOM.has(cls)) return renew(draft, doc);
    return renew(draft, doc, { words: await this.room.words(doc) });
  }

  /** Words to be carried over. */
  async wordsOf(docs: readonly DocId[]): Promise<ReadonlyMap<DocId, Said>> {
    const found = new Map<DocId, Said>();
    for (const doc of docs) found.set(doc, await this.room.words(doc));
    return found;
  }

  // --- mending -----------------------------------------------------------------------------------

  /** Gives a stale room a fresh roster: the chair at once, the others one by one after. */
  async mend(): Promise<void> {
    await this.#writing.run(() => this.#mend());
  }

  async #mend(): Promise<void> {
    const { room } = this;
    for (let attempt = 1; attempt <= ATTEMPTS && room.isStale(); attempt += 1) {
      await this.#waitForTurn();
      await room.session.sync();
      await room.open();
      if (!room.isStale()) return;
      if (!this.#mayMend()) break;
      try {
        await this.#write((draft) => this.#rotation(draft), "mend");
      } catch (error) {
        if (!(error instanceof Refused) || !LOST_RACE.has(error.code)) throw error;
      }
    }
    await this.#untilMended();
  }

  async #rotation(draft: Draft): Promise<void> {
    const docs = wholeRoom(draft, this.openItem(draft));
    const words = await this.wordsOf(docs);
    await rotate(draft, { void: this.lost() });
    await renewDue(draft, words, docs);
  }

  /** My own attempts at a roster that lost their race. */
  lost(): readonly Sid[] {
    return roomOf(this.room.session.vault.contents, this.room.caseId).void;
  }

  /** The item under discussion. */
  openItem(draft: Draft): ItemId | null {
    const items = [...draft.room.conference.items.values()];
    return items.find(({ state }) => state === "open")?.it ?? null;
  }

  /** Any non-guest member whose row stays may rotate. */
  #mayMend(): boolean {
    const [mem] = this.room.pruned();
    return mem.some((row) => asPerson(row) === this.room.person && row.role !== "guest");
  }

  async #waitForTurn(): Promise<void> {
    const { me, council } = this.room.session;
    if (this.room.roster.chair === me.wid) return;
    const [mem] = this.room.pruned();
    const live = mem.filter(({ role }) => role !== "guest").map(({ wid }) => wid);
    const place = live.sort().indexOf(me.wid);
    const rank = place < 0 ? live.length : place;
    const draw = (council.entropy(1)[0] ?? 0) / 255;
    await this.#fresh(FIRST + STEP * rank + JITTER * draw);
  }

  /** Waits for whoever may; STALE when nobody does. */
  async #untilMended(): Promise<void> {
    if (!(await this.#fresh(PATIENCE))) throw new Refused("STALE");
  }

  /** Waits some ms; tells whether the room is fresh. */
  async #fresh(patience: number): Promise<boolean> {
    return this.room.until(() => !this.room.isStale(), AbortSignal.timeout(Math.ceil(patience)));
  }
}

/** The ids of a batch's rows, in order. */
export function rowIds(post: Post): readonly Hash[] {
  return post.rows.map(({ form, bytes }) => rowId(parseFull(form, bytesOfBlob(bytes))));
}

function hasRenewed(draft: Draft): boolean {
  return [...draft.contents.values()].some(
    (content) => !isSealed(content) && content.body.typ === "sect" && content.body.g > 1,
  );
}

/** The roster that stood when a batch was sealed, by its number; none where nothing is sealed. */
function sealedUnder(post: Post): readonly number[] {
  const found = post.rows.map(({ form, bytes }) => parseFull(form, bytesOfBlob(bytes)));
  const rosters = found.flatMap((each) => {
    return !isSealed(each) && each.body.typ === "roster" ? [each.body.n] : [];
  });
  const others = found.flatMap((each) => {
    if (isSealed(each)) return [each.header.e];
    return each.body.typ === "grant" ? [each.body.n] : [];
  });
  // What follows a roster in its batch is under the roster's own number.
  return [...others.filter((n) => !rosters.includes(n)), ...rosters.map((n) => n - 1)];
}

/** Drops the sealed bytes, remembers the promise, pins the room. */
function answered(held: Contents, post: Post, room: Room, promise: Unredeemed): Contents {
  const left = without(held, post);
  const pinned = withRoom(left, room.pinned(roomOf(left, room.caseId)));
  return { ...pinned, receipts: [...pinned.receipts, promise] };
}

function without(held: Contents, post: Post): Contents {
  const raw = blobOf(encode(post, Post));
  return { ...held, unsent: held.unsent.filter((each) => each.post !== raw) };
}

/** My own rows as the receipt places them, if nothing came between. */
function framesOf({ base, ids, sgs, rows }: Draft, { seq, fh, idn }: Receipt): readonly Frame[] {
  const [start, first] = base;
  if (seq !== start + rows.length) return [];
  let last = first;
  const frames = rows.map(({ form, bytes }, at): Frame => {
    const [id, sg] = [ids[at], sgs[at]];
    if (id === undefined || sg === undefined) throw new RangeError("every row has its id and sg");
    last = feedHash({ before: last, seq: start + at + 1, rowId: id, sg, idn });
    return { seq: start + at + 1, id, sg, idn, fh: last, form, view: "full", bytes };
  });
  return last === fh ? frames : [];
}
