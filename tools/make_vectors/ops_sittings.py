"""Cases of `vectors/20-ops.json`: places, sittings, items and seats.

The cases are laid out as tables; hence the marks that keep the formatter away from them.
"""

from typing import Any

from tools.make_vectors.ops_case import accept, reject
from tools.make_vectors.ops_stage import (
    ACT,
    ADVISER,
    BOTH,
    CARE,
    CHAIR,
    COLLEAGUE,
    DECIDE,
    FACILITATOR,
    FIRST,
    FOR_MOTHER,
    FOR_SON,
    FORM,
    HEALTH,
    LATER,
    MAIN,
    NONOMURA,
    NOVEMBER,
    NOW,
    NPO,
    OFFICE,
    RECORDER,
    ROSTER,
    SECOND,
    STRANGER,
    SUPPORT,
    TALK,
    VISIT,
    WALKER,
    Data,
    Tape,
    after,
    convene,
    planned,
)

WITHOUT_SON: Data = {"bases": [FOR_MOTHER]}
OTHER_MEETING: Data = {"bases": [FOR_MOTHER, {**FOR_SON, "kinds": ["review"]}]}
HEALTH_LEFT: Data = {"covered": [aid for aid in ROSTER.values() if aid != HEALTH]}
ONE = planned(LATER, 1, "decide", BOTH)

PLACES = (
    reject("a sitting is not convened in the board", "WRONG_PLACE",
           after("nothing").op("sit.conv", cls="brd", sit=FIRST, kind="shien", no=1,
                               starts=NOVEMBER, items=[ONE])),
    reject("a seat is not offered in an item", "WRONG_PLACE",
           after("seated").op("seat.inv", cls="itm", item=DECIDE, sit=FIRST, wid=COLLEAGUE,
                              duty="member", late=0)),
    reject("a part is not set in the agenda", "WRONG_PLACE",
           after("deciding").op("role.set", cls="agd", row=MAIN, part="main", ag=CARE, w=None,
                                it=DECIDE)),
    reject("an action is not made in the agenda", "WRONG_PLACE",
           after("deciding").op("act.can", cls="agd", act=VISIT)),
    reject("a decision stands in an item's own text", "WRONG_PLACE",
           after("deciding").op("dec.rec", cls="brd", dec="de" * 16, it=DECIDE, typ="decision")),
    reject("and in the text of no other item", "WRONG_PLACE",
           after("deciding").op("dec.rec", item=TALK, dec="de" * 16, it=DECIDE, typ="decision")),
    accept("a snapshot changes no fact", after("seated").op("snap", cls="brd", upto=9, rows=4),
           sittings={FIRST: "convened"}, roles={}),
    accept("a snapshot may stand in an item",
           after("deciding").op("snap", cls="itm", item=DECIDE, upto=9, rows=4),
           items={DECIDE: "open"}),
    reject("a snapshot stands in no section", "WRONG_PLACE",
           after("seated").op("snap", cls="sec", upto=9, rows=4)),
    reject("who is not in the roster does nothing", "NOT_MEMBER",
           after("seated").op("snap", by=OFFICE, upto=9, rows=4)),
    reject("a guest does nothing", "NOT_MEMBER",
           after("seated").op("snap", by=ADVISER, upto=9, rows=4)),
    reject("nobody writes for another agency", "NOT_MEMBER",
           after("seated").op("snap", by=NONOMURA, aid=SUPPORT, upto=9, rows=4)),
)  # fmt: skip


def _second_sitting() -> Tape:
    tape = after("led").close().op("next.set", sit=FIRST, at=None).op("sit.close", sit=FIRST)
    tape = convene(tape, SECOND, planned(LATER, 1, "form", []))
    tape = tape.op("seat.inv", sit=SECOND, wid=RECORDER, duty="recorder", late=0)
    return tape.seat(RECORDER, sit=SECOND).op("sit.open", sit=SECOND)


