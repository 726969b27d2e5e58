"""Cases of `vectors/20-ops.json`: boards, decisions, actions, and a sitting from end to end.

The cases are laid out as tables; hence the marks that keep the formatter away from them.
"""

from typing import Any

from tools.make_vectors.ops_case import Case, accept, reject
from tools.make_vectors.ops_stage import (
    ACT,
    CARE,
    CHAIR,
    COLLEAGUE,
    DECIDE,
    DEPUTY,
    FACILITATOR,
    FIRST,
    FOR_MOTHER,
    FORM,
    HEALTH,
    INTERIM,
    KEY,
    LATER,
    LETTER,
    MAIN,
    NONOMURA,
    NOVEMBER,
    NPO,
    OFFICE,
    RECORDER,
    RULING,
    SECOND,
    SHAKYO,
    SPARE,
    SUPPORT,
    TALK,
    VISIT,
    WALKER,
    WITHOUT_NPO,
    Tape,
    after,
    convene,
    planned,
)


def _held(act: str = VISIT, ag: str = NPO, w: str | None = WALKER) -> Tape:
    return after("deciding").action(act, ag, w)


def _accepted() -> Tape:
    return _held().op("act.ans", by=WALKER, act=VISIT, ans="accept", why=None)


def _declined() -> Tape:
    return _held().op("act.ans", by=WALKER, act=VISIT, ans="decline", why="scope")


def _report(tape: Tape, st: str, by: str = WALKER) -> Tape:
    return tape.op("act.rep", by=by, act=VISIT, st=st)


def _hand(tape: Tape, by: str = CHAIR, ag: str = CARE, w: str | None = NONOMURA) -> Tape:
    return tape.op("act.hand", by=by, act=VISIT, ag=ag, w=w)


def _cancel(tape: Tape, by: str = CHAIR, base: int | None = None) -> Tape:
    return tape.op("act.can", by=by, act=VISIT, base=base)


def _priority(tape: Tape, by: str = NONOMURA, it: str = DECIDE) -> Tape:
    return tape.op("prio.set", by=by, row=SPARE, it=it)


def _then(tape: Tape) -> Tape:
    """Append a row that changes nothing: it is the first in the room as it is now."""
    return tape.op("snap", upto=tape.seq, rows=1)


def _counts(main: int, key: int, deputy: int, interim: int) -> dict[str, Any]:
    return {"main": main, "key": key, "deputy": deputy, "interim": interim}


PRIORITIES = (
    accept("a seated member sets a priority", _priority(after("deciding")), prio={SPARE: DECIDE}),
    accept("the chair needs no seat", _priority(after("deciding"), by=ACT), prio={SPARE: DECIDE}),
    accept("who is present sets it", _priority(after("deciding")),
           room={"present": [NONOMURA]}, prio={SPARE: DECIDE}),
    reject("who is absent does not", "NOT_SEATED", _priority(after("deciding")),
           room={"present": [WALKER]}),
    reject("nor who has no seat", "NOT_SEATED", _priority(after("deciding"), by=COLLEAGUE)),
    reject("priorities are set under an open item", "ITEM_NOT_OPEN",
           _priority(after("deciding"), it=TALK), state="prepared"),
    reject("and a known one", "UNKNOWN_ID", _priority(after("deciding"), it=LATER)),
    reject("two do not set one row at once", "CONFLICT",
           _priority(after("deciding")).op("prio.set", row=SPARE, it=DECIDE, base=11)),
    accept("a priority is deleted",
           _priority(after("deciding")).op("prio.del", by=WALKER, row=SPARE), prio={SPARE: None}),
    accept("and written anew", _priority(_priority(after("deciding"))
           .op("prio.del", by=WALKER, row=SPARE)), prio={SPARE: DECIDE}),
    accept("a row of an earlier item is deleted under today's", _priority(after("deciding"))
           .close("none").op("item.open", it=TALK).op("prio.del", row=SPARE), prio={SPARE: None}),
    reject("a priority is deleted once", "CONFLICT", _priority(after("deciding"))
           .op("prio.del", row=SPARE).op("prio.del", row=SPARE), state="deleted"),
    reject("not by who has no seat", "NOT_SEATED",
           _priority(after("deciding")).op("prio.del", by=COLLEAGUE, row=SPARE)),
    reject("not over an unseen change", "CONFLICT",
           _priority(_priority(after("deciding"))).op("prio.del", row=SPARE, base=12)),
    reject("not between items", "ITEM_NOT_OPEN",
           _priority(after("deciding")).close("none").op("prio.del", row=SPARE)),
    reject("not an unknown row", "UNKNOWN_ID", after("deciding").op("prio.del", row=SPARE)),
)  # fmt: skip

