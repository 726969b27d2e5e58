"""The logs as anybody entitled may check them: pages, checkpoints, tiles, proofs.

The `id` log is read with a token, with a live invitation (`Entaku-Invite`, its inv in hex) or
by knowing the council's fingerprint (`Entaku-Net`). Hashes of `ops` go to any token, its
entries to auditors.
"""

from typing import Final

from aiohttp import web

from audit import merkle, tiles
from audit.store import LogName
from audit.tiles import TileId
from crypto.errors import Code, Refused
from identity import model
from identity.model import Stored, is_live_invite
from protocol.directory import Signer
from protocol.ids import Blob, Digest, Hash, InvId, Sid
from protocol.payloads import Basis
from protocol.shapes import U53
from protocol.statement import to_dsse
from protocol.times import Instant
from protocol.vocabulary import Cap
from protocol.wire import LogPage, Proof
from server.council import Council
from server.http.contract import BYTES, NUMBERS, Access, Media, Query, Routes
from server.http.edge import actor, answer, hashed, host, ident, number, service
from server.service import ACTOR, Host

routes = Routes()
PAGE: Final = 512
"""Most leaves of a page."""

PAGE_BYTES: Final = 1 << 20
"""A page ends with the statement that reaches this size."""

_ENTITLED: Final = BYTES | {Code.FORBIDDEN}


async def require_log(request: web.Request) -> LogName:
    """The log that the path names, for a caller who may check it: UNKNOWN_ID, FORBIDDEN."""
    match request.match_info["log"]:
        case "id":
            await _require_council(request)
            return "id"
        case "ops":
            actor(request)
            return "ops"
        case _:
            raise Refused(Code.UNKNOWN_ID)


async def _require_council(request: web.Request) -> None:
    if _knows_council(request):
        return
    await host(request).council.sync()  # another node may have logged the invitation just now
    if not _knows_council(request):
        raise Refused(Code.FORBIDDEN)


def _knows_council(request: web.Request) -> bool:
    directory = host(request).council.directory
    net, inv = request.headers.get("Entaku-Net"), request.headers.get("Entaku-Invite")
    if request.get(ACTOR) is not None or (net is not None and hashed(net) == directory.net):
        return True
    now = Instant.of(service(request).clock())
    return inv is not None and is_live_invite(directory, InvId(ident(inv)), now=now)


def _signer(request: web.Request) -> Signer | None:
    who = request.get(ACTOR)
    return None if who is None else host(request).council.require_live(who)


# ---------------------------------------------------------------- pages of `id`


@routes.get(
    "/v1/{slug}/log/id",
    ja="ある番号からの葉と、呼び出した人に見せてよい文書",
    access=Access.LOG,
    gives=LogPage,
    refuses=_ENTITLED | NUMBERS,
    query=(Query(name="start", kind=U53), Query(name="limit", kind=U53)),
)
async def page(request: web.Request) -> web.Response:
    """Leaves from an index on, with the statements that the caller may see."""
    await _require_council(request)
    there, signer = host(request), _signer(request)
    council = there.council
    start = number(request, "start", 0)
    end = min(start + min(number(request, "limit", PAGE), PAGE), council.idn)
    sight = _Sight(there, signer)
    statements: list[Blob | None] = []
    size = 0
    for index in range(start, end):
        statements.append(await sight.statement(index))
        size += len(statements[-1] or b"")
        if size > PAGE_BYTES:
            break
    leaves = council.leaves[start : start + len(statements)]
    return answer(
        LogPage(
            start=start,
            leaves=tuple(Blob(leaf) for leaf in leaves),
            statements=tuple(statements),
            checkpoint=council.checkpoint.decode(),
        )
    )


class _Sight:
    """What one caller may see of the statements behind the leaves."""

    def __init__(self, there: Host, signer: Signer | None) -> None:
        self._host: Final = there
        self._signer: Final = signer
        self._cases: Final[dict[bytes, bool]] = {}

    async def statement(self, index: int) -> Blob | None:
        """The statement behind a leaf; None for a beat and for a case she may not see."""
        stored = self._host.council.behind(index)
        if stored is None or not await self._may_see(stored):
            return None
        return Blob(to_dsse(model.revive(stored), stored.signatures))

    async def _may_see(self, stored: Stored) -> bool:
        if stored.case is None:
            return True
        if self._signer is None:
            return False
        if Cap.AUDIT in self._signer.caps or self._is_named(stored, self._signer):
            return True
        if stored.case not in self._cases:
            seen = await self._host.rooms.may_see_case(self._signer.wid, stored.case)
            self._cases[stored.case] = seen
        return self._cases[stored.case]

    def _is_named(self, stored: Stored, signer: Signer) -> bool:
        """Whoever signed a statement may see it, from each of her devices."""
        logged = self._host.council.directory.logged.get(Sid(stored.sid))
        signed = logged is not None and any(s.wid == signer.wid for s in logged.signers)
        body = None if logged is None else logged.statement.body
        return signed or (isinstance(body, Basis) and signer.wid in {body.prop, body.apr})


