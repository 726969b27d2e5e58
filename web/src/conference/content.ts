/** What a feed row holds, parsed: a statement, or an envelope with its header. */

import { Refused } from "../crypto/errors";
import * as envelope from "../protocol/envelope";
import type { Envelope } from "../protocol/envelope";
import type { AnyHeader } from "../protocol/generated";
import * as headers from "../protocol/headers";
import type { Hash } from "../protocol/ids";
import * as statement from "../protocol/statement";
import type { Statement } from "../protocol/statement";

/** How a row's bytes are to be read. */
export type Form = "stm" | "env";

/** An envelope, full or bare, with its parsed header. */
export interface Sealed {
  readonly env: Envelope;
  readonly header: AnyHeader;
}

export type Content = Statement | Sealed;

/** Tell an envelope from a statement. */
export function isSealed(content: Content): content is Sealed {
  return "env" in content;
}

/** Parse a row as its author sent it, or as a full view shows it. */
export function parseFull(form: Form, data: Uint8Array): Content {
  return form === "stm" ? statement.parse(data) : sealed(envelope.parse(data));
}

/** Parse a row without its ciphertext; statements have only one form. */
export function parseBare(form: Form, data: Uint8Array): Content {
  return form === "stm" ? statement.parse(data) : sealed(envelope.parseBare(data));
}

function sealed(env: Envelope): Sealed {
  return { env, header: headers.parse(env.header) };
}

/** The id a row gets: sid of a statement, eid of an envelope. */
export function rowId(content: Content): Hash {
  return isSealed(content) ? content.env.eid : content.sid;
}

/** Demand that bytes belong to the row they came with: EQUIVOCATION otherwise. */
export function requireId(content: Content, expected: Hash): void {
  if (rowId(content) !== expected) throw new Refused("EQUIVOCATION");
}
