"""The replica of the identity log against servers that lie, forget, or go back."""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

import pytest
from msgspec.structs import replace

from audit import checkpoint, note
from crypto.errors import Code, Refused
from protocol.ids import Blob, CaseId, Digest, Hash, NetId, Sid
from protocol.payloads import Basis, LogKeys, Logs, Root
from protocol.shapes import Closed
from protocol.times import DAY, HOUR, Instant
from protocol.vocabulary import BasisKind, Cap
from protocol.wire import LogPage
from sdk.contents import LogPin
from sdk.idlog import IdLog
from sdk.transport import A, Http, Query
from tests.world import World, id16, scope, signing_key, sub_of

SIGNER = note.Signer(name="example.jp/id", key=signing_key("log"))
CASE = CaseId(id16("a case"))


class Town(World):
    """A council whose log is signed by a key that its root names."""

    def root_body(self, *, n: int = 0, prev: Sid | None = None) -> Root:
        """The root with a real verifier key."""
        body = super().root_body(n=n, prev=prev)
        keys = LogKeys(origin=SIGNER.name, vkeys=(SIGNER.verifier.vkey,))
        return replace(body, logs=Logs(id=keys, ops=body.logs.ops))


class Liar(Http):
    """A miniature of the server: pages of a world, as far as and in the way it wants to tell."""

    def __init__(
        self,
        world: Town,
        *,
        signer: note.Signer = SIGNER,
        altered: Mapping[int, bytes] = MappingProxyType({}),
    ) -> None:
        super().__init__(url="http://127.0.0.1", slug="liar")
        self.world = world
        self.size: int | None = None
        self.hidden: set[int] = set()
        self.swapped: dict[int, int] = {}
        self.altered = altered
        self.signer = signer

    async def get(
        self,
        path: str,
        kind: type[A],
        *,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> A:
        """Answer a page of the log."""
        await asyncio.sleep(0)  # a real server answers later, too
        asked = dict(query or {})
        start, size = int(asked["start"]), self.world.size if self.size is None else self.size
        end = min(start + int(asked["limit"]), size)
        places = range(start, end)
        page: Closed = LogPage(
            start=start,
            leaves=tuple(Blob(self.altered.get(n, self.world.leaves[n])) for n in places),
            statements=tuple(self._statement(n) for n in places),
            checkpoint=self._checkpoint(size),
        )
        assert isinstance(page, kind)
        assert (path, headers) == ("log/id", {})
        return page

    def _statement(self, place: int) -> Blob | None:
        told = self.swapped.get(place, place)
        raw = None if place in self.hidden else self.world.bytes[told]
        return None if raw is None else Blob(raw)

    def _checkpoint(self, size: int) -> str:
        root = self.world.log_root(size)
        assert root is not None
        text = checkpoint.Checkpoint(origin=SIGNER.name, size=size, root=root).text
        return note.sign(text, self.signer).decode()


@pytest.fixture
def town() -> Town:
    """A host agency with a person, and some time."""
    made = Town()
    made.agency("A01")
    made.staff("甲", "A01", caps=(Cap.MEMBER,))
    made.beat(HOUR)
    return made


def log_of(server: Liar, *, pin: LogPin | None = None) -> IdLog:
    """A client's replica."""
    return IdLog(http=server, net=server.world.net, pin=pin)


def later(town: Town) -> Instant:
    """A moment after the newest leaf."""
    return town.t.plus(HOUR // 60)


async def refusal(log: IdLog, now: Instant) -> Code:
    """Why a sync was refused."""
    with pytest.raises(Refused) as refused:
        await log.sync(now)
    return refused.value.code


async def test_an_honest_log_is_taken_and_every_root_can_be_told(town: Town) -> None:
    """Size, roots at every size, and the directory are the world's own."""
    log = log_of(Liar(town))

    grew = await log.sync(later(town))

    assert grew
    assert not await log.sync(later(town))
    assert [log.log_root(n) for n in range(town.size + 2)] == [
        *(town.log_root(n) for n in range(town.size + 1)),
        None,
    ]
    assert log.directory.workers.keys() == town.directory.workers.keys()
    assert log.directory.flaws == {}


async def test_more_leaves_than_a_page_come_in_several(town: Town) -> None:
    """Nothing is left out between two pages."""
    for _ in range(600):
        town.beat(HOUR // 100)
    log = log_of(Liar(town))

    await log.sync(later(town))

    assert log.size == town.size
    assert log.head() == town.head()


async def test_two_syncs_at_once_take_every_leaf_once(town: Town) -> None:
    """Whoever comes second finds what the first one took."""
    log = log_of(Liar(town))

    grew = await asyncio.gather(*(log.sync(later(town)) for _ in range(3)))

    assert sorted(grew) == [False, False, True]
    assert log.head() == town.head()


async def test_another_council_is_not_mine(town: Town) -> None:
    """The first statement must be the root whose fingerprint I hold."""
    log = IdLog(http=Liar(town), net=NetId(Hash(bytes(32))))

    assert await refusal(log, later(town)) is Code.WRONG_NET


async def test_a_checkpoint_of_a_stranger_is_not_believed(town: Town) -> None:
    """Only keys that the root names count."""
    stranger = note.Signer(name=SIGNER.name, key=signing_key("stranger"))

    assert await refusal(log_of(Liar(town, signer=stranger)), later(town)) is Code.UNTRUSTED


async def test_an_altered_leaf_does_not_fit_the_signed_root(town: Town) -> None:
    """Nothing of such a page is taken."""
    leaf = bytearray(town.leaves[3])
    leaf[-1] ^= 1
    log = log_of(Liar(town, altered={3: bytes(leaf)}))

    assert await refusal(log, later(town)) is Code.EQUIVOCATION
    assert log.size == 0


async def test_a_log_that_forgets_is_a_rollback(town: Town) -> None:
    """Both within a session and against the pin of an earlier one."""
    server = Liar(town)
    log = log_of(server)
    await log.sync(later(town))
    pin = log.pin(later(town))
    server.size = town.size - 1

    assert await refusal(log, later(town)) is Code.ROLLBACK
    assert await refusal(log_of(server, pin=pin), later(town)) is Code.ROLLBACK


async def test_a_log_that_rewrote_what_was_pinned_is_an_equivocation(town: Town) -> None:
    """The same size or a greater one under another past."""
    log = log_of(Liar(town))
    await log.sync(later(town))
    pin = replace(log.pin(later(town)), r=Digest(Hash(bytes(32))))
    town.beat(HOUR)

    assert await refusal(log_of(Liar(town), pin=pin), later(town)) is Code.EQUIVOCATION


async def test_leaves_from_before_the_last_sync_or_from_the_future_are_refused(
    town: Town,
) -> None:
    """New leaves are from the time since, give or take ten minutes."""
    log = log_of(Liar(town))
    await log.sync(later(town))
    pin = log.pin(later(town).plus(DAY))
    town.beat(HOUR)

    assert await refusal(log_of(Liar(town), pin=pin), later(town)) is Code.CLOCK
    assert await refusal(log_of(Liar(town)), town.t.plus(-HOUR)) is Code.CLOCK


def consent(town: Town) -> int:
    """Log a consent for the case; give its place."""
    person = town.staff("乙", "A01", caps=(Cap.MEMBER,))
    base = town.base()
    body = Basis(
        net=base.net,
        nce=base.nce,
        iat=base.iat,
        case=CASE,
        prev=None,
        ver=1,
        kind=BasisKind.CONSENT,
        law="consent",
        kinds=("shien",),
        sub=sub_of("本人"),
        subc=Digest(Hash(bytes(32))),
        scope=scope((["A01"], ["c1"])),
        purp=("advice",),
        prop=person.wid,
        apr=None,
        evc=None,
        from_=town.t,
        until=town.t.plus(30 * DAY),
        rev=None,
    )
    town.log(body, person.dk)
    return town.size - 1


async def test_a_member_demands_the_bytes_behind_every_leaf_of_her_case(town: Town) -> None:
    """Leaves of a case are found by computing their scope; a withheld statement halts it."""
    place = consent(town)
    server = Liar(town)
    server.hidden = {place}
    log = log_of(server)
    await log.sync(later(town))

    with pytest.raises(Refused) as withheld:
        await log.complete(CASE)
    other = await log.complete(CaseId(id16("another case")))
    server.hidden = set()
    came = await log.complete(CASE)

    assert withheld.value.code is Code.MISSING_STATEMENT
    assert not other
    assert came
    assert [one.index for one in log.directory.logged.values()] == [place]
    assert not await log.complete(CASE)


async def test_a_statement_that_is_not_behind_its_leaf_leaves_the_replica_as_it_was(
    town: Town,
) -> None:
    """Neither part of a page nor a net is taken; the next honest answer is."""
    server = Liar(town)
    server.swapped = {town.size - 2: 0}
    log = IdLog(http=server, net=None)

    code = await refusal(log, later(town))
    kept = (log.size, log.directory.size, log.net)
    server.swapped = {}
    grew = await log.sync(later(town))

    assert code is Code.EQUIVOCATION
    assert kept == (0, 0, None)
    assert grew
    assert log.directory.size == log.size == town.size


async def test_a_wrong_statement_of_a_case_is_not_kept(town: Town) -> None:
    """It is refused when it comes, and the right one is asked for again."""
    place = consent(town)
    server = Liar(town)
    server.hidden = {place}
    log = log_of(server)
    await log.sync(later(town))
    server.hidden, server.swapped = set(), {place: 0}

    with pytest.raises(Refused) as wrong:
        await log.complete(CASE)
    server.swapped = {}
    came = await log.complete(CASE)

    assert wrong.value.code is Code.EQUIVOCATION
    assert came
    assert [one.index for one in log.directory.logged.values()] == [place]


async def test_a_statement_is_valid_only_in_the_log_and_by_its_rules(town: Town) -> None:
    """Not there is NOT_LOGGED; there but void keeps its own code."""
    flawed = town.log(
        town.worker_body("丙", "A01", caps=(Cap.MEMBER,)), signing_key("x"), code=Code.UNTRUSTED
    )
    log = log_of(Liar(town))
    await log.sync(later(town))

    with pytest.raises(Refused) as void:
        log.require_valid(flawed.sid)
    with pytest.raises(Refused) as absent:
        log.require_valid(Sid(Hash(bytes(32))))

    assert log.require_valid(town.root.sid) == 0
    assert void.value.code is Code.UNTRUSTED
    assert absent.value.code is Code.NOT_LOGGED


class Clumsy(Liar):
    """A server whose pages are not what was asked for."""

    page_from = 0
    page_short = False
    ends_at: int | None = None
    garbage: int | None = None

    async def get(
        self,
        path: str,
        kind: type[A],
        *,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> A:
        """Answer another page."""
        page: object = await super().get(path, kind, query=query, headers=headers)
        assert isinstance(page, LogPage)
        if self.ends_at is not None:
            kept = slice(0, max(0, self.ends_at - page.start))
            page = replace(page, leaves=page.leaves[kept], statements=page.statements[kept])
        if self.page_short:
            page = replace(page, statements=page.statements[:-1])
        made: Closed = replace(page, start=page.start + self.page_from)
        assert isinstance(made, kind)
        return made

    def _statement(self, place: int) -> Blob | None:
        return Blob(b"{}") if place == self.garbage else super()._statement(place)


async def test_a_page_is_the_one_that_was_asked_for_and_whole(town: Town) -> None:
    """Its start, as many statements as leaves, and as many leaves as the checkpoint says."""
    other, short, ended = Clumsy(town), Clumsy(town), Clumsy(town)
    other.page_from, short.page_short, ended.ends_at = 1, True, town.size - 1

    for server in (other, short, ended):
        assert await refusal(log_of(server), later(town)) is Code.BAD_PROOF


async def test_bytes_that_are_no_statement_are_not_one_of_a_newer_version(town: Town) -> None:
    """What cannot be read at all is refused, not counted."""
    server = Clumsy(town)
    server.garbage = 2

    assert await refusal(log_of(server), later(town)) is Code.BAD_J1


async def test_the_first_statement_is_a_root(town: Town) -> None:
    """Shown, and of that type: else nobody knows whose log this is."""
    hidden, swapped = Liar(town), Liar(town)
    hidden.hidden, swapped.swapped = {0}, {0: 1}

    for server in (hidden, swapped):
        assert await refusal(log_of(server), later(town)) is Code.UNTRUSTED
