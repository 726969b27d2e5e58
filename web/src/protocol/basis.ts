/**
 * What a legal basis covers at a point: `eff`, `covered`, `prune`, `recipients`, `stale`.
 *
 * Sources: protocol, sections 5.5, 5.13 and 5.14. A new version narrows at once and widens
 * when a roster lists it; a withdrawal only ever takes away.
 */
import { Refused } from "../crypto/errors";
import { asPerson } from "./directory";
import type { Directory, Person } from "./directory";
import type { Point } from "./feed";
import type { Basis, MemberRow, Roster, Withdraw } from "./generated";
import type { Aid, Brand, Did, Sid } from "./ids";
import type { RoomState } from "./room";
import { DAY } from "./times";

/** A recipient with a category she may read; equal pairs are `===`. */
export type Pair = Brand<string, "Pair">;

/** Write the pair of an agency and a category. */
export function pairOf(aid: Aid, cat: string): Pair {
  return `${aid} ${cat}` as Pair;
}

/** Read the agency of a pair. */
export function aidOf(pair: Pair): Aid {
  return pair.slice(0, 32) as Aid;
}

/** Read the category of a pair. */
export function catOf(pair: Pair): string {
  return pair.slice(33);
}

/** A listed basis at a point: what it grants, what was taken away, and when it runs (ms). */
export class Standing {
  readonly sid: Sid;
  readonly body: Basis;
  readonly newest: Basis;
  readonly granted: ReadonlySet<Pair>;
  readonly taken: ReadonlySet<Pair>;

  constructor(sid: Sid, body: Basis, newest: Basis, taken: ReadonlySet<Pair>) {
    this.sid = sid;
    this.body = body;
    this.newest = newest;
    const still = pairsOf(newest);
    this.granted = new Set([...pairsOf(body)].filter((pair) => still.has(pair)));
    this.taken = taken;
  }

  get start(): number {
    return Math.max(this.body.from, this.newest.from);
  }

  get until(): number {
    return Math.min(this.body.until, this.newest.until);
  }

  /** Day of 見直し, the earlier one; null where none was set. */
  get review(): number | null {
    const days = [this.body.rev, this.newest.rev].filter((day) => day !== null);
    return days.length === 0 ? null : Math.min(...days);
  }

  /** First instant at which nothing is covered any more. */
  get end(): number {
    return Math.min(this.until, this.review ?? this.until);
  }

  /** Sitting kinds that listed and newest version both cover. */
  get kinds(): ReadonlySet<string> {
    return new Set(this.body.kinds.filter((kind) => this.newest.kinds.includes(kind)));
  }

  /** `eff`: pairs of agency and category in force. */
  effective(now: number): ReadonlySet<Pair> {
    if (now < this.start || now >= this.end) return new Set();
    return new Set([...this.granted].filter((pair) => !this.taken.has(pair)));
  }
}

/** Every recipient with every category the statement names for her. */
export function pairsOf(body: Basis): ReadonlySet<Pair> {
  return new Set(
    body.scope.flatMap(({ ag, cats }) => ag.flatMap((aid) => cats.map((cat) => pairOf(aid, cat)))),
  );
}

/** Judge one listed basis at a point; NO_BASIS when it is not this room's. */
export function standing(room: RoomState, sid: Sid, point: Point): Standing {
  const newest = newestVersion(room, sid, point.n);
  const taken = new Set([...takenFrom(room, sid, point), ...takenFrom(room, newest, point)]);
  return new Standing(sid, room.basisOf(sid), room.basisOf(newest), taken);
}

/** The last of the versions that ended this one in turn, logged below `n`. */
function newestVersion(room: RoomState, sid: Sid, n: number): Sid {
  const { logged, succeeded } = room.directory;
  let at = sid;
  for (;;) {
    const body = room.basisOf(at);
    const next = succeeded.get(at);
    if (next === undefined || (logged.get(next)?.index ?? n) >= n) return at;
    if (!hasStanding(room, next, body)) return at;
    at = next;
  }
}

/**
 * Tell whether a version or withdrawal counts, so that no stranger to a case ends its basis.
 *
 * What has an accepted row was judged there. By its leaf alone counts what people of the host
 * agency, or of an agency in the scope of the basis, signed.
 */
function hasStanding(room: RoomState, sid: Sid, basis: Basis): boolean {
  if (room.listed.has(sid) || room.withdrawn.has(sid)) return true;
  const admitted = new Set([...basis.scope.flatMap(({ ag }) => ag), ...room.hosts]);
  const signers = room.directory.logged.get(sid)?.signers ?? [];
  return signers.every((signer) => admitted.has(signer.aid));
}

/** The head of a version chain, which names the chain. */
function firstVersion(directory: Directory, sid: Sid): Sid {
  let first = sid;
  for (;;) {
    const body = directory.logged.get(first)?.statement.body;
    if (body?.typ !== "basis" || body.prev === null) return first;
    first = body.prev;
  }
}

/** Pairs that withdrawals newer than this version took from it. */
function takenFrom(room: RoomState, sid: Sid, point: Point): ReadonlySet<Pair> {
  const { directory } = room;
  const chain = firstVersion(directory, sid);
  const index = directory.logged.get(sid)?.index ?? 0;
  const taken = new Set<Pair>();
  for (const [withdrawSid, withdraw] of withdrawalsAt(room, point)) {
    if (firstVersion(directory, withdraw.basis) !== chain) continue;
    const isNewer = (directory.logged.get(withdrawSid)?.index ?? Infinity) > index;
    if (!isNewer || !hasStanding(room, withdrawSid, room.basisOf(withdraw.basis))) continue;
    for (const pair of pairsOf(room.basisOf(sid))) if (takes(withdraw, pair)) taken.add(pair);
  }
  return taken;
}

