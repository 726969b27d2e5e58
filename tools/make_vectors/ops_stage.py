"""The people, the room and the scenes that `vectors/20-ops.json` plays on."""

from dataclasses import dataclass, replace
from typing import Any

Data = dict[str, object]

# --- who and what -------------------------------------------------------------------------

CITY, SHAKYO, CARE, HEALTH, NPO = "a1" * 16, "a2" * 16, "a3" * 16, "a5" * 16, "ac" * 16
SUPPORT, HOSPITAL = "a7" * 16, "a9" * 16  # outside the room; the hospital sends an adviser
CHAIR, ACT, RECORDER, FACILITATOR = "c1" * 16, "c2" * 16, "c3" * 16, "c4" * 16
NONOMURA, COLLEAGUE, WALKER = "c5" * 16, "c6" * 16, "c7" * 16  # two of CARE, one of NPO
OFFICE, ADVISER, STRANGER = "c8" * 16, "c9" * 16, "cf" * 16  # OFFICE: of CARE, not in the room

AGENCY = {
    CHAIR: CITY,
    ACT: CITY,
    RECORDER: SHAKYO,
    FACILITATOR: HEALTH,
    NONOMURA: CARE,
    COLLEAGUE: CARE,
    WALKER: NPO,
    OFFICE: CARE,
    ADVISER: HOSPITAL,
}
ROSTER = {wid: aid for wid, aid in AGENCY.items() if wid not in {OFFICE, ADVISER}}

MOTHER, SON = "51" * 16, "52" * 16
CONSENT, LAW = "AQEB" * 10 + "AQE", "AgIC" * 10 + "AgI"
FOR_MOTHER = {"basis": CONSENT, "sub": MOTHER, "kinds": ["shien", "support"]}
FOR_SON = {"basis": LAW, "sub": SON, "kinds": ["shien"]}
BOTH = [{"sub": MOTHER, "basis": CONSENT}, {"sub": SON, "basis": LAW}]

ROOM: Data = {
    "chairs": [CHAIR, ACT],
    "members": ROSTER,
    "workers": AGENCY,
    "covered": [CITY, SHAKYO, CARE, HEALTH, NPO],
    "minutes": [RECORDER],
    "bases": [FOR_MOTHER, FOR_SON],
    "present": None,
}
WITHOUT_NPO: Data = {
    "members": {wid: aid for wid, aid in ROSTER.items() if aid != NPO},
    "covered": [CITY, SHAKYO, CARE, HEALTH],
}

FIRST, SECOND = "51" + "f1" * 15, "51" + "f2" * 15  # sittings
TALK, DECIDE, FORM, LATER = ("1" + digit + "e0" * 15 for digit in "1234")  # items
MAIN, KEY, DEPUTY, INTERIM, SPARE = ("b" + digit + "b0" * 15 for digit in "12345")  # rows
VISIT, LETTER = "d1" * 16, "d2" * 16  # actions
RULING = "de" * 16

NOW, TOMORROW, NOVEMBER = "2025-10-14T04:30:00Z", "2025-10-15T04:30:00Z", "2025-11-25T04:30:00Z"


