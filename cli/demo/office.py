"""What the office does on the day before: found the council, register agencies, let people in."""

import asyncio
from typing import Any

from msgspec.structs import replace

from cli.demo.player import Player, Verb
from consent.register import load
from crypto.entropy import system
from crypto.signing import SigningKey
from protocol.ids import Aid, Digest, Hash, Id, InvId, Key
from protocol.times import DAY
from protocol.vocabulary import AgencyForm, AgencyKind, Cap
from sdk import enrol
from sdk.admin import AgencyPaper, Founding, found, key_set, public, register, release
from sdk.contents import CouncilPin, NamedSeed
from sdk.council import Council, net_header
from sdk.pledge import pledge
from sdk.registrar import Registrar
from server import page

_YEARS = 3 * 365 * DAY
_TERM = 15 * 30 * DAY


async def make_council(
    player: Player, *, setup: str, name: str, agencies: list[dict[str, Any]]
) -> dict[str, Any]:
    """Found the council with two of three root keys, then certify every agency."""
    vault, http = await player.vault(), await player.http()
    seeds = {f"root-{n}": system(Hash.SIZE) for n in range(3)}
    seeds |= {agency["code"]: system(Hash.SIZE) for agency in agencies}
    keys = {label: SigningKey.from_seed(seed) for label, seed in seeds.items()}
    kept = tuple(NamedSeed(name=label, seed=Hash(seed)) for label, seed in seeds.items())
    await vault.update(lambda c: replace(c, keys=kept))
    root = [keys[f"root-{n}"] for n in range(3)]
    founding = Founding(
        slug=player.slug,
        name=name,
        keys=root,
        t=2,
        sec=key_set(root[:1], t=1),
        rel=key_set(root[1:], t=2),
        exp=player.clock.now().plus(_YEARS),
    )
    council = await found(http, founding, setup=setup, clock=player.clock, entropy=system)
    player.council = council
    pin = CouncilPin(url=player.url, slug=player.slug, net=council.net)
    await vault.update(lambda c: replace(c, council=pin))
    aids = {each["code"]: await _register(player, each, keys, root) for each in agencies}
    version = await _release(council, root)
    named = {code: aid.hex() for code, aid in aids.items()}
    return {"net": council.net.hex(), "aids": named, "page": version}


async def _release(council: Council, keys: list[SigningKey]) -> str | None:
    """Log the build of the page that the server gives out; None when none was built."""
    built = await asyncio.to_thread(page.load, page.FOLDER)
    if built is None:
        return None
    manifest = Digest(Hash(built.digest))
    await release(council, ver=built.version, manifest=manifest, keys=keys)
    return built.version


async def _register(
    player: Player,
    agency: dict[str, Any],
    keys: dict[str, SigningKey],
    root: list[SigningKey],
) -> Aid:
    aid = Aid(Id(system(Id.SIZE)))
    now = player.clock.now()
    paper = AgencyPaper(
        aid=aid,
        name=agency["name"],
        kind=AgencyKind(agency["kind"]),
        form=AgencyForm(agency["form"]),
        keys=[public(keys[agency["code"]])],
        caps=[Cap(cap) for cap in agency["caps"]],
        nbf=now.plus(-DAY),
        exp=now.plus(_YEARS - 2 * DAY),
        block=agency["block"],
        able=agency["able"],
    )
    await register(player.council, paper, root[:2])
    return aid


async def _registrar(player: Player, code: str, aid: str) -> Registrar:
    vault = await player.vault()
    seed = next(kept.seed for kept in vault.contents.keys if kept.name == code)
    key = SigningKey.from_seed(seed)
    return Registrar(player.council, vault=vault, key=key, aid=Aid(Id(bytes.fromhex(aid))))


async def agency_pledge(player: Player, *, code: str, aid: str, days: int) -> None:
    """Sign the agency's 誓約書."""
    registrar = await _registrar(player, code, aid)
    text = load().pledge
    await registrar.pledge(text.digest, ver=text.ver, until=player.clock.now().plus(days * DAY))


async def invite(player: Player, *, code: str, aid: str, caps: list[str]) -> dict[str, str]:
    """Make an invitation; the link goes to the person by another way."""
    registrar = await _registrar(player, code, aid)
    exp = player.clock.now().plus(3 * DAY)
    made = await registrar.invite([Cap(cap) for cap in caps], exp=exp)
    return {"inv": made.inv.hex(), "link": made.link, "code": made.code}


async def approve(player: Player, *, code: str, aid: str, inv: str, name: str) -> str:
    """Check the request under the mac, certify the person; give the digits to read aloud."""
    registrar = await _registrar(player, code, aid)
    request = await registrar.request(InvId(Id(bytes.fromhex(inv))), patience=30_000)
    now = player.clock.now()
    await registrar.certify(request, name=name, nbf=now.plus(-DAY), exp=now.plus(_TERM))
    return request.digits


# --- the person's side -------------------------------------------------------------------------


async def prepare(player: Player) -> None:
    """Make the vault; its passphrase is stretched while the council is being founded."""
    await player.vault()


async def join(player: Player, *, ticket: str) -> str:
    """Check the network, make keys, ask the registrar; give the digits to read aloud."""
    player.council = Council(http=await player.http(), clock=player.clock, entropy=system, net=None)
    read = enrol.read_ticket(ticket)
    vault = await player.vault()
    return await enrol.ask(player.council, vault, ticket=read, passphrase=player.passphrase)


async def become(player: Player) -> dict[str, str]:
    """Accept the certificate, log the device, sign in."""
    player.council.log.headers = net_header(player.council.net)
    vault = await player.vault()
    me = await enrol.finish(player.council, vault, passphrase=player.passphrase, patience=30_000)
    await player.sign_in()
    return {"wid": me.wid.hex(), "ik": Key(me.ik).hex(), "did": me.did.hex(), "name": me.name}


async def own_pledge(player: Player, *, days: int) -> None:
    """Sign one's own 誓約書."""
    until = player.clock.now().plus(days * DAY)
    text = load().pledge
    await pledge(player.session, text.digest, ver=text.ver, until=until)


VERBS: dict[str, Verb] = {
    verb.__name__: verb
    for verb in (make_council, agency_pledge, invite, approve, prepare, join, become, own_pledge)
}
