/** Whom one can pick: everybody in the directory, and whom the gate would let in. */

import type { CaseId, Wid } from "../../protocol/ids";
import type { Desk } from "../desk";
import { candidatesOf } from "../views/gate";
import type { Commands } from "./command";

type Names = "people.candidates" | "people.directory";

/** Everybody in force, with names as far as one may know them. */
async function everybody(desk: Desk): Promise<readonly Wid[]> {
  const office = desk.office();
  const { directory, size } = office.session.council.log;
  const wids = [...directory.workers.keys()].filter((wid) => directory.workerInForce(wid, size));
  office.forgetUnnamed();
  await office.learnNames(wids);
  return wids;
}

/** Commands on people. */
export const PEOPLE: Commands<Names> = {
  "people.candidates": async (desk, { caseId, kind, cats }) => {
    await everybody(desk);
    return candidatesOf(desk.office().requireSeen(caseId as CaseId), { kind, cats });
  },
  "people.directory": async (desk) => {
    const wids = await everybody(desk);
    const office = desk.office();
    const people = office.people();
    const { directory, size } = office.session.council.log;
    const agencies = [...directory.agencies.keys()].map((aid) => people.agency(aid));
    const chairs = wids.filter((wid) => directory.workerInForce(wid, size)?.caps.includes("chair"));
    return {
      agencies: agencies.filter(({ ended }) => !ended),
      people: people.persons(wids),
      chairs,
    };
  },
};
