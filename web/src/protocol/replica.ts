/** Growing the replica of the identity log, one leaf at a time (protocol, section 8). */
import { Refused } from "../crypto/errors";
import type { Code } from "../crypto/errors";
import { verify } from "./admission";
import { Chain } from "./certificates";
import type { AnyChain, Cert } from "./certificates";
import type { Directory } from "./directory";
import type { Agency, Device, Invite, Payload, Pledge, Revoke, Worker } from "./generated";
import { bytesOf } from "./ids";
import type { Did, NetId } from "./ids";
import { leafFor } from "./leaf";
import type { Leaf } from "./leaf";
import { keyId, signatureHash } from "./statement";
import type { Signature, Statement } from "./statement";

/**
 * Take the next leaf with the statement behind it; null for a beat or an unknown kind.
 *
 * A statement that breaks a rule is kept as a flaw and authorises nothing; the log goes on. A
 * second leaf of one statement is void: a server could otherwise undo a withdrawal by logging
 * the basis once more. Refused: EQUIVOCATION when the statement is not the one behind the leaf.
 *
 * Gives the signatures that count, null where nothing was accepted. `before` are those that this
 * very device found for this very leaf of the same log; then it is not judged again.
 */
export function append(
  directory: Directory,
  leaf: Leaf,
  statement: Statement | null,
  before: readonly Signature[] | null = null,
): readonly Signature[] | null {
  const index = directory.size;
  if (statement !== null && statement.sid !== leaf.sid) throw new Refused("EQUIVOCATION");
  directory.times.push(Math.max(leaf.t, directory.time(index)));
  if (statement === null) return null;
  const judged = before ?? judge(directory, leaf, statement, index);
  if (typeof judged !== "string") {
    if (before !== null) directory.statements.set(statement.sid, index);
    take(directory, statement, judged, index);
    return judged;
  }
  directory.flaws.set(index, judged);
  rememberFlaw(directory, statement.body, index, judged);
  return null;
}

/** The signatures that count, or the code of the first rule that the statement breaks. */
function judge(
  directory: Directory,
  leaf: Leaf,
  statement: Statement,
  index: number,
): readonly Signature[] | Code {
  try {
    requireFirst(directory, statement, index);
    const signatures = verify(directory, statement, index);
    requireLeaf(leaf, statement, signatures);
    return signatures;
  } catch (error) {
    if (error instanceof Refused) return error.code;
    throw error;
  }
}

/** Heed a valid revocation that is not logged yet: what I have seen takes away at once. */
export function heed(directory: Directory, statement: Statement): void {
  const { body } = statement;
  if (body.typ !== "revoke" || !isValid(directory, statement)) return;
  for (const chain of endedBy(directory, body)) directory.seenEnded.add(chain);
}

