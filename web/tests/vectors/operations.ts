/** The operations a case may name, each a thin call of the function under test. */

import * as aead from "../../src/crypto/aead";
import { fromHex, hex, utf8 } from "../../src/crypto/bytes";
import * as hashing from "../../src/crypto/hashing";
import * as padding from "../../src/crypto/padding";
import { stretch } from "../../src/crypto/password";
import { SealingKey } from "../../src/crypto/sealing";
import { SigningKey, verify } from "../../src/crypto/signing";
import * as bundle from "../../src/protocol/bundle";
import * as codec from "../../src/protocol/codec";
import * as derived from "../../src/protocol/derived";
import * as envelope from "../../src/protocol/envelope";
import { feedHash } from "../../src/protocol/feed";
import * as grants from "../../src/protocol/grants";
import type { Digest, DocId, Hash, Id, InvId, Key, NetId, RowHash } from "../../src/protocol/ids";
import { bytesOf, hashOf, idOf } from "../../src/protocol/ids";
import * as invitation from "../../src/protocol/invitation";
import * as keys from "../../src/protocol/keys";
import type { Shape } from "../../src/protocol/kinds";
import { HASH, ID, OPTIONAL, RAW } from "../../src/protocol/kinds";
import { beat, Leaf } from "../../src/protocol/leaf";
import * as statement from "../../src/protocol/statement";
import type { GrantWhat } from "../../src/protocol/vocabulary";
import type { Fields, Operation, Output } from "./cases";

