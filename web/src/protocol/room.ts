/**
 * The state of one room, folded from its feed.
 *
 * Nothing here is stored as truth: it is what the signed rows say, and server and clients fold
 * them by the same rules (protocol, sections 5.5 to 5.14).
 */
import { Refused } from "../crypto/errors";
import { feedStart } from "./derived";
import { asPerson } from "./directory";
import type { Directory, Person, Signer } from "./directory";
import type { Row } from "./feed";
import type {
  Ack,
  Basis,
  Grant,
  LogHead,
  MemberRow,
  Roster,
  Seat,
  Sect,
  Withdraw,
} from "./generated";
import type {
  Aid,
  Brand,
  CaseId,
  Did,
  Digest,
  DocId,
  Eid,
  Hash,
  NetId,
  RowHash,
  Sid,
  SumId,
  Wid,
} from "./ids";
import type { DocClass } from "./generated";

export { ikOf, asPerson, widOf } from "./directory";
export type { Person } from "./directory";

/** A feed row as statements and headers name it: its number and feed hash. */
export type FeedPoint = Roster["fd"];

/** One generation of a document, a map key; equal pairs are `===`. */
export type Generation = Brand<string, "Generation">;

/** Write the pair of a document and the number of its generation, from 1. */
export function generationOf(doc: DocId, g: number): Generation {
  return `${doc} ${g}` as Generation;
}

/** Read the document of a pair. */
export function docOf(generation: Generation): DocId {
  return generation.slice(0, 32) as DocId;
}

/** Read the number of a pair, from 1. */
export function numberOf(generation: Generation): number {
  return Number(generation.slice(33));
}

/** An accepted roster and the device certificates its key was sealed to. */
export interface RosterEntry {
  readonly seq: number;
  readonly sid: Sid;
  readonly body: Roster;
  readonly signer: Signer;
  /** Time of the log at the roster's row, in ms. */
  readonly at: number;
  readonly recipients: ReadonlySet<Sid>;
}

/** The first `sect` of a document generation; later ones are void. */
export interface Announced {
  readonly seq: number;
  readonly sid: Sid;
  readonly body: Sect;
  readonly signer: Signer;
  readonly epoch: number;
}

/** A grant with the device it was sealed to. */
export interface Granted {
  readonly seq: number;
  readonly sid: Sid;
  readonly body: Grant;
  readonly signer: Signer;
  readonly to: Did;
}

/** Newest version of a summary's section; the author is that of the first. */
export interface Version {
  readonly ver: number;
  readonly eid: Eid;
  readonly generation: Generation;
  readonly author: Signer;
}

/** A worker's answer to an invitation, by the person who gave it. */
export interface Answered {
  readonly seq: number;
  readonly body: Seat;
  readonly person: Person;
}

const rowsByRoster = new WeakMap<Roster, ReadonlyMap<Wid, MemberRow>>();

/** Rows of a roster by worker. */
export function rowsOf(roster: Roster): ReadonlyMap<Wid, MemberRow> {
  let rows = rowsByRoster.get(roster);
  if (rows === undefined) {
    rows = new Map(roster.mem.map((row) => [row.wid, row]));
    rowsByRoster.set(roster, rows);
  }
  return rows;
}

/** Document generations whose keys a grant carries; empty for epochs. */
export function docsOf(grant: Grant): readonly Generation[] {
  if (grant.what !== "docs") return [];
  return grant.ids.map(([doc, g]) => generationOf(String(doc) as DocId, Number(g)));
}

/** Epoch numbers whose keys a grant carries; empty for documents. */
export function epochsOf(grant: Grant): readonly number[] {
  return grant.what === "epoch" ? grant.ids.map(([n]) => Number(n)) : [];
}

/** Where a room belongs; `logRoot(n)` gives the id log's root at a size I hold. */
export interface RoomPlace {
  readonly net: NetId;
  readonly caseId: CaseId;
  readonly directory: Directory;
  readonly logRoot: (n: number) => Digest | null;
}

