/**
 * `accept`: the only way in which a room's members change (protocol, 5.6 and 5.22).
 *
 * The signer is judged at the row's own point, the contents at B = (lh.n, fd[0]), the newest
 * log head and feed row that the signer had seen. The first failing line decides.
 */
import { Refused } from "../crypto/errors";
import type { Code } from "../crypto/errors";
import { coveredAgencies, pruneBases, pruneMembers, recipients, standing } from "./basis";
import { parse } from "./bundle";
import type { Bundle } from "./bundle";
import { bundleHash } from "./bundle";
import { caseId } from "./derived";
import { asPerson } from "./directory";
import type { Person, Signer } from "./directory";
import type { Point, Row } from "./feed";
import type { Cap, MemberRow, Policy, Roster, RosterRole, Why } from "./generated";
import type { Sid, Wid } from "./ids";
import { rowsOf } from "./room";
import type { RoomState, RosterEntry } from "./room";
import { signatureHash } from "./statement";
import type { Statement } from "./statement";
import { HOUR } from "./times";

export const MAX_MEMBERS = 250;
export const MAX_ACTS = 8;
export const MAX_VOID = 16;

/** How far a roster's log head may lie behind its row, in ms of the log's clock. */
export const MAX_LH_AGE = 24 * HOUR;

const ROLE_CAPS: Readonly<Record<RosterRole, readonly Cap[]>> = {
  member: ["member", "chair"],
  guest: ["member", "chair"],
  minutes: ["minutes"],
};

/**
 * Judge a roster row; coming back with the entry means it is accepted.
 *
 * Lines 1 to 8 of section 5.22; the bundle (9, 10) is `requireBundle`. Changes nothing.
 */
export function accept(room: RoomState, statement: Statement, row: Row): RosterEntry {
  const { body, sid } = statement;
  if (body.typ !== "roster") throw new Refused("UNKNOWN_TYPE");
  requireOrder(room, body);
  const signer = signerOf(room, statement, row);
  if (body.n === 0) requireOwnCase(room, body, signer);
  requireHeads(room, body, row);
  const point = { n: body.lh.n, s: body.fd[0] };
  const now = room.directory.time(point.n);
  require((body.why === "create") === (body.n === 0));
  require(body.why === "rotate" || !room.closed);
  RULES[body.why](room, body, signer, point);
  requirePeople(room, body, point, now);
  requireBases(room, body, point, now);
  requireShape(body, now);
  const at = room.directory.time(row.idn);
  return { seq: row.seq, sid, body, signer, at, recipients: recipients(room, body, point.n) };
}

/**
 * Line 9: the bundle is the one named, and for exactly the computed devices.
 *
 * Refused: BAD_BUNDLE_HASH, BAD_LENGTH, BAD_RECIPIENTS.
 */
export function requireBundle(room: RoomState, entry: RosterEntry, data: Uint8Array): Bundle {
  require(bundleHash(data) === entry.body.bun, "BAD_BUNDLE_HASH");
  const bundle = parse(data);
  const isPlaced = bundle.caseId === entry.body.case && bundle.n === entry.body.n;
  const isForAll = bundle.entries.length === entry.recipients.size;
  const isOwn = bundle.entries.every(
    ({ sid, eg }) => entry.recipients.has(sid) && eg === sealingCounter(room, sid),
  );
  require(isPlaced && isForAll && isOwn, "BAD_RECIPIENTS");
  return bundle;
}

/** The sealing-key counter of one device certificate, null for anything else. */
export function sealingCounter(room: RoomState, sid: Sid): number | null {
  const versions = room.directory.chains.get(sid)?.versions ?? [];
  const body = versions.find((cert) => cert.sid === sid)?.body;
  return body?.typ === "device" ? body.eg : null;
}

function require(holds: boolean, code: Code = "RULE_DENIED"): asserts holds {
  if (!holds) throw new Refused(code);
}

// --- 1 to 4: place, order, signer, heads -------------------------------------------------

function requireOrder(room: RoomState, body: Roster): void {
  require(body.net === room.net, "WRONG_NET");
  require(body.case === room.caseId, "WRONG_PLACE");
  const follows = body.n === room.epoch + 1 && body.prev === (room.current?.sid ?? null);
  require(follows, "FORK_OR_GAP");
}

function signerOf(room: RoomState, statement: Statement, row: Row): Signer {
  const [first] = room.directory.matchDevices(statement);
  require(first !== undefined, "BAD_SIG");
  const signer = room.directory.trust(first.pk, "roster", row.idn);
  require(signatureHash([first]) === row.sg, "BAD_SIG");
  return signer;
}

function requireOwnCase(room: RoomState, body: Roster, signer: Signer): void {
  const { nonce } = body;
  const { net } = room;
  const isOwn = nonce !== undefined && caseId({ net, dk: signer.dk, nonce }) === room.caseId;
  require(isOwn, "WRONG_PLACE");
}

