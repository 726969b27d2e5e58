"""What is asked of the directory and of the logs."""

from collections.abc import Callable
from typing import Final

from protocol import codec
from protocol.codec import b64u
from protocol.payloads import Basis
from protocol.statement import parse
from protocol.wire import LogPage, Names
from tests.edges.rights.asking import LARGE, Make, Sent, ask, plain, v1
from tests.edges.rights.asks_council import used_invitation
from tests.edges.rights.town import Place, Who


def _eks(place: Place, _who: Who) -> Sent:
    devices = place.rooms.desk.council.directory.devices
    ekh = devices[place.people["chair"].me.did].versions[0].body.ekh
    return Sent(to=v1(f"eks?h={b64u(ekh)}"))


_NAMED: Final = ("chair", "recorder", "member", "guest", "spare", "auditor")


def _names(place: Place, _who: Who) -> Sent:
    query = "&".join(f"w={place.people[name].me.wid.hex()}" for name in _NAMED)
    return Sent(to=v1(f"names?{query}"))


def _say_names(place: Place, data: bytes) -> str:
    found = {row.wid for row in codec.decode(data, Names, limit=LARGE).names}
    return "+".join(name for name in _NAMED if place.people[name].me.wid in found) or "none"


def _say_bases(place: Place, data: bytes) -> str:
    """Name the cases whose bases a page of the log shows."""
    page = codec.decode(data, LogPage, limit=LARGE)
    bodies = [parse(raw).body for raw in page.statements if raw is not None]
    cases = {body.case for body in bodies if isinstance(body, Basis)}
    names = {place.case.case: "K-101", place.case.other: "K-104"}
    return "+".join(name for case, name in names.items() if case in cases) or "no basis"


def _under(header: str, value: Callable[[Place], str], path: str) -> Make:
    return lambda place, _who: Sent(to=v1(path), headers={header: value(place)})


def _net(place: Place) -> str:
    return b64u(place.net)


_PAGE, _NOTE = "log/id?limit=512", "log/id/checkpoint"
_LOG: Final = "GET /v1/{slug}/log/id"
_TILE: Final = "GET /v1/{slug}/log/{log}/tile/{place}"
_PROOF: Final = "GET /v1/{slug}/log/{log}/proof/"


def _inclusion(log: str) -> Make:
    return plain(v1(f"log/{log}/proof/inclusion?size=1&hash={b64u(bytes(32))}"))


LOGS: Final = [
    ask("GET /v1/{slug}/eks", "chair's sealing key", _eks),
    ask("GET /v1/{slug}/names", "names of six", _names, say=_say_names),
    ask(_LOG, "by token", plain(v1(_PAGE)), say=_say_bases),
    ask(_LOG, "by fingerprint", _under("Entaku-Net", _net, _PAGE), say=_say_bases),
    ask(
        _LOG,
        "by live invitation",
        _under("Entaku-Invite", lambda place: place.live.inv.hex(), _PAGE),
        say=_say_bases,
    ),
    ask(
        _LOG,
        "by used invitation",
        _under("Entaku-Invite", lambda place: used_invitation(place).hex(), _PAGE),
        say=_say_bases,
    ),
    ask("GET /v1/{slug}/log/{log}/checkpoint", "id", plain(v1(_NOTE))),
    ask(
        "GET /v1/{slug}/log/{log}/checkpoint",
        "id, by fingerprint",
        _under("Entaku-Net", _net, _NOTE),
    ),
    ask(
        "GET /v1/{slug}/log/{log}/checkpoint",
        "ops, by fingerprint",
        _under("Entaku-Net", _net, "log/ops/checkpoint"),
    ),
    ask(_TILE, "hashes of id", plain(v1("log/id/tile/0/000.p/1"))),
    ask(_TILE, "hashes of ops", plain(v1("log/ops/tile/0/000.p/1"))),
    ask(_TILE, "entries of id", plain(v1("log/id/tile/entries/000.p/1"))),
    ask(_TILE, "entries of ops", plain(v1("log/ops/tile/entries/000.p/1")), best="auditor"),
    ask(_PROOF + "inclusion", "unknown leaf of id", _inclusion("id")),
    ask(_PROOF + "inclusion", "unknown leaf of ops", _inclusion("ops")),
    ask(_PROOF + "consistency", "of id", plain(v1("log/id/proof/consistency?from=1&to=2"))),
    ask(_PROOF + "consistency", "of ops", plain(v1("log/ops/proof/consistency?from=1&to=2"))),
]
