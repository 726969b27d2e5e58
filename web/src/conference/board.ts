/** The boards: priorities, parts, decisions; and the invariant that a decision must leave. */

import { isOpen, requireOpen, type Item } from "../agenda/model";
import { Refused } from "../crypto/errors";
import type {
  DecRec,
  Part,
  PrioDel,
  PrioSet,
  RoleAns,
  RoleDel,
  RoleSet,
} from "../protocol/generated";
import type { ItemId } from "../protocol/ids";
import {
  isAmong,
  type Conference,
  type Decision,
  type Members,
  type Owner,
  type Priority,
  type Role,
} from "./records";
import { known, requireNew, requireState, type Changes, type Scene } from "./scene";

export type BoardOp = "prio.set" | "prio.del" | "role.set" | "role.del" | "role.ans" | "dec.rec";

// --- the invariant --------------------------------------------------------------------------

/** Live rows of the role board by part; `ok` tells whether INV holds. */
export interface Counts {
  readonly main: number;
  readonly key: number;
  readonly deputy: number;
  readonly interim: number;
  readonly ok: boolean;
}

/** List the rows not deleted, not declined, with agency and person still in the roster. */
export function liveRoles(
  conference: Conference,
  members: Members,
  item: ItemId | null = null,
): readonly Role[] {
  return [...conference.roles.values()].filter(
    (role) =>
      (role.state === "proposed" || role.state === "accepted") &&
      isAmong(role.owner, members) &&
      (item === null || item === role.it),
  );
}

/**
 * Count INV over the whole board, or over the rows set under one item.
 *
 * One 主担当機関; one 主たる援助者, a person of that agency; a deputy; and main and key accepted, or
 * exactly one interim, accepted. Source: protocol, section 5.23.
 */
export function invariant(
  conference: Conference,
  members: Members,
  item: ItemId | null = null,
): Counts {
  const live = liveRoles(conference, members, item);
  const count = (part: Part) => live.filter((role) => role.part === part).length;
  const counts = {
    main: count("main"),
    key: count("key"),
    deputy: count("deputy"),
    interim: count("interim"),
  };
  const answered = isAccepted(live) || acceptedInterim(live) !== null;
  return { ...counts, ok: isLed(live) && counts.deputy > 0 && answered };
}

function only(live: readonly Role[], part: Part): Role | null {
  const [found, ...more] = live.filter((role) => role.part === part);
  return found !== undefined && more.length === 0 ? found : null;
}

function isLed(live: readonly Role[]): boolean {
  const main = only(live, "main");
  const key = only(live, "key");
  if (main === null || key === null) return false;
  return key.owner.w !== null && key.owner.ag === main.owner.ag;
}

function isAccepted(live: readonly Role[]): boolean {
  const lead = [only(live, "main"), only(live, "key")];
  return lead.every((role) => role?.state === "accepted");
}

function acceptedInterim(live: readonly Role[]): Role | null {
  const interim = only(live, "interim");
  return interim?.state === "accepted" ? interim : null;
}

/** Give the accepted 暫定 row until 主担当 and 主たる援助者 have both accepted, or null. */
export function interimInCharge(conference: Conference, members: Members): Role | null {
  const live = liveRoles(conference, members);
  return isAccepted(live) ? null : acceptedInterim(live);
}

/** Refuse with INVARIANT and the counts a close that leaves nobody in charge. */
export function requireInvariant(conference: Conference, members: Members): void {
  const { ok, ...counts } = invariant(conference, members);
  if (!ok) throw new Refused("INVARIANT", counts);
}

// --- priorities -----------------------------------------------------------------------------

function setPriority(scene: Scene, { row, it }: PrioSet): Conference {
  const item = scene.item(it);
  requirePresent(scene, item);
  scene.requireUntouched(scene.was.prio.get(row));
  requireOpen(item);
  return withPriority(scene.was, { row, it, deleted: false, ...scene.stamp });
}