/** The schema of the typed cases of 02: `b` may be null, `o` may be absent. */
const SAMPLE: Shape<unknown> = {
  name: "Sample",
  fields: [
    ["v", { k: "int" }],
    ["a", ID],
    ["h", HASH],
    ["b", { k: "null", of: { k: "int" } }],
    ["o", { k: "int" }, OPTIONAL],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters --
   a file of vectors names no kinds of ids: the operation says which one it reads */
function id<T extends Id>(fields: Fields, name: string): T {
  return idOf(fields.hex(name));
}

function hash<T extends Hash>(fields: Fields, name: string): T {
  return hashOf(fields.hex(name));
}
/* eslint-enable @typescript-eslint/no-unnecessary-type-parameters */

function hexOf(text: Id | Hash): string {
  return hex(bytesOf(text));
}

function constant(fields: Fields): { readonly constant: number | null } {
  return { constant: fields.maybe("constant", (name) => fields.number(name)) };
}

function epochOf(fields: Fields): bundle.Epoch {
  return {
    net: hash(fields, "net"),
    caseId: id(fields, "case"),
    n: fields.number("n"),
    prev: fields.maybe("prev", (name) => hash(fields, name)),
  };
}

function passingOf(fields: Fields): grants.Passing {
  return {
    net: hash(fields, "net"),
    caseId: id(fields, "case"),
    n: fields.number("n"),
    by: hash(fields, "by"),
    to: hash(fields, "to"),
    eg: fields.number("eg"),
    what: fields.text("what") as GrantWhat,
    ids: hash(fields, "ids"),
  };
}

// --- 01, 03, 04, 06, 07, 08-aead, 14 ----------------------------------------------------------------

const PRIMITIVES: Readonly<Record<string, Operation>> = {
  parts: (f) => ({ data: hex(hashing.parts(...f.texts("items").map(fromHex))) }),
  pae: (f) => ({ data: hex(hashing.pae(f.text("type"), f.hex("body"))) }),
  kdf: (f) => ({
    data: hex(hashing.kdf(f.hex("key"), f.text("purpose"), f.hex("context"), f.number("size"))),
  }),
  mac: (f) => ({ data: hex(hashing.mac(f.hex("key"), f.hex("message"))) }),
  digits12: (f) => ({ text: hashing.digits12(f.hex("data")) }),
  b64u: (f) => ({ data: hex(codec.fromB64u(f.text("text"))) }),
  b64: (f) => ({ data: hex(codec.fromB64(f.text("text"))) }),
  sign: (f) => {
    const key = SigningKey.fromSeed(f.hex("seed"));
    return { public: hex(key.public), signature: hex(key.sign(f.hex("message"))) };
  },
  verify: (f) => {
    verify({ public: f.hex("public"), message: f.hex("message"), signature: f.hex("signature") });
    return {};
  },
  "padded-length": (f) => ({ length: padding.paddedLength(f.number("size")) }),
  pad: (f) => ({ data: hex(padding.pad(f.hex("data"), constant(f))) }),
  unpad: (f) => ({ data: hex(padding.unpad(f.hex("data"), constant(f))) }),
  "aead-open": (f) => {
    const place = { key: f.hex("key"), nonce: f.hex("nonce"), aad: f.hex("aad") };
    return { data: hex(aead.decrypt({ ...place, ciphertext: f.hex("ciphertext") })) };
  },
  stretch: (f) => {
    const profile = { memoryBytes: f.number("memory_bytes"), passes: f.number("passes") };
    return { data: hex(stretch(f.text("passphrase"), { salt: f.hex("salt"), profile })) };
  },
  "sealing-key": (f) => ({ public: hex(SealingKey.fromSeed(f.hex("seed")).public) }),
  "open-sealed": (f) => {
    const key = SealingKey.fromSeed(f.hex("seed"));
    return { plaintext: hex(key.open(f.hex("sealed"), { info: f.hex("info") })) };
  },
};

// --- 02 -------------------------------------------------------------------------------------------

const J1: Readonly<Record<string, Operation>> = {
  j1: (f) => {
    codec.scan(f.hex("data"), { limit: f.number("limit") });
    return {};
  },
  "j1-typed": (f) => {
    codec.decode(f.hex("data"), SAMPLE);
    return {};
  },
};

// --- 01: key schedule -----------------------------------------------------------------------------

const KEYS: Readonly<Record<string, Operation>> = {
  "epoch-keys": (f) => {
    const place = { caseId: idOf(f.hex("case")), n: f.number("n") } as keys.EpochPlace;
    const [kc, wrap] = [keys.epochCommitment(f.hex("E"), place), keys.wrapKey(f.hex("E"), place)];
    return { kc: hexOf(kc), wrap: hex(wrap) };
  },
  "doc-keys": (f) => {
    const place: keys.DocPlace = { caseId: id(f, "case"), doc: id(f, "doc"), g: f.number("g") };
    const [dc, body] = [keys.docCommitment(f.hex("D"), place), keys.bodyKey(f.hex("D"), place)];
    return { dc: hexOf(dc), body: hex(body) };
  },
  "name-commitment": (f) => ({
    nh: hexOf(keys.nameCommitment(f.hex("salt"), { name: f.text("name") })),
  }),
  "subject-commitment": (f) => {
    const who = { name: f.text("name"), birth: f.maybe("birth", (name) => f.text(name)) };
    return { subc: hexOf(keys.subjectCommitment(f.hex("key"), who)) };
  },
  "evidence-commitment": (f) => ({
    evc: hexOf(keys.evidenceCommitment(f.hex("key"), { evidence: f.hex("evidence") })),
  }),
};

// --- 08, 11, 12 -----------------------------------------------------------------------------------

const SEALED: Readonly<Record<string, Operation>> = {
  "seal-envelope": (f) => {
    const signer = SigningKey.fromSeed(f.hex("seed"));
    const wire = envelope.seal({
      key: f.hex("key"),
      header: f.hex("header"),
      plaintext: f.hex("plaintext"),
      nonce: f.hex("nonce"),
      signer,
      ...constant(f),
    });
    const env = envelope.parse(wire);
    const sg = env.sg(hashOf(signer.public));
    return { wire: hex(wire), bare: hex(env.bare()), eid: hexOf(env.eid), sg: hexOf(sg) };
  },
  "open-envelope": (f) => {
    const env = envelope.parse(f.hex("wire"));
    envelope.checkSignature(env, hash(f, "public"));
    return { plaintext: hex(envelope.open(env, { key: f.hex("key"), ...constant(f) })) };
  },
  "parse-bare": (f) => {
    const env = envelope.parseBare(f.hex("bare"));
    envelope.checkSignature(env, hash(f, "public"));
    return { eid: hexOf(env.eid) };
  },
  "bundle-info": (f) => ({
    info: hex(bundle.info(epochOf(f), { sid: hash(f, "sid"), eg: f.number("eg") })),
  }),
  "parse-bundle": (f) => {
    const { caseId, n, entries } = bundle.parse(f.hex("data"));
    const sids = entries.map((entry) => hexOf(entry.sid));
    return { case: caseId, n, sids, egs: entries.map((entry) => entry.eg) };
  },
  "open-bundle": (f) => {
    const entry = bundle.parse(f.hex("data")).entries[f.number("index")];
    if (entry === undefined) throw new RangeError();
    const epochKey = bundle.openEntry(entry, {
      epoch: epochOf(f),
      key: SealingKey.fromSeed(f.hex("seed")),
      kc: hash(f, "kc"),
      held: f.texts("held").map(fromHex),
    });
    return { E: hex(epochKey) };
  },
  "docs-hash": (f) => {
    const gs = f.numbers("gs");
    const docs = f.texts("docs").map((doc) => idOf<DocId>(fromHex(doc)));
    return { hash: hexOf(grants.docsHash(docs.map((doc, at) => [doc, gs[at] ?? 0]))) };
  },
  "epochs-hash": (f) => ({ hash: hexOf(grants.epochsHash(f.numbers("epochs"))) }),
  "grant-info": (f) => ({ info: hex(grants.info(passingOf(f))) }),
  "open-grant": (f) => {
    const key = SealingKey.fromSeed(f.hex("seed"));
    const receiving = { passing: passingOf(f), key, count: f.number("count") };
    return { keys: grants.openKeys(f.hex("ct"), receiving).map(hex) };
  },
};

// --- 09 -------------------------------------------------------------------------------------------

const INVITATIONS: Readonly<Record<string, Operation>> = {
  invitation: (f) => {
    const secret = new invitation.Secret(f.hex("secret"));
    const net = hash<NetId>(f, "net");
    const tbs = f.hex("tbs");
    return {
      code: invitation.grouped(secret.code()),
      link: secret.link({ origin: f.text("origin"), net }),
      inv: secret.inv,
      lid: secret.lid,
      am: hexOf(secret.inviteNet(net)),
      link_net: hexOf(secret.linkNet(net, { wid: id(f, "wid"), ik: hash(f, "ik") })),
      join: hexOf(secret.join(net, { tbs })),
      link_request: hexOf(secret.linkRequest(net, { tbs })),
    };
  },
  "read-code": (f) => ({ inv: invitation.readCode(f.text("typed")).inv }),
  "read-link": (f) => {
    const { origin, net, secret } = invitation.readLink(f.text("link"));
    return { origin, net: hexOf(net), inv: secret.inv };
  },
  "enrolment-digits": (f) => {
    const at = { net: hash<NetId>(f, "net"), inv: id<InvId>(f, "inv") };
    const mine = { ik: hash<Key>(f, "ik"), dk: hash<Key>(f, "dk") };
    const ekh = hash<Digest>(f, "ekh");
    return { digits: invitation.enrolmentDigits({ ...at, ...mine, ekh }) };
  },
};

// --- 05, 15 ---------------------------------------------------------------------------------------

function leafOf(leaf: Leaf): Output {
  const { kind, t, sid, sg, scope } = leaf;
  return { kind, t, sid: hexOf(sid), sg: hexOf(sg), scope };
}

const ORDER: Readonly<Record<string, Operation>> = {
  statement: (f) => {
    const { typ, sid, payload, signatures } = statement.parse(utf8(f.text("dsse")));
    return { typ, sid, payload: hex(payload), sigs: signatures.map(({ sig }) => hex(sig)) };
  },
  match: (f) => {
    const parsed = statement.parse(utf8(f.text("dsse")));
    const candidates = f.texts("keys") as readonly Key[];
    const found = statement.match(parsed, candidates);
    return { pks: found.map(({ pk }) => pk), sg: hexOf(statement.signatureHash(found)) };
  },
  sg: (f) => {
    const sigs = f.texts("sigs").map(fromHex);
    const made = f.texts("pks").map((pk, at) => ({
      pk: hashOf<Key>(fromHex(pk)),
      sig: sigs[at] ?? new Uint8Array(),
    }));
    return { sg: hexOf(statement.signatureHash(made)) };
  },
  "feed-start": (f) => ({
    fh: hexOf(derived.feedStart({ net: hash(f, "net"), caseId: id(f, "case") })),
  }),
  feed: (f) => {
    const place = { seq: f.number("seq"), idn: f.number("idn") };
    const hashes = { before: hash<RowHash>(f, "before"), rowId: hashOf(f.hex("id")) };
    return { fh: hexOf(feedHash({ ...place, ...hashes, sg: hash(f, "sg") })) };
  },
  leaf: (f) => {
    const what = { kind: f.number("kind"), t: f.number("t"), scope: idOf(f.hex("scope")) };
    return { leaf: hex(new Leaf({ ...what, sid: hash(f, "sid"), sg: hash(f, "sg") }).encode()) };
  },
  beat: (f) => ({ leaf: hex(beat(f.number("t")).encode()) }),
  "leaf-read": (f) => leafOf(Leaf.parse(f.hex("leaf"))),
  scope: (f) => ({ scope: derived.scopeId({ caseId: id(f, "case"), sid: hash(f, "sid") }) }),
  wid: (f) => ({
    wid: derived.workerId({ net: hash(f, "net"), aid: id(f, "aid"), inv: id(f, "inv") }),
  }),
  did: (f) => ({
    did: derived.deviceId({ net: hash(f, "net"), wid: id(f, "wid"), dk: hash(f, "dk") }),
  }),
  case: (f) => ({
    case: derived.caseId({ net: hash(f, "net"), dk: hash(f, "dk"), nonce: hash(f, "nonce") }),
  }),
};

/** Every operation of the files that are replayed here, by the name a case gives it. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...PRIMITIVES,
  ...J1,
  ...KEYS,
  ...SEALED,
  ...INVITATIONS,
  ...ORDER,
};