# --- rows ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tape:
    """Rows of a feed; every author has seen all that stands before, unless `base` is given."""

    scene: str = ""
    start: int = 0
    rows: tuple[Data, ...] = ()

    @property
    def seq(self) -> int:
        """Place of the newest row."""
        return self.start + len(self.rows)

    def op(
        self,
        name: str,
        *,
        by: str = CHAIR,
        base: int | None = None,
        cls: str | None = None,
        item: str | None = None,
        aid: str | None = None,
        **m: object,
    ) -> "Tape":
        """Append an operation; a field named `from` is given as `from_`."""
        row: Data = {
            "op": name,
            "m": {key.rstrip("_"): value for key, value in m.items()},
            "wid": by,
            "aid": aid or AGENCY.get(by, SUPPORT),
            "seq": self.seq + 1,
            "base": self.seq if base is None else base,
            "at": NOW,
            "cls": cls or _class(name),
            "item": item or (m["it"] if name == "dec.rec" else None),
        }
        return replace(self, rows=(*self.rows, row))

    def seat(
        self,
        wid: str,
        *,
        sit: str = FIRST,
        ans: str = "accept",
        to: str | None = None,
        why: str | None = None,
    ) -> "Tape":
        """Append the statement `seat`."""
        answer = {"sit": sit, "wid": wid, "ans": ans, "to": to, "why": why}
        return replace(self, rows=(*self.rows, {"seat": answer, "seq": self.seq + 1, "at": NOW}))

    def invite(self, wid: str, duty: str = "member", *, late: int = 0, by: str = CHAIR) -> "Tape":
        """Append the invitation to a seat of the first sitting."""
        return self.op("seat.inv", by=by, sit=FIRST, wid=wid, duty=duty, late=late)

    def role(
        self, row: str, part: str, ag: str, w: str | None = None, *, by: str = CHAIR, it: str = ""
    ) -> "Tape":
        """Append an offer of a part."""
        return self.op("role.set", by=by, row=row, part=part, ag=ag, w=w, it=it or DECIDE)

    def answer(self, row: str, by: str, why: str | None = None) -> "Tape":
        """Append the answer to a part: declined where there is a reason."""
        return self.op("role.ans", by=by, row=row, ans="decline" if why else "accept", why=why)

    def action(
        self,
        act: str = VISIT,
        ag: str = CARE,
        w: str | None = None,
        *,
        by: str = CHAIR,
        it: str | None = None,
        from_: str | None = None,
        ext: int = 0,
        base: int | None = None,
    ) -> "Tape":
        """Append a new action."""
        m: dict[str, Any] = {"act": act, "it": it, "ag": ag, "w": w, "due": "2025-10-24"}
        return self.op("act.new", by=by, base=base, **m, from_=from_, ext=ext)

    def decide(self, typ: str = "decision", *, by: str = CHAIR, it: str = "") -> "Tape":
        """Append a decision."""
        return self.op("dec.rec", by=by, dec=RULING, it=it or DECIDE, typ=typ)

    def close(self, out: str = "decided", *, it: str = "", base: int | None = None) -> "Tape":
        """Append the end of an item."""
        return self.op("item.close", base=base, it=it or DECIDE, out=out)


def _class(name: str) -> str:
    family = name.split(".", maxsplit=1)[0]
    return {"prio": "brd", "role": "brd", "act": "brd", "dec": "itm"}.get(family, "agd")


def planned(it: str, no: int, typ: str, bases: list[dict[str, str]]) -> Data:
    """An item as convened."""
    return {"it": it, "no": no, "typ": typ, "bases": bases}


def convene(tape: Tape, sit: str, *items: Data, by: str = CHAIR, kind: str = "shien") -> Tape:
    """Append 招集."""
    return tape.op("sit.conv", by=by, sit=sit, kind=kind, no=1, starts=TOMORROW, items=list(items))


# --- scenes -------------------------------------------------------------------------------


def _invited() -> Tape:
    items = (
        planned(TALK, 1, "talk", BOTH[:1]),
        planned(DECIDE, 2, "decide", BOTH),
        planned(FORM, 3, "form", []),
    )
    tape = convene(Tape(), FIRST, *items).invite(RECORDER, "recorder")
    return tape.invite(FACILITATOR, "facilitator").invite(NONOMURA).invite(WALKER)


def _seated() -> Tape:
    return _invited().seat(RECORDER).seat(FACILITATOR).seat(NONOMURA).seat(WALKER)


def _opened() -> Tape:
    return _seated().op("sit.open", sit=FIRST)


def _deciding() -> Tape:
    return _opened().op("item.open", it=DECIDE)


def _led() -> Tape:
    tape = _deciding().role(MAIN, "main", CARE).role(KEY, "key", CARE, NONOMURA)
    tape = tape.role(DEPUTY, "deputy", SHAKYO).role(INTERIM, "interim", SHAKYO, RECORDER)
    return tape.answer(INTERIM, RECORDER)


SCENES: dict[str, Tape] = {
    "nothing": Tape(),
    "invited": _invited(),
    "seated": _seated(),
    "opened": _opened(),
    "deciding": _deciding(),
    "led": _led(),
}


def after(scene: str) -> Tape:
    """Continue a scene."""
    return Tape(scene=scene, start=SCENES[scene].seq)
