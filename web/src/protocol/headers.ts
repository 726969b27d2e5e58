/**
 * Headers and plaintexts of content envelopes (protocol, sections 5.9 and 5.23).
 *
 * The header is public and signed; the plaintext is what the key protects.
 */

import { Refused } from "../crypto/errors";
import { encode, requireKeys, typed } from "./codec";
import { HEADERS, MAX_HEADER, OPS, type AnyHeader, type Facts, type OpHeader } from "./generated";
import { readJ1, type Json } from "./j1";
import type { Shape } from "./kinds";

export {
  DkHeader,
  DkText,
  EvHeader,
  EvText,
  MAX_HEADER,
  NoteHeader,
  NoteText,
  OpHeader,
  SumHeader,
  SumText,
  type AnyHeader,
} from "./generated";

/** Read a header by its kind; BAD_J1, OVERSIZE, or UNKNOWN_TYPE for kinds and operations not built. */
export function parse(data: Uint8Array): AnyHeader {
  const value = readJ1(data, MAX_HEADER);
  const shape = shapeOf(value.get("k"));
  requireKeys(value, shape);
  const header = typed(value, shape);
  return header.k === "op" ? withFacts(header) : header;
}

/** Write a header as it will be signed. */
export function write(header: AnyHeader): Uint8Array {
  return encode(header, shapeOf(header.k));
}

function shapeOf(kind: Json | undefined): Shape<AnyHeader> {
  if (typeof kind !== "string") throw new Refused("BAD_J1");
  if (!Object.hasOwn(HEADERS, kind)) throw new Refused("UNKNOWN_TYPE");
  return HEADERS[kind as keyof typeof HEADERS];
}

/** The facts follow the schema of the operation, which the header's own schema does not know. */
function withFacts(header: OpHeader): OpHeader {
  if (!Object.hasOwn(OPS, header.op)) throw new Refused("UNKNOWN_TYPE");
  const shape = OPS[header.op as keyof typeof OPS] as Shape<Facts>;
  return { ...header, m: typed(header.m as unknown as Json, shape) };
}
