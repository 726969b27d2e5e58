/** Envelopes of a feed: author, place, epoch, chain, rights, then their place in the state. */

import type { Allow, Deny } from "../consent/model";
import { Refused, type Code } from "../crypto/errors";
import type { Signer } from "../protocol/directory";
import * as documents from "../protocol/documents";
import { checkSignature } from "../protocol/envelope";
import type { Row } from "../protocol/feed";
import type { AnyHeader, EvHeader, OpHeader } from "../protocol/generated";
import type { Did } from "../protocol/ids";
import { generationOf, type Announced } from "../protocol/room";
import { MINUTE } from "../protocol/times";
import type { Sealed } from "./content";
import type { Judged } from "./fold";
import { hasSeat, targetInItem, type Gate } from "./gate";
import { apply } from "./model";
import { PointRoom } from "./point";
import type { Named, Op } from "./records";
import { rowRecord, type Live, type Room } from "./room";

export const CLOCK_TOLERANCE = 10 * MINUTE;

function require(code: Code, holds: boolean): void {
  if (!holds) throw new Refused(code);
}

/** Judge an envelope and take it in. */
export function takeEnvelope(room: Room, row: Row, sealed: Sealed, live: Live | null): Judged {
  const { state } = room;
  const { header } = sealed;
  const signer = authorOf(room, row, sealed, live);
  require("WRONG_PLACE", header.c === state.caseId);
  state.requireFeedPoint(header.f);
  room.heedEpoch(header.e);
  require("WRONG_EPOCH", header.e === state.epoch);
  if (live !== null) require("STALE", !room.willing(live.now).isStale());
  requireChain(room, header, signer.did);
  if (live !== null) require("CLOCK", Math.abs(header.t - live.now) <= CLOCK_TOLERANCE);
  const allowed = requireRights(room, row, header, signer, live);
  takeContent(room, sealed, signer);
  const record = rowRecord({
    seq: row.seq,
    id: row.id,
    kind: header.k,
    epoch: header.e,
    generation: generationOf(header.d, header.g),
    author: signer.did,
    basis: allowed.basis,
  });
  return { record, moves: movesGate(header) };
}

function movesGate(header: AnyHeader): boolean {
  return header.k === "op" ? /^(seat|item|sit)\./.test(header.op) : header.k === "dk";
}

function authorOf(room: Room, row: Row, sealed: Sealed, live: Live | null): Signer {
  const { directory } = room.state;
  const { dev } = sealed.header;
  const body = directory.chains.get(dev)?.first.body;
  if (body?.typ !== "device") throw new Refused("UNTRUSTED");
  if (live !== null) require("FORBIDDEN", body.did === live.author);
  require("NOT_LOGGED", (directory.statements.get(dev) ?? Infinity) < row.idn);
  const signer = directory.trust(body.dk, "env", row.idn);
  if (live !== null) require("REVOKED", !directory.isSeenEnded(signer));
  checkSignature(sealed.env, signer.dk);
  require("BAD_SIG", sealed.env.sg(signer.dk) === row.sg);
  return signer;
}

/** Each row follows the author's last; across rows I did not see it only counts on. */
function requireChain(room: Room, header: AnyHeader, did: Did): void {
  const last = room.state.chains.get(did);
  const n = last?.n ?? 0;
  const follows = header.n === n + 1 && header.p === (last?.eid ?? null);
  const jumps = room.hasGaps && header.n > n + 1;
  require("CHAIN_GAP", follows || jumps);
}

// --- rights ---------------------------------------------------------------------------------

/** Documents (S4 to S6, due), the gate, then the state of 5.23, in this order. */
function requireRights(
  room: Room,
  row: Row,
  header: AnyHeader,
  signer: Signer,
  live: Live | null,
): Allow {
  const announced = requireDocument(room, header, signer, live);
  const allowed = requireAllowed(room, header, announced, signer, live);
  if (header.k === "ev") requireEvidence(room, header, signer);
  if (header.k === "op") applyTo(room, row, header, signer, announced, live);
  return allowed;
}