SITTINGS = (
    accept("the chair convenes", convene(after("nothing"), FIRST, ONE),
           sittings={FIRST: "convened"}, items={LATER: "prepared"}),
    accept("a live act convenes", convene(after("nothing"), FIRST, ONE, by=ACT),
           sittings={FIRST: "convened"}),
    reject("a member does not convene", "FORBIDDEN",
           convene(after("nothing"), FIRST, ONE, by=RECORDER)),
    reject("a sitting is convened once", "CONFLICT",
           convene(after("invited"), FIRST, planned(LATER, 9, "decide", BOTH))),
    reject("an item belongs to one sitting", "CONFLICT",
           convene(after("invited"), SECOND, planned(TALK, 1, "talk", BOTH))),
    reject("no item without a basis in force", "NO_BASIS",
           convene(after("nothing"), FIRST, ONE), room=WITHOUT_SON),
    reject("no item on a basis for other sittings", "MEETING_NOT_COVERED",
           convene(after("nothing"), FIRST, ONE), room=OTHER_MEETING, kind="shien"),
    reject("the kind of sitting binds every subject", "MEETING_NOT_COVERED",
           convene(after("nothing"), FIRST, ONE, kind="support"), kind="support"),
    accept("only the willing are treated in a sitting by consent",
           convene(after("nothing"), FIRST, planned(LATER, 1, "talk", BOTH[:1]), kind="support"),
           items={LATER: "prepared"}),
    accept("a sitting opens with chair and recorder", after("seated").op("sit.open", sit=FIRST),
           room={"present": [ACT, RECORDER]}, sittings={FIRST: "open"}),
    reject("no sitting opens without chair or act", "NOT_SEATED",
           after("seated").op("sit.open", sit=FIRST),
           room={"present": [RECORDER, NONOMURA]}, duty="chair"),
    reject("no sitting opens without a recorder", "NOT_SEATED",
           after("seated").op("sit.open", sit=FIRST),
           room={"present": [CHAIR, NONOMURA]}, duty="recorder"),
    reject("a room without chair and acts opens nothing", "FORBIDDEN",
           after("seated").op("sit.open", sit=FIRST), room={"chairs": []}),
    reject("a recorder must have the capability", "NOT_SEATED",
           after("seated").op("sit.open", sit=FIRST), room={"minutes": []}, duty="recorder"),
    reject("a recorder must have accepted", "NOT_SEATED",
           after("invited").op("sit.open", sit=FIRST), duty="recorder"),
    reject("another duty is no recorder's", "NOT_SEATED",
           after("invited").invite(RECORDER).seat(RECORDER).op("sit.open", sit=FIRST),
           duty="recorder"),
    reject("a recorder of another sitting does not count", "NOT_SEATED",
           convene(after("seated"), SECOND, ONE).op("sit.open", sit=SECOND), duty="recorder"),
    reject("the facilitator does not open the sitting", "FORBIDDEN",
           after("seated").op("sit.open", by=FACILITATOR, sit=FIRST)),
    reject("a sitting opens once", "CONFLICT", after("opened").op("sit.open", sit=FIRST)),
    reject("a closed sitting stays closed", "CONFLICT",
           after("opened").op("sit.close", sit=FIRST).op("sit.open", sit=FIRST), state="closed"),
    reject("two chairs do not open it at once", "CONFLICT",
           after("seated").op("sit.open", sit=FIRST).op("sit.open", by=ACT, sit=FIRST, base=9),
           touched=10),
    reject("one sitting at a time", "CONFLICT",
           convene(after("opened"), SECOND, ONE).op("sit.open", sit=SECOND)),
    reject("an unknown sitting", "UNKNOWN_ID", after("seated").op("sit.open", sit=SECOND)),
    accept("a sitting that decided nothing closes as it is",
           after("deciding").close("carried").op("sit.close", sit=FIRST),
           sittings={FIRST: "closed"}, items={DECIDE: "carried", TALK: "prepared"}),
    reject("a sitting with an open item does not close", "CONFLICT",
           after("deciding").op("sit.close", sit=FIRST)),
    reject("a sitting that is not open does not close", "CONFLICT",
           after("seated").op("sit.close", sit=FIRST)),
    reject("the recorder does not close the sitting", "FORBIDDEN",
           after("opened").op("sit.close", by=RECORDER, sit=FIRST)),
    reject("a sitting closes on what its chair has seen", "CONFLICT",
           after("opened").op("snap", by=NONOMURA, upto=1, rows=1)
           .op("sit.close", sit=FIRST, base=10)),
    reject("an unknown sitting does not close", "UNKNOWN_ID",
           after("opened").op("sit.close", sit=SECOND)),
    accept("a sitting that decided closes with a next date",
           after("led").close().op("next.set", by=RECORDER, sit=FIRST, at=NOVEMBER)
           .op("sit.close", sit=FIRST),
           sittings={FIRST: "closed"}, next={FIRST: NOVEMBER}),
    accept("what another sitting decided is not asked again", _second_sitting()
           .op("sit.close", sit=SECOND), sittings={FIRST: "closed", SECOND: "closed"}),
    accept("or with the word that none is needed",
           after("led").close().op("next.set", sit=FIRST, at=None).op("sit.close", sit=FIRST),
           sittings={FIRST: "closed"}, next={FIRST: None}),
    reject("a sitting that decided needs a next date", "INVARIANT",
           after("led").close().op("sit.close", sit=FIRST), next=0),
    reject("and somebody in charge at its end", "INVARIANT",
           after("led").close().op("next.set", sit=FIRST, at=None).op("item.open", it=TALK)
           .op("role.del", row=MAIN).close("none", it=TALK).op("sit.close", sit=FIRST),
           main=0, key=1, deputy=1, interim=1),
    accept("a next date may be changed, also after the sitting",
           after("opened").op("next.set", sit=FIRST, at=None).op("sit.close", sit=FIRST)
           .op("next.set", sit=FIRST, at=NOVEMBER), next={FIRST: NOVEMBER}),
    reject("the next date lies ahead", "CLOCK",
           after("opened").op("next.set", sit=FIRST, at=NOW)),
    reject("a member sets no next date", "FORBIDDEN",
           after("opened").op("next.set", by=NONOMURA, sit=FIRST, at=NOVEMBER)),
    reject("two hands do not set it at once", "CONFLICT",
           after("opened").op("next.set", sit=FIRST, at=NOVEMBER)
           .op("next.set", by=RECORDER, sit=FIRST, at=None, base=10)),
    reject("no next date of an unknown sitting", "UNKNOWN_ID",
           after("opened").op("next.set", sit=SECOND, at=NOVEMBER)),
)  # fmt: skip


