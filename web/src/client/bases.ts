/** Legal bases outside rooms: proposed, approved by another, logged (section 5.5, flow 15.2). */

import { Refused } from "../crypto/errors";
import { asSet } from "../protocol/checks";
import type { Basis, Handover, Person, Scope } from "../protocol/generated";
import { Waits } from "../protocol/generated";
import type { CaseId, Digest, Hash, Sid, SubId, Wid } from "../protocol/ids";
import { bytesOf, bytesOfBlob, hashOf, HASH_SIZE, idOf, ID_SIZE } from "../protocol/ids";
import { evidenceCommitment, subjectCommitment } from "../protocol/keys";
import { compose, match, parse, type Signature, type Statement } from "../protocol/statement";
import type { Entropy } from "../crypto/entropy";
import { requireAllowed } from "./guard";
import { plainOf, type Words } from "./opening";
import type { Session } from "./session";
import { signStatement } from "./signer";

/** A person a case is about: her id in this case, and what opens the commitment to her name. */
export interface Subject {
  readonly sub: SubId;
  readonly key: Hash;
  readonly name: string;
  /** YYYY-MM-DD, or "" where it is not known. */
  readonly birth: string;
}

/** `subc`. */
export function commitmentOf({ key, name, birth }: Subject): Digest {
  return subjectCommitment(bytesOf(key), { name, birth: birth === "" ? null : birth });
}

/** Who gave a consent and how, under a key of its own; both go into the sealed section. */
export interface Evidence {
  readonly key: Hash;
  readonly words: Words;
}

/** `evc`. */
export function evidenceCommitmentOf({ key, words }: Evidence): Digest {
  return evidenceCommitment(bytesOf(key), { evidence: plainOf(words) });
}

/** What a basis covers, and for how long (ms); `prev` is the version that it ends. */
export interface Terms {
  readonly law: string;
  readonly kinds: readonly string[];
  readonly scope: readonly Scope[];
  readonly purp: readonly string[];
  readonly start: number;
  readonly until: number;
  readonly rev?: number | null;
  readonly prev?: Sid | null;
}

/** Names a person for one case; only the commitment leaves this device in clear. */
export function newSubject(
  session: { readonly council: { readonly entropy: Entropy } },
  { name, birth = "" }: { readonly name: string; readonly birth?: string },
): Subject {
  const { entropy } = session.council;
  return { sub: idOf(entropy(ID_SIZE)), key: hashOf(entropy(HASH_SIZE)), name, birth };
}

/** Commits to the evidence of a consent; FORBIDDEN for words that must not be written down. */
export function newEvidence(
  session: { readonly council: { readonly entropy: Entropy } },
  words: Words,
): Evidence {
  requireAllowed(words);
  return { key: hashOf(session.council.entropy(HASH_SIZE)), words };
}

/** Whom a basis is about, and what it covers. */
export interface About {
  readonly caseId: CaseId;
  readonly subject: Subject;
  readonly terms: Terms;
}

/** Logs a consent that this person took; waits for the leaf. */
export async function consent(
  session: Session,
  { evidence = null, ...about }: About & { readonly evidence?: Evidence | null },
): Promise<Sid> {
  const evc = evidence === null ? null : evidenceCommitmentOf(evidence);
  const made = compose(basisOf(session, about, { kind: "consent", apr: null, evc }));
  await session.council.admitLogged(made, [await signStatement(made, session.dk)]);
  return made.sid;
}

/** Proposes a statutory decision; it waits for the approver's signature. */
export async function propose(
  session: Session,
  { approver, ...about }: About & { readonly approver: Wid },
): Promise<Sid> {
  const made = compose(basisOf(session, about, { kind: "law", apr: approver, evc: null }));
  await session.council.pend(made.sid, made, [await signStatement(made, session.dk)]);
  return made.sid;
}

/** Lists the decisions that wait for my signature; each is to be read whole. */
export async function waiting(session: Session): Promise<readonly Statement[]> {
  const { pending } = await session.council.http.get("pend", Waits);
  const statements = pending.map(({ statement }) => parse(bytesOfBlob(statement)));
  return statements.filter(({ body }) => body.typ === "basis");
}

/** Signs a decision that somebody else proposed; waits for the leaf. */
export async function approve(session: Session, statement: Statement): Promise<Sid> {
  const { body } = statement;
  if (body.typ !== "basis" || body.apr !== session.me.wid) throw new Refused("RULE_DENIED");
  const proposer = proposerOf(session, statement, body);
  const mine = await signStatement(statement, session.dk);
  await session.council.admitLogged(statement, [proposer, mine]);
  return statement.sid;
}

/** The proposer's signature, by a device of hers. */
function proposerOf(session: Session, statement: Statement, body: Basis): Signature {
  const { directory } = session.council.log;
  const devices = (directory.owned.get(body.prop) ?? []).map((did) => directory.devices.get(did));
  const keys = devices.flatMap((chain) => (chain === undefined ? [] : [chain.first.body.dk]));
  const [found] = match(statement, keys);
  if (found === undefined || body.prop === session.me.wid) throw new Refused("RULE_DENIED");
  return found;
}

function basisOf(
  session: Session,
  { caseId, subject, terms }: About,
  made: Pick<Basis, "kind" | "apr" | "evc">,
): Basis {
  const { council, me } = session;
  const { law, start, until, rev = null, prev = null } = terms;
  return {
    ...{ v: 1, typ: "basis", net: council.net, nce: council.nonce(), iat: council.iat() },
    ...{ case: caseId, prev, ver: versionAfter(session, prev), ...made, law, prop: me.wid },
    ...{ kinds: asSet(terms.kinds), scope: terms.scope.map(sorted), purp: asSet(terms.purp) },
    ...{ sub: subject.sub, subc: commitmentOf(subject), from: start, until, rev },
  };
}

function sorted({ ag, cats }: Scope): Scope {
  return { ag: asSet(ag), cats: asSet(cats) };
}

function versionAfter(session: Session, prev: Sid | null): number {
  if (prev === null) return 1;
  const body = session.council.log.directory.logged.get(prev)?.statement.body;
  if (body?.typ !== "basis") throw new Refused("UNKNOWN_ID");
  return body.ver + 1;
}

/** Lets a named successor take the chair, for a time (ms). */
export async function handOver(
  session: Session,
  {
    caseId,
    to,
    start,
    until,
  }: {
    readonly caseId: CaseId | null;
    readonly to: Person;
    readonly start: number;
    readonly until: number;
  },
): Promise<Sid> {
  const { council } = session;
  const body: Handover = {
    ...{ v: 1, typ: "handover", net: council.net, nce: council.nonce(), iat: council.iat() },
    ...{ case: caseId, to, from: start, until },
  };
  const made = compose(body);
  await council.admitLogged(made, [await signStatement(made, session.dk)]);
  return made.sid;
}
