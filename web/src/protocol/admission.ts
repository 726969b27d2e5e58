/**
 * Which identity statements are valid at their own leaf, and who must have signed them.
 *
 * A replica asks for every leaf: what breaks a rule here is void for everybody (protocol,
 * sections 5.2, 5.3, 5.5 and 6.14).
 */
import { Refused } from "../crypto/errors";
import type { Code } from "../crypto/errors";
import { requirePoint } from "../crypto/signing";
import { MAX_AGENCY_LIFE, mayCertify } from "./certificates";
import { deviceId, workerId } from "./derived";
import { asPerson } from "./directory";
import type { Directory } from "./directory";
import type {
  Agency,
  Basis,
  Device,
  Invite,
  Payload,
  Pledge,
  Revoke,
  Root,
  Worker,
} from "./generated";
import { bytesOf } from "./ids";
import type { Key, Sid, Wid } from "./ids";
import { match } from "./statement";
import type { Signature, Statement } from "./statement";
import type { Cap } from "./generated";

type Signatures = readonly Signature[];
type Typ = Payload["typ"];
type Bodies = { readonly [T in Typ]: Extract<Payload, { readonly typ: T }> };
type Check<T extends Typ> = (
  directory: Directory,
  statement: Statement,
  body: Bodies[T],
  n: number,
) => Signatures;

const CHECKS: { readonly [T in Typ]?: Check<T> } = {
  root: checkRoot,
  agency: checkAgency,
  invite: checkInvite,
  worker: checkWorker,
  device: checkDevice,
  revoke: checkRevoke,
  pledge: checkPledge,
  release: (directory, statement, _body, n) => checkRelease(directory, statement, n),
  basis: checkBasis,
  withdraw: (directory, statement, _body, n) => signedByDevice(directory, statement, n),
  handover: (directory, statement, _body, n) => signedByDevice(directory, statement, n),
};

/**
 * Check rules and signatures of an identity statement at log size `n`.
 *
 * Returns the signatures that verify under the keys allowed for it. Refused:
 * WRONG_NET, UNTRUSTED (void), WEAK_KEY, BAD_SIG, EXPIRED, REVOKED, RULE_DENIED, UNKNOWN_ID,
 * UNKNOWN_TYPE; trust's codes for device-signed types.
 */
export function verify(directory: Directory, statement: Statement, n: number): Signatures {
  requireNet(directory, statement.body);
  return checked(directory, statement, statement.body.typ, statement.body, n);
}

function checked<T extends Typ>(
  directory: Directory,
  statement: Statement,
  typ: T,
  body: Bodies[T],
  n: number,
): Signatures {
  const check: Check<T> | undefined = CHECKS[typ];
  if (check === undefined) throw new Refused("UNKNOWN_TYPE");
  return check(directory, statement, body, n);
}

function requireNet(directory: Directory, body: Payload): void {
  const isFirst = body.typ === "root" && body.net === undefined;
  require(isFirst || body.net === directory.net, "WRONG_NET");
}

function require(holds: boolean, code: Code = "UNTRUSTED"): asserts holds {
  if (!holds) throw new Refused(code);
}

/** Demand `t` distinct keys of a list among the signatures found. */
function quorum(found: Signatures, keys: readonly Key[], t: number): Signatures {
  for (const key of keys) requirePoint(bytesOf(key));
  const own = found.filter((signature) => keys.includes(signature.pk));
  require(own.length >= t, "BAD_SIG");
  return own;
}

function signed(statement: Statement, keys: readonly Key[], t: number): Signatures {
  return quorum(match(statement, keys), keys, t);
}

// --- root and agencies -------------------------------------------------------------------

function checkRoot(directory: Directory, statement: Statement, body: Root, n: number): Signatures {
  require(body.wit.length === 0 && body.wt === 0); // v1 runs with no witness and says so
  if (body.n === 0) {
    require(directory.roots.length === 0);
    return signed(statement, body.keys, body.t);
  }
  const old = directory.root(n);
  require(body.prev === directory.roots.at(-1)?.sid && body.n === old.n + 1);
  const found = match(statement, [...old.keys, ...body.keys]);
  quorum(found, old.keys, old.t);
  quorum(found, body.keys, body.t);
  return found;
}

