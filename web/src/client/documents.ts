/** Parts of a batch that make and fill documents (protocol, sections 5.10 and 5.12). */

import type { Gate } from "../conference/gate";
import type { Named } from "../conference/records";
import { Refused, type Code } from "../crypto/errors";
import type { Cert } from "../protocol/certificates";
import { asSet } from "../protocol/checks";
import type { Directory } from "../protocol/directory";
import { asPerson } from "../protocol/directory";
import { inAudience } from "../protocol/documents";
import type {
  Audience,
  Device,
  DocClass,
  EvText,
  Grant,
  GrantWhat,
  NoteText,
  Sect,
  SumText,
} from "../protocol/generated";
import { WHOLE_ROOM } from "../protocol/generated";
import { sealKeys } from "../protocol/grants";
import type { Aid, Blob, Digest, DocId, Eid, ItemId, SubId, SumId, Wid } from "../protocol/ids";
import { blobOf, hashOf, HASH_SIZE, ZERO_HASH } from "../protocol/ids";
import { docCommitment } from "../protocol/keys";
import { docOf, generationOf, numberOf, rowsOf, type Generation } from "../protocol/room";
import type { Draft } from "./draft";
import { passingOf, type Words } from "./opening";
import type { Said } from "./words";

/** Most keys that one grant carries. */
export const MAX_IDS = 64;

/** What a new document is for; without `aud` (or null) it is for everyone in the roster. */
export interface Plan {
  readonly cls: DocClass;
  readonly item?: ItemId | null;
  readonly sub?: SubId | null;
  readonly cats?: readonly string[];
  readonly aud?: Audience | null;
  /** Whether later comers may be given the whole generation. */
  readonly carried?: boolean;
}

export const AGENDA: Plan = { cls: "agd", carried: true };
export const BOARD: Plan = { cls: "brd", carried: true };

// --- documents and their keys -------------------------------------------------------------------

/** Makes a document with a fresh key; for everyone by `dk`, for a few by grants. */
export async function announce(draft: Draft, plan: Plan): Promise<DocId> {
  const doc = draft.newId<DocId>();
  await makeGeneration(draft, plan, generationOf(doc, 1));
  return doc;
}

/**
 * Makes the next generation under a fresh key for those who may still read.
 *
 * `words` is what a whole-room document carries over.
 */
export async function renew(
  draft: Draft,
  doc: DocId,
  { words = {} }: { readonly words?: Said } = {},
): Promise<Generation> {
  const before = draft.state.latest(doc).body;
  const { cls, item, sub, cats } = before;
  const plan = { cls, item, sub, cats, aud: stillOf(draft, before), carried: before.cy === 1 };
  const generation = generationOf(doc, before.g + 1);
  await makeGeneration(draft, plan, generation);
  if (WHOLE_ROOM.has(cls)) {
    const m = { upto: draft.base[0], rows: Object.keys(words).length };
    await operate(draft, generation, { op: "snap", m }, { rows: words });
  }
  return generation;
}

/** The audience without agencies and people who may no longer read. */
function stillOf(draft: Draft, before: Sect): Audience | null {
  if (before.aud === null) return null;
  return narrowed(draft, allowedTo(draft, before), before.aud);
}

/** Names agencies whose people may all read, and single people of the others. */
function narrowed(draft: Draft, allowed: ReadonlySet<Wid>, within: Audience): Audience {
  const { directory, roster } = draft.state;
  const rows = roster.mem.map(({ wid }) => ({ wid, aid: agencyOf(directory, wid) }));
  const barred = new Set(rows.filter(({ wid }) => !allowed.has(wid)).map(({ aid }) => aid));
  const left = rows.filter(({ wid }) => allowed.has(wid));
  const whole = within.ag.filter((aid) => !barred.has(aid) && left.some((row) => row.aid === aid));
  const people = left.filter(({ aid }) => !whole.includes(aid)).map(({ wid }) => wid);
  if (whole.length === 0 && people.length === 0) throw new Refused("AUDIENCE_TOO_WIDE");
  return { ag: asSet(whole), w: asSet(people) };
}