def _added(no: int = 4, it: str = LATER) -> dict[str, Any]:
    return {"sit": FIRST, "it": it, "no": no, "typ": "talk", "bases": BOTH}


ITEMS = (
    accept("an item is added while the sitting runs", after("opened").op("item.add", **_added()),
           items={LATER: "prepared"}),
    reject("a member adds none", "FORBIDDEN",
           after("opened").op("item.add", by=NONOMURA, **_added())),
    reject("no number twice", "CONFLICT", after("opened").op("item.add", **_added(no=2))),
    reject("no item twice", "CONFLICT", after("opened").op("item.add", **_added(it=TALK))),
    reject("none to a closed sitting", "CONFLICT",
           after("opened").op("sit.close", sit=FIRST).op("item.add", **_added())),
    reject("none to an unknown sitting", "UNKNOWN_ID",
           after("nothing").op("item.add", **_added())),
    reject("none without its basis", "NO_BASIS", after("opened").op("item.add", **_added()),
           room=WITHOUT_SON),
    accept("the facilitator opens an item",
           after("opened").op("item.open", by=FACILITATOR, it=TALK), items={TALK: "open"},
           current={FIRST: TALK}),
    reject("the recorder does not", "FORBIDDEN",
           after("opened").op("item.open", by=RECORDER, it=TALK)),
    reject("nor a facilitator who did not accept", "FORBIDDEN",
           after("opened").invite(FACILITATOR, "facilitator", late=1)
           .op("item.open", by=FACILITATOR, it=TALK)),
    reject("one open item in a sitting", "CONFLICT", after("deciding").op("item.open", it=TALK)),
    reject("no item opens before its sitting", "CONFLICT",
           after("seated").op("item.open", it=TALK)),
    reject("a closed item stays closed", "CONFLICT",
           after("deciding").close("none").op("item.open", it=DECIDE)),
    reject("an item opens on bases still in force", "NO_BASIS",
           after("opened").op("item.open", it=DECIDE), room=WITHOUT_SON),
    reject("an item opens on bases for this sitting", "MEETING_NOT_COVERED",
           after("opened").op("item.open", it=DECIDE), room=OTHER_MEETING),
    accept("a form needs no basis", after("opened").op("item.open", it=FORM), room={"bases": []},
           items={FORM: "open"}, suspended=[]),
    reject("two do not open it at once", "CONFLICT",
           after("opened").op("item.open", it=TALK)
           .op("item.open", by=FACILITATOR, it=TALK, base=10), touched=11),
    reject("an unknown item", "UNKNOWN_ID", after("opened").op("item.open", it=LATER)),
    reject("an unknown item does not close", "UNKNOWN_ID",
           after("opened").close("none", it=LATER)),
    reject("an item that is not open does not close", "ITEM_NOT_OPEN",
           after("opened").close("none")),
    reject("the facilitator does not close it", "FORBIDDEN",
           after("deciding").op("item.close", by=FACILITATOR, it=DECIDE, out="none")),
    reject("an item closes on what its chair has seen", "CONFLICT",
           after("deciding").op("next.set", by=RECORDER, sit=FIRST, at=None)
           .close("none", base=11), touched=12),
    accept("an answered seat is no operation",
           after("deciding").invite(COLLEAGUE, late=1).seat(COLLEAGUE).close("none", base=12),
           items={DECIDE: "none"}),
    accept("without a decision nobody needs be in charge", after("deciding").close("none"),
           items={DECIDE: "none"}, invariant={"ok": False}),
    accept("a talk may end in an agreement without a board",
           after("opened").op("item.open", it=TALK).close("decided", it=TALK),
           items={TALK: "decided"}),
    accept("a form is never suspended", after("opened").op("item.open", it=FORM),
           room=WITHOUT_SON, suspended=[]),
    accept("what is closed is not suspended", after("deciding").close("basis-ended"),
           items={DECIDE: "basis-ended"}, suspended=[]),
)  # fmt: skip

