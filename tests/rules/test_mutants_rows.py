"""What a row leaves in the records that it changes: which row it was, when, who and what."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pytest

from conference import model
from conference.model import Conference
from conference.records import HeldSeat
from crypto.errors import Code, Refused
from protocol import codec
from protocol.ids import Aid, Id, Wid
from protocol.ops import OPS
from protocol.times import Instant
from protocol.vocabulary import Decline
from tests.vectors import test_ops as vectors

LATER = Instant.parse("2025-10-14T04:31:07Z")
"""After every row of the file, so that a record cannot have its time from an earlier one."""

TABLES = {
    "sit": "sittings",
    "item": "items",
    "seat": "seats",
    "prio": "prio",
    "role": "roles",
    "act": "actions",
    "dec": "decisions",
    "next": "next",
}
"""Where the records stand that an operation changes, by the first part of its name."""

Case = dict[str, Any]
ACCEPTED: list[Case] = [
    case for case in vectors.FILE["cases"] if case["expect"] == "accept" and case["in"]["rows"]
]
OPERATIONS = [
    case for case in ACCEPTED if case["in"]["rows"][-1].get("op", "snap").split(".")[0] in TABLES
]
ANSWERS = [case for case in ACCEPTED if "seat" in case["in"]["rows"][-1]]
REJECTED: list[Case] = [case for case in vectors.FILE["cases"] if case["expect"] == "reject"]


def name_of(case: Case) -> str:
    """The name of a case in the file."""
    return str(case["id"])


def played(case: Case) -> tuple[Conference, dict[str, Any], Conference]:
    """The state before the last row of a case, the row, sent later, and the state after it."""
    before, [last], room = vectors.play(case["in"])
    row = last | {"at": LATER.text()}
    return before, row, vectors.fold(before, row, room)


def changed(before: Conference, after: Conference) -> list[Any]:
    """The records that a row made or changed."""
    pairs: list[tuple[Mapping[Any, Any], Mapping[Any, Any]]] = [
        (getattr(before, name), getattr(after, name)) for name in TABLES.values()
    ]
    return [new for was, now in pairs for key, new in now.items() if was.get(key) != new]


@pytest.mark.parametrize("case", ACCEPTED, ids=name_of)
def test_a_changed_record_remembers_the_row_and_its_time(case: Case) -> None:
    """Whoever edits the record without having seen this row is refused (CONFLICT) by it."""
    before, row, after = played(case)

    for record in changed(before, after):
        assert (record.touched, record.at) == (row["seq"], LATER)
    assert after.last_op == (row["seq"] if "op" in row else before.last_op)


@pytest.mark.parametrize("case", OPERATIONS, ids=name_of)
def test_a_record_says_what_the_row_said(case: Case) -> None:
    """Each fact of the row that the record has a place for stands there."""
    _, row, after = played(case)
    facts: Any = codec.decode(codec.encode(row["m"]), OPS[row["op"]])
    table = TABLES[row["op"].split(".")[0]]

    record = record_of(getattr(after, table), facts)

    held = {field.name for field in fields(record)} - {"at", "late"}
    for name in held & set(facts.__struct_fields__):
        assert getattr(record, name) == getattr(facts, name), name
    if table == "actions":
        assert row["op"] not in {"act.new", "act.hand"} or record.why is None
        assert row["op"] != "act.new" or record.origin == facts.from_
    if table == "decisions":
        author = (Wid(Id.fromhex(row["wid"])), Aid(Id.fromhex(row["aid"])))
        assert (record.wid, record.aid) == author


def record_of(table: Mapping[Any, Any], facts: Any) -> Any:  # noqa: ANN401 -- any record of any operation
    """The record that an operation is about, by the id that is its key."""
    own: dict[str, Any] = {name: getattr(facts, name) for name in facts.__struct_fields__}
    wanted = [own.get(name) for name in ("row", "act", "dec", "it", "sit") if own.get(name)]
    wanted.append((own.get("sit"), own.get("wid")))
    return next(table[key] for key in wanted if key in table)


@pytest.mark.parametrize("case", ANSWERS, ids=name_of)
def test_an_answered_seat_says_the_answer(case: Case) -> None:
    """To whom it went and why; whoever is sent is as late as who sends her."""
    before, row, after = played(case)
    told = row["seat"]
    [sit] = {sit for sit, _ in before.seats if sit.hex() == told["sit"]}
    seat = after.seats[sit, Wid(Id.fromhex(told["wid"]))]
    to = None if told["to"] is None else Wid(Id.fromhex(told["to"]))

    assert seat.to == to
    assert seat.why == (None if told["why"] is None else Decline(told["why"]))
    if to is not None:
        assert after.seats[sit, to].late is seat.late


@pytest.mark.parametrize("case", ACCEPTED, ids=name_of)
def test_a_seat_is_late_or_not(case: Case) -> None:
    """As its invitation said."""
    _, row, after = played(case)

    seats: list[HeldSeat] = list(after.seats.values())
    assert {seat.late for seat in seats} <= {True, False}
    if row.get("op") == "seat.inv":
        [invited] = [seat for seat in seats if seat.touched == row["seq"]]
        assert invited.late is bool(row["m"]["late"])


@pytest.mark.parametrize("case", REJECTED, ids=name_of)
def test_a_refusal_says_what_was_in_the_way(case: Case) -> None:
    """The state or the newer row of a conflict, the time that has passed; nothing is left open."""
    before, last, room = vectors.play(case["in"])

    with pytest.raises(Refused) as refused:
        vectors.fold(before, last[0], room)

    facts = refused.value.facts
    assert None not in facts.values()
    if refused.value.code is Code.CLOCK:
        assert facts == {"at": last[0]["m"]["at"]}


def test_the_file_has_cases_of_every_kind() -> None:
    """What is asked above is asked of something."""
    refused = {case["code"] for case in REJECTED}

    assert {case["in"]["rows"][-1]["op"].split(".")[0] for case in OPERATIONS} == set(TABLES)
    assert any(case["in"]["rows"][-1]["seat"]["why"] for case in ANSWERS)
    assert any(case["in"]["rows"][-1]["seat"]["to"] for case in ANSWERS)
    assert {"CONFLICT", "CLOCK"} <= refused
    assert model.plain(Conference())["last_op"] == 0
