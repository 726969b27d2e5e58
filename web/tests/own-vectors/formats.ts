/**
 * Bytes that this program makes, for the others to judge: `vectors/ts-*.json`.
 *
 * `vitest run tests/own-vectors` compares; with ENTAKU_WRITE=1 in the environment it writes.
 */

import { concat, hex, utf8 } from "../../src/crypto/bytes";
import { sha256, u32 } from "../../src/crypto/hashing";
import { SealingKey } from "../../src/crypto/sealing";
import * as bundle from "../../src/protocol/bundle";
import { encode } from "../../src/protocol/codec";
import { seal } from "../../src/protocol/envelope";
import { NoteText } from "../../src/protocol/generated";
import * as grants from "../../src/protocol/grants";
import { write } from "../../src/protocol/headers";
import type { CaseId, DocId, NetId, Sid } from "../../src/protocol/ids";
import { bytesOf } from "../../src/protocol/ids";
import { grouped, Secret } from "../../src/protocol/invitation";
import { bodyKey, epochCommitment } from "../../src/protocol/keys";
import { beat, leafFor } from "../../src/protocol/leaf";
import { compose, sign, signatureHash, toDsse } from "../../src/protocol/statement";
import type { Case, Value } from "../vectors/cases";
import { run } from "../vectors/cases";
import { JUDGES } from "../vectors/judges";
import { bytes, envelopeHeaders, hash, id, payloads, signing } from "./bodies";
import { evidence } from "./evidence";

const NET = hash<NetId>(1);
const CASE = id<CaseId>(30);
const DOC = id<DocId>(45);

interface Asked {
  readonly id: string;
  readonly op: string;
  readonly in: Readonly<Record<string, Value>>;
}

/** What this program says of each case is what the others must say. */
function file(about: string, asked: readonly Asked[]): string {
  const lines = asked.map((one) => {
    const said = run({ ...one, expect: "accept" }, JUDGES) as Pick<Case, "out" | "code">;
    return JSON.stringify({ ...one, expect: said.code ? "reject" : "accept", ...said });
  });
  return `{"about": ${JSON.stringify(about)},\n"cases": [\n${lines.join(",\n")}\n]}\n`;
}

/** The same bytes with one bit changed, counted from the end where `at` is negative. */
function flipped(data: Uint8Array, at: number): Uint8Array {
  const changed = data.slice();
  const place = at < 0 ? data.length + at : at;
  changed[place] = (changed[place] ?? 0) ^ 1;
  return changed;
}

/** Bytes that look random and are the same every time. */
function stream(name: string): (size: number) => Uint8Array {
  let count = 0;
  return (size) => {
    const blocks = Array.from({ length: Math.ceil(size / 32) }, () =>
      sha256(concat(utf8(name), u32(count++))),
    );
    return concat(...blocks).slice(0, size);
  };
}

// --- the files ------------------------------------------------------------------------------------

function statements(): string {
  const signers = [signing(60), signing(61), signing(62)];
  const asked = payloads().flatMap((body, at): Asked[] => {
    const made = compose(body);
    const signatures = signers.slice(0, 1 + (at % 3)).map((key) => sign(made, key));
    const dsse = toDsse(made, signatures.toReversed());
    const name = `${String(at + 1)} ${body.typ}`;
    return [
      { id: name, op: "dsse", in: { data: hex(dsse) } },
      { id: `${name}, a bit changed`, op: "dsse", in: { data: hex(flipped(dsse, 60 + at)) } },
    ];
  });
  const made = compose(payloads()[0] ?? never());
  const signatures = signers.map((key) => sign(made, key));
  const keys = signatures.map(({ pk }) => pk);
  const dsse = new TextDecoder().decode(toDsse(made, signatures));
  asked.push({ id: "three signers", op: "match", in: { dsse, keys } });
  asked.push({
    id: "one of three is asked for",
    op: "match",
    in: { dsse, keys: keys.slice(1, 2) },
  });
  const commit = { sid: made.sid, sg: signatureHash(signatures), t: 1_795_222_800_123 };
  for (const leaf of [leafFor(made.body, commit), beat(commit.t)]) {
    asked.push({
      id: `leaf ${String(leaf.kind)}`,
      op: "leaf-bytes",
      in: { data: hex(leaf.encode()) },
    });
  }
  return file("Statements that the browser's program wrote and signed", asked);
}

