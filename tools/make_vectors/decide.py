"""Makes `vectors/20-decide.json`: what the gate must answer (protocol, section 5.24).

What is expected is written down here by hand, from the access matrix of the domain paper
(section 1.4) and the order of refusals of the protocol; nothing here asks the program.

The file holds one complete question, `base`, which is allowed. A case states only what it
changes: a path, dots between its steps, and the new value.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

NAME = "20-decide.json"
ABOUT = "decide(now, actor, action, object): `base` with the changes of a case (5.24)"

Changes = dict[str, object]


def _sid(first: int) -> str:
    return urlsafe_b64encode(bytes([first]) + bytes(31)).rstrip(b"=").decode("ascii")


ME, COLLEAGUE, MINE, OTHERS = "11" * 16, "12" * 16, "a1" * 16, "a2" * 16
MOTHER, SON = "51" * 16, "52" * 16
# The second one is greater as bytes and smaller as text; text decides.
FIRST_SID, SECOND_SID = _sid(0x01), _sid(0xF8)

BASIS: Changes = {
    "sid": FIRST_SID,
    "ver": 1,
    "law": "swa-106-6",
    "kinds": ["shien"],
    "sub": SON,
    "scope": {MINE: ["c1", "c2"]},
    "withdrawn": {},
    "start": "2025-09-29T00:00:00Z",
    "until": "2026-03-31T00:00:00Z",
    "review": "2025-12-26T00:00:00Z",
}

BASE: Changes = {
    "now": "2025-10-14T04:30:00Z",
    "action": "write",
    "actor": {
        "wid": ME,
        "aid": MINE,
        "kind": "city",
        "membership": "member",
        "pledge_person": "live",
        "pledge_agency": "live",
        "ended": None,
        "seated": True,
    },
    "object": {
        "cls": "sec",
        "sub": SON,
        "cats": ["c1"],
        "bases": [BASIS],
        "audience": {"ag": [MINE], "w": []},
        "granted": False,
        "sitting_kind": "shien",
        "item_open": True,
        "needs_seat": True,
        "room_closed": False,
    },
}

NOW, BEFORE, LATER = "2025-10-14T04:30:00Z", "2025-10-01T00:00:00Z", "2025-11-01T00:00:00Z"

GUEST: Changes = {"actor.membership": "guest", "object.granted": True}
READ: Changes = {"action": "read"}
CARD: Changes = {"action": "read", "object.cls": "card", "object.sub": None, "object.cats": []}
BOARD: Changes = {"object.cls": "brd", "object.sub": None, "object.cats": []}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One case; `code` is None where it is allowed, under `basis` in version `ver`."""

    id: str
    changes: Changes
    code: str | None = None
    basis: str = FIRST_SID
    ver: int = 1

    def text(self) -> str:
        """Give the case as one line of the file."""
        head = {"id": self.id, "op": "decide", "in": self.changes}
        if self.code is not None:
            return json.dumps({**head, "expect": "reject", "code": self.code})
        out = {"basis": self.basis, "ver": self.ver}
        return json.dumps({**head, "expect": "accept", "out": out})


# ---------------------------------------------------------------- the access matrix

COLUMNS = ("swa-106-6", "consent", "child-25-2", "loneliness-15", "pf")

# Marks as in the paper: ○ △ anon ×. ○m, △m: for a member; a guest stays at the card.
MATRIX = """
city            ○   △   ○   ○   anon
city-other      ○   △   ○   ○   anon
csw             ○   △   ○m  ○   anon
elder           ○   △   ○m  ○   anon
disability      ○   △   ○m  ○   anon
livelihood      ○   △   ○m  ○   anon
child           ○   △   ○   ○   anon
school          ○   △   ○   ○   anon
child-guidance  ○   △   ○   ○   anon
police          ○   △   ○   ○   anon
health          ○   △   ○   ○   anon
medical         ○   △   ○m  ○   anon
nursing         ○   △   ○m  ○   anon
minsei          ○   △   ○   ○   anon
npo             ○   △   ○m  ○   anon
volunteer       ×   △   ×   ×   anon
company         ×   △   ×   ×   anon
expert          ○m  △m  ○m  ○m  anon
audit           ×   ×   ×   ×   ×
"""

