/**
 * Judges cases for a program that compares: one case a line comes in, one verdict a line goes out.
 *
 * Started by `tests/vectors/test_differential.py` through `tools/run.ts`. What succeeds is written
 * again, so that the two languages also agree on what they read.
 */

import { createInterface } from "node:readline";

import { hex } from "../../src/crypto/bytes";
import { ready } from "../../src/crypto/sodium";
import * as codec from "../../src/protocol/codec";
import * as envelope from "../../src/protocol/envelope";
import { HEADERS, PAYLOADS, SHAPES } from "../../src/protocol/generated";
import * as headers from "../../src/protocol/headers";
import { bytesOf } from "../../src/protocol/ids";
import type { Shape } from "../../src/protocol/kinds";
import { Leaf } from "../../src/protocol/leaf";
import * as statement from "../../src/protocol/statement";
import { run, type Case, type Operation } from "./cases";
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

function verdict(line: string): string {
  try {
    return JSON.stringify(run(JSON.parse(line) as Case, { ...OPERATIONS, ...BYTES }));
  } catch (error) {
    return JSON.stringify({ error: String(error) });
  }
}

await ready();
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(verdict(line) + "\n");
}