function envelopes(): string {
  const key = bodyKey(bytes(63), { caseId: CASE, doc: DOC, g: 1 });
  const [signer, entropy] = [signing(64), stream("nonce")];
  const asked = envelopeHeaders().flatMap((header, at): Asked[] => {
    const name = `${String(at + 1)} ${header.k === "op" ? header.op : header.k}`;
    const plaintext = encode({ text: "相談の経過 ".repeat(at * at), fact: at % 2 === 0 }, NoteText);
    const sealing = { key, header: write(header), plaintext, nonce: entropy(24), signer };
    const constant = at === 3 ? 1024 : null;
    const wire = seal({ ...sealing, constant });
    const fields = { key: hex(key), public: hex(signer.public), constant, wire: hex(wire) };
    const open = (what: string, changed: object): Asked => ({
      ...{ id: `${name}: ${what}`, op: "open-envelope" },
      in: { ...fields, ...changed },
    });
    return [
      { id: name, op: "header", in: { data: hex(write(header)) } },
      open("opened", {}),
      open("another key", { key: hex(bytes(65)) }),
      open("a bit changed", { wire: hex(flipped(wire, 40 + 7 * at)) }),
    ];
  });
  return file("Headers and envelopes that the browser's program sealed", asked);
}

function seals(): string {
  const [mine, other] = [SealingKey.fromSeed(bytes(66)), SealingKey.fromSeed(bytes(67))];
  const [epochKey, entropy] = [bytes(68), stream("encapsulation")];
  const epoch: bundle.Epoch = { net: NET, caseId: CASE, n: 3, prev: hash(69) };
  const place = { epoch, entropy };
  const sids: readonly Sid[] = [hash(200), hash(90)];
  const entries = [mine, other].map((key, at) =>
    bundle.sealEpochKey(epochKey, { ...place, sid: sids[at] ?? never(), eg: at, ek: key.public }),
  );
  const data = bundle.encode({ caseId: CASE, n: 3, entries });
  const fields = {
    ...{ net: hex(bytesOf(NET)), case: CASE, n: 3, prev: hex(bytes(69)), data: hex(data) },
    ...{ kc: hex(bytesOf(epochCommitment(epochKey, epoch))), held: [hex(bytes(70))] },
  };
  const open = (name: string, changed: object): Asked => ({
    ...{ id: `bundle: ${name}`, op: "open-bundle" },
    in: { ...fields, index: 1, seed: hex(bytes(66)), ...changed },
  });
  return file("Bundles and grants that the browser's program sealed", [
    { id: "bundle", op: "parse-bundle", in: { data: hex(data) } },
    open("mine", {}),
    open("the other's", { index: 0, seed: hex(bytes(67)) }),
    open("the other's with my key", { index: 0 }),
    open("held already", { held: [hex(epochKey)] }),
    open("another roster", { prev: null }),
    open("a bit changed", { data: hex(flipped(data, -1)) }),
    ...granted(mine, entropy),
  ]);
}

function granted(key: SealingKey, entropy: (size: number) => Uint8Array): Asked[] {
  const ids = grants.docsHash([
    [DOC, 1],
    [DOC, 2],
  ]);
  const devices = { by: hash<Sid>(71), to: hash<Sid>(72) };
  const passing = { net: NET, caseId: CASE, n: 3, ...devices, eg: 0, what: "docs", ids } as const;
  const ct = grants.sealKeys([bytes(73), bytes(74)], { passing, ek: key.public, entropy });
  const fields = {
    ...{ net: hex(bytesOf(NET)), case: CASE, n: 3, by: hex(bytes(71)), to: hex(bytes(72)) },
    ...{ eg: 0, what: "docs", ids: hex(bytesOf(ids)), seed: hex(bytes(66)), ct: hex(ct), count: 2 },
  };
  const open = (name: string, changed: object): Asked => ({
    ...{ id: `grant: ${name}`, op: "open-grant" },
    in: { ...fields, ...changed },
  });
  return [
    open("opened", {}),
    open("one key too few", { count: 1 }),
    open("as a grant of epochs", { what: "epoch" }),
    open("a bit changed", { ct: hex(flipped(ct, 1119)) }),
  ];
}

function invitations(): string {
  const [secret, tbs] = [new Secret(bytes(75, 16)), utf8("join")];
  const link = secret.link({ origin: "https://entaku.example.jp", net: NET });
  const person = { wid: id(5) as string, ik: hex(bytes(13)), tbs: hex(tbs) };
  return file("Invitations that the browser's program made", [
    {
      ...{ id: "all of one secret", op: "invitation" },
      in: {
        ...{ secret: hex(bytes(75, 16)), net: hex(bytesOf(NET)), ...person },
        origin: "https://entaku.example.jp",
      },
    },
    { id: "its code", op: "read-code", in: { typed: grouped(secret.code()).toLowerCase() } },
    { id: "its link", op: "read-link", in: { link } },
    { id: "its link cut off", op: "read-link", in: { link: link.slice(0, -1) } },
  ]);
}

function never(): never {
  throw new RangeError();
}

/** Every file by its name. */
export const FILES: Readonly<Record<string, () => string>> = {
  "ts-05-dsse.json": statements,
  "ts-08-envelope.json": envelopes,
  "ts-09-invitation.json": invitations,
  "ts-11-seals.json": seals,
  "ts-15-evidence.json": evidence,
};