function isValid(directory: Directory, statement: Statement): boolean {
  try {
    verify(directory, statement, directory.size);
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

function requireFirst(directory: Directory, statement: Statement, index: number): void {
  if (directory.statements.has(statement.sid)) throw new Refused("UNTRUSTED");
  directory.statements.set(statement.sid, index);
}

/** The leaf commits to these signatures, to the type and to the case. */
function requireLeaf(leaf: Leaf, statement: Statement, signatures: readonly Signature[]): void {
  const { sid, body } = statement;
  const own = leafFor(body, { sid, sg: signatureHash(signatures), t: leaf.t });
  const isOwn = own.kind === leaf.kind && own.sg === leaf.sg && own.scope === leaf.scope;
  if (!isOwn) throw new Refused("BAD_SIG");
}

function rememberFlaw(directory: Directory, body: Payload, index: number, code: Code): void {
  if (body.typ !== "device" && body.typ !== "worker") return;
  const key = body.typ === "device" ? body.dk : body.ik;
  if (!directory.flawedKeys.has(key)) directory.flawedKeys.set(key, { index, code });
}

function take(
  directory: Directory,
  statement: Statement,
  signatures: readonly Signature[],
  index: number,
): void {
  const { sid, body } = statement;
  const cert = <Body>(of: Body): Cert<Body> => ({ index, sid, body: of, signatures });
  if (body.typ === "root") {
    directory.net ??= sid as string as NetId; // the network is named by its first root
    directory.roots.push(cert(body));
  } else if (body.typ === "agency") takeAgency(directory, cert(body));
  else if (body.typ === "invite") takeInvite(directory, cert(body));
  else if (body.typ === "worker") takeWorker(directory, cert(body));
  else if (body.typ === "device") takeDevice(directory, cert(body));
  else if (body.typ === "pledge") takePledge(directory, cert(body));
  else if (body.typ === "release") directory.releases.push(cert(body));
  else if (body.typ === "revoke") takeRevoke(directory, body, index);
  else takeLogged(directory, statement, signatures, index);
}

/** Add to the chain under an id, or begin one. */
function extend<K, Body>(
  chains: Map<K, Chain<Body>>,
  id: K,
  cert: Cert<Body>,
  linkedBy: () => Did | null = () => null,
): Chain<Body> {
  const known = chains.get(id);
  if (known !== undefined) {
    known.versions.push(cert);
    return known;
  }
  const begun = new Chain(cert, linkedBy());
  chains.set(id, begun);
  return begun;
}

function takeAgency(directory: Directory, cert: Cert<Agency>): void {
  directory.chains.set(cert.sid, extend(directory.agencies, cert.body.aid, cert));
}

function takeInvite(directory: Directory, cert: Cert<Invite>): void {
  directory.chains.set(cert.sid, extend(directory.invites, cert.body.inv, cert));
}

function takeWorker(directory: Directory, cert: Cert<Worker>): void {
  const { wid, ik, inv } = cert.body;
  directory.chains.set(cert.sid, extend(directory.workers, wid, cert));
  if (!directory.byIk.has(ik)) directory.byIk.set(ik, wid);
  if (inv !== null) directory.used.add(inv);
}

function takeDevice(directory: Directory, cert: Cert<Device>): void {
  const { did, wid, dk } = cert.body;
  if (!directory.devices.has(did)) {
    pushTo(directory.owned, wid, did);
    pushTo(directory.hints, keyId(bytesOf(dk)), dk);
    directory.byDk.set(dk, did);
  }
  const chain = extend(directory.devices, did, cert, () => linkedBy(directory, cert));
  directory.chains.set(cert.sid, chain);
}

function linkedBy(directory: Directory, cert: Cert<Device>): Did | null {
  const { ik, dk } = cert.body;
  const link = cert.signatures.find(({ pk }) => pk !== ik && pk !== dk);
  return (link && directory.byDk.get(link.pk)) ?? null;
}

function takePledge(directory: Directory, cert: Cert<Pledge>): void {
  const { aid, wid } = cert.body;
  if (wid === null) pushTo(directory.agencyPledges, aid, cert);
  else pushTo(directory.pledges, `${aid} ${wid}`, cert);
}

function pushTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function takeLogged(
  directory: Directory,
  statement: Statement,
  signatures: readonly Signature[],
  index: number,
): void {
  const { sid, body, typ } = statement;
  if (body.typ === "basis" && body.prev !== null) directory.succeeded.set(body.prev, sid);
  if (body.typ === "withdraw") {
    const known = directory.withdrawals.get(body.case);
    if (known === undefined) directory.withdrawals.set(body.case, new Map([[sid, body]]));
    else known.set(sid, body);
  }
  const signers = signatures.map(({ pk }) => directory.trust(pk, typ, index));
  directory.logged.set(sid, { index, statement, signatures, signers });
}

function takeRevoke(directory: Directory, body: Revoke, index: number): void {
  for (const chain of endedBy(directory, body)) {
    chain.end(index);
    const named = chain.first.body;
    const isPerson = named.typ === "device" || named.typ === "worker";
    if (body.why !== "compromised" || !isPerson) continue;
    if (!directory.compromised.has(named.wid)) directory.compromised.set(named.wid, index);
  }
}

function endedBy(directory: Directory, body: Revoke): readonly AnyChain[] {
  const chain = directory.chains.get(body.id);
  if (chain === undefined) throw new Refused("UNKNOWN_ID");
  const named = chain.first.body;
  if (body.since === null || named.typ !== "device") return [chain];
  return [chain, ...endedSince(directory, named, body.since)];
}

/**
 * Devices of the same person logged at or after `since` that no surviving device linked.
 *
 * What an ended device linked vouches for nobody either: a thief's second link ends too.
 */
function endedSince(directory: Directory, named: Device, since: number): Chain<Device>[] {
  const gone = new Set<Did | null>([null, named.did]);
  const ended: Chain<Device>[] = [];
  for (const did of directory.owned.get(named.wid) ?? []) {
    const other = directory.devices.get(did); // in log order: links before what they link
    if (other === undefined || other.first.index < since) continue;
    if (did === named.did || !gone.has(other.linkedBy)) continue;
    gone.add(did);
    ended.push(other);
  }
  return ended;
}
