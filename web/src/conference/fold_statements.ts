/** Statements of a feed: each type's rules, then its place in the room's state. */

import * as consent from "../consent/statements";
import { Refused, type Code } from "../crypto/errors";
import { deviceOf } from "../protocol/basis";
import type { Signer } from "../protocol/directory";
import * as documents from "../protocol/documents";
import type { Row } from "../protocol/feed";
import type { Ack, Basis, Grant, Meet, Roster, Seat, Sect, Withdraw } from "../protocol/generated";
import type { Aid, CaseId, Sid } from "../protocol/ids";
import { generationOf } from "../protocol/room";
import { accept } from "../protocol/roster";
import { signatureHash, type Signature, type Statement } from "../protocol/statement";
import type { Judged } from "./fold";
import { answerSeat } from "./model";
import { PointRoom } from "./point";
import { rowRecord, type Live, type Room, type RowRecord } from "./room";

function require(code: Code, holds: boolean): void {
  if (!holds) throw new Refused(code);
}

/** Bodies that may stand in a feed. */
type Body = Roster | Basis | Withdraw | Sect | Grant | Seat | Meet | Ack;

/** One statement on its way into a room. */
interface Arrival<B extends Body> {
  readonly room: Room;
  readonly row: Row;
  readonly statement: Statement;
  readonly body: B;
  readonly live: Live | null;
}

type Takers = {
  readonly [T in Body["typ"]]: (arrived: Arrival<Extract<Body, { typ: T }>>) => Judged;
};

const FREE_OF_STALE: ReadonlySet<string> = new Set([
  ...["roster", "basis", "withdraw", "seat", "meet", "ack"],
]);
const CLOSED_TO: ReadonlySet<string> = new Set(["basis", "sect", "seat"]);

/** Judge a statement and take it in. */
export function takeStatement(
  room: Room,
  row: Row,
  statement: Statement,
  live: Live | null,
): Judged {
  const { state } = room;
  const { body } = statement;
  require("WRONG_NET", body.net === state.net);
  if (live !== null && state.current !== undefined) {
    require("STALE", FREE_OF_STALE.has(body.typ) || !room.willing(live.now).isStale());
  }
  if (!isTaken(body)) throw new Refused("UNKNOWN_TYPE");
  require("FORBIDDEN", !(state.closed && CLOSED_TO.has(body.typ)));
  // The type that picks the taker is the type of the body that it is given.
  const take = TAKERS[body.typ] as (arrived: Arrival<Body>) => Judged;
  return take({ room, row, statement, body, live });
}

function isTaken(body: Statement["body"]): body is Body {
  return Object.hasOwn(TAKERS, body.typ);
}

// --- signers --------------------------------------------------------------------------------

/** The one device that signed, with the signatures that the row commits to. */
function byDevice({ room, row, statement, live }: Arrival<Body>): Signer {
  const { directory } = room.state;
  const [signature] = directory.matchDevices(statement);
  if (signature === undefined) throw new Refused("BAD_SIG");
  const signer = directory.trust(signature.pk, statement.typ, row.idn);
  requireSg(row, [signature]);
  requirePoster(room, signer, live);
  return signer;
}

/** Who submits signs for herself, with a device that nothing I have seen has ended. */
function requirePoster(room: Room, signer: Signer, live: Live | null): void {
  if (live === null) return;
  require("REVOKED", !room.state.directory.isSeenEnded(signer));
  require("FORBIDDEN", signer.did === live.author);
}

function requireSg(row: Row, signatures: readonly Signature[]): void {
  require("BAD_SIG", signatureHash(signatures) === row.sg);
}

function requireCase(room: Room, body: { readonly case: CaseId }): void {
  require("WRONG_PLACE", body.case === room.state.caseId);
}

function requireMember(room: Room, signer: Signer): void {
  const member = room.state.member(signer.person);
  require("NOT_MEMBER", member !== undefined && member.role !== "guest");
}

function recordOf({ row, statement }: Arrival<Body>, said: Partial<RowRecord> = {}): RowRecord {
  return rowRecord({ seq: row.seq, id: row.id, kind: statement.typ, ...said });
}

// --- roster and bases -----------------------------------------------------------------------

function takeRoster(arrived: Arrival<Roster>): Judged {
  const { room, row, statement, live } = arrived;
  const { state } = room;
  heedRoster(arrived);
  const entry = accept(state, statement, row);
  requirePoster(room, entry.signer, live);
  for (const sid of entry.body.basis) {
    require("NO_BASIS", state.listed.has(sid));
    if (state.current === undefined) requireStanding(room, sid, entry.signer.aid);
  }
  state.enter(entry);
  const { did } = entry.signer;
  return { record: recordOf(arrived, { author: did, epoch: entry.body.n }), moves: true };
}

/** A roster after the next one, by whoever signs for a device: one between was kept from me. */
function heedRoster(arrived: Arrival<Roster>): void {
  const { room, body } = arrived;
  if (body.case !== room.state.caseId || body.n <= room.state.epoch + 1) return;
  try {
    byDevice({ ...arrived, live: null });
  } catch (error) {
    if (error instanceof Refused) return;
    throw error;
  }
  room.heedEpoch(body.n - 1);
}