# ---------------------------------------------------------------- checkpoints, tiles, proofs


@routes.get(
    "/v1/{slug}/log/{log}/checkpoint",
    ja="いちばん新しい署名つきの検証点（C2SPの書式）",
    access=Access.LOG,
    gives=Media(kind="text/plain"),
    refuses=_ENTITLED,
)
async def checkpoint(request: web.Request) -> web.Response:
    """The newest signed checkpoint, as C2SP writes it; UNKNOWN_ID before the first."""
    name = await require_log(request)
    tree = await host(request).council.log.newest_checkpoint(name)
    if tree is None:
        raise Refused(Code.UNKNOWN_ID)
    return web.Response(body=tree.note, content_type="text/plain", charset="utf-8")


@routes.get(
    "/v1/{slug}/log/{log}/tile/{place:.+}",
    ja="タイル（一部または全部）か、記録の束。名前はtlog-tilesのとおり",
    access=Access.LOG,
    gives=Media(kind="application/octet-stream"),
    refuses=_ENTITLED,
)
async def tile(request: web.Request) -> web.Response:
    """A tile, full or partial, or a bundle of entries, as tlog-tiles names them."""
    name = await require_log(request)
    council = host(request).council
    wanted, entries = _tile_id(request)
    if entries:
        data = await _bundle(request, name, wanted)
    else:
        data = await council.log.tile(name, wanted)
        if len(data) != wanted.width * merkle.HASH_SIZE:
            raise Refused(Code.UNKNOWN_ID)
    return web.Response(body=data, content_type="application/octet-stream")


def _tile_id(request: web.Request) -> tuple[TileId, bool]:
    try:
        return tiles.parse_path(f"tile/{request.match_info['place']}")
    except Refused as refusal:
        raise Refused(Code.UNKNOWN_ID) from refusal


async def _bundle(request: web.Request, name: LogName, wanted: TileId) -> bytes:
    council = host(request).council
    if name == "ops":
        require_auditor(council, request)
    start = wanted.index * tiles.WIDTH
    leaves = await council.log.leaves(name, start=start, limit=wanted.width)
    if len(leaves) != wanted.width:
        raise Refused(Code.UNKNOWN_ID)
    return tiles.encode_bundle(leaves)


def require_auditor(council: Council, request: web.Request) -> Signer:
    """The caller, who must be an auditor: BAD_TOKEN, FORBIDDEN."""
    signer = council.require_live(actor(request))
    if Cap.AUDIT not in signer.caps:
        raise Refused(Code.FORBIDDEN)
    return signer


@routes.get(
    "/v1/{slug}/log/{log}/proof/inclusion",
    ja="ある大きさの木に葉が入っていることの証明",
    access=Access.LOG,
    gives=Proof,
    refuses=_ENTITLED | NUMBERS,
    query=(
        Query(name="size", kind=U53, required=True),
        Query(name="hash", kind=Hash, required=True),
    ),
)
async def inclusion(request: web.Request) -> web.Response:
    """Prove a leaf, named by its hash, in the tree of a size; UNKNOWN_ID when it is not there."""
    name = await require_log(request)
    council = host(request).council
    size = await _require_size(council, name, number(request, "size"))
    index = await council.log.find_leaf(name, hashed(request.query.get("hash", "")))
    if index is None or index >= size:
        raise Refused(Code.UNKNOWN_ID)
    ranges = merkle.inclusion_ranges(index=index, size=size)
    return answer(Proof(index=index, size=size, hashes=await _prove(council, name, ranges, size)))


@routes.get(
    "/v1/{slug}/log/{log}/proof/consistency",
    ja="ある大きさの木が、前の大きさの木の続きであることの証明",
    access=Access.LOG,
    gives=Proof,
    refuses=_ENTITLED | NUMBERS | {Code.BAD_PROOF},
    query=(
        Query(name="from", kind=U53, required=True),
        Query(name="to", kind=U53, required=True),
    ),
)
async def consistency(request: web.Request) -> web.Response:
    """Prove that the tree of one size extends that of another; BAD_PROOF for a smaller one."""
    name = await require_log(request)
    council = host(request).council
    size = await _require_size(council, name, number(request, "to"))
    ranges = merkle.consistency_ranges(old=number(request, "from"), size=size)
    return answer(Proof(index=None, size=size, hashes=await _prove(council, name, ranges, size)))


async def _require_size(council: Council, name: LogName, size: int) -> int:
    tree = await council.log.newest_checkpoint(name)
    if tree is None or not 0 < size <= tree.size:
        raise Refused(Code.UNKNOWN_ID)
    return size


async def _prove(
    council: Council, name: LogName, ranges: list[merkle.Range], size: int
) -> tuple[Digest, ...]:
    held = {
        wanted: await council.log.tile(name, wanted) for wanted in tiles.needed(ranges, size=size)
    }
    proof = merkle.prove(ranges, tiles.root_from_tiles(size=size, read=held.__getitem__))
    return tuple(Digest(Hash(each)) for each in proof)
