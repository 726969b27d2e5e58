"""`vectors/24-views.json` is what this program makes of the rooms; TypeScript replays it."""

import json
from typing import Any

from tools.make_vectors import views as maker
from tools.make_vectors.cases import FOLDER

ROOMS: list[dict[str, Any]] = json.loads((FOLDER / maker.NAME).read_bytes())["rooms"]


def test_the_file_is_what_its_maker_writes() -> None:
    """Nobody edits the file by hand, and what a reader makes of a room does not change."""
    assert maker.text() == (FOLDER / maker.NAME).read_text("utf-8")


def test_the_file_shows_every_view_and_every_kind_of_moment() -> None:
    """Full, bare and skeleton; stale rooms and fresh ones; owed generations; ends to come."""
    moments = [moment for room in ROOMS for moment in room["moments"]]

    assert {letter for m in moments for views in m["views"].values() for letter in views} == {
        *"fbs"
    }
    assert {m["stale"] for m in moments} == {True, False}
    assert any(m["due"] for m in moments)
    assert any(m["until"] for m in moments)
    assert len({code for m in moments for code in m["standing"].values()}) >= 5


def test_what_submitting_adds_is_tried() -> None:
    """Staleness and the author's own refusals are told before a row stands."""
    rows = [row for room in ROOMS for row in room["submitted"]]
    codes = {row["code"] for row in rows}

    assert None in codes
    assert {"STALE", "FORBIDDEN", "REVOKED"} <= codes
    assert len(codes) >= 20
    assert "CLOCK" in {row["late"] for row in rows}
    assert sum(row["other"] == "FORBIDDEN" for row in rows) >= len(rows) // 2


def test_what_was_only_seen_to_end_counts_for_who_submits() -> None:
    """A revocation that no leaf shows yet stops its owner, and makes rooms stale or words owe."""
    seen = [one for room in ROOMS for one in room["seen"]]

    assert {one["what"] for one in seen if one["code"] == "REVOKED"} == {
        "device",
        "worker",
        "agency",
    }
    assert any(one["moment"]["stale"] for one in seen)
    assert any(one["moment"]["due"] for one in seen)
    assert "REVOKED" in {code for one in seen for code in one["moment"]["standing"].values()}
