/** Entering rooms, founding them, bringing people in and taking them out. */

import * as seating from "../../client/seating";
import type { CaseId, SitId, Wid } from "../../protocol/ids";
import { found } from "../founding";
import { sitFor } from "../seeing";
import { guestUntil } from "../views/guests";
import { memberOf, wrote, type Commands } from "./command";

type Names =
  | ("room.open" | "room.leave" | "room.confirm" | "room.create")
  | ("room.add" | "room.remove" | "room.close");

/** Commands on rooms. */
export const ROOMS: Commands<Names> = {
  "room.open": async (desk, input) => {
    const office = desk.office();
    const caseId = input.caseId as CaseId;
    const { room } = office.client.member(caseId);
    if (room.state.seq === 0) await office.client.open(caseId);
    await office.enter(caseId, (input.sit as SitId | null) ?? sitFor(room));
    await office.quietly(() => office.readAll(caseId));
    desk.topics.now("room");
    return null;
  },
  "room.leave": async (desk) => {
    desk.topics.forget("room"); // the page has put it away: if it comes back, it must be said
    await desk.office().leave();
    return null;
  },
  "room.confirm": async (desk, { caseId }) => {
    await memberOf(desk, caseId).room.confirmChanges();
    return wrote(desk);
  },
  "room.create": async (desk, { code, bases, staff }) => {
    const caseId = await found(desk.office(), { code, bases, staff: staff as readonly Wid[] });
    wrote(desk);
    return { caseId };
  },
  "room.add": async (desk, { caseId, wids, guests }) => {
    const { room, now } = desk.office().requireSeen(caseId as CaseId);
    const until = guestUntil(room.conference.sittings.values(), now);
    const rows = [
      ...wids.map((wid): seating.Row => ({ wid: wid as Wid })),
      ...guests.map((wid): seating.Row => ({ wid: wid as Wid, role: "guest", until })),
    ];
    await seating.add(memberOf(desk, caseId), rows);
    return wrote(desk);
  },
  "room.remove": async (desk, { caseId, wids }) => {
    await seating.remove(memberOf(desk, caseId), wids as readonly Wid[]);
    return wrote(desk);
  },
  "room.close": async (desk, { caseId }) => {
    await seating.close(memberOf(desk, caseId));
    return wrote(desk);
  },
};
