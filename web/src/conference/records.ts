/**
 * What a conference consists of: plain records, folded from the rows of a feed.
 *
 * Every record keeps the place (`touched`) and time (`at`, ms) of the last row that changed it.
 * Source: protocol, section 5.23.
 */

import type { Bases, Item } from "../agenda/model";
import type {
  Cap,
  DecisionType,
  Decline,
  DocClass,
  Duty,
  FactsByOp,
  Part,
  SeatEnd,
} from "../protocol/generated";
import type { ActId, Aid, Brand, DecId, ItemId, RowId, SitId, Wid } from "../protocol/ids";

export type Members = ReadonlyMap<Wid, Aid>;

/** The name that an operation has in a header. */
export type OpName = keyof FactsByOp;

/** Facts with the name of their operation: what TypeScript tells them apart by. */
export type Named<K extends OpName = OpName> = {
  [Name in K]: { readonly op: Name; readonly m: FactsByOp[Name] };
}[K];

/** What the reducer may ask of the room at the point of the feed it stands at. */
export interface Room extends Bases {
  /** The chair and the live acts. */
  chairs(): ReadonlySet<Wid>;
  /** Every row of the roster that is no guest, with its agency. */
  members(): Members;
  /** The agency of any worker of the council in force, or null. */
  workerAgency(wid: Wid): Aid | null;
  /** Tell whether a listed basis in force names the agency. */
  covered(aid: Aid): boolean;
  /** Tell whether the worker's certificate grants `cap`. */
  hasCap(wid: Wid, cap: Cap): boolean;
  /** Who is live in the sitting; null on clients and in replay, where nobody can know. */
  present(): ReadonlySet<Wid> | null;
}

/** One operation as it stands in the feed; `base` is the last row its author had processed. */
export interface Op {
  readonly seq: number;
  readonly base: number;
  readonly facts: Named;
  readonly wid: Wid;
  readonly aid: Aid;
  readonly at: number;
  readonly cls: DocClass;
  readonly item: ItemId | null;
}

/** An agency, or one person of it. */
export interface Owner {
  readonly ag: Aid;
  readonly w: Wid | null;
}

/** Tell whether agency and person are in the roster. */
export function isAmong(owner: Owner, members: Members): boolean {
  if (owner.w === null) return [...members.values()].includes(owner.ag);
  return members.get(owner.w) === owner.ag;
}

/** Tell whether this worker may answer: the person named, else anybody of the agency. */
export function answersThrough(owner: Owner, wid: Wid, aid: Aid): boolean {
  return owner.w === null ? aid === owner.ag : wid === owner.w;
}

/** Place and time of the last row that changed something. */
export interface Touched {
  readonly touched: number;
  readonly at: number;
}

/** Where a sitting stands. */
export type SittingState = "convened" | "open" | "closed";

/** 第n回: one meeting held in the room. */
export interface Sitting extends Touched {
  readonly sit: SitId;
  readonly kind: string;
  readonly no: number;
  readonly starts: number;
  readonly state: SittingState;
}

/** Where a seat stands; presence is the server's word and no state. */
export type SeatState = "invited" | "accepted" | "declined" | "delegated" | "ended";

export const LIVE_SEATS: ReadonlySet<SeatState> = new Set(["invited", "accepted"]);

/** A worker's seat in one sitting; one duty each, so no recorder facilitates. */
export interface HeldSeat extends Touched {
  readonly sit: SitId;
  readonly wid: Wid;
  readonly duty: Duty;
  readonly late: boolean;
  readonly state: SeatState;
  /** To whom it was delegated. */
  readonly to: Wid | null;
  /** Why it was declined, or ended. */
  readonly why: Decline | SeatEnd | null;
}

/** Sitting and worker, 64 hex digits: the key of a seat. */
export type SeatKey = Brand<string, "SeatKey">;

/** Give the key of a worker's seat in a sitting. */
export function seatKey(sit: SitId, wid: Wid): SeatKey {
  return (sit + wid) as SeatKey;
}

/** A row of the priority board; a deleted row stays, so that a late writer sees the conflict. */
export interface Priority extends Touched {
  readonly row: RowId;
  readonly it: ItemId;
  readonly deleted: boolean;
}

/** Where a row of the role board stands. */
export type RoleState = "proposed" | "accepted" | "declined" | "deleted";

/** 役割分担: a part offered to an agency, or to one person of it. */
export interface Role extends Touched {
  readonly row: RowId;
  readonly it: ItemId;
  readonly part: Part;
  readonly owner: Owner;
  readonly state: RoleState;
  readonly why: Decline | null;
}

/**
 * Where an action stands. `asked`: of an agency outside the room, nothing is sent to it;
 * `handed`: another action took its place.
 */
export type ActionState =
  | "proposed"
  | "asked"
  | "accepted"
  | "declined"
  | "progress"
  | "done"
  | "not-done"
  | "handed"
  | "cancelled";

export const ENDED_ACTIONS: ReadonlySet<ActionState> = new Set([
  "done",
  "not-done",
  "handed",
  "cancelled",
]);

/** 対応事項: an action with its owner and due date. */
export interface Action extends Touched {
  readonly act: ActId;
  readonly it: ItemId | null;
  readonly owner: Owner;
  readonly due: string | null;
  /** The action it continues. */
  readonly origin: ActId | null;
  readonly state: ActionState;
  readonly why: Decline | null;
}

/** A decision, a 留保 or "nothing decided"; never edited. */
export interface Decision extends Touched {
  readonly dec: DecId;
  readonly it: ItemId;
  readonly typ: DecisionType;
  readonly wid: Wid;
  readonly aid: Aid;
}

/** 次回 as agreed in a sitting (ms); null where none is needed. */
export interface NextDate extends Touched {
  readonly sit: SitId;
  readonly when: number | null;
}

/** All that the rows of one room's feed say; `lastOp` is the seq of the newest op. */
export interface Conference {
  readonly sittings: ReadonlyMap<SitId, Sitting>;
  readonly items: ReadonlyMap<ItemId, Item>;
  readonly seats: ReadonlyMap<SeatKey, HeldSeat>;
  readonly prio: ReadonlyMap<RowId, Priority>;
  readonly roles: ReadonlyMap<RowId, Role>;
  readonly actions: ReadonlyMap<ActId, Action>;
  readonly decisions: ReadonlyMap<DecId, Decision>;
  readonly next: ReadonlyMap<SitId, NextDate>;
  readonly lastOp: number;
}

/** The conference of a room in which nothing was done yet. */
export const NOTHING: Conference = {
  sittings: new Map(),
  items: new Map(),
  seats: new Map(),
  prio: new Map(),
  roles: new Map(),
  actions: new Map(),
  decisions: new Map(),
  next: new Map(),
  lastOp: 0,
};
