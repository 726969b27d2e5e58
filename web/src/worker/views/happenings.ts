/** What happened in a room, for those who stay: who came and went, withdrawals, new keys, items. */

import type { RowRecord } from "../../conference/room";
import { isSealed } from "../../conference/content";
import type { ItemClose, ItemOpen } from "../../protocol/generated";
import type { Wid } from "../../protocol/ids";
import { rowsOf, type RosterEntry } from "../../protocol/room";
import type { Facts, HappeningView } from "../api";
import { timeOf, type Seen } from "./seen";

/** Most happenings that are shown, the newest ones. */
const MOST = 300;

/** Everything worth telling, oldest first. */
export function happeningsOf(seen: Seen): readonly HappeningView[] {
  const rosters = new Map(seen.room.state.rosters.map((entry) => [entry.seq, entry]));
  const all = seen.room.records.flatMap((record) => {
    const entry = rosters.get(record.seq);
    if (entry !== undefined) return ofRoster(seen, record, entry);
    return ofRow(seen, record);
  });
  return all.slice(-MOST);
}

type What = HappeningView["what"];

const NOBODY: ReturnType<typeof rowsOf> = new Map();

function told(
  seen: Seen,
  record: RowRecord,
  what: What,
  { who = null, facts = {} }: { readonly who?: Wid | null; readonly facts?: Facts } = {},
): HappeningView {
  const person = who === null ? null : seen.people.person(who);
  return { seq: record.seq, at: timeOf(seen, record), what, who: person, facts };
}

/** A roster tells who came and who left, and why; every one brings fresh keys. */
function ofRoster(seen: Seen, record: RowRecord, { body }: RosterEntry): readonly HappeningView[] {
  const before = seen.room.state.rosters[body.n - 1]?.body;
  const [now, then] = [rowsOf(body), before === undefined ? NOBODY : rowsOf(before)];
  const came = [...now.keys()].filter((wid) => !then.has(wid));
  const left = [...then.keys()].filter((wid) => !now.has(wid));
  const why = { why: body.why };
  const code = left.length > 0 && isWithdrawnBefore(seen, record) ? "BASIS_WITHDRAWN" : null;
  const gone: What = body.why === "remove" ? "left" : "evicted";
  return [
    ...came.map((who) => told(seen, record, "entered", { who, facts: why })),
    ...left.map((who) => told(seen, record, gone, { who, facts: { ...why, code } })),
    ...(came.length + left.length > 0 ? [told(seen, record, "roster", { facts: why })] : []),
    told(seen, record, "rekeyed", { facts: why }),
  ];
}

/** Tell whether a withdrawal stands between a roster and the one before it. */
function isWithdrawnBefore({ room, content }: Seen, { seq }: RowRecord): boolean {
  const since = room.state.rosters.findLast((entry) => entry.seq < seq)?.seq ?? 0;
  return room.records.slice(since, seq - 1).some(({ id }) => {
    const held = content(id);
    return held !== undefined && !isSealed(held) && held.body.typ === "withdraw";
  });
}

function ofRow(seen: Seen, record: RowRecord): readonly HappeningView[] {
  const who = personOf(seen, record);
  if (record.code !== null) {
    return [told(seen, record, "flawed", { who, facts: { code: record.code, kind: record.kind } })];
  }
  const content = seen.content(record.id);
  if (content === undefined) return [];
  if (!isSealed(content)) return ofStatement(seen, record, content.body);
  const { header } = content;
  if (header.k !== "op") return [];
  if (header.op === "item.open") {
    const { it } = header.m as ItemOpen;
    return [told(seen, record, "item-opened", { who, facts: { it } })];
  }
  if (header.op !== "item.close") return [];
  const { it, out } = header.m as ItemClose;
  return [told(seen, record, "item-closed", { who, facts: { it, out } })];
}

type Body = Extract<ReturnType<Seen["content"]>, { readonly body: unknown }>["body"];

function ofStatement(seen: Seen, record: RowRecord, body: Body): readonly HappeningView[] {
  const who = personOf(seen, record);
  if (body.typ === "withdraw") {
    const facts = { basis: body.basis, whole: body.ag === null && body.cats === null };
    return [told(seen, record, "withdrawn", { who, facts })];
  }
  if (body.typ !== "seat") return [];
  const facts = { ans: body.ans, why: body.why, sit: body.sit };
  return [told(seen, record, "seat", { who: body.wid, facts })];
}

function personOf(seen: Seen, { author }: RowRecord): Wid | null {
  const owner = author === null ? undefined : seen.room.state.directory.devices.get(author);
  return owner?.first.body.wid ?? null;
}
