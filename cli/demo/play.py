"""What the director holds while the story runs: the cast, who is who, what is expected."""

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NoReturn

from cli.demo import lines
from cli.demo.cast import Actor
from cli.demo.lines import Json
from cli.demo.stage import Folder, environment
from cli.demo.story import Person, Story
from cli.demo.teller import Teller
from cli.exits import Exit
from cli.failures import Stop
from crypto.errors import Code, Refused
from storage import embedded

OFFICE = "office"
PASSPHRASE = "minase-demo"  # noqa: S105 -- the demo's people are invented, and so are their secrets


@dataclass(slots=True, kw_only=True)
class Play:
    """One run of the story."""

    story: Story
    today: date
    folder: Folder
    teller: Teller
    url: str
    database: embedded.Server
    cast: dict[str, Actor] = field(default_factory=dict[str, Actor])
    aids: dict[str, str] = field(default_factory=dict[str, str])
    wids: dict[str, str] = field(default_factory=dict[str, str])
    facts: dict[str, Json] = field(default_factory=dict[str, Json])
    rows: dict[str, int] = field(default_factory=dict[str, int])
    """How far each case, by its id, has come on anybody's screen."""

    # --- the cast ----------------------------------------------------------------------------

    async def engage(self, keys: Iterable[str]) -> None:
        """Start a process for each person."""
        await gather(self._start(key) for key in keys)

    async def _start(self, key: str) -> None:
        hello = lines.Hello(
            person=key,
            vault=str(self.folder.vault(key)),
            passphrase=PASSPHRASE,
            url=self.url,
            slug=self.story.council.slug,
        )
        log = self.folder.logs / f"{key}.log"
        start = Actor.start(hello, log=log, environment=environment({}), rows=self.rows)
        starting = asyncio.create_task(start)
        try:
            await asyncio.shield(starting)
        finally:  # also when the demo is ended meanwhile: whoever was started is sent home
            self.cast[key] = await starting

    async def dismiss(self, *keys: str) -> None:
        """End processes, all of them without a name; their vaults are free then."""
        leaving = [self.cast.pop(key) for key in keys or tuple(self.cast)]
        await asyncio.gather(*(actor.leave() for actor in leaving))

    async def ask(self, who: str, do: str, **args: Json) -> Json:
        """Have somebody do something; what is refused although it should work is a deviation."""
        try:
            return await self.cast[who].ask(do, **args)
        except Refused as refusal:
            facts = ", ".join(f"{name}={fact}" for name, fact in refusal.facts.items())
            self.deviate(f"{who}.{do}", f"{refusal.code} {facts}")

    async def refused(self, who: str, do: str, *codes: Code, **args: Json) -> Refused:
        """Have somebody try what must be refused, and show the sentence she reads."""
        try:
            result = await self.cast[who].ask(do, **args)
        except Refused as refusal:
            seen = refusal
        else:
            self.deviate(f"{who}.{do}", f"{result!r}, not {'/'.join(codes)}")
        if seen.code not in codes:
            self.deviate(f"{who}.{do}", f"{seen.code}, not {'/'.join(codes)}")
        self.teller.refused(self.name(who), seen.code)
        return seen

    # --- names -------------------------------------------------------------------------------

    def person(self, key: str) -> Person:
        """Somebody of the story."""
        return self.story.person(key)

    def name(self, key: str) -> str:
        """Family name with post, as the narration calls people."""
        person = self.person(key)
        return f"{person.name.split()[0]}({person.post})"

    def family(self, *keys: str) -> str:
        """Family names in a row."""
        return "・".join(self.person(key).name.split()[0] for key in keys)

    def aid(self, key: str) -> str:
        """Agency id of a person."""
        return self.aids[self.person(key).agency]

    # --- expectations ------------------------------------------------------------------------

    def expect(self, key: str, /, *, holds: bool, **values: object) -> None:
        """Confirm an expectation, or end with its name."""
        if not holds:
            self.deviate(key, ", ".join(f"{name}={value}" for name, value in values.items()))
        self.teller.confirm(key, **values)

    def deviate(self, what: str, why: str) -> NoReturn:
        """End: something is not as the story says it must be."""
        raise Stop("demo.deviation", exit=Exit.DEVIATION, what=what, why=why)


async def gather(work: Iterable[Awaitable[Json]]) -> list[Json]:
    """Do things side by side; the first failure stops all."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_one(each)) for each in work]
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from failures
    return [task.result() for task in tasks]


async def _one(work: Awaitable[Json]) -> Json:
    return await work
