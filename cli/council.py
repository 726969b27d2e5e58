"""`entaku council`: founding a council, its agencies, its pledges."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click
from msgspec.structs import replace

from cli.client import Office, Who, for_person, new_aid, office, seed, signed_in
from cli.exits import Exit
from cli.failures import Stop
from cli.speaking import Command, Group
from consent.register import load
from crypto.hashing import sha256
from crypto.signing import SigningKey
from protocol.codec import b64u
from protocol.ids import Digest, Hash, Id
from protocol.times import DAY
from protocol.vocabulary import AgencyForm, AgencyKind, Cap
from sdk.admin import AgencyPaper, Founding, found, key_set, public, register, release, shown_of
from sdk.clock import Clock
from sdk.contents import CouncilPin
from sdk.pledge import pledge as sign_pledge
from sdk.registrar import Registrar
from sdk.transport import Http
from sdk.vault import Vault
from server import page

ROOT = "root-"
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("council", cls=Group)
def group() -> None:
    """A council and its agencies."""


@group.command("create", cls=Command)
@for_person
@click.argument("slug")
@click.option("--name", required=True)
@click.option("--url", required=True, envvar="ENTAKU_URL")
@click.option("--setup", type=FILE, required=True)
@click.option("--keys", type=click.IntRange(1, 9), default=3)
@click.option("--threshold", type=click.IntRange(1, 9), default=2)
@click.option("--years", type=click.IntRange(1, 10), default=3)
async def create(
    who: Who, slug: str, name: str, url: str, setup: Path, keys: int, threshold: int, years: int
) -> int:
    """Found a council; its root keys are in the vault."""
    if threshold > keys:
        raise Stop("council.threshold", exit=Exit.USAGE)
    shell = who.shell
    seeds = [seed(f"{ROOT}{n}", shell.entropy(Hash.SIZE)) for n in range(keys)]
    vault = await Vault.create(who.path, who.new_passphrase(), entropy=shell.entropy)
    try:
        await vault.update(lambda c: replace(c, keys=tuple(seeds)))
        root = [SigningKey.from_seed(each.seed) for each in seeds]
        founding = Founding(
            slug=slug,
            name=name,
            keys=root,
            t=threshold,
            sec=key_set(root[:1], t=1),
            rel=key_set(root, t=threshold),
            exp=shell.now().plus(years * 365 * DAY),
        )
        token = await asyncio.to_thread(setup.read_text, encoding="utf-8", errors="replace")
        async with Http(url=url, slug=slug) as http:
            council = await found(
                http, founding, setup=token.strip(), clock=Clock(shell.now), entropy=shell.entropy
            )
        pin = CouncilPin(url=url, slug=slug, net=council.net)
        await vault.update(lambda c: replace(c, council=pin))
    finally:
        vault.close()
    shell.give(
        {"slug": slug, "name": name, "net": b64u(council.net)},
        shell.text("council.founded", name=name, net=b64u(council.net)),
    )
    return Exit.OK


@group.command("show", cls=Command)
@for_person
async def show(who: Who) -> int:
    """Show the council as the verified log has it."""
    async with office(who) as desk:
        root, log = desk.council.root(), desk.council.log
        record = {
            "name": root.name,
            "net": b64u(desk.council.net),
            "origin": root.origin,
            "size": log.size,
            "vkeys": {"id": root.logs.id.vkeys, "ops": root.logs.ops.vkeys},
            "witnesses": len(root.wit),
        }
        shell = who.shell
        lines = [
            shell.text("council.head", name=root.name, net=record["net"], size=log.size),
            shell.text("council.vkeys", id=root.logs.id.vkeys[0], ops=root.logs.ops.vkeys[0]),
        ]
        if not root.wit:
            lines.append(shell.text("council.unwitnessed"))
        shell.give(record, *lines)
    return Exit.OK


@group.group("agency", cls=Group)
def agencies() -> None:
    """Agencies of a council."""


@agencies.command("add", cls=Command)
@for_person
@click.argument("name")
@click.option("--kind", type=click.Choice([kind.value for kind in AgencyKind]), required=True)
@click.option("--form", type=click.Choice([form.value for form in AgencyForm]), required=True)
@click.option("--cap", "caps", type=click.Choice([cap.value for cap in Cap]), multiple=True)
@click.option("--years", type=click.IntRange(1, 3), default=2)
@click.option("--block", default="")
@click.option("--able", multiple=True)
async def add(
    who: Who,
    name: str,
    *,
    kind: str,
    form: str,
    caps: Sequence[str],
    years: int,
    block: str,
    able: Sequence[str],
) -> int:
    """Certify an agency; its registrar's key is made in this vault."""
    async with office(who) as desk:
        entropy, now = who.shell.entropy, desk.council.clock.now()
        aid = new_aid(entropy(Id.SIZE))
        key = seed(aid.hex(), entropy(Hash.SIZE))
        await desk.keep(key)
        paper = AgencyPaper(
            aid=aid,
            name=name,
            kind=AgencyKind(kind),
            form=AgencyForm(form),
            keys=[public(SigningKey.from_seed(key.seed))],
            caps=[Cap(cap) for cap in caps] or [Cap.MEMBER],
            nbf=now.plus(-DAY),
            exp=now.plus(years * 365 * DAY),
            block=block,
            able=able,
        )
        await register(desk.council, paper, desk.keys(ROOT))
        said = who.shell.text("council.agency.added", name=name, aid=aid.hex())
        who.shell.give({"aid": aid.hex(), "name": name}, said)
    return Exit.OK