/** What the rows up to `seq` say. */
export class RoomState {
  readonly net: NetId;
  readonly caseId: CaseId;
  /** Replaced when missing statements of the log have come and it was read anew. */
  directory: Directory;
  readonly logRoot: (n: number) => Digest | null;
  seq = 0;
  idn = 0;
  readonly fhs: RowHash[];
  readonly idns: number[] = [0];
  readonly ids = new Map<Hash, number>();
  readonly rosters: RosterEntry[] = [];
  /** Rows of the bases that stand in this feed. */
  readonly listed = new Map<Sid, number>();
  readonly withdrawn = new Map<Sid, { readonly seq: number; readonly body: Withdraw }>();
  readonly documents = new Map<Generation, Announced>();
  readonly newest = new Map<DocId, number>();
  /** Epochs with a `dk` of each generation. */
  readonly keyed = new Map<Generation, readonly number[]>();
  /** Generations with content. */
  readonly started = new Set<Generation>();
  readonly grants: Granted[] = [];
  readonly versions = new Map<SumId, Version>();
  /** Number and id of each device's last accepted envelope. */
  readonly chains = new Map<Did, { readonly n: number; readonly eid: Eid }>();
  readonly answers: Answered[] = [];
  /** End of the chair's newest `ack{act}`, in ms. */
  actUntil = 0;
  /** Log size at which the next question is judged. */
  at = 0;
  /** Moves with every row that can change who may do what. */
  gate = 0;

  /** Begin at fh_0. */
  constructor(place: RoomPlace) {
    this.net = place.net;
    this.caseId = place.caseId;
    this.directory = place.directory;
    this.logRoot = place.logRoot;
    this.fhs = [feedStart({ net: place.net, caseId: place.caseId })];
  }

  /** Copy far enough that a draft of a batch can be tried without touching this state. */
  fork(): RoomState {
    const copies = {
      fhs: [...this.fhs],
      idns: [...this.idns],
      ids: new Map(this.ids),
      rosters: [...this.rosters],
      listed: new Map(this.listed),
      withdrawn: new Map(this.withdrawn),
      documents: new Map(this.documents),
      newest: new Map(this.newest),
      keyed: new Map(this.keyed),
      started: new Set(this.started),
      grants: [...this.grants],
      versions: new Map(this.versions),
      chains: new Map(this.chains),
      answers: [...this.answers],
    };
    return Object.assign(new RoomState(this), this, copies);
  }

  // --- place -----------------------------------------------------------------------------

  /** Feed hash of the last row. */
  get fh(): RowHash {
    return this.head[1];
  }

  /** The last row as statements and headers name it. */
  get head(): FeedPoint {
    const fh = this.fhs[this.seq];
    if (fh === undefined) throw new RangeError("every row taken has its feed hash");
    return [this.seq, fh];
  }

  /** Demand that a named row is mine: EQUIVOCATION otherwise. */
  requireFeedPoint(point: FeedPoint): void {
    const [seq, fh] = point;
    if (this.fhs[seq] !== fh) throw new Refused("EQUIVOCATION");
  }

  /** Demand that a named log head is in my id log, and not beyond the row's own. */
  requireLogHead(head: LogHead, idn: number): void {
    if (head.n > idn || this.logRoot(head.n) !== head.r) throw new Refused("EQUIVOCATION");
  }

  /** Move on by one row, whatever it says; unknown and refused rows count too. */
  take(row: Row, moves: { readonly gate: boolean }): void {
    this.seq = row.seq;
    this.idn = row.idn;
    this.fhs.push(row.fh);
    this.idns.push(row.idn);
    this.ids.set(row.id, row.seq);
    if (moves.gate) this.gate += 1;
  }

  // --- roster ----------------------------------------------------------------------------

  /** The newest accepted roster. */
  get current(): RosterEntry | undefined {
    return this.rosters.at(-1);
  }

  /** The newest accepted roster; WRONG_PLACE before the first. */
  get roster(): Roster {
    const { current } = this;
    if (current === undefined) throw new Refused("WRONG_PLACE");
    return current.body;
  }

  /** Number of the current roster; -1 before the first. */
  get epoch(): number {
    return this.current?.body.n ?? -1;
  }

