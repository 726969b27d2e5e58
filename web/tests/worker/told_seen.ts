/** Rooms of the vectors as one of their people would see them. */

import { fold } from "../../src/conference/fold";
import { isSealed, type Content } from "../../src/conference/content";
import type { Room } from "../../src/conference/room";
import { asPerson } from "../../src/protocol/directory";
import type { Hash, Wid } from "../../src/protocol/ids";
import type { Person } from "../../src/protocol/room";
import type { Row } from "../../src/client/words";
import { People } from "../../src/worker/views/people";
import type { Seen } from "../../src/worker/views/seen";
import { stories, type Story } from "../vectors/told_log";
import { contentOf, rowOf, ToldRoom } from "../vectors/told_room";

const FILES = ["10-rosters", "12-documents", "15-rows", "19-effects"] as const;

/** Every story that founds a room, with the file that tells it. */
export function rooms(): readonly (readonly [name: string, story: Story])[] {
  const all = FILES.flatMap((file) =>
    stories(file).map((story) => [`${file}: ${story.id}`, story] as const),
  );
  return all.filter(([, story]) => story.case !== null && story.rows.length > 0);
}

/** A room that is folded row by row. */
export class Unfolding {
  readonly room: Room;
  readonly #story: Story;
  readonly #contents = new Map<Hash, Content>();

  constructor(story: Story) {
    this.room = new ToldRoom({ ...story, rows: [] }).room;
    this.#story = story;
  }

  /** Folds the next row; tells whether there was one. */
  step(): boolean {
    const told = this.#story.rows[this.room.state.seq];
    if (told === undefined) return false;
    const content = contentOf(told);
    if (content !== null) this.#contents.set(rowOf(told).id, content);
    fold(this.room, rowOf(told), content);
    return true;
  }

  /** Folds all rows. */
  all(): this {
    while (this.step());
    return this;
  }

  /** People of the roster, before the first of whoever leads. */
  people(): readonly Person[] {
    const { current } = this.room.state;
    return current === undefined ? [] : current.body.mem.map(asPerson);
  }

  /** What one of them sees; no words are open, since vectors hold no keys of people. */
  seen(me: Person, now = this.room.state.directory.time(this.room.state.idn)): Seen {
    const { state, records } = this.room;
    const { directory } = state;
    const rows = records.flatMap((record): readonly Row[] => {
      const content = this.#contents.get(record.id);
      return record.code === null && content !== undefined && isSealed(content)
        ? [[record, content]]
        : [];
    });
    const wid = me.slice(0, 32) as Wid;
    return {
      ...{ caseId: state.caseId, code: "K-101", room: this.room, rows, me, now },
      content: (id) => this.#contents.get(id),
      ...{ texts: new Map(), held: new Set(), flaws: new Map(), live: new Set(), hands: [] },
      ...{ newcomers: new Set(), spoken: [], stale: false, halted: null, gone: null, sit: null },
      people: new People({ directory, n: directory.size, names: new Map(), me: wid }),
    };
  }
}
