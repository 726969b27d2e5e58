/** A signed-in device: vault, council, tokens, signed requests (sections 5.20 and 7). */

import { utf8 } from "../crypto/bytes";
import { Refused, type Code } from "../crypto/errors";
import type { Cert } from "../protocol/certificates";
import type { Signer as Trusted } from "../protocol/directory";
import type { Device, Read, Sub } from "../protocol/generated";
import { Challenged, Served, SignedIn } from "../protocol/generated";
import type { Blob, CaseId, Digest, Hash, Nonce, SitId } from "../protocol/ids";
import { blobOf, bytesOf, bytesOfBlob } from "../protocol/ids";
import { authMessage, readMessage, subMessage } from "../protocol/requests";
import type { Clock } from "./clock";
import type { Contents, Evidence, Identity, Unredeemed } from "./contents";
import { Council, netHeader } from "./council";
import { isOverdue, OpsLog, redeem } from "./receipts";
import { signRequest, type Signer } from "./signer";
import { Http, isUnavailable } from "./transport";
import type { Place, Vault } from "./vault";

/** Version of this client, compared with the root's `req`. */
export const VERSION = 1;

/** What a log is refused for when it is not the one that was met before. */
const CONTRADICTIONS: ReadonlySet<Code> = new Set(["EQUIVOCATION", "ROLLBACK"]);
/** Where the newest signed checkpoint is kept among the drafts. */
const CHECKPOINT = "pin/id";
/** Where the council's signed roots are kept among the drafts, a line each. */
const ROOTS = "pin/roots";

/** What a device does in its own name; rooms are built on it. */
export class Session {
  readonly vault: Vault;
  readonly council: Council;
  readonly ops: OpsLog;
  /** When the token ends, in ms of the server's time. */
  expires = 0;
  /** Newest proof, in ms, that my identity log is fresh. */
  fresh = 0;
  /** EQUIVOCATION or ROLLBACK, once the identity log was met in two forms: then nothing is written. */
  contradicted: Code | null = null;
  readonly #eks = new Map<Digest, Uint8Array>();
  #signingIn: Promise<void> | null = null;

  constructor({ vault, council }: { readonly vault: Vault; readonly council: Council }) {
    this.vault = vault;
    this.council = council;
    this.ops = new OpsLog({ http: council.http, pin: vault.contents.ops });
  }

  /**
   * Goes on with an unlocked vault of an enrolled device; UNTRUSTED when it never enrolled.
   *
   * `url` names where requests go instead of where they went at enrolment: the page's own origin.
   */
  static of(
    vault: Vault,
    at: Pick<Place, "entropy"> & { readonly clock: Clock; readonly url?: string },
  ): Session {
    const { council: pin, identity, id } = vault.contents;
    if (pin === null || identity === null) throw new Refused("UNTRUSTED", { why: "no-device" });
    const http = new Http({ url: at.url ?? pin.url, slug: pin.slug });
    const council = new Council({ ...at, http, net: pin.net, pin: id, kept: vault.log });
    council.log.headers = netHeader(pin.net);
    return new Session({ vault, council });
  }

  /** Drops keys and connections. */
  async close(): Promise<void> {
    this.council.http.close();
    await this.vault.close();
  }

  // --- who I am ----------------------------------------------------------------------------------

  /** The owner of this device. */
  get me(): Identity {
    const { identity } = this.vault.contents;
    if (identity === null) throw new Refused("UNTRUSTED");
    return identity;
  }

  /** This device's signing key. */
  get dk(): Signer {
    return this.vault.dk;
  }

  /** Contradictions found so far, as two signed things each, to be shown to others. */
  get evidence(): readonly Evidence[] {
    return this.vault.contents.evidence;
  }

  /** This device's newest certificate in the verified log. */
  certificate(): Cert<Device> {
    const { directory, size } = this.council.log;
    const cert = directory.devices.get(this.me.did)?.newest(size);
    if (cert === undefined) throw new Refused("NOT_LOGGED");
    return cert;
  }

  /** What everybody else makes of this device now; trust's codes. */
  signer(): Trusted {
    const { directory, size } = this.council.log;
    return directory.trust(this.me.dk, "env", size);
  }

