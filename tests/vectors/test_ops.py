"""Replays `vectors/20-ops.json`; a TypeScript client replays the same file."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any, TypeVar

import msgspec
import pytest

from agenda.model import Item
from conference import model
from conference.model import Conference, Op
from conference.records import RoleState
from crypto.errors import Refused
from protocol import codec
from protocol.ids import Aid, CaseId, Hash, Id, ItemId, Sid, SitId, SubId, Wid
from protocol.ops import OPS
from protocol.payloads import Seat
from protocol.times import Instant
from protocol.vocabulary import Decline, DocClass, SeatAnswer
from tests.rules.conference_room import TableRoom
from tools.make_vectors import ops as maker
from tools.make_vectors.cases import FOLDER

Data = dict[str, Any]
T = TypeVar("T")

FILE = json.loads((FOLDER / maker.NAME).read_text("utf-8"))


def _wid(text: str) -> Wid:
    return Wid(Id.fromhex(text))


def _aid(text: str) -> Aid:
    return Aid(Id.fromhex(text))


def _maybe(read: Callable[[str], T], text: str | None) -> T | None:
    return None if text is None else read(text)


def _room(changes: Data) -> TableRoom:
    facts: Data = FILE["room"] | changes
    present: list[str] | None = facts["present"]
    return TableRoom(
        chair=frozenset(map(_wid, facts["chairs"])),
        roster={_wid(wid): _aid(aid) for wid, aid in facts["members"].items()},
        workers={_wid(wid): _aid(aid) for wid, aid in facts["workers"].items()},
        covers=frozenset(map(_aid, facts["covered"])),
        minutes=frozenset(map(_wid, facts["minutes"])),
        bases={
            (Sid(Hash(codec.from_b64u(row["basis"]))), SubId(Id.fromhex(row["sub"]))): frozenset(
                row["kinds"]
            )
            for row in facts["bases"]
        },
        live=None if present is None else frozenset(map(_wid, present)),
    )


def _op(row: Data) -> Op:
    return Op(
        seq=row["seq"],
        base=row["base"],
        facts=codec.decode(json.dumps(row["m"]).encode(), OPS[row["op"]]),
        wid=_wid(row["wid"]),
        aid=_aid(row["aid"]),
        at=Instant.parse(row["at"]),
        cls=DocClass(row["cls"]),
        item=_maybe(lambda text: ItemId(Id.fromhex(text)), row["item"]),
    )


def _seat(answer: Data) -> Seat:
    facts: Data = {
        "net": Hash(bytes(32)),
        "iat": Instant(0),
        "nce": Id(bytes(16)),
        "case": CaseId(Id(bytes(16))),
    }
    return Seat(
        **facts,
        sit=SitId(Id.fromhex(answer["sit"])),
        wid=_wid(answer["wid"]),
        ans=SeatAnswer(answer["ans"]),
        to=_maybe(_wid, answer["to"]),
        why=_maybe(Decline, answer["why"]),
    )


def fold(conference: Conference, row: Data, room: TableRoom) -> Conference:
    """Apply one row of the file, an operation or the answer to an invitation."""
    if "op" in row:
        return model.apply(conference, _op(row), room)
    return model.answer_seat(
        conference,
        seq=row["seq"],
        at=Instant.parse(row["at"]),
        seat=_seat(row["seat"]),
        room=room,
    )


def play(given: Data) -> tuple[Conference, list[Data], TableRoom]:
    """Play all but the last row; hand that row on with the room it meets."""
    rows = [*FILE["scenes"][given["scene"]], *given["rows"]]
    own = rows[len(rows) - bool(given["rows"]) :]
    usual = _room({})
    before = reduce(
        lambda conference, row: fold(conference, row, usual),
        rows[: len(rows) - len(own)],
        Conference(),
    )
    return before, own, _room(given["room"])


def _states(records: Mapping[Any, Any]) -> Data:
    return {
        (key if isinstance(key, bytes) else b"".join(key)).hex(): record.state.value
        for key, record in records.items()
    }


def _ids(ids: Sequence[bytes]) -> list[str]:
    return sorted(id_.hex() for id_ in ids)


def _item_state(item: Item) -> str:
    return item.state.value if item.out is None else item.out.value


def _summary(conference: Conference, room: TableRoom) -> Data:
    """Say what the file says of an outcome."""
    members = room.members()
    interim = model.interim_in_charge(conference, members)
    current = {sit.hex(): model.current_item(conference, sit) for sit in conference.sittings}
    assert interim is None or interim.state is RoleState.ACCEPTED
    return {
        "sittings": _states(conference.sittings),
        "items": {it.hex(): _item_state(item) for it, item in conference.items.items()},
        "seats": _states(conference.seats),
        "duties": {(s + w).hex(): seat.duty.value for (s, w), seat in conference.seats.items()},
        "prio": {
            row.hex(): None if record.deleted else record.it.hex()
            for row, record in conference.prio.items()
        },
        "roles": _states(conference.roles),
        "actions": _states(conference.actions),
        "owners": {
            act.hex(): [action.owner.ag.hex(), action.owner.w and action.owner.w.hex()]
            for act, action in conference.actions.items()
        },
        "decisions": {dec.hex(): record.typ.value for dec, record in conference.decisions.items()},
        "next": {
            sit.hex(): None if record.when is None else record.when.text()
            for sit, record in conference.next.items()
        },
        "current": {sit: item.it.hex() for sit, item in current.items() if item is not None},
        "invariant": msgspec.to_builtins(model.invariant(conference, members)),
        "interim": None if interim is None else interim.row.hex(),
        "handovers": _ids(model.handovers(conference, members)),
        "interim_actions": _ids(model.interim_actions(conference)),
        "suspended": _ids(model.suspended_items(conference, room)),
        "eligible": {
            sit.hex(): _ids(list(model.eligible_seats(conference, sit, room)))
            for sit in conference.sittings
        },
        "present": {
            sit.hex(): _ids(list(model.present_seats(conference, sit, room)))
            for sit in conference.sittings
        },
    }


def _cases(expect: str) -> list[Any]:
    rows = [row for row in FILE["cases"] if row["expect"] == expect]
    return [pytest.param(row, id=row["id"]) for row in rows]


@pytest.mark.parametrize("case", _cases("accept"))
def test_a_legal_row_has_the_outcome_of_the_file(case: Data) -> None:
    """Every row stands, and what the file names of the outcome is so."""
    before, last, room = play(case["in"])

    after = reduce(lambda conference, row: fold(conference, row, room), last, before)

    summary = _summary(after, room)
    for name, expected in case["out"].items():
        if isinstance(expected, dict):
            assert summary[name].items() >= expected.items(), name
        else:
            assert summary[name] == expected, name


@pytest.mark.parametrize("case", _cases("reject"))
def test_an_illegal_row_is_refused_with_the_code_of_the_file(case: Data) -> None:
    """The last row alone is refused, says why, and leaves the state as it was."""
    before, last, room = play(case["in"])
    shown = model.plain(before)

    with pytest.raises(Refused) as refusal:
        fold(before, last[0], room)

    assert refusal.value.code.value == case["code"]
    assert refusal.value.facts.items() >= case["facts"].items()
    assert model.plain(before) == shown


@pytest.mark.parametrize("name", sorted(OPS))
def test_each_operation_is_both_accepted_and_refused(name: str) -> None:
    """The file pins each row of the table from both sides."""
    last: list[tuple[str, Data]] = [
        (row["expect"], row["in"]["rows"][-1]) for row in FILE["cases"] if row["in"]["rows"]
    ]
    ends = {expect for expect, row in last if row.get("op") == name}

    assert ends == {"accept", "reject"}


def test_the_file_is_what_its_maker_writes() -> None:
    """Nobody edits the file by hand."""
    assert maker.text() == (FOLDER / maker.NAME).read_text("utf-8")


def test_no_two_cases_have_one_name_and_one_input() -> None:
    """A case that says nothing new is a slip of the maker."""
    seen = [json.dumps(case["in"]) for case in FILE["cases"] if case["expect"] == "reject"]

    assert len(seen) == len(set(seen))
