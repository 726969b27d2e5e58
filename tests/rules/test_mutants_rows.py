"""What a row leaves in the records that it changes: which row it was, when, who and what."""

from collections.abc import Mapping
from typing import Any

import pytest

from conference import model
from conference.model import Conference
from protocol.times import Instant
from tests.vectors import test_ops as vectors

TABLES = ("sittings", "items", "seats", "prio", "roles", "actions", "decisions", "next")
ACCEPTED: list[dict[str, Any]] = [
    row for row in vectors.FILE["cases"] if row["expect"] == "accept" and row["in"]["rows"]
]


def changed(before: Conference, after: Conference) -> list[Any]:
    """The records that a row made or changed."""
    pairs: list[tuple[Mapping[Any, Any], Mapping[Any, Any]]] = [
        (getattr(before, name), getattr(after, name)) for name in TABLES
    ]
    return [new for was, now in pairs for key, new in now.items() if was.get(key) != new]


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: str(case["id"]))
def test_a_changed_record_remembers_the_row_and_its_time(case: dict[str, Any]) -> None:
    """Whoever edits the record without having seen this row is refused (CONFLICT) by it."""
    before, [row], room = vectors.play(case["in"])

    after = vectors.fold(before, row, room)

    for record in changed(before, after):
        assert (record.touched, record.at) == (row["seq"], Instant.parse(row["at"]))
    assert after.last_op == (row["seq"] if "op" in row else before.last_op)
    assert model.plain(after) != model.plain(before) or row.get("op") == "snap"
