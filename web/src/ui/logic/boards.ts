/** Orders and rules of the two boards, from what the views say. */
import type { MemberView, OwnerView, Part, PriorityView, RoleView } from "../../worker/api";

/** Parts in the order in which the role board shows them. */
export const PARTS = ["main", "key", "deputy", "interim"] as const satisfies readonly Part[];

/** The issues by rank; equal ranks in the order in which they were written. */
export function ranked(rows: readonly PriorityView[]): readonly PriorityView[] {
  return [...rows].sort((a, b) => a.order - b.order || a.seq - b.seq);
}

export interface Reordered {
  readonly row: PriorityView;
  readonly order: number;
}

/**
 * Move an issue up (-1) or down (1): which rows change their rank, and to what.
 *
 * Ranks become 1 … n; only rows whose rank changes are named, so that a move writes as little as
 * possible. Empty at the edge and for a row that is not there.
 */
export function moved(
  rows: readonly PriorityView[],
  row: string,
  step: -1 | 1,
): readonly Reordered[] {
  const before = ranked(rows);
  const at = before.findIndex((one) => one.row === row);
  const here = before[at];
  const there = before[at + step];
  if (!here || !there) return [];
  const after = before.with(at, there).with(at + step, here);
  return after
    .map((one, index) => ({ row: one, order: index + 1 }))
    .filter((one) => one.row.order !== one.order);
}

/** The rank for a new issue: after all others. */
export function lastOrder(rows: readonly PriorityView[]): number {
  return rows.reduce((most, row) => Math.max(most, row.order), 0) + 1;
}

export type Rule = Part;

export interface RuleLine {
  readonly rule: Rule;
  readonly isMet: boolean;
  readonly count: number;
  /** Why it is not met, as a word of the catalogue, or null. */
  readonly lack: "none" | "many" | "nobody" | "other-agency" | "waiting" | null;
}

/**
 * Check the roles as the protocol does when an item is closed as decided (INV, protocol 5.23).
 *
 * Rows that were declined, or whose person or agency is no longer in the room, do not count.
 */
export function checklist(
  roles: readonly RoleView[],
  members: readonly MemberView[],
): readonly RuleLine[] {
  const live = roles.filter((role) => role.state !== "declined" && isIn(role.owner, members));
  const main = live.filter((role) => role.part === "main");
  const key = live.filter((role) => role.part === "key");
  const deputy = live.filter((role) => role.part === "deputy");
  return [
    { rule: "main", count: main.length, ...met(exactlyOne(main)) },
    { rule: "key", count: key.length, ...met(keyLack(key, main)) },
    { rule: "deputy", count: deputy.length, ...met(deputy.length > 0 ? null : "none") },
    interimLine(live, main, key),
  ];
}

/** Tell whether an owner is still in the room: the person, or anybody of the agency. */
export function isIn(owner: OwnerView, members: readonly MemberView[]): boolean {
  const inside = members.filter((member) => member.role !== "guest");
  const { person } = owner;
  if (person) return inside.some((member) => member.person.wid === person.wid);
  return inside.some((member) => member.person.agency.aid === owner.agency.aid);
}

function met(lack: RuleLine["lack"]): Pick<RuleLine, "isMet" | "lack"> {
  return { isMet: lack === null, lack };
}

function exactlyOne(rows: readonly RoleView[]): RuleLine["lack"] {
  if (rows.length === 0) return "none";
  return rows.length > 1 ? "many" : null;
}

function keyLack(key: readonly RoleView[], main: readonly RoleView[]): RuleLine["lack"] {
  const number = exactlyOne(key);
  if (number) return number;
  if (!key[0]?.owner.person) return "nobody";
  const isOther = main.length === 1 && main[0]?.owner.agency.aid !== key[0].owner.agency.aid;
  return isOther ? "other-agency" : null;
}

// Not needed once main agency and key person have both accepted.
function interimLine(
  live: readonly RoleView[],
  main: readonly RoleView[],
  key: readonly RoleView[],
): RuleLine {
  const interim = live.filter((role) => role.part === "interim");
  const isSettled = [...main, ...key].every((role) => role.state === "accepted");
  if (isSettled && main.length > 0 && key.length > 0)
    return { rule: "interim", count: interim.length, ...met(null) };
  const number = exactlyOne(interim);
  const lack = number ?? (interim[0]?.state === "accepted" ? null : "waiting");
  return { rule: "interim", count: interim.length, ...met(lack) };
}
