/** One payload of each type and one header of each kind, as this program would write them. */

import { SealingKey } from "../../src/crypto/sealing";
import { SigningKey } from "../../src/crypto/signing";
import type {
  AnyHeader,
  ItemBasis,
  LogHead,
  Payload,
  PlannedItem,
  Root,
} from "../../src/protocol/generated";
import type {
  CaseId,
  DocId,
  Hash,
  Id,
  Key,
  NetId,
  Nonce,
  RowHash,
  Sid,
  Wid,
} from "../../src/protocol/ids";
import { blobOf, hashOf, idOf } from "../../src/protocol/ids";
import { parseInstant } from "../../src/protocol/times";

/** Bytes that count up from a number. */
export function bytes(first: number, size = 32): Uint8Array {
  return Uint8Array.from({ length: size }, (_, n) => first + n);
}

/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters --
   these ids stand for nobody; the place where one is used says its kind */
export function id<T extends Id>(first: number): T {
  return idOf(bytes(first, 16));
}

export function hash<T extends Hash>(first: number): T {
  return hashOf(bytes(first));
}
/* eslint-enable @typescript-eslint/no-unnecessary-type-parameters */

/** A key pair from a number. */
export function signing(first: number): SigningKey {
  return SigningKey.fromSeed(bytes(first));
}

const NOW = parseInstant("2026-11-21T09:30:00Z");
const LATER = parseInstant("2028-06-30T14:59:59Z");

function base<T extends string>(typ: T) {
  return { v: 1, typ, net: hash<NetId>(1), nce: id<Nonce>(2), iat: NOW } as const;
}

function identity(): Payload[] {
  const keys = [hash<Key>(10)];
  const log = (name: string) => ({ origin: `entaku.example.jp/suita/${name}`, vkeys: ["k+1+AA"] });
  const root: Omit<Root, "n" | "prev"> = {
    v: 1,
    typ: "root",
    nce: id(2),
    iat: NOW,
    name: "吹田市 支援会議",
    keys,
    t: 1,
    sec: { keys, t: 1 },
    rel: { keys, t: 1 },
    origin: "https://entaku.example.jp",
    srv: keys,
    logs: { id: log("id"), ops: log("ops") },
    wit: [],
    wt: 0,
    req: 1,
    exp: LATER,
  };
  const life = { nbf: NOW, exp: LATER } as const;
  const caps = ["chair", "member"] as const;
  return [
    { ...root, n: 0, prev: null },
    { ...root, net: hash(1), n: 1, prev: hash(1), rel: null },
    {
      ...base("agency"),
      ...{ aid: id(3), name: "市社会福祉協議会 𠮷", kind: "csw", form: "corporation", keys, t: 1 },
      ...{ caps: ["host"], ...life, prev: null },
    },
    { ...base("invite"), inv: id(4), aid: id(3), wid: null, caps, exp: LATER, am: hash(11) },
    {
      ...{ ...base("worker"), wid: id(5), aid: id(3), nh: hash(12), ik: hash(13), caps, gen: 0 },
      ...{ inv: id(4), ...life, prev: null },
    },
    {
      ...{ ...base("device"), did: id(6), wid: id(5), ik: hash(13), dk: hash(14), ekh: hash(15) },
      ...{ eg: 0, kem: 25722, sig: "ed25519", ...life, prev: null },
    },
    { ...base("revoke"), what: "device", id: hash(16), why: "lost", since: 2 ** 53 - 1 },
    { ...base("pledge"), aid: id(3), wid: id(5), text: hash(17), ver: 1, until: LATER },
    {
      ...{ ...base("join"), inv: id(4), wid: id(5), root: hash(1), ik: hash(13), dk: hash(14) },
      ...{ ek: blobOf(SealingKey.fromSeed(bytes(18)).public), caps },
    },
    { ...base("link"), lid: id(19), wid: id(5), dk: hash(14), ek: blobOf(bytes(20, 1216)) },
  ];
}

