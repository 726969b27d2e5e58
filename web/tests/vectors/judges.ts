/** Operations over whole byte strings, and signed requests; what succeeds is written again. */

import { fromHex, hex } from "../../src/crypto/bytes";
import { sha256 } from "../../src/crypto/hashing";
import { seal } from "../../src/crypto/sealing";
import { sha256 as treeSha256 } from "../../src/crypto/sha256";
import * as codec from "../../src/protocol/codec";
import * as envelope from "../../src/protocol/envelope";
import { HEADERS, PAYLOADS, SHAPES } from "../../src/protocol/generated";
import * as headers from "../../src/protocol/headers";
import type { CaseId, NetId, Sid, SitId } from "../../src/protocol/ids";
import { bytesOf, hashOf, idOf } from "../../src/protocol/ids";
import type { Shape } from "../../src/protocol/kinds";
import { Leaf } from "../../src/protocol/leaf";
import { authMessage, nameMessage, readMessage, subMessage } from "../../src/protocol/requests";
import * as statement from "../../src/protocol/statement";
import type { Fields, Operation } from "./cases";
import { OPERATIONS } from "./operations";

/** Write a value without `x`, which each side may keep in its own form. */
function written(value: object, shape: Shape<unknown>): string {
  return hex(codec.encode({ ...value, x: undefined }, shape));
}

function front(env: envelope.Envelope): Readonly<Record<string, string>> {
  return { header: hex(env.header), eid: hex(bytesOf(env.eid)), bare: hex(env.bare()) };
}

const BYTES: Readonly<Record<string, Operation>> = {
  dsse: (f) => {
    const { typ, sid, payload, body, signatures } = statement.parse(f.hex("data"));
    const shape = PAYLOADS[body.typ] as Shape<unknown>;
    const sigs = signatures.map(({ keyid, sig }) => `${keyid}:${hex(sig)}`);
    return { typ, sid, payload: hex(payload), body: written(body, shape), sigs };
  },
  header: (f) => {
    const found = headers.parse(f.hex("data"));
    return { k: found.k, header: written(found, HEADERS[found.k]) };
  },
  shape: (f) => {
    const shape = SHAPES[f.text("name") as keyof typeof SHAPES] as Shape<object>;
    return { value: written(codec.decode(f.hex("data"), shape), shape) };
  },
  envelope: (f) => front(envelope.parse(f.hex("data"))),
  bare: (f) => front(envelope.parseBare(f.hex("data"))),
  "leaf-bytes": (f) => {
    const { kind, t, sid, sg, scope } = Leaf.parse(f.hex("data"));
    return { kind, t: Number.isSafeInteger(t) ? t : null, sid, sg, scope };
  },
};

const REQUESTS: Readonly<Record<string, Operation>> = {
  auth: (f) => ({ data: hex(authMessage({ ...asking(f), nonce: hashOf(f.hex("nonce")) })) }),
  read: (f) => {
    const caseId = f.maybe("case", (name) => idOf<CaseId>(f.hex(name)));
    const what = { purpose: f.text("purpose"), ids: f.texts("ids").map(fromHex) };
    return {
      data: hex(readMessage({ ...asking(f), ...what, caseId, nonce: idOf(f.hex("nonce")) })),
    };
  },
  name: (f) => ({
    data: hex(nameMessage(hashOf<NetId>(f.hex("net")), hashOf(f.hex("key")))),
  }),
  sub: (f) => {
    const sit = f.maybe("sit", (name) => idOf<SitId>(f.hex(name)));
    const place = { caseId: idOf<CaseId>(f.hex("case")), sit, start: f.number("start") };
    return { data: hex(subMessage({ ...asking(f), ...place, nonce: idOf(f.hex("nonce")) })) };
  },
};

function asking(f: Fields) {
  const [net, device] = [hashOf<NetId>(f.hex("net")), hashOf<Sid>(f.hex("device"))];
  return { net, device, origin: f.text("origin"), time: f.number("time") };
}

/** For vectors of others: hashes of both kinds, and seals whose randomness is given. */
const OTHERS: Readonly<Record<string, Operation>> = {
  sha256: (f) => ({ data: hex(sha256(f.hex("data"))) }),
  "tree-sha256": (f) => ({ data: hex(treeSha256(f.hex("data"))) }),
  "seal-with": (f) => {
    const [info, plaintext] = [f.hex("info"), f.hex("plaintext")];
    const entropy = () => f.hex("entropy");
    return { sealed: hex(seal(f.hex("public"), { info, plaintext, entropy })) };
  },
};

/** Everything that can be asked. */
export const JUDGES: Readonly<Record<string, Operation>> = {
  ...OPERATIONS,
  ...BYTES,
  ...REQUESTS,
  ...OTHERS,
};