/** Withdrawals that count at a point: by their row or by their leaf, whichever came. */
function withdrawalsAt(room: RoomState, point: Point): ReadonlyMap<Sid, Withdraw> {
  const found = new Map<Sid, Withdraw>();
  const isLogged = (sid: Sid) => (room.directory.statements.get(sid) ?? point.n) < point.n;
  for (const [sid, { seq, body }] of room.withdrawn) {
    if (seq <= point.s || isLogged(sid)) found.set(sid, body);
  }
  for (const [sid, body] of room.directory.withdrawals.get(room.caseId) ?? []) {
    if (isLogged(sid)) found.set(sid, body);
  }
  return found;
}

/** Tell whether a withdrawal names this agency and category; null names all. */
export function takes(withdraw: Withdraw, pair: Pair): boolean {
  const { ag, cats } = withdraw;
  return (ag?.includes(aidOf(pair)) ?? true) && (cats?.includes(catOf(pair)) ?? true);
}

/** Judge several listed bases. */
export function standings(
  room: RoomState,
  sids: readonly Sid[],
  point: Point,
): readonly Standing[] {
  return sids.map((sid) => standing(room, sid, point));
}

/** Agencies that some of these bases cover, in any category, at a point and a time in ms. */
export function coveredAgencies(
  room: RoomState,
  sids: readonly Sid[],
  point: Point,
  now: number,
): ReadonlySet<Aid> {
  const all = standings(room, sids, point);
  return new Set(all.flatMap((one) => [...one.effective(now)].map(aidOf)));
}

/** Rows that may stay, each unchanged: live, and covered or a guest whose end is to come. */
export function pruneMembers(
  room: RoomState,
  roster: Roster,
  point: Point,
  now: number,
): readonly MemberRow[] {
  const covered = coveredAgencies(room, roster.basis, point, now);
  return roster.mem.filter((row) => stays(room, row, covered, point.n, now));
}

function stays(
  room: RoomState,
  row: MemberRow,
  covered: ReadonlySet<Aid>,
  n: number,
  now: number,
): boolean {
  const worker = room.directory.workerInForce(row.wid, n);
  if (worker?.ik !== row.ik) return false;
  if (row.role === "guest") return row.until !== null && row.until > now;
  return covered.has(worker.aid);
}

/** Listed bases under which anything is still in force. */
export function pruneBases(
  room: RoomState,
  roster: Roster,
  point: Point,
  now: number,
): readonly Sid[] {
  return roster.basis.filter((sid) => standing(room, sid, point).effective(now).size > 0);
}

/** Device statements that a roster's epoch key must be sealed to, computed at its log head. */
export function recipients(room: RoomState, roster: Roster, n: number): ReadonlySet<Sid> {
  const { directory } = room;
  const keyed = roster.mem.filter((row) => row.role !== "guest" && isPledged(directory, row, n));
  const certs = keyed.flatMap((row) => directory.recipientsOf(asPerson(row), n));
  return new Set(certs.map((cert) => cert.sid));
}

/** A row was only accepted with a certificate, hence an agency, behind it. */
function isPledged(directory: Directory, row: MemberRow, n: number): boolean {
  const aid = directory.workers.get(row.wid)?.first.body.aid;
  return aid !== undefined && directory.hasPledges(aid, row.wid, n);
}

/**
 * Tell whether a roster must come before anything else may be written, at a point and a time.
 *
 * Only people whose devices hold the key count: the end of a guest's row, or of a row without
 * a pledge, gives nobody a key that she should not have.
 */
export function isStale(room: RoomState, point: Point, now: number): boolean {
  const entry = room.current;
  if (entry === undefined) return false;
  const roster = entry.body;
  if (now - entry.at > roster.pol.rot * DAY) return true;
  if (pruneBases(room, roster, point, now).length !== roster.basis.length) return true;
  const staying = new Set(pruneMembers(room, roster, point, now).map(asPerson));
  const dids = [...entry.recipients].map((sid) => deviceOf(room.directory, sid));
  return !dids.every((did) => keepsKey(room.directory, did, staying, point.n));
}

/** Tell whether a device that was given the epoch's key would be given it again. */
function keepsKey(
  directory: Directory,
  did: Did,
  staying: ReadonlySet<Person>,
  n: number,
): boolean {
  const owner = directory.devices.get(did)?.first.body;
  if (owner === undefined || directory.isDeviceSeenEnded(did)) return false;
  const person = asPerson(owner);
  const isOwned = staying.has(person) && directory.isDeviceLive(person, did, n);
  const aid = directory.workers.get(owner.wid)?.first.body.aid;
  return isOwned && aid !== undefined && directory.hasPledges(aid, owner.wid, n);
}

/** The device a certificate of any version belongs to; UNKNOWN_ID for no device. */
export function deviceOf(directory: Directory, sid: Sid): Did {
  const body = directory.chains.get(sid)?.first.body;
  if (body?.typ !== "device") throw new Refused("UNKNOWN_ID");
  return body.did;
}