function checkAgency(
  directory: Directory,
  statement: Statement,
  body: Agency,
  n: number,
): Signatures {
  const chain = directory.agencies.get(body.aid);
  const newest = chain?.newest(n);
  require(body.prev === (newest?.sid ?? null));
  require(!chain?.ended(n), "REVOKED");
  require(body.exp - body.nbf <= MAX_AGENCY_LIFE);
  const isSimple = isMemberOnly(body.caps) && (!newest || isMemberOnly(newest.body.caps));
  return signedByRoot(directory.root(n), statement, isSimple);
}

function isMemberOnly(caps: readonly Cap[]): boolean {
  return caps.length === 1 && caps[0] === "member";
}

/** The root's keys; for a simple agency those of the secretariat will do. */
function signedByRoot(root: Root, statement: Statement, isSimple: boolean): Signatures {
  const bySec = isSimple ? match(statement, root.sec.keys) : [];
  const isEnough = isSimple && bySec.length >= root.sec.t;
  return isEnough ? bySec : signed(statement, root.keys, root.t);
}

/** Only the keys that a root names for it; a council whose root names none trusts no build. */
function checkRelease(directory: Directory, statement: Statement, n: number): Signatures {
  const { rel } = directory.root(n);
  require(rel !== null);
  return signed(statement, rel.keys, rel.t);
}

// --- people ------------------------------------------------------------------------------

function checkInvite(
  directory: Directory,
  statement: Statement,
  body: Invite,
  n: number,
): Signatures {
  const agency = directory.requireAgency(body.aid, n);
  require(!directory.invites.has(body.inv));
  require(mayCertify(agency.caps, body.caps), "RULE_DENIED");
  require(body.wid === null || directory.workers.has(body.wid), "UNKNOWN_ID");
  return signed(statement, agency.keys, agency.t);
}

function checkWorker(
  directory: Directory,
  statement: Statement,
  body: Worker,
  n: number,
): Signatures {
  const agency = directory.requireAgency(body.aid, n);
  require(mayCertify(agency.caps, body.caps));
  const chain = directory.workers.get(body.wid);
  const newest = chain?.newest(n);
  require(body.prev === (newest?.sid ?? null));
  require(!chain?.ended(n), "REVOKED");
  requireSuccession(directory, body, newest?.body, n);
  const found = match(statement, [...agency.keys, body.ik]);
  quorum(found, agency.keys, agency.t);
  quorum(found, [body.ik], 1);
  return found;
}

/** A first certificate has a derived id; a later one keeps its agency. */
function requireSuccession(
  directory: Directory,
  body: Worker,
  before: Worker | undefined,
  n: number,
): void {
  if (before === undefined) {
    const { net, aid, inv } = body;
    require(inv !== null && body.wid === workerId({ net, aid, inv }) && body.gen === 0);
  } else {
    require(before.aid === body.aid);
  }
  if (body.ik !== before?.ik) requireNewPerson(directory, body, before, n);
  else require(body.gen === before.gen && body.inv === null);
}

/** A new ik is another person: one invitation, live and unused, made for her. */
function requireNewPerson(
  directory: Directory,
  body: Worker,
  before: Worker | undefined,
  n: number,
): void {
  require(before === undefined || body.gen === before.gen + 1);
  require(!directory.byIk.has(body.ik) && !directory.byDk.has(body.ik));
  const chain = body.inv === null ? undefined : directory.invites.get(body.inv);
  const invite = chain?.newest(n)?.body;
  require(chain !== undefined && invite !== undefined);
  require(!directory.used.has(invite.inv) && invite.aid === body.aid);
  require(invite.wid === (before === undefined ? null : body.wid));
  require(body.caps.every((cap) => invite.caps.includes(cap)));
  require(directory.time(n) < invite.exp, "EXPIRED");
  require(!chain.ended(n), "REVOKED");
}

function checkDevice(
  directory: Directory,
  statement: Statement,
  body: Device,
  n: number,
): Signatures {
  const { net, wid, ik, dk } = body;
  directory.requireWorker(wid, ik, n);
  require(body.did === deviceId({ net, wid, dk }));
  const chain = directory.devices.get(body.did);
  const newest = chain?.newest(n);
  require(body.prev === (newest?.sid ?? null));
  require(!chain?.ended(n), "REVOKED");
  require(newest === undefined ? body.eg === 0 : isRenewal(newest.body, body));
  const siblings = newest === undefined ? siblingKeys(directory, body, n) : null;
  const found = match(statement, [ik, dk, ...(siblings ?? [])]);
  const own = quorum(found, [ik, dk], 2);
  if (newest !== undefined) return own;
  require(!directory.byDk.has(dk) && !directory.byIk.has(dk));
  const [link] = siblings === null ? [] : quorum(found, siblings, 1);
  return found.filter((signature) => own.includes(signature) || signature === link);
}

