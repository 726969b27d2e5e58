/**
 * The gate in a room: what `decide` is asked, built from the room's state at one point.
 *
 * Answers are remembered until the room's gate moves, the identity log grows, or an instant
 * passes at which a basis, review, pledge, certificate or guest row ends.
 */

import type { Item } from "../agenda/model";
import {
  decide,
  type Action,
  type Actor,
  type Allow,
  type BasisView,
  type Deny,
  type Membership,
  type Pledge,
  type Target,
} from "../consent/model";
import type { Register } from "../consent/register";
import { Refused, type Code } from "../crypto/errors";
import { aidOf, catOf, isStale, standings, type Pair, type Standing } from "../protocol/basis";
import type { Directory } from "../protocol/directory";
import { holders, isDue } from "../protocol/documents";
import type { Sect, Worker } from "../protocol/generated";
import type { Aid, Did, Wid } from "../protocol/ids";
import {
  ikOf,
  asPerson,
  widOf,
  type Generation,
  type Person,
  type RoomState,
} from "../protocol/room";
import { DAY } from "../protocol/times";
import { seatKey, type Conference } from "./records";

/** Where and when a gate answers: log size `n`, time `now` in ms. */
export interface Moment {
  readonly n: number;
  readonly now: number;
  /** Whether what I know of endings counts although no leaf says so yet. */
  readonly seen: boolean;
}

/** What a gate has worked out; a fork that has not moved shares it. */
class Memory {
  readonly actors = new Map<Person, Actor>();
  readonly answers = new Map<string, Allow | Deny>();
  readonly due = new Map<Generation, boolean>();
  readonly holders = new Map<Generation, ReadonlySet<Did>>();
  stale: boolean | null = null;
}

/** Answers for one room at log size `n` and a moment; `until` (ms) is when they lapse. */
export class Gate {
  readonly room: RoomState;
  readonly register: Register;
  readonly n: number;
  readonly now: number;
  readonly seen: boolean;
  readonly until: number;
  /** The room's `gate`, its directory and what that knew of endings when this was built. */
  readonly #mark: Mark;
  readonly stands: readonly Standing[];
  readonly views: readonly BasisView[];
  readonly #memory: Memory;

  constructor(room: RoomState, register: Register, at: Moment, of?: Gate) {
    this.room = room;
    this.register = register;
    this.n = at.n;
    this.now = at.now;
    this.seen = at.seen;
    this.#mark = of ? of.#mark : markOf(room, at);
    this.stands = of ? of.stands : standsOf(room, at.n);
    this.views = of ? of.views : this.stands.map(viewOf);
    this.until = of ? of.until : nextChange(room, this.stands, at);
    this.#memory = of ? of.#memory : new Memory();
  }

  /** Tell whether neither the room, nor the log, nor time has moved the answers. */
  holds(room: RoomState, at: Moment): boolean {
    const mark = markOf(room, at);
    const same = mark.every((part, place) => part === this.#mark[place]);
    return same && this.now <= at.now && at.now < this.until;
  }

  /** The same gate for a copy of its room that has not moved. */
  of(room: RoomState): Gate {
    return room === this.room ? this : new Gate(room, this.register, this, this);
  }

  /** Describe a person as the gate sees her. */
  actor(person: Person, asked: { readonly seated: boolean } = { seated: false }): Actor {
    let actor = this.#memory.actors.get(person);
    if (actor === undefined) {
      actor = actorOf(this, person);
      this.#memory.actors.set(person, actor);
    }
    return asked.seated ? { ...actor, seated: true } : actor;
  }

  /** Ask whether a person may read a document announced so. */
  read(person: Person, section: Sect): Allow | Deny {
    return this.#remembered(person, "read", section);
  }

  /** Ask whether a person may write in a document announced so, outside any item. */
  write(person: Person, section: Sect): Allow | Deny {
    return this.#remembered(person, "write", section);
  }

  #remembered(person: Person, action: Action, section: Sect): Allow | Deny {
    const key = `${action} ${person} ${audienceKey(section)}`;
    let answer = this.#memory.answers.get(key);
    if (answer === undefined) {
      answer = this.ask(this.actor(person), action, this.plain(section));
      this.#memory.answers.set(key, answer);
    }
    return answer;
  }