function deletePriority(scene: Scene, m: PrioDel): Conference {
  const row = known(scene.was.prio, m.row);
  requirePresent(scene, itemUnderDiscussion(scene));
  scene.requireUntouched(row);
  requireState(!row.deleted, "deleted");
  return withPriority(scene.was, { ...row, deleted: true, ...scene.stamp });
}

function withPriority(was: Conference, row: Priority): Conference {
  return { ...was, prio: new Map(was.prio).set(row.row, row) };
}

function requirePresent(scene: Scene, item: Item): void {
  const may = scene.isHere() && (scene.isChair || scene.isSeated(item.sit));
  if (!may) throw new Refused("NOT_SEATED");
}

// A row of an earlier sitting can be deleted too: under the item that is open today.
function itemUnderDiscussion(scene: Scene): Item {
  const open = [...scene.was.items.values()].find(isOpen);
  if (open === undefined) throw new Refused("ITEM_NOT_OPEN");
  return open;
}

// --- parts ----------------------------------------------------------------------------------

function setRole(scene: Scene, m: RoleSet): Conference {
  const item = scene.item(m.it);
  const before = scene.was.roles.get(m.row);
  const owner: Owner = { ag: m.ag, w: m.w };
  scene.require(mayEdit(scene, item, owner, before));
  scene.requireUntouched(before);
  requireOpen(item);
  scene.requireOwner(owner);
  const { row, it, part } = m;
  return withRole(scene.was, {
    row,
    it,
    part,
    owner,
    state: "proposed",
    why: null,
    ...scene.stamp,
  });
}

// "Own" means what the row was as well as what it becomes: nobody takes another's row over.
function mayEdit(scene: Scene, item: Item, owner: Owner, before: Role | undefined): boolean {
  if (scene.isChair || scene.serves(item.sit, "facilitator", "recorder")) return true;
  const { aid } = scene.op;
  return aid === owner.ag && (before === undefined || aid === before.owner.ag);
}

function deleteRole(scene: Scene, m: RoleDel): Conference {
  const role = known(scene.was.roles, m.row);
  const item = itemUnderDiscussion(scene);
  scene.require(mayEdit(scene, item, role.owner, role));
  scene.requireUntouched(role);
  requireState(role.state !== "deleted", role.state);
  return withRole(scene.was, { ...role, state: "deleted", ...scene.stamp });
}

function answerRole(scene: Scene, m: RoleAns): Conference {
  const role = known(scene.was.roles, m.row);
  scene.require(scene.answersFor(role.owner));
  scene.requireUntouched(role);
  requireState(role.state === "proposed", role.state);
  const state = m.ans === "accept" ? "accepted" : "declined";
  return withRole(scene.was, { ...role, state, why: m.why, ...scene.stamp });
}

function withRole(was: Conference, role: Role): Conference {
  return { ...was, roles: new Map(was.roles).set(role.row, role) };
}

// --- decisions ------------------------------------------------------------------------------

function recordDecision(scene: Scene, { dec, it, typ }: DecRec): Conference {
  if (scene.op.item !== it) throw new Refused("WRONG_PLACE");
  const item = scene.item(it);
  const reserves = typ === "reserve";
  scene.require(reserves || scene.isChair || scene.serves(item.sit, "recorder"));
  requireNew(scene.was.decisions, dec);
  requireOpen(item);
  const { wid, aid } = scene.op;
  const decision: Decision = { dec, it, typ, wid, aid, ...scene.stamp };
  return { ...scene.was, decisions: new Map(scene.was.decisions).set(dec, decision) };
}

/** What operations on a board, and a recorded decision, change. */
export const BOARD_CHANGES: Changes<BoardOp> = {
  "prio.set": setPriority,
  "prio.del": deletePriority,
  "role.set": setRole,
  "role.del": deleteRole,
  "role.ans": answerRole,
  "dec.rec": recordDecision,
};