ROLES = (
    accept("the facilitator offers a part",
           after("deciding").role(MAIN, "main", CARE, by=FACILITATOR),
           roles={MAIN: "proposed"}),
    accept("the recorder offers a part", after("deciding").role(MAIN, "main", CARE, by=RECORDER),
           roles={MAIN: "proposed"}),
    accept("a member offers her own agency",
           after("deciding").role(MAIN, "main", CARE, by=NONOMURA), roles={MAIN: "proposed"}),
    accept("a member edits her agency's row", after("deciding").role(MAIN, "main", CARE)
           .role(MAIN, "deputy", CARE, COLLEAGUE, by=NONOMURA), invariant=_counts(0, 0, 1, 0)),
    reject("a member does not offer another agency", "FORBIDDEN",
           after("deciding").role(MAIN, "main", SHAKYO, by=NONOMURA)),
    reject("nor takes another's row over", "FORBIDDEN",
           after("deciding").role(MAIN, "main", SHAKYO).role(MAIN, "main", CARE, by=NONOMURA)),
    reject("a part needs an open item", "ITEM_NOT_OPEN", after("opened").role(MAIN, "main", CARE)),
    reject("a part needs a known item", "UNKNOWN_ID",
           after("deciding").role(MAIN, "main", CARE, it=LATER)),
    reject("a part goes to an agency of the room", "OUT_OF_SCOPE",
           after("deciding").role(MAIN, "main", SUPPORT)),
    reject("a part goes to a person of the room", "OUT_OF_SCOPE",
           after("deciding").role(MAIN, "main", CARE, OFFICE)),
    reject("a part goes to a person of that agency", "OUT_OF_SCOPE",
           after("deciding").role(MAIN, "main", CARE, WALKER)),
    reject("two do not set one part at once", "CONFLICT", after("deciding").role(MAIN, "main", CARE)
           .op("role.set", by=RECORDER, row=MAIN, part="main", ag=SHAKYO, w=None, it=DECIDE,
               base=11)),
    accept("another row moved: no conflict", after("deciding").role(MAIN, "main", CARE)
           .op("role.set", by=RECORDER, row=KEY, part="main", ag=SHAKYO, w=None, it=DECIDE,
               base=11), invariant=_counts(2, 0, 0, 0)),
    accept("the person offered accepts", after("led").answer(KEY, NONOMURA),
           roles={KEY: "accepted"}),
    accept("anybody of the agency accepts for it", after("led").answer(MAIN, COLLEAGUE),
           roles={MAIN: "accepted"}),
    reject("a colleague does not accept for the person", "FORBIDDEN",
           after("led").answer(KEY, COLLEAGUE)),
    reject("nor another agency", "FORBIDDEN", after("led").answer(MAIN, WALKER)),
    reject("nor the chair", "FORBIDDEN", after("led").answer(MAIN, CHAIR)),
    reject("a part is answered once", "CONFLICT",
           after("led").answer(MAIN, NONOMURA).answer(MAIN, COLLEAGUE, why="legal"),
           state="accepted"),
    reject("a part is not answered over an unseen change", "CONFLICT",
           after("led").role(MAIN, "main", CARE)
           .op("role.ans", by=NONOMURA, row=MAIN, ans="accept", why=None, base=16)),
    reject("an unknown part is not answered", "UNKNOWN_ID", after("led").answer(SPARE, NONOMURA)),
    accept("a changed offer is a new offer", after("led").answer(MAIN, NONOMURA)
           .role(MAIN, "main", CARE), roles={MAIN: "proposed"}),
    accept("a declined part leaves the interim in charge",
           after("led").answer(MAIN, NONOMURA, why="capacity"), roles={MAIN: "declined"},
           interim=INTERIM, invariant={**_counts(0, 1, 1, 1), "ok": False}),
    accept("so does a part nobody has answered", after("led"), interim=INTERIM,
           invariant={**_counts(1, 1, 1, 1), "ok": True}),
    accept("main and key accepted release the interim",
           after("led").answer(MAIN, NONOMURA).answer(KEY, NONOMURA), interim=None,
           invariant={**_counts(1, 1, 1, 1), "ok": True}),
    accept("an interim who has not accepted is not in charge",
           after("led").role(INTERIM, "interim", SHAKYO), interim=None, invariant={"ok": False}),
    accept("the recorder deletes a part", after("led").op("role.del", by=RECORDER, row=MAIN),
           roles={MAIN: "deleted"}, invariant=_counts(0, 1, 1, 1)),
    accept("its agency deletes its part", after("led").op("role.del", by=COLLEAGUE, row=MAIN),
           roles={MAIN: "deleted"}),
    accept("a deleted part may be offered anew",
           after("led").op("role.del", row=MAIN).role(MAIN, "main", CARE),
           roles={MAIN: "proposed"}),
    reject("another agency deletes no part", "FORBIDDEN",
           after("led").op("role.del", by=WALKER, row=MAIN)),
    reject("a part is deleted once", "CONFLICT",
           after("led").op("role.del", row=MAIN).op("role.del", row=MAIN), state="deleted"),
    reject("a part is not deleted over an unseen answer", "CONFLICT",
           after("led").answer(MAIN, NONOMURA).op("role.del", row=MAIN, base=16)),
    reject("a part is not deleted between items", "ITEM_NOT_OPEN",
           after("led").close().op("role.del", row=MAIN)),
    reject("an unknown part is not deleted", "UNKNOWN_ID", after("led").op("role.del", row=SPARE)),
)  # fmt: skip

