/** Who is in a room: founding it, and every later roster (protocol, sections 5.6, 5.13). */

import { Refused } from "../crypto/errors";
import { caseId as derivedCaseId } from "../protocol/derived";
import type {
  Decline,
  MemberRow,
  Policy,
  RosterRole,
  Seat,
  SeatAnswer,
  Why,
} from "../protocol/generated";
import { Receipted } from "../protocol/generated";
import type { CaseId, Digest, DocId, Sid, SitId, Wid } from "../protocol/ids";
import { blobOf, bytesOfBlob, hashOf, HASH_SIZE } from "../protocol/ids";
import type { Writing } from "../protocol/may_write";
import { compose, toDsse } from "../protocol/statement";
import type { Reservation } from "./contents";
import { AGENDA, announce, BOARD, issue, renew } from "./documents";
import type { Draft } from "./draft";
import { verifyReceipt } from "./receipts";
import { firstRoster, nextRoster, pruned, renewDue, wholeRoom, type Change } from "./rostering";
import type { Session } from "./session";
import { signStatement } from "./signer";
import type { Writer } from "./writer";

export const POLICY: Policy = { rot: 30, wait: 48, hold: null, keep: "case-5y" };

/** What the next roster says, computed on the room as it stands. */
export type MakeChange = (draft: Draft) => Change;

/** Somebody for a roster; guests have an end (ms). */
export interface Row {
  readonly wid: Wid;
  readonly role?: RosterRole;
  readonly until?: number | null;
}

/** Derives a case id that only this device can found a room under, and reserves its code. */
export async function reserve(session: Session, code: string): Promise<CaseId> {
  const { council, vault } = session;
  const nonce = hashOf<Digest>(council.entropy(HASH_SIZE));
  const made = derivedCaseId({ net: council.net, dk: session.me.dk, nonce });
  const kept = { case: made, nonce, code };
  await vault.update((held) => ({ ...held, reserved: [...held.reserved, kept] }));
  await council.http.done("cases/reserve", { case: made, code });
  return made;
}

/** What somebody says to an invitation; `to` when she sends another, `why` when she declines. */
export interface Answering {
  readonly ans: SeatAnswer;
  readonly to?: Wid | null;
  readonly why?: Decline | null;
}

/** An answer to an invitation, to be signed. */
export function seatOf(
  session: Session,
  at: { readonly caseId: CaseId; readonly sit: SitId },
  { ans, to = null, why = null }: Answering,
): Seat {
  const { council, me } = session;
  return {
    ...{ v: 1, typ: "seat", net: council.net, nce: council.nonce(), iat: council.iat() },
    ...{ case: at.caseId, sit: at.sit, wid: me.wid, ans, to, why },
  };
}

/** Answers an invitation to a sitting; whoever is not yet a member sees nothing of the room. */
export async function answerSeat(
  session: Session,
  caseId: CaseId,
  sit: SitId,
  answering: Answering,
): Promise<Sid> {
  const { council } = session;
  const made = compose(seatOf(session, { caseId, sit }, answering));
  const raw = toDsse(made, [await signStatement(made, session.dk)]);
  const post = { case: caseId, rows: [{ form: "stm", bytes: blobOf(raw) }], bundles: [] };
  const { rcpt } = await council.http.post(`cases/${caseId}/post`, post, Receipted);
  const signed = bytesOfBlob(rcpt);
  const receipt = verifyReceipt(signed, { root: council.root(), net: council.net });
  if (receipt.ids.join() !== made.sid) throw new Refused("EQUIVOCATION", { why: "receipt" });
  await session.keepReceipt(signed);
  return made.sid;
}

// --- founding -----------------------------------------------------------------------------------

/** What a room is founded on; `staff` are workers of my own agency. */
export interface Founding {
  readonly bases: readonly Sid[];
  readonly staff?: Iterable<Wid>;
  readonly act?: readonly Wid[];
  readonly pol?: Policy;
}

/**
 * Founds the room that was reserved: bases, roster 0, agenda and board in one batch.
 *
 * A basis must stand in the log before.
 */
export async function create(
  writer: Writer,
  { bases, staff = [], act = [], pol = POLICY }: Founding,
): Promise<Sid> {
  const { nonce } = reservationOf(writer);
  const chair = writer.room.session.me.wid;
  await beCurrent(writer);
  const mem = [...new Set([chair, ...staff])].map((wid) => rowOf(writer, { wid }, { n: 0 }));
  const change: Change = { why: "create", mem, basis: bases, chair, act };
  const build = async (draft: Draft): Promise<Sid> => {
    for (const sid of bases) draft.signed(logged(writer, sid));
    const made = await firstRoster(draft, { nonce, pol }, change);
    await announce(draft, AGENDA);
    await announce(draft, BOARD);
    return made;
  };
  return writer.submit(build, { writing: "widen" });
}

function reservationOf({ room }: Writer): Reservation {
  const found = room.session.vault.contents.reserved.find((each) => each.case === room.caseId);
  if (found === undefined) throw new Refused("WRONG_PLACE");
  return found;
}