function requireHeads(room: RoomState, body: Roster, row: Row): void {
  require((room.current?.body.lh.n ?? 0) <= body.lh.n, "EQUIVOCATION");
  room.requireLogHead(body.lh, row.idn);
  room.requireFeedPoint(body.fd);
  const age = room.directory.time(row.idn) - room.directory.time(body.lh.n);
  require(age <= MAX_LH_AGE, "NO_FRESH_LOG");
}

// --- 5: the rule of each `why` -----------------------------------------------------------

type Rule = (room: RoomState, body: Roster, signer: Signer, point: Point) => void;

const RULES: Readonly<Record<Why, Rule>> = {
  create: ruleCreate,
  add: ruleAdd,
  remove: ruleRemove,
  narrow: ruleNarrow,
  rotate: ruleRotate,
  handover: ruleHandover,
  close: ruleClose,
  takeover: ruleLater,
};

function ruleCreate(room: RoomState, body: Roster, signer: Signer): void {
  require(body.ref === undefined);
  require(hasRow(body, signer) && body.chair === signer.wid);
  for (const row of body.mem) {
    const worker = room.directory.workers.get(row.wid)?.first.body;
    require(worker?.aid === signer.aid && row.from === 0);
  }
}

function ruleAdd(room: RoomState, body: Roster, signer: Signer, point: Point): void {
  const before = room.roster;
  requirePowers(room, signer, point);
  requireConstant(room, body);
  const added = addedRows(before, body);
  require(body.mem.length - added.length === before.mem.length);
  require(added.every((row) => row.from === body.n));
  const isAppended = sameList(body.act.slice(0, before.act.length), before.act);
  require(sameList(body.act, before.act) || (isAppended && isChair(room, signer)));
  requireBasesKept(room, before, body);
}

function ruleRemove(room: RoomState, body: Roster, signer: Signer, point: Point): void {
  requirePowers(room, signer, point);
  requireConstant(room, body);
  require(addedRows(room.roster, body).length === 0);
  require(sameList(body.basis, room.roster.basis));
  const left = actsLeft(room.roster, body);
  const isFewer = body.act.every((wid) => left.includes(wid));
  require((isFewer && isChair(room, signer)) || sameList(body.act, left));
}

function ruleNarrow(room: RoomState, body: Roster, signer: Signer, point: Point): void {
  requirePowers(room, signer, point);
  requireConstant(room, body);
  require(addedRows(room.roster, body).length === 0);
  require(body.basis.every((sid) => room.roster.basis.includes(sid)));
  require(sameList(body.act, actsLeft(room.roster, body)));
}

function ruleRotate(room: RoomState, body: Roster, signer: Signer, point: Point): void {
  const isGuest = rowsOf(body).get(signer.wid)?.role === "guest";
  require(hasRow(body, signer) && !isGuest);
  requireConstant(room, body);
  requireComputed(room, body, point);
  require(sameList(body.act, actsLeft(room.roster, body)));
}

function ruleHandover(room: RoomState, body: Roster, signer: Signer, point: Point): void {
  requireHandedOver(room, body, signer, point);
  require(hasRow(body, signer) && body.chair === signer.wid);
  require(samePolicy(body.pol, room.roster.pol));
  require(body.from === undefined);
  const now = room.directory.time(point.n);
  const added = addedRows(room.roster, body);
  const others = body.mem.filter((row) => !added.includes(row));
  require(sameRows(others, pruneMembers(room, room.roster, point, now)));
  require(added.every((row) => asPerson(row) === signer.person));
  requireBasesComputed(room, body, point);
  const left = actsLeft(room.roster, body).filter((wid) => wid !== signer.wid);
  require(sameList(body.act, left) && added.every((row) => row.from === body.n));
}

function ruleClose(room: RoomState, body: Roster, signer: Signer, point: Point): void {
  requirePowers(room, signer, point);
  requireConstant(room, body);
  if (body.mem.length > 0) requireComputed(room, body, point);
  else requireBasesComputed(room, body, point);
  require(sameList(body.act, actsLeft(room.roster, body)));
}

/** A take-over is not built in v1: kept, counted, and never authorising. */
function ruleLater(): void {
  throw new Refused("UNKNOWN_TYPE");
}

function hasRow(body: Roster, signer: Signer): boolean {
  const row = rowsOf(body).get(signer.wid);
  return row !== undefined && asPerson(row) === signer.person;
}

function isChair(room: RoomState, signer: Signer): boolean {
  return room.roster.chair === signer.wid && hasRow(room.roster, signer);
}

/** The chair herself, or who lawfully stands in for her. */
function requirePowers(room: RoomState, signer: Signer, point: Point): void {
  require(isChair(room, signer) || room.holderOfPowers(point.n) === signer.person);
}

/** Chair and policy stay; a reference belongs to a handover only. */
function requireConstant(room: RoomState, body: Roster): void {
  const before = room.roster;
  require(body.chair === before.chair && samePolicy(body.pol, before.pol));
  require(body.ref === undefined && body.from === undefined);
}

/** Rows that are not exactly as before; a changed row counts as new. */
function addedRows(before: Roster, body: Roster): readonly MemberRow[] {
  const old = rowsOf(before);
  return body.mem.filter((row) => !sameRow(old.get(row.wid), row));
}

