/** One council as any client meets it: its identity log, submissions, and what waits. */

import { utf8 } from "../crypto/bytes";
import type { Entropy } from "../crypto/entropy";
import { Refused } from "../crypto/errors";
import { verify } from "../protocol/admission";
import { ekHash } from "../protocol/derived";
import type { LogPage, NameBeside, NameRow, Root } from "../protocol/generated";
import { Names, Pending, Receipted, SealingKeys, type Receipt } from "../protocol/generated";
import type { Blob, Digest, Hash, Id, InvId, NetId, Nonce, Sid, Wid } from "../protocol/ids";
import { blobOf, bytesOf, bytesOfBlob, idOf } from "../protocol/ids";
import { nameCommitment } from "../protocol/keys";
import { nameMessage } from "../protocol/requests";
import type { Signature, Statement } from "../protocol/statement";
import { parse, toDsse } from "../protocol/statement";
import type { Clock } from "./clock";
import type { LogPin } from "./contents";
import { IdLog, type KeptLog } from "./idlog";
import { verifyReceipt } from "./receipts";
import type { Signer } from "./signer";
import type { Headers, Http } from "./transport";
import { pause } from "./transport";

/** How long, in ms, a client waits for a leaf or for somebody's answer. */
export const PATIENCE = 60_000;

const STEP = 50;
const LONGEST_STEP = 2_000;

/** Whoever knows the fingerprint may replicate the log. */
export function netHeader(net: NetId): Headers {
  return { "Entaku-Net": net };
}

/** So may whoever holds a live invitation. */
export function inviteHeader(inv: InvId): Headers {
  return { "Entaku-Invite": inv };
}

/** What travels beside a statement. */
export interface Beside {
  readonly ek?: Blob;
  readonly name?: NameBeside;
  readonly mac?: Digest;
}

/** How long to look for what waits, and as whom. */
export interface Waited {
  readonly patience?: number;
  readonly signal?: AbortSignal;
  readonly person?: Signer;
}

/** What a council is met with; `net` is null only where the fingerprint is still to be learned. */
export interface Meeting {
  readonly http: Http;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly net: NetId | null;
  readonly pin?: LogPin | null;
  /** Where verified leaves are kept, if anywhere. */
  readonly kept?: KeptLog | null;
}

/** The parts that enrolment, administration and rooms all use. */
export class Council {
  readonly http: Http;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: IdLog;
  /** The newest checkpoint of the identity log as it came, whether or not it was taken. */
  said: Uint8Array = new Uint8Array();

