"""What is asked of rooms, over HTTP and on a socket."""

from collections.abc import Callable, Iterable
from typing import Final

from protocol import codec
from protocol.ids import Blob, CaseId, Hash, Id, SitId
from protocol.requests import read_message, sub_message
from protocol.shapes import Closed
from protocol.times import SECOND
from protocol.wire import Cases, Frame, Read, ReserveCase, Rows, Sub
from tests.edges.people import ORIGIN, nonce, seed
from tests.edges.rights import deeds
from tests.edges.rights.asking import LARGE, Ask, Make, Sent, ask, plain, v1, with_body
from tests.edges.rights.rows import now_at, state_of
from tests.edges.rights.town import Place, Who


def _say_cases(_place: Place, data: bytes) -> str:
    lines = codec.decode(data, Cases, limit=LARGE).cases
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
    return _say_frames(codec.decode(data, Rows, limit=LARGE).frames)


def _reserve(_place: Place, _who: Who) -> Closed:
    number = int.from_bytes(seed()[:2], "big") + 100_000
    return ReserveCase(case=CaseId(Id(seed()[:16])), code=f"R-{number}")


def _case(path: str) -> Make:
    return lambda place, _who: Sent(to=v1(f"cases/{place.case.case.hex()}/{path}"))


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
        return Sent(to=v1(f"cases/{place.case.case.hex()}/{verb}"), body=make(place, who))

    return [
        ask(f"POST /v1/{{slug}}/cases/{{case}}/{verb}", name, over_http),
        ask(f"socket {verb}", name, with_body(verb, make)),
    ]


def _reading(of: Callable[[Place], Hash]) -> Callable[[Place, Who], Closed]:
    return lambda place, who: read_of(place, who, of(place))


ROOMS: Final = [
    ask("GET /v1/{slug}/cases", "list", plain(v1("cases")), say=_say_cases),
    ask("POST /v1/{slug}/cases/reserve", "new case", with_body(v1("cases/reserve"), _reserve)),
    ask("GET /v1/{slug}/cases/{case}/rows", "all", _case("rows"), say=_say_rows),
    ask("GET /v1/{slug}/cases/{case}/head", "head", _case("head")),
    *[each for name, of in READS.items() for each in _both("read", name, _reading(of))],
    *[each for name, deed in deeds.POSTS.items() for each in _both("post", name, deed)],
]
