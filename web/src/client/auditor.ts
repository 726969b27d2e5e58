/** What an auditor does: ask, verify every answer against the log, take both logs away (15.7). */

import type { BasisFacts, Known } from "../audit/anomalies";
import { openSigned } from "../audit/checkpoint";
import { parse } from "../audit/entry";
import { CHECKPOINT, filesOf, VKEY, type File } from "../audit/export";
import type { Stamp } from "../audit/figures";
import { lineOf, type Line } from "../audit/lines";
import { Frontier, leafHash } from "../audit/merkle";
import { Verifier } from "../audit/note";
import { decodeBundle, entriesPathOf, tileAt, WIDTH } from "../audit/tiles";
import { verifyFolder, type Files, type Report, type Verifying } from "../audit/verify";
import { equal, utf8 } from "../crypto/bytes";
import { Refused } from "../crypto/errors";
import { Answered, type Basis, type EntryOut } from "../protocol/generated";
import { blobOf, bytesOf, bytesOfBlob, hashOf } from "../protocol/ids";
import type { Aid, CaseId, Did, Digest, Sid, Wid } from "../protocol/ids";
import { readMessage } from "../protocol/requests";
import { SECOND } from "../protocol/times";
import type { Session } from "./session";
import { signRequest } from "./signer";
import { pause } from "./transport";
import { Turns } from "./turns";

/** How long, in ms, the auditor's own question may take to stand in the log. */
export const PATIENCE = 60 * SECOND;
/** Most entries of one answer. */
export const PAGE = 500;

const STEP = 100;

/** What may be asked; each takes since and until, times in J1's form, "" for none. */
export type Question =
  | { readonly purpose: "audit.case-timeline"; readonly subject: string }
  | { readonly purpose: "audit.person-timeline"; readonly subject: Wid }
  | { readonly purpose: "audit.openings" | "audit.denied" };

/** Bounds of a question: instants as in J1; "" does not filter. */
export interface Span {
  readonly since?: string;
  readonly until?: string;
}

/** All leaves of `ops` under a verified checkpoint. */
export interface OpsCopy {
  readonly leaves: readonly Uint8Array[];
  readonly checkpoint: Uint8Array;
  readonly vkey: string;
}

/** How a long fetch tells where it is, and how it is stopped. */
export type Watching = Pick<Verifying, "progress" | "signal">;

/** A signed-in auditor, of a worker with the cap audit; her session never holds a room. */
export class Auditor {
  readonly #session: Session;
  #leaves: Uint8Array[] = [];
  #edge = new Frontier();
  readonly #hashes = new Set<Digest>();
  readonly #copying = new Turns();

  constructor(session: Session) {
    this.#session = session;
  }

  // --- asking ------------------------------------------------------------------------------

  /**
   * Ask, and check that every answer and the question itself stand in the log.
   *
   * Throws the server's refusal; BAD_PROOF for an answer that is not in the log; NOT_LOGGED when
   * the question is not there after 60 s.
   */
  async ask(question: Question, { since = "", until = "" }: Span = {}): Promise<Line[]> {
    const subject = "subject" in question ? [question.subject] : [];
    const found: EntryOut[] = [];
    for (let last = ""; ;) {
      const answer = await this.#once(question.purpose, [...subject, since, until, last]);
      found.push(...answer.entries);
      const indices = answer.entries.flatMap(({ index }) => index ?? []);
      if (answer.entries.length < PAGE || indices.length === 0) {
        const copy = await this.#holding(answer.entry);
        return found.flatMap((each) => lineIn(copy, each) ?? []);
      }
      last = String(Math.max(...indices));
    }
  }

