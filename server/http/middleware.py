"""Around every handler: rate, token, refusals as answers, one log line, safe headers."""

import asyncio
import contextlib
import functools
import math
import time
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import hdrs, web

from crypto.errors import Code, Refused
from protocol.ids import CaseId
from protocol.wire import MAX_BODY
from server.doors import HEADERS
from server.errors import STATUS, as_refused, failure
from server.http.edge import answer, ident
from server.limits import SECOND, Caller, told_wait
from server.logs import trace
from server.service import ACTOR, HOST, SERVICE, Service
from server.tokens import Access

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_BEARER: Final = "Bearer "
_SOCKETS: Final = "/socket.io/"
"""A socket lasts: what it may hold and do is the affair of `lines`."""

_CALLER: Final = web.RequestKey("CALLER", Caller)


@web.middleware
async def edge(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every request, a refused one with its Failure; see that the answer is taken."""
    service = request.app[SERVICE]
    started = time.perf_counter()
    with contextlib.ExitStack() as held:
        response, code = await _answered(request, handler, service, held)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)  # the page has its own, wider fence
        duration = time.perf_counter() - started
        _log_line(request, service, code, duration=duration)
        if not _is_socket(request):
            service.metrics.answered(_route(request) or "none", code, duration)
        if not _is_socket(request):
            await _give(request, response, service)
    return response


async def _answered(
    request: web.Request, handler: Handler, service: Service, held: contextlib.ExitStack
) -> tuple[web.StreamResponse, str]:
    """The answer and its code; `held` counts the request while it lasts."""
    try:
        await _enter(request, service, held)
        return await handler(request), "ok"
    except web.HTTPException as error:
        refusal = _of_http(error)
        if refusal is None:
            raise
        response = answer(failure(refusal), status=error.status)
        if hdrs.ALLOW in error.headers:
            response.headers[hdrs.ALLOW] = error.headers[hdrs.ALLOW]
        return response, str(error.status)
    except web.RequestPayloadError:  # a body that is not encoded as it says
        return await _refused(request, service, Refused(Code.BAD_J1))
    except Exception as error:  # noqa: BLE001 -- no request goes unanswered
        refused = as_refused(error)
        if refused is None:
            service.log.critical("request.unexpected", trace=trace(error))
        return await _refused(request, service, refused or Refused(Code.UNAVAILABLE))


async def _refused(
    request: web.Request, service: Service, refusal: Refused
) -> tuple[web.StreamResponse, str]:
    response = answer(failure(refusal), status=STATUS[refusal.code])
    wait = told_wait(refusal)
    if wait is not None:
        response.headers["Retry-After"] = str(max(1, math.ceil(wait / SECOND)))
    await _log_refusal(request, service, refusal)
    if wait is not None:  # whoever goes too fast waits for being told so
        await asyncio.sleep(service.limits.bounds.rest_ms / SECOND)
    return response, refusal.code.value


async def _give(request: web.Request, response: web.StreamResponse, service: Service) -> None:
    """Write the answer out, so that a caller who does not take it holds it no longer than this."""
    try:
        async with asyncio.timeout(service.limits.bounds.body_seconds):
            await response.prepare(request)
            await response.write_eof()
    except (TimeoutError, ConnectionError):
        if request.transport is not None:
            request.transport.abort()


async def _enter(request: web.Request, service: Service, held: contextlib.ExitStack) -> None:
    """Find the council and the device behind a request, and count it while it lasts."""
    limits, now, size = service.limits, service.clock().timestamp(), _claimed(request)
    address, what = _address(request, service), _route(request) or ""
    count = functools.partial(limits.require_address, address, now=now, what=what, size=size)
    slug = request.match_info.get("slug")
    try:
        access = _access(request, service, slug)
    except Refused:
        count()  # a bad token is none
        raise
    if access is None:
        count()
    if slug is not None:
        request[HOST] = await service.host(slug)
    if access is not None:
        _sign_in(request, access)
        limits.require(request[_CALLER], now=now, what=what, size=size)
    if _is_socket(request):
        return
    if size > MAX_BODY:
        raise Refused(Code.OVERSIZE)
    caller = request.get(_CALLER)
    held.enter_context(limits.under_way(address if caller is None else caller.device))


def _access(request: web.Request, service: Service, slug: str | None) -> Access | None:
    """What a token says, where there is a council to show it to; BAD_TOKEN."""
    token = request.headers.get("Authorization", "")
    if slug is None or not token:
        return None
    if not token.startswith(_BEARER):
        raise Refused(Code.BAD_TOKEN)
    return service.tokens.read(token.removeprefix(_BEARER), slug=slug, now=service.clock())


def _sign_in(request: web.Request, access: Access) -> None:
    """Take the device behind a token for the caller; how it ended, if it did."""
    council = request[HOST].council
    signer = council.require_live(access.actor)
    request[ACTOR] = access.actor
    request[_CALLER] = Caller(device=access.actor.did, agency=signer.aid, council=council.id.bytes)


def _claimed(request: web.Request) -> int:
    """Bytes of the body by its own word; one that does not say may be as large as any."""
    if request.content_length is None and request.can_read_body:
        return MAX_BODY
    return request.content_length or 0


def _is_socket(request: web.Request) -> bool:
    return request.path.startswith(_SOCKETS)


def _route(request: web.Request) -> str | None:
    resource = request.match_info.route.resource
    return None if resource is None else resource.canonical


def _address(request: web.Request, service: Service) -> str:
    if service.settings.behind_proxy:
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return request.remote or ""


async def _log_refusal(request: web.Request, service: Service, refusal: Refused) -> None:
    actor = request.get(ACTOR)
    if actor is None:
        host = request.get(HOST)
        service.denials.count(refusal.code, None if host is None else host.council)
        return
    if told_wait(refusal) is not None:
        await service.denials.limited(request[HOST].council, actor, now=service.clock())
        return
    service.limits.fine(request[_CALLER], now=service.clock().timestamp())
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
    if isinstance(error, web.HTTPMethodNotAllowed):  # another version may know more methods here
        return Refused(Code.UNKNOWN_TYPE, allow=error.headers[hdrs.ALLOW])
    return Refused(Code.UNKNOWN_ID)


def _log_line(request: web.Request, service: Service, code: str, *, duration: float) -> None:
    actor = request.get(ACTOR)
    service.log.info(
        "request",
        method=request.method,
        route=_route(request),
        code=code,
        ms=round(duration * 1000, 1),
        did=None if actor is None else actor.did.hex(),
    )
