"""A server that answers what a test wrote down, one answer after the other."""

import asyncio
from collections.abc import Mapping
from typing import Any

from audit.merkle import leaf_hash
from crypto import entropy
from crypto.errors import Code, Refused
from protocol.shapes import Closed
from protocol.times import SECOND, Instant
from sdk.clock import Clock
from sdk.council import Council
from sdk.idlog import IdLog
from sdk.transport import A, Http, Query
from tests.world import World

Answer = Closed | bytes | Code


class Answers(Http):
    """Answers by path, the last one again and again; a code is a refusal."""

    def __init__(self, answers: Mapping[str, list[Answer]]) -> None:
        super().__init__(url="http://127.0.0.1", slug="answers")
        self.answers = {path: list(each) for path, each in answers.items()}
        self.asked = 0

    async def _next(self, path: str) -> Closed | bytes:
        await asyncio.sleep(0)  # a real server answers later, too
        self.asked += 1
        left = self.answers[path]
        found = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(found, Code):
            raise Refused(found)
        return found

    async def _closed(self, path: str, kind: type[A]) -> A:
        found = await self._next(path)
        assert isinstance(found, kind)
        return found

    async def get(
        self,
        path: str,
        kind: type[A],
        *,
        query: Query | None = None,  # noqa: ARG002 -- whatever is asked
        headers: Mapping[str, str] | None = None,  # noqa: ARG002 -- whoever asks
    ) -> A:
        """Answer a question."""
        return await self._closed(path, kind)

    async def text(self, path: str, *, headers: Mapping[str, str] | None = None) -> bytes:  # noqa: ARG002 -- whoever asks
        """Answer with a file."""
        found = await self._next(path)
        assert isinstance(found, bytes)
        return found

    async def post(self, path: str, body: Closed, kind: type[A]) -> A:  # noqa: ARG002 -- whatever is sent
        """Answer a submission."""
        return await self._closed(path, kind)

    async def post_once(self, path: str, body: Closed, kind: type[A]) -> A:  # noqa: ARG002 -- whatever is sent
        """Answer a signed request."""
        return await self._closed(path, kind)


class Hurried:
    """A clock that runs ten seconds whenever somebody looks at it."""

    def __init__(self, start: Instant) -> None:
        self.t = start

    def __call__(self) -> Instant:
        """Look at it."""
        self.t = self.t.plus(10 * SECOND)
        return self.t


def council_of(world: World, answers: dict[str, list[Answer]], *, empty: bool = False) -> Council:
    """A client that holds the log already, unless it is to be empty."""
    http = Answers(answers)
    clock = Clock(Hurried(world.t))
    made = Council(http=http, clock=clock, entropy=entropy.system, net=world.net)
    if not empty:
        _fill(made.log, world)
    return made


def _fill(log: IdLog, world: World) -> None:
    """Give it the world's log, as if it had synced."""
    held: Any = log
    held.directory = world.directory
    held._leaves.extend(world.leaves)
    held._hashes.extend(leaf_hash(leaf) for leaf in world.leaves)
    held._statements.extend(world.bytes)
