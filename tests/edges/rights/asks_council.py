"""What is asked of a council before and beside its rooms: statements, sign-in, logs."""

from collections.abc import Callable
from typing import Final

from protocol import codec
from protocol.codec import b64u
from protocol.derived import worker_id
from protocol.ids import Blob, Hash, InvId, Sid
from protocol.invitation import Secret
from protocol.requests import auth_message, name_message
from protocol.shapes import Closed
from protocol.statement import parse
from protocol.times import SECOND
from protocol.wire import Admit, Challenge, Pend, Pending, Reserve, SignIn, Waits, Wanted
from tests.edges.people import ORIGIN, seed
from tests.edges.rights import deeds
from tests.edges.rights.asking import LARGE, Ask, Make, Sent, ask, plain, v1, with_body
from tests.edges.rights.rows import now_at
from tests.edges.rights.town import Place, Who, offer_of


def used_invitation(place: Place) -> InvId:
    """Name the invitation that the chair came by."""
    worker = place.rooms.desk.council.directory.workers[place.people["chair"].me.wid]
    inv = worker.versions[0].body.inv
    assert inv is not None
    return inv


def _where(inv: Callable[[Place], InvId]) -> Make:
    return with_body("/v1/where", lambda place, _who: Wanted(inv=inv(place), lid=None))


def _where_offer(place: Place, _who: Who) -> Closed:
    return Wanted(inv=None, lid=place.offer.lid)


def _used_setup(_place: Place, _who: Who) -> Closed:
    return Reserve(setup="0" * 64, slug="another")


OUTSIDE: Final = [
    ask("GET /", "page", plain("/")),
    ask("GET /join", "page", plain("/join")),
    ask("GET /app", "page", plain("/app")),
    ask("GET /app/{place}", "page", plain("/app/case/K-101")),
    ask("GET /assets/{name}", "part", plain("/assets/page-0a1b.js")),
    ask("GET /{name}", "manifest", plain("/manifest.json")),
    ask("GET /v1/reports", "counts", plain("/v1/reports")),
    ask("POST /v1/reports", "no report", with_body("/v1/reports", _used_setup)),
    ask("GET /v1/openapi.json", "contract", plain("/v1/openapi.json")),
    ask("GET /v1/asyncapi.json", "contract", plain("/v1/asyncapi.json")),
    ask("GET /v1/docs", "contract", plain("/v1/docs")),
    ask("GET /healthz", "alive", plain("/healthz")),
    ask("GET /readyz", "ready", plain("/readyz")),
    ask("POST /v1/setup/reserve", "used setup token", with_body("/v1/setup/reserve", _used_setup)),
    ask("POST /v1/where", "live invitation", _where(lambda place: place.live.inv)),
    ask("POST /v1/where", "used invitation", _where(used_invitation)),
    ask("POST /v1/where", "offer", with_body("/v1/where", _where_offer)),
]


def _admit(name: str, make: Callable[[Place, Who], Blob]) -> Ask:
    body = with_body(v1("admit"), lambda place, who: Admit(statement=make(place, who)))
    return ask("POST /v1/{slug}/admit", name, body)


def _waiting(of: Callable[[Place], bytes], more: str = "") -> Make:
    return lambda place, _who: Sent(to=v1(f"pend/{b64u(of(place))}{more}"))


def _own_offer(place: Place, who: Who) -> Closed:
    return offer_of(who, Secret(seed()[:16]), place.net)


def _anothers_offer(place: Place, who: Who) -> Closed:
    other = "member" if who.name == "chair" else "chair"
    return offer_of(place.people[other], Secret(seed()[:16]), place.net)


def _decision(place: Place, who: Who) -> Closed:
    data = deeds.decision(place, who)
    return Pend(key=Blob(parse(data).sid), statement=data)


def _begun(name: str) -> Make:
    return with_body(v1("pend"), lambda place, _who: _decision(place, place.people[name]))


def _nobody(place: Place, _who: Who) -> Closed:
    data = deeds.device_of_nobody(place)
    return Pend(key=Blob(parse(data).sid), statement=data)


def _count_waiting(_place: Place, data: bytes) -> str:
    return f"{len(codec.decode(data, Waits, limit=LARGE).pending) > 0:d}+"


def _newcomer(place: Place, _who: Who) -> Sent:
    """What an id says that everybody computes from the log."""
    wid = worker_id(net=place.net, aid=place.aids["member"], inv=place.joined.inv)
    return Sent(to=v1(f"pend/{b64u(wid)}"))


def _as_newcomer(place: Place, who: Who) -> Sent:
    """The same, with a signature of another hand than the certificate names."""
    wid = worker_id(net=place.net, aid=place.aids["member"], inv=place.joined.inv)
    sig = who.dk.sign(name_message(net=place.net, key=wid))
    return Sent(to=v1(f"pend/{b64u(wid)}?sig={b64u(sig)}"))


def _is_named(_place: Place, data: bytes) -> str:
    return "no name" if codec.decode(data, Pending).name is None else "name"


STATEMENTS: Final = [
    _admit("root that is logged", deeds.logged_root),
    _admit("invitation", deeds.invitation),
    _admit("agency", deeds.agency),
    _admit("release", deeds.release),
    _admit("revocation of the recorder", deeds.revocation),
    _admit("own pledge", deeds.pledge),
    _admit("recorder's pledge", deeds.anothers_pledge),
    _admit("withdrawal", deeds.withdrawal),
    ask("POST /v1/{slug}/pend", "own decision", with_body(v1("pend"), _decision)),
    ask("POST /v1/{slug}/pend", "decision of a revoked device", _begun("revoked")),
    ask("POST /v1/{slug}/pend", "decision of an ended worker", _begun("ended")),
    ask("POST /v1/{slug}/pend", "device of nobody", with_body(v1("pend"), _nobody)),
    ask("GET /v1/{slug}/pend", "what waits for her", plain(v1("pend")), say=_count_waiting),
    ask(
        "GET /v1/{slug}/pend/{key}",
        "join, by its invitation",
        _waiting(lambda place: place.joined.inv),
    ),
    ask(
        "GET /v1/{slug}/pend/{key}",
        "certificate, by the newcomer's id",
        _newcomer,
        say=_is_named,
    ),
    ask("GET /v1/{slug}/pend/{key}", "the same, signed by another", _as_newcomer),
    ask(
        "GET /v1/{slug}/pend/{key}",
        "decision, by its id",
        _waiting(lambda place: place.begun),
    ),
    ask("POST /v1/{slug}/pend/offer", "own", with_body(v1("pend/offer"), _own_offer)),
    ask("POST /v1/{slug}/pend/offer", "another's", with_body(v1("pend/offer"), _anothers_offer)),
    ask(
        "GET /v1/{slug}/pend/{key}/offer",
        "by its id",
        _waiting(lambda place: place.offer.lid, "/offer"),
    ),
]


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

    return with_body(v1("auth"), body)


SIGN_IN: Final = [
    ask("POST /v1/{slug}/auth/challenge", "nonce", with_body(v1("auth/challenge"), _challenge)),
    ask("POST /v1/{slug}/auth", "own device", _device("")),
    ask("POST /v1/{slug}/auth", "stranger's device", _device("stranger", by="chair")),
    ask("POST /v1/{slug}/auth", "revoked device", _device("revoked", by="revoked")),
    ask("POST /v1/{slug}/auth", "ended worker's device", _device("ended", by="ended")),
]