SECTION_FOR_MEMBER = {
    "○": None,
    "△": None,
    "○m": None,
    "△m": None,
    "anon": "ANON_ONLY",
    "×": "KIND_EXCLUDED",
}
SECTION_FOR_GUEST = SECTION_FOR_MEMBER | {"○m": "ANON_ONLY", "△m": "ANON_ONLY"}
CARD_FOR_ANYONE = dict.fromkeys(["○", "△", "○m", "△m", "anon"]) | {"×": "KIND_EXCLUDED"}


def _matrix() -> Iterator[Row]:
    shows: list[tuple[str, Changes, dict[str, str | None]]] = [
        ("section member", READ, SECTION_FOR_MEMBER),
        ("section guest", READ | GUEST, SECTION_FOR_GUEST),
        ("card member", CARD, CARD_FOR_ANYONE),
        ("card guest", CARD | GUEST, CARD_FOR_ANYONE),
    ]
    for line in MATRIX.split("\n")[1:-1]:
        kind, *marks = line.split()
        for (law, mark), (show, changes, expected) in product(
            zip(COLUMNS, marks, strict=True), shows
        ):
            where: Changes = {"actor.kind": kind, "object.bases.0.law": law}
            yield Row(
                id=f"matrix {law} {kind} {show}", changes=changes | where, code=expected[mark]
            )


# ---------------------------------------------------------------- every refusal, every pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One thing wrong; two with one `about` cannot be wrong together."""

    code: str
    about: str
    changes: Changes


def _defect(code: str, about: str, path: str, value: object) -> Defect:
    return Defect(code=code, about=about, changes={path: value})


# In the order in which they must be reported.
DEFECTS = (
    _defect("REVOKED", "ended", "actor.ended", "REVOKED"),
    _defect("EXPIRED", "ended", "actor.ended", "EXPIRED"),
    _defect("FORBIDDEN", "room", "object.room_closed", value=True),
    _defect("NOT_MEMBER", "membership", "actor.membership", "none"),
    _defect("MEMBER_ENDED", "membership", "actor.membership", "ended"),
    _defect("PLEDGE_MISSING", "person", "actor.pledge_person", "missing"),
    _defect("PLEDGE_EXPIRED", "person", "actor.pledge_person", "expired"),
    _defect("PLEDGE_MISSING", "agency", "actor.pledge_agency", "missing"),
    _defect("PLEDGE_EXPIRED", "agency", "actor.pledge_agency", "expired"),
    _defect("KIND_EXCLUDED", "kind", "actor.kind", "volunteer"),
    _defect("ANON_ONLY", "kind", "object.bases.0.law", "pf"),
    _defect("NO_BASIS", "subject", "object.sub", MOTHER),
    _defect("BASIS_NOT_YET", "start", "object.bases.0.start", LATER),
    _defect("BASIS_EXPIRED", "until", "object.bases.0.until", BEFORE),
    _defect("REVIEW_OVERDUE", "review", "object.bases.0.review", BEFORE),
    _defect("BASIS_WITHDRAWN", "withdrawn", "object.bases.0.withdrawn", {MINE: ["c1"]}),
    _defect("RECIPIENT_NOT_COVERED", "scope", "object.bases.0.scope", {OTHERS: ["c1"]}),
    _defect("CATEGORY_NOT_COVERED", "cats", "object.cats", ["c1", "c3"]),
    _defect("MEETING_NOT_COVERED", "sitting", "object.sitting_kind", "support"),
    _defect("ITEM_NOT_OPEN", "item", "object.item_open", value=False),
    _defect("NOT_SEATED", "seat", "actor.seated", value=False),
    _defect("FORBIDDEN", "audience", "object.audience", {"ag": [OTHERS], "w": [COLLEAGUE]}),
)


def _refusals() -> Iterator[Row]:
    for defect in DEFECTS:
        yield Row(
            id=f"alone {defect.about} {defect.code}", changes=defect.changes, code=defect.code
        )
    for first, second in combinations(DEFECTS, 2):
        if first.about != second.about:
            yield Row(
                id=f"both {first.about} {first.code}, {second.about} {second.code}",
                changes=first.changes | second.changes,
                code=first.code,
            )


