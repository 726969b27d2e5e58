/**
 * Documents, their generations, and who may hold a key: rules S1 to S6 and grants.
 *
 * Two ways lead to a document's key and no third: the epoch key and a `dk`, or a `grant`
 * (protocol, sections 5.10, 5.12, 5.13). What the gate says of a person is handed in.
 */
import { Refused } from "../crypto/errors";
import type { Code } from "../crypto/errors";
import { OVERHEAD } from "../crypto/sealing";
import { deviceOf } from "./basis";
import { KEY_SIZE } from "./bundle";
import { asPerson, widOf } from "./directory";
import type { Signer } from "./directory";
import { DocClassValues, WHOLE_ROOM } from "./generated";
import type { AnyHeader, Audience, DkHeader, DocClass, Grant, Sect, SumHeader } from "./generated";
import { bytesOfBlob } from "./ids";
import type { Aid, Did, Wid } from "./ids";
import { docOf, docsOf, epochsOf, generationOf } from "./room";
import type { Announced, Generation, Person, RoomState } from "./room";

/** What the gate answers when a person asks to read a document announced so; null allows. */
export type MayRead = (person: Person, section: Sect) => Code | null;

/** The gate, as it stands where the rule is asked. */
export interface Asked {
  readonly mayRead: MayRead;
}

/** The gate together with the log size at which devices are judged. */
export interface AskedAt extends Asked {
  readonly n: number;
}

const EVERYWHERE: ReadonlySet<DocClass> = new Set(DocClassValues);

const PLACES: Readonly<Record<AnyHeader["k"], ReadonlySet<DocClass>>> = {
  sum: new Set(["sec", "card"] as const),
  ev: new Set(["ev"] as const),
  op: WHOLE_ROOM,
  note: EVERYWHERE,
  dk: EVERYWHERE,
};

function require(holds: boolean, code: Code): asserts holds {
  if (!holds) throw new Refused(code);
}

/** Tell whether an audience names a person or her agency; null names the whole roster. */
export function inAudience(
  aud: Audience | null,
  who: { readonly wid: Wid; readonly aid: Aid },
): boolean {
  return aud === null || aud.w.includes(who.wid) || aud.ag.includes(who.aid);
}

/** People of the roster that an audience names. */
export function personsOf(room: RoomState, aud: Audience | null): readonly Person[] {
  return room.roster.mem.filter((row) => hears(room, aud, row.wid)).map(asPerson);
}

/** Ask of a worker by her agency, which no renewal changes; nobody hears who is unknown. */
function hears(room: RoomState, aud: Audience | null, wid: Wid): boolean {
  const aid = room.directory.workers.get(wid)?.first.body.aid;
  return aid !== undefined && inAudience(aud, { wid, aid });
}

// --- sect --------------------------------------------------------------------------------

/**
 * S1, S2, S3: a new generation of a document.
 *
 * Refused: CONFLICT, UNKNOWN_ID, RULE_DENIED, AUDIENCE_TOO_WIDE, or the gate's code.
 */
export function requireSect(room: RoomState, body: Sect, signer: Signer, asked: Asked): void {
  const newest = room.newest.get(body.doc) ?? 0;
  require(body.g > newest, "CONFLICT");
  require(body.g === newest + 1, "UNKNOWN_ID");
  if (body.g === 1) requireNewDocument(room, body, signer);
  else requireNextGeneration(room, body, signer);
  require(inAudience(body.aud, signer), "RULE_DENIED");
  requireReadable(room, body, asked);
}

/** One agenda and one board a room, one text an item. */
function requireNewDocument(room: RoomState, body: Sect, signer: Signer): void {
  const isSingle = WHOLE_ROOM.has(body.cls);
  require(!isSingle || !isTaken(room, body), "CONFLICT");
  const isAllowed = isSingle ? isLeading(room, signer) : isMember(room, signer);
  require(isAllowed, "RULE_DENIED");
}

function isTaken(room: RoomState, body: Sect): boolean {
  for (const { body: other } of room.documents.values()) {
    const isSame = other.cls === body.cls && (body.cls !== "itm" || other.item === body.item);
    if (isSame) return true;
  }
  return false;
}

/** Chair or act: at this point of the log they run sittings and items. */
function isLeading(room: RoomState, signer: Signer): boolean {
  return room.chairs(room.at).has(signer.wid);
}

function isMember(room: RoomState, signer: Signer): boolean {
  const row = room.member(signer.person);
  return row !== undefined && row.role !== "guest";
}

