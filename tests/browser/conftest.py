"""A real server with the built page, and a real Chromium before it."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

from server import page
from tests.browser import gallery as galleries
from tests.browser import office as offices
from tests.browser.gallery import Gallery
from tests.browser.office import Office
from tests.browser.stage import PATIENCE, ROOT, SCREENS, Hall
from tests.faults.processes import Node

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the machine's Chromium or Chrome is."""
    found = subprocess.run(  # noqa: S603 -- our own program
        [ROOT / "tools" / "chromium.sh", "--find"], capture_output=True, text=True, check=False
    )
    if found.returncode:
        pytest.fail("No Chromium or Chrome is here; tools/chromium.sh installs one or says how")
    return found.stdout.strip()


@pytest.fixture(scope="session")
def built() -> None:
    """The page lies where the server looks for it; the folder of the pictures exists."""
    if not (page.FOLDER / page.MANIFEST).is_file():
        pytest.fail("The page is not built; run `make web`")
    SCREENS.mkdir(parents=True, exist_ok=True)


@pytest.fixture
async def server(
    database: str,
    tmp_path: Path,
    built: None,  # noqa: ARG001 -- needed, not used
) -> AsyncIterator[Node]:
    """A server process over a database of its own."""
    node = Node(
        name="browser",
        data=tmp_path / "data",
        log=tmp_path / "server.log",
        database=database.replace("//postgres@", "//entaku_node@"),
        origin="",
    )
    node.origin = node.url
    await node.start()
    yield node
    await node.stop()


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """The browser; root has no sandbox to put it into."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium,
            chromium_sandbox=os.geteuid() != 0,
            args=["--disable-dev-shm-usage"],
        )
        yield browser
        await browser.close()
        await asyncio.sleep(0)  # lets transports close before the loop does


@pytest.fixture
async def hall(browser: Browser, server: Node) -> AsyncIterator[Hall]:
    """People's browsers before one server; any complaint of any of them fails the test."""
    hall = Hall(browser=browser, url=server.url)
    yield hall
    assert await hall.leave() == []


@pytest.fixture(scope="session")
def built_gallery() -> page.Page:
    """All screens over fixtures, sealed like the page."""
    return galleries.build()


@pytest.fixture
async def gallery(browser: Browser, built_gallery: page.Page) -> AsyncIterator[Gallery]:
    """A tab in which every screen can be shown; any complaint of the browser fails the test."""
    async with galleries.opened(browser, built_gallery) as gallery:
        yield gallery


@pytest.fixture
async def office(server: Node, tmp_path: Path) -> AsyncIterator[Office]:
    """The office of a council that was just founded on the server."""
    async with offices.opened(server, tmp_path) as office:
        yield office
