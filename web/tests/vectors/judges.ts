/** Operations over whole byte strings; what succeeds is written again. */

import { hex } from "../../src/crypto/bytes";
import * as codec from "../../src/protocol/codec";
import * as envelope from "../../src/protocol/envelope";
import { HEADERS, PAYLOADS, SHAPES } from "../../src/protocol/generated";
import * as headers from "../../src/protocol/headers";
import { bytesOf } from "../../src/protocol/ids";
import type { Shape } from "../../src/protocol/kinds";
import { Leaf } from "../../src/protocol/leaf";
import * as statement from "../../src/protocol/statement";
import type { Operation } from "./cases";
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

/** Everything that can be asked. */
export const JUDGES: Readonly<Record<string, Operation>> = { ...OPERATIONS, ...BYTES };
