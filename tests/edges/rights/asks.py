"""What is asked of each endpoint and each event, made anew for everybody who asks it.

A request is always as good as its caller can make it: her own signature, her own place in the
room's chain, a fresh nonce. What is then refused is refused for who she is.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from protocol import codec
from protocol.codec import b64u
from protocol.ids import Blob, CaseId, Hash, Id, InvId, Sid, SitId
from protocol.invitation import Secret
from protocol.payloads import Basis
from protocol.requests import auth_message, read_message, sub_message
from protocol.shapes import Closed
from protocol.statement import parse
from protocol.times import SECOND
from protocol.wire import (
    Admit,
    Answered,
    Cases,
    Challenge,
    Frame,
    Hand,
    InRoom,
    LogPage,
    Names,
    Pend,
    Query,
    Read,
    Reserve,
    ReserveCase,
    Rows,
    SignIn,
    Sub,
    Token,
    Waits,
    Wanted,
)
from tests.edges.people import ORIGIN, nonce, seed
from tests.edges.rights import deeds
from tests.edges.rights.rows import now_at, state_of
from tests.edges.rights.town import HERE, Place, Who, offer_of

_LARGE: Final = 1 << 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One request: where to (a path, or an event), with what, under which headers."""

    to: str
    body: Closed | None = None
    headers: dict[str, str] | None = None