/** Acting chairs whose rows are still there, in their order. */
function actsLeft(before: Roster, body: Roster): readonly Wid[] {
  return before.act.filter((wid) => rowsOf(body).has(wid));
}

/** What a rotation contains is computed, not chosen. */
function requireComputed(room: RoomState, body: Roster, point: Point): void {
  const now = room.directory.time(point.n);
  require(sameRows(body.mem, pruneMembers(room, room.roster, point, now)));
  requireBasesComputed(room, body, point);
}

function requireBasesComputed(room: RoomState, body: Roster, point: Point): void {
  const now = room.directory.time(point.n);
  require(sameList(body.basis, pruneBases(room, room.roster, point, now)));
}

/** A listed basis stays, or gives way to a newer version of its own chain. */
function requireBasesKept(room: RoomState, before: Roster, body: Roster): void {
  for (const sid of before.basis) {
    let at: Sid | undefined = sid;
    while (at !== undefined && !body.basis.includes(at)) at = room.directory.succeeded.get(at);
    require(at !== undefined);
  }
}

function requireHandedOver(room: RoomState, body: Roster, signer: Signer, point: Point): void {
  const logged = body.ref === undefined ? undefined : room.directory.logged.get(body.ref);
  const handover = logged?.statement.body;
  const [giver] = logged?.signers ?? [];
  require(logged !== undefined && logged.index < point.n);
  require(handover?.typ === "handover" && giver !== undefined);
  const now = room.directory.time(point.n);
  require(handover.case === null || handover.case === room.caseId);
  require(handover.from <= now && now < handover.until);
  require(asPerson(handover.to) === signer.person);
  require(wasChair(room, giver.person));
  require((room.directory.compromised.get(giver.wid) ?? Infinity) >= point.n);
}

/** The chair of the roster that this one follows, though her row may be pruned by now. */
function wasChair(room: RoomState, person: Person): boolean {
  const { chair } = room.roster;
  const last = room.rosters.findLast((entry) => rowsOf(entry.body).has(chair));
  const row = last && rowsOf(last.body).get(chair);
  return row !== undefined && asPerson(row) === person;
}

// --- what is the same --------------------------------------------------------------------

function sameList(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((item, at) => item === right[at]);
}

function sameRows(left: readonly MemberRow[], right: readonly MemberRow[]): boolean {
  return left.length === right.length && left.every((row, at) => sameRow(right[at], row));
}

function sameRow(left: MemberRow | undefined, right: MemberRow): boolean {
  if (left === undefined || asPerson(left) !== asPerson(right)) return false;
  return left.role === right.role && left.from === right.from && left.until === right.until;
}

function samePolicy(left: Policy, right: Policy): boolean {
  const isSamePace = left.rot === right.rot && left.wait === right.wait;
  return isSamePace && left.hold === right.hold && left.keep === right.keep;
}

// --- 6 to 8: people, bases, shape --------------------------------------------------------

function requirePeople(room: RoomState, body: Roster, point: Point, now: number): void {
  const covered = coveredAgencies(room, body.basis, point, now);
  for (const row of body.mem) {
    const worker = room.directory.requireWorker(row.wid, row.ik, point.n).body;
    require(ROLE_CAPS[row.role].some((cap) => worker.caps.includes(cap)));
    const isNew = room.member(asPerson(row)) === undefined;
    if (isNew) {
      room.directory.requirePledge(worker.aid, worker.wid, point.n);
      room.directory.requirePledge(worker.aid, null, point.n);
    }
    if (row.role === "guest") continue;
    const waits = isNew && body.why === "add";
    require(!waits || room.hasAccepted(asPerson(row)), "NOT_SEATED");
    require(covered.has(worker.aid), "OUT_OF_SCOPE");
  }
  // Only a host may certify for the chair, so the capability says that the agency hosts.
  const leads = [body.chair, ...body.act].filter((wid) => rowsOf(body).has(wid));
  require(leads.every((wid) => mayChair(room, wid, point.n)));
}

function mayChair(room: RoomState, wid: Wid, n: number): boolean {
  return room.directory.workerInForce(wid, n)?.caps.includes("chair") ?? false;
}

function requireBases(room: RoomState, body: Roster, point: Point, now: number): void {
  for (const sid of body.basis) {
    const index = room.directory.statements.get(sid);
    require(index !== undefined && index < point.n, "NO_BASIS");
    require(standing(room, sid, point).effective(now).size > 0, "NO_BASIS");
  }
}

function requireShape(body: Roster, now: number): void {
  const guests = body.mem.filter((row) => row.role === "guest");
  require(body.act.every((wid) => rowsOf(body).has(wid)) && !body.act.includes(body.chair));
  const leads = [body.chair, ...body.act];
  require(!guests.some((row) => leads.includes(row.wid)));
  require(guests.every((row) => row.until !== null && row.until > now));
  require(body.mem.length > guests.length || body.why === "close");
  require(body.mem.length <= MAX_MEMBERS && body.act.length <= MAX_ACTS);
  require(body.void.length <= MAX_VOID);
}