  constructor({ http, clock, entropy, net, pin = null, kept = null }: Meeting) {
    this.http = http;
    this.clock = clock;
    this.entropy = entropy;
    this.log = new IdLog({ http: this.#noting(http), net, pin, kept });
  }

  /** The log is fetched through this, so that what is refused can still be shown to others. */
  #noting(http: Http): Pick<Http, "get"> {
    return {
      get: async (path, kind, asking) => {
        const answer = await http.get(path, kind, asking);
        const { checkpoint } = answer as Partial<LogPage>;
        if (checkpoint !== undefined) this.said = utf8(checkpoint);
        return answer;
      },
    };
  }

  // --- what every statement carries --------------------------------------------------------------

  /** The council's fingerprint; UNTRUSTED before the first sync. */
  get net(): NetId {
    if (this.log.net === null) throw new Refused("UNTRUSTED");
    return this.log.net;
  }

  /** Draws 16 bytes. */
  nonce(): Nonce {
    return idOf<Nonce>(this.entropy(16));
  }

  /** The time to claim, in ms. */
  iat(): number {
    return this.clock.now();
  }

  /** The newest root. */
  root(): Root {
    return this.log.root();
  }

  // --- the identity log --------------------------------------------------------------------------

  /** Brings the replica up to date; tells whether it grew. */
  async sync(): Promise<boolean> {
    return this.log.sync(this.clock.now());
  }

  /**
   * Waits until a statement stands in the verified log; gives its leaf index.
   *
   * Refused: NOT_LOGGED after 60 s, or the rule that it breaks.
   */
  async untilLogged(sid: Sid): Promise<number> {
    const deadline = this.clock.now() + PATIENCE;
    while (!this.log.directory.statements.has(sid)) {
      if (this.clock.now() > deadline) throw new Refused("NOT_LOGGED");
      if (!(await this.sync())) await pause(STEP);
    }
    return this.log.requireValid(sid);
  }

  // --- submissions -------------------------------------------------------------------------------

  /**
   * Puts a complete statement into the identity log, after judging it as the server will.
   *
   * Refused: the rule it breaks, or the server's refusal; EQUIVOCATION for a receipt that speaks
   * of something else.
   */
  async admit(
    statement: Statement,
    signatures: readonly Signature[],
    { ek, name }: Beside = {},
  ): Promise<Receipt> {
    const raw = toDsse(statement, signatures);
    verify(this.log.directory, parse(raw), this.log.size);
    const body = { statement: blobOf(raw), ...(ek && { ek }), ...(name && { name }) };
    const answer = await this.http.post("admit", body, Receipted);
    const receipt = verifyReceipt(bytesOfBlob(answer.rcpt), { root: this.root(), net: this.net });
    if (receipt.ids.length !== 1 || String(receipt.ids[0]) !== statement.sid) {
      throw new Refused("EQUIVOCATION", { why: "receipt" });
    }
    return receipt;
  }

  /** Admits, then waits for the leaf. */
  async admitLogged(
    statement: Statement,
    signatures: readonly Signature[],
    beside: Beside = {},
  ): Promise<number> {
    await this.admit(statement, signatures, beside);
    return this.untilLogged(statement.sid);
  }

  /** Leaves something incomplete for whom it waits. */
  async pend(
    key: Id | Hash,
    statement: Statement,
    signatures: readonly Signature[],
    { mac, name }: Beside = {},
  ): Promise<void> {
    const raw = blobOf(toDsse(statement, signatures));
    await this.http.done("pend", {
      ...{ key: keyOf(key), statement: raw },
      ...(mac && { mac }),
      ...(name && { name }),
    });
  }

  /** Looks for what waits under a key; null while nothing does. A name is for its `person` alone. */
  async pending(key: Id | Hash, person?: Signer): Promise<Pending | null> {
    const sig = await person?.sign(nameMessage(this.net, key));
    const query = sig === undefined ? [] : [["sig", blobOf(sig)] as const];
    try {
      return await this.http.get(`pend/${keyOf(key)}`, Pending, { query });
    } catch (error) {
      if (error instanceof Refused && error.code === "UNKNOWN_ID") return null;
      throw error;
    }
  }

  /** Looks until something waits under a key; UNKNOWN_ID after `patience` ms, or once aborted. */
  async waitFor(key: Id | Hash, { patience = PATIENCE, signal, person }: Waited): Promise<Pending> {
    const deadline = this.clock.now() + patience;
    for (let step = STEP; ; step = Math.min(2 * step, LONGEST_STEP)) {
      const found = await this.pending(key, person);
      if (found !== null) return found;
      if (signal?.aborted === true || this.clock.now() > deadline) throw new Refused("UNKNOWN_ID");
      await pause(step, signal);
    }
  }

  // --- sealing keys ------------------------------------------------------------------------------

  /** Fetches sealing keys by their hashes; UNKNOWN_ID unless all of them come. */
  async sealingKeys(hashes: ReadonlySet<Digest>): Promise<ReadonlyMap<Digest, Uint8Array>> {
    const query = [...hashes].sort().map((each) => ["h", each] as const);
    const answer = await this.http.get("eks", SealingKeys, { query });
    const found = new Map(answer.eks.map(bytesOfBlob).map((ek) => [ekHash(ek), ek]));
    const wanted = [...hashes].map((hash) => [hash, found.get(hash)] as const);
    return new Map(wanted.map(([hash, ek]) => [hash, present(ek)]));
  }

  // --- names -------------------------------------------------------------------------------------

  /**
   * Fetches the names of people one shares a room with; false ones are refused.
   *
   * Throws BAD_COMMITMENT for a name that is not the one a certificate commits to.
   */
  async names(wids: Iterable<Wid>): Promise<ReadonlyMap<Wid, string>> {
    const query = [...wids].sort().map((wid) => ["w", wid] as const);
    if (query.length === 0) return new Map();
    const answer = await this.http.get("names", Names, { query });
    return new Map(answer.names.map((row) => [row.wid, this.#checked(row)]));
  }

  #checked(row: NameRow): string {
    const versions = this.log.directory.workers.get(row.wid)?.versions ?? [];
    const named = nameCommitment(bytesOf(row.salt), { name: row.name });
    if (versions.some((cert) => cert.body.nh === named)) return row.name;
    throw new Refused("BAD_COMMITMENT", { field: "name" });
  }
}

/** Keys of waiting things travel as base64url, ids too. */
function keyOf(key: Id | Hash): Blob {
  return blobOf(bytesOf(key));
}

function present(ek: Uint8Array | undefined): Uint8Array {
  if (ek === undefined) throw new Refused("UNKNOWN_ID");
  return ek;
}
