/** A room as one person sees it. */

import type { Code } from "../../crypto/errors";
import type { RoomView } from "../api";
import { bareDigits } from "../typed";
import { basesOf } from "./bases";
import { actionsOf, decisionsOf, prioritiesOf, rolesOf } from "./boards";
import { happeningsOf } from "./happenings";
import { isChair, membersOf, newcomersOf } from "./members";
import { notesOf, sectionsOf } from "./sections";
import { timeAt, wordsOf, type Seen } from "./seen";
import { currentOf, sittingsOf } from "./sittings";

/** Everything that a room's screens show. */
export function roomOf(seen: Seen): RoomView {
  const words = wordsOf(seen);
  const sittings = sittingsOf(seen, words);
  const { state } = seen.room;
  const view: RoomView = {
    caseId: seen.caseId,
    code: seen.code,
    epoch: state.epoch,
    seq: state.seq,
    closed: state.closed,
    stale: seen.stale,
    halted: seen.halted,
    left: seen.gone as Code | null, // the server's word, as the code that it is
    chair: isChair(seen),
    bases: basesOf(seen),
    members: membersOf(seen),
    sitting: currentOf(seen, sittings),
    sittings,
    sections: sectionsOf(seen),
    priorities: prioritiesOf(seen, words),
    roles: rolesOf(seen, words),
    actions: actionsOf(seen, words),
    decisions: decisionsOf(seen, words),
    notes: notesOf(seen),
    happenings: happeningsOf(seen),
    spoken: spokenOf(seen),
    newcomers: newcomersOf(seen),
  };
  return seen.gone === null ? view : withoutWords(view);
}

function spokenOf(seen: Seen): RoomView["spoken"] {
  return seen.spoken.map(({ wid, sid, digits }) => ({
    by: seen.people.person(wid),
    digits: bareDigits(digits),
    at: timeAt(seen, seen.room.state.ids.get(sid) ?? 0),
  }));
}

/** What somebody who is no longer in keeps in sight: what was there, and none of its words. */
function withoutWords(view: RoomView): RoomView {
  return {
    ...view,
    sections: [],
    priorities: [],
    notes: [],
    decisions: [],
    bases: view.bases.map((basis) => ({ ...basis, subject: "" })),
    roles: view.roles.map((role) => ({ ...role, words: "" })),
    actions: view.actions.map((action) => ({
      ...action,
      what: action.owner.mine ? action.what : "", // she has to know what she still owes
      how: "",
      report: "",
    })),
  };
}
