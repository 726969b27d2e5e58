/**
 * Recording bases and founding rooms on them, across the wait for somebody's approval.
 *
 * What opens a basis's commitments, and rooms still to be founded, are kept among the sealed drafts
 * until the basis stands: then the room is founded, or the basis listed, and the record sealed for
 * whoever the basis lets see the person.
 */

import * as bases from "../client/bases";
import type { Member } from "../client/member";
import * as seating from "../client/seating";
import { Refused } from "../crypto/errors";
import type { Audience, Basis, EvText, Scope } from "../protocol/generated";
import type { Aid, CaseId, Sid, SubId, Wid } from "../protocol/ids";
import type { BasisTerms } from "./api";
import type { Office } from "./office";
import { identitiesOf } from "./views/bases";
import { readersOf } from "./views/gate";
import { isChair } from "./views/members";

const TESTIMONY = "testimony/";
const FOUNDING = "founding/";

/** What opens a basis's commitments, until it is sealed in the room. */
interface Testimony {
  readonly caseId: CaseId;
  readonly sub: SubId;
  readonly text: EvText;
}

interface Founding {
  readonly sids: readonly Sid[];
  readonly staff: readonly Wid[];
}

// --- recording -------------------------------------------------------------------------------------

/** Logs a consent, or proposes a decision to its approver; its record is kept here meanwhile. */
export async function record(office: Office, caseId: CaseId, terms: BasisTerms): Promise<Sid> {
  const { session } = office;
  const subject = subjectOf(office, caseId, terms);
  const evidence = bases.newEvidence(session, terms.evidence);
  const about = { caseId, subject, terms: termsOf(terms) };
  const sid =
    terms.kind === "consent"
      ? await bases.consent(session, { ...about, evidence })
      : await bases.propose(session, { ...about, approver: approverOf(terms) });
  const { key, name, birth, sub } = subject;
  const text: EvText = { key, name, birth, evkey: evidence.key, ev: terms.evidence };
  await keep(office, TESTIMONY + sid, { caseId, sub, text } satisfies Testimony);
  return sid;
}

function approverOf({ approver }: BasisTerms): Wid {
  if (approver === null) throw new Refused("RULE_DENIED", { rule: "approver" });
  return approver as Wid;
}

/** Somebody new, or somebody whose record is open to me: her commitment has to stay the same. */
function subjectOf(office: Office, caseId: CaseId, { sub, subject }: BasisTerms): bases.Subject {
  if (subject !== null) {
    const made = bases.newSubject(office.session, subject);
    return sub === null ? made : { ...made, sub: sub as SubId };
  }
  const seen = office.seen(caseId);
  const known = seen === null ? undefined : identitiesOf(seen).get((sub ?? "") as SubId);
  if (sub === null || known === undefined) throw new Refused("UNKNOWN_ID", { why: "subject" });
  const { key, name, birth } = known;
  return { sub: sub as SubId, key, name, birth };
}

function termsOf(terms: BasisTerms): bases.Terms {
  const { law, sittings, purposes, start, until, review, prev } = terms;
  const scope = terms.scope.map(({ aid, cats }): Scope => {
    return { ag: [aid as Aid], cats: cats.toSorted() };
  });
  const rest = { rev: review, prev: prev as Sid | null };
  return { law, kinds: sittings, scope, purp: purposes, start, until, ...rest };
}

async function keep(office: Office, key: string, value: object): Promise<void> {
  await office.session.vault.drafts.put(key, JSON.stringify(value), office.now());
}

// --- founding --------------------------------------------------------------------------------------

/** Reserves a case and records its bases; the room is founded as soon as all of them stand. */
export async function found(
  office: Office,
  planned: {
    readonly code: string;
    readonly bases: readonly BasisTerms[];
    readonly staff: readonly Wid[];
  },
): Promise<CaseId> {
  const caseId = await seating.reserve(office.session, planned.code);
  const sids: Sid[] = [];
  for (const terms of planned.bases) sids.push(await record(office, caseId, terms));
  await keep(office, FOUNDING + caseId, { sids, staff: planned.staff } satisfies Founding);
  await settle(office);
  await office.refresh();
  return caseId;
}

