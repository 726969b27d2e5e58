"""What a route promises, said once beside its handler; router and OpenAPI are built from it.

A handler cannot be routed without saying who may call it, what it takes and gives, and the
codes with which it may refuse. `server/http/openapi.py` writes the document.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeVar

import msgspec
from aiohttp import web

from crypto.errors import Code

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
H = TypeVar("H", bound=Handler)


class Access(StrEnum):
    """What a caller must show."""

    NOTHING = "nothing"
    SETUP = "setup"  # the one-time setup token, in the body
    SIGNATURE = "signature"  # the signatures in the body are the authority
    KNOWING = "knowing"  # knowing an id that nobody can guess is the capability
    LOG = "log"  # a token, a live invitation, or the council's fingerprint
    TOKEN = "token"  # noqa: S105 -- a kind of access, no secret
    SIGNED_REQUEST = "signed-request"  # a token, and a signature over the request itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """An answer that is no JSON."""

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A parameter behind the question mark; `kind` is its type on the wire."""

    name: str
    kind: object
    required: bool = False
    many: bool = False


Shape = type[msgspec.Struct] | Media | None
"""A struct in JSON, something else, or an empty body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One route. `ja` and `en` say what it does; `gives` is its answer by status."""

    method: str
    path: str
    handler: Handler
    ja: str
    access: Access
    takes: Shape
    gives: Mapping[int, Shape]
    refuses: AbstractSet[Code]
    query: Sequence[Query]

    @property
    def en(self) -> str:
        """The first sentences of the handler's docstring."""
        return (inspect.getdoc(self.handler) or "").partition("\n\n")[0].replace("\n", " ")


# ---------------------------------------------------------------- codes

ALWAYS: Final = frozenset({Code.RATE_LIMITED, Code.UNAVAILABLE})
_BODY: Final = frozenset({Code.OVERSIZE, Code.BAD_J1, Code.BAD_B64})
LIVE: Final = frozenset(
    {Code.BAD_TOKEN, Code.UNTRUSTED, Code.NOT_LOGGED, Code.EXPIRED, Code.REVOKED}
)
"""A token that is sent must be good, and its device in force, whoever else may ask."""

_COUNCIL: Final = LIVE | {Code.UNKNOWN_ID}
NUMBERS: Final = frozenset({Code.BAD_J1})
BYTES: Final = frozenset({Code.BAD_B64, Code.BAD_LENGTH})
STATEMENT: Final = LIVE | {
    Code.OVERSIZE,
    Code.BAD_LENGTH,
    Code.BAD_J1,
    Code.BAD_B64,
    Code.UNKNOWN_TYPE,
    Code.WRONG_NET,
    Code.WEAK_KEY,
    Code.BAD_SIG,
    Code.UNTYPED_KEY,
    Code.WRONG_PLACE,
    Code.UNKNOWN_ID,
    Code.RULE_DENIED,
    Code.CONFLICT,
}
"""What every statement is judged by."""

SIGNED: Final = frozenset(
    {Code.BAD_LENGTH, Code.BAD_SIG, Code.CLOCK, Code.REPLAY, Code.WEAK_KEY, Code.FORBIDDEN}
)
"""What every signed request is judged by."""

_CLIENTS: Final = frozenset(
    {Code.BAD_DOC_KEY, Code.BAD_PADDING, Code.KDF_FLOOR, Code.BAD_PROOF, Code.ROLLBACK}
)
SUBMISSION: Final = frozenset(Code) - _CLIENTS
"""A batch is judged by all rules, but for those that only clients can apply."""


# ---------------------------------------------------------------- routes


@dataclass(slots=True)
class Routes:
    """Routes of one module, each with its contract; an application adds them as they are."""

    contracts: list[Contract] = field(default_factory=list[Contract])

    def __iter__(self) -> Iterator[web.RouteDef]:
        """Give the routes as aiohttp wants them."""
        for each in self.contracts:
            yield web.RouteDef(each.method, each.path, each.handler, {"expect_handler": _expected})

    def get(
        self,
        path: str,
        *,
        ja: str,
        access: Access,
        gives: Shape,
        refuses: AbstractSet[Code] = frozenset(),
        query: Sequence[Query] = (),
        also: Mapping[int, Shape] | None = None,
    ) -> Callable[[H], H]:
        """Route a question; `also` are further answers by status."""

        def add(handler: H) -> H:
            made = Contract(
                method="GET",
                path=path,
                handler=handler,
                ja=ja,
                access=access,
                takes=None,
                gives={200 if gives is not None else 204: gives, **(also or {})},
                refuses=_everywhere(path) | refuses,
                query=query,
            )
            self.contracts.append(made)
            return handler

        return add

    def post(
        self,
        path: str,
        *,
        ja: str,
        access: Access,
        takes: Shape,
        gives: Shape,
        refuses: AbstractSet[Code] = frozenset(),
    ) -> Callable[[H], H]:
        """Route a request with a body."""

        def add(handler: H) -> H:
            made = Contract(
                method="POST",
                path=path,
                handler=handler,
                ja=ja,
                access=access,
                takes=takes,
                gives={200 if gives is not None else 204: gives},
                refuses=_everywhere(path) | _BODY | refuses,
                query=(),
            )
            self.contracts.append(made)
            return handler

        return add


async def _expected(request: web.Request) -> None:
    """Say that a body may come; other expectations are passed over, as RFC 9110 allows."""
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def _everywhere(path: str) -> frozenset[Code]:
    return ALWAYS | _COUNCIL if "{slug}" in path else ALWAYS