ACCEPTED_LEAD = after("led").answer(MAIN, NONOMURA).answer(KEY, NONOMURA)

INVARIANT = (
    accept("a decision leaves somebody in charge", after("led").close(), items={DECIDE: "decided"}),
    accept("with main and key accepted no interim is needed",
           ACCEPTED_LEAD.op("role.del", row=INTERIM).close(), items={DECIDE: "decided"}),
    accept("with main and key accepted a second interim does no harm",
           ACCEPTED_LEAD.role(SPARE, "interim", HEALTH).close(), items={DECIDE: "decided"}),
    reject("no decision without a main agency", "INVARIANT",
           after("led").op("role.del", row=MAIN).close(), **_counts(0, 1, 1, 1)),
    reject("none with two", "INVARIANT",
           after("led").role(SPARE, "main", SHAKYO).close(), **_counts(2, 1, 1, 1)),
    reject("none without a key person", "INVARIANT",
           after("led").op("role.del", row=KEY).close(), **_counts(1, 0, 1, 1)),
    reject("none with two", "INVARIANT",
           after("led").role(SPARE, "key", CARE, COLLEAGUE).close(), **_counts(1, 2, 1, 1)),
    reject("the key must be a person", "INVARIANT",
           after("led").role(KEY, "key", CARE).close(), **_counts(1, 1, 1, 1)),
    reject("the key is of the main agency", "INVARIANT",
           after("led").role(KEY, "key", SHAKYO, RECORDER).close(), **_counts(1, 1, 1, 1)),
    reject("none without a deputy", "INVARIANT",
           after("led").op("role.del", row=DEPUTY).close(), **_counts(1, 1, 0, 1)),
    accept("two deputies are welcome", after("led").role(SPARE, "deputy", HEALTH).close(),
           invariant=_counts(1, 1, 2, 1), items={DECIDE: "decided"}),
    reject("none without an interim while main is open", "INVARIANT",
           after("led").answer(KEY, NONOMURA).op("role.del", row=INTERIM).close(),
           **_counts(1, 1, 1, 0)),
    reject("nor while the key is", "INVARIANT",
           after("led").answer(MAIN, NONOMURA).op("role.del", row=INTERIM).close(),
           **_counts(1, 1, 1, 0)),
    reject("an interim must have accepted", "INVARIANT",
           after("led").role(INTERIM, "interim", SHAKYO).close(), **_counts(1, 1, 1, 1)),
    reject("two interims are nobody", "INVARIANT",
           after("led").role(SPARE, "interim", HEALTH).close(), **_counts(1, 1, 1, 2)),
    reject("who left the roster does not count", "INVARIANT",
           after("led").role(DEPUTY, "deputy", NPO, WALKER).close(),
           room=WITHOUT_NPO, **_counts(1, 1, 0, 1)),
    reject("nor an agency that left", "INVARIANT",
           after("led").role(DEPUTY, "deputy", NPO).close(),
           room=WITHOUT_NPO, **_counts(1, 1, 0, 1)),
)  # fmt: skip