Make = Callable[[Place, Who], Sent]
Say = Callable[[Place, bytes], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One thing that is asked; `best` is who asks it when only her token is bad."""

    at: str
    name: str
    make: Make
    say: Say
    best: str


def _ok(_place: Place, _data: bytes) -> str:
    return "ok"


def _ask(at: str, name: str, make: Make, *, say: Say = _ok, best: str = "chair") -> Ask:
    return Ask(at=at, name=name, make=make, say=say, best=best)


def _v1(path: str) -> str:
    return f"/v1/{HERE}/{path}"


def _to(to: str, headers: dict[str, str] | None = None) -> Make:
    return lambda _place, _who: Sent(to=to, headers=headers)


def _with(to: str, make: Callable[[Place, Who], Closed]) -> Make:
    return lambda place, who: Sent(to=to, body=make(place, who))


# ---------------------------------------------------------------- without a council


def _used_invitation(place: Place) -> InvId:
    worker = place.rooms.desk.council.directory.workers[place.people["chair"].me.wid]
    inv = worker.versions[0].body.inv
    assert inv is not None
    return inv


def _where(inv: Callable[[Place], InvId]) -> Make:
    return _with("/v1/where", lambda place, _who: Wanted(inv=inv(place), lid=None))


def _where_offer(place: Place, _who: Who) -> Closed:
    return Wanted(inv=None, lid=place.offer.lid)


def _used_setup(_place: Place, _who: Who) -> Closed:
    return Reserve(setup="0" * 64, slug="another")


OUTSIDE: Final = [
    _ask("GET /", "page", _to("/")),
    _ask("GET /join", "page", _to("/join")),
    _ask("GET /app", "page", _to("/app")),
    _ask("GET /app/{place}", "page", _to("/app/case/K-101")),
    _ask("GET /assets/{name}", "part", _to("/assets/page-0a1b.js")),
    _ask("GET /{name}", "manifest", _to("/manifest.json")),
    _ask("GET /v1/reports", "counts", _to("/v1/reports")),
    _ask("POST /v1/reports", "no report", _with("/v1/reports", _used_setup)),
    _ask("GET /v1/openapi.json", "contract", _to("/v1/openapi.json")),
    _ask("GET /v1/asyncapi.json", "contract", _to("/v1/asyncapi.json")),
    _ask("GET /v1/docs", "contract", _to("/v1/docs")),
    _ask("GET /healthz", "alive", _to("/healthz")),
    _ask("GET /readyz", "ready", _to("/readyz")),
    _ask("POST /v1/setup/reserve", "used setup token", _with("/v1/setup/reserve", _used_setup)),
    _ask("POST /v1/where", "live invitation", _where(lambda place: place.live.inv)),
    _ask("POST /v1/where", "used invitation", _where(_used_invitation)),
    _ask("POST /v1/where", "offer", _with("/v1/where", _where_offer)),
]


# ---------------------------------------------------------------- statements, what waits


def _admit(name: str, make: Callable[[Place, Who], Blob]) -> Ask:
    body = _with(_v1("admit"), lambda place, who: Admit(statement=make(place, who)))
    return _ask("POST /v1/{slug}/admit", name, body)


def _waiting(of: Callable[[Place], bytes], more: str = "") -> Make:
    return lambda place, _who: Sent(to=_v1(f"pend/{b64u(of(place))}{more}"))


def _own_offer(place: Place, who: Who) -> Closed:
    return offer_of(who, Secret(seed()[:16]), place.net)


def _anothers_offer(place: Place, who: Who) -> Closed:
    other = "member" if who.name == "chair" else "chair"
    return offer_of(place.people[other], Secret(seed()[:16]), place.net)


def _decision(place: Place, who: Who) -> Closed:
    data = deeds.decision(place, who)
    return Pend(key=Blob(parse(data).sid), statement=data)


def _begun(name: str) -> Make:
    return _with(_v1("pend"), lambda place, _who: _decision(place, place.people[name]))


def _nobody(place: Place, _who: Who) -> Closed:
    data = deeds.device_of_nobody(place)
    return Pend(key=Blob(parse(data).sid), statement=data)


def _count_waiting(_place: Place, data: bytes) -> str:
    return f"{len(codec.decode(data, Waits, limit=_LARGE).pending) > 0:d}+"


STATEMENTS: Final = [
    _admit("root that is logged", deeds.logged_root),
    _admit("invitation", deeds.invitation),
    _admit("agency", deeds.agency),
    _admit("release", deeds.release),
    _admit("revocation of the recorder", deeds.revocation),
    _admit("own pledge", deeds.pledge),
    _admit("recorder's pledge", deeds.anothers_pledge),
    _admit("withdrawal", deeds.withdrawal),
    _ask("POST /v1/{slug}/pend", "own decision", _with(_v1("pend"), _decision)),
    _ask("POST /v1/{slug}/pend", "decision of a revoked device", _begun("revoked")),
    _ask("POST /v1/{slug}/pend", "decision of an ended worker", _begun("ended")),
    _ask("POST /v1/{slug}/pend", "device of nobody", _with(_v1("pend"), _nobody)),
    _ask("GET /v1/{slug}/pend", "what waits for her", _to(_v1("pend")), say=_count_waiting),
    _ask(
        "GET /v1/{slug}/pend/{key}",
        "join, by its invitation",
        _waiting(lambda place: place.joined.inv),
    ),
    _ask(
        "GET /v1/{slug}/pend/{key}",
        "decision, by its id",
        _waiting(lambda place: place.begun),
    ),
    _ask("POST /v1/{slug}/pend/offer", "own", _with(_v1("pend/offer"), _own_offer)),
    _ask("POST /v1/{slug}/pend/offer", "another's", _with(_v1("pend/offer"), _anothers_offer)),
    _ask(
        "GET /v1/{slug}/pend/{key}/offer",
        "by its id",
        _waiting(lambda place: place.offer.lid, "/offer"),
    ),
]


# ---------------------------------------------------------------- sign-in


def _challenge(_place: Place, who: Who) -> Closed:
    return Challenge(device=who.me.device)


def _sign_in(place: Place, who: Who, device: Sid) -> Closed:
    at, once = now_at(place) // SECOND, Hash(seed())
    message = auth_message(net=place.net, origin=ORIGIN, nonce=once, time=at, device=device)
    return SignIn(device=device, nonce=once, time=at, sig=Blob(who.dk.sign(message)))


def _device(name: str, *, by: str = "") -> Make:
    def body(place: Place, who: Who) -> Closed:
        signer = place.people[by] if by else who
        return _sign_in(place, signer, place.people[name].me.device if name else who.me.device)

    return _with(_v1("auth"), body)


SIGN_IN: Final = [
    _ask("POST /v1/{slug}/auth/challenge", "nonce", _with(_v1("auth/challenge"), _challenge)),
    _ask("POST /v1/{slug}/auth", "own device", _device("")),
    _ask("POST /v1/{slug}/auth", "stranger's device", _device("stranger", by="chair")),
    _ask("POST /v1/{slug}/auth", "revoked device", _device("revoked", by="revoked")),
    _ask("POST /v1/{slug}/auth", "ended worker's device", _device("ended", by="ended")),
]


# ---------------------------------------------------------------- directory and logs


def _eks(place: Place, _who: Who) -> Sent:
    devices = place.rooms.desk.council.directory.devices
    ekh = devices[place.people["chair"].me.did].versions[0].body.ekh
    return Sent(to=_v1(f"eks?h={b64u(ekh)}"))


_NAMED: Final = ("chair", "recorder", "member", "guest", "spare", "auditor")


def _names(place: Place, _who: Who) -> Sent:
    query = "&".join(f"w={place.people[name].me.wid.hex()}" for name in _NAMED)
    return Sent(to=_v1(f"names?{query}"))


def _say_names(place: Place, data: bytes) -> str:
    found = {row.wid for row in codec.decode(data, Names, limit=_LARGE).names}
    return "+".join(name for name in _NAMED if place.people[name].me.wid in found) or "none"


def _say_bases(place: Place, data: bytes) -> str:
    """Name the cases whose bases a page of the log shows."""
    page = codec.decode(data, LogPage, limit=_LARGE)
    bodies = [parse(raw).body for raw in page.statements if raw is not None]
    cases = {body.case for body in bodies if isinstance(body, Basis)}
    names = {place.case.case: "K-101", place.case.other: "K-104"}
    return "+".join(name for case, name in names.items() if case in cases) or "no basis"


def _under(header: str, value: Callable[[Place], str], path: str) -> Make:
    return lambda place, _who: Sent(to=_v1(path), headers={header: value(place)})


_NET: Final[Callable[[Place], str]] = lambda place: b64u(place.net)  # noqa: E731 -- one word for it
_PAGE, _NOTE = "log/id?limit=512", "log/id/checkpoint"
_LOG: Final = "GET /v1/{slug}/log/id"
_TILE: Final = "GET /v1/{slug}/log/{log}/tile/{place}"
_PROOF: Final = "GET /v1/{slug}/log/{log}/proof/"


def _inclusion(log: str) -> Make:
    return _to(_v1(f"log/{log}/proof/inclusion?size=1&hash={b64u(bytes(32))}"))


LOGS: Final = [
    _ask("GET /v1/{slug}/eks", "chair's sealing key", _eks),
    _ask("GET /v1/{slug}/names", "names of six", _names, say=_say_names),
    _ask(_LOG, "by token", _to(_v1(_PAGE)), say=_say_bases),
    _ask(_LOG, "by fingerprint", _under("Entaku-Net", _NET, _PAGE), say=_say_bases),
    _ask(
        _LOG,
        "by live invitation",
        _under("Entaku-Invite", lambda place: place.live.inv.hex(), _PAGE),
        say=_say_bases,
    ),
    _ask(
        _LOG,
        "by used invitation",
        _under("Entaku-Invite", lambda place: _used_invitation(place).hex(), _PAGE),
        say=_say_bases,
    ),
    _ask("GET /v1/{slug}/log/{log}/checkpoint", "id", _to(_v1(_NOTE))),
    _ask(
        "GET /v1/{slug}/log/{log}/checkpoint",
        "id, by fingerprint",
        _under("Entaku-Net", _NET, _NOTE),
    ),
    _ask(
        "GET /v1/{slug}/log/{log}/checkpoint",
        "ops, by fingerprint",
        _under("Entaku-Net", _NET, "log/ops/checkpoint"),
    ),
    _ask(_TILE, "hashes of id", _to(_v1("log/id/tile/0/000.p/1"))),
    _ask(_TILE, "hashes of ops", _to(_v1("log/ops/tile/0/000.p/1"))),
    _ask(_TILE, "entries of id", _to(_v1("log/id/tile/entries/000.p/1"))),
    _ask(_TILE, "entries of ops", _to(_v1("log/ops/tile/entries/000.p/1")), best="auditor"),
    _ask(_PROOF + "inclusion", "unknown leaf of id", _inclusion("id")),
    _ask(_PROOF + "inclusion", "unknown leaf of ops", _inclusion("ops")),
    _ask(_PROOF + "consistency", "of id", _to(_v1("log/id/proof/consistency?from=1&to=2"))),
    _ask(_PROOF + "consistency", "of ops", _to(_v1("log/ops/proof/consistency?from=1&to=2"))),
]


# ---------------------------------------------------------------- rooms


def _say_cases(_place: Place, data: bytes) -> str:
    lines = codec.decode(data, Cases, limit=_LARGE).cases
    shown = [
        f"{line.code}{'' if line.member else ' invited' if line.invitations else ' was'}"
        for line in lines
    ]
    return ", ".join(shown) or "none"


def _say_frames(frames: Iterable[Frame]) -> str:
    """Refuse to hold ciphertext; tell the views."""
    frames = list(frames)
    for frame in frames:
        assert frame.form == "stm" or frame.view != "full", "ciphertext without a ticket"
    return "+".join(sorted({frame.view for frame in frames}))


def _say_rows(_place: Place, data: bytes) -> str:
    return _say_frames(codec.decode(data, Rows, limit=_LARGE).frames)


def _reserve(_place: Place, _who: Who) -> Closed:
    number = int.from_bytes(seed()[:2], "big") + 100_000
    return ReserveCase(case=CaseId(Id(seed()[:16])), code=f"R-{number}")


def _case(path: str) -> Make:
    return lambda place, _who: Sent(to=_v1(f"cases/{place.case.case.hex()}/{path}"))


def read_of(place: Place, who: Who, wanted: Hash) -> Read:
    """A signed request for one row or bundle."""
    once, at = nonce(), now_at(place) // SECOND
    message = read_message(
        net=place.net,
        origin=ORIGIN,
        case=place.case.case,
        nonce=once,
        time=at,
        device=who.me.device,
        purpose="view",
        ids=(wanted,),
    )
    return Read(
        case=place.case.case,
        purpose="view",
        ids=(wanted,),
        nonce=Blob(once),
        time=at,
        sig=Blob(who.dk.sign(message)),
    )


def sub_of(place: Place, who: Who, sit: SitId | None) -> Sub:
    """A signed request to listen, from after the last row."""
    once, at, start = nonce(), now_at(place) // SECOND, state_of(place).seq + 1
    message = sub_message(
        net=place.net,
        origin=ORIGIN,
        case=place.case.case,
        sit=sit,
        start=start,
        nonce=once,
        time=at,
        device=who.me.device,
    )
    return Sub(
        case=place.case.case,
        sit=sit,
        start=start,
        nonce=Blob(once),
        time=at,
        sig=Blob(who.dk.sign(message)),
    )


READS: Final[dict[str, Callable[[Place], Hash]]] = {
    "words of the board": deeds.board_words,
    "section for few": deeds.few_words,
    "card": deeds.card_words,
    "key bundle": deeds.bundle,
    "unknown row": lambda _place: Hash(bytes(32)),
}


def _both(verb: str, name: str, make: Callable[[Place, Who], Closed]) -> list[Ask]:
    """The same over HTTP and on a socket."""

    def over_http(place: Place, who: Who) -> Sent:
        return Sent(to=_v1(f"cases/{place.case.case.hex()}/{verb}"), body=make(place, who))

    return [
        _ask(f"POST /v1/{{slug}}/cases/{{case}}/{verb}", name, over_http),
        _ask(f"socket {verb}", name, _with(verb, make)),
    ]


def _reading(of: Callable[[Place], Hash]) -> Callable[[Place, Who], Closed]:
    return lambda place, who: read_of(place, who, of(place))


ROOMS: Final = [
    _ask("GET /v1/{slug}/cases", "list", _to(_v1("cases")), say=_say_cases),
    _ask("POST /v1/{slug}/cases/reserve", "new case", _with(_v1("cases/reserve"), _reserve)),
    _ask("GET /v1/{slug}/cases/{case}/rows", "all", _case("rows"), say=_say_rows),
    _ask("GET /v1/{slug}/cases/{case}/head", "head", _case("head")),
    *[each for name, of in READS.items() for each in _both("read", name, _reading(of))],
    *[each for name, deed in deeds.POSTS.items() for each in _both("post", name, deed)],
]


# ---------------------------------------------------------------- sockets and auditors


def _here(place: Place, _who: Who) -> Closed:
    return InRoom(case=place.case.case)


def _hand(place: Place, _who: Who) -> Closed:
    return Hand(case=place.case.case, up=1)


def _own_token(_place: Place, who: Who) -> Closed:
    return Token(token=who.token)


def _anothers_token(place: Place, who: Who) -> Closed:
    return Token(token=place.people["member" if who.name == "chair" else "chair"].token)


def _question(purpose: str) -> Make:
    def body(place: Place, who: Who) -> Closed:
        once, at = nonce(), now_at(place) // SECOND
        params = (place.case.case.hex(),)
        message = read_message(
            net=place.net,
            origin=ORIGIN,
            case=None,
            nonce=once,
            time=at,
            device=who.me.device,
            purpose=purpose,
            ids=[each.encode() for each in params],
        )
        sig = Blob(who.dk.sign(message))
        return Query(purpose=purpose, params=params, nonce=Blob(once), time=at, sig=sig)

    return _with(_v1("audit/query"), body)


def _say_entries(_place: Place, data: bytes) -> str:
    return f"{len(codec.decode(data, Answered, limit=_LARGE).entries) > 0:d}+"


SOCKETS: Final = [
    _ask("socket head", "head", _with("head", _here)),
    _ask("socket hand", "before joining", _with("hand", _hand)),
    _ask("socket sub", "room", _with("sub", lambda place, who: sub_of(place, who, None))),
    _ask("socket hand", "outside a sitting", _with("hand", _hand)),
    _ask(
        "socket sub", "sitting", _with("sub", lambda place, who: sub_of(place, who, place.case.sit))
    ),
    _ask("socket hand", "in the sitting", _with("hand", _hand)),
    _ask("socket unsub", "room", _with("unsub", _here)),
    _ask("socket token", "own", _with("token", _own_token)),
    _ask("socket token", "another's", _with("token", _anothers_token)),
]
_AUDIT: Final = "POST /v1/{slug}/audit/query"
AUDIT: Final = [
    _ask(_AUDIT, "timeline", _question("audit.case-timeline"), say=_say_entries, best="auditor"),
    _ask(_AUDIT, "content", _question("view"), best="auditor"),
]
ASKS: Final = [*OUTSIDE, *STATEMENTS, *SIGN_IN, *LOGS, *ROOMS, *SOCKETS, *AUDIT]
