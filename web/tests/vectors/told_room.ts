/** The room of a story, folded from its rows, and the questions asked of it. */

import { parseBare, parseFull } from "../../src/conference/content";
import type { Content } from "../../src/conference/content";
import { fold } from "../../src/conference/fold";
import { Room } from "../../src/conference/room";
import { load } from "../../src/consent/register";
import { fromHex } from "../../src/crypto/bytes";
import { isStale, pruneBases, pruneMembers, recipients, standing } from "../../src/protocol/basis";
import { holders } from "../../src/protocol/documents";
import type { Row } from "../../src/protocol/feed";
import type { CaseId, DocId, Hash, RowHash, Sid } from "../../src/protocol/ids";
import { RoomState, generationOf } from "../../src/protocol/room";
import { ToldLog, sorted } from "./told_log";
import type { Ask, LeafRecord, RowTold, Story, Verdict } from "./told_log";

const ENCODER = new TextEncoder();

/** A story with a room; every row is judged at its own point, whatever stands behind it. */
export class ToldRoom extends ToldLog {
  readonly room: Room;
  readonly #codes: readonly (string | null)[];

  constructor(story: Story, before?: readonly LeafRecord[]) {
    super(story, before);
    const { net } = this.directory;
    if (net === null || story.case === null) throw new Error("the story has no room");
    const { directory, logRoot } = this;
    const caseId = story.case as CaseId;
    const state = new RoomState({ net, caseId, directory, logRoot });
    this.room = new Room(state, load());
    this.#codes = story.rows.map((record) => fold(this.room, rowOf(record), contentOf(record)));
  }

  /** Verdict on each row. */
  rows(): Verdict[] {
    return this.story.rows.map(({ seq, what, code }, at) => ({
      what: `row ${seq}: ${what}`,
      said: code,
      got: this.#codes[at],
    }));
  }

  /** Verdict on everything told. */
  all(): Verdict[] {
    return [...this.leaves(), ...this.rows(), ...this.asks()];
  }

  protected override asked(ask: Ask): unknown {
    const { state } = this.room;
    const point = { n: ask.n, s: ask.s };
    const now = ask.now ?? this.directory.time(ask.n);
    const generation = generationOf(ask.doc as DocId, ask.g);
    switch (ask.ask) {
      case "eff":
        return sorted(standing(state, ask.basis as Sid, point).effective(now));
      case "prune": {
        const mem = pruneMembers(state, state.roster, point, now).map((row) => row.wid);
        return { mem, basis: pruneBases(state, state.roster, point, now) };
      }
      case "recipients":
        return sorted(recipients(state, state.roster, ask.n));
      case "stale":
        return isStale(state, point, now);
      case "due":
        state.at = ask.n;
        return this.room.valid().isDue(generation);
      case "holders":
        return sorted(holders(state, generation));
      case "chairs":
        return sorted(state.chairs(ask.n));
      default:
        return super.asked(ask);
    }
  }
}

/** The row as a reader gets it. */
export function rowOf({ seq, id, sg, idn, fh }: RowTold): Row {
  return { seq, id: id as Hash, sg: sg as Hash, idn, fh: fh as RowHash };
}

/** The bytes of a row, parsed; null where the story withholds them. */
export function contentOf({ form, bytes }: RowTold): Content | null {
  switch (form) {
    case "none":
      return null;
    case "bare":
      return parseBare("env", fromHex(bytes));
    case "env":
      return parseFull("env", fromHex(bytes));
    case "stm":
      return parseFull("stm", ENCODER.encode(bytes));
  }
}
