"""The auditor's questions."""

from aiohttp import web

from audit import merkle, usecases
from audit.store import Asked, AuditLog
from crypto.errors import Code
from protocol.ids import Digest, Hash
from protocol.wire import Answered, Query
from server.http.contract import SIGNED, Access, Routes
from server.http.edge import actor, answer, body, host, service

routes = Routes()


@routes.post(
    "/v1/{slug}/audit/query",
    ja="監査員の署名つきの問いに、記録とその開示で答える。問い自体が先に記録される",
    access=Access.SIGNED_REQUEST,
    takes=Query,
    gives=Answered,
    refuses=SIGNED | {Code.AUDITOR_NO_CONTENT},
)
async def query(request: web.Request) -> web.Response:
    """Answer a signed question with entries and openings; the question is committed first."""
    there, node = host(request), service(request)
    council = there.council
    signer = council.require_live(actor(request))
    wanted = await body(request, Query)
    named = {
        code: case
        for code in wanted.params[:1]
        if (case := await there.rooms.case_by_code(code)) is not None
    }
    asking = usecases.ask(
        wanted,
        signer=signer,
        net=council.net,
        origin=council.origin,
        entry=council.entries.new_id(),
        case=named.get,
        now=node.clock(),
    )
    asked = Asked(did=signer.did, aid=signer.aid, request=asking.request, nonce=asking.nonce)
    ticket, leaf = await council.entries.note(asking.entry, asked=asked)
    found = await usecases.answer(
        asking.question,
        log=AuditLog(node.pools.auditor, council=council.id),
        ticket=ticket,
        did=signer.did,
        unwrap=council.entries.unwrap,
    )
    return answer(Answered(entries=found, entry=Digest(Hash(merkle.leaf_hash(leaf)))))
