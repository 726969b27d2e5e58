"""A story: what was logged and posted in the small council, and what is asked of it then.

Every leaf and every row says in words what it tries and which code comes of it; refused rows
stay in the feed, so one story tries many things. A file of stories can be replayed by any
implementation from its JSON alone (`retell`): the leaves of `council.json`, the story's own
leaves, its rows, and then the questions, each with the answer.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from conference.content import Sealed
from crypto.errors import Code
from crypto.signing import SigningKey
from protocol.codec import b64u
from protocol.ids import CaseId, Key
from protocol.payloads import Payload
from protocol.statement import Statement
from tests.room import Case
from tests.world import Council, Staff, World, council, public

COUNCIL: Final = "council.json"
Json = dict[str, Any]


@dataclass(kw_only=True)
class Story:
    """One story being told; `log`, `told` and `ask` add to it, `record` gives it."""

    id: str
    council: Council = field(default_factory=council)
    room: Case | None = None
    begins: int = field(init=False)
    leaves: dict[int, str] = field(default_factory=dict[int, str])
    rows: dict[int, str] = field(default_factory=dict[int, str])
    asks: list[Json] = field(default_factory=list[Json])

    def __post_init__(self) -> None:
        """Begin after the council's own leaves."""
        self.begins = self.council.world.size

    @property
    def world(self) -> World:
        """The identity log."""
        return self.council.world

    @property
    def k(self) -> Case:
        """The room."""
        assert self.room is not None  # noqa: S101 -- the maker convenes before it posts
        return self.room

    def convene(self, creator: Staff) -> Case:
        """Begin a room."""
        self.room = Case(world=self.world, creator=creator, label=self.id)
        return self.room

    def log(
        self, what: str, body: Payload, *signers: SigningKey, code: Code | None = None
    ) -> Statement:
        """Log a statement; `code` is the flaw that must come of it."""
        return self.noted(what, self.world.log(body, *signers, code=code))

    def noted(self, what: str, statement: Statement) -> Statement:
        """Say what the newest leaf was for."""
        self.leaves[self.world.size - 1] = what
        return statement

    def told(self, what: str, code: Code | None, expected: Code | None = None) -> None:
        """Say what the newest row tried; the code it got must be the expected one."""
        if code is not expected:
            raise AssertionError(self.id, what, code, expected)
        self.rows[self.k.state.seq] = what

    def ask(self, what: str, question: str, expected: object, **about: object) -> None:
        """Ask a question of `retell.QUESTIONS`; the answer is an output or a `Code`."""
        answer = {"code": expected.value} if isinstance(expected, Code) else {"out": expected}
        self.asks.append({"what": what, "ask": question, **about, **answer})

    def trust(
        self,
        what: str,
        key: SigningKey | Key,
        typ: str = "roster",
        *,
        n: int | None = None,
        code: Code | None = None,
        of: Staff | None = None,
    ) -> None:
        """Ask whose key this is; `of` is the person expected when `code` is not."""
        pk = public(key) if isinstance(key, SigningKey) else key
        expected = None if of is None else {"wid": of.wid.hex(), "ik": b64u(public(of.ik))}
        size = self.world.size if n is None else n
        self.ask(what, "trust", code or expected, pk=b64u(pk), typ=typ, n=size)

    # --- record --------------------------------------------------------------------------

    def record(self) -> Json:
        """Give the story as it stands in a file."""
        case: CaseId | None = None if self.room is None else self.room.case
        return {
            "id": self.id,
            "case": None if case is None else case.hex(),
            "leaves": [self._leaf(i) for i in range(self.begins, self.world.size)],
            "rows": [] if self.room is None else [self._row(i) for i in range(len(self.k.rows))],
            "asks": self.asks,
        }

    def _leaf(self, index: int) -> Json:
        code = self.world.directory.flaws.get(index)
        return {**leaf_record(self.world, index), "code": code, "what": self.leaves.get(index, "")}

    def _row(self, at: int) -> Json:
        row, content, form, data = self.k.rows[at]
        record = self.k.room.records[at]
        sealed = isinstance(content, Sealed)
        return {
            "seq": row.seq,
            "id": b64u(row.id),
            "sg": b64u(row.sg),
            "idn": row.idn,
            "fh": b64u(row.fh),
            "form": "none" if content is None else form,
            "bytes": data.hex() if sealed else data.decode(),
            "code": record.code,
            "what": self.rows.get(row.seq, ""),
        }


def leaf_record(world: World, index: int) -> Json:
    """One leaf with the statement behind it."""
    data = world.bytes[index]
    return {"leaf": world.leaves[index].hex(), "stm": None if data is None else data.decode()}


def council_text() -> str:
    """The file of the council: every leaf of its log, from the root on."""
    world = council().world
    lines = [json.dumps(leaf_record(world, i), ensure_ascii=False) for i in range(world.size)]
    body = ",\n".join(lines)
    return f'{{"about": "The identity log of a small council",\n"leaves": [\n{body}\n]}}\n'


def stories_text(about: str, stories: Iterable[Story]) -> str:
    """A file of stories, one leaf, row or question a line."""
    told = ",\n".join(_text(story.record()) for story in stories)
    head = json.dumps({"about": about, "world": COUNCIL}, ensure_ascii=False)[:-1]
    return f'{head}, "stories": [\n{told}\n]}}\n'


def _text(record: Mapping[str, Any]) -> str:
    head = json.dumps({"id": record["id"], "case": record["case"]}, ensure_ascii=False)[:-1]
    lists = [f'"{name}": [{_lines(record[name])}]' for name in ("leaves", "rows", "asks")]
    return f"{head}, " + ",\n".join(lists) + "}"


def _lines(items: list[Json]) -> str:
    return ",".join("\n" + json.dumps(item, ensure_ascii=False) for item in items)
