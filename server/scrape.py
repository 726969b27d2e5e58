"""Where Prometheus asks: a listener of its own, which is the operator's and nobody else's."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

import asyncpg
from aiohttp import web

from audit.behind import Behind, behind
from server.metrics import KIND, worst
from server.service import Service


class Node:
    """A node's own counts, as metrics ask for them."""

    def __init__(self, service: Service) -> None:
        """Look at this one."""
        self._service = service

    def gauges(self) -> Mapping[str, Mapping[str, float]]:
        """Figures of now."""
        node = self._service
        lines = node.sockets.lines
        pools = {
            "app": node.pools.app,
            "integrator": node.pools.integrator,
            "auditor": node.pools.auditor,
        }
        return {
            "entaku_sockets_open": {"": node.limits.sockets},
            "entaku_lines_open": {"": len(lines)},
            "entaku_connections_open": {"": len(node.doors)},
            "entaku_queue_bytes": {"": lines.bytes},
            "entaku_queue_packets": {"": lines.packets},
            "entaku_pool_connections": {role: each.get_size() for role, each in pools.items()},
            "entaku_pool_idle": {role: each.get_idle_size() for role, each in pools.items()},
            "entaku_councils": {"": len(node.hosts)},
            "entaku_logs_broken": {"": sum(host.broken for host in node.hosts.values())},
            "entaku_job_age_seconds": node.rounds.ages(node.clock()),
        }

    def counts(self) -> Mapping[str, Mapping[str, float]]:
        """Sums since the start."""
        node = self._service
        return {
            "entaku_cuts": {why.value: n for why, n in node.sockets.lines.cuts.items()},
            "entaku_limited": dict(node.limits.limited),
            "entaku_turned_away": dict(node.doors.turned_away),
            "entaku_denials": {code.value: n for code, n in node.denials.seen.items()},
        }

    async def logs(self) -> Mapping[str, Behind]:
        """How far the signatures are behind."""
        node = self._service
        return worst(
            [
                (log.name, await behind(node.pools.integrator, log))
                for host in list(node.hosts.values())
                for log in host.logs
            ]
        )


@asynccontextmanager
async def offered(service: Service, *, host: str, port: int) -> AsyncGenerator[int]:
    """Answer `/metrics` on an address of its own until the block ends; its port. OSError."""
    node = Node(service)
    service.metrics.watch(node)

    async def metrics(_request: web.Request) -> web.Response:
        try:
            service.metrics.show(await node.logs())
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            service.log.warning("metrics.logs", error=type(error).__name__)
        return web.Response(body=service.metrics.text(), headers={"Content-Type": KIND})

    app = web.Application()
    app.router.add_get("/metrics", metrics)
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
