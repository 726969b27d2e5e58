/** From key to key: bundle and grant give E and D, `dk` gives D, D gives the words (5.7 to 5.12). */

import { Refused } from "../crypto/errors";
import { utf8 } from "../crypto/bytes";
import type { SealingKey } from "../crypto/sealing";
import type { Sealed } from "../conference/content";
import * as bundles from "../protocol/bundle";
import type { Bundle } from "../protocol/bundle";
import { decode } from "../protocol/codec";
import * as envelope from "../protocol/envelope";
import type { Grant, Sect } from "../protocol/generated";
import * as grants from "../protocol/grants";
import { DkText, EvText, NoteText, SumText } from "../protocol/headers";
import type { DocId, NetId, Sid } from "../protocol/ids";
import { bytesOf, bytesOfBlob } from "../protocol/ids";
import { readJ1, type Json } from "../protocol/j1";
import { bodyKey, docCommitment, epochCommitment, wrapKey } from "../protocol/keys";
import type { Generation, RosterEntry } from "../protocol/room";
import { generationOf as generationFor } from "../protocol/room";

/** Longest plaintext, in bytes. */
export const PLAIN_LIMIT = 1024 * 1024;

/** What a word may be, as plain data that can be stored and passed to a screen. */
export type Word =
  null | boolean | number | string | readonly Word[] | { readonly [name: string]: Word };

/** What was typed with an operation: J1, its keys depend on the operation. */
export type Words = Readonly<Record<string, Word>>;

/** What an envelope says; the kind of its header tells which. */
export type Text = DkText | SumText | NoteText | EvText | Words;

/** What opening my entry of a bundle needs; `mine` are certificates of this device. */
export interface Opening {
  readonly net: NetId;
  readonly mine: ReadonlySet<Sid>;
  readonly key: SealingKey;
  /** Every epoch key this device already holds. */
  readonly held: Iterable<Uint8Array>;
}

/** Give E (32 bytes) of a roster from my entry in its bundle; BAD_BUNDLE. */
export function openBundle(
  parsed: Bundle,
  { body }: RosterEntry,
  { net, mine, key, held }: Opening,
): Uint8Array {
  const found = parsed.entries.find(({ sid }) => mine.has(sid));
  if (found === undefined) throw new Refused("BAD_BUNDLE");
  const epoch = { net, caseId: body.case, n: body.n, prev: body.prev };
  return bundles.openEntry(found, { epoch, key, kc: body.kc, held });
}

/** The place of a grant as its seal binds it. */
export function passingOf(grant: Grant, { net }: { readonly net: NetId }): grants.Passing {
  const { case: caseId, n, by, to, eg, what } = grant;
  return { net, caseId, n, by, to, eg, what, ids: idsHash(grant) };
}

function idsHash({ what, ids }: Grant) {
  if (what === "epoch") return grants.epochsHash(ids.map(([n]) => Number(n)));
  return grants.docsHash(ids.map(([doc, g]) => [String(doc) as DocId, Number(g)]));
}

/** Give the keys of a grant, in the order of its ids; BAD_TAG, BAD_LENGTH. */
export function openGrant(
  grant: Grant,
  { net, key }: { readonly net: NetId; readonly key: SealingKey },
): readonly Uint8Array[] {
  const passing = passingOf(grant, { net });
  return grants.openKeys(bytesOfBlob(grant.ct), { passing, key, count: grant.ids.length });
}

/** Refuse (BAD_DOC_KEY) a key that is not the one its `sect` committed to. */
export function requireDocKey(docKey: Uint8Array, sect: Sect): void {
  const { case: caseId, doc, g, dc } = sect;
  if (docCommitment(docKey, { caseId, doc, g }) !== dc) throw new Refused("BAD_DOC_KEY");
}

/** Refuse (BAD_BUNDLE) a key that is not the one its roster committed to. */
export function requireEpochKey(epochKey: Uint8Array, { body }: RosterEntry): void {
  const place = { caseId: body.case, n: body.n };
  if (epochCommitment(epochKey, place) !== body.kc) throw new Refused("BAD_BUNDLE");
}

/** Give D from a `dk` under its epoch's key; BAD_DOC_KEY when it speaks of another document. */
export function openDk(
  { env, header }: Sealed,
  epochKey: Uint8Array,
  { sect }: { readonly sect: Sect },
): Uint8Array {
  const key = wrapKey(epochKey, { caseId: header.c, n: header.e });
  const text = decode(envelope.open(env, { key }), DkText, { limit: PLAIN_LIMIT });
  if (text.doc !== header.d || text.g !== header.g) throw new Refused("BAD_DOC_KEY");
  const docKey = bytesOf(text.D);
  requireDocKey(docKey, sect);
  return docKey;
}

/** A sealed envelope that is not a `dk`. */
const SHAPES = { sum: SumText, note: NoteText, ev: EvText } as const;

/** Give the words of an envelope: BAD_COMMITMENT, BAD_TAG, BAD_PADDING, BAD_J1. */
export function openText({ env, header }: Sealed, docKey: Uint8Array): Text {
  if (header.k === "dk") throw new Refused("WRONG_PLACE");
  const key = bodyKey(docKey, { caseId: header.c, doc: header.d, g: header.g });
  const plain = envelope.open(env, { key });
  if (header.k === "op") return wordsOf(plain);
  return decode<SumText | NoteText | EvText>(plain, SHAPES[header.k], { limit: PLAIN_LIMIT });
}

/** Read words of an operation: any object of J1. */
function wordsOf(plain: Uint8Array): Words {
  const entries = [...readJ1(plain, PLAIN_LIMIT)].map(([name, value]) => [name, word(value)]);
  return Object.fromEntries(entries) as Words;
}

/** Objects of J1 are Maps while they are untrusted; `__proto__` is no key of J1. */
export function word(value: Json): Word {
  if (value instanceof Map) {
    const items = [...(value as ReadonlyMap<string, Json>)];
    return Object.fromEntries(items.map(([name, item]) => [name, word(item)]));
  }
  if (Array.isArray(value)) return (value as readonly Json[]).map(word);
  return value as Word;
}

/** Write words as they are sealed: compact UTF-8 JSON. */
export function plainOf(text: Text): Uint8Array {
  return utf8(JSON.stringify(text, (_name, value: unknown) => plain(value)));
}

function plain(value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value as ReadonlyMap<string, unknown>) : value;
}

/** The document generation an envelope belongs to. */
export function generationOf({ header }: Sealed): Generation {
  return generationFor(header.d, header.g);
}
