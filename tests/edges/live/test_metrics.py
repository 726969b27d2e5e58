"""What Prometheus reads of a node, and what the alarms are made of."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from server.scrape import offered
from server.service import SERVICE
from tests.edges.live.stage import priority
from tests.edges.people import Edge
from tests.edges.sdk.stage import Cast, hold, level

ALARMS = Path(__file__).parents[3] / "deploy" / "alarms.yml"
RUNBOOK = ALARMS.parents[1] / "docs" / "runbook.md"
SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)


@asynccontextmanager
async def scraping(edge: Edge) -> AsyncGenerator[str]:
    """The address of a node's metrics."""
    async with offered(edge.app[SERVICE], host="127.0.0.1", port=0) as port:
        yield f"http://127.0.0.1:{port}/metrics"


async def scraped(address: str) -> dict[tuple[str, str], float]:
    """All samples by name and labels."""
    async with aiohttp.ClientSession() as session, session.get(address) as reply:
        assert reply.status == 200
        assert reply.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        return {
            (name, labels): float(value)
            for name, labels, value in SAMPLE.findall(await reply.text())
        }


async def test_a_sitting_is_counted_and_nobody_is_named(edge: Edge, cast: Cast) -> None:
    """Rows, calls, pushes, sockets; and no id, code or name anywhere."""
    async with scraping(edge) as address:
        held = await hold(cast)
        before = await scraped(address)
        chair = held.members["chair"]
        for _ in range(5):
            await chair.act(priority(held, chair))
        await level(held.members)
        after = await scraped(address)

    def grew(name: str, labels: str = "") -> float:
        return after[name, labels] - before.get((name, labels), 0.0)

    post = 'code="ok",route="/v1/{slug}/cases/{case}/post"'
    assert grew("entaku_requests_total", post) == 5
    assert grew("entaku_rows_stored_total") == 5
    assert grew("entaku_batches_per_call_count") == 5
    assert grew("entaku_pushes_total") == 5 * len(cast.clients)
    assert grew("entaku_tickets_total") >= 5
    assert after["entaku_sockets_open", ""] == len(cast.clients)
    assert after["entaku_batches_waiting", ""] == 0
    assert after["entaku_councils", ""] == 1
    assert after["entaku_logs_broken", ""] == 0
    assert after["entaku_log_unsigned", 'log="ops"'] >= 0
    assert 0 < after["entaku_log_checkpoint_age_seconds", 'log="id"'] < 60
    assert after["entaku_job_age_seconds", 'job="tick"'] < 60
    assert ("entaku_pool_connections", 'role="app"') in after
    said = " ".join(labels for _, labels in after)
    me = chair.room.session.me
    for secret in (held.case.hex(), me.wid.hex(), me.did.hex(), me.aid.hex(), "K-101", "minato"):
        assert secret not in said


async def test_a_scrape_without_a_database_still_tells_the_rest(edge: Edge) -> None:
    """What the logs say is missing; the codes of refusals are there."""
    await edge.found()
    service = edge.app[SERVICE]
    await edge.get("/nowhere")
    async with scraping(edge) as address:
        await service.pools.integrator.close()
        found = await scraped(address)

    assert found["entaku_requests_total", 'code="404",route="none"'] == 1
    assert ("entaku_log_unsigned", 'log="id"') not in found


async def test_every_alarm_is_made_of_metrics_that_exist_and_is_in_the_runbook(edge: Edge) -> None:
    """A metric that is renamed takes its alarm with it."""
    text = ALARMS.read_text(encoding="utf-8")
    rules = re.findall(r"alert: (\w+)\n\s+expr: (.*?)\n\s+(?:for|labels):", text, re.DOTALL)
    async with (
        scraping(edge) as address,
        aiohttp.ClientSession() as session,
        session.get(address) as reply,
    ):
        said = await reply.text()
    known = set(re.findall(r"^# TYPE (\w+) ", said, re.MULTILINE))
    runbook = RUNBOOK.read_text(encoding="utf-8")

    assert len(rules) == text.count("alert:") > 10
    for name, expression in rules:
        used = {each.removesuffix("_bucket") for each in re.findall(r"entaku_\w+", expression)}
        assert used, name
        assert used <= known, name
        assert f"| `{name}` |" in runbook, name