# ---------------------------------------------------------------- what the order does not say


def _basis(**changes: object) -> Changes:
    return BASIS | changes


def _bases(*bases: Changes) -> Changes:
    return {"object.bases": list(bases)}


def _row(name: str, *changes: Changes, code: str | None = None) -> Row:
    merged: Changes = {}
    for change in changes:
        merged |= change
    return Row(id=name, changes=merged, code=code)


def _exemptions() -> Iterator[Row]:
    closed: Changes = {"object.room_closed": True}
    ended: Changes = {"object.item_open": False}
    support: Changes = {"object.sitting_kind": "support"}
    yield _row("nothing is wrong")
    yield _row("a closed room is still read", READ, closed)
    yield _row("a closed room opens no item", {"action": "open"}, closed, code="FORBIDDEN")
    yield _row("a closed item is still read", READ, ended)
    yield _row("an item may be opened that is not open", {"action": "open"}, ended)
    yield _row("reading asks for no kind of sitting", READ, support)
    yield _row("opening does", {"action": "open"}, support, code="MEETING_NOT_COVERED")
    yield _row("outside a sitting its kind is not asked", {"object.sitting_kind": None})
    yield _row("where no item is concerned none is asked for", {"object.item_open": None})
    unseated: Changes = {"actor.seated": False, "object.needs_seat": False}
    yield _row("a seat is asked for only where needed", unseated)
    yield _row("everyone of the roster", {"object.audience": None})
    yield _row("named in person", {"object.audience": {"ag": [], "w": [ME]}})


def _edges_of_time() -> Iterator[Row]:
    yield _row("starts now", {"object.bases.0.start": NOW})
    yield _row("ends now", {"object.bases.0.until": NOW}, code="BASIS_EXPIRED")
    yield _row("review is due now", {"object.bases.0.review": NOW}, code="REVIEW_OVERDUE")
    yield _row("needs no review", {"object.bases.0.review": None})


def _withdrawals() -> Iterator[Row]:
    taken = "object.bases.0.withdrawn"
    two: Changes = {"object.bases.0.scope": {MINE: ["c1", "c2"], OTHERS: ["c1"]}}
    gone = "BASIS_WITHDRAWN"
    yield _row("another category was withdrawn", {taken: {MINE: ["c2"]}})
    yield _row(
        "one of two was withdrawn", {taken: {MINE: ["c2"]}, "object.cats": ["c1", "c2"]}, code=gone
    )
    yield _row("another agency was withdrawn", two, {taken: {OTHERS: ["c1"]}})
    yield _row(
        "all of mine was withdrawn, board", BOARD, two, {taken: {MINE: ["c1", "c2"]}}, code=gone
    )
    yield _row("some of mine was withdrawn, board", BOARD, {taken: {MINE: ["c1"]}})
    never: Changes = {"object.bases.0.scope": {OTHERS: ["c1"]}, taken: {OTHERS: ["c1"]}}
    yield _row("all was withdrawn, and I was never named", never, code=gone)
    some: Changes = {"object.bases.0.scope": {OTHERS: ["c1", "c2"]}, taken: {OTHERS: ["c1"]}}
    yield _row("part was withdrawn, and I was never named", some, code="RECIPIENT_NOT_COVERED")
    yield _row(
        "never named, and outside the scope", {"object.cats": ["c3"]}, code="CATEGORY_NOT_COVERED"
    )


