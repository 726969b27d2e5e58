/**
 * Chains of certificates: what the identity log says of agencies, workers and devices.
 *
 * Each chain keeps its accepted versions with their leaf indexes; a question is always asked
 * at a log size `n` and looks at leaves below it (protocol, sections 5.3 and 5.22).
 */
import type { Agency, Device, Invite, Worker } from "./generated";
import type { Did, Sid } from "./ids";
import type { Signature } from "./statement";
import { DAY } from "./times";
import type { Cap } from "./generated";

/** Longest life of an agency's certificate, in ms. */
export const MAX_AGENCY_LIFE = 3 * 366 * DAY;

/** What an agency with a capability may certify its workers for; the same in both languages. */
export const CAPS: ReadonlyMap<Cap, readonly Cap[]> = new Map<Cap, readonly Cap[]>([
  ["host", ["member", "chair", "minutes"]],
  ["member", ["member", "minutes"]],
  ["records", ["records"]],
  ["privacy", ["privacy"]],
  ["audit", ["audit"]],
]);

/** Unite what an agency with these capabilities may certify. */
export function certifiable(caps: readonly Cap[]): ReadonlySet<Cap> {
  return new Set(caps.flatMap((cap) => CAPS.get(cap) ?? []));
}

/** Tell whether an agency with `agencyCaps` may certify all of `caps`. */
export function mayCertify(agencyCaps: readonly Cap[], caps: readonly Cap[]): boolean {
  const allowed = certifiable(agencyCaps);
  return caps.every((cap) => allowed.has(cap));
}

/** One accepted statement at its leaf index. */
export interface Cert<Body> {
  readonly index: number;
  readonly sid: Sid;
  readonly body: Body;
  readonly signatures: readonly Signature[];
}

/** Versions in log order; one revocation ends them all. A chain is never empty. */
export class Chain<Body> {
  readonly versions: [Cert<Body>, ...Cert<Body>[]];
  /** Devices: the sibling that vouched for the first version. */
  readonly linkedBy: Did | null;
  #revoked = Infinity; // leaf index of the revocation

  constructor(first: Cert<Body>, linkedBy: Did | null = null) {
    this.versions = [first];
    this.linkedBy = linkedBy;
  }

  /** The first version: ids and owners, which no renewal changes, are read here. */
  get first(): Cert<Body> {
    return this.versions[0];
  }

  /** Give the newest version with a leaf below `n`. */
  newest(n: number): Cert<Body> | undefined {
    return this.versions.findLast((cert) => cert.index < n);
  }

  /** Give every version with a leaf below `n`. */
  below(n: number): readonly Body[] {
    return this.versions.filter((cert) => cert.index < n).map((cert) => cert.body);
  }

  /** Tell whether a revocation stands below `n`. */
  ended(n: number): boolean {
    return this.#revoked < n;
  }

  /** Revoke; the first revocation stands. */
  end(index: number): void {
    this.#revoked = Math.min(this.#revoked, index);
  }
}

export type AnyChain = Chain<Agency> | Chain<Worker> | Chain<Device> | Chain<Invite>;
