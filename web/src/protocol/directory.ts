/**
 * What the identity log says, indexed, and `trust()`: whose a key was at a log size.
 *
 * `replica.ts` fills it leaf by leaf; every question names the log size `n` it is asked at.
 * Validity is judged at a point of the log, so that it is the same for everybody, now and in
 * ten years (protocol, sections 5.2a, 5.3, 5.22).
 */
import { Refused } from "../crypto/errors";
import type { Code } from "../crypto/errors";
import { requirePoint } from "../crypto/signing";
import { Chain, mayCertify } from "./certificates";
import type { AnyChain, Cert } from "./certificates";
import type { Agency, Device, Invite, Pledge, Release, Root, Withdraw, Worker } from "./generated";
import { bytesOf } from "./ids";
import type { Aid, Brand, CaseId, Did, InvId, Key, NetId, Sid, Wid } from "./ids";
import { match } from "./statement";
import type { Signature, Statement } from "./statement";
import { DAY } from "./times";
import type { Cap } from "./generated";

/** What a device key may sign; `env`, `auth`, `read`, `sub` are no statements. */
export const DK_TYPES: ReadonlySet<string> = new Set([
  ...["join", "device", "link", "pledge", "basis", "withdraw", "handover", "roster", "sect"],
  ...["grant", "seat", "meet", "ack", "env", "auth", "read", "sub"],
]);

/** A certificate older than this, in ms by the log's clock, is sealed to no more. */
export const RECIPIENT_LIFE = 120 * DAY;

/** A person is the pair of id and identity key, never one alone; equal pairs are `===`. */
export type Person = Brand<string, "Person">;

/** Write the pair of anything that names both. */
export function asPerson(named: { readonly wid: Wid; readonly ik: Key }): Person {
  return `${named.wid} ${named.ik}` as Person;
}

/** Read the worker id of a pair. */
export function widOf(person: Person): Wid {
  return person.slice(0, 32) as Wid;
}

/** Read the identity key of a pair. */
export function ikOf(person: Person): Key {
  return person.slice(33) as Key;
}

/** Whose device signed: person, device and certificate, with what the worker may be. */
export interface Signer {
  readonly wid: Wid;
  readonly ik: Key;
  readonly person: Person;
  readonly did: Did;
  readonly dk: Key;
  readonly device: Sid;
  readonly aid: Aid;
  readonly caps: ReadonlySet<Cap>;
}

/** A basis, withdrawal or handover that stands in the identity log. */
export interface LogStatement {
  readonly index: number;
  readonly statement: Statement;
  readonly signatures: readonly Signature[];
  readonly signers: readonly Signer[];
}

interface Life {
  readonly nbf: number;
  readonly exp: number;
}

/** Chains of certificates by id and key, pledges, and the log's clock. */
export class Directory {
  net: NetId | null = null;
  /** Greatest `t` up to and with each leaf, in ms. */
  readonly times: number[] = [];
  readonly roots: Cert<Root>[] = [];
  readonly agencies = new Map<Aid, Chain<Agency>>();
  readonly workers = new Map<Wid, Chain<Worker>>();
  readonly devices = new Map<Did, Chain<Device>>();
  readonly invites = new Map<InvId, Chain<Invite>>();
  /** Pledges of agencies for themselves, and of people by (agency, person). */
  readonly agencyPledges = new Map<Aid, Cert<Pledge>[]>();
  readonly pledges = new Map<`${Aid} ${Wid}`, Cert<Pledge>[]>();
  readonly releases: Cert<Release>[] = [];
  readonly logged = new Map<Sid, LogStatement>();
  /** A basis version and the one that ended it. */
  readonly succeeded = new Map<Sid, Sid>();
  readonly withdrawals = new Map<CaseId, Map<Sid, Withdraw>>();
  readonly used = new Set<InvId>();
  /** Every statement seen, void ones too, at its first leaf. */
  readonly statements = new Map<Sid, number>();
  readonly flaws = new Map<number, Code>();
  readonly flawedKeys = new Map<Key, { readonly index: number; readonly code: Code }>();
  readonly byIk = new Map<Key, Wid>();
  readonly byDk = new Map<Key, Did>();
  readonly owned = new Map<Wid, Did[]>();
  readonly hints = new Map<string, Key[]>();
  readonly chains = new Map<Sid, AnyChain>();
  /** Leaf index of the first revocation of a person's keys as compromised. */
  readonly compromised = new Map<Wid, number>();
  /** Chains that a revocation I have seen ends, logged or not. */
  readonly seenEnded = new Set<AnyChain>();
  #trusted = new Map<Key, Signer>();
  #trustedAt = 0;

