/**
 * What a document says now: the words of its newest generation, by what they are about.
 *
 * A snapshot carries these words into the next generation; facts stay in the signed headers
 * (protocol, sections 5.10 S6 and 15.6).
 */

import type { Sealed } from "../conference/content";
import type { RowRecord } from "../conference/room";
import { Refused } from "../crypto/errors";
import { decode } from "../protocol/codec";
import type { AnyHeader, Facts, OpHeader } from "../protocol/generated";
import type { Hash } from "../protocol/ids";
import type { Generation } from "../protocol/room";
import { Snapshot } from "./generated";
import { PLAIN_LIMIT, plainOf, word, type Text, type Word, type Words } from "./opening";

/** Words by "operation:ids", or "note:eid". */
export type Said = Readonly<Record<string, Words>>;

/** A valid envelope with what its row left behind. */
export type Row = readonly [RowRecord, Sealed];

const NAMES = ["sit", "it", "row", "act", "dec", "wid"] as const;
const OWN: Readonly<Record<string, (typeof NAMES)[number]>> = {
  role: "row",
  prio: "row",
  act: "act",
  dec: "dec",
  item: "it",
};

/** Name what an operation is about: its own id, for seats also the person's. */
export function subject(op: string, facts: Facts): string {
  const first = OWN[op.split(".", 1)[0] ?? ""];
  const named = facts as Readonly<Partial<Record<(typeof NAMES)[number], string | null>>>;
  const ids = (first === undefined ? NAMES : [first]).map((name) => named[name] ?? null);
  return `${op}:${ids.filter((id) => id !== null).join("+")}`;
}

/** Fold the opened rows of one document's generation into its words. */
export function said(
  rows: Iterable<Row>,
  texts: ReadonlyMap<Hash, Text>,
  { generation }: { readonly generation: Generation },
): Said {
  let words: ReadonlyMap<string, Words> = new Map();
  for (const [record, { header }] of rows) {
    const text = texts.get(record.id);
    if (record.generation !== generation || text === undefined) continue;
    words = withText(words, header, { text, id: record.id });
  }
  return Object.fromEntries(words);
}

type Spoken = ReadonlyMap<string, Words>;

function withText(
  words: Spoken,
  header: AnyHeader,
  { text, id }: { readonly text: Text; readonly id: Hash },
): Spoken {
  // Which type a text has follows from the header under which it was opened.
  if (header.k === "note") return new Map([...words, [`note:${id}`, text as Words]]);
  return header.k === "op" ? withWords(words, header, text as Words) : words;
}

function withWords(words: Spoken, { op, m }: OpHeader, text: Words): Spoken {
  if (op === "snap") return rowsOf(text);
  if (op === "role.del" || op === "prio.del") {
    const ending = `:${(m as { readonly row: string }).row}`;
    return new Map([...words].filter(([name]) => !name.endsWith(ending)));
  }
  return Object.keys(text).length === 0 ? words : new Map([...words, [subject(op, m), text]]);
}

/** The words that a snapshot carries; none of one that its author wrote wrongly. */
function rowsOf(snapshot: Words): Spoken {
  try {
    const { rows } = decode(plainOf(snapshot), Snapshot, { limit: PLAIN_LIMIT });
    return new Map(Object.entries(rows).map(([name, row]) => [name, plainWords(row)]));
  } catch (error) {
    if (error instanceof Refused) return new Map();
    throw error;
  }
}

function plainWords(row: Snapshot["rows"][string]): Words {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, word(value)]));
}

/** Tell whether two folds say the same, in whatever order. */
export function saysSame(left: Said, right: Said): boolean {
  return ordered(left) === ordered(right);
}

function ordered(value: Word): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Word[]).map(ordered).join(",")}]`;
  const items = Object.entries(value as Words).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${items.map(([name, item]) => `${JSON.stringify(name)}:${ordered(item)}`).join(",")}}`;
}