  async #once(purpose: string, params: readonly string[]): Promise<Answered> {
    const { council, dk, me } = this.#session;
    const nonce = this.#session.requestNonce();
    const time = council.clock.seconds();
    const message = readMessage({
      net: council.net,
      origin: council.root().origin,
      caseId: null,
      nonce,
      time,
      device: me.device,
      purpose,
      ids: params.map(utf8),
    });
    const sig = await signRequest(message, dk);
    const query = { purpose, params, nonce: blobOf(bytesOf(nonce)), time, sig };
    return council.http.postOnce("audit/query", query, Answered);
  }

  /** Fetch the log until it holds a leaf. */
  async #holding(leaf: Digest): Promise<OpsCopy> {
    const { clock } = this.#session.council;
    const deadline = clock.now() + PATIENCE;
    while (clock.now() < deadline) {
      const copy = await this.copyOps();
      if (this.#hashes.has(leaf)) return copy;
      await pause(STEP);
    }
    throw new Refused("NOT_LOGGED");
  }

  // --- the logs themselves -------------------------------------------------------------------

  /**
   * Fetch what is new of `ops` and verify the whole: root, signature, and that it only grew.
   *
   * Throws FORBIDDEN for who is no auditor; UNTRUSTED, BAD_SIG, ROLLBACK, BAD_PROOF, EQUIVOCATION.
   */
  copyOps(how: Watching = {}): Promise<OpsCopy> {
    // One after another: two at once would take the same leaves twice.
    return this.#copying.run(() => this.#copy(how));
  }

  async #copy({ progress, signal }: Watching): Promise<OpsCopy> {
    const { council, ops } = this.#session;
    const root = council.root();
    await ops.sync(root, council.clock.now());
    const { checkpoint } = ops; // the session goes on growing its log meanwhile
    const verifiers = root.logs.ops.vkeys.map((vkey) => Verifier.parse(vkey));
    const signed = openSigned(checkpoint, verifiers);
    const leaves: Uint8Array[] = [];
    const held = this.#leaves.length;
    while (held + leaves.length < signed.size) {
      signal?.throwIfAborted();
      leaves.push(...(await this.#bundle(held + leaves.length, signed.size)));
      progress?.(held + leaves.length, signed.size);
    }
    this.#keep(leaves, signed.root);
    const [vkey = ""] = root.logs.ops.vkeys;
    return { leaves: [...this.#leaves], checkpoint, vkey };
  }

  /** Fetch the bundle in which a leaf lies; give its leaves from that one on. */
  async #bundle(from: number, size: number): Promise<Uint8Array[]> {
    const tile = tileAt({ level: 0, index: Math.floor(from / WIDTH), size });
    const place = entriesPathOf(tile);
    const leaves = decodeBundle(await this.#session.council.http.text(`log/ops/${place}`));
    if (leaves.length !== tile.width) throw new Refused("BAD_PROOF", { place, why: "entries" });
    return leaves.slice(from - tile.index * WIDTH);
  }

  /** Take leaves into the copy, provided that they lead to the signed root. */
  #keep(leaves: readonly Uint8Array[], root: Uint8Array): void {
    const hashes = leaves.map(leafHash);
    const edge = this.#edge.append(hashes);
    if (!equal(edge.root(), root)) throw new Refused("BAD_PROOF", { why: "root" });
    this.#edge = edge;
    this.#leaves = [...this.#leaves, ...leaves];
    for (const hash of hashes) this.#hashes.add(hashOf(hash));
  }

  /** What every leaf of the copy tells without an opening. */
  stamps(): Stamp[] {
    return this.#leaves.map(parse).map(({ t, k }) => ({ at: t, kind: k }));
  }

  /** The newest verified checkpoints of `id` and `ops`, to be kept for later. */
  async checkpoints(): Promise<{ id: Uint8Array; ops: Uint8Array }> {
    const { council, ops } = this.#session;
    await this.#session.sync();
    await ops.sync(council.root(), council.clock.now());
    return { id: council.log.checkpoint, ops: ops.checkpoint };
  }

  /** Verify a log as the server keeps it now, tile by tile; throws what `verifyFolder` throws. */
  async verify(log: "id" | "ops", how: Omit<Verifying, "vkey"> = {}): Promise<Report> {
    const [vkey = ""] = this.#session.council.root().logs[log].vkeys;
    return verifyFolder(this.#served(log, vkey), { ...how, vkey });
  }

  /** The files of a log as the server gives them; its checkpoint is asked for once. */
  #served(log: "id" | "ops", vkey: string): Files {
    const { http } = this.#session.council;
    const given = new Map([[VKEY, Promise.resolve(utf8(`${vkey}\n`))]]);
    return {
      read(name) {
        const isServed = name === CHECKPOINT || name.startsWith("tile/");
        return given.get(name) ?? (isServed ? orNull(http.text(`log/${log}/${name}`)) : NOTHING);
      },
      names: () => NOTHING, // a server has no end of files
    };
  }

  /** `ops` as files, with the openings of some lines. */
  async exportOps(
    lines: readonly Line[],
    early: Uint8Array | null = null,
  ): Promise<Iterable<File>> {
    const pairs = lines.flatMap(({ index, openings }) =>
      openings
        .toSorted((one, other) => (one.field < other.field ? -1 : 1))
        .map((opening) => [index, opening] as const),
    );
    const openings = pairs.toSorted(([one], [other]) => one - other);
    return filesOf({ ...(await this.copyOps()), early, openings });
  }

  /** `id` as files, with the statements that this auditor may see. */
  async exportId(early: Uint8Array | null = null): Promise<Iterable<File>> {
    await this.#session.sync();
    const { log } = this.#session.council;
    const [vkey = ""] = log.root().logs.id.vkeys;
    const statements = log.statements.flatMap((raw, index) =>
      raw === null ? [] : [[index, raw] as const],
    );
    return filesOf({ leaves: log.leaves, checkpoint: log.checkpoint, vkey, early, statements });
  }

  // --- who is who ----------------------------------------------------------------------------

  /** Whose device this is, by the verified log. */
  ownerOf(did: Did): Wid | null {
    const chain = this.#session.council.log.directory.devices.get(did);
    return chain?.versions[0]?.body.wid ?? null;
  }

  /** Id and name of a person's agency, by the verified log. */
  agencyOf(wid: Wid): { aid: Aid; name: string } | null {
    const { workers, agencies } = this.#session.council.log.directory;
    const aid = workers.get(wid)?.versions.at(-1)?.body.aid;
    const name = aid === undefined ? undefined : agencies.get(aid)?.versions.at(-1)?.body.name;
    return aid === undefined || name === undefined ? null : { aid, name };
  }

  /** What the verified identity log says to the rules of `anomalies`. */
  known(more: Pick<Known, "closed" | "hours"> = {}): Known {
    const { workers, logged } = this.#session.council.log.directory;
    const agencies = new Map<Wid, Aid>();
    for (const [wid, chain] of workers) {
      const aid = chain.versions.at(-1)?.body.aid;
      if (aid !== undefined) agencies.set(wid, aid);
    }
    const bases = new Map<Sid, BasisFacts>();
    for (const [sid, { statement }] of logged) {
      if (statement.body.typ === "basis") bases.set(sid, this.#factsOf(sid, statement.body));
    }
    return { ...more, agencies, bases };
  }

  #factsOf(sid: Sid, body: Basis): BasisFacts {
    return {
      kind: body.kind,
      from: body.from,
      until: body.until,
      review: body.rev,
      agencies: new Set(body.scope.flatMap((part) => part.ag)),
      withdrawn: this.#withdrawnFrom(sid, body.case),
    };
  }

  /** Whole withdrawals of a basis or of a version that followed it; of categories alone, none. */
  #withdrawnFrom(sid: Sid, of: CaseId): BasisFacts["withdrawn"] {
    const { succeeded, withdrawals, logged } = this.#session.council.log.directory;
    const { directory } = this.#session.council.log;
    const chain = new Set<Sid>();
    for (let next: Sid | undefined = sid; next !== undefined; next = succeeded.get(next)) {
      chain.add(next);
    }
    return [...(withdrawals.get(of) ?? [])].flatMap(([each, { basis, ag, cats }]) => {
      const index = logged.get(each)?.index;
      if (index === undefined || cats !== null || !chain.has(basis)) return [];
      return [{ at: directory.time(index + 1), agencies: ag }];
    });
  }
}

const NOTHING = Promise.resolve(null);

async function orNull(file: Promise<Uint8Array>): Promise<Uint8Array | null> {
  try {
    return await file;
  } catch (error) {
    if (error instanceof Refused && error.code === "UNKNOWN_ID") return null;
    throw error;
  }
}

/** Check an entry against the log and its openings against its leaf; null until it is there. */
function lineIn(copy: OpsCopy, { index, leaf, openings }: EntryOut): Line | null {
  if (index === null) return null;
  const raw = bytesOfBlob(leaf);
  const held = copy.leaves[index];
  if (held === undefined || !equal(held, raw))
    throw new Refused("BAD_PROOF", { why: "entry", index });
  const opened = openings.map(({ field, hmac, value }) => ({
    field,
    mac: bytesOf(hmac),
    value: bytesOfBlob(value),
  }));
  return lineOf(index, parse(raw), opened);
}
