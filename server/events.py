"""Events of the socket: what each carries and how it is answered, in one table.

An event is one JSON text, its acknowledgement is another (ADR 8): the answer or a `Failure`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from protocol import wire


@dataclass(frozen=True, slots=True)
class Up:
    """What a client sends, and the answer in its acknowledgement."""

    takes: type[msgspec.Struct]
    gives: type[msgspec.Struct]
    ja: str
    en: str


@dataclass(frozen=True, slots=True)
class Down:
    """What the server sends; it is not acknowledged."""

    gives: type[msgspec.Struct]
    ja: str
    en: str


UP: Final[Mapping[str, Up]] = {
    "sub": Up(
        wire.Sub,
        wire.Subbed,
        "会議室の流れに加わる。署名は、トークンが終わるまでに送られるすべてに効く",
        "Join a room's live feed; the signature covers all pushes until the token ends.",
    ),
    "unsub": Up(wire.InRoom, wire.Done, "会議室の流れから離れる", "Leave a live feed."),
    "post": Up(
        wire.Post,
        wire.Receipted,
        "まとめて提出する。すべて入るか、何も入らないか",
        "Submit a batch: all or nothing.",
    ),
    "read": Up(
        wire.Read,
        wire.Served,
        "署名つきの求めに応じて内容を渡す。閲覧が先に記録される",
        "Full rows and bundles against a signed request, logged first.",
    ),
    "head": Up(
        wire.InRoom,
        wire.Headed,
        "会議室がどこまで進んだかを示す、署名つきの言葉",
        "The server's signed word on where a room stands.",
    ),
    "hand": Up(
        wire.Hand,
        wire.Done,
        "発言を求める、または取り下げる",
        "Ask to speak in a sitting, or no longer.",
    ),
    "token": Up(
        wire.Token,
        wire.Done,
        "つながりを切らずに新しいトークンを渡す",
        "Hand in a fresh token without a new connection.",
    ),
}
DOWN: Final[Mapping[str, Down]] = {
    "push": Down(
        wire.Push,
        "新しい行。受け取る人に許された姿で、順に",
        "New rows, in order, in the view that the receiver may have.",
    ),
    "notice": Down(
        wire.Notice,
        "サーバーの署名のない言葉（在席、挙手など）",
        "The server's unsigned word: presence, raised hands, and the like.",
    ),
    "gone": Down(
        wire.Gone,
        "会議室の流れから外された。その理由",
        "The socket left a room, and why.",
    ),
    "idhead": Down(
        wire.IdHead,
        "身分の記録簿に新しい検証点ができた",
        "The identity log has a new checkpoint.",
    ),
    "cut": Down(
        wire.Failure,
        "このあと接続が切られる。その理由",
        "The socket is about to be ended, and why.",
    ),
}
