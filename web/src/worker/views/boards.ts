/** The boards: priorities, parts, actions and decisions, each with the words typed with it. */

import { handovers } from "../../conference/actions";
import { PointRoom } from "../../conference/point";
import { ENDED_ACTIONS, type Action, type Owner, type Role } from "../../conference/records";
import type { ActId } from "../../protocol/ids";
import type { Said } from "../../client/words";
import type { ActionView, DecisionView, OwnerView, PriorityView, RoleView } from "../api";
import { dayOf } from "./days";
import { levelOf } from "../typed";
import { gateOf, numberIn, textIn, timeAt, type Seen } from "./seen";

/** Issues on the priority board, by rank. */
export function prioritiesOf(seen: Seen, words: Said): readonly PriorityView[] {
  const live = [...seen.room.conference.prio.values()].filter((row) => !row.deleted);
  const views = live.map(({ row, it, touched }) => {
    const about = `prio.set:${row}`;
    return {
      row,
      it,
      issue: textIn(words, about, "issue"),
      reason: textIn(words, about, "reason"),
      urgency: levelOf(textIn(words, about, "level")),
      order: numberIn(words, about, "rank") ?? 0,
      seq: touched,
    };
  });
  return views.toSorted((one, other) => one.order - other.order || one.seq - other.seq);
}

/** Parts that stand, in the order in which they were set. */
export function rolesOf(seen: Seen, words: Said): readonly RoleView[] {
  const all = [...seen.room.conference.roles.values()].toSorted((a, b) => a.touched - b.touched);
  return all.flatMap((role) => roleOf(seen, role, words) ?? []);
}

function roleOf(seen: Seen, role: Role, words: Said): RoleView | null {
  const { row, it, part, state, why, touched } = role;
  if (state === "deleted") return null;
  const owner = ownerOf(seen, role.owner);
  return {
    row,
    it,
    part,
    owner,
    state,
    why,
    words: textIn(words, `role.set:${row}`, "text"),
    seq: touched,
  };
}

/** An owner as a screen names it; `mine` when I am she, or nobody of my agency is named. */
export function ownerOf({ people }: Seen, { ag, w }: Owner): OwnerView {
  const mine = w === null ? people.agencyOf(people.me) === ag : w === people.me;
  return { agency: people.agency(ag), person: w === null ? null : people.person(w), mine };
}

/** Actions, in the order in which they were last moved. */
export function actionsOf(seen: Seen, words: Said): readonly ActionView[] {
  const { conference } = seen.room;
  const orphaned = orphansOf(seen);
  const all = [...conference.actions.values()].toSorted((a, b) => a.touched - b.touched);
  return all.map((action) => actionOf(seen, action, { words, orphaned }));
}

/** Actions that have lost their owner (引継ぎ要). */
export function orphansOf(seen: Seen): ReadonlySet<ActId> {
  const { room } = seen;
  if (room.state.current === undefined) return new Set();
  return new Set(handovers(room.conference, new PointRoom(gateOf(seen), null).members()));
}

/** Tell whether the day on which an action is due has passed in Japan. */
export function isOverdue({ due, state }: Pick<Action, "due" | "state">, now: number): boolean {
  return due !== null && !ENDED_ACTIONS.has(state) && due < dayOf(now);
}

function actionOf(
  seen: Seen,
  action: Action,
  { words, orphaned }: { readonly words: Said; readonly orphaned: ReadonlySet<ActId> },
): ActionView {
  const { act, it, due, origin, why, touched } = action;
  return {
    act,
    it,
    owner: ownerOf(seen, action.owner),
    due,
    overdue: isOverdue(action, seen.now),
    state: orphaned.has(act) ? "needs-owner" : action.state,
    why,
    what: textIn(words, `act.new:${act}`, "text"),
    how: textIn(words, `act.new:${act}`, "rep"),
    report: textIn(words, `act.rep:${act}`, "text"),
    origin,
    seq: touched,
  };
}

/** Decisions, 留保 and what was left open, oldest first. */
export function decisionsOf(seen: Seen, words: Said): readonly DecisionView[] {
  const all = [...seen.room.conference.decisions.values()].toSorted(
    (a, b) => a.touched - b.touched,
  );
  return all.map(({ dec, it, typ, wid, touched }) => ({
    dec,
    it,
    typ,
    text: textIn(words, `dec.rec:${dec}`, "text"),
    by: seen.people.person(wid),
    at: timeAt(seen, touched),
  }));
}
