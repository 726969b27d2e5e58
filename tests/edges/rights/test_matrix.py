"""Every endpoint and every event, asked by everybody: each answer is as the table says."""

from typing import Any

import pytest
from aiohttp import web

from server.errors import STATUS
from server.service import SERVICE
from tests.edges.rights.asks import ASKS
from tests.edges.rights.callers import names
from tests.edges.rights.matrix import PAGE, load, page
from tests.edges.rights.town import Place
from tests.edges.rights.trying import try_all

TABLE = load()
LIBRARY = "/socket.io/"
"""The way to the sockets, which is the library's; who gets one is asked of each event."""


def served(app: web.Application) -> set[str]:
    """What a caller can reach: routes of the application, and events that its sockets hear."""
    found: set[str] = set()
    for route in app.router.routes():
        assert route.resource is not None
        if route.resource.canonical != LIBRARY and route.method != "HEAD":  # HEAD is its GET
            found.add(f"{route.method} {route.resource.canonical}")
    library: Any = vars(app[SERVICE].sockets)["_server"]  # it has no types
    handlers: dict[str, object] = library.handlers["/"]
    heard = handlers.keys() - {"connect", "disconnect"}
    return found | {f"socket {event}" for event in heard}


async def test_every_endpoint_and_event_has_a_row(application: web.Application) -> None:
    """What is new is asked, and somebody has thought of who may."""
    assert {ask.at for ask in ASKS} == served(application)
    assert [(row.at, row.ask) for row in TABLE.rows] == [(ask.at, ask.name) for ask in ASKS]


async def test_every_socket_is_asked_for_a_token(application: web.Application) -> None:
    """The library's own address is the one that no row names, under the methods it needs."""
    routes = application.router.routes()
    assert {r.method for r in routes if r.resource and r.resource.canonical == LIBRARY} == {
        "HEAD",
        "GET",
        "POST",
        "OPTIONS",
    }


@pytest.mark.timeout(300)  # a town of seventeen, and some thousand requests
async def test_every_cell_is_as_the_table_says(place: Place) -> None:
    """Nobody gets more than is written down, and nobody less."""
    cells = await try_all(place)

    assert set(TABLE.callers) == set(names(place))
    wrong = [
        f"{row.at} | {row.ask} | {name}: {cells[row.at, row.ask][name]}, not {expected}"
        for row in TABLE.rows
        for name, expected in row.cells.items()
        if cells[row.at, row.ask][name] != expected
    ]
    assert not wrong, "\n".join(wrong)


def test_the_page_says_what_is_tried() -> None:
    """docs/rights.md is fresh: `python -m tools.make_rights`."""
    status = {code.value: number for code, number in STATUS.items()}

    assert PAGE.read_text("utf-8") == page(TABLE, status)