DECISIONS = (
    accept("the chair records a decision", after("deciding").decide(),
           decisions={RULING: "decision"}),
    accept("the recorder records that nothing was decided",
           after("deciding").decide("none", by=RECORDER), decisions={RULING: "none"}),
    accept("any member records her own reserve", after("deciding").decide("reserve", by=WALKER),
           decisions={RULING: "reserve"}),
    reject("a member records no decision", "FORBIDDEN", after("deciding").decide(by=FACILITATOR)),
    reject("nor that there was none", "FORBIDDEN", after("deciding").decide("none", by=WALKER)),
    reject("a decision is never edited", "CONFLICT",
           after("deciding").decide().decide("none")),
    reject("a decision belongs to the open item", "ITEM_NOT_OPEN",
           after("deciding").decide(it=TALK), state="prepared"),
    reject("and a known one", "UNKNOWN_ID", after("deciding").decide(it=LATER)),
)  # fmt: skip

BOARDS = (*PRIORITIES, *ROLES, *INVARIANT, *DECISIONS)

NEW_ACTIONS = (
    accept("the chair proposes an action", after("deciding").action(it=DECIDE),
           actions={VISIT: "proposed"}, owners={VISIT: [CARE, None]}),
    accept("the recorder of the sitting proposes", after("deciding").action(it=DECIDE, by=RECORDER),
           actions={VISIT: "proposed"}),
    accept("the recorder proposes outside an item", after("deciding").action(by=RECORDER),
           actions={VISIT: "proposed"}),
    accept("a member proposes for her own agency", after("deciding").action(by=COLLEAGUE),
           actions={VISIT: "proposed"}),
    reject("not for another", "FORBIDDEN", after("deciding").action(by=WALKER)),
    reject("the facilitator does not", "FORBIDDEN", after("deciding").action(by=FACILITATOR)),
    reject("the recorder of a closed sitting does not", "FORBIDDEN",
           after("opened").op("sit.close", sit=FIRST).action(by=RECORDER)),
    accept("but for an item of hers she does",
           after("opened").op("sit.close", sit=FIRST).action(by=RECORDER, it=DECIDE),
           actions={VISIT: "proposed"}),
    reject("a recorder elsewhere does not", "FORBIDDEN",
           convene(after("deciding"), SECOND, planned(LATER, 1, "form", []))
           .action(by=RECORDER, it=LATER)),
    reject("an owner sits in the room", "OUT_OF_SCOPE", after("deciding").action(ag=SUPPORT)),
    reject("a person named sits in the room", "OUT_OF_SCOPE", after("deciding").action(w=OFFICE)),
    accept("an agency outside is asked", after("deciding").action(ag=SUPPORT, ext=1),
           actions={VISIT: "asked"}, handovers=[]),
    reject("an action is new", "CONFLICT", after("deciding").action().action()),
    reject("an action belongs to a known item", "UNKNOWN_ID", after("deciding").action(it=LATER)),
    reject("an action continues a known one", "UNKNOWN_ID",
           after("deciding").action(from_=LETTER)),
    accept("an owner continues hers in another", _accepted()
           .action(LETTER, NPO, by=WALKER, from_=VISIT),
           actions={VISIT: "handed", LETTER: "proposed"}),
    accept("the chair continues any", _accepted().action(LETTER, from_=VISIT),
           actions={VISIT: "handed", LETTER: "proposed"}),
    accept("an ended one stays as it ended", _report(_accepted(), "done")
           .action(LETTER, by=NONOMURA, from_=VISIT),
           actions={VISIT: "done", LETTER: "proposed"}),
    reject("nobody takes a running one from its owner", "FORBIDDEN",
           _accepted().action(LETTER, by=NONOMURA, from_=VISIT)),
    reject("nobody continues what has moved unseen", "CONFLICT",
           _report(_accepted(), "progress").action(LETTER, from_=VISIT, base=13)),
)  # fmt: skip

