"""Statements, what waits, sign-in, sealing keys and names."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, TypeVar

from aiohttp import web

from audit.entry import Entry, Kind
from audit.store import Asked
from crypto.errors import Code, Refused
from identity import usecases
from identity.model import is_live_invite
from protocol import codec, wire
from protocol.ids import Blob, Digest, Hash, Id, Sid, Wid
from protocol.times import Instant
from protocol.vocabulary import Cap
from server.admitting import admit as admit_statement
from server.http.contract import BYTES, LIVE, SIGNED, STATEMENT, Access, Query, Routes
from server.http.edge import actor, answer, body, hashed, host, ident, service
from server.service import Host

T = TypeVar("T")
routes = Routes()
NONCE_LIFE: Final = timedelta(seconds=60)
MOST_ASKED: Final = 200
"""Sealing keys or names in one question."""

_MANY: Final = BYTES | {Code.OVERSIZE}
_STATED: Final = frozenset(
    {Code.BAD_COMMITMENT, Code.BAD_TAG, Code.CHAIN_FORK, Code.EQUIVOCATION, Code.FORBIDDEN}
    | {Code.PLEDGE_EXPIRED, Code.PLEDGE_MISSING, Code.REPLAY, Code.NO_BASIS, Code.CHAIN_GAP}
)
"""Codes of single types of statements, of what travels beside them, and of the store."""


@routes.post(
    "/v1/{slug}/admit",
    ja="揃った文書を協議会の記録簿に載せる。権限は文書の署名にある",
    access=Access.SIGNATURE,
    takes=wire.Admit,
    gives=wire.Receipted,
    refuses=STATEMENT | _STATED,
)
async def admit(request: web.Request) -> web.Response:
    """Put a complete statement into the `id` log; the signatures are the authority."""
    wanted = await body(request, wire.Admit)
    return answer(await admit_statement(service(request), host(request), wanted))


@routes.post(
    "/v1/where",
    ja="招待または端末追加の申し出が、どの協議会のものかを答える",
    access=Access.KNOWING,
    takes=wire.Wanted,
    gives=wire.Where,
    refuses={Code.UNKNOWN_ID},
)
async def where(request: web.Request) -> web.Response:
    """Name the council of an invitation or an offer; knowing its id is the capability.

    Whoever types a code knows no more than that.
    """
    node, wanted = service(request), await body(request, wire.Wanted)
    await node.refresh()
    for slug, there in node.hosts.items():
        if await _belongs(there, wanted, now=node.clock()):
            return answer(wire.Where(slug=slug))
    raise Refused(Code.UNKNOWN_ID)


async def _belongs(there: Host, wanted: wire.Wanted, *, now: datetime) -> bool:
    council = there.council
    if wanted.inv is not None:
        if is_live_invite(council.directory, wanted.inv, now=Instant.of(now)):
            return True
        await council.sync()  # another node may have logged it just now
        return is_live_invite(council.directory, wanted.inv, now=Instant.of(now))
    if wanted.lid is None:
        return False
    return await usecases.has_offer(wanted.lid, waiting=council.waiting, now=now)


# ---------------------------------------------------------------- waiting


@routes.post(
    "/v1/{slug}/pend",
    ja="相手の署名を待つものを預ける",
    access=Access.SIGNATURE,
    takes=wire.Pend,
    gives=wire.Done,
    refuses=STATEMENT | _STATED,
)
async def pend(request: web.Request) -> web.Response:
    """Leave something incomplete for its other side."""
    council, now = host(request).council, service(request).clock()
    wanted = await body(request, wire.Pend)
    await council.settled()
    await usecases.pend(wanted, view=council, waiting=council.waiting, now=now)
    return answer(wire.Done())


@routes.get(
    "/v1/{slug}/pend",
    ja="呼び出した人の署名を待つものの一覧",
    access=Access.TOKEN,
    gives=wire.Waits,
)
async def mine(request: web.Request) -> web.Response:
    """List what waits for the caller's signature."""
    council, now = host(request).council, service(request).clock()
    found = await usecases.waiting_for(actor(request).wid, waiting=council.waiting, now=now)
    return answer(wire.Waits(pending=found))


@routes.post(
    "/v1/{slug}/pend/offer",
    ja="自分の次の端末への申し出を預ける",
    access=Access.TOKEN,
    takes=wire.LinkOffer,
    gives=wire.Done,
    refuses={Code.FORBIDDEN, Code.CONFLICT},
)
async def offer(request: web.Request) -> web.Response:
    """Leave an offer for a further device of the caller."""
    council, now = host(request).council, service(request).clock()
    signer = council.require_live(actor(request))
    wanted = await body(request, wire.LinkOffer)
    await usecases.offer_link(wanted, actor=signer, view=council, waiting=council.waiting, now=now)
    return answer(wire.Done())


@routes.get(
    "/v1/{slug}/pend/{key}/offer",
    ja="端末追加の申し出を受け取る。そのIDを知ることが資格",
    access=Access.KNOWING,
    gives=wire.LinkOffer,
    refuses=BYTES,
)
async def find_offer(request: web.Request) -> web.Response:
    """Fetch an offer; knowing its lid is the capability."""
    council, now = host(request).council, service(request).clock()
    key = codec.from_b64u(request.match_info["key"])
    return answer(await usecases.find_offer(key, waiting=council.waiting, now=now))


