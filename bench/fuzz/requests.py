"""Requests that are a little wrong, from those of a played sitting; some are signed anew."""

import base64
import gzip
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast
from urllib.parse import quote

import msgspec

from bench.fuzz.hall import Hall, Seed
from crypto import entropy
from crypto.errors import Refused
from crypto.signing import SigningKey
from protocol import codec, envelope, statement
from protocol.ids import Hash, Id, SitId
from protocol.wire import Query
from sdk.session import Session
from server.http.contract import Contract
from server.http.openapi import template
from server.http.table import CONTRACTS
from tests.vectors.mutations import bytewise, compact, jsonwise
from tests.vectors.samples import sample

Json = Any
_JSON: Final = "application/json"
_ODD: Final = (
    *("%00", "%ff", "..", "%2e%2e", "%2f", "é", "%F0%9F%98%80", "{case}", "x" * 300, "0" * 32),
    *("A" * 43, "F" * 32, "-1", "9" * 40, "9007199254740992", "x001/" * 900 + "000", "", " ", "%"),
)
_METHODS: Final = ("GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", "TRACE", "PATCH", "FOO")
_BOMB: Final = gzip.compress(bytes(64 * 1024 * 1024))
_VALUES: Final = ("", "a", "\x80\xff", "é", "9" * 5000, "Bearer ", "Bearer a.b.c", "Bearer \xe9")
_NAMES: Final = (
    *("Authorization", "Entaku-Net", "Entaku-Invite", "Content-Type", "Content-Encoding", "Host"),
    *("Expect", "Range", "If-None-Match", "Accept-Encoding", "X-Forwarded-For", "Origin", "Cookie"),
    *("Content-Length", "Transfer-Encoding", "Upgrade", "Connection"),
)
_PURPOSES: Final = (
    *("audit.case-timeline", "audit.person-timeline", "audit.denied", "audit.openings"),
    *("audit.x", "view"),
)
_ENCODINGS: Final = ("gzip", "deflate", "br", "zstd", "identity", "x")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it is written; `route` is where its seed went."""

    route: str
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    is_framed: bool = True
    """Whether HTTP itself is kept to; else no answer is owed."""

    def written(self, port: int) -> bytes:
        """The bytes of the request."""
        own = (("Host", f"127.0.0.1:{port}"), ("Content-Length", str(len(self.body))))
        given = {name.lower() for name, _ in self.headers}
        lines = [f"{self.method} {self.target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in own if name.lower() not in given]
        lines += [f"{name}: {value}" for name, value in self.headers]
        return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + self.body


@dataclass(slots=True)
class Source:
    """Makes requests; the same ones for the same hall and seed."""

    hall: Hall
    rng: random.Random
    tokens: Sequence[str]
    _seeds: dict[str, list[Seed]] = field(init=False, default_factory=dict[str, list[Seed]])
    _names: list[str] = field(init=False)

    def __post_init__(self) -> None:
        """Find a seed for every route, and count its kinds."""
        for seed in [*self.hall.seeds, *self._own()]:
            self._seeds.setdefault(f"{seed.method} {template(seed.route)}", []).append(seed)
        for contract in CONTRACTS:
            name = f"{contract.method} {template(contract.path)}"
            if name not in self._seeds:
                self._seeds[name] = [self._drawn(contract)]
        self._names = sorted(self._seeds)

    # --- seeds -------------------------------------------------------------------------------

    def _own(self) -> list[Seed]:
        """Batches that nobody has sent yet."""
        route = "/v1/{slug}/cases/{case}/post"
        target = f"/v1/{self.hall.slug}/cases/{self.hall.case.hex()}/post"
        return [
            Seed(
                method="POST",
                route=route,
                target=target,
                headers=(("Authorization", "Bearer x"),),
                body=codec.encode(post),
            )
            for post in self.hall.posts
        ]

    def _drawn(self, contract: Contract) -> Seed:
        """A request that fits the contract alone."""
        body = b""
        if isinstance(contract.takes, type):
            body = compact(sample(contract.takes, self.rng)).encode()
        return Seed(
            method=contract.method,
            route=contract.path,
            target=self._target(contract.path),
            headers=(("Authorization", "Bearer x"),),
            body=body,
        )

    def _target(self, path: str) -> str:
        known = {
            "slug": self.hall.slug,
            "case": self.hall.case.hex(),
            "log": "ops",
            "key": codec.b64u(bytes(16)),
        }
        return template(path).format_map(_Default(known))

    # --- one request -------------------------------------------------------------------------

    def draw(self) -> Request:
        """Make one request: every route as often as the others."""
        rng, name = self.rng, self.rng.choice(self._names)
        seed = rng.choice(self._seeds[name])
        request = Request(
            route=name,
            method=seed.method,
            target=seed.target,
            headers=self._signed_in(seed.headers),
            body=seed.body,
        )
        changes = [self._target_changed, self._headers_changed, self._method_changed]
        if seed.body:
            changes += [self._body_changed] * 12
        else:
            changes += [self._target_changed] * 4
        return rng.choice(changes)(request)

    def _signed_in(self, headers: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """With a fresh token of somebody, where there was one."""
        others = [(n, v) for n, v in headers if n != "Authorization"]
        if len(others) < len(headers) or not self.rng.randrange(4):
            others.append(("Authorization", f"Bearer {self.rng.choice(self.tokens)}"))
        return tuple(others)

    def _method_changed(self, request: Request) -> Request:
        return replace(request, method=self.rng.choice(_METHODS))

    def _target_changed(self, request: Request) -> Request:
        rng = self.rng
        path, mark, query = request.target.partition("?")
        parts = path.split("/")
        at = rng.randrange(1, len(parts))
        match rng.randrange(4):
            case 0:
                parts[at] = rng.choice(_ODD)
            case 1:
                parts[at] = quote(bytewise(parts[at].encode(), rng))
            case 2:
                return replace(request, target=_clean(f"{path}?{self._query(query)}"))
            case _:
                return replace(request, target=_clean(f"{path}?{_odd_query(query, rng)}"))
        return replace(request, target=_clean("/".join(parts) + mark + query))

    def _query(self, query: str) -> str:
        names = [part.partition("=")[0] for part in query.split("&")]
        names += ["start", "limit", "hash", "h", "w", "size", "from", "to", "sig"]
        chosen = self.rng.choices(names, k=self.rng.choice((1, 2, 300)))
        return "&".join(f"{name}={self.rng.choice(_ODD)}" for name in chosen)[:7000]

    def _headers_changed(self, request: Request) -> Request:
        rng, name = self.rng, self.rng.choice(_NAMES)
        value = rng.choice(_VALUES)
        if name == "Content-Encoding":
            body = rng.choice((request.body, _BOMB[: rng.choice((100, 70000))], b"x"))
            changed = replace(request, body=body, is_framed=False)
            return _with_header(changed, name, rng.choice(_ENCODINGS))
        if name == "Authorization" and rng.randrange(2):
            token = bytewise(rng.choice(self.tokens).encode(), rng).decode("latin-1")
            value = "Bearer " + token.replace("\r", "").replace("\n", "").replace("\0", "")
        if name in {"Entaku-Net", "Entaku-Invite"}:
            value = rng.choice((value, *_ODD))
        framed = name not in {
            "Content-Length",
            "Transfer-Encoding",
            "Upgrade",
            "Connection",
            "Host",
        }
        return replace(
            _with_header(request, name, value),
            is_framed=framed and value.isascii() and value.isprintable(),
        )

    # --- bodies ------------------------------------------------------------------------------

    def _body_changed(self, request: Request) -> Request:
        rng = self.rng
        match rng.randrange(8):
            case 0:
                return replace(request, body=bytewise(request.body, rng))
            case 1 | 2:
                return replace(request, body=jsonwise(json.loads(request.body), rng))
            case 3:
                fresh = self._asked_anew(request)
                return fresh or replace(request, body=jsonwise(json.loads(request.body), rng))
            case _:
                fresh = self._asked_anew(request)
                return fresh or replace(request, body=self.resigned(request.body))

    def resigned(self, body: bytes) -> bytes:
        """Change a statement or an envelope inside, and sign it anew."""
        value: Json = json.loads(body)
        fields = cast("dict[str, Json]", value) if isinstance(value, dict) else {}
        if fields.get("rows"):
            row = self.rng.choice(fields["rows"])
            row["bytes"] = self._signed_anew(row["bytes"])
        elif "statement" in fields:
            fields["statement"] = self._signed_anew(fields["statement"])
        else:
            return jsonwise(value, self.rng)
        return compact(value).encode("utf-8", "surrogatepass")

    def _signed_anew(self, text: str) -> str:
        data = codec.from_b64u(text)
        made = self._statement(data) if data[:1] == b"{" else self._envelope(data)
        return codec.b64u(made)

    def _statement(self, data: bytes) -> bytes:
        """Another payload under signatures that are right."""
        rng, outer = self.rng, json.loads(data)
        payload = jsonwise(json.loads(base64.b64decode(outer["payload"])), rng)
        typ = outer["payloadType"].removeprefix(statement.PREFIX).removesuffix(statement.SUFFIX)
        tbs = statement.to_be_signed(typ, payload)
        count = rng.choice((1, 2, len(self.hall.keys)))
        outer["payload"] = base64.b64encode(payload).decode()
        outer["signatures"] = [
            _signature(key, tbs) for key in rng.sample(self.hall.keys, min(count, 8))
        ]
        return compact(outer).encode()

    def _envelope(self, data: bytes) -> bytes:
        """Another header over other words, signed by somebody of the room."""
        rng = self.rng
        try:
            header = jsonwise(json.loads(envelope.parse(data).header), rng)
            return envelope.seal(
                key=rng.randbytes(32),
                header=header,
                plaintext=rng.randbytes(rng.randrange(300)),
                nonce=entropy.system(24),
                signer=rng.choice(self.hall.keys),
            )
        except (Refused, ValueError, OverflowError):
            return bytewise(data, rng)

    def _asked_anew(self, request: Request) -> Request | None:
        """A signed request for something else, under a signature that is right."""
        rng = self.rng
        session = rng.choice(list(self.hall.cast.clients.values())).session
        if request.route.endswith("/read"):
            ids = [Hash(rng.randbytes(32)) for _ in range(rng.choice((0, 1, 3, 300)))]
            purpose = rng.choice(("view", "key", "audit.export", "x", "display"))
            made: msgspec.Struct = session.read_request(self.hall.case, purpose, ids)
            return replace(_as(session, request), body=codec.encode(made))
        if request.route.endswith("/query"):
            return self._question(rng.choice((session, self.hall.auditor)), request)
        return None

    def _question(self, session: Session, request: Request) -> Request:
        """An auditor's question, with a subject, times and a place that are right or odd."""
        rng, hall = self.rng, self.hall
        subjects = (hall.case.hex(), "K-101", session.me.wid.hex(), *_ODD)
        times = ("", "2026-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", *_ODD)
        right = rng.randrange(2)
        purpose = rng.choice(_PURPOSES)
        params = [rng.choice(subjects[: 3 if right else None])]
        if right and not purpose.endswith("timeline"):
            params = []
        params += [rng.choice(times[: 3 if right else None]) for _ in range(rng.randrange(3))]
        params += [rng.choice(("", "0", "9" * 16, *_ODD))] * rng.randrange(2)
        signed = session.asking(None, purpose, [each.encode() for each in params])
        made = Query(purpose=purpose, params=tuple(params), **signed)
        return replace(_as(session, request), body=codec.encode(made))

    def sub(self) -> bytes:
        """A signed wish to join the feed from somewhere, of the room or of none."""
        rng = self.rng
        session = rng.choice(list(self.hall.cast.clients.values())).session
        sit = rng.choice((None, self.hall.held.sit, SitId(Id(rng.randbytes(16)))))
        start = rng.choice((0, 1, 2, 5, 2**31, 2**53 - 1))
        return codec.encode(session.sub_request(self.hall.case, sit=sit, start=start))


class _Default(dict[str, str]):
    """Names the gaps of a path that nothing is known for."""

    def __missing__(self, key: str) -> str:
        return key


def _as(session: Session, request: Request) -> Request:
    """The request under the token of whoever signed it."""
    return _with_header(request, "Authorization", f"Bearer {session.council.http.token}")


def _clean(target: str) -> str:
    """What ends a request line would make two requests of one."""
    return quote(target, safe="/?&=%:.+-_~{}é")[:8000]


def _odd_query(query: str, rng: random.Random) -> str:
    return quote(bytewise((query or "start=1").encode(), rng), safe="&=")


def _with_header(request: Request, name: str, value: str) -> Request:
    others = tuple((n, v) for n, v in request.headers if n != name)
    return replace(request, headers=(*others, (name, value)))


def _signature(key: SigningKey, tbs: bytes) -> dict[str, str]:
    sig = base64.b64encode(key.sign(tbs)).decode()
    return {"keyid": statement.key_id(key.public), "sig": sig}