async function beCurrent({ room }: Writer): Promise<void> {
  await room.session.sync();
  await room.complete();
}

/** The bytes (DSSE) of a statement that stands in the log. */
function logged({ room }: Writer, sid: Sid): Uint8Array {
  const { log } = room.session.council;
  const raw = log.statements[log.requireValid(sid)] ?? null;
  if (raw === null) throw new Refused("MISSING_STATEMENT");
  return raw;
}

function rowOf(
  { room }: Writer,
  { wid, role = "member", until = null }: Row,
  { n }: { readonly n: number },
): MemberRow {
  const { directory, size } = room.session.council.log;
  const worker = directory.workerInForce(wid, size);
  if (worker === undefined) throw new Refused("UNTRUSTED");
  return { wid, ik: worker.ik, role, from: n, until };
}

// --- bringing in --------------------------------------------------------------------------------

/** What else a roster brings. */
export interface Bringing {
  readonly bases?: readonly Sid[];
  /** Bases that give way to a newer version of their own chain. */
  readonly replaced?: readonly Sid[];
  /** Documents that newcomers are given whole. */
  readonly carried?: readonly DocId[];
}

/** Brings people or bases in; newcomers get snapshots, and what is `carried` whole. */
export async function add(
  writer: Writer,
  people: readonly Row[],
  { bases = [], replaced = [], carried = [] }: Bringing = {},
): Promise<Sid> {
  const build = async (draft: Draft): Promise<Sid> => {
    const before = draft.state.roster;
    const rows = people.map((row) => rowOf(writer, row, { n: before.n + 1 }));
    for (const sid of bases) if (!draft.state.listed.has(sid)) draft.signed(logged(writer, sid));
    const basis = [...before.basis, ...bases].filter((sid) => !replaced.includes(sid));
    const change: Change = { why: "add", mem: [...before.mem, ...rows], basis };
    const made = await nextRoster(draft, withVoid(writer, change));
    if (people.length > 0) await welcome(writer, draft, carried);
    return made;
  };
  await beCurrent(writer);
  return writer.submit(build, { writing: "widen" });
}

/** Agenda and board go on in a new generation: the past is not for who came later. */
async function welcome(writer: Writer, draft: Draft, carried: readonly DocId[]): Promise<void> {
  for (const doc of wholeRoom(draft, null)) {
    await renew(draft, doc, { words: await writer.room.words(doc) });
  }
  for (const doc of carried) await issue(draft, draft.newest(doc));
}

/** Becomes the chair by a handover that the last chair signed. */
export async function takeChair(writer: Writer, handover: Sid): Promise<Sid> {
  const me = writer.room.session.me.wid;
  const change = (draft: Draft): Change => {
    const { mem, basis } = pruned(draft);
    const isIn = mem.some(({ wid }) => wid === me);
    const own = isIn ? [] : [rowOf(writer, { wid: me }, { n: draft.state.epoch + 1 })];
    const rows = [...mem, ...own];
    const left = new Set(rows.map(({ wid }) => wid).filter((wid) => wid !== me));
    const act = draft.state.roster.act.filter((wid) => left.has(wid));
    return { why: "handover", mem: rows, basis, chair: me, act, ref: handover };
  };
  return lessen(writer, change, "widen");
}

// --- taking out ---------------------------------------------------------------------------------

/** Takes people out; whatever they held goes on under fresh keys. */
export async function remove(writer: Writer, wids: Iterable<Wid>): Promise<Sid> {
  const gone = new Set(wids);
  const change = ({ state }: Draft): Change => {
    return { why: "remove", mem: state.roster.mem.filter(({ wid }) => !gone.has(wid)) };
  };
  return lessen(writer, change);
}

/** Takes out who and what is no longer covered. */
export async function narrow(writer: Writer): Promise<Sid> {
  return lessen(writer, computed("narrow"));
}

/** Gives the room a fresh key; over a room that is not stale, once an hour. */
export async function rotate(writer: Writer): Promise<Sid> {
  return lessen(writer, computed("rotate"));
}

/** Closes the room; it can still be read. */
export async function close(writer: Writer): Promise<Sid> {
  await writer.room.session.sync();
  const build = (draft: Draft): Promise<Sid> =>
    nextRoster(draft, withVoid(writer, computed("close")(draft)));
  return writer.submit(build, { writing: "mend" });
}

function computed(why: Why): MakeChange {
  return (draft) => ({ why, ...pruned(draft) });
}

async function lessen(writer: Writer, change: MakeChange, writing: Writing = "mend"): Promise<Sid> {
  const build = async (draft: Draft): Promise<Sid> => {
    const wanted = wholeRoom(draft, writer.openItem(draft));
    const words = await writer.wordsOf(wanted);
    const made = await nextRoster(draft, withVoid(writer, change(draft)));
    await renewDue(draft, words, wanted);
    return made;
  };
  await writer.room.session.sync();
  return writer.submit(build, { writing });
}

/** Says which of my own attempts lost their race. */
function withVoid(writer: Writer, change: Change): Change {
  return { ...change, void: writer.lost() };
}
