/** Who is in a room. */

import { standingIn } from "../../conference/usecases";
import type { MemberRow } from "../../protocol/generated";
import { asPerson } from "../../protocol/directory";
import type { MemberView, PersonView } from "../api";
import { gateOf, timeAt, type Seen } from "./seen";

/** The rows of the roster: the chair first, guests last, then by agency. */
export function membersOf(seen: Seen): readonly MemberView[] {
  const { state } = seen.room;
  if (state.current === undefined) return [];
  const acting = new Set(state.roster.act);
  const views = state.roster.mem.map((row) => memberOf(seen, row, acting.has(row.wid)));
  return views.toSorted((one, other) => rankOf(one) - rankOf(other) || byName(one, other));
}

function memberOf(seen: Seen, row: MemberRow, acting: boolean): MemberView {
  const { state } = seen.room;
  return {
    person: seen.people.person(row.wid),
    role: row.role,
    chair: row.wid === state.roster.chair,
    acting,
    since: timeAt(seen, state.rosters[row.from]?.seq ?? 0),
    newcomer: seen.newcomers.has(row.wid),
    locked: standingIn(gateOf(seen), asPerson(row)),
  };
}

function rankOf({ chair, role }: MemberView): number {
  if (chair) return 0;
  return role === "guest" ? 2 : 1;
}

function byName({ person: one }: MemberView, { person: other }: MemberView): number {
  return compare(one.agency.name, other.agency.name) || compare(one.name, other.name);
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

/** People and devices that are new, one line a person. */
export function newcomersOf(seen: Seen): readonly PersonView[] {
  return seen.people.persons(seen.newcomers);
}

/** Tell whether I am the chair, or act for her. */
export function isChair(seen: Seen): boolean {
  const { state } = seen.room;
  if (state.current === undefined) return false;
  return state.chairs(state.directory.size).has(seen.people.me);
}
