/**
 * Which words ホーム needs: every reading is written into the log, so no more is read than what a
 * person has to do herself.
 */

import type { Identity } from "../client/contents";
import type { Room } from "../client/room";
import { ENDED_ACTIONS, answersThrough } from "../conference/records";
import type { DocId } from "../protocol/ids";

/** The board, if some open action or part there is mine and its words are not here yet. */
export function homeReads(room: Room, me: Identity): readonly DocId[] {
  const { conference, state } = room;
  const board = state.documentOf("brd");
  if (board === undefined) return [];
  const mine = [...conference.actions.values()].some((action) => {
    return !ENDED_ACTIONS.has(action.state) && answersThrough(action.owner, me.wid, me.aid);
  });
  const offered = [...conference.roles.values()].some((role) => {
    return role.state === "proposed" && answersThrough(role.owner, me.wid, me.aid);
  });
  return mine || offered ? [board.body.doc] : [];
}