SEATS = (
    accept("an invited worker waits for her own answer", after("seated").invite(COLLEAGUE),
           seats={FIRST + COLLEAGUE: "invited"}),
    accept("she accepts", after("seated").invite(COLLEAGUE).seat(COLLEAGUE),
           seats={FIRST + COLLEAGUE: "accepted"},
           eligible={FIRST: [RECORDER, FACILITATOR, NONOMURA, COLLEAGUE, WALKER]}),
    accept("she declines", after("seated").invite(COLLEAGUE)
           .seat(COLLEAGUE, ans="decline", why="capacity"),
           seats={FIRST + COLLEAGUE: "declined"},
           eligible={FIRST: [RECORDER, FACILITATOR, NONOMURA, WALKER]}),
    accept("she sends a colleague, who is invited in turn", after("invited")
           .seat(NONOMURA, ans="delegate", to=OFFICE),
           seats={FIRST + NONOMURA: "delegated", FIRST + OFFICE: "invited"}),
    accept("the colleague answers for herself", after("invited")
           .seat(NONOMURA, ans="delegate", to=OFFICE).seat(OFFICE),
           seats={FIRST + OFFICE: "accepted"}, eligible={FIRST: [OFFICE]}),
    accept("a duty is handed on with the seat", after("invited")
           .invite(COLLEAGUE, "facilitator").seat(COLLEAGUE, ans="delegate", to=OFFICE),
           duties={FIRST + OFFICE: "facilitator"}),
    accept("a colleague who had declined may be sent", after("invited").invite(COLLEAGUE)
           .seat(COLLEAGUE, ans="decline", why="other")
           .seat(NONOMURA, ans="delegate", to=COLLEAGUE),
           seats={FIRST + COLLEAGUE: "invited"}),
    reject("nobody sends who sits there already", "CONFLICT", after("invited")
           .invite(COLLEAGUE).seat(NONOMURA, ans="delegate", to=COLLEAGUE)),
    reject("nobody sends herself", "CONFLICT", after("invited")
           .seat(NONOMURA, ans="delegate", to=NONOMURA)),
    reject("nobody sends another agency", "OUT_OF_SCOPE", after("invited")
           .seat(NONOMURA, ans="delegate", to=CHAIR)),
    reject("nobody sends a stranger", "UNKNOWN_ID", after("invited")
           .seat(NONOMURA, ans="delegate", to=STRANGER)),
    reject("who was not invited does not answer", "NOT_SEATED", after("seated").seat(COLLEAGUE)),
    reject("an answer stands", "CONFLICT",
           after("seated").seat(WALKER, ans="decline", why="other"), state="accepted"),
    reject("no answer after the sitting", "CONFLICT",
           after("opened").invite(COLLEAGUE, late=1).op("sit.close", sit=FIRST).seat(COLLEAGUE),
           state="closed"),
    reject("no answer to an unknown sitting", "UNKNOWN_ID",
           after("seated").seat(NONOMURA, sit=SECOND)),
    reject("a member invites nobody", "FORBIDDEN", after("seated").invite(COLLEAGUE, by=NONOMURA)),
    reject("a stranger is not invited", "UNKNOWN_ID", after("seated").invite(STRANGER)),
    reject("an agency that no basis names is not invited", "OUT_OF_SCOPE",
           after("seated").invite(ADVISER)),
    accept("an adviser may be invited", after("seated").invite(ADVISER, "adviser").seat(ADVISER),
           seats={FIRST + ADVISER: "accepted"},
           eligible={FIRST: [RECORDER, FACILITATOR, NONOMURA, WALKER, ADVISER]}),
    reject("no seat in an unknown sitting", "UNKNOWN_ID", after("nothing").invite(NONOMURA)),
    accept("who comes to a running sitting is late", after("opened").invite(COLLEAGUE, late=1),
           seats={FIRST + COLLEAGUE: "invited"}),
    reject("and is said to be late", "CONFLICT", after("opened").invite(COLLEAGUE), state="open"),
    reject("nobody is invited to a closed sitting", "CONFLICT",
           after("opened").op("sit.close", sit=FIRST).invite(COLLEAGUE, late=1), state="closed"),
    accept("a new duty is a new invitation", after("seated").invite(NONOMURA, "recorder"),
           seats={FIRST + NONOMURA: "invited"}, duties={FIRST + NONOMURA: "recorder"}),
    reject("an invitation does not run over an unseen answer", "CONFLICT",
           after("invited").seat(NONOMURA)
           .op("seat.inv", sit=FIRST, wid=NONOMURA, duty="presenter", late=0, base=5)),
    accept("presence is the set of live seats", after("opened"),
           room={"present": [CHAIR, RECORDER, WALKER]}, present={FIRST: [RECORDER, WALKER]}),
    accept("where presence is not known nobody is said to be present", after("opened"),
           present={FIRST: []}),
    accept("a seat no basis covers is not eligible", after("opened"),
           room=HEALTH_LEFT, eligible={FIRST: [RECORDER, NONOMURA, WALKER]}),
    accept("a seat counts in its own sitting", _second_sitting(),
           eligible={SECOND: [RECORDER]}),
    accept("an adviser whose worker has ended is not eligible either",
           after("seated").invite(ADVISER, "adviser").seat(ADVISER).op("snap", upto=11, rows=1),
           room={"workers": ROSTER}, eligible={FIRST: [RECORDER, FACILITATOR, NONOMURA, WALKER]}),
    accept("nor one whose worker has ended", after("opened"), room={"workers": {WALKER: NPO}},
           eligible={FIRST: [WALKER]}),
    accept("a worker leaves", after("opened")
           .op("seat.end", by=WALKER, sit=FIRST, wid=WALKER, why="left"),
           seats={FIRST + WALKER: "ended"}),
    accept("the chair ends a seat", after("opened")
           .op("seat.end", sit=FIRST, wid=WALKER, why="evicted"), seats={FIRST + WALKER: "ended"}),
    accept("who left may be invited again", after("opened")
           .op("seat.end", sit=FIRST, wid=WALKER, why="item-over").invite(WALKER, late=1),
           seats={FIRST + WALKER: "invited"}),
    reject("nobody evicts herself", "FORBIDDEN", after("opened")
           .op("seat.end", by=WALKER, sit=FIRST, wid=WALKER, why="evicted")),
    reject("nobody ends another's seat", "FORBIDDEN", after("opened")
           .op("seat.end", by=NONOMURA, sit=FIRST, wid=WALKER, why="left")),
    reject("a seat ends once", "CONFLICT", after("opened")
           .op("seat.end", sit=FIRST, wid=WALKER, why="left")
           .op("seat.end", sit=FIRST, wid=WALKER, why="left"), state="ended"),
    reject("two do not end it at once", "CONFLICT", after("opened")
           .op("seat.end", by=WALKER, sit=FIRST, wid=WALKER, why="left")
           .op("seat.end", sit=FIRST, wid=WALKER, why="evicted", base=10), touched=11),
    reject("no seat, no end", "UNKNOWN_ID", after("opened")
           .op("seat.end", sit=FIRST, wid=COLLEAGUE, why="left")),
)  # fmt: skip