function requireDocument(
  room: Room,
  header: AnyHeader,
  signer: Signer,
  live: Live | null,
): Announced {
  const { state } = room;
  const generation = generationOf(header.d, header.g);
  if (header.k === "dk") {
    for (const { mayRead } of room.gates(live)) {
      documents.requireDk(state, header, signer, { mayRead });
    }
    return state.announced(generation);
  }
  const announced = documents.requirePlace(state, header, signer);
  // Of somebody else's grant a reader may hold the place alone.
  if (!room.hasGaps) documents.requireGranted(state, header, signer);
  if (header.k === "sum") documents.requireVersion(state, header, signer);
  require("NEEDS_NEW_GENERATION", !room.gates(live).some((held) => held.isDue(generation)));
  return announced;
}

/** Ask every gate; the answer that the record names is that of validity. */
function requireAllowed(
  room: Room,
  header: AnyHeader,
  announced: Announced,
  signer: Signer,
  live: Live | null,
): Allow {
  const [valid, willing] = room.gates(live);
  const answer = required(ask(room, header, announced, signer, valid));
  if (willing !== undefined) required(ask(room, header, announced, signer, willing));
  return answer;
}

function required(answer: Allow | Deny): Allow {
  if (!answer.allow) throw new Refused(answer.code);
  return answer;
}

function ask(
  room: Room,
  header: AnyHeader,
  announced: Announced,
  signer: Signer,
  held: Gate,
): Allow | Deny {
  const section = announced.body;
  const { items, sittings } = room.conference;
  const item = section.item === null ? undefined : items.get(section.item);
  const kind = item && sittings.get(item.sit)?.kind;
  if (item === undefined || kind === undefined || header.k === "dk" || header.k === "op") {
    return held.write(signer.person, section);
  }
  const seated = hasSeat(room.conference, item, signer.wid);
  const actor = held.actor(signer.person, { seated });
  return held.ask(actor, "write", targetInItem(held, section, item, kind));
}

/** Evidence comes from whoever proposed a basis for the subject, from chair or act. */
function requireEvidence(room: Room, header: EvHeader, signer: Signer): void {
  const { state } = room;
  const bases = [...state.listed.keys()].map((sid) => state.basisOf(sid));
  const proposed = bases.some((body) => body.sub === header.sub && body.prop === signer.wid);
  require("FORBIDDEN", proposed || state.chairs(state.at).has(signer.wid));
}

// --- state ----------------------------------------------------------------------------------

function applyTo(
  room: Room,
  row: Row,
  header: OpHeader,
  signer: Signer,
  announced: Announced,
  live: Live | null,
): void {
  const op: Op = {
    seq: row.seq,
    base: header.f[0],
    facts: named(header),
    wid: signer.wid,
    aid: signer.aid,
    at: room.valid().now,
    cls: announced.body.cls,
    item: announced.body.item,
  };
  const present = live === null ? null : live.present;
  const [valid, ...others] = room.gates(live);
  const before = room.conference;
  for (const held of others) apply(before, op, new PointRoom(held, present));
  // The state that stays is that of validity.
  room.conference = apply(before, op, new PointRoom(valid, present));
}

/** A header's facts with their name; its parser read `m` by the schema of `op`. */
function named(header: OpHeader): Named {
  return { op: header.op, m: header.m } as Named;
}

function takeContent(room: Room, { env, header }: Sealed, signer: Signer): void {
  const { state } = room;
  const generation = generationOf(header.d, header.g);
  state.chains.set(signer.did, { n: header.n, eid: env.eid });
  if (header.k === "dk") {
    state.keyed.set(generation, [...(state.keyed.get(generation) ?? []), header.e]);
    return;
  }
  state.started.add(generation);
  if (header.k === "sum") {
    const author = state.versions.get(header.sm)?.author ?? signer;
    state.versions.set(header.sm, { ver: header.ver, eid: env.eid, generation, author });
  }
}