@agencies.command("list", cls=Command)
@for_person
async def list_agencies(who: Who) -> int:
    """List the agencies in the verified log."""
    async with office(who) as desk:
        n = desk.council.log.size
        for aid, chain in sorted(desk.council.log.directory.agencies.items()):
            cert = chain.newest(n)
            if cert is None or chain.ended(n):
                continue
            body = cert.body
            caps = [cap.value for cap in body.caps]
            block, able = shown_of(body.x)
            record = {
                "aid": aid.hex(),
                "name": body.name,
                "kind": body.kind.value,
                "caps": caps,
                "block": block,
                "able": list(able),
            }
            said = "  ".join(filter(None, [body.name, block, "・".join(able)]))
            who.shell.give(record, f"{aid.hex()[:8]}  {body.kind:<12} {said}")
    return Exit.OK


@group.command("pledge", cls=Command)
@for_person
@click.argument("text", type=FILE, required=False)
@click.option("--days", type=click.IntRange(1, 400), default=180)
@click.option("--version", type=click.IntRange(1))
@click.option("--agency")
async def pledge(
    who: Who, text: Path | None, days: int, version: int | None, agency: str | None
) -> int:
    """Sign the 誓約書 of this build, or of a file, for oneself or as registrar for an agency."""
    own = load().pledge
    version = version or own.ver
    digest = own.digest
    if text is not None:
        digest = Digest(Hash(sha256(await asyncio.to_thread(text.read_bytes))))
    if agency is None:
        async with signed_in(who) as session:
            until = session.council.clock.now().plus(days * DAY)
            await sign_pledge(session, digest, ver=version, until=until)
    else:
        async with office(who) as desk:
            until = desk.council.clock.now().plus(days * DAY)
            await registrar(desk, agency).pledge(digest, ver=version, until=until)
    who.shell.give(
        {"text": digest.hex(), "until": until.text()},
        who.shell.text("council.pledged", until=who.shell.when(until)),
    )
    return Exit.OK


@group.command("release", cls=Command)
@for_person
@click.argument("build", type=click.Path(file_okay=False, path_type=Path), default=page.FOLDER)
async def put_release(who: Who, build: Path) -> int:
    """Sign a build of the page, so that every page can check that it is a signed one."""
    found = await asyncio.to_thread(_built, build)
    async with office(who) as desk:
        manifest = Digest(Hash(found.digest))
        keys = desk.keys(ROOT)
        sid = await release(desk.council, ver=found.version, manifest=manifest, keys=keys)
    who.shell.give(
        {"sid": sid.hex(), "version": found.version, "manifest": b64u(manifest)},
        who.shell.text("council.released", version=found.version, manifest=b64u(manifest)),
    )
    return Exit.OK


def _built(folder: Path) -> page.Page:
    try:
        found = page.load(folder)
    except page.DamagedPage:
        found = None
    if found is None:
        raise Stop("ui.unbuilt", exit=Exit.USAGE)
    return found


def registrar(desk: Office, name: str) -> Registrar:
    """The registrar of an agency, with the key this vault holds; UNTRUSTED without it."""
    aid = desk.agency(name)
    return Registrar(desk.council, vault=desk.vault, key=desk.key(aid.hex()), aid=aid)
