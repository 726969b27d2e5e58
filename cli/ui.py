"""`entaku ui`: the page from this machine instead of the server's."""

import asyncio
import errno
import re
import signal
import socket
from typing import Final

import click
from aiohttp import web

from cli.exits import Exit
from cli.failures import Stop
from cli.loopback import HERE, loopback
from cli.shell import Shell
from cli.speaking import Command
from server.page import FOLDER, DamagedPage, Page, load

PORT: Final = 8765
"""Always the same, since a browser keeps the vault under the page's address, port included."""

_SERVER: Final = re.compile(r"https://[a-z0-9.-]+(:[0-9]{1,5})?|http://127\.0\.0\.1:[0-9]{1,5}")


@click.command("ui", cls=Command)
@click.option("--server", required=True, envvar="ENTAKU_URL")
@click.option("--port", type=click.IntRange(0, 65535), default=PORT)
@click.pass_obj
def ui(shell: Shell, *, server: str, port: int) -> Exit:
    """Serve the page on 127.0.0.1 and pass its requests on to one server, until Ctrl-C."""
    address = server.rstrip("/")
    if _SERVER.fullmatch(address) is None:
        raise Stop("ui.https", exit=Exit.USAGE)
    page = _page()
    ear = _listen(port)
    with ear:
        return asyncio.run(_serve(shell, page, server=address, ear=ear))


def _page() -> Page:
    try:
        page = load(FOLDER)
    except DamagedPage:
        page = None
    if page is None:
        raise Stop("ui.unbuilt", exit=Exit.CANNOT_START)
    return page


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HERE, port))
    except OSError as error:
        if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
            raise
        raise Stop("ui.port", exit=Exit.CANNOT_START, port=port) from error


async def _serve(shell: Shell, page: Page, *, server: str, ear: socket.socket) -> Exit:
    port: int = ear.getsockname()[1]
    end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    app = loopback(page, server=server, port=port)
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.SockSite(runner, ear).start()
        url = f"http://{HERE}:{port}/"
        record = {"url": url, "server": server, "version": page.version}
        shell.give(record, shell.text("ui.ready", **record))
        await end.wait()
    finally:
        await runner.cleanup()
    return Exit.OK
