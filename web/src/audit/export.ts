/**
 * Exports of a log: files in tlog-tiles layout that verify without its server.
 *
 *     checkpoint  checkpoint.early  vkey  tile/<L>/<N>  tile/entries/<N>
 *     openings.jsonl     one opening a line, ascending by leaf (`ops`)
 *     statements.jsonl   one statement a line, ascending by leaf (`id`)
 */

import { concat, equal, utf8 } from "../crypto/bytes";
import { Refused } from "../crypto/errors";
import { decode, encode } from "../protocol/codec";
import { blobOf } from "../protocol/ids";
import { Dsse } from "../protocol/generated";
import { openSigned } from "./checkpoint";
import type { Opening } from "./entry";
import { OpeningLine, StatementLine } from "./generated";
import { leafHash } from "./merkle";
import { Verifier } from "./note";
import { Edge, encodeBundle, entriesPathOf, pathOf, WIDTH, type Tile } from "./tiles";

export const CHECKPOINT = "checkpoint";
export const EARLY = "checkpoint.early";
export const VKEY = "vkey";
export const OPENINGS = "openings.jsonl";
export const STATEMENTS = "statements.jsonl";

/** Longest line of the two lists in bytes. */
export const LINE_LIMIT = 256 * 1024;

/** One file of an export. */
export interface File {
  readonly name: string;
  readonly data: Uint8Array;
}

/** What goes into an export; signed checkpoints are kept as they came. */
export interface Exported {
  readonly leaves: readonly Uint8Array[];
  readonly checkpoint: Uint8Array;
  readonly vkey: string;
  readonly early?: Uint8Array | null;
  /** Openings with the index of their leaf (`ops`). */
  readonly openings?: readonly (readonly [index: number, opening: Opening])[];
  /** DSSE envelopes with the index of their leaf (`id`). */
  readonly statements?: readonly (readonly [index: number, dsse: Uint8Array])[];
}

/**
 * Give the files of an export one by one, the checkpoint last: without it nothing verifies.
 *
 * Throws BAD_PROOF when the leaves are not those of the checkpoint, and what `openSigned` throws.
 */
export function* filesOf(log: Exported): Generator<File> {
  const verifier = Verifier.parse(log.vkey);
  const signed = openSigned(log.checkpoint, [verifier]);
  const edge = yield* tileFiles(log.leaves);
  if (signed.size !== edge.size || !equal(signed.root, edge.root())) {
    throw new Refused("BAD_PROOF", { why: "root", size: signed.size });
  }
  yield* lists(log);
  yield { name: VKEY, data: utf8(`${log.vkey}\n`) };
  if (log.early) {
    openSigned(log.early, [verifier]);
    yield { name: EARLY, data: log.early };
  }
  yield { name: CHECKPOINT, data: log.checkpoint };
}

function* tileFiles(leaves: readonly Uint8Array[]): Generator<File, Edge> {
  let edge = new Edge();
  for (let start = 0; start < leaves.length; start += WIDTH) {
    const batch = leaves.slice(start, start + WIDTH);
    const id = { level: 0, index: start / WIDTH, width: batch.length };
    yield { name: entriesPathOf(id), data: encodeBundle(batch) };
    const grown = edge.append(batch.map(leafHash));
    edge = grown.edge;
    yield* grown.full.map(fileOf);
  }
  yield* edge.partial().map(fileOf);
  return edge;
}

function fileOf({ id, hashes }: Tile): File {
  return { name: pathOf(id), data: concat(...hashes) };
}

function* lists({ openings, statements }: Exported): Generator<File> {
  if (openings) yield { name: OPENINGS, data: joined(openings.map(openingLine)) };
  if (statements) yield { name: STATEMENTS, data: joined(statements.map(statementLine)) };
}

function openingLine([i, { field, mac, value }]: readonly [number, Opening]): Uint8Array {
  const line = { i, f: field, h: blobOf(mac), v: blobOf(value) };
  return concat(encode(line, OpeningLine), Uint8Array.of(10));
}

function statementLine([i, raw]: readonly [number, Uint8Array]): Uint8Array {
  const dsse = decode(raw, Dsse, { limit: LINE_LIMIT });
  return concat(encode({ i, dsse }, StatementLine), Uint8Array.of(10));
}

/** Join any number of lines: too many for one call. */
function joined(lines: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(lines.reduce((size, line) => size + line.length, 0));
  let at = 0;
  for (const line of lines) {
    whole.set(line, at);
    at += line.length;
  }
  return whole;
}
