"""What is asked on a socket besides reading and posting, and by auditors."""

from typing import Final

from protocol import codec
from protocol.ids import Blob
from protocol.requests import read_message
from protocol.shapes import Closed
from protocol.times import SECOND
from protocol.wire import Answered, Hand, InRoom, Query, Token
from tests.edges.people import ORIGIN, nonce
from tests.edges.rights.asking import LARGE, Make, ask, v1, with_body
from tests.edges.rights.asks_rooms import sub_of
from tests.edges.rights.rows import now_at
from tests.edges.rights.town import Place, Who


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

    return with_body(v1("audit/query"), body)


def _say_entries(_place: Place, data: bytes) -> str:
    return f"{len(codec.decode(data, Answered, limit=LARGE).entries) > 0:d}+"


SOCKETS: Final = [
    ask("socket head", "head", with_body("head", _here)),
    ask("socket hand", "before joining", with_body("hand", _hand)),
    ask("socket sub", "room", with_body("sub", lambda place, who: sub_of(place, who, None))),
    ask("socket hand", "outside a sitting", with_body("hand", _hand)),
    ask(
        "socket sub",
        "sitting",
        with_body("sub", lambda place, who: sub_of(place, who, place.case.sit)),
    ),
    ask("socket hand", "in the sitting", with_body("hand", _hand)),
    ask("socket unsub", "room", with_body("unsub", _here)),
    ask("socket token", "own", with_body("token", _own_token)),
    ask("socket token", "another's", with_body("token", _anothers_token)),
]
_AUDIT: Final = "POST /v1/{slug}/audit/query"
AUDIT: Final = [
    ask(_AUDIT, "timeline", _question("audit.case-timeline"), say=_say_entries, best="auditor"),
    ask(_AUDIT, "content", _question("view"), best="auditor"),
]
