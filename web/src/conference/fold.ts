/**
 * One row of a feed: judged, then folded into the room. The same rules on both ends.
 *
 * A reader replays what was committed, judges each row at the row's own point, and keeps a
 * refused row with its code. Who drafts a batch hands in her own time (`Live`) and stops at the
 * first refusal (protocol, sections 5.2a, 5.9, 6 and 7).
 */

import { Refused, type Code } from "../crypto/errors";
import { feedHash, type Row } from "../protocol/feed";
import { isSealed, requireId, type Content } from "./content";
import { takeEnvelope } from "./fold_contents";
import { takeStatement } from "./fold_statements";
import { rowRecord, type Live, type Room, type RowRecord } from "./room";

export type { Live, Room, RowRecord } from "./room";

/** What a judged row leaves behind, and whether it can change who may do what. */
export interface Judged {
  readonly record: RowRecord;
  readonly moves: boolean;
}

/**
 * Take the next row; gives the code of a refused one, which is kept and skipped.
 *
 * Throws EQUIVOCATION when the row does not continue the chain, or the content is not the one
 * behind its id; NOT_LOGGED while my identity log is shorter than the row's, so that nothing can
 * be judged yet; with `live`, any refusal, and then the room is to be thrown away (it was a fork).
 */
export function fold(
  room: Room,
  row: Row,
  content: Content | null,
  asked: { readonly live: Live | null } = { live: null },
): Code | null {
  const { state } = room;
  requireNext(room, row);
  if (row.idn > state.directory.size) throw new Refused("NOT_LOGGED", { idn: row.idn });
  if (content !== null) requireId(content, row.id);
  state.at = row.idn;
  if (content === null) room.hasGaps = true;
  const { record, moves } =
    content === null ? skipped(row, "skel", null) : judged(room, row, content, asked.live);
  state.take(row, { gate: moves });
  room.records.push(record);
  return record.code;
}

function requireNext(room: Room, row: Row): void {
  const { fh, seq, idn } = room.state;
  // The place first: the hash has room for u32 alone.
  if (row.seq !== seq + 1 || row.idn < idn) throw new Refused("EQUIVOCATION", { seq: row.seq });
  const expected = feedHash({ before: fh, seq: row.seq, rowId: row.id, sg: row.sg, idn: row.idn });
  if (row.fh !== expected) throw new Refused("EQUIVOCATION", { seq: row.seq });
}

function skipped(row: Row, kind: string, code: Code | null): Judged {
  return { record: rowRecord({ seq: row.seq, id: row.id, kind, code }), moves: false };
}

function judged(room: Room, row: Row, content: Content, live: Live | null): Judged {
  try {
    // A signed thing happens once, however often a server shows it.
    if (room.state.ids.has(row.id)) throw new Refused("REPLAY");
    if (isSealed(content)) return takeEnvelope(room, row, content, live);
    return takeStatement(room, row, content, live);
  } catch (refusal) {
    if (live !== null || !(refusal instanceof Refused)) throw refusal;
    return skipped(row, isSealed(content) ? content.header.k : content.typ, refusal.code);
  }
}