  /** The host agency, that of the creator; none before the first roster. */
  get hosts(): ReadonlySet<Aid> {
    return new Set(this.rosters.slice(0, 1).map((entry) => entry.signer.aid));
  }

  /** Tell whether the room was closed. */
  get closed(): boolean {
    return this.rosters.some((entry) => entry.body.why === "close");
  }

  /** The roster row of a person, compared as (wid, ik). */
  member(person: Person): MemberRow | undefined {
    const rows = this.current && rowsOf(this.current.body);
    const row = rows?.get(person.slice(0, 32) as Wid);
    return row !== undefined && asPerson(row) === person ? row : undefined;
  }

  /** Rows of members, without guests. */
  members(): readonly MemberRow[] {
    return this.roster.mem.filter((row) => row.role !== "guest");
  }

  /** Tell whether any roster ever named this worker. */
  wasMember(wid: Wid): boolean {
    return this.rosters.some((entry) => rowsOf(entry.body).has(wid));
  }

  /** Tell whether the person of a row is in force at log size `n`. */
  isLive(row: MemberRow, n: number): boolean {
    return this.directory.isLive(asPerson(row), n);
  }

  /** Chair and every live acting chair: who may run sittings and items. */
  chairs(n: number): ReadonlySet<Wid> {
    const { chair, act } = this.roster;
    return new Set(this.#liveRows([chair, ...act], n).map((row) => row.wid));
  }

  #liveRows(wids: readonly Wid[], n: number): readonly MemberRow[] {
    const rows = rowsOf(this.roster);
    return wids.flatMap((wid) => rows.get(wid) ?? []).filter((row) => this.isLive(row, n));
  }

  /**
   * Who holds the chair's powers over the roster besides the chair herself, if anybody.
   *
   * While `chair` names no row the first live act holds them; otherwise only while the
   * chair's newest `ack{act}` runs.
   */
  holderOfPowers(n: number): Person | null {
    const { chair, act } = this.roster;
    const isVacant = !rowsOf(this.roster).has(chair);
    if (!isVacant && this.directory.time(n) >= this.actUntil) return null;
    const [first] = this.#liveRows(act, n);
    return first === undefined ? null : asPerson(first);
  }

  // --- seats -----------------------------------------------------------------------------

  /** Tell whether this person accepted a seat in this feed. */
  hasAccepted(person: Person): boolean {
    return this.answers.some((one) => one.person === person && one.body.ans === "accept");
  }

  /** Let acting chairs act until the instant the chair named. */
  heedAck(ack: Ack, signer: Signer): void {
    const row = rowsOf(this.roster).get(this.roster.chair);
    const isByChair = row !== undefined && asPerson(row) === signer.person;
    if (ack.kind === "act" && ack.until !== null && isByChair) this.actUntil = ack.until;
  }

  /** Take an accepted roster; a new chair has not let anybody act yet. */
  enter(entry: RosterEntry): void {
    if (this.current !== undefined && entry.body.chair !== this.roster.chair) this.actUntil = 0;
    this.rosters.push(entry);
  }

  // --- documents -------------------------------------------------------------------------

  /** The room's one document of a class, in its newest generation. */
  documentOf(cls: DocClass): Announced | undefined {
    for (const { body } of this.documents.values()) {
      if (body.cls === cls) return this.latest(body.doc);
    }
    return undefined;
  }

  /** One generation of a document; UNKNOWN_ID for an unknown one. */
  announced(generation: Generation): Announced {
    const announced = this.documents.get(generation);
    if (announced === undefined) throw new Refused("UNKNOWN_ID");
    return announced;
  }

  /** Newest generation of a document; UNKNOWN_ID for an unknown one. */
  latest(doc: DocId): Announced {
    return this.announced(generationOf(doc, this.newest.get(doc) ?? 0));
  }

  /** The basis behind a sid that stands in the id log; NO_BASIS otherwise. */
  basisOf(sid: Sid): Basis {
    const body = this.directory.logged.get(sid)?.statement.body;
    if (body?.typ !== "basis" || body.case !== this.caseId) throw new Refused("NO_BASIS");
    return body;
  }
}
