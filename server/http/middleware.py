"""Around every handler: rate, token, refusals as answers, one log line, safe headers."""

import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from crypto.errors import Code, Refused
from protocol.ids import CaseId
from server.errors import STATUS, as_refused, failure
from server.http.edge import answer, ident
from server.logs import trace
from server.service import ACTOR, HOST, SERVICE, Service

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Server": "entaku",
    "X-Content-Type-Options": "nosniff",
}
_BEARER: Final = "Bearer "
_MINUTE: Final = 60


class Rate:
    """Requests without a token, per address and minute."""

    def __init__(self, most: int) -> None:
        self._most: Final = most
        self._minute = 0
        self._counts: Counter[str] = Counter()

    def require(self, address: str, *, seconds: float) -> None:
        """Count one request; RATE_LIMITED above the limit of this minute."""
        minute = int(seconds) // _MINUTE
        if minute != self._minute:
            self._minute, self._counts = minute, Counter()
        self._counts[address] += 1
        if self._counts[address] > self._most:
            raise Refused(Code.RATE_LIMITED)


RATE: Final = web.AppKey("RATE", Rate)


@web.middleware
async def edge(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every request, a refused one with its Failure."""
    service = request.app[SERVICE]
    started = time.perf_counter()
    code = "ok"
    try:
        await _enter(request, service)
        response = await handler(request)
    except web.HTTPException as error:
        code = str(error.status)
        refusal = _of_http(error)
        if refusal is None:
            raise
        response = answer(failure(refusal), status=error.status)
    except Exception as error:  # noqa: BLE001 -- no request goes unanswered
        refused = as_refused(error)
        if refused is None:
            service.log.critical("request.unexpected", trace=trace(error))
        refusal = refused or Refused(Code.UNAVAILABLE)
        code = refusal.code.value
        await _log_refusal(request, service, refusal)
        response = answer(failure(refusal), status=STATUS[refusal.code])
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)  # the page has its own, wider fence
    _log_line(request, service, code, duration=time.perf_counter() - started)
    return response


async def _enter(request: web.Request, service: Service) -> None:
    """Find the council and the device behind a request."""
    token = request.headers.get("Authorization", "")
    if not token:
        address = _address(request, service)
        request.app[RATE].require(address, seconds=service.clock().timestamp())
    slug = request.match_info.get("slug")
    if slug is None:
        return
    request[HOST] = await service.host(slug)
    if token:
        if not token.startswith(_BEARER):
            raise Refused(Code.BAD_TOKEN)
        access = service.tokens.read(token.removeprefix(_BEARER), slug=slug, now=service.clock())
        request[HOST].council.require_live(access.actor)
        request[ACTOR] = access.actor


def _address(request: web.Request, service: Service) -> str:
    if service.settings.behind_proxy:
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return request.remote or ""


async def _log_refusal(request: web.Request, service: Service, refusal: Refused) -> None:
    actor = request.get(ACTOR)
    if actor is None:
        service.denials.count(refusal.code)
        return
    await service.denials.note(
        request[HOST].council,
        actor,
        refusal.code,
        now=service.clock(),
        case=_case(request),
    )


def _case(request: web.Request) -> CaseId | None:
    try:
        return CaseId(ident(request.match_info["case"]))
    except (KeyError, Refused):
        return None


def _of_http(error: web.HTTPException) -> Refused | None:
    """A refusal for what aiohttp itself refused; None for an answer that is no error."""
    if error.status < web.HTTPBadRequest.status_code:
        return None
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        return Refused(Code.OVERSIZE)
    return Refused(Code.UNKNOWN_ID)


def _log_line(request: web.Request, service: Service, code: str, *, duration: float) -> None:
    resource = request.match_info.route.resource
    actor = request.get(ACTOR)
    service.log.info(
        "request",
        method=request.method,
        route=None if resource is None else resource.canonical,
        code=code,
        ms=round(duration * 1000, 1),
        did=None if actor is None else actor.did.hex(),
    )