  // --- the log's own facts ---------------------------------------------------------------

  /** Number of leaves taken in. */
  get size(): number {
    return this.times.length;
  }

  /** Greatest `t` of the leaves below `n`, in ms; 0 before the first. */
  time(n: number): number {
    return this.times[n - 1] ?? 0;
  }

  /** Newest root below `n`; UNTRUSTED without one. */
  root(n: number): Root {
    const cert = this.roots.findLast((one) => one.index < n);
    if (cert === undefined) throw new Refused("UNTRUSTED");
    return cert.body;
  }

  // --- agencies --------------------------------------------------------------------------

  /** Newest version of an agency below `n`; UNTRUSTED for an unknown one. */
  agency(aid: Aid, n: number): Agency {
    const cert = this.agencies.get(aid)?.newest(n);
    if (cert === undefined) throw new Refused("UNTRUSTED");
    return cert.body;
  }

  /** Newest version, provided that some version is in force: UNTRUSTED, EXPIRED, REVOKED. */
  requireAgency(aid: Aid, n: number): Agency {
    const newest = this.agency(aid, n);
    const chain = this.agencies.get(aid);
    if (chain === undefined || !this.#anyRuns(chain.below(n), n)) throw new Refused("EXPIRED");
    if (chain.ended(n)) throw new Refused("REVOKED");
    return newest;
  }

  /** Agencies that may host a room. */
  hosts(n: number): ReadonlySet<Aid> {
    return new Set([...this.agencies.keys()].filter((aid) => this.#isHost(aid, n)));
  }

  #isHost(aid: Aid, n: number): boolean {
    return this.agencies.get(aid)?.newest(n)?.body.caps.includes("host") ?? false;
  }

  #anyRuns(bodies: readonly Life[], n: number): boolean {
    const now = this.time(n);
    return bodies.some((body) => body.nbf <= now && now < body.exp);
  }

  // --- workers and devices ---------------------------------------------------------------

  /**
   * The newest certificate of (wid, ik) in force at `n`.
   *
   * Refused in the order of `trust`: UNTRUSTED, EXPIRED, REVOKED.
   */
  requireWorker(wid: Wid, ik: Key, n: number): Cert<Worker> {
    const found = this.#workerOr(wid, ik, n);
    if (typeof found === "string") throw new Refused(found);
    return found;
  }

  /** As `requireWorker`, with the code as the answer: it is asked of many at once. */
  #workerOr(wid: Wid, ik: Key, n: number): Cert<Worker> | Code {
    const chain = this.workers.get(wid);
    const cert = chain?.newest(n);
    if (chain === undefined || cert?.body.ik !== ik) return "UNTRUSTED";
    return this.#pathFlaw(chain, cert.body, [], n) ?? cert;
  }

