/** What the server signed: receipts and heads, and whether it keeps its word (sections 5.2a, 7). */

import { openSigned, type Checkpoint } from "../audit/checkpoint";
import { verifyConsistency, verifyInclusion } from "../audit/merkle";
import { Verifier } from "../audit/note";
import { Refused } from "../crypto/errors";
import { Proof, type Head, type Payload, type Receipt, type Root } from "../protocol/generated";
import { bytesOf, bytesOfBlob, hashOf, type Digest, type NetId } from "../protocol/ids";
import { match, parse } from "../protocol/statement";
import { SECOND } from "../protocol/times";
import type { LogPin, Unredeemed } from "./contents";
import type { IdLog } from "./idlog";
import type { Http } from "./transport";
import { Turns } from "./turns";

/** How long, in ms, an acknowledged thing may take to stand in its log. */
export const GRACE = 60 * SECOND;

/** Under which root and for which council something was signed. */
export interface Under {
  readonly root: Root;
  readonly net: NetId;
}

/** Check the server's signature on a receipt: BAD_SIG, WRONG_NET, UNKNOWN_TYPE. */
export function verifyReceipt(raw: Uint8Array, under: Under): Receipt {
  const body = signedBody(raw, under);
  if (body.typ !== "rcpt") throw new Refused("UNKNOWN_TYPE");
  return body;
}

/** Check the server's signature on a head: BAD_SIG, WRONG_NET, UNKNOWN_TYPE. */
export function verifyHead(raw: Uint8Array, under: Under): Head {
  const body = signedBody(raw, under);
  if (body.typ !== "head") throw new Refused("UNKNOWN_TYPE");
  return body;
}

function signedBody(raw: Uint8Array, { root, net }: Under): Payload {
  const statement = parse(raw);
  if (match(statement, root.srv).length === 0) throw new Refused("BAD_SIG");
  if (statement.body.net !== net) throw new Refused("WRONG_NET");
  return statement.body;
}

/** The other log, of which a client holds only its newest verified size and root. */
export class OpsLog {
  pin: LogPin | null;
  /** The newest verified checkpoint, signed, as it came. */
  checkpoint = new Uint8Array();
  readonly #http: Pick<Http, "get" | "text">;
  readonly #growing = new Turns();

  /** Goes on from the pin. */
  constructor({ http, pin }: { http: Pick<Http, "get" | "text">; pin: LogPin | null }) {
    this.#http = http;
    this.pin = pin;
  }

  /**
   * Take the newest checkpoint, provided that it extends the last one; `now` in ms.
   *
   * Throws UNTRUSTED, BAD_SIG, ROLLBACK, BAD_PROOF, EQUIVOCATION.
   */
  sync(root: Root, now: number): Promise<LogPin> {
    // One after another: an answer that comes late must not be taken for a log that shrank.
    return this.#growing.run(() => this.#sync(root, now));
  }

  async #sync(root: Root, now: number): Promise<LogPin> {
    const raw = await this.#http.text("log/ops/checkpoint");
    const signed = openSigned(
      raw,
      root.logs.ops.vkeys.map((vkey) => Verifier.parse(vkey)),
    );
    if (this.pin !== null) await this.#requireGrown(this.pin, signed);
    this.checkpoint = raw.slice();
    this.pin = { n: signed.size, r: hashOf<Digest>(signed.root), at: Math.floor(now) };
    return this.pin;
  }

  async #requireGrown(pin: LogPin, signed: Checkpoint): Promise<void> {
    if (signed.size < pin.n) throw new Refused("ROLLBACK", { size: signed.size, known: pin.n });
    if (signed.size === pin.n) {
      if (hashOf(signed.root) !== pin.r) throw new Refused("EQUIVOCATION", { why: "ops" });
      return;
    }
    const query = { from: String(pin.n), to: String(signed.size) };
    const proof = await this.#http.get("log/ops/proof/consistency", Proof, { query });
    const path = proof.hashes.map(bytesOf);
    try {
      verifyConsistency({ ...signed, oldSize: pin.n, oldRoot: bytesOf(pin.r), path });
    } catch (error) {
      throw new Refused("EQUIVOCATION", { why: "ops" }, { cause: error });
    }
  }

  /**
   * Prove that a leaf hash stands under the verified root; give its index.
   *
   * Throws NOT_LOGGED while it does not; BAD_PROOF for a false proof.
   */
  async requireIncluded(leaf: Digest): Promise<number> {
    if (this.pin === null) throw new Refused("NOT_LOGGED");
    const { n: size, r } = this.pin;
    const { index, hashes } = await this.#inclusion(leaf, size);
    if (index === null) throw new Refused("BAD_PROOF");
    const path = hashes.map(bytesOf);
    verifyInclusion({ leaf: bytesOf(leaf), index, size, path, root: bytesOf(r) });
    return index;
  }

  async #inclusion(leaf: Digest, size: number): Promise<Proof> {
    const query = { hash: leaf, size: String(size) };
    try {
      return await this.#http.get("log/ops/proof/inclusion", Proof, { query });
    } catch (error) {
      if (error instanceof Refused && error.code === "UNKNOWN_ID") {
        throw new Refused("NOT_LOGGED", {}, { cause: error });
      }
      throw error;
    }
  }
}

/** The two logs in which receipts are looked for. */
export interface Logs {
  readonly log: Pick<IdLog, "root" | "size" | "holds">;
  readonly ops: Pick<OpsLog, "requireIncluded">;
  readonly net: NetId;
}

/**
 * Look for the leaves of receipts in both verified logs; give those from the first missing on.
 *
 * Logs grow in order, so what comes after it is not asked for: while a log stands still, whoever
 * waits asks once a round, however much she wrote.
 */
export async function redeem(waiting: readonly Unredeemed[], logs: Logs): Promise<Unredeemed[]> {
  const under = { root: logs.log.root(), net: logs.net };
  for (const [place, one] of waiting.entries()) {
    const receipt = verifyReceipt(bytesOfBlob(one.rcpt), under);
    if (!(await isKept(receipt, logs))) return waiting.slice(place);
  }
  return [];
}

async function isKept({ idn, leaves }: Receipt, { log, ops }: Logs): Promise<boolean> {
  if (idn > log.size || !leaves.id.every((leaf) => log.holds(leaf))) return false;
  try {
    for (const leaf of leaves.ops) await ops.requireIncluded(leaf);
    return true;
  } catch (error) {
    if (error instanceof Refused && error.code === "NOT_LOGGED") return false;
    throw error;
  }
}

/** Tell whether a receipt is older than 60 s and its leaves are still missing: NOT_LOGGED. */
export function isOverdue(waiting: readonly Unredeemed[], now: number): boolean {
  return waiting.some((one) => now - one.at > GRACE);
}