/** The agency of somebody in the roster, which no renewal changes. */
function agencyOf(directory: Directory, wid: Wid): Aid {
  const worker = directory.workers.get(wid)?.first.body;
  if (worker === undefined) throw new Refused("UNKNOWN_ID");
  return worker.aid;
}

function allowedTo(draft: Draft, section: Sect): ReadonlySet<Wid> {
  const { state } = draft;
  const gate = draft.gate();
  const found = state.roster.mem.filter((row) => {
    const who = { wid: row.wid, aid: agencyOf(state.directory, row.wid) };
    return inAudience(section.aud, who) && gate.mayRead(asPerson(row), section) === null;
  });
  return new Set(found.map(({ wid }) => wid));
}

async function makeGeneration(draft: Draft, plan: Plan, generation: Generation): Promise<void> {
  const key = draft.session.council.entropy(HASH_SIZE);
  draft.docs.set(generation, key);
  const [doc, g] = [docOf(generation), numberOf(generation)];
  const dc = docCommitment(key, { caseId: draft.state.caseId, doc, g });
  await draft.statement(sectOf(draft, plan, { doc, g, dc }));
  if ((plan.aud ?? null) === null) await issue(draft, generation);
  else await grantAudience(draft, [generation]);
}

function sectOf(draft: Draft, plan: Plan, made: Pick<Sect, "doc" | "g" | "dc">): Sect {
  const { council } = draft.session;
  const { cls, item = null, sub = null, cats = [], aud = null, carried = false } = plan;
  return {
    ...{ v: 1, typ: "sect", net: council.net, nce: council.nonce(), iat: council.iat() },
    ...{ case: draft.state.caseId, fd: draft.base, ...made },
    ...{ cls, item, sub, cats: asSet(cats), aud, cy: carried ? 1 : 0 },
  };
}

/** Puts a document's key under the epoch key: at once, or carried to later comers. */
export async function issue(draft: Draft, generation: Generation): Promise<Eid> {
  const place = draft.place(generation);
  const text = { doc: place.d, g: place.g, D: hashOf(draft.docKey(generation)) };
  return draft.seal({ ...place, k: "dk" }, text);
}

// --- grants -------------------------------------------------------------------------------------

/** Passes keys to every device of everyone they are for, but this one. */
export async function grantAudience(
  draft: Draft,
  generations: readonly Generation[],
): Promise<void> {
  const people = new Map<Wid, Generation[]>();
  for (const generation of generations) {
    for (const wid of allowedTo(draft, draft.state.announced(generation).body)) {
      people.set(wid, [...(people.get(wid) ?? []), generation]);
    }
  }
  const sorted = [...people].sort(([left], [right]) => (left < right ? -1 : 1));
  for (const [wid, theirs] of sorted) await grantPerson(draft, wid, theirs);
}

/** Passes keys of documents to all devices of one person, but this one. */
export async function grantPerson(
  draft: Draft,
  wid: Wid,
  generations: readonly Generation[],
): Promise<void> {
  const devices = otherDevices(draft, wid);
  for (const part of chunks(generations)) {
    const ids = part.map((generation) => [docOf(generation), numberOf(generation)] as const);
    const keys = part.map((generation) => draft.docKey(generation));
    for (const to of devices) await grant(draft, to, { what: "docs", ids, keys });
  }
}

/** Passes epoch keys to another device of my own. */
export async function grantSibling(
  draft: Draft,
  device: Cert<Device>,
  epochs: ReadonlyMap<number, Uint8Array>,
): Promise<void> {
  for (const part of chunks([...epochs].sort(([left], [right]) => left - right))) {
    const ids = part.map(([n]) => [n] as const);
    await grant(draft, device, { what: "epoch", ids, keys: part.map(([, key]) => key) });
  }
}

function chunks<T>(items: readonly T[]): readonly (readonly T[])[] {
  const count = Math.ceil(items.length / MAX_IDS);
  return Array.from({ length: count }, (_, at) => items.slice(at * MAX_IDS, (at + 1) * MAX_IDS));
}

function otherDevices(draft: Draft, wid: Wid): readonly Cert<Device>[] {
  const { directory, roster } = draft.state;
  const row = rowsOf(roster).get(wid);
  if (row === undefined) throw new Refused("NOT_MEMBER");
  const found = directory.devicesOf(asPerson(row), draft.session.council.log.size);
  return found.filter((cert) => cert.body.did !== draft.session.me.did);
}

