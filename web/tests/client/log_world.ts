/** A small council of made-up keys whose identity log a server of this test serves. */

import { leafHash, root } from "../../src/audit/merkle";
import { Verifier } from "../../src/audit/note";
import { b64, concat, fromHex } from "../../src/crypto/bytes";
import { sha256 } from "../../src/crypto/hashing";
import { SigningKey } from "../../src/crypto/signing";
import type { LogPage, Payload, Root } from "../../src/protocol/generated";
import { blobOf, hashOf, idOf } from "../../src/protocol/ids";
import type { Aid, CaseId, Id, Key, NetId, Nonce, Sid } from "../../src/protocol/ids";
import { beat, leafFor } from "../../src/protocol/leaf";
import type { Leaf } from "../../src/protocol/leaf";
import { compose, sign, signatureHash, toDsse } from "../../src/protocol/statement";
import type { Statement } from "../../src/protocol/statement";
import { DAY, MINUTE } from "../../src/protocol/times";

const ENCODER = new TextEncoder();
const LOG = "example.jp/id";

/** When the log begins, in ms. */
export const START = Date.UTC(2026, 3, 1);

/** The key pair that belongs to a name. */
export function keyOf(name: string): SigningKey {
  return SigningKey.fromSeed(sha256(ENCODER.encode(`seed of ${name}`)));
}

/** The public key that belongs to a name. */
export function publicOf(name: string): Key {
  return hashOf(keyOf(name).public);
}

/** Sixteen bytes that belong to a name. */
export function idFor(name: string): Id {
  return idOf(sha256(ENCODER.encode(name)).slice(0, 16));
}

/** What a test may change of a page before it is answered. */
export type Tamper = (page: LogPage) => LogPage;

/** The log, and the server that serves it in pages. */
export class LogWorld {
  readonly leaves: Uint8Array[] = [];
  readonly statements: (Uint8Array | null)[] = [];
  /** Leaves whose statement is withheld. */
  readonly withheld = new Set<number>();
  readonly asked: string[] = [];
  net: NetId | null = null;
  pageSize = 512;
  signer = "log";
  tamper: Tamper = (page) => page;
  #count = 0;

  /** Begin with root 0. */
  constructor() {
    const root0 = compose(this.rootBody());
    this.net = root0.sid as string as NetId;
    this.#add(root0, ["root"]);
  }

  /** The time of the next leaf: one minute after the last. */
  get t(): number {
    return START + this.leaves.length * MINUTE;
  }

  nonce(): Nonce {
    this.#count += 1;
    return idFor(`nonce ${this.#count}`) as Nonce;
  }

  rootBody(): Root {
    const vkey = new Verifier(LOG, keyOf("log").public).vkey;
    return {
      ...{ v: 1, typ: "root", nce: this.nonce(), iat: START, n: 0, prev: null, name: "市" },
      ...{ keys: [publicOf("root")], t: 1, sec: { keys: [publicOf("sec")], t: 1 }, rel: null },
      ...{ origin: "https://entaku.example.jp", srv: [publicOf("srv")] },
      logs: { id: { origin: LOG, vkeys: [vkey] }, ops: { origin: LOG, vkeys: [vkey] } },
      ...{ wit: [], wt: 0, req: 1, exp: START + 999 * DAY },
    };
  }

  /** What every later statement carries. */
  base(): { v: 1; net: NetId; nce: Nonce; iat: number } {
    if (this.net === null) throw new Error("the log begins with its root");
    return { v: 1, net: this.net, nce: this.nonce(), iat: this.t };
  }

  /** Log a statement signed by named keys. */
  log(body: Payload, ...signers: readonly string[]): Sid {
    return this.#add(compose(body), signers);
  }

  #add(statement: Statement, signers: readonly string[]): Sid {
    const signatures = signers.map((name) => sign(statement, keyOf(name)));
    const { sid, body } = statement;
    this.put(leafFor(body, { sid, sg: signatureHash(signatures), t: this.t }));
    this.statements[this.leaves.length - 1] = toDsse(statement, signatures);
    return sid;
  }

  /** Put a leaf without a statement. */
  put(leaf: Leaf): void {
    this.leaves.push(leaf.encode());
    this.statements.push(null);
  }

  beats(count: number): void {
    for (let at = 0; at < count; at += 1) this.put(beat(this.t));
  }

  agency(name: string): Sid {
    const life = { nbf: START - DAY, exp: START + 999 * DAY };
    return this.log(
      {
        ...this.base(),
        ...{ typ: "agency", aid: idFor(name) as Aid, name, kind: "city", form: "public" },
        ...{ keys: [publicOf(name)], t: 1, caps: ["host", "member"], ...life, prev: null },
      },
      "root",
    );
  }

  /** A withdrawal of a case that nobody's device signed: void, but of that case. */
  withdrawal(caseId: CaseId): Sid {
    const basis = hashOf<Sid>(sha256(ENCODER.encode("basis")));
    const what = { typ: "withdraw", case: caseId, basis, ag: null, cats: null } as const;
    return this.log({ ...this.base(), ...what }, "stranger");
  }

  /** The signed checkpoint over all leaves. */
  checkpoint(): string {
    const text = `${LOG}\n${this.leaves.length}\n${b64(root(this.leaves.map(leafHash)))}\n`;
    const { keyId } = new Verifier(LOG, keyOf("log").public);
    const signature = keyOf(this.signer).sign(ENCODER.encode(text));
    return `${text}\n— ${LOG} ${b64(concat(fromHex(keyId), signature))}\n`;
  }

  /** Answer as the server does; only `log/id` is asked for. */
  get = <T>(path: string, _kind: unknown, asking: unknown): Promise<T> => {
    const { query } = asking as { query: { start: string; limit: string } };
    this.asked.push(`${path} ${query.start}`);
    const start = Number(query.start);
    const end = start + Math.min(Number(query.limit), this.pageSize);
    const statements = this.statements.slice(start, end).map((raw, at) => {
      return raw === null || this.withheld.has(start + at) ? null : blobOf(raw);
    });
    const leaves = this.leaves.slice(start, end).map(blobOf);
    const page = { start, leaves, statements, checkpoint: this.checkpoint() };
    return Promise.resolve(this.tamper(page) as T);
  };
}
