/** The room as the conference reducer asks about it, at one point of the feed. */

import type { Cap } from "../protocol/generated";
import type { Aid, Sid, SubId, Wid } from "../protocol/ids";
import type { Gate } from "./gate";
import type { Members, Room } from "./records";

/** Answers the reducer from a gate; `live` is who is present, null where nobody can know. */
export class PointRoom implements Room {
  readonly #held: Gate;
  readonly #live: ReadonlySet<Wid> | null;

  constructor(held: Gate, live: ReadonlySet<Wid> | null) {
    this.#held = held;
    this.#live = live;
  }

  chairs(): ReadonlySet<Wid> {
    return this.#held.room.chairs(this.#held.n);
  }

  members(): Members {
    const { room } = this.#held;
    const pairs = room.members().flatMap(({ wid }): readonly (readonly [Wid, Aid])[] => {
      const worker = room.directory.workers.get(wid);
      return worker === undefined ? [] : [[wid, worker.first.body.aid]];
    });
    return new Map(pairs);
  }

  workerAgency(wid: Wid): Aid | null {
    return this.#held.room.directory.workerInForce(wid, this.#held.n)?.aid ?? null;
  }

  covered(aid: Aid): boolean {
    return this.#held.covered().has(aid);
  }

  hasCap(wid: Wid, cap: Cap): boolean {
    const worker = this.#held.room.directory.workerInForce(wid, this.#held.n);
    return worker?.caps.includes(cap) ?? false;
  }

  basisKinds(basis: Sid, sub: SubId): ReadonlySet<string> | null {
    const found = this.#held.stands.find(
      (one) => one.sid === basis && one.body.sub === sub && one.effective(this.#held.now).size > 0,
    );
    return found?.kinds ?? null;
  }

  present(): ReadonlySet<Wid> | null {
    return this.#live;
  }
}
