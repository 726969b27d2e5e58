/** Evidence as the page saves it, of every kind there is, for the command line to judge. */

import { evidenceFiles } from "../../src/audit/evidence";
import { zip } from "../../src/audit/zip";
import { concat, hex, utf8 } from "../../src/crypto/bytes";
import { sha256 } from "../../src/crypto/hashing";
import type { SigningKey } from "../../src/crypto/signing";
import { b64 } from "../../src/protocol/codec";
import type { Head, Payload, Receipt, Root } from "../../src/protocol/generated";
import type { CaseId, Digest, Key, NetId, Nonce, RowHash, Sid } from "../../src/protocol/ids";
import { blobOf, hashOf } from "../../src/protocol/ids";
import { compose, sign, toDsse } from "../../src/protocol/statement";
import { parseInstant } from "../../src/protocol/times";
import { bytes, hash, id, payloads, signing } from "./bodies";

const NOW = parseInstant("2026-11-21T09:30:00Z");
const LOG = "entaku.example.jp/minase/id";
const BOARD = [signing(100), signing(101), signing(102)];
const [SERVER, NEWER, STRANGER, LOG_KEY] = [
  ...[signing(110), signing(111), signing(112), signing(113)],
] as [SigningKey, SigningKey, SigningKey, SigningKey];
const SEALED = Uint8Array.of(0x00, 0xff, ...bytes(200));

function keyOf(pair: SigningKey): Key {
  return hashOf(pair.public);
}

function dsse(body: Payload, ...keys: readonly SigningKey[]): Uint8Array {
  const made = compose(body);
  return toDsse(
    made,
    keys.map((key) => sign(made, key)),
  );
}

function vkeyId(): Uint8Array {
  return sha256(concat(utf8(`${LOG}\n`), Uint8Array.of(1), LOG_KEY.public)).slice(0, 4);
}

function rootBody(): Root {
  const vkey = `${LOG}+${hex(vkeyId())}+${b64(concat(Uint8Array.of(1), LOG_KEY.public))}`;
  const keys = BOARD.map(keyOf).toSorted();
  return {
    ...{ v: 1, typ: "root", nce: id(2), iat: NOW, n: 0, prev: null, name: "水瀬市 支援会議" },
    ...{ keys, t: 2, sec: { keys: keys.slice(0, 1), t: 1 }, rel: null },
    ...{ origin: "https://entaku.example.jp", srv: [keyOf(SERVER)] },
    logs: {
      id: { origin: LOG, vkeys: [vkey] },
      ops: { origin: "entaku.example.jp/minase/ops", vkeys: [] },
    },
    ...{ wit: [], wt: 0, req: 1, exp: parseInstant("2031-11-21T09:30:00Z") },
  };
}

const FIRST = rootBody();
const SIGNERS = BOARD.slice(0, 2);

function net(): NetId {
  return compose(FIRST).sid as string as NetId;
}

/** The council changed its server's key once. */
function roots(): Uint8Array[] {
  const sid: Sid = compose(FIRST).sid;
  const second: Root = { ...FIRST, net: net(), n: 1, prev: sid, srv: [keyOf(NEWER)] };
  return [dsse(FIRST, ...SIGNERS), dsse(second, ...SIGNERS)];
}

interface Said {
  readonly seq?: number;
  readonly fh?: number;
  readonly idn?: number;
  readonly room?: number;
  readonly key?: SigningKey;
  readonly council?: NetId;
}

function common({ seq = 12, fh = 1, idn = 44, room = 30, council = net() }: Said) {
  const iat = NOW + seq * 60_000;
  const place = { case: id<CaseId>(room), seq, fh: hash<RowHash>(fh), idn };
  return { v: 1, net: council, nce: id<Nonce>(3), iat, ...place } as const;
}

function head(said: Said): Uint8Array {
  const body: Head = { ...common(said), typ: "head" };
  return dsse(body, said.key ?? SERVER);
}

function receipt(said: Said): Uint8Array {
  const leaves = { id: [], ops: [] };
  const body: Receipt = { ...common(said), typ: "rcpt", ids: [hash<Digest>(9)], leaves, mmd: 60 };
  return dsse(body, said.key ?? SERVER);
}

function checkpoint(size: number, root: number, key = LOG_KEY): Uint8Array {
  const text = `${LOG}\n${String(size)}\n${b64(bytes(root))}\n`;
  const sig = key.sign(utf8(text));
  return utf8(`${text}\n— ${LOG} ${b64(concat(vkeyId(), sig))}\n`);
}

type Pair = readonly [why: string, first: Uint8Array, second: Uint8Array, code?: string];

function pairs(): readonly Pair[] {
  return [
    ["forked", head({}), head({ fh: 2 })],
    ["forked", receipt({}), head({ fh: 2, key: NEWER })],
    ["shrunk", head({}), receipt({ seq: 13, fh: 3, idn: 43 })],
    ["shrunk", head({ seq: 13, idn: 43 }), head({})],
    ["split", checkpoint(44, 1), checkpoint(44, 2)],
    ["agree", head({}), head({ idn: 45 })],
    ["agree", head({}), head({ seq: 13, fh: 2 })],
    ["agree", checkpoint(44, 1), checkpoint(44, 1)],
    ["sizes", checkpoint(44, 1), checkpoint(43, 2), "ROLLBACK"],
    ["elsewhere", head({}), head({ fh: 2, room: 31 })],
    ["elsewhere", head({}), checkpoint(44, 1)],
    ["signature", head({}), head({ fh: 2, key: STRANGER })],
    ["signature", checkpoint(44, 1), checkpoint(44, 2, STRANGER)],
    ["council", head({}), head({ fh: 2, council: hash<NetId>(1) })],
    ["member", head({}), dsse(payloads()[2] ?? FIRST, STRANGER)],
    ["unsigned", head({}), SEALED],
    ["unsigned", head({}), new Uint8Array()],
  ];
}

function line(id: string, zipped: Uint8Array, out: object): string {
  return JSON.stringify({ id, op: "evidence", in: { zip: hex(zipped) }, expect: "accept", out });
}

function archive(given: readonly Pair[], signed: readonly Uint8Array[]): Uint8Array {
  const kept = given.map(([, first, second, code = "EQUIVOCATION"]) => ({
    ...{ code, first: blobOf(first), second: blobOf(second) },
  }));
  return concat(...zip(evidenceFiles({ pairs: kept, roots: signed })));
}

/** The text of `vectors/ts-15-evidence.json`. */
export function evidence(): string {
  const [all, chain] = [pairs(), roots()];
  const unknown = all.slice(0, 2).map(() => "keys");
  const lines = [
    line("every kind", archive(all, chain), { net: net(), why: all.map(([why]) => why) }),
    line("no roots", archive(all.slice(0, 2), []), { net: null, why: unknown }),
    line("the second root first", archive(all.slice(0, 2), chain.slice(1)), {
      ...{ net: null, why: unknown },
    }),
    line("nothing", archive([], chain), { net: net(), why: [] }),
  ];
  const about = JSON.stringify("Evidence that the browser's program saved, and what it proves");
  return `{"about": ${about},\n"cases": [\n${lines.join(",\n")}\n]}\n`;
}
