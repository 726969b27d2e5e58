"""Founding a council and registering agencies (flow 15.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, TypeVar

import msgspec

from crypto.entropy import Entropy
from crypto.errors import Code, Refused
from crypto.signing import SigningKey
from protocol.ids import Aid, Digest, Hash, Key, NetId, Sid
from protocol.payloads import Agency, Extra, KeySet, LogKeys, Logs, Release, Root
from protocol.shapes import UNSET, Unset, as_set, require
from protocol.statement import Signature, Statement, compose, sign
from protocol.times import Instant
from protocol.vocabulary import AgencyForm, AgencyKind, Cap
from protocol.wire import Reserve, Reserved
from sdk.clock import Clock
from sdk.council import Council, net_header
from sdk.transport import Http

WORD: Final = 32
ABILITIES: Final = 16
"""Longest block or ability in characters, and how many abilities directories show (5.3)."""
_Word = Annotated[str, msgspec.Meta(min_length=1, max_length=WORD)]
_WORD: Final = msgspec.json.Decoder[str](_Word)
_ABLE: Final = msgspec.json.Decoder[list[str]](
    Annotated[list[_Word], msgspec.Meta(max_length=ABILITIES)]
)
T = TypeVar("T")


def public(key: SigningKey) -> Key:
    """The public half as statements name it."""
    return Key(Hash(key.public))


def key_set(keys: Sequence[SigningKey], *, t: int) -> KeySet:
    """`t` of these must sign."""
    return KeySet(keys=as_set([public(key) for key in keys]), t=t)


def signed(statement: Statement, keys: Sequence[SigningKey]) -> list[Signature]:
    """Sign with every key."""
    return [sign(statement, key) for key in keys]


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """What the root says: `t` of `keys` for itself, `sec` for plain members, `rel` for builds."""

    slug: str
    name: str
    keys: Sequence[SigningKey]
    t: int
    sec: KeySet
    exp: Instant
    rel: KeySet | None = None
    req: int = 1


async def found(
    http: Http, founding: Founding, *, setup: str, clock: Clock, entropy: Entropy
) -> Council:
    """Reserve a council with the one-time setup token and put its first root into the log."""
    reserve = Reserve(setup=setup, slug=founding.slug)
    reserved = await http.post_root("/v1/setup/reserve", reserve, Reserved)
    council = Council(http=http, clock=clock, entropy=entropy, net=None)
    statement = compose(
        Root(
            nce=council.nonce(),
            iat=clock.now(),
            n=0,
            prev=None,
            name=founding.name,
            keys=as_set([public(key) for key in founding.keys]),
            t=founding.t,
            sec=founding.sec,
            rel=founding.rel,
            origin=reserved.origin,
            srv=(Key(reserved.srv),),
            logs=_logs(reserved),
            wit=(),
            wt=0,
            req=founding.req,
            exp=founding.exp,
        )
    )
    await council.admit(statement, *signed(statement, founding.keys))
    council.log.net = NetId(statement.sid)
    council.log.headers = net_header(council.net)
    await council.until_logged(statement.sid)
    return council


def _logs(reserved: Reserved) -> Logs:
    return Logs(
        id=LogKeys(origin=reserved.id.origin, vkeys=(reserved.id.vkey,)),
        ops=LogKeys(origin=reserved.ops.origin, vkeys=(reserved.ops.vkey,)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyPaper:
    """What is certified of an agency; `keys` are its registrar's.

    `block` (圏域) and `able` (できること) are shown by directories and judged by nobody.
    """

    aid: Aid
    name: str
    kind: AgencyKind
    form: AgencyForm
    keys: Sequence[Key]
    caps: Sequence[Cap]
    nbf: Instant
    exp: Instant
    block: str = ""
    able: Sequence[str] = ()

    def shown(self) -> Extra | Unset:
        """Give what only directories show; BAD_J1 or OVERSIZE where they would not."""
        texts = [self.block, *self.able]
        require(holds=all(self.able))
        if len(self.able) > ABILITIES or max(map(len, texts)) > WORD:
            raise Refused(Code.OVERSIZE)
        told = {"block": self.block, "able": list(self.able)}
        extra = {key: msgspec.Raw(msgspec.json.encode(said)) for key, said in told.items() if said}
        return extra or UNSET


def shown_of(x: Extra | Unset) -> tuple[str, Sequence[str]]:
    """Give block and abilities of a certificate; anything of another shape is as good as absent."""
    extra = {} if x is UNSET else x
    block = _told(extra.get("block"), _WORD, "")
    return block, tuple(dict.fromkeys(_told(extra.get("able"), _ABLE, [])))


def _told(raw: msgspec.Raw | None, decoder: msgspec.json.Decoder[T], absent: T) -> T:
    try:
        return absent if raw is None else decoder.decode(raw)
    except msgspec.ValidationError:
        return absent


async def register(council: Council, paper: AgencyPaper, keys: Sequence[SigningKey]) -> Sid:
    """Certify an agency, or a new version of it, under the root's keys or `sec`'s."""
    chain = council.log.directory.agencies.get(paper.aid)
    newest = chain.newest(council.log.size) if chain else None
    statement = compose(
        Agency(
            net=council.net,
            nce=council.nonce(),
            iat=council.iat(),
            aid=paper.aid,
            name=paper.name,
            kind=paper.kind,
            form=paper.form,
            keys=as_set(paper.keys),
            caps=as_set(paper.caps),
            nbf=paper.nbf,
            exp=paper.exp,
            prev=newest.sid if newest else None,
            x=paper.shown(),
        )
    )
    await council.admit_logged(statement, *signed(statement, keys))
    return statement.sid


async def release(
    council: Council, *, ver: str, manifest: Digest, keys: Sequence[SigningKey]
) -> Sid:
    """Put a build of the browser client into the log, under the root's keys for builds.

    `manifest` is the hash of the build's `manifest.json`. UNTRUSTED where the root names no such
    keys, BAD_SIG when fewer than it demands are given.
    """
    statement = compose(
        Release(
            net=council.net,
            nce=council.nonce(),
            iat=council.iat(),
            app="web",
            ver=ver,
            manifest=manifest,
        )
    )
    named = council.root().rel
    fit = [key for key in keys if named is not None and public(key) in named.keys]
    await council.admit_logged(statement, *signed(statement, fit))
    return statement.sid
