"""The director's side of an actor: a process, orders to it, and what it reports."""

import asyncio
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from cli.demo import lines
from cli.demo.lines import Json
from cli.exits import Exit
from cli.failures import Stop
from crypto.errors import Code, Refused

PATIENCE: Final = 45
"""Seconds that one order may take."""

_LEAVING: Final = 5


class Actor:
    """One person in a process of her own."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        *,
        name: str,
        log: Path,
        lost: Callable[[], None],
        rows: dict[str, int],
    ) -> None:
        """Use `start`."""
        self.name: Final = name
        self.pid: Final = process.pid
        self.events: Final = list[lines.Event]()
        self._process = process
        self._log = log
        self._lost = lost
        self._rows = rows
        self._next = 0
        self._waiting = dict[int, asyncio.Future[lines.Report]]()
        self._heard = asyncio.Event()
        self._reader = asyncio.create_task(self._listen())

    @classmethod
    async def start(
        cls,
        hello: lines.Hello,
        *,
        log: Path,
        environment: Mapping[str, str],
        lost: Callable[[], None] = lambda: None,
        rows: dict[str, int],
    ) -> Self:
        """Start the process; what it complains about goes into its log.

        `rows` is shared by the cast: how far each case has come on anybody's screen.
        """
        with log.open("ab") as complaints:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "cli.demo.actor"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=complaints,
                limit=lines.LIMIT,
                env=dict(environment),
                start_new_session=True,  # Ctrl-C reaches the director, who ends everybody
            )
        actor = cls(process, name=hello.person, log=log, lost=lost, rows=rows)
        actor._send(hello)
        return actor

    async def ask(self, do: str, **args: Json) -> Json:
        """Have something done.

        Raises:
            Refused: What the actor's client or the server refused.
            Stop: The actor died or does not answer.
        """
        number = self._next = self._next + 1
        answer = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        self._send(lines.Order(id=number, do=do, args=args, rows=dict(self._rows)))
        try:
            report = await asyncio.wait_for(answer, PATIENCE)
        except TimeoutError as error:
            raise self._broken(do) from error
        for case, count in report.rows.items():
            self._rows[case] = max(count, self._rows.get(case, 0))
        if report.code is not None:
            raise Refused(Code(report.code), **report.facts)
        return report.result

    async def event(self, name: str, *, patience: float) -> lines.Event:
        """Wait for something that happens to this actor; TimeoutError when it does not."""
        async with asyncio.timeout(patience):
            while True:
                for event in self.events:
                    if event.name == name:
                        return event
                self._heard.clear()
                await self._heard.wait()

    async def leave(self) -> None:
        """End the process and wait for it; twice does no harm."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), _LEAVING)
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        self._reader.cancel()
        with suppress(asyncio.CancelledError):
            await self._reader

    def _send(self, line: lines.Hello | lines.Order) -> None:
        assert self._process.stdin is not None  # noqa: S101 -- it was asked for as a pipe
        with suppress(ConnectionError):  # the end of the process is told by its reports
            self._process.stdin.write(lines.encode(line))

    async def _listen(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 -- it was asked for as a pipe
        async for line in self._process.stdout:
            self._hear(lines.read_answer(line))
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(self._broken("end"))
        self._lost()

    def _hear(self, said: lines.Report | lines.Event) -> None:
        if isinstance(said, lines.Event):
            self.events.append(said)
            self._heard.set()
            return
        answer = self._waiting.pop(said.id, None)
        if answer is not None and not answer.done():
            answer.set_result(said)

    def _broken(self, do: str) -> Stop:
        return Stop("demo.actor-lost", exit=Exit.DEVIATION, who=self.name, do=do, log=self._log)
