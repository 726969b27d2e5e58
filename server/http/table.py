"""Every route of the service with its contract, in one list."""

from typing import Final

from server.http import audit, docs, health, identity, log, page, rooms, setup
from server.http.contract import Contract

PLAIN: Final = (
    health.routes,
    setup.routes,
    log.routes,
    identity.routes,
    rooms.routes,
    audit.routes,
)
"""Routes that need nothing but the service."""

CONTRACTS: Final[tuple[Contract, ...]] = tuple(
    contract for each in (*PLAIN, page.routes, docs.routes) for contract in each.contracts
)