/** Keep the identity key, and the sealing key with its counter or move both on. */
function isRenewal(before: Device, after: Device): boolean {
  const step = before.ekh === after.ekh ? 0 : 1;
  return after.ik === before.ik && after.eg === before.eg + step;
}

/** Who may vouch for one more device of an ik, all of them live; null for its first device. */
function siblingKeys(directory: Directory, body: Device, n: number): readonly Key[] | null {
  const dids = directory.owned.get(body.wid) ?? [];
  const isSibling = (ik: Key | undefined) => ik === body.ik;
  if (!dids.some((did) => isSibling(directory.devices.get(did)?.first.body.ik))) return null;
  return directory.devicesOf(asPerson(body), n).map((cert) => cert.body.dk);
}

function checkRevoke(
  directory: Directory,
  statement: Statement,
  body: Revoke,
  n: number,
): Signatures {
  const named = directory.chains.get(body.id)?.first.body;
  require(named?.typ === body.what, "UNKNOWN_ID");
  if (named.typ === "agency") {
    const isSimple = isMemberOnly(directory.agency(named.aid, n).caps);
    return signedByRoot(directory.root(n), statement, isSimple);
  }
  return signed(statement, enders(directory, named, n), 1);
}

/** Whose keys may end a device, a worker or an invitation. */
function enders(directory: Directory, named: Device | Worker | Invite, n: number): readonly Key[] {
  if (named.typ !== "device") return directory.agency(named.aid, n).keys;
  const owner = directory.workers.get(named.wid)?.first.body;
  require(owner !== undefined);
  return [...directory.agency(owner.aid, n).keys, named.ik];
}

function checkPledge(
  directory: Directory,
  statement: Statement,
  body: Pledge,
  n: number,
): Signatures {
  if (body.wid === null) {
    const agency = directory.requireAgency(body.aid, n);
    return signed(statement, agency.keys, agency.t);
  }
  const signatures = signedByPerson(directory, statement, body.wid, n);
  const worker = directory.workers.get(body.wid)?.newest(n)?.body;
  require(worker?.aid === body.aid, "RULE_DENIED");
  return signatures;
}

// --- bases -------------------------------------------------------------------------------

function checkBasis(
  directory: Directory,
  statement: Statement,
  body: Basis,
  n: number,
): Signatures {
  if (body.prev !== null) requireVersion(directory, body, body.prev);
  const proposer = signedByPerson(directory, statement, body.prop, n);
  if (body.kind === "consent" || body.apr === null) return proposer;
  require(body.apr !== body.prop, "RULE_DENIED");
  const approver = signedByPerson(directory, statement, body.apr, n);
  const signers = approver.map(({ pk }) => directory.trust(pk, "basis", n));
  require(signers.every((signer) => signer.caps.has("chair")), "RULE_DENIED");
  return [...proposer, ...approver];
}

/** A version ends the one it names, is the first to do so, and keeps case and subject. */
function requireVersion(directory: Directory, body: Basis, prev: Sid): void {
  const old = directory.logged.get(prev)?.statement.body;
  require(old?.typ === "basis", "UNKNOWN_ID");
  const isSame = old.case === body.case && old.sub === body.sub && old.ver + 1 === body.ver;
  require(isSame, "RULE_DENIED");
  require(!directory.succeeded.has(prev));
}

// --- device-signed types -----------------------------------------------------------------

/** Demand one signature of a live device of the named person. */
export function signedByPerson(
  directory: Directory,
  statement: Statement,
  wid: Wid,
  n: number,
): Signatures {
  const dids = directory.owned.get(wid) ?? [];
  const keys = dids.flatMap((did) => directory.devices.get(did)?.first.body.dk ?? []);
  return trusted(directory, statement, match(statement, keys), n);
}

/** Demand one signature of some live device; whose it is decides what it may do. */
export function signedByDevice(directory: Directory, statement: Statement, n: number): Signatures {
  return trusted(directory, statement, directory.matchDevices(statement), n);
}

function trusted(
  directory: Directory,
  statement: Statement,
  found: Signatures,
  n: number,
): Signatures {
  const [first] = found;
  require(first !== undefined, "BAD_SIG");
  directory.trust(first.pk, statement.typ, n);
  return [first];
}
