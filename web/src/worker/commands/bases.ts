/** 根拠: what a change would do, recording, withdrawing, approving. */

import * as bases from "../../client/bases";
import { Refused } from "../../crypto/errors";
import type { Aid, CaseId, Sid } from "../../protocol/ids";
import type { Basis } from "../../protocol/generated";
import type { Out } from "../api";
import type { Desk } from "../desk";
import { list, record, settle, unlisted } from "../founding";
import type { Office } from "../office";
import { effectOf } from "../views/gate";
import { memberOf, wrote, type Commands } from "./command";

type Names =
  ("basis.effect" | "basis.record" | "basis.withdraw" | "basis.waiting") | "basis.approve";

type Waiting = Out<"basis.waiting">[number];

function waitingOf(office: Office, sid: Sid, body: Basis, logged: boolean): Waiting {
  const people = office.people();
  const { law, until, rev: review } = body;
  const scope = body.scope.flatMap(({ ag, cats }) => {
    return ag.map((aid) => ({ agency: people.agency(aid), cats, withdrawn: [] }));
  });
  const by = people.person(body.prop);
  return { sid, caseId: body.case, law, by, until, review, scope, logged };
}

/** Decisions that wait for my signature, and bases that wait to be taken into a room I chair. */
async function waiting(desk: Desk): Promise<readonly Waiting[]> {
  const office = desk.office();
  const found = (await bases.waiting(office.session)).flatMap(({ sid, body }) => {
    return body.typ === "basis" ? [[sid, body] as const] : [];
  });
  const logged = unlisted(office);
  await office.learnNames([...found, ...logged].map(([, { prop }]) => prop));
  return [
    ...found.map(([sid, body]) => waitingOf(office, sid, body, false)),
    ...logged.map(([sid, body]) => waitingOf(office, sid, body, true)),
  ];
}

/** Signs a decision, or takes a logged basis into the room that I chair. */
async function approve(desk: Desk, sid: string): Promise<null> {
  const office = desk.office();
  const found = (await bases.waiting(office.session)).find((each) => each.sid === sid);
  if (found !== undefined) await bases.approve(office.session, found);
  const open = unlisted(office).find(([each]) => each === sid);
  const member = open && office.client.members.get(open[1].case);
  if (found === undefined && member === undefined) throw new Refused("UNKNOWN_ID");
  if (open !== undefined && member !== undefined) await list(office, member, open[0]);
  office.refreshSoon();
  return wrote(desk);
}

const NOTHING = { opens: [], closes: [], actions: [], items: [] };

/** Commands on bases. */
export const BASES: Commands<Names> = {
  "basis.effect": (desk, { caseId, terms, withdraw }) => {
    const seen = desk.office().seen(caseId as CaseId);
    return seen === null ? NOTHING : effectOf(seen, { terms, withdraw });
  },
  "basis.record": async (desk, { caseId, terms }) => {
    const office = desk.office();
    const sid = await record(office, caseId as CaseId, terms);
    await settle(office);
    wrote(desk);
    return { sid };
  },
  "basis.withdraw": async (desk, { caseId, basis, aids, cats }) => {
    const member = memberOf(desk, caseId);
    await member.withdraw(basis as Sid, { agencies: aids as readonly Aid[] | null, cats });
    await member.mend();
    return wrote(desk);
  },
  "basis.waiting": waiting,
  "basis.approve": (desk, { sid }) => approve(desk, sid),
};