function rooms(): Payload[] {
  const lh: LogHead = { n: 9, r: hash(32) };
  const place = { case: id<CaseId>(30), fd: [7, hash<RowHash>(31)], lh } as const;
  const { fd } = place;
  const row = (wid: number) => ({ wid: id<Wid>(wid), ik: hash<Key>(wid), from: 0 }) as const;
  return [
    {
      ...{ ...base("basis"), case: id(30), prev: null, ver: 1, kind: "consent", law: "consent" },
      ...{ kinds: ["support"], sub: id(33), subc: hash(34), purp: ["plan"], prop: id(5) },
      ...{ scope: [{ ag: [id(3), id(4)], cats: ["c1", "c2"] }], apr: null, evc: hash(35) },
      ...{ from: NOW, until: LATER, rev: null },
    },
    { ...base("withdraw"), case: id(30), basis: hash(36), ag: [id(3)], cats: null },
    { ...base("handover"), case: null, to: { wid: id(5), ik: hash(13) }, from: NOW, until: LATER },
    {
      ...{ ...base("roster"), case: id(30), n: 0, prev: null, nonce: hash(37), chair: id(40) },
      from: { case: id(38), sid: hash(38), seq: 4, fh: hash(39) },
      mem: [
        { ...row(40), role: "member", until: null },
        { ...row(41), role: "minutes", until: null },
        { ...row(42), role: "guest", until: LATER },
      ],
      ...{
        act: [id(41)],
        basis: [hash(36)],
        pol: { rot: 30, wait: 48, hold: null, keep: "case-5y" },
      },
      ...{ kc: hash(43), bun: hash(44), lh, fd, void: [], why: "create" },
    },
    {
      ...{ ...base("sect"), case: id(30), fd, doc: id(45), g: 1, cls: "sec", item: null },
      ...{ sub: id(33), cats: ["c1"], aud: { ag: [id(3)], w: [id(5)] }, cy: 0, dc: hash(46) },
    },
    {
      ...{ ...base("sect"), case: id(30), fd, doc: id(45), g: 2, cls: "itm", item: id(47) },
      ...{ sub: null, cats: [], aud: null, cy: 1, dc: hash(46) },
    },
    {
      ...{ ...base("grant"), ...place, n: 3, by: hash(48), to: hash(49), eg: 0, what: "docs" },
      ...{
        ids: [
          [id(45), 1],
          [id(45), 2],
        ],
        ct: blobOf(bytes(50, 40)),
      },
    },
    {
      ...{ ...base("grant"), ...place, n: 3, by: hash(48), to: hash(49), eg: 0, what: "epoch" },
      ...{ ids: [[0], [3]], ct: blobOf(bytes(50, 40)) },
    },
    { ...base("seat"), case: id(30), sit: id(51), wid: id(5), ans: "accept", to: null, why: null },
    {
      ...base("seat"),
      case: id(30),
      sit: id(51),
      wid: id(5),
      ans: "decline",
      to: null,
      why: "legal",
    },
    { ...base("meet"), case: id(30), ros: hash(52), seq: 7, fh: hash(31), idn: 9, lh },
    { ...base("ack"), case: id(30), fd, kind: "act", what: null, n: null, until: LATER },
    { ...base("ack"), case: id(30), fd, kind: "bad-bundle", what: null, n: 3, until: null },
    {
      ...{ ...base("rcpt"), case: id(30), seq: 7, ids: [hash(53)], fh: hash(31), idn: 9, mmd: 60 },
      leaves: { id: [], ops: [hash(54)] },
    },
    { ...base("head"), case: null, seq: null, fh: null, idn: 9 },
  ];
}

/** Payloads of every type that has a rule of its own, in its several forms. */
export function payloads(): readonly Payload[] {
  return [...identity(), ...rooms()];
}

/** Headers of every kind, and of operations with lists, days, times and nulls among their facts. */
export function envelopeHeaders(): readonly AnyHeader[] {
  const own = {
    v: 1,
    c: id<CaseId>(30),
    e: 3,
    d: id<DocId>(45),
    g: 1,
    dev: hash<Sid>(49),
  } as const;
  const at = { ...own, n: 1, p: null, f: [7, hash<RowHash>(31)], t: NOW } as const;
  const op = { ...at, k: "op" } as const;
  const bases: readonly ItemBasis[] = [{ sub: id(33), basis: hash(36) }];
  const items: readonly PlannedItem[] = [
    { it: id(47), no: 1, typ: "form", bases: [] },
    { it: id(48), no: 2, typ: "decide", bases },
  ];
  return [
    { ...at, k: "dk" },
    { ...at, k: "sum", sm: id(55), ver: 1, pv: null },
    { ...at, k: "sum", sm: id(55), ver: 2, pv: hash(56), n: 2, p: hash(57) },
    { ...at, k: "note", item: null },
    { ...at, k: "ev", sub: id(33) },
    { ...op, op: "sit.conv", m: { sit: id(51), kind: "support", no: 1, starts: LATER, items } },
    { ...op, op: "role.set", m: { row: id(58), part: "main", ag: id(3), w: null, it: id(48) } },
    { ...op, op: "role.ans", m: { row: id(58), ans: "decline", why: "capacity" } },
    {
      ...{ ...op, op: "act.new" },
      m: { act: id(59), it: null, ag: id(3), w: id(5), due: "2026-12-03", from: null, ext: 0 },
    },
    { ...op, op: "next.set", m: { sit: id(51), at: NOW } },
    { ...op, op: "snap", m: { upto: 7, rows: 3 } },
  ];
}
