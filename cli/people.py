"""`entaku invite`, `entaku join`, `entaku device`: how people and their devices come in."""

from collections.abc import Sequence

import click

from cli.client import Who, for_person, office, signed_in
from cli.council import registrar
from cli.exits import Exit
from cli.speaking import Command, Group
from protocol.codec import b64u
from protocol.ids import InvId, NetId
from protocol.invitation import read_code
from protocol.times import DAY, MINUTE
from protocol.vocabulary import Cap
from sdk import enrol, link
from sdk.clock import Clock
from sdk.council import Council
from sdk.transport import Http
from sdk.vault import Vault

CAPS = click.Choice([Cap.MEMBER, Cap.CHAIR, Cap.MINUTES, Cap.RECORDS, Cap.PRIVACY, Cap.AUDIT])


@click.group("invite", cls=Group)
def invite() -> None:
    """Inviting people."""


@invite.command("new", cls=Command)
@for_person
@click.argument("agency")
@click.option("--cap", "caps", type=CAPS, multiple=True)
@click.option("--days", type=click.IntRange(1, 14), default=3)
async def new(who: Who, agency: str, caps: Sequence[str], days: int) -> int:
    """Make a single-use invitation."""
    async with office(who) as desk:
        exp = desk.council.clock.now().plus(days * DAY)
        wanted = [Cap(cap) for cap in caps] or [Cap.MEMBER]
        made = await registrar(desk, agency).invite(wanted, exp=exp)
        shell = who.shell
        shell.give(
            {"inv": made.inv.hex(), "link": made.link, "code": made.code, "until": exp.text()},
            shell.text("invite.made", until=shell.when(exp)),
            f"  {made.link}",
            f"  {made.code}",
            shell.text("invite.next", code=made.code),
        )
    return Exit.OK


@invite.command("approve", cls=Command)
@for_person
@click.argument("agency")
@click.argument("code")
@click.option("--name", required=True)
@click.option("--days", type=click.IntRange(1, 486), default=400)
@click.option("--yes", is_flag=True)
async def approve(who: Who, agency: str, code: str, name: str, days: int, *, yes: bool) -> int:
    """Check who asks to join, read the digits aloud, and certify."""
    inv = InvId(read_code(code).inv)
    shell = who.shell
    async with office(who) as desk:
        own = registrar(desk, agency)
        request = await own.request(inv, patience=10 * MINUTE)
        digits = request.digits
        if not yes:
            shell.say("invite.digits", digits=digits)
            click.confirm(shell.text("invite.confirm"), abort=True)
        now = desk.council.clock.now()
        await own.certify(request, name=name, nbf=now.plus(-DAY), exp=now.plus(days * DAY))
        shell.give(
            {"wid": request.join.wid.hex(), "digits": digits},
            shell.text("invite.approved", name=name, wid=request.join.wid.hex()),
        )
    return Exit.OK


@click.command("join", cls=Command)
@for_person
@click.argument("ticket")
@click.option("--url", envvar="ENTAKU_URL")
@click.option("--slug", required=True, envvar="ENTAKU_COUNCIL")
async def join(who: Who, ticket: str, url: str | None, slug: str) -> int:
    """Enrol this device with a link or a typed code."""
    shell, read = who.shell, enrol.read_ticket(ticket)
    passphrase = who.new_passphrase()
    async with Http(url=url or _origin(ticket), slug=slug) as http:
        council = _council(who, http, read.net)
        vault = await Vault.create(who.path, passphrase, entropy=shell.entropy)
        try:
            digits = await enrol.ask(council, vault, ticket=read, passphrase=passphrase)
            shell.say("join.digits", digits=digits)
            me = await enrol.finish(council, vault, passphrase=passphrase, patience=DAY)
        finally:
            vault.close()
    shell.give({"wid": me.wid.hex(), "name": me.name}, shell.text("join.done", name=me.name))
    return Exit.OK


def _origin(ticket: str) -> str:
    if "/join#" not in ticket:
        raise click.MissingParameter(param=click.Option(["--url"]))
    return ticket.split("/join#", maxsplit=1)[0]


def _council(who: Who, http: Http, net: NetId | None) -> Council:
    return Council(http=http, clock=Clock(who.shell.now), entropy=who.shell.entropy, net=net)


# --- devices -----------------------------------------------------------------------------------


@click.group("device", cls=Group)
def device() -> None:
    """Devices of one person."""


@device.command("list", cls=Command)
@for_person
async def list_devices(who: Who) -> int:
    """List one's own devices."""
    async with signed_in(who) as session:
        log = session.council.log
        for did in sorted(log.directory.owned.get(session.me.wid, ())):
            chain = log.directory.devices[did]
            cert = chain.newest(log.size)
            if cert is None:
                continue
            state = "ended" if chain.ended(log.size) else "live"
            mine = did == session.me.did
            shell = who.shell
            shell.give(
                {"did": did.hex(), "state": state, "this": mine, "until": cert.body.exp.text()},
                f"{did.hex()[:8]}  {shell.when(cert.body.exp)}  "
                + shell.text(f"device.{state}")
                + (shell.text("device.this") if mine else ""),
            )
    return Exit.OK


@device.command("offer", cls=Command)
@for_person
@click.option("--yes", is_flag=True)
async def offer(who: Who, *, yes: bool) -> int:
    """On the old device: show a code for a further device, then confirm it."""
    shell = who.shell
    async with signed_in(who) as session:
        made = await link.offer(session)
        shell.say("device.code", code=made.code)
        if not yes:
            click.confirm(shell.text("device.confirm"), abort=True)
        await link.approve(session, made, passphrase=who.passphrase(), patience=10 * MINUTE)
        shell.say("device.approved")
    return Exit.OK


@device.command("link", cls=Command)
@for_person
@click.argument("code")
@click.option("--url", required=True, envvar="ENTAKU_URL")
@click.option("--slug", required=True, envvar="ENTAKU_COUNCIL")
async def link_device(who: Who, code: str, url: str, slug: str) -> int:
    """On the new device: type the code that the old one shows."""
    shell = who.shell
    passphrase = who.new_passphrase()
    async with Http(url=url, slug=slug) as http:
        council = _council(who, http, None)
        vault = await Vault.create(who.path, passphrase, entropy=shell.entropy)
        try:
            asked = await link.ask(council, vault, secret=read_code(code))
            shell.say("device.waiting")
            me = await link.finish(council, vault, linking=asked, patience=10 * MINUTE)
        finally:
            vault.close()
    shell.give({"did": me.did.hex(), "net": b64u(council.net)}, shell.text("device.linked"))
    return Exit.OK