/** Does what had to wait: founds rooms, lists bases, seals records. */
export async function settle(office: Office): Promise<void> {
  const drafts = await office.session.vault.drafts.list();
  for (const { key, text } of drafts) {
    if (key.startsWith(FOUNDING)) await foundRoom(office, key, JSON.parse(text) as Founding);
  }
  for (const { key, text } of drafts) {
    if (key.startsWith(TESTIMONY)) await testify(office, key, JSON.parse(text) as Testimony);
  }
}

async function foundRoom(office: Office, key: string, { sids, staff }: Founding): Promise<void> {
  const caseId = key.slice(FOUNDING.length) as CaseId;
  if (sids.length === 0 || !sids.every((sid) => isLogged(office, sid))) return;
  const member = office.client.member(caseId);
  if (member.room.state.current === undefined) await seating.create(member, { bases: sids, staff });
  await member.room.confirmChanges(); // whoever founds a room knows whom she put in
  await office.session.vault.drafts.drop(key);
  office.refreshSoon();
}

function isLogged({ session }: Office, sid: Sid): boolean {
  return session.council.log.directory.logged.has(sid);
}

/** Once its basis stands in the room, a record is sealed for everybody it lets see the person. */
async function testify(office: Office, key: string, told: Testimony): Promise<void> {
  const sid = key.slice(TESTIMONY.length) as Sid;
  const member = office.client.members.get(told.caseId);
  if (member?.room.state.current === undefined || !isLogged(office, sid)) return;
  if (!member.room.state.listed.has(sid)) {
    if (!(await list(office, member, sid))) return;
  }
  await member.testify(told.sub, told.text, { readers: audienceOf(office, told) });
  await office.session.vault.drafts.drop(key);
}

/** Members of whom the room holds this subject's data, by agency; null when that is everybody. */
function audienceOf(office: Office, { caseId, sub }: Testimony): Audience | null {
  const seen = office.requireSeen(caseId);
  const planned = { cls: "ev", it: null, sub, cats: [] } as const;
  const { readers, refused } = readersOf(seen, planned);
  if (refused.length === 0) return null;
  return { ag: [...new Set(readers.map(({ agency }) => agency.aid as Aid))].sort(), w: [] };
}

// --- listing ---------------------------------------------------------------------------------------

/** Puts a logged basis into the roster, in the place of the version before; only a chair can. */
export async function list(office: Office, member: Member, sid: Sid): Promise<boolean> {
  const { caseId } = member.room;
  const seen = office.requireSeen(caseId);
  const body = basisOf(office, sid);
  if (body === null || !isChair(seen)) return false;
  const listed = new Set(member.room.roster.basis);
  const replaced = body.prev !== null && listed.has(body.prev) ? [body.prev] : [];
  await seating.add(member, [], { bases: [sid], replaced });
  return true;
}

function basisOf({ session }: Office, sid: Sid): Basis | null {
  const body = session.council.log.directory.logged.get(sid)?.statement.body;
  return body?.typ === "basis" ? body : null;
}

/** Bases in the log for rooms that I chair, which nobody has put into the roster yet. */
export function unlisted(office: Office): readonly (readonly [Sid, Basis])[] {
  const { directory } = office.session.council.log;
  const now = office.now();
  return [...directory.logged].flatMap(([sid, { statement }]) => {
    const { body } = statement;
    if (body.typ !== "basis" || body.until <= now || directory.succeeded.has(sid)) return [];
    const seen = office.seen(body.case);
    if (seen === null || seen.room.state.listed.has(sid) || !isChair(seen)) return [];
    return [[sid, body] as const];
  });
}
