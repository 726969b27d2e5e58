"""Replays stories from their JSON alone and gives what this program makes of them.

The whole log is read before the first row: every row is judged at its own point, whatever
stands behind it.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, cast

from audit.merkle import leaf_hash, root
from conference.content import Content, parse_bare, parse_full
from conference.fold import Room, fold
from consent.register import load
from crypto.errors import Code, Refused
from protocol import basis, documents, replica, statement
from protocol.codec import b64u, from_b64u
from protocol.directory import Directory
from protocol.feed import Point, Row
from protocol.ids import CaseId, Digest, DocId, Hash, Id, Key, NetId, RowHash, Sid, Wid
from protocol.leaf import Leaf
from protocol.room import RoomState
from protocol.times import Instant

Json = dict[str, Any]
Answer = tuple[str, object]


def read(path: Path) -> Json:
    """Read a file of stories, or of the council."""
    return cast("Json", json.loads(path.read_text(encoding="utf-8")))


class Retold:
    """One story as this program understands it."""

    def __init__(self, council: Json, story: Json) -> None:
        """Read both logs, then the rows."""
        self.directory = Directory()
        self.hashes: list[bytes] = []
        for record in (*council["leaves"], *story["leaves"]):
            self.learn(record)
        self.story = story
        self.room = self._room() if story["case"] else None
        self.refusals = [self._row(record) for record in story["rows"]]

    def learn(self, record: Json) -> None:
        """Read one more leaf."""
        raw = bytes.fromhex(record["leaf"])
        text = record["stm"]
        body = None if text is None else statement.parse(text.encode())
        self.hashes.append(leaf_hash(raw))
        replica.append(self.directory, Leaf.parse(raw), body)

    def _log_root(self, n: int) -> Digest | None:
        return None if n > len(self.hashes) else Digest(Hash(root(self.hashes[:n])))

    def _room(self) -> Room:
        case = CaseId(Id(bytes.fromhex(self.story["case"])))
        net = self.directory.net
        assert net is not None  # noqa: S101 -- the council begins with its root
        state = RoomState(
            net=NetId(net), case=case, directory=self.directory, log_root=self._log_root
        )
        return Room(state=state, register=load())

    def _row(self, record: Json) -> Code | None:
        assert self.room is not None  # noqa: S101 -- a story with rows has a room
        return fold(self.room, row_of(record), content_of(record))

    # --- answers -------------------------------------------------------------------------

    def answers(self) -> Iterator[tuple[str, object, object]]:
        """Give (what, expected, got) for every leaf, row and question."""
        begins = len(self.hashes) - len(self.story["leaves"])
        for index, record in enumerate(self.story["leaves"], start=begins):
            yield f"leaf: {record['what']}", record["code"], self.directory.flaws.get(index)
        for record, code in zip(self.story["rows"], self.refusals, strict=True):
            yield f"row: {record['what']}", record["code"], code
        for record in self.story["asks"]:
            expected = ("out", record["out"]) if "out" in record else ("code", record["code"])
            yield f"ask: {record['what']}", expected, self.answer(record)

    def answer(self, record: Json) -> Answer:
        """Answer one question with an output or a code."""
        try:
            return "out", QUESTIONS[record["ask"]](self, record)
        except Refused as refusal:
            return "code", refusal.code.value

    @property
    def state(self) -> RoomState:
        """The room's state after its last row."""
        assert self.room is not None  # noqa: S101 -- asked only of stories with a room
        return self.room.state


def row_of(record: Json) -> Row:
    """The row as a reader gets it."""
    return Row(
        seq=record["seq"],
        id=Hash(from_b64u(record["id"])),
        sg=Hash(from_b64u(record["sg"])),
        idn=record["idn"],
        fh=RowHash(Hash(from_b64u(record["fh"]))),
    )


def content_of(record: Json) -> Content | None:
    """The bytes of a row, parsed; None where the story withholds them."""
    match record["form"]:
        case "none":
            return None
        case "bare":
            return parse_bare("env", bytes.fromhex(record["bytes"]))
        case "env":
            return parse_full("env", bytes.fromhex(record["bytes"]))
        case _:
            return statement.parse(record["bytes"].encode())


# --- questions ---------------------------------------------------------------------------------


def _trust(told: Retold, about: Json) -> object:
    pk = Key(Hash(from_b64u(about["pk"])))
    signer = told.directory.trust(pk, about["typ"], about["n"])
    return {"wid": signer.wid.hex(), "ik": b64u(signer.ik)}


def _pledge(told: Retold, about: Json) -> object:
    wid = None if about["wid"] is None else Wid(Id(bytes.fromhex(about["wid"])))
    told.directory.require_pledge(_aid(about), wid, about["n"])
    return True


def _aid(about: Json) -> Any:  # noqa: ANN401 -- a NewType over Id, named by the caller
    return Id(bytes.fromhex(about["aid"]))


def _worker(told: Retold, about: Json) -> object:
    wid, ik = Wid(Id(bytes.fromhex(about["wid"]))), Key(Hash(from_b64u(about["ik"])))
    return b64u(told.directory.require_worker(wid, ik, about["n"]).sid)


def _devices(told: Retold, about: Json) -> object:
    wid, ik = Wid(Id(bytes.fromhex(about["wid"]))), Key(Hash(from_b64u(about["ik"])))
    found = told.directory.recipients_of((wid, ik), about["n"])
    return sorted(b64u(cert.sid) for cert in found)


def _point(told: Retold, about: Json) -> tuple[Point, Instant]:
    point = Point(n=about["n"], s=about["s"])
    now = about["now"]
    return point, told.directory.time(point.n) if now is None else Instant(now)


def _eff(told: Retold, about: Json) -> object:
    point, now = _point(told, about)
    one = basis.standing(told.state, Sid(Hash(from_b64u(about["basis"]))), point)
    return sorted(f"{aid.hex()} {cat}" for aid, cat in one.effective(now))


def _prune(told: Retold, about: Json) -> object:
    point, now = _point(told, about)
    roster = told.state.roster
    mem = basis.prune_members(told.state, roster, point, now)
    sids = basis.prune_bases(told.state, roster, point, now)
    return {"mem": [row.wid.hex() for row in mem], "basis": [b64u(sid) for sid in sids]}


def _recipients(told: Retold, about: Json) -> object:
    found = basis.recipients(told.state, told.state.roster, about["n"])
    return sorted(b64u(sid) for sid in found)


def _stale(told: Retold, about: Json) -> object:
    return basis.is_stale(told.state, *_point(told, about))


def _generation(about: Json) -> tuple[DocId, int]:
    return DocId(Id(bytes.fromhex(about["doc"]))), about["g"]


def _due(told: Retold, about: Json) -> object:
    assert told.room is not None  # noqa: S101 -- asked only of stories with a room
    told.state.at = about["n"]
    return told.room.valid().is_due(_generation(about))


def _holders(told: Retold, about: Json) -> object:
    return sorted(did.hex() for did in documents.holders(told.state, _generation(about)))


def _chairs(told: Retold, about: Json) -> object:
    return sorted(wid.hex() for wid in told.state.chairs(about["n"]))


def _time(told: Retold, about: Json) -> object:
    return told.directory.time(about["n"])


QUESTIONS: Final[dict[str, Callable[[Retold, Json], object]]] = {
    "trust": _trust,
    "pledge": _pledge,
    "worker": _worker,
    "devices": _devices,
    "eff": _eff,
    "prune": _prune,
    "recipients": _recipients,
    "stale": _stale,
    "due": _due,
    "holders": _holders,
    "chairs": _chairs,
    "time": _time,
}