def _several() -> Iterator[Row]:
    none = _basis(sid=SECOND_SID, scope={OTHERS: ["c1"]})
    late = _basis(sid=SECOND_SID, until=BEFORE)
    yield _row("no basis is listed", _bases(), code="NO_BASIS")
    yield _row("no basis is listed, board", BOARD, _bases(), code="NO_BASIS")
    yield _row("the second allows", _bases(late, BASIS))
    yield _row(
        "the one that got furthest",
        _bases(late, none | {"sid": FIRST_SID}),
        code="RECIPIENT_NOT_COVERED",
    )
    yield _row(
        "in either order", _bases(none, late | {"sid": FIRST_SID}), code="RECIPIENT_NOT_COVERED"
    )
    other = _basis(sid=SECOND_SID, sub=MOTHER)
    yield _row("the other's basis does not help", _bases(other, late), code="BASIS_EXPIRED")
    pf = _basis(sid=SECOND_SID, law="pf")
    yield _row("an excluding basis beside one that allows", _bases(pf, BASIS))
    yield _row(
        "an unknown basis admits nobody", {"object.bases.0.law": "unknown"}, code="KIND_EXCLUDED"
    )
    newer = _basis(sid=SECOND_SID, ver=2)
    yield Row(
        id="the newer version comes first", changes=_bases(BASIS, newer), basis=SECOND_SID, ver=2
    )
    twin = _basis(sid=SECOND_SID)
    yield Row(id="then the smaller sid, as text", changes=_bases(BASIS, twin), basis=SECOND_SID)
    yield _row(
        "two bases do not add up",
        {"object.cats": ["c1", "c3"]},
        _bases(BASIS, _basis(sid=SECOND_SID, scope={MINE: ["c3"]})),
        code="CATEGORY_NOT_COVERED",
    )


def _boards() -> Iterator[Row]:
    away: Changes = {"object.bases.0.scope": {OTHERS: ["c1"]}}
    support: Changes = {"object.sitting_kind": "support"}
    yield _row("a board is bound to the seat", BOARD)
    yield _row("whose subject it covers is not asked", BOARD, {"object.bases.0.sub": MOTHER})
    yield _row("a board for an agency not covered", BOARD, away, code="RECIPIENT_NOT_COVERED")
    yield _row(
        "a board once the basis has ended",
        BOARD,
        {"object.bases.0.until": BEFORE},
        code="BASIS_EXPIRED",
    )
    yield _row("a board asks for no kind of sitting", BOARD, support)
    yield _row("evidence names no category", {"object.cls": "ev", "object.cats": []})


def _guests() -> Iterator[Row]:
    away: Changes = {"object.bases.0.scope": {OTHERS: ["c1"]}}
    guest: Changes = {"actor.membership": "guest"}
    seen = CARD | guest
    yield _row("a guest reads what was granted", READ, GUEST)
    yield _row("a guest reads nothing else", READ, guest, code="FORBIDDEN")
    yield _row("a guest writes in what was granted", GUEST)
    yield _row("a guest opens no item", GUEST, {"action": "open"}, code="FORBIDDEN")
    yield _row(
        "a guest not covered reads no section", READ, GUEST, away, code="RECIPIENT_NOT_COVERED"
    )
    yield _row("a guest not covered reads the card", seen, away)
    yield _row("a guest does not write on a card", seen, {"action": "write"}, code="FORBIDDEN")
    yield _row(
        "a card for another guest",
        seen,
        {"object.audience": {"ag": [], "w": [COLLEAGUE]}},
        code="FORBIDDEN",
    )
    yield _row(
        "no card without a pledge", seen, {"actor.pledge_person": "missing"}, code="PLEDGE_MISSING"
    )
    yield _row(
        "no card once no basis runs", seen, {"object.bases.0.until": BEFORE}, code="BASIS_EXPIRED"
    )
    yield _row("no card under no basis", seen, _bases(), code="NO_BASIS")
    yield _row(
        "no card once nobody is named",
        seen,
        {"object.bases.0.scope": {}},
        code="RECIPIENT_NOT_COVERED",
    )
    yield _row(
        "no card after a withdrawal for all",
        seen,
        away,
        {"object.bases.0.withdrawn": {OTHERS: ["c1"]}},
        code="BASIS_WITHDRAWN",
    )
    yield _row("a member not covered reads no card", CARD, away, code="RECIPIENT_NOT_COVERED")


def rows() -> Sequence[Row]:
    """Give every case, in the order of the file."""
    parts = (_matrix, _refusals, _exemptions, _edges_of_time, _withdrawals, _several, _boards)
    return [row for part in (*parts, _guests) for row in part()]


def text() -> str:
    """Give the file: one case a line."""
    head = f'{{"about": {json.dumps(ABOUT)},\n"base": {json.dumps(BASE)},\n"cases": [\n'
    return head + ",\n".join(row.text() for row in rows()) + "\n]}\n"