/** The signers of a basis belong to the case, its host agency, or an agency in its scope. */
function requireStanding(room: Room, sid: Sid, host: Aid | null): void {
  const { register, state } = room;
  const body = state.basisOf(sid);
  const newest = body.prev === null ? null : state.basisOf(body.prev);
  consent.requireBasis(body, { newest, register });
  const logged = state.directory.logged.get(sid)?.signers ?? [];
  const signers = logged.map((signer) => standingOf(room, signer, host));
  consent.requireBasisSigners(body, signers, { newest });
}

function standingOf(room: Room, signer: Signer, host: Aid | null): consent.Signer {
  const { wid, aid, caps } = signer;
  const row = room.state.member(signer.person);
  const member = row !== undefined && row.role !== "guest";
  return { wid, aid, caps, member, host: aid === host };
}

/** The host agency: that of the room's creator; null before the first roster. */
function hostOf(room: Room): Aid | null {
  return room.state.rosters[0]?.signer.aid ?? null;
}

function takeBasis(arrived: Arrival<Basis>): Judged {
  const { room, row, statement, body } = arrived;
  requireCase(room, body);
  const logged = room.state.directory.logged.get(statement.sid);
  if (logged === undefined || logged.index >= row.idn) throw new Refused("NOT_LOGGED");
  requireSg(row, logged.signatures);
  if (room.state.current !== undefined) requireStanding(room, statement.sid, hostOf(room));
  room.state.listed.set(statement.sid, row.seq);
  return { record: recordOf(arrived), moves: true };
}

function takeWithdraw(arrived: Arrival<Withdraw>): Judged {
  const { room, row, statement, body } = arrived;
  requireCase(room, body);
  const signer = byDevice(arrived);
  const basis = room.state.basisOf(body.basis);
  consent.requireWithdrawal(body, standingOf(room, signer, hostOf(room)), { basis });
  room.state.withdrawn.set(statement.sid, { seq: row.seq, body });
  const { did } = signer;
  return { record: recordOf(arrived, { author: did, basis: body.basis }), moves: true };
}

// --- documents ------------------------------------------------------------------------------

function takeSect(arrived: Arrival<Sect>): Judged {
  const { room, row, statement, body, live } = arrived;
  const { state } = room;
  requireCase(room, body);
  const signer = byDevice(arrived);
  state.requireFeedPoint(body.fd);
  for (const { mayRead } of room.gates(live)) {
    documents.requireSect(state, body, signer, { mayRead });
  }
  if (body.item !== null) require("UNKNOWN_ID", room.conference.items.has(body.item));
  const generation = generationOf(body.doc, body.g);
  const { sid } = statement;
  state.documents.set(generation, { seq: row.seq, sid, body, signer, epoch: state.epoch });
  state.newest.set(body.doc, body.g);
  return { record: recordOf(arrived, { author: signer.did, generation }), moves: true };
}

function takeGrant(arrived: Arrival<Grant>): Judged {
  const { room, row, statement, body, live } = arrived;
  const { state } = room;
  requireCase(room, body);
  const signer = byDevice(arrived);
  state.requireFeedPoint(body.fd);
  state.requireLogHead(body.lh, row.idn);
  room.heedEpoch(body.n);
  for (const { mayRead } of room.gates(live)) {
    documents.requireGrant(state, body, signer, { mayRead });
  }
  const to = deviceOf(state.directory, body.to);
  state.grants.push({ seq: row.seq, sid: statement.sid, body, signer, to });
  return { record: recordOf(arrived, { author: signer.did, to }), moves: true };
}

// --- people's words -------------------------------------------------------------------------

function takeSeat(arrived: Arrival<Seat>): Judged {
  const { room, row, body } = arrived;
  requireCase(room, body);
  const signer = byDevice(arrived);
  require("RULE_DENIED", signer.wid === body.wid);
  const held = room.valid();
  room.conference = answerSeat(room.conference, {
    seq: row.seq,
    at: held.now,
    seat: body,
    room: new PointRoom(held, null),
  });
  room.state.answers.push({ seq: row.seq, body, person: signer.person });
  return { record: recordOf(arrived, { author: signer.did }), moves: true };
}

function takeMeet(arrived: Arrival<Meet>): Judged {
  const { room, row, body } = arrived;
  const { state } = room;
  requireCase(room, body);
  const signer = byDevice(arrived);
  requireMember(room, signer);
  state.requireFeedPoint([body.seq, body.fh]);
  state.requireLogHead(body.lh, row.idn);
  const held = state.rosters.findLast((entry) => entry.seq <= body.seq);
  require("EQUIVOCATION", held?.sid === body.ros);
  require("EQUIVOCATION", state.idns[body.seq] === body.idn);
  return { record: recordOf(arrived, { author: signer.did }), moves: false };
}

function takeAck(arrived: Arrival<Ack>): Judged {
  const { room, body } = arrived;
  const { state } = room;
  requireCase(room, body);
  require("UNKNOWN_TYPE", body.kind === "act" || body.kind === "bad-bundle");
  const signer = byDevice(arrived);
  requireMember(room, signer);
  require("RULE_DENIED", signer.wid === state.roster.chair || body.kind !== "act");
  require("UNKNOWN_ID", body.n === null || body.n <= state.epoch);
  state.requireFeedPoint(body.fd);
  state.heedAck(body, signer);
  return { record: recordOf(arrived, { author: signer.did }), moves: true };
}

const TAKERS: Takers = {
  roster: takeRoster,
  basis: takeBasis,
  withdraw: takeWithdraw,
  sect: takeSect,
  grant: takeGrant,
  seat: takeSeat,
  meet: takeMeet,
  ack: takeAck,
};
