/** Sections of the summary: their words, or why they are closed to me; and notes. */

import { inAudience } from "../../protocol/documents";
import { asPerson } from "../../protocol/directory";
import type { NoteText, SumText } from "../../protocol/generated";
import type { DocId, Eid, SumId, Wid } from "../../protocol/ids";
import { docOf, generationOf, type Announced, type Version } from "../../protocol/room";
import type { NoteView, PersonView, SectionView } from "../api";
import { gateOf, refusalOf, timeAt, timeOf, type Seen } from "./seen";

const SECTIONS: ReadonlySet<string> = new Set(["sec", "card"]);

/** Every section and card, oldest first; those whose words are still on their way are left out. */
export function sectionsOf(seen: Seen): readonly SectionView[] {
  const { state } = seen.room;
  const versions = new Map<DocId, [SumId, Version][]>();
  for (const [sm, version] of state.versions) {
    const doc = docOf(version.generation);
    versions.set(doc, [...(versions.get(doc) ?? []), [sm, version]]);
  }
  const found = [...state.newest].flatMap(([doc, g]) => {
    const announced = state.documents.get(generationOf(doc, g));
    if (announced === undefined || !SECTIONS.has(announced.body.cls)) return [];
    return viewsOf(seen, announced, versions.get(doc) ?? []);
  });
  return found.toSorted((one, other) => one.seq - other.seq);
}

/** A document of which I see no version is shown as closed all the same. */
function viewsOf(
  seen: Seen,
  announced: Announced,
  versions: readonly (readonly [SumId, Version])[],
): readonly SectionView[] {
  if (versions.length === 0) {
    const closed = refusalOf(seen, announced.body) ?? "NOT_GIVEN";
    return [{ ...placeOf(seen, announced), ...shut(closed) }];
  }
  return versions.flatMap(([sm, version]) => versionOf(seen, announced, sm, version) ?? []);
}

type Place = Omit<SectionView, "sm" | "ver" | "prov" | "hidden" | "title" | "text" | "closed">;
type Words = Omit<SectionView, keyof Place>;

function placeOf(seen: Seen, { body, seq, signer }: Announced): Place {
  return {
    doc: body.doc,
    item: body.item,
    sub: body.sub ?? "",
    cats: body.cats,
    author: seen.people.person(signer.wid),
    at: timeAt(seen, seq),
    seq,
    carried: body.cy === 1,
    readers: readersOf(seen, body),
  };
}

function shut(closed: NonNullable<SectionView["closed"]>): Words {
  return { sm: null, ver: 1, prov: null, hidden: false, title: "", text: null, closed };
}

function versionOf(
  seen: Seen,
  announced: Announced,
  sm: SumId,
  version: Version,
): SectionView | null {
  const { eid, ver, author, generation } = version;
  const seq = seen.room.state.ids.get(eid) ?? announced.seq;
  const person = seen.people.person(author.wid);
  const place = { ...placeOf(seen, announced), author: person, at: timeAt(seen, seq), seq, ver };
  const text = seen.texts.get(eid) as SumText | undefined;
  const refusal = refusalOf(seen, announced.body);
  if (refusal !== null) return { ...place, ...shut(refusal), ver };
  if (text !== undefined) return { ...place, ...opened(sm, text), ver };
  const flaw = seen.flaws.get(eid);
  if (flaw === undefined && seen.held.has(generation)) return null;
  return { ...place, ...shut(flaw ?? "NOT_GIVEN"), ver };
}

function opened(sm: SumId, { prov, hid, title, text }: SumText): Omit<Words, "ver"> {
  return { sm, prov, hidden: hid, title, text, closed: null };
}

/** Who may read a document, by name; null for everybody in the room. */
function readersOf(seen: Seen, section: Announced["body"]): readonly PersonView[] | null {
  if (section.aud === null) return null;
  const gate = gateOf(seen);
  const rows = seen.room.state.roster.mem.filter((row) => {
    const aid = seen.people.agencyOf(row.wid);
    const heard = aid !== null && inAudience(section.aud, { wid: row.wid, aid });
    return heard && gate.mayRead(asPerson(row), section) === null;
  });
  return seen.people.persons(rows.map(({ wid }) => wid));
}

/** Remarks on documents and in the texts of items, oldest first. */
export function notesOf(seen: Seen): readonly NoteView[] {
  return seen.rows.flatMap(([record, { header }]) => {
    const text =
      header.k === "note" ? (seen.texts.get(record.id) as NoteText | undefined) : undefined;
    if (text === undefined) return [];
    const by = seen.people.person(authorOf(seen, record.id as Eid));
    const { fact } = text;
    return [{ id: record.id, doc: header.d, text: text.text, fact, by, at: timeOf(seen, record) }];
  });
}

/** Who wrote a row; "" for a row of which only the place came. */
export function authorOf(seen: Seen, id: Eid): Wid {
  const { state, records } = seen.room;
  const did = records[(state.ids.get(id) ?? 0) - 1]?.author ?? null;
  const owner = did === null ? undefined : state.directory.devices.get(did);
  return owner?.first.body.wid ?? ("" as Wid);
}
