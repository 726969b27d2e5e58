"""Events of the socket: what each carries and how it is answered, in one table.

An event is one JSON text, its acknowledgement is another (ADR 8): the answer or a `Failure`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from protocol import wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Up:
    """What a client sends, and the answer in its acknowledgement."""

    takes: type[msgspec.Struct]
    gives: type[msgspec.Struct]
    ja: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Down:
    """What the server sends; it is not acknowledged."""

    gives: type[msgspec.Struct]
    ja: str
    en: str


UP: Final[Mapping[str, Up]] = {
    "sub": Up(
        takes=wire.Sub,
        gives=wire.Subbed,
        ja="会議室の流れに加わる。署名は、トークンが終わるまでに送られるすべてに効く",
        en="Join a room's live feed; the signature covers all pushes until the token ends.",
    ),
    "unsub": Up(
        takes=wire.InRoom, gives=wire.Done, ja="会議室の流れから離れる", en="Leave a live feed."
    ),
    "post": Up(
        takes=wire.Post,
        gives=wire.Receipted,
        ja="まとめて提出する。すべて入るか、何も入らないか",
        en="Submit a batch: all or nothing.",
    ),
    "read": Up(
        takes=wire.Read,
        gives=wire.Served,
        ja="署名つきの求めに応じて内容を渡す。閲覧が先に記録される",
        en="Full rows and bundles against a signed request, logged first.",
    ),
    "head": Up(
        takes=wire.InRoom,
        gives=wire.Headed,
        ja="会議室がどこまで進んだかを示す、署名つきの言葉",
        en="The server's signed word on where a room stands.",
    ),
    "hand": Up(
        takes=wire.Hand,
        gives=wire.Done,
        ja="発言を求める、または取り下げる",
        en="Ask to speak in a sitting, or no longer.",
    ),
    "token": Up(
        takes=wire.Token,
        gives=wire.Done,
        ja="つながりを切らずに新しいトークンを渡す",
        en="Hand in a fresh token without a new connection.",
    ),
}
DOWN: Final[Mapping[str, Down]] = {
    "push": Down(
        gives=wire.Push,
        ja="新しい行。受け取る人に許された姿で、順に",
        en="New rows, in order, in the view that the receiver may have.",
    ),
    "notice": Down(
        gives=wire.Notice,
        ja="サーバーの署名のない言葉（在席、挙手など）",
        en="The server's unsigned word: presence, raised hands, and the like.",
    ),
    "gone": Down(
        gives=wire.Gone,
        ja="会議室の流れから外された。その理由",
        en="The socket left a room, and why.",
    ),
    "idhead": Down(
        gives=wire.IdHead,
        ja="身分の記録簿に新しい検証点ができた",
        en="The identity log has a new checkpoint.",
    ),
    "cut": Down(
        gives=wire.Failure,
        ja="このあと接続が切られる。その理由",
        en="The socket is about to be ended, and why.",
    ),
}