interface Passed {
  readonly what: GrantWhat;
  readonly ids: Grant["ids"];
  readonly keys: readonly Uint8Array[];
}

async function grant(draft: Draft, to: Cert<Device>, { what, ids, keys }: Passed): Promise<void> {
  const { council } = draft.session;
  const { ekh, eg } = to.body;
  const ek = (await draft.session.eks(new Set([ekh]))).get(ekh);
  if (ek === undefined) throw new Refused("UNKNOWN_ID");
  const unsealed: Grant = {
    ...{ v: 1, typ: "grant", net: council.net, nce: council.nonce(), iat: council.iat() },
    ...{ case: draft.state.caseId, fd: draft.base, lh: council.log.head(), n: draft.state.epoch },
    ...{ by: draft.session.certificate().sid, to: to.sid, eg, what, ids },
    ct: "" as Blob, // sealed to what stands above
  };
  const passing = passingOf(unsealed, { net: council.net });
  const ct = blobOf(sealKeys(keys, { passing, ek, entropy: council.entropy }));
  await draft.statement({ ...unsealed, ct });
}

// --- words --------------------------------------------------------------------------------------

/** Adds an operation: its facts in clear and signed, its words sealed. */
export async function operate(
  draft: Draft,
  generation: Generation,
  { op, m }: Named,
  words: Words,
): Promise<Eid> {
  return draft.seal({ ...draft.place(generation), k: "op", op, m }, words);
}

/** Adds the next version of a summary's section. */
export async function summarise(
  draft: Draft,
  generation: Generation,
  sm: SumId,
  text: SumText,
): Promise<Eid> {
  const newest = draft.state.versions.get(sm);
  const ver = newest === undefined ? 1 : newest.ver + 1;
  const pv = newest?.eid ?? null;
  return draft.seal({ ...draft.place(generation), k: "sum", sm, ver, pv }, text);
}

/** Adds a note to a document, or to the item it belongs to. */
export async function remark(draft: Draft, generation: Generation, text: NoteText): Promise<Eid> {
  const { item } = draft.state.announced(generation).body;
  return draft.seal({ ...draft.place(generation), k: "note", item }, text);
}

/** Adds the evidence of a subject's bases. */
export async function testify(
  draft: Draft,
  generation: Generation,
  sub: SubId,
  text: EvText,
): Promise<Eid> {
  return draft.seal({ ...draft.place(generation), k: "ev", sub }, text);
}

// --- audiences ----------------------------------------------------------------------------------

/**
 * Who may read: null when everyone of the roster may, else the agencies that may.
 *
 * Refused: the gate's code when the author herself may not read it.
 */
export function audienceFor(draft: Draft, plan: Plan): Audience | null {
  const [asked, gate] = [probe(draft, plan), draft.gate()];
  const own = gate.mayRead(asPerson(draft.session.me), asked);
  if (own !== null) throw new Refused(own);
  const rows = draft.state.members();
  const allowed = rows.filter((row) => gate.mayRead(asPerson(row), asked) === null);
  if (allowed.length === rows.length) return null;
  const { directory } = draft.state;
  return { ag: asSet(allowed.map(({ wid }) => agencyOf(directory, wid))), w: [] };
}

/** Everybody in the roster with the reason why she may not read; null when she may. */
export function readers(draft: Draft, plan: Plan): readonly (readonly [Wid, Code | null])[] {
  return readersBy(draft.gate(), draft.state.roster.mem, probe(draft, plan));
}

function readersBy(
  gate: Gate,
  rows: Draft["state"]["roster"]["mem"],
  asked: Sect,
): readonly (readonly [Wid, Code | null])[] {
  return rows.map((row) => [row.wid, gate.mayRead(asPerson(row), asked)]);
}

/** A document as it would be announced to everyone, to ask the gate with. */
function probe(draft: Draft, plan: Plan): Sect {
  const made = { doc: draft.newId<DocId>(), g: 1, dc: ZERO_HASH as Digest };
  return sectOf(draft, { ...plan, aud: null, carried: false }, made);
}
