/** A live client: one line, every room kept level, a stale room mended (section 5.24). */

import type { Register } from "../consent/register";
import { Refused, type Code } from "../crypto/errors";
import { decode } from "../protocol/codec";
import { Done, Failure, Gone, Headed, IdHead, Notice, Push, Subbed } from "../protocol/generated";
import { bytesOfBlob, idOf, bytesOf } from "../protocol/ids";
import type { CaseId, Id, SitId, Wid } from "../protocol/ids";
import type { Shape } from "../protocol/kinds";
import { parse } from "../protocol/statement";
import { SECOND } from "../protocol/times";
import { Line, PASSING, type LineState } from "./line";
import { Member } from "./member";
import { Room } from "./room";
import type { Session } from "./session";
import type { EventName, Socket } from "./socket";
import { ANSWER_LIMIT, pause } from "./transport";
import { Turns } from "./turns";

/**
 * What comes by itself.
 *
 * - `rows`: new rows were folded, what I may open of them is open
 * - `log`: the identity log grew
 * - `presence`, `hands`, `notice`: the server's unsigned word
 * - `gone`: I was let out of a room, `code` says why
 * - `mended`: a stale room has a fresh roster, by me
 * - `lost`, `back`, `ended`: the line; after `ended` only a person can help
 * - `cut`: the server said why it ends the connection
 * - `forged`: what the server sent by itself was refused; nothing of it was taken
 * - `dropped`: what had no answer yet is not sent any more; its words want to be written again
 * - `trouble`: something else was refused that nobody here asked for
 */
export type What =
  | ("rows" | "log" | "presence" | "hands" | "notice" | "gone" | "mended")
  | ("lost" | "back" | "ended" | "cut" | "forged" | "dropped" | "trouble");

/** Something that nobody here asked for: rows, a presence, an end, a trouble. */
export interface Happening {
  readonly what: What;
  readonly caseId: CaseId | null;
  readonly code: string;
  readonly wid: Wid | null;
}

/** Told of everything that comes by itself; it must not block. */
export type Happened = (happening: Happening) => void;

const REDEEM = 5 * SECOND;
const READING = { limit: ANSWER_LIMIT };
const ID_TEXT = /^[0-9a-f]{32}$/;
const ENCODER = new TextEncoder();

/** A signed-in device that listens. */
export class Client {
  readonly session: Session;
  readonly members = new Map<CaseId, Member>();
  readonly #register: Register;
  readonly #happened: Happened;
  readonly #line: Line;
  /** The rooms that are listened to, each in its sitting or outside. */
  readonly #sits = new Map<CaseId, SitId | null>();
  readonly #events = new Turns();
  readonly #mending = new Set<CaseId>();
  readonly #reported = new Set<string>();
  readonly #closed = new AbortController();
  #lineState: LineState | null = null;