MOVED_ACTIONS = (
    accept("the owner accepts", _accepted(), actions={VISIT: "accepted"}, interim_actions=[]),
    accept("anybody of the owning agency accepts", _held(ag=CARE, w=None)
           .op("act.ans", by=COLLEAGUE, act=VISIT, ans="accept", why=None),
           actions={VISIT: "accepted"}),
    accept("a declined action is the interim's", _declined(), actions={VISIT: "declined"},
           interim_actions=[VISIT]),
    reject("another does not answer", "FORBIDDEN",
           _held().op("act.ans", by=CHAIR, act=VISIT, ans="accept", why=None)),
    reject("an action is answered once", "CONFLICT",
           _accepted().op("act.ans", by=WALKER, act=VISIT, ans="decline", why="other"),
           state="accepted"),
    reject("an action is not answered over an unseen change", "CONFLICT",
           _hand(_held(), ag=NPO, w=WALKER)
           .op("act.ans", by=WALKER, act=VISIT, ans="accept", why=None, base=12), touched=13),
    reject("an unknown action is not answered", "UNKNOWN_ID",
           after("deciding").op("act.ans", by=WALKER, act=VISIT, ans="accept", why=None)),
    accept("the owner reports progress", _report(_accepted(), "progress"),
           actions={VISIT: "progress"}),
    accept("and again, and the end", _report(_report(_report(_accepted(), "progress"), "progress"),
           "done"), actions={VISIT: "done"}),
    accept("or that it was not done", _report(_accepted(), "not-done"),
           actions={VISIT: "not-done"}),
    reject("no report before accepting", "CONFLICT", _report(_held(), "progress"),
           state="proposed"),
    reject("no report after the end", "CONFLICT", _report(_report(_accepted(), "done"), "progress"),
           state="done"),
    reject("another does not report", "FORBIDDEN", _report(_accepted(), "done", by=CHAIR)),
    reject("no report over an unseen change", "CONFLICT",
           _report(_accepted(), "progress")
           .op("act.rep", by=WALKER, act=VISIT, st="done", base=13), touched=14),
    reject("no report on an unknown action", "UNKNOWN_ID",
           _report(after("deciding"), "done")),
    accept("the owner hands over", _hand(_accepted(), by=WALKER), actions={VISIT: "proposed"},
           owners={VISIT: [CARE, NONOMURA]}),
    accept("the chair hands over a declined one", _hand(_declined()), actions={VISIT: "proposed"},
           interim_actions=[]),
    accept("what was asked outside comes inside",
           _hand(after("deciding").action(ag=SUPPORT, ext=1)), actions={VISIT: "proposed"}),
    reject("another does not hand over", "FORBIDDEN", _hand(_accepted(), by=NONOMURA)),
    reject("not to outside the room", "OUT_OF_SCOPE", _hand(_accepted(), ag=SUPPORT, w=None)),
    reject("not what has ended", "CONFLICT", _hand(_report(_accepted(), "done")), state="done"),
    reject("not over an unseen report", "CONFLICT", _report(_accepted(), "progress")
           .op("act.hand", act=VISIT, ag=CARE, w=None, base=13)),
    reject("not an unknown action", "UNKNOWN_ID", _hand(after("deciding"))),
    accept("the chair cancels", _cancel(_accepted()), actions={VISIT: "cancelled"}),
    reject("the owner does not", "FORBIDDEN", _cancel(_accepted(), by=WALKER)),
    reject("an action is cancelled once", "CONFLICT", _cancel(_cancel(_accepted())),
           state="cancelled"),
    reject("nor over an unseen report", "CONFLICT",
           _cancel(_report(_accepted(), "progress"), base=13)),
    reject("an unknown action is not cancelled", "UNKNOWN_ID", _cancel(after("deciding"))),
)  # fmt: skip