@routes.get(
    "/v1/{slug}/pend/{key}",
    ja="両側の知るIDのもとに待つものを受け取る。氏名は本人の署名があるときだけ",
    access=Access.KNOWING,
    gives=wire.Pending,
    refuses=BYTES | {Code.BAD_SIG},
    query=(Query(name="sig", kind=Blob),),
)
async def find(request: web.Request) -> web.Response:
    """Fetch what waits under an id that both sides know; with the person's `sig`, her name too."""
    council, now = host(request).council, service(request).clock()
    key = codec.from_b64u(request.match_info["key"])
    sig = codec.from_b64u(request.query["sig"]) if "sig" in request.query else None
    found = await usecases.find_waiting(
        key, sig=sig, net=council.net, waiting=council.waiting, now=now
    )
    return answer(found)


# ---------------------------------------------------------------- sign-in


@routes.post(
    "/v1/{slug}/auth/challenge",
    ja="サインインに使う一度きりの値を渡す。端末については何も言わない",
    access=Access.NOTHING,
    takes=wire.Challenge,
    gives=wire.Challenged,
)
async def challenge(request: web.Request) -> web.Response:
    """Give a nonce to sign in with; nothing is said about the device."""
    council, node = host(request).council, service(request)
    await body(request, wire.Challenge)
    nonce, now = Hash(node.entropy(Hash.SIZE)), node.clock()
    await council.challenges.issue(nonce, until=now + NONCE_LIFE, now=now)
    return answer(wire.Challenged(nonce=nonce, time=int(Instant.of(now))))


@routes.post(
    "/v1/{slug}/auth",
    ja="署名した値と引き換えにアクセストークンを渡す。サインインが先に記録される",
    access=Access.SIGNATURE,
    takes=wire.SignIn,
    gives=wire.SignedIn,
    refuses=LIVE | SIGNED,
)
async def sign_in(request: web.Request) -> web.Response:
    """Exchange a signed challenge for an access token; the sign-in is in the log first."""
    council, node = host(request).council, service(request)
    wanted, now = await body(request, wire.SignIn), node.clock()
    signer = await usecases.sign_in(
        wanted, view=council, net=council.net, challenges=council.challenges, now=now
    )
    who = usecases.actor_of(signer)
    entry = Entry(
        kind=Kind.LOGIN,
        at_ms=Instant.of(now),
        id=council.entries.new_id(),
        actor=who.wid,
        recipients=(who.did,),
    )
    await council.entries.note(entry, asked=Asked(did=who.did, aid=signer.aid))
    token, access = node.tokens.issue(who, slug=council.slug, now=now, entropy=node.entropy)
    return answer(
        wire.SignedIn(
            token=token,
            expires=int(Instant.of(access.expires)),
            time=int(Instant.of(now)),
            did=who.did,
        )
    )


# ---------------------------------------------------------------- beside statements


@routes.get(
    "/v1/{slug}/eks",
    ja="封じるための鍵を、そのハッシュで、求めた順に",
    access=Access.TOKEN,
    gives=wire.SealingKeys,
    refuses=_MANY,
    query=(Query(name="h", kind=Hash, many=True),),
)
async def eks(request: web.Request) -> web.Response:
    """Sealing keys by hash, in the order asked; UNKNOWN_ID when one is not known."""
    council = host(request).council
    actor(request)
    wanted = [Digest(each) for each in _asked(request, "h", hashed)]
    found = await council.statements.sealing_keys(wanted)
    if not found.keys() >= set(wanted):
        raise Refused(Code.UNKNOWN_ID)
    return answer(wire.SealingKeys(eks=tuple(Blob(found[ekh]) for ekh in wanted)))


@routes.get(
    "/v1/{slug}/names",
    ja="名前を知ってよい人の名前。ほかの人は省かれる",
    access=Access.TOKEN,
    gives=wire.Names,
    refuses=_MANY,
    query=(Query(name="w", kind=Id, many=True),),
)
async def names(request: web.Request) -> web.Response:
    """Names of people whom the caller may know by name; others are left out."""
    there, who = host(request), actor(request).wid
    wanted = [Wid(each) for each in _asked(request, "w", ident)]
    people = [wid for wid in wanted if await _may_name(there, who, wid)]
    certs = {wid: _newest(there, wid) for wid in people}
    found = await there.council.statements.names([cert for c in certs.values() for cert in c])
    rows = [
        wire.NameRow(wid=wid, name=found[sid][0], salt=Hash(found[sid][1]))
        for wid, sids in certs.items()
        for sid in [sid for sid in sids if sid in found][:1]
    ]
    return answer(wire.Names(names=tuple(rows)))


def _asked(request: web.Request, name: str, read: Callable[[str], T]) -> list[T]:
    found = request.query.getall(name, [])
    if len(found) > MOST_ASKED:
        raise Refused(Code.OVERSIZE)
    return [read(text) for text in found]


async def _may_name(there: Host, who: Wid, wid: Wid) -> bool:
    """Oneself, one's own agency, chairs of the council, and people one shares a room with.

    Who seats people, or proves who was given what, has to know everybody by name.
    """
    directory = there.council.directory
    mine = directory.worker_in_force(who, directory.size)
    chain = directory.workers.get(wid)
    cert = chain.newest(directory.size) if chain else None
    if mine is None or cert is None:
        return False
    if {Cap.CHAIR, Cap.AUDIT} & set(mine.caps):
        return True
    near = mine.aid == cert.body.aid or Cap.CHAIR in cert.body.caps
    return near or await there.rooms.shares_room(who, wid)


def _newest(there: Host, wid: Wid) -> list[Sid]:
    """The certificates of a person, newest first; a renewal need not repeat the name."""
    versions = there.council.directory.workers[wid].versions
    return [cert.sid for cert in reversed(versions)]