function requireNextGeneration(room: RoomState, body: Sect, signer: Signer): void {
  const before = room.latest(body.doc).body;
  require(isSameDocument(before, body), "RULE_DENIED");
  if (WHOLE_ROOM.has(body.cls)) {
    require(isMember(room, signer), "RULE_DENIED");
    return;
  }
  const isHeard = inAudience(before.aud, signer) && room.member(signer.person) !== undefined;
  require(isHeard, "RULE_DENIED");
  const first = room.announced(generationOf(body.doc, 1)).signer;
  const mayWiden = first.person === signer.person || isLeading(room, signer);
  require(mayWiden || narrows(room, before.aud, body.aud), "RULE_DENIED");
}

function isSameDocument(before: Sect, after: Sect): boolean {
  const isSameKind = before.cls === after.cls && before.item === after.item;
  return isSameKind && before.sub === after.sub && before.cats.join() === after.cats.join();
}

/** Tell whether everyone of the new audience was in the one before. */
function narrows(room: RoomState, before: Audience | null, after: Audience | null): boolean {
  if (before === null || after === null) return before === null;
  const isKept = after.ag.every((aid) => before.ag.includes(aid));
  return isKept && after.w.every((wid) => hears(room, before, wid));
}

/** S3: everyone the key is for may read; a guest is granted documents one by one. */
export function requireReadable(room: RoomState, body: Sect, { mayRead }: Asked): void {
  if (body.aud === null) {
    const dids = [...keyHolders(room, room.epoch)];
    const owners = new Set(dids.map((did) => personOf(room, did)));
    const isForAll = [...owners].every((person) => mayRead(person, body) === null);
    require(isForAll, "AUDIENCE_TOO_WIDE");
    return;
  }
  for (const person of personsOf(room, body.aud)) requireAllowed(mayRead(person, body));
}

function requireAllowed(refusal: Code | null): void {
  if (refusal !== null) throw new Refused(refusal);
}

// --- dk and content ----------------------------------------------------------------------

/** S4: a document key under the epoch key, only for a document of the whole roster. */
export function requireDk(room: RoomState, header: DkHeader, signer: Signer, asked: Asked): void {
  const generation = generationOf(header.d, header.g);
  const announced = room.announced(generation);
  require(announced.body.aud === null, "RULE_DENIED");
  const epochs = room.keyed.get(generation) ?? [];
  if (epochs.length === 0 && announced.epoch === room.epoch) {
    require(announced.signer.person === signer.person, "RULE_DENIED");
  } else {
    // Carried; who came later may not have seen the first.
    const isCarried = isLeading(room, signer) && announced.body.cy === 1;
    require(isCarried && !epochs.includes(room.epoch), "RULE_DENIED");
  }
  requireReadable(room, announced.body, asked);
}

/**
 * The document exists in this generation, is the newest, and takes this kind.
 *
 * Refused: UNKNOWN_ID, NEEDS_NEW_GENERATION, WRONG_PLACE, RULE_DENIED (S6).
 */
export function requirePlace(room: RoomState, header: AnyHeader, signer: Signer): Announced {
  const announced = room.announced(generationOf(header.d, header.g));
  require(room.newest.get(header.d) === header.g, "NEEDS_NEW_GENERATION");
  const section = announced.body;
  require(PLACES[header.k].has(section.cls), "WRONG_PLACE");
  require(header.k !== "ev" || header.sub === section.sub, "WRONG_PLACE");
  require(header.k !== "note" || header.item === section.item, "WRONG_PLACE");
  if (WHOLE_ROOM.has(section.cls)) requireSnapshot(room, header, announced, signer);
  return announced;
}

/** S6: a new generation begins with its signer's snapshot, which stands nowhere else. */
function requireSnapshot(
  room: RoomState,
  header: AnyHeader,
  announced: Announced,
  signer: Signer,
): void {
  const isFresh = header.g > 1 && !room.started.has(generationOf(header.d, header.g));
  const isSnapshot = header.k === "op" && header.op === "snap";
  const isOwn = announced.signer.person === signer.person;
  require(isSnapshot === isFresh && (isOwn || !isFresh), "RULE_DENIED");
}

/** A guest writes in documents whose key she was given, and in no other: FORBIDDEN. */
export function requireGranted(room: RoomState, header: AnyHeader, signer: Signer): void {
  if (room.member(signer.person)?.role !== "guest") return;
  const held = holders(room, generationOf(header.d, header.g));
  require(held.has(signer.did), "FORBIDDEN");
}

/** A later version names the newest one, and comes from its agency, chair or act. */
export function requireVersion(room: RoomState, header: SumHeader, signer: Signer): void {
  const newest = room.versions.get(header.sm);
  if (newest === undefined) {
    require(header.ver === 1, "CONFLICT");
    return;
  }
  require(header.ver === newest.ver + 1 && header.pv === newest.eid, "CONFLICT");
  require(docOf(newest.generation) === header.d, "WRONG_PLACE");
  require(isLeading(room, signer) || newest.author.aid === signer.aid, "FORBIDDEN");
}