DEPARTED = (
    accept("the departed's action waits for a new owner", _then(_accepted()), room=WITHOUT_NPO,
           handovers=[VISIT]),
    accept("also one held by the agency", _then(_held(w=None)), room=WITHOUT_NPO,
           handovers=[VISIT]),
    accept("others are left alone", _then(_held(ag=CARE, w=NONOMURA)), room=WITHOUT_NPO,
           handovers=[]),
    accept("what has ended waits for nobody", _then(_report(_accepted(), "done")),
           room=WITHOUT_NPO, handovers=[]),
    accept("another agency takes it up", _accepted().action(LETTER, by=NONOMURA, from_=VISIT),
           room=WITHOUT_NPO, handovers=[], actions={VISIT: "handed"}),
    accept("or the chair hands it over", _hand(_accepted()), room=WITHOUT_NPO,
           handovers=[], actions={VISIT: "proposed"}),
    accept("a basis that ended suspends the open item", _then(after("deciding")),
           room={"bases": [FOR_MOTHER]}, suspended=[DECIDE]),
)  # fmt: skip

ACTIONS = (*NEW_ACTIONS, *MOVED_ACTIONS, *DEPARTED)


def _story() -> tuple[Case, ...]:
    """Closing the role board: sealed text, enforced invariant (protocol, section 15.4)."""
    refused = after("led").answer(MAIN, NONOMURA, why="capacity")
    refused = refused.answer(KEY, NONOMURA, why="capacity")
    two = refused.role(MAIN, "main", CARE).role(KEY, "key", CARE, NONOMURA)
    two = two.role(SPARE, "main", SHAKYO, by=RECORDER)
    one = two.op("role.del", row=SPARE).action(it=DECIDE).decide()
    one = one.op("act.ans", by=NONOMURA, act=VISIT, ans="accept", why=None)
    one = _priority(one, by=WALKER, it=DECIDE).op("next.set", sit=FIRST, at=NOVEMBER)
    closed = one.close().op("sit.close", sit=FIRST)
    released = closed.answer(MAIN, NONOMURA).answer(KEY, NONOMURA)
    return (
        reject("15.4: both parts declined", "INVARIANT", refused.close(), **_counts(0, 0, 1, 1)),
        reject("15.4: two mains by two hands", "INVARIANT", two.close(), **_counts(2, 1, 1, 1)),
        reject("15.4: an operation in between", "CONFLICT", one.close(base=one.seq - 1)),
        accept("15.4: the interim holds it till then", closed, interim=INTERIM,
               sittings={FIRST: "closed"}, items={DECIDE: "decided", FORM: "prepared"},
               decisions={RULING: "decision"}, next={FIRST: NOVEMBER}),
        accept("15.4: accepted next day, interim released", released, interim=None,
               roles={MAIN: "accepted", KEY: "accepted", SPARE: "deleted"}),
    )  # fmt: skip


STORY = _story()