  /**
   * Refuses a log in which my own certificates are not exactly those I made.
   *
   * Throws NOT_LOGGED, or the rule that one of them breaks there.
   */
  requireOwnLeaves(): void {
    for (const sid of [this.me.worker, this.me.device]) this.council.log.requireValid(sid);
  }

  // --- sign-in -----------------------------------------------------------------------------------

  /**
   * Syncs, checks my own leaves, signs the challenge; the token lasts ten minutes.
   *
   * The server's clock is learned here; a difference of more than ten minutes stops writing.
   * Refused: what the log contradicts or the server refuses.
   */
  login(): Promise<void> {
    // Who finds the token ended at the same time waits for the one new token.
    this.#signingIn ??= this.#loginAnew().finally(() => {
      this.#signingIn = null;
    });
    return this.#signingIn;
  }

  async #loginAnew(): Promise<void> {
    const { http } = this.council;
    try {
      await this.#login();
    } catch (error) {
      const isEnded = error instanceof Refused && error.code === "BAD_TOKEN" && http.token !== null;
      if (!isEnded) throw error;
      http.token = null; // one that ended while the machine slept is refused wherever it is sent
      await this.#login();
    }
  }

  /** Does something, and once more after a new sign-in: the token ends while a machine sleeps. */
  async signedIn<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== "BAD_TOKEN") throw error;
    }
    await this.login();
    return work();
  }

  async #login(): Promise<void> {
    const { http, clock, net } = this.council;
    const { device } = this.me;
    const { nonce, time: at } = await http.post("auth/challenge", { device }, Challenged);
    clock.heard(at);
    await this.sync();
    this.requireOwnLeaves();
    const time = Math.floor(at / 1000);
    const { origin } = this.council.root();
    const sig = await signRequest(authMessage({ net, origin, nonce, time, device }), this.dk);
    const answer = await http.postOnce("auth", { device, nonce, time, sig }, SignedIn);
    http.token = answer.token;
    this.expires = answer.expires;
  }

  /** Brings the identity log up to date and pins it; tells whether it grew. */
  async sync(): Promise<boolean> {
    const grew = await this.#grown();
    if (grew) {
      const { log, clock } = this.council;
      const id = log.pin(clock.now());
      await this.vault.update((contents) => ({ ...contents, id }));
      await this.#remember(new TextDecoder().decode(log.checkpoint));
    }
    return grew;
  }

  async #grown(): Promise<boolean> {
    try {
      return await this.council.sync();
    } catch (error) {
      if (error instanceof Refused && CONTRADICTIONS.has(error.code))
        await this.#forked(error.code);
      throw error;
    }
  }

  /** Keeps what was signed itself beside its pin; a full disk makes a later proof weaker, no more. */
  async #remember(checkpoint: string): Promise<void> {
    const { drafts } = this.vault;
    const now = this.council.clock.now();
    const roots = (await this.roots()).map(blobOf).join("\n");
    await drafts.put(CHECKPOINT, checkpoint, now).catch(() => undefined);
    await drafts.put(ROOTS, roots, now).catch(() => undefined);
  }

  /** The council's signed roots, oldest first; those kept before where the log is not opened. */
  async roots(): Promise<readonly Uint8Array[]> {
    const { directory, statements } = this.council.log;
    const held = directory.roots.flatMap(({ index }) => statements[index] ?? []);
    if (held.length > 0) return held;
    const kept = await this.vault.drafts.get(ROOTS);
    return kept === null ? [] : kept.text.split("\n").map((line) => bytesOfBlob(line as Blob));
  }

  /** The log came in another form than before: both signed checkpoints are kept. */
  async #forked(code: Code): Promise<void> {
    this.contradicted = code;
    const { log, said } = this.council;
    const kept = log.size > 0 ? null : await this.vault.drafts.get(CHECKPOINT);
    const held = kept === null ? log.checkpoint : utf8(kept.text);
    await this.accuse({ code, first: blobOf(held), second: blobOf(said) });
  }

  /** Keeps a contradiction, once. */
  async accuse(proof: Evidence): Promise<void> {
    const isSame = ({ first, second }: Evidence) =>
      first === proof.first && second === proof.second;
    if (this.evidence.some(isSame)) return;
    await this.vault.update((contents) => ({
      ...contents,
      evidence: [...contents.evidence, proof],
    }));
  }

  // --- signed requests ---------------------------------------------------------------------------

  /** Draws the nonce of a signed request. */
  requestNonce(): Nonce {
    return this.council.nonce();
  }

  /** Asks for full rows or bundles, in my name. */
  async readRequest(caseId: CaseId, purpose: string, ids: readonly Hash[]): Promise<Read> {
    const { nonce, ...common } = this.#common();
    const message = readMessage({ ...common, nonce, caseId, purpose, ids: ids.map(bytesOf) });
    const sig = await signRequest(message, this.dk);
    return { case: caseId, purpose, ids, nonce: asBlob(nonce), time: common.time, sig };
  }

  /** Asks to join a room's live feed from a row on. */
  async subRequest(
    caseId: CaseId,
    { sit, start }: { readonly sit: SitId | null; readonly start: number },
  ): Promise<Sub> {
    const { nonce, ...common } = this.#common();
    const message = subMessage({ ...common, nonce, caseId, sit, start });
    const sig = await signRequest(message, this.dk);
    return { case: caseId, sit, start, nonce: asBlob(nonce), time: common.time, sig };
  }

  #common() {
    const { net, clock } = this.council;
    return {
      net,
      origin: this.council.root().origin,
      nonce: this.requestNonce(),
      time: clock.seconds(),
      device: this.me.device,
    };
  }

  /** Reads full rows or bundles by ticket; a lost answer is asked for anew. */
  async read(caseId: CaseId, purpose: string, ids: readonly Hash[]): Promise<Served> {
    const path = `cases/${caseId}/read`;
    const { http } = this.council;
    try {
      return await http.postOnce(path, await this.readRequest(caseId, purpose, ids), Served);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
    }
    return http.postOnce(path, await this.readRequest(caseId, purpose, ids), Served);
  }

  /** Sealing keys by the hash that certificates name; fetched once. */
  async eks(hashes: ReadonlySet<Digest>): Promise<ReadonlyMap<Digest, Uint8Array>> {
    const missing = new Set([...hashes].filter((hash) => !this.#eks.has(hash)));
    if (missing.size > 0) {
      for (const [hash, ek] of await this.council.sealingKeys(missing)) this.#eks.set(hash, ek);
    }
    return new Map([...this.#eks].filter(([hash]) => hashes.has(hash)));
  }

  // --- freshness ---------------------------------------------------------------------------------

  /** Takes a receipt's or head's time as proof that my log is fresh, if I hold its size. */
  heard(iat: number, idn: number): void {
    if (idn <= this.council.log.size) this.fresh = Math.max(this.fresh, iat);
  }

  /**
   * Age in ms of the newest such proof (protocol, section 5.13; v1 has no witnesses).
   *
   * The newest leaf under a checkpoint I verified proves as much: its time is the server's signed
   * word too, and a beat comes every hour.
   */
  logAge(): number {
    const { directory, size } = this.council.log;
    return this.council.clock.now() - Math.max(this.fresh, directory.time(size));
  }

  // --- receipts ----------------------------------------------------------------------------------

  /** Remembers a receipt (DSSE bytes) until its leaves are found. */
  async keepReceipt(raw: Uint8Array): Promise<void> {
    const one = { at: this.council.clock.now(), rcpt: blobOf(raw) };
    await this.vault.update((contents) => ({
      ...contents,
      receipts: [...contents.receipts, one],
    }));
  }

  /** Looks for the leaves of all receipts in both logs; NOT_LOGGED once one is overdue. */
  async redeem(): Promise<void> {
    const waiting = this.vault.contents.receipts;
    if (waiting.length === 0) return;
    await this.sync();
    const { log, net, clock } = this.council;
    await this.ops.sync(this.council.root(), clock.now());
    const left = await redeem(waiting, { log, ops: this.ops, net });
    const done = new Set(waiting.filter((one) => !left.includes(one)));
    await this.vault.update((contents) => ({ ...redeemed(contents, done), ops: this.ops.pin }));
    if (isOverdue(left, clock.now())) throw new Refused("NOT_LOGGED");
  }
}

function redeemed(contents: Contents, done: ReadonlySet<Unredeemed>): Contents {
  return { ...contents, receipts: contents.receipts.filter((one) => !done.has(one)) };
}

function asBlob(nonce: Nonce): Blob {
  return blobOf(bytesOf(nonce));
}
