/** What waits for a person elsewhere than in rooms: approvals, enrolments, the pledge. */

import * as bases from "../client/bases";
import type { WaitingLine } from "./api";
import { settle, unlisted } from "./founding";
import type { Office } from "./office";
import { isRegistrar, requestsOf } from "./registering";
import { pledgeOf } from "./views/session";

/** Looks for it whenever the rooms are looked at. */
export async function lookAround(office: Office): Promise<void> {
  await settle(office);
  const lines = await Promise.all([approvals(office), enrolments(office)]);
  office.waiting = [...lines.flat(), ...pledges(office)];
}

async function approvals(office: Office): Promise<readonly WaitingLine[]> {
  const pending = (await bases.waiting(office.session)).flatMap(({ sid, body }) => {
    return body.typ === "basis" ? [[sid, body] as const] : [];
  });
  const all = [...pending, ...unlisted(office)];
  await office.learnNames(all.map(([, { prop }]) => prop));
  return all.map(([sid, body]): WaitingLine => {
    const { name } = office.people().person(body.prop);
    const code = office.codeOf(body.case);
    return { what: "approval", caseId: body.case, code, id: sid, words: name, since: body.iat };
  });
}

async function enrolments(office: Office): Promise<readonly WaitingLine[]> {
  if (!isRegistrar(office)) return [];
  return [...(await requestsOf(office))].map(([inv, { join }]): WaitingLine => {
    return { what: "enrolment", caseId: null, code: null, id: inv, words: "", since: join.iat };
  });
}

function pledges(office: Office): readonly WaitingLine[] {
  const { session } = office;
  const pledged = pledgeOf(session);
  if (pledged === "live" || pledged === "not-needed") return [];
  const since = office.now();
  return [{ what: "pledge", caseId: null, code: null, id: session.me.wid, words: "", since }];
}