  /** The refusal of `read`, or null; bound, since rules of documents are handed it. */
  readonly mayRead = (person: Person, section: Sect): Code | null => {
    const answer = this.read(person, section);
    return answer.allow ? null : answer.code;
  };

  /** Ask the gate itself. */
  ask(actor: Actor, action: Action, target: Target): Allow | Deny {
    return decide(this.now, actor, action, target, this.register);
  }

  /** The target of a document outside any item. */
  plain(section: Sect): Target {
    return {
      cls: section.cls,
      sub: section.sub,
      cats: new Set(section.cats),
      bases: this.views,
      audience: section.aud,
      granted: true, // a guest holds a key only by a grant; the views check who holds
      sittingKind: null,
      itemOpen: null,
      needsSeat: false,
      roomClosed: this.room.closed,
    };
  }

  /** Tell whether a document needs a new generation before its next word. */
  isDue(generation: Generation): boolean {
    let due = this.#memory.due.get(generation);
    if (due === undefined) {
      const { room, n, mayRead } = this;
      due = isDue(room, generation, { n, mayRead }) || this.#hasEndedHolder(generation);
      this.#memory.due.set(generation, due);
    }
    return due;
  }

  #hasEndedHolder(generation: Generation): boolean {
    const { directory } = this.room;
    const isEnded = (did: Did) => directory.isDeviceSeenEnded(did);
    return this.seen && [...this.holders(generation)].some(isEnded);
  }

  /** Devices that hold the key of a document generation. */
  holders(generation: Generation): ReadonlySet<Did> {
    let found = this.#memory.holders.get(generation);
    if (found === undefined) {
      found = holders(this.room, generation);
      this.#memory.holders.set(generation, found);
    }
    return found;
  }

  /** Tell whether a roster must come first. */
  isStale(): boolean {
    const point = { n: this.n, s: this.room.seq };
    this.#memory.stale ??= isStale(this.room, point, this.now);
    return this.#memory.stale;
  }

  /** Agencies that some listed basis covers now. */
  covered(): ReadonlySet<Aid> {
    return new Set(this.stands.flatMap((one) => [...one.effective(this.now)].map(aidOf)));
  }
}

/**
 * Judge the room's listed bases and prepare for questions.
 *
 * Without `seen` the answers are those of validity, the same for everybody.
 */
export function openGate(room: RoomState, register: Register, at: Moment): Gate {
  return new Gate(room, register, at);
}

type Mark = readonly [gate: number, n: number, directory: Directory, ended: number];

// What is known to have ended only grows, within one directory.
function markOf(room: RoomState, at: Moment): Mark {
  const { directory, gate } = room;
  return [gate, at.n, directory, at.seen ? directory.seenEnded.size : -1];
}

function standsOf(room: RoomState, n: number): readonly Standing[] {
  return room.current ? standings(room, room.roster.basis, { n, s: room.seq }) : [];
}

const audienceKeys = new WeakMap<Sect, string>();

/** Everything of a section that a reader's answer depends on. */
function audienceKey(section: Sect): string {
  let key = audienceKeys.get(section);
  if (key === undefined) {
    key = JSON.stringify([section.cls, section.sub, section.cats, section.aud]);
    audienceKeys.set(section, key);
  }
  return key;
}

function viewOf(one: Standing): BasisView {
  const taken = [...one.taken].filter((pair) => one.granted.has(pair));
  return {
    sid: one.sid,
    ver: one.body.ver,
    law: one.body.law,
    kinds: one.kinds,
    sub: one.body.sub,
    scope: byAgency(one.granted),
    withdrawn: byAgency(taken),
    start: one.start,
    until: one.until,
    review: one.review,
  };
}

function byAgency(pairs: Iterable<Pair>): ReadonlyMap<Aid, ReadonlySet<string>> {
  const found = new Map<Aid, Set<string>>();
  for (const pair of pairs) {
    const cats = found.get(aidOf(pair)) ?? new Set();
    found.set(aidOf(pair), cats.add(catOf(pair)));
  }
  return found;
}

// --- people ---------------------------------------------------------------------------------

function actorOf(gate: Gate, person: Person): Actor {
  const { room, n, now } = gate;
  const wid = widOf(person);
  const { aid } = firstOf(room.directory, wid);
  return {
    wid,
    aid,
    kind: room.directory.agency(aid, n).kind,
    membership: membershipOf(room, person, now),
    pledgePerson: pledgeOf(room.directory, aid, wid, n),
    pledgeAgency: pledgeOf(room.directory, aid, null, n),
    ended: endedOf(gate, person),
    seated: false,
  };
}

