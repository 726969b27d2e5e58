"""What nobody asks for: beats, sums of refusals, a broken log."""

import asyncio
from datetime import timedelta

import pytest

from audit import entry as entries
from audit.integrator import IntegrityBroken
from audit.store import Log
from crypto.errors import Code
from protocol.leaf import BEAT, Leaf
from protocol.vocabulary import Cap
from server import jobs
from server.app import JOBS
from server.service import SERVICE
from tests.edges.people import SLUG, Edge


async def ops(edge: Edge, slug: str = SLUG) -> list[entries.Leaf]:
    """The leaves of `ops`."""
    host = edge.app[SERVICE].hosts[slug]
    await edge.app[JOBS].level(host)
    raw = await host.council.log.leaves("ops", start=0, limit=1000)
    return [entries.parse(each) for each in raw]


async def sums(edge: Edge, slug: str = SLUG) -> list[str]:
    """Codes of the sums of refusals in the log of a council."""
    return sorted(each.d for each in await ops(edge, slug) if each.k is entries.Kind.DENIED_COUNT)


async def beats(edge: Edge, number: int) -> None:
    """Wait until the log has a number of beats."""
    async with asyncio.timeout(5):
        while True:
            kinds = [Leaf.parse(leaf).kind for leaf in edge.host.council.leaves]
            if kinds.count(BEAT) >= number:
                return
            await asyncio.sleep(0.05)


async def test_a_silent_log_beats_after_an_hour(edge: Edge) -> None:
    """So that its clock goes on."""
    await edge.found()
    service = edge.app[SERVICE]
    size, later = edge.host.council.idn, service.clock() + timedelta(hours=2)

    service.clock = lambda: later
    await beats(edge, 1)

    directory = edge.host.council.directory
    assert directory.size == size + 1
    assert directory.time(directory.size) == int(later.timestamp() * 1000)


async def test_the_log_beats_when_a_certificate_ends(edge: Edge) -> None:
    """The end of what a room depends on is a point of the log, not of somebody's clock."""
    await edge.found()
    person = await edge.enrol(await edge.agency(Cap.MEMBER), Cap.MEMBER)
    service, council = edge.app[SERVICE], edge.host.council
    begun = council.directory.time(council.directory.size)
    end = council.next_end(begun)
    assert end is not None

    service.clock = end.moment
    await beats(edge, 1)

    worker = council.directory.workers[person.wid].versions[0].body
    assert end == worker.exp
    assert not council.directory.is_live((person.wid, worker.ik), council.directory.size)
    assert council.next_end(end) is None


async def test_before_its_root_a_log_does_not_beat(edge: Edge) -> None:
    """Leaf 0 is the root."""
    await edge.reserve()
    service = edge.app[SERVICE]
    later = service.clock() + timedelta(hours=2)

    service.clock = lambda: later
    await asyncio.sleep(1.2)

    assert edge.host.council.leaves == []


async def test_refusals_without_a_token_are_added_up(edge: Edge) -> None:
    """One entry a code, however many there were."""
    await edge.found()
    for _ in range(3):
        await edge.get(f"/v1/{SLUG}/log/id")
    await edge.get(f"/v1/{SLUG}/pend")

    await edge.app[JOBS].flush(edge.app[SERVICE].clock())

    assert await sums(edge) == [Code.BAD_TOKEN, Code.FORBIDDEN]
    await edge.app[JOBS].flush(edge.app[SERVICE].clock())
    assert len(await sums(edge)) == 2


async def test_a_sum_of_refusals_stands_in_the_log_of_its_council(edge: Edge) -> None:
    """Whichever comes first in the list; what names no council is a figure and no entry."""
    await edge.found()
    await asyncio.to_thread(edge.app[SERVICE].custody.return_setup)
    await edge.reserve("akita")  # before the other, by name
    await edge.get(f"/v1/{SLUG}/pend")
    await edge.get("/v1/akita/log/id")
    await edge.get("/v1/nowhere/log/id")

    await edge.app[JOBS].flush(edge.app[SERVICE].clock())

    assert await sums(edge) == [Code.BAD_TOKEN]
    assert await sums(edge, "akita") == [Code.FORBIDDEN]
    assert edge.app[SERVICE].denials.seen[Code.UNKNOWN_ID] == 1


async def test_a_refusal_with_a_token_is_an_entry(edge: Edge) -> None:
    """With its code in clear."""
    await edge.found()
    person = await edge.enrol(await edge.agency(Cap.MEMBER), Cap.MEMBER)
    await edge.sign_in(person)

    await edge.get(f"/v1/{SLUG}/log/none/checkpoint", headers=person.headers)

    assert [leaf.d for leaf in await ops(edge) if leaf.k is entries.Kind.DENIED] == ["UNKNOWN_ID"]


async def test_naming_a_case_makes_no_audit_key(edge: Edge) -> None:
    """A refusal about a case that does not exist is one about no case."""
    await edge.found()
    person = await edge.enrol(await edge.agency(Cap.MEMBER), Cap.MEMBER)
    await edge.sign_in(person)

    await edge.get(f"/v1/{SLUG}/cases/{'00' * 16}/rows", headers=person.headers)

    denied = [leaf for leaf in await ops(edge) if leaf.k is entries.Kind.DENIED]
    assert [leaf.c for leaf in denied] == [None]


async def test_a_log_that_contradicts_itself_is_signed_no_more(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job ends and the node says that it is not ready."""
    await edge.found()

    async def contradict(_pool: object, log: Log, **_: object) -> int:
        raise IntegrityBroken(origin=log.origin, what="root")

    monkeypatch.setattr(jobs, "integrate_once", contradict)
    with pytest.raises(IntegrityBroken):
        await edge.level()

    assert (await edge.get("/readyz"))[0] == 503
