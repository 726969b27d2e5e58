/** A room on one client: what its rows said, and what the gate answers now. */

import type { Register } from "../consent/register";
import type { Code } from "../crypto/errors";
import type { Did, Hash, Sid, Wid } from "../protocol/ids";
import type { Generation, RoomState } from "../protocol/room";
import { openGate, type Gate, type Moment } from "./gate";
import { NOTHING, type Conference } from "./records";

/** What is only known when a row is submitted, or drafted; time in ms. */
export interface Live {
  readonly now: number;
  readonly author: Did;
  readonly present: ReadonlySet<Wid>;
}

/** What a view needs to know of a row: who may be given its bytes, and whether it was refused. */
export interface RowRecord {
  readonly seq: number;
  readonly id: Hash;
  readonly kind: string;
  readonly code: Code | null;
  /** The row's roster number; -1 where none is concerned. */
  readonly epoch: number;
  readonly generation: Generation | null;
  readonly author: Did | null;
  readonly to: Did | null;
  readonly basis: Sid | null;
}

/** Describe a row of which only some of this is to be said. */
export function rowRecord(
  said: Pick<RowRecord, "seq" | "id" | "kind"> & Partial<RowRecord>,
): RowRecord {
  const rest = { epoch: -1, generation: null, author: null, to: null, basis: null };
  return { code: null, ...rest, ...said };
}

/** State of the protocol and of the conference, with a record for each row. */
export class Room {
  readonly state: RoomState;
  readonly register: Register;
  conference: Conference = NOTHING;
  readonly records: RowRecord[] = [];
  /** Some rows came without bytes, so author chains may jump. */
  hasGaps = false;
  /** One of those rows is a roster, which nobody may keep from me. */
  missesRoster = false;
  #valid: Gate | null = null;
  #willing: Gate | null = null;

  constructor(state: RoomState, register: Register) {
    this.state = state;
    this.register = register;
  }

  /** Copy far enough to try a draft on. */
  fork(): Room {
    const forked = new Room(this.state.fork(), this.register);
    forked.conference = this.conference;
    forked.records.push(...this.records);
    forked.hasGaps = this.hasGaps;
    forked.missesRoster = this.missesRoster;
    forked.#valid = this.#valid;
    forked.#willing = this.#willing;
    return forked;
  }

  /**
   * Take note of an epoch (roster number) that somebody signed a row in.
   *
   * Where every row came whole such a row is just wrong; else its roster is among the others.
   */
  heedEpoch(n: number): void {
    if (this.hasGaps && n > this.state.epoch) this.missesRoster = true;
  }

  /** The gate at the point of the row that is judged: the same for everybody, for ever. */
  valid(): Gate {
    const n = this.state.at;
    const at = { n, now: this.state.directory.time(n), seen: false };
    this.#valid = this.#opened(this.#valid, at);
    return this.#valid;
  }

  /** The gate for reading and writing now (ms), by everything that is known. */
  willing(now: number): Gate {
    const at = { n: this.state.directory.size, now, seen: true };
    this.#willing = this.#opened(this.#willing, at);
    return this.#willing;
  }

  /** Keep a gate while neither the room, nor the log, nor time has moved its answers. */
  #opened(held: Gate | null, at: Moment): Gate {
    if (!held?.holds(this.state, at)) return openGate(this.state, this.register, at);
    return held.of(this.state); // a fork that has not moved keeps what is known
  }

  /** Every gate that must allow: validity always, and willingness for who submits now. */
  gates(live: Live | null): readonly [Gate, ...Gate[]] {
    return live === null ? [this.valid()] : [this.valid(), this.willing(live.now)];
  }
}