/** A worker's first certificate, whose agency no renewal changes; UNTRUSTED without one. */
function firstOf(directory: Directory, wid: Wid): Worker {
  const chain = directory.workers.get(wid);
  if (chain === undefined) throw new Refused("UNTRUSTED");
  return chain.first.body;
}

function endedOf(gate: Gate, person: Person): Code | null {
  const { directory } = gate.room;
  const worker = directory.workers.get(widOf(person));
  const agency = worker && directory.agencies.get(worker.first.body.aid);
  const isSeen = [worker, agency].some((chain) => chain && directory.seenEnded.has(chain));
  if (gate.seen && isSeen) return "REVOKED";
  const code = refusalOf(() => directory.requireWorker(widOf(person), ikOf(person), gate.n));
  return code === null || code === "EXPIRED" ? code : "REVOKED";
}

function membershipOf(room: RoomState, person: Person, now: number): Membership {
  const row = room.member(person);
  if (row === undefined) return room.wasMember(widOf(person)) ? "ended" : "none";
  if (row.role !== "guest") return "member";
  return row.until !== null && now < row.until ? "guest" : "ended";
}

function pledgeOf(directory: Directory, aid: Aid, wid: Wid | null, n: number): Pledge {
  const code = refusalOf(() => {
    directory.requirePledge(aid, wid, n);
  });
  if (code === null) return "live";
  return code === "PLEDGE_MISSING" ? "missing" : "expired";
}

function refusalOf(check: () => unknown): Code | null {
  try {
    check();
  } catch (refusal) {
    if (refusal instanceof Refused) return refusal.code;
    throw refusal;
  }
  return null;
}

// --- items ----------------------------------------------------------------------------------

/** The target of a document that belongs to an agenda item, on the item's pinned bases. */
export function targetInItem(gate: Gate, section: Sect, item: Item, kind: string): Target {
  const { sub } = section;
  const own = item.bases.filter((pair) => pair.sub === sub);
  const pinned = new Set(own.map((pair) => pair.basis));
  const ofText = section.cls === "itm";
  const treated = item.state !== "closed" && pinned.size > 0;
  return {
    ...gate.plain(section),
    bases: gate.views.filter((view) => sub === null || pinned.has(view.sid)),
    sittingKind: kind,
    itemOpen: ofText ? item.state === "open" : treated,
    needsSeat: ofText,
  };
}

/** Tell whether a worker's seat in the item's sitting is accepted. */
export function hasSeat(conference: Conference, item: Item, wid: Wid): boolean {
  return conference.seats.get(seatKey(item.sit, wid))?.state === "accepted";
}

// --- time -----------------------------------------------------------------------------------

/** Earliest instant (ms) after `now` at which an answer can change by time alone; Infinity for never. */
export function nextChange(
  room: RoomState,
  stands: readonly Standing[],
  at: { readonly n: number; readonly now: number },
): number {
  let next = Infinity;
  for (const instant of instants(room, stands, at.n)) {
    if (instant !== null && instant > at.now) next = Math.min(next, instant);
  }
  return next;
}

function* instants(
  room: RoomState,
  stands: readonly Standing[],
  n: number,
): Generator<number | null> {
  for (const one of stands) yield* [one.start, one.until, one.review];
  const entry = room.current;
  if (entry === undefined) return;
  yield entry.at + entry.body.pol.rot * DAY + 1;
  for (const row of entry.body.mem) {
    yield row.until;
    yield* certificateEnds(room.directory, asPerson(row), n);
  }
}

function* certificateEnds(directory: Directory, person: Person, n: number): Generator<number> {
  const wid = widOf(person);
  const { aid } = firstOf(directory, wid);
  const newest = directory.workers.get(wid)?.versions.at(-1)?.body;
  if (newest !== undefined) yield* [newest.nbf, newest.exp];
  for (const { body } of directory.agencies.get(aid)?.versions ?? []) yield body.exp;
  for (const { body } of directory.devicesOf(person, n)) yield body.exp;
  for (const { body } of directory.pledges.get(`${aid} ${wid}`) ?? []) yield body.until;
  for (const { body } of directory.agencyPledges.get(aid) ?? []) yield body.until;
}
