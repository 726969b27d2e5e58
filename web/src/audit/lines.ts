/** Entries as an auditor reads them: opened, checked, with what stayed closed left empty. */

import { Refused } from "../crypto/errors";
import {
  hashOf,
  idOf,
  type CaseId,
  type Did,
  type Hash,
  type Sid,
  type Wid,
} from "../protocol/ids";
import { checkOpening, splitRecipients, type Kind, type Leaf, type Opening } from "./entry";
import { utf8 } from "./note";

/** One entry as it was opened and checked; what could not be opened is null or empty. */
export interface Line {
  readonly index: number;
  /** The server's claim of the time, in ms. */
  readonly at: number;
  readonly kind: Kind;
  /** Reason code of a refusal; "" for what was done. */
  readonly reason: string;
  readonly actor: Wid | null;
  readonly case: CaseId | null;
  readonly to: readonly Did[];
  readonly purpose: string | null;
  readonly basis: Sid | null;
  readonly objects: readonly Uint8Array[];
  /** Ids of envelopes and statements that it is about. */
  readonly bound: readonly Hash[];
  readonly openings: readonly Opening[];
}

/** Tell whether devices were given something. */
export function isDelivery(line: Line): boolean {
  return line.to.length > 0 && line.reason === "";
}

/**
 * Read a leaf with its openings, of which each is checked against the leaf.
 *
 * Throws BAD_PROOF for an opening that is another's, or a value that no such field can have.
 */
export function lineOf(index: number, leaf: Leaf, openings: readonly Opening[]): Line {
  for (const each of openings) checkOpening(leaf, each);
  const opened = new Map(openings.map((each) => [each.field, each.value]));
  const read = <T>(field: string, how: (value: Uint8Array) => T): T | null => {
    const value = opened.get(field);
    return value === undefined ? null : valueOf(how, value, field);
  };
  return {
    index,
    at: leaf.t,
    kind: leaf.k,
    reason: leaf.d,
    actor: read("actor", idOf<Wid>),
    case: read("case", idOf<CaseId>),
    to: read("to", splitRecipients) ?? [],
    purpose: read("purpose", textOf),
    basis: read("basis", hashOf<Sid>),
    objects: leaf.o.flatMap((_, place) => opened.get(`object/${place}`) ?? []),
    bound: leaf.x,
    openings,
  };
}

function valueOf<T>(how: (value: Uint8Array) => T, value: Uint8Array, field: string): T {
  try {
    return how(value);
  } catch (error) {
    throw new Refused("BAD_PROOF", { why: "value", field }, { cause: error });
  }
}

function textOf(value: Uint8Array): string {
  const text = utf8(value);
  if (text === null) throw new Refused("BAD_PROOF");
  return text;
}
