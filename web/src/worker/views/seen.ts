/** One room as this device holds it: what all views of it are made of. */

import type { Room, RowRecord } from "../../conference/room";
import type { Gate } from "../../conference/gate";
import type { Code } from "../../crypto/errors";
import type { DocClass, Sect } from "../../protocol/generated";
import type { CaseId, DocId, Hash, ItemId, Sid, SitId, Wid } from "../../protocol/ids";
import { generationOf, type Announced, type Generation, type Person } from "../../protocol/room";
import type { Text } from "../../client/opening";
import { said, type Row, type Said } from "../../client/words";
import type { Content } from "../../conference/content";
import { isSealed } from "../../conference/content";
import type { People } from "./people";

/** Twelve digits that somebody reads aloud. */
export interface ReadAloud {
  readonly wid: Wid;
  readonly sid: Sid;
  readonly digits: string;
}

/** What a room is made of, and what this device could open of it. */
export interface Seen {
  readonly caseId: CaseId;
  readonly code: string;
  readonly room: Room;
  /** Valid envelopes in feed order. */
  readonly rows: readonly Row[];
  /** The bytes behind a row, parsed; undefined where only its place came. */
  readonly content: (id: Hash) => Content | undefined;
  readonly texts: ReadonlyMap<Hash, Text>;
  /** Document generations whose keys this device holds. */
  readonly held: ReadonlySet<Generation>;
  readonly flaws: ReadonlyMap<Hash, Code>;
  readonly live: ReadonlySet<Wid>;
  /** Who asked to speak and since when this device knows, first of all. */
  readonly hands: readonly { readonly wid: Wid; readonly at: number }[];
  readonly newcomers: ReadonlySet<Wid>;
  readonly spoken: readonly ReadAloud[];
  readonly stale: boolean;
  readonly halted: Code | null;
  readonly gone: string | null;
  /** The sitting in which it is listened to. */
  readonly sit: SitId | null;
  readonly me: Person;
  readonly people: People;
  /** The server's time, ms. */
  readonly now: number;
}

/** The gate as it answers now, by everything that is known. */
export function gateOf(seen: Seen): Gate {
  return seen.room.willing(seen.now);
}

/**
 * When a row was written, ms, by its author's word, which the server and everybody checked to be
 * right within minutes; the log's own clock only moves with its leaves. It serves what only came as
 * a place.
 */
export function timeOf(seen: Seen, { id, seq }: Pick<RowRecord, "id" | "seq">): number {
  const content = seen.content(id);
  if (content !== undefined) return isSealed(content) ? content.header.t : content.body.iat;
  const { state } = seen.room;
  return state.directory.time(state.idns[seq] ?? 0);
}

/** The record of a row by its number, from 1. */
export function recordAt(seen: Seen, seq: number): RowRecord | undefined {
  return seen.room.records[seq - 1];
}

/** When the row with a number was written, ms. */
export function timeAt(seen: Seen, seq: number): number {
  const record = recordAt(seen, seq);
  return record === undefined ? 0 : timeOf(seen, record);
}

/** Why I may not read a document announced so; null when I may. */
export function refusalOf(seen: Seen, section: Sect): Code | null {
  return gateOf(seen).mayRead(seen.me, section);
}

/** The newest generations of all documents of a class. */
export function documentsOf(seen: Seen, cls: DocClass): readonly Announced[] {
  const { documents, newest } = seen.room.state;
  return [...newest].flatMap(([doc, g]) => {
    const announced = documents.get(generationOf(doc, g));
    return announced?.body.cls === cls ? [announced] : [];
  });
}

/** What the newest generation of a document says, as far as it is open. */
export function saidIn(seen: Seen, doc: DocId): Said {
  const generation = generationOf(doc, seen.room.state.newest.get(doc) ?? 0);
  return said(seen.rows, seen.texts, { generation });
}

/** Words of the agenda and the boards, and of every item's text, by "operation:ids". */
export function wordsOf(seen: Seen): Said {
  const classes = ["agd", "brd", "itm"] as const;
  const docs = classes.flatMap((cls) => documentsOf(seen, cls).map(({ body }) => body.doc));
  return Object.assign({}, ...docs.map((doc) => saidIn(seen, doc))) as Said;
}

/** The words of one operation as a text; "" without any. */
export function textIn(words: Said, about: string, key: string): string {
  const value = words[about]?.[key];
  return typeof value === "string" ? value : "";
}

/** The same as a number; null without one. */
export function numberIn(words: Said, about: string, key: string): number | null {
  const value = words[about]?.[key];
  return typeof value === "number" ? value : null;
}

/** What an item is called and how many minutes it may take, as it was typed. */
export interface Titled {
  readonly title: string;
  readonly minutes: number | null;
}

/** Titles of all items, from the words of `sit.conv` and `item.add`. */
export function titlesOf(words: Said): ReadonlyMap<ItemId, Titled> {
  const found = new Map<ItemId, Titled>();
  for (const [about, each] of Object.entries(words)) {
    if (about.startsWith("item.add:")) found.set(idIn(about), titled(each));
    if (!about.startsWith("sit.conv:") || !Array.isArray(each["items"])) continue;
    for (const item of each["items"] as readonly unknown[]) {
      if (isNamed(item)) found.set(item.it as ItemId, titled(item));
    }
  }
  return found;
}

function idIn(about: string): ItemId {
  return about.slice(about.indexOf(":") + 1) as ItemId;
}

function isNamed(item: unknown): item is { readonly it: string } {
  return (
    typeof item === "object" && item !== null && typeof (item as { it?: unknown }).it === "string"
  );
}

function titled(words: object): Titled {
  const { title, min } = words as { readonly title?: unknown; readonly min?: unknown };
  return {
    title: typeof title === "string" ? title : "",
    minutes: typeof min === "number" ? min : null,
  };
}
