/** One operation in its surroundings: who asks, and what stands at that point of the feed. */

import { requireItem, type Item } from "../agenda/model";
import { Refused } from "../crypto/errors";
import type { Duty, FactsByOp } from "../protocol/generated";
import type { ItemId, SitId } from "../protocol/ids";
import {
  answersThrough,
  isAmong,
  seatKey,
  type Conference,
  type Members,
  type Named,
  type Op,
  type OpName,
  type Owner,
  type Room,
  type Sitting,
  type Touched,
} from "./records";

/** The state before an operation, the operation, and the room it is judged in. */
export class Scene {
  readonly was: Conference;
  readonly op: Op;
  readonly room: Room;

  constructor(was: Conference, op: Op, room: Room) {
    this.was = was;
    this.op = op;
    this.room = room;
  }

  /** The roster. */
  get members(): Members {
    return this.room.members();
  }

  /** Tell whether the author is the chair or a live act. */
  get isChair(): boolean {
    return this.room.chairs().has(this.op.wid);
  }

  /** Place and time of the operation, for the record that it changes. */
  get stamp(): Touched {
    return { touched: this.op.seq, at: this.op.at };
  }

  /** Tell whether the author is present, as far as that can be known. */
  isHere(): boolean {
    return this.room.present()?.has(this.op.wid) ?? true;
  }

  /** Tell whether the author's seat in the sitting is accepted. */
  isSeated(sit: SitId): boolean {
    return this.was.seats.get(seatKey(sit, this.op.wid))?.state === "accepted";
  }

  /** Tell whether the author's accepted seat has one of the duties. */
  serves(sit: SitId, ...duties: readonly Duty[]): boolean {
    const seat = this.was.seats.get(seatKey(sit, this.op.wid));
    return seat?.state === "accepted" && duties.includes(seat.duty);
  }

  /** Tell whether the author is the owner, or of the owning agency if it named nobody. */
  answersFor(owner: Owner): boolean {
    return answersThrough(owner, this.op.wid, this.op.aid);
  }

  /** Refuse with FORBIDDEN whoever the table of operations does not name. */
  require(allowed: boolean): void {
    if (!allowed) throw new Refused("FORBIDDEN");
  }

  /** Refuse with CONFLICT if a row the author had not seen changed the record. */
  requireUntouched(record: Touched | null | undefined): void {
    if (record && record.touched > this.op.base) {
      throw new Refused("CONFLICT", { touched: record.touched });
    }
  }

  /** Refuse with CONFLICT if any operation stands after what the author had seen. */
  requireQuiet(): void {
    if (this.was.lastOp > this.op.base) throw new Refused("CONFLICT", { touched: this.was.lastOp });
  }

  /** Refuse with OUT_OF_SCOPE an owner who is not in the roster. */
  requireOwner(owner: Owner): void {
    if (!isAmong(owner, this.members)) throw new Refused("OUT_OF_SCOPE");
  }

  /** Find a sitting, or refuse with UNKNOWN_ID. */
  sitting(sit: SitId): Sitting {
    return known(this.was.sittings, sit);
  }

  /** Find an item, or refuse with UNKNOWN_ID. */
  item(it: ItemId): Item {
    return requireItem(this.was.items, it);
  }
}

/** What one operation makes of the state. */
export type Change<K extends OpName> = (scene: Scene, m: FactsByOp[K]) => Conference;

/** The changes of several operations, by name. */
export type Changes<K extends OpName> = { readonly [Name in K]: Change<Name> };

/** Apply the change that belongs to an operation. */
export function change<K extends OpName>(
  changes: Changes<K>,
  scene: Scene,
  facts: Named<K>,
): Conference {
  const apply: Change<K> = changes[facts.op];
  return apply(scene, facts.m);
}

/** Find a record, or refuse with UNKNOWN_ID. */
export function known<K, V>(records: ReadonlyMap<K, V>, key: K): V {
  const record = records.get(key);
  if (record === undefined) throw new Refused("UNKNOWN_ID");
  return record;
}

/** Refuse with CONFLICT an id that is in use. */
export function requireNew<K>(records: ReadonlyMap<K, unknown>, key: K): void {
  if (records.has(key)) throw new Refused("CONFLICT");
}

/** Refuse with CONFLICT a step that the state machine does not have. */
export function requireState(holds: boolean, state: string): void {
  if (!holds) throw new Refused("CONFLICT", { state });
}
