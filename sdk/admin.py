"""Founding a council and registering agencies (flow 15.1)."""

from collections.abc import Sequence
from dataclasses import dataclass

from crypto.entropy import Entropy
from crypto.signing import SigningKey
from protocol.ids import Aid, Hash, Key, NetId, Sid
from protocol.payloads import Agency, KeySet, LogKeys, Logs, Root
from protocol.shapes import as_set
from protocol.statement import Signature, Statement, compose, sign
from protocol.times import Instant
from protocol.vocabulary import AgencyForm, AgencyKind, Cap
from protocol.wire import Reserve, Reserved
from sdk.clock import Clock
from sdk.council import Council, net_header
from sdk.transport import Http


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
    """What the root says of the council: `t` of `keys` for the root, `sec` for plain members."""

    slug: str
    name: str
    keys: Sequence[SigningKey]
    t: int
    sec: KeySet
    exp: Instant
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
            rel=None,
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
    """What is certified of an agency; `keys` are its registrar's."""

    aid: Aid
    name: str
    kind: AgencyKind
    form: AgencyForm
    keys: Sequence[Key]
    caps: Sequence[Cap]
    nbf: Instant
    exp: Instant


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
        )
    )
    await council.admit_logged(statement, *signed(statement, keys))
    return statement.sid