  /** Lines 4 to 6 of `trust`: capabilities, times, revocations from the agency down. */
  #pathFlaw(
    owner: Chain<Worker>,
    worker: Worker,
    below: readonly (readonly [Chain<Device>, Device])[],
    n: number,
  ): Code | null {
    const agency = this.agencies.get(worker.aid);
    const newest = agency?.newest(n);
    if (agency === undefined || newest === undefined) return "UNTRUSTED";
    if (!mayCertify(newest.body.caps, worker.caps)) return "UNTRUSTED";
    const lives = [[worker], agency.below(n), ...below.map(([, body]) => [body])];
    if (!lives.every((bodies) => this.#anyRuns(bodies, n))) return "EXPIRED";
    const path = [owner, agency, ...below.map(([chain]) => chain)];
    return path.some((link) => link.ended(n)) ? "REVOKED" : null;
  }

  /** The person now behind a worker id, or undefined. */
  workerInForce(wid: Wid, n: number): Worker | undefined {
    const worker = this.workers.get(wid)?.newest(n)?.body;
    return worker !== undefined && this.isLive(asPerson(worker), n) ? worker : undefined;
  }

  /** Tell whether (wid, ik) is in force at `n`. */
  isLive(person: Person, n: number): boolean {
    return typeof this.#workerOr(widOf(person), ikOf(person), n) !== "string";
  }

  /** Newest certificates of the person's devices in force at `n`. */
  devicesOf(person: Person, n: number): readonly Cert<Device>[] {
    const dids = this.owned.get(widOf(person)) ?? [];
    return dids.flatMap((did) => this.#deviceInForce(did, ikOf(person), n) ?? []);
  }

  /** Tell whether one device of the person is in force at `n`. */
  isDeviceLive(person: Person, did: Did, n: number): boolean {
    const own = this.owned.get(widOf(person))?.includes(did) ?? false;
    return own && this.#deviceInForce(did, ikOf(person), n) !== undefined;
  }

  #deviceInForce(did: Did, ik: Key, n: number): Cert<Device> | undefined {
    const chain = this.devices.get(did);
    const cert = chain?.newest(n);
    if (chain === undefined || cert?.body.ik !== ik || chain.ended(n)) return undefined;
    return this.#anyRuns([cert.body], n) ? cert : undefined;
  }

  /** Devices in force whose certificate is younger than 120 days at `n`. */
  recipientsOf(person: Person, n: number): readonly Cert<Device>[] {
    const now = this.time(n);
    const isYoung = (cert: Cert<Device>) => now - this.time(cert.index + 1) < RECIPIENT_LIFE;
    return this.devicesOf(person, n).filter(isYoung);
  }

  // --- pledges ---------------------------------------------------------------------------

  /** The council's current text: the newest version a host agency pledged. */
  currentPledge(n: number): Pledge | undefined {
    let current: Pledge | undefined;
    for (const [aid, certs] of this.agencyPledges) {
      if (!this.#isHost(aid, n)) continue;
      for (const { index, body } of certs) {
        if (index < n && body.ver > (current?.ver ?? 0)) current = body;
      }
    }
    return current;
  }

  /** Demand a pledge to the current text: PLEDGE_MISSING or PLEDGE_EXPIRED. */
  requirePledge(aid: Aid, wid: Wid | null, n: number): void {
    const code = this.#pledgeFlaw(aid, wid, n);
    if (code !== null) throw new Refused(code);
  }

  #pledgeFlaw(aid: Aid, wid: Wid | null, n: number): Code | null {
    const all = wid === null ? this.agencyPledges.get(aid) : this.pledges.get(`${aid} ${wid}`);
    const bodies = (all ?? []).filter((cert) => cert.index < n).map((cert) => cert.body);
    const current = this.currentPledge(n);
    if (bodies.length === 0 || current === undefined) return "PLEDGE_MISSING";
    const now = this.time(n);
    const holds = (body: Pledge) =>
      body.text === current.text && body.ver === current.ver && now < body.until;
    return bodies.some(holds) ? null : "PLEDGE_EXPIRED";
  }

  /** Tell whether the person's and her agency's pledges are both in force. */
  hasPledges(aid: Aid, wid: Wid, n: number): boolean {
    return this.#pledgeFlaw(aid, wid, n) === null && this.#pledgeFlaw(aid, null, n) === null;
  }

  // --- trust -----------------------------------------------------------------------------

  /**
   * Whose device key `pk` was at log size `n`, and whether it may sign `typ`.
   *
   * The first failing line decides, in the order of section 5.22: path (UNTRUSTED, or
   * NOT_LOGGED when the certificate stands at or beyond `n`), signatures of the certificates,
   * caps, time, revocation, type.
   */
  trust(pk: Key, typ: string, n: number): Signer {
    const signer = this.#remembered(pk, n);
    if (!DK_TYPES.has(typ)) throw new Refused("UNTYPED_KEY");
    return signer;
  }

  /** What the leaves below `n` say is the same for ever, so one size is kept at hand. */
  #remembered(pk: Key, n: number): Signer {
    if (n !== this.#trustedAt) {
      this.#trusted = new Map();
      this.#trustedAt = n;
    }
    const known = this.#trusted.get(pk);
    if (known !== undefined) return known;
    const signer = this.#ownerOf(pk, n);
    this.#trusted.set(pk, signer);
    return signer;
  }

  /** All lines of `trust` but the last. */
  #ownerOf(pk: Key, n: number): Signer {
    this.root(n);
    const [chain, device] = this.#device(pk, n);
    const owner = this.workers.get(device.body.wid);
    const worker = owner?.newest(n)?.body;
    if (owner === undefined || worker?.ik !== device.body.ik) throw new Refused("UNTRUSTED");
    const flaw = this.#pathFlaw(owner, worker, [[chain, device.body]], n);
    if (flaw !== null) throw new Refused(flaw);
    const { wid, ik, aid } = worker;
    const { did, dk } = device.body;
    const caps = new Set(worker.caps);
    return { wid, ik, person: asPerson(worker), did, dk, device: device.sid, aid, caps };
  }

  #device(pk: Key, n: number): [Chain<Device>, Cert<Device>] {
    const did = this.byDk.get(pk);
    const chain = did === undefined ? undefined : this.devices.get(did);
    if (chain === undefined) {
      requirePoint(bytesOf(pk));
      throw new Refused(this.#whyUnknown(pk, n));
    }
    const cert = chain.newest(n);
    if (cert === undefined) throw new Refused("NOT_LOGGED");
    return [chain, cert];
  }

  /** Judge by what stands below `n` alone: an identity key, a void certificate, nothing. */
  #whyUnknown(pk: Key, n: number): Code {
    const owner = this.byIk.get(pk);
    if (owner !== undefined && this.workers.get(owner)?.newest(n)) return "UNTYPED_KEY";
    const flaw = this.flawedKeys.get(pk);
    return flaw !== undefined && flaw.index < n ? flaw.code : "UNTRUSTED";
  }

  /** Tell whether a revocation that I have seen, logged or not, ends this signer's device. */
  isSeenEnded(signer: Signer): boolean {
    return this.isDeviceSeenEnded(signer.did);
  }

  /** Ask the same of a device: its own end, its owner's or her agency's. */
  isDeviceSeenEnded(did: Did): boolean {
    if (this.seenEnded.size === 0) return false;
    const device = this.devices.get(did);
    const worker = device && this.workers.get(device.first.body.wid);
    const agency = worker && this.agencies.get(worker.first.body.aid);
    return [device, worker, agency].some((link) => link && this.seenEnded.has(link));
  }

  /**
   * Signatures of a statement that names no signer, under any device's key, ascending by key.
   *
   * Hinted keys are tried first and every other one after them: a hint is not signed, and were
   * it to exclude keys, a server could make two readers of one row disagree by handing out
   * different hints.
   */
  matchDevices(statement: Statement): readonly Signature[] {
    const hinted = statement.signatures.flatMap(({ keyid }) => this.hints.get(keyid) ?? []);
    const found = match(statement, hinted);
    return found.length === statement.signatures.length
      ? found
      : match(statement, this.byDk.keys());
  }
}