  constructor(
    session: Session,
    {
      register,
      happened = () => undefined,
    }: { readonly register: Register; readonly happened?: Happened },
  ) {
    this.session = session;
    this.#register = register;
    this.#happened = happened;
    this.#line = new Line(session, {
      onEvent: (event, text) => {
        this.#queue(event, text);
      },
      onUp: (socket) => this.#rejoin(socket),
      onState: (state, why) => {
        this.#heardLine(state, why);
      },
    });
  }

  // --- rooms -------------------------------------------------------------------------------------

  /** The room of a case, as far as it was opened; it may not exist yet. */
  member(caseId: CaseId): Member {
    let member = this.members.get(caseId);
    if (member === undefined) {
      member = new Member(new Room(this.session, caseId, { register: this.#register }));
      member.onDropped = () => {
        this.#tell("dropped", { caseId });
      };
      this.members.set(caseId, member);
    }
    return member;
  }

  /** Bring a room's rows and keys up to date. */
  async open(caseId: CaseId): Promise<Member> {
    const member = this.member(caseId);
    await member.room.open();
    return member;
  }

  // --- the line ----------------------------------------------------------------------------------

  /** Sign in and listen; lost connections are mended, and receipts redeemed, until `close`. */
  async connect(): Promise<void> {
    await this.#line.open();
    void this.#redeem();
  }

  /** Tells whether calls can be made. */
  get isUp(): boolean {
    return this.#line.isUp;
  }

  /** The live socket; UNAVAILABLE without one. */
  get socket(): Socket {
    return this.#line.socket;
  }

  /** Looks now instead of later: the network is back, the machine woke, the page is seen again. */
  wake(): void {
    this.#line.wake();
  }

  /** Stop listening, drop keys and connections. */
  async close(): Promise<void> {
    this.#closed.abort();
    this.#line.close();
    await this.#keepPins();
    await this.session.close();
  }

  #tell(what: What, about: Partial<Happening> = {}): void {
    this.#happened({ what, caseId: null, code: "", wid: null, ...about });
  }

  #heardLine(state: LineState, why: unknown): void {
    const code = codeOf(why);
    const before = this.#lineState;
    this.#lineState = state;
    if (state === "ended") this.#tell("ended", { code });
    else if (state === "down" && before === "up") this.#tell("lost", { code });
    else if (state === "up" && why !== null) this.#tell("trouble", { code });
    else if (state === "up" && before === "down") this.#tell("back");
  }

  // --- listening ---------------------------------------------------------------------------------

  /** Listen to a room from my last row on, in a sitting or outside. */
  async join(caseId: CaseId, sit: SitId | null = null): Promise<Member> {
    return this.#join(this.socket, caseId, sit);
  }

  async #join(socket: Socket, caseId: CaseId, sit: SitId | null): Promise<Member> {
    const member = this.member(caseId);
    const { room } = member;
    await room.complete();
    const request = await this.session.subRequest(caseId, { sit, start: room.state.seq + 1 });
    const answer = await socket.call("sub", request, Subbed);
    this.#sits.set(caseId, sit);
    room.entered(answer.live);
    await room.take(answer.frames);
    await room.hearHead(bytesOfBlob(answer.head));
    await room.open();
    await member.resume();
    return member;
  }

  /** Stop listening to a room. */
  async leave(caseId: CaseId): Promise<void> {
    this.#sits.delete(caseId);
    this.members.get(caseId)?.room.entered([]);
    await this.socket.call("unsub", { case: caseId }, Done);
  }

  /** Ask to speak in the sitting that is listened to, or no longer. */
  async raiseHand(caseId: CaseId, { up }: { readonly up: boolean }): Promise<void> {
    await this.socket.call("hand", { case: caseId, up: up ? 1 : 0 }, Done);
  }

  /** Come level in every room after a break; one that is closed to me meanwhile is left. */
  async #rejoin(socket: Socket): Promise<void> {
    for (const [caseId, sit] of [...this.#sits]) {
      try {
        await this.#join(socket, caseId, sit);
        this.#tell("rows", { caseId });
      } catch (error) {
        if (!(error instanceof Refused) || PASSING.has(error.code)) throw error;
        this.#shutOut(caseId, error.code);
      }
    }
  }

  /** A room that I do not trust any more stays in sight; one that is closed to me is left. */
  #shutOut(caseId: CaseId, code: Code): void {
    const { room } = this.member(caseId);
    if (room.halted !== null) {
      this.#tell("trouble", { caseId, code });
      return;
    }
    this.#sits.delete(caseId);
    room.leave(code);
    this.#tell("gone", { caseId, code });
  }

  // --- what comes by itself ----------------------------------------------------------------------

  #queue(event: EventName, text: string): void {
    const data = ENCODER.encode(text);
    const heard = this.#events.run(() => this.session.signedIn(() => this.#hear(event, data)));
    heard.catch((error: unknown) => {
      if (!this.#isClosed()) this.#tell("forged", { code: codeOf(error) });
    });
  }

  async #hear(event: EventName, data: Uint8Array): Promise<void> {
    if (this.#isClosed()) return;
    switch (event) {
      case "push":
        return this.#pushed(read(data, Push));
      case "idhead":
        read(data, IdHead);
        return this.#logGrew();
      case "notice":
        this.#noticed(read(data, Notice));
        return;
      case "gone":
        this.#left(read(data, Gone));
        return;
      case "head":
        return this.#headed(read(data, Headed));
      case "cut":
        this.#tell("cut", { code: read(data, Failure).code });
    }
  }

  async #pushed({ case: caseId, frames }: Push): Promise<void> {
    const member = this.#listening(caseId);
    if (member === null) return;
    const { room } = member;
    const [first] = frames;
    if (first !== undefined && first.seq > room.state.seq + 1) await room.fetch();
    await room.take(frames);
    await room.openKeys();
    room.openPushed(frames);
    this.#tell("rows", { caseId });
    this.#reportIfBad(member);
    this.#mendIfStale(member);
  }

  #listening(caseId: CaseId): Member | null {
    return this.#sits.has(caseId) ? (this.members.get(caseId) ?? null) : null;
  }

  async #headed({ head }: Headed): Promise<void> {
    const raw = bytesOfBlob(head);
    const { body } = parse(raw);
    const caseId = body.typ === "head" ? body.case : null;
    const member = caseId === null ? undefined : this.members.get(caseId);
    if (caseId === null || member === undefined) return;
    const { room } = member;
    await room.hearHead(raw);
    if (!room.isBehind()) return;
    await room.fetch();
    await room.openKeys();
    this.#tell("rows", { caseId });
  }

  async #logGrew(): Promise<void> {
    await this.session.sync();
    for (const caseId of this.#sits.keys()) {
      const member = this.#listening(caseId);
      if (member === null) continue;
      await member.room.complete();
      this.#mendIfStale(member);
    }
    this.#tell("log");
  }

  #noticed({ case: caseId, code, facts }: Notice): void {
    const room = this.members.get(caseId)?.room;
    if (room !== undefined && code === "presence") this.#present(room, facts);
    else if (room !== undefined && code === "hands") {
      room.hands = widsOf(facts["wids"]);
      this.#tell("hands", { caseId });
    } else this.#tell("notice", { caseId, code });
  }

  #present(room: Room, { wid: named, what }: Notice["facts"]): void {
    const [wid] = widsOf(named);
    if (wid === undefined) return;
    if (what === "enter") room.live.add(wid);
    else room.live.delete(wid);
    this.#tell("presence", { caseId: room.caseId, code: String(what), wid });
  }

  #left({ case: caseId, code }: Gone): void {
    this.#sits.delete(caseId);
    this.members.get(caseId)?.room.leave(code);
    this.#tell("gone", { caseId, code });
  }

  /** Say once that the newest bundle did not open; another member then rotates. */
  #reportIfBad(member: Member): void {
    const { room } = member;
    const n = room.state.epoch;
    const name = `${room.caseId} ${n}`;
    if (!room.badEpochs.has(n) || this.#reported.has(name)) return;
    this.#reported.add(name);
    this.#tell("trouble", { caseId: room.caseId, code: "BAD_BUNDLE" });
    // A report only helps the others: without it the room is as it was.
    member.reportBundle(n).catch(() => undefined);
  }

  // --- mending -----------------------------------------------------------------------------------

  #mendIfStale(member: Member): void {
    const { caseId } = member.room;
    if (this.#mending.has(caseId) || !this.#sits.has(caseId) || !member.room.isStale()) return;
    this.#mending.add(caseId);
    void this.#mend(member);
  }

  async #mend(member: Member): Promise<void> {
    const { caseId } = member.room;
    try {
      await member.mend();
      this.#tell("mended", { caseId });
    } catch (error) {
      if (!this.#isClosed()) this.#tell("trouble", { caseId, code: codeOf(error) });
    } finally {
      this.#mending.delete(caseId);
    }
  }

  // --- pins and promises -------------------------------------------------------------------------

  async #keepPins(): Promise<void> {
    for (const { room } of [...this.members.values()]) await room.keepPins();
  }

  /** Hold the server to its receipts; a broken promise halts every room. */
  async #redeem(): Promise<void> {
    for (;;) {
      await pause(REDEEM, this.#closed.signal);
      if (this.#isClosed()) return;
      try {
        await this.#keepPins();
        await this.session.signedIn(() => this.session.redeem());
      } catch (error) {
        this.#broken(codeOf(error));
      }
    }
  }

  #broken(code: string): void {
    if (this.#isClosed() || !this.isUp) return;
    if (code === "NOT_LOGGED") for (const { room } of this.members.values()) room.halted = code;
    this.#tell("trouble", { code });
  }

  #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }
}

/** What was thrown, as a code for a person: never a text from inside. */
function codeOf(error: unknown): string {
  if (error === null) return "";
  return error instanceof Refused ? error.code : "UNAVAILABLE";
}

function read<T>(data: Uint8Array, kind: Shape<T>): T {
  return decode(data, kind, READING);
}

/** Ids of workers in a notice, as one text; what is no id is passed over. */
function widsOf(fact: unknown): readonly Wid[] {
  const names = typeof fact === "string" ? fact.split(" ") : [];
  return names.filter((name) => ID_TEXT.test(name)).map((name) => idOf<Wid>(bytesOf(name as Id)));
}
