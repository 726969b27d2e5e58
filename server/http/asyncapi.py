"""AsyncAPI 3.0 of the socket, written from the table of its events."""

from collections.abc import Mapping
from typing import Final

import msgspec

from protocol.wire import MAX_BODY, Failure
from server.events import DOWN, UP, Down, Up
from server.http.openapi import VERSION
from server.http.schemas import Json, components, inline

_CHANNEL: Final[Json] = {"$ref": "#/channels/socket"}
_DESCRIPTION: Final = f"""\
Socket.IO 5（Engine.IO 4、WebSocketのみ）。接続のとき `auth` に `slug` と `token` を渡します。
どのイベントも引数はひとつ、JSONの文字列です。
受け取りの返事もひとつのJSONの文字列です（答えか `Failure`）。
ひとつのメッセージは{MAX_BODY}バイトまで。二進の添付は使いません。

Socket.IO 5 over Engine.IO 4, WebSocket only; `auth` of the connect packet holds `slug` and `token`.
Every event has one argument, a JSON text, and its acknowledgement is one: the answer or a
`Failure`. A message has at most {MAX_BODY} bytes; there are no binary attachments.
"""


def document() -> Json:
    """The whole document."""
    kinds = [each.takes for each in UP.values()] + [each.gives for each in _all()]
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "円卓 Entaku", "version": VERSION, "description": _DESCRIPTION},
        "defaultContentType": "text/plain",
        "servers": {
            "node": {
                "host": "{host}",
                "protocol": "wss",
                "pathname": "/socket.io/",
                "variables": {"host": {"description": "協議会のサーバー / the council's server"}},
            }
        },
        "channels": {"socket": _channel()},
        "operations": {**_asked(), **_sent()},
        "components": {"schemas": components([Failure, *kinds])},
    }


def _all() -> list[Up | Down]:
    return [*UP.values(), *DOWN.values()]


def _channel() -> Json:
    texts: dict[str, Json] = {"failure": _message("failure", Failure)}
    for name, up in UP.items():
        texts[name] = _message(name, up.takes)
        texts[f"{name}-answer"] = _message(f"{name}-answer", up.gives)
    for name, down in DOWN.items():
        texts[name] = _message(name, down.gives)
    return {
        "address": "/socket.io/",
        "description": "協議会ごとの流れ / what a council's members hear and say",
        "messages": dict(sorted(texts.items())),
    }


def _message(name: str, kind: type[msgspec.Struct]) -> Json:
    text: Json = {
        "type": "string",
        "contentMediaType": "application/json",
        "contentSchema": inline(kind),
    }
    return {"name": name, "payload": text}


def _ref(name: str) -> Json:
    return {"$ref": f"#/channels/socket/messages/{name}"}


def _operation(action: str, name: str, each: Up | Down) -> Json:
    return {
        "action": action,
        "channel": _CHANNEL,
        "summary": each.ja,
        "description": each.en,
        "messages": [_ref(name)],
    }


def _asked() -> Mapping[str, Json]:
    """What clients send; the server receives it and replies."""
    return {
        name: {
            **_operation("receive", name, up),
            "reply": {"channel": _CHANNEL, "messages": [_ref(f"{name}-answer"), _ref("failure")]},
        }
        for name, up in UP.items()
    }


def _sent() -> Mapping[str, Json]:
    return {name: _operation("send", name, down) for name, down in DOWN.items()}