// --- holders and due ---------------------------------------------------------------------

/** Devices that hold, or were given, the key of a document generation. */
export function holders(room: RoomState, generation: Generation): ReadonlySet<Did> {
  const epochs = room.keyed.get(generation) ?? [];
  const found = new Set([room.announced(generation).signer.did]);
  for (const n of epochs) for (const did of keyHolders(room, n)) found.add(did);
  for (const { body, to } of room.grants) {
    const isGiven = docsOf(body).includes(generation);
    if (isGiven || epochsOf(body).some((n) => epochs.includes(n))) found.add(to);
  }
  return found;
}

/** Devices that an epoch's key was sealed to. */
function keyHolders(room: RoomState, n: number): ReadonlySet<Did> {
  const sids = [...(room.rosters[n]?.recipients ?? [])];
  return new Set(sids.map((sid) => deviceOf(room.directory, sid)));
}

/** The person whose device this is; UNKNOWN_ID for no device. */
export function personOf(room: RoomState, did: Did): Person {
  const body = room.directory.devices.get(did)?.first.body;
  if (body === undefined) throw new Refused("UNKNOWN_ID");
  return asPerson(body);
}

/** Tell whether some holder is not entitled at log size `n`: the next word needs a new key. */
export function isDue(room: RoomState, generation: Generation, asked: AskedAt): boolean {
  const section = room.announced(generation).body;
  const heard = new Set(personsOf(room, section.aud));
  const isFine = (did: Did) =>
    heard.has(personOf(room, did)) && isEntitled(room, did, section, asked);
  return ![...holders(room, generation)].every(isFine);
}

/**
 * Tell whether a device is in force and its owner, by the gate, may read.
 *
 * What was seen of revocations but is not logged yet is the gate's business: it counts for
 * willingness, and a row's validity must not hang on it.
 */
export function isEntitled(room: RoomState, did: Did, section: Sect, asked: AskedAt): boolean {
  const person = personOf(room, did);
  const isLive = room.directory.isDeviceLive(person, did, asked.n);
  return isLive && asked.mayRead(person, section) === null;
}

// --- grants ------------------------------------------------------------------------------

/**
 * 5.12: who may pass which keys to whom; returns the receiving device.
 *
 * Refused: WRONG_EPOCH, RULE_DENIED, UNKNOWN_ID, BAD_LENGTH, NOT_MEMBER, or the gate's code.
 */
export function requireGrant(room: RoomState, body: Grant, signer: Signer, asked: Asked): Did {
  require(body.n === room.epoch, "WRONG_EPOCH");
  require(room.member(signer.person) !== undefined, "NOT_MEMBER");
  require(body.by === signer.device, "RULE_DENIED");
  require(bytesOfBlob(body.ct).length === OVERHEAD + KEY_SIZE * body.ids.length, "BAD_LENGTH");
  const to = deviceOf(room.directory, body.to);
  const newest = room.directory.devices.get(to)?.newest(room.at);
  require(newest?.sid === body.to && newest.body.eg === body.eg, "RULE_DENIED");
  const receiver = personOf(room, to);
  require(room.member(receiver) !== undefined, "NOT_MEMBER");
  if (body.what === "epoch") requireEpochs(room, body, signer, receiver);
  for (const generation of docsOf(body)) {
    requireDocument(room, generation, signer, receiver, asked);
  }
  return to;
}

/** Epoch keys pass only between devices of one person, from her entry on. */
function requireEpochs(room: RoomState, body: Grant, signer: Signer, receiver: Person): void {
  require(signer.person === receiver, "RULE_DENIED");
  const entry = room.member(receiver)?.from ?? Infinity;
  for (const n of epochsOf(body)) {
    const isReached = entry <= n && n <= room.epoch;
    require(isReached && holdsEpoch(room, n, signer.did), "RULE_DENIED");
  }
}

/** Tell whether a device holds an epoch's key: of its bundle, or by a grant. */
function holdsEpoch(room: RoomState, n: number, did: Did): boolean {
  const isGranted = room.grants.some(({ body, to }) => to === did && epochsOf(body).includes(n));
  return isGranted || keyHolders(room, n).has(did);
}

function requireDocument(
  room: RoomState,
  generation: Generation,
  signer: Signer,
  receiver: Person,
  { mayRead }: Asked,
): void {
  const announced = room.announced(generation);
  const section = announced.body;
  const isBySigner = announced.signer.person === signer.person;
  const isByChair = inAudience(section.aud, signer) && isLeading(room, signer);
  const isAllowed = isBySigner || isByChair || signer.person === receiver;
  require(isAllowed, "RULE_DENIED");
  require(hears(room, section.aud, widOf(receiver)), "OUT_OF_SCOPE");
  requireAllowed(mayRead(receiver, section));
}
