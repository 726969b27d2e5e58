"""Releases of the page: signed by those whom the root names for it, and looked up in the log."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from cli.exits import Exit
from crypto import entropy
from crypto.errors import Code, Refused
from crypto.hashing import sha256
from crypto.signing import SigningKey
from protocol.codec import b64u
from protocol.ids import Digest, Hash
from protocol.times import DAY
from sdk.admin import Founding, found, key_set, release
from sdk.clock import Clock
from sdk.council import Council
from sdk.transport import Http
from tests.edges.http.test_page import build
from tests.edges.sdk.town import local
from tests.faults.processes import Node, launch

KEYS = [SigningKey.from_seed(bytes([n]) * 32) for n in (1, 2, 3)]
MANIFEST = Digest(Hash(sha256(b"manifest")))


@pytest.fixture
async def server(database: str, tmp_path: Path) -> AsyncIterator[Node]:
    """A real server process."""
    node = Node(
        name="one",
        data=tmp_path / "data",
        log=tmp_path / "server.log",
        database=database.replace("//postgres@", "//entaku_node@"),
        origin="",
    )
    node.origin = node.url
    await node.start()
    yield node
    await node.stop()


async def _found(server: Node, http: Http, *, named: bool) -> Council:
    setup = await asyncio.to_thread((server.data / "keys" / "setup").read_text)
    clock = Clock(local)
    founding = Founding(
        slug="minato",
        name="みなと市",
        keys=KEYS,
        t=2,
        sec=key_set(KEYS[:1], t=1),
        rel=key_set(KEYS[:2], t=2) if named else None,
        exp=clock.now().plus(300 * DAY),
    )
    return await found(http, founding, setup=setup, clock=clock, entropy=entropy.system)


async def test_the_named_keys_release_a_build(server: Node) -> None:
    """All of a holder's keys may be handed in: those that the root does not name are left out."""
    async with Http(url=server.url, slug="minato") as http:
        council = await _found(server, http, named=True)
        await release(council, ver="1.2.3", manifest=MANIFEST, keys=KEYS)

        (cert,) = council.log.directory.releases
        assert (cert.body.ver, cert.body.manifest) == ("1.2.3", MANIFEST)
        assert len(cert.signatures) == 2
        with pytest.raises(Refused) as few:
            await release(council, ver="1.2.4", manifest=MANIFEST, keys=KEYS[1:])
        assert few.value.code is Code.BAD_SIG


async def test_a_council_that_names_no_keys_releases_nothing(server: Node) -> None:
    """Not even by the keys of its root."""
    async with Http(url=server.url, slug="minato") as http:
        council = await _found(server, http, named=False)
        with pytest.raises(Refused) as refused:
            await release(council, ver="1.2.3", manifest=MANIFEST, keys=KEYS)

    assert refused.value.code is Code.UNTRUSTED


async def _commanded(server: Node, folder: Path) -> Callable[..., Awaitable[list[str]]]:
    """Found a council by the command; give what runs further commands, and answers their lines."""
    log = folder / "said.log"
    own = {"ENTAKU_PASSPHRASE": "山の上の古い家の合言葉", "ENTAKU_VAULT": str(folder / "vault")}

    async def entaku(*arguments: str | Path, ends: Exit = Exit.OK) -> list[str]:
        command = (sys.executable, "-m", "cli.main", "council", *arguments, "--json")
        assert await (await launch(*command, log=log, environment=own)).wait() == ends
        return (await asyncio.to_thread(log.read_text)).splitlines()

    setup = server.data / "keys" / "setup"
    place = ("minato", "--name", "みなと市", "--url", server.url, "--setup", setup)
    await entaku("create", *place)
    return entaku


async def test_the_command_lists_where_agencies_work_and_what_they_can_do(
    server: Node, tmp_path: Path
) -> None:
    """圏域 and できること stand in the list, for whoever has to pick one."""
    entaku = await _commanded(server, tmp_path)
    paper = ("こもれび", "--kind", "elder", "--form", "public", "--block", "北部", "--able", "訪問")
    await entaku("agency", "add", *paper)
    *_, line = await entaku("agency", "list")

    assert {"name": "こもれび", "block": "北部", "able": ["訪問"]}.items() <= json.loads(
        line
    ).items()


async def test_the_command_releases_what_was_built(server: Node, tmp_path: Path) -> None:
    """As a person does: found, release, and a damaged build is not signed."""
    folder = await asyncio.to_thread(build, tmp_path / "dist")
    entaku = await _commanded(server, tmp_path)
    lines = await entaku("release", folder)
    (folder / "favicon.svg").write_text("<svg/>")
    await entaku("release", folder, ends=Exit.USAGE)

    manifest = await asyncio.to_thread((folder / "manifest.json").read_bytes)
    assert json.loads(lines[1])["manifest"] == b64u(sha256(manifest))
    assert json.loads(lines[1])["version"] == "1.2.3"
