"""What people try to put into the log and into the room, each under her own key."""

from collections.abc import Callable, Mapping
from typing import Final, TypedDict

from msgspec.structs import replace

from identity.model import revive
from protocol.derived import device_id
from protocol.ids import ActId, Aid, Blob, CaseId, Digest, Hash, Id, InvId, NetId, Nonce, SubId, Wid
from protocol.ops import ActNew, NextSet, SeatInv
from protocol.payloads import (
    Agency,
    Basis,
    Device,
    Invite,
    LogHead,
    Meet,
    Payload,
    Pledge,
    Release,
    Revoke,
    Roster,
    Scope,
    Seat,
    Withdraw,
)
from protocol.statement import compose, sign, to_dsse
from protocol.times import DAY, HOUR, Instant
from protocol.vocabulary import (
    AgencyForm,
    AgencyKind,
    BasisKind,
    Cap,
    DocClass,
    Duty,
    Kind,
    RevokeWhat,
    RevokeWhy,
    SeatAnswer,
    Why,
)
from protocol.wire import Post, RowIn
from tests.edges.people import key, nonce, public, seed
from tests.edges.rights.rows import (
    document,
    dsse,
    note,
    now_at,
    operation,
    state_of,
    statement,
)
from tests.edges.rights.town import Place, Who
from tests.edges.sdk.town import PLEDGE

# ---------------------------------------------------------------- the identity log


def logged_root(place: Place, _who: Who) -> Blob:
    """The council's root, which anybody may send again."""
    stored = place.rooms.desk.council.behind(0)
    assert stored is not None
    return Blob(to_dsse(revive(stored), stored.signatures))


class _Base(TypedDict):
    net: NetId
    nce: Nonce
    iat: Instant


def _base(place: Place) -> _Base:
    return {"net": place.net, "nce": nonce(), "iat": now_at(place)}


def invitation(place: Place, who: Who) -> Blob:
    """An invitation by somebody who is no registrar."""
    body = Invite(
        **_base(place),
        inv=InvId(Id(seed()[:16])),
        aid=who.me.aid,
        wid=None,
        caps=(Cap.MEMBER,),
        exp=now_at(place).plus(HOUR),
        am=Digest(Hash(seed())),
    )
    return dsse(who, body)


def agency(place: Place, who: Who) -> Blob:
    """An agency by somebody who holds no key of the root."""
    body = Agency(
        **_base(place),
        aid=Aid(Id(seed()[:16])),
        name="A99",
        kind=AgencyKind.NPO,
        form=AgencyForm.CORPORATION,
        keys=(who.me.dk,),
        caps=(Cap.MEMBER,),
        nbf=now_at(place),
        exp=now_at(place).plus(DAY),
        prev=None,
    )
    return dsse(who, body)


def release(place: Place, who: Who) -> Blob:
    """A build of the page, in a council whose root names nobody for it."""
    return dsse(who, Release(**_base(place), app="web", ver="9.9.9", manifest=Digest(Hash(seed()))))


def revocation(place: Place, who: Who) -> Blob:
    """The end of the recorder's device, by a device."""
    body = Revoke(
        **_base(place),
        what=RevokeWhat.DEVICE,
        id=place.people["recorder"].me.device,
        why=RevokeWhy.ERROR,
        since=None,
    )
    return dsse(who, body)


def pledge(place: Place, who: Who, *, of: str = "") -> Blob:
    """A pledge of her own."""
    me = place.people[of].me if of else who.me
    until = now_at(place).plus(100 * DAY)
    body = Pledge(**_base(place), aid=me.aid, wid=me.wid, text=PLEDGE, ver=1, until=until)
    return dsse(who, body)


def anothers_pledge(place: Place, who: Who) -> Blob:
    """A pledge for somebody else."""
    return pledge(place, who, of="stranger" if who.name == "recorder" else "recorder")


def _withdraw(place: Place) -> Withdraw:
    case = place.case
    return Withdraw(**_base(place), case=case.case, basis=case.basis, ag=None, cats=None)


def withdrawal(place: Place, who: Who) -> Blob:
    """A withdrawal beside the room, where its row would be missing."""
    return dsse(who, _withdraw(place))


def decision(place: Place, who: Who) -> Blob:
    """A decision by law that waits for the chair's signature."""
    approver = place.people["deputy" if who.name == "chair" else "chair"]
    now = now_at(place)
    body = Basis(
        **_base(place),
        case=place.case.case,
        prev=None,
        ver=1,
        kind=BasisKind.LAW,
        law="swa-106-6",
        kinds=("shien",),
        sub=SubId(Id(seed()[:16])),
        subc=Digest(Hash(seed())),
        scope=(Scope(ag=(who.me.aid,), cats=("c1",)),),
        purp=("advice",),
        prop=who.me.wid,
        apr=approver.me.wid,
        evc=None,
        from_=now,
        until=now.plus(DAY),
        rev=now.plus(DAY),
    )
    return dsse(who, body)


def device_of_nobody(place: Place) -> Blob:
    """The beginning of a device under keys that the council has never seen."""
    ik, dk, wid = key(), key(), Wid(Id(seed()[:16]))
    now = now_at(place)
    body = Device(
        **_base(place),
        did=device_id(net=place.net, wid=wid, dk=public(dk)),
        wid=wid,
        ik=public(ik),
        dk=public(dk),
        ekh=Digest(Hash(seed())),
        eg=0,
        nbf=now,
        exp=now.plus(DAY),
        prev=None,
    )
    made = compose(body)
    return Blob(to_dsse(made, [sign(made, ik)]))


# ---------------------------------------------------------------- what is read


def _newest(place: Place, kind: str, doc: object = None) -> Hash:
    records = place.rooms.desk.cache.known()[place.case.case].room.records
    return next(
        each.id
        for each in reversed(records)
        if each.kind == kind
        and each.code is None
        and (doc is None or (each.generation or (None,))[0] == doc)
    )


def board_words(place: Place) -> Hash:
    """The newest operation on the board."""
    return _newest(place, Kind.OP, document(place, DocClass.BOARD))


def few_words(place: Place) -> Hash:
    """The section of the second agency and the chair."""
    return _newest(place, Kind.SUM, place.case.few.doc)


def card_words(place: Place) -> Hash:
    """The card of the guests."""
    return _newest(place, Kind.SUM, place.case.card.doc)


def bundle(place: Place) -> Hash:
    """The newest bundle of keys."""
    return Hash(state_of(place).roster.bun)


# ---------------------------------------------------------------- what is posted


def _own_action(place: Place, who: Who) -> Post:
    return _action(place, who, who.me.aid)


def _anothers_action(place: Place, who: Who) -> Post:
    owner = "chair" if who.me.aid == place.aids["member"] else "member"
    return _action(place, who, place.aids[owner])


def _action(place: Place, who: Who, ag: Aid) -> Post:
    facts = ActNew(
        act=ActId(Id(seed()[:16])),
        it=place.case.it,
        ag=ag,
        w=None,
        due="2027-01-31",
        from_=None,
        ext=0,
    )
    return operation(place, who, facts, cls=DocClass.BOARD)


def _next(place: Place, who: Who) -> Post:
    facts = NextSet(sit=place.case.sit, at=now_at(place).plus(30 * DAY))
    return operation(place, who, facts, cls=DocClass.AGENDA)


def _invite(place: Place, who: Who) -> Post:
    wid = place.people["spare"].me.wid
    facts = SeatInv(sit=place.case.sit, wid=wid, duty=Duty.MEMBER, late=1)
    return operation(place, who, facts, cls=DocClass.AGENDA)


def _meet(place: Place, who: Who) -> Post:
    state = state_of(place)
    current = state.current
    assert current is not None
    body = Meet(
        **_base(place),
        case=place.case.case,
        ros=current.sid,
        seq=state.seq,
        fh=state.fh,
        idn=state.idn,
        lh=_log_head(place),
    )
    return statement(place, who, body)


def _log_head(place: Place) -> LogHead:
    council = place.rooms.desk.council
    root = council.log_root(council.idn)
    assert root is not None
    return LogHead(n=council.idn, r=root)


def _removal(place: Place, who: Who) -> Post:
    """A roster without the recorder, and without its bundle: nobody's is stored."""
    state = state_of(place)
    current, gone = state.current, place.people["recorder"].me.wid
    assert current is not None
    body = replace(
        current.body,
        **_base(place),
        n=current.body.n + 1,
        prev=current.sid,
        mem=tuple(row for row in current.body.mem if row.wid != gone),
        kc=Digest(Hash(seed())),
        bun=Digest(Hash(seed())),
        lh=_log_head(place),
        fd=state.head,
        void=(),
        why=Why.REMOVE,
    )
    assert isinstance(body, Roster)
    return statement(place, who, body)


def _never(place: Place, who: Who, body: Payload) -> Post:
    """A batch whose second row is refused (WRONG_PLACE): whoever may changes nothing either."""
    elsewhere = replace(_answer(place, who), case=CaseId(Id(bytes(16))))
    rows = tuple(RowIn(form="stm", bytes=dsse(who, each)) for each in (body, elsewhere))
    return Post(case=place.case.case, rows=rows, bundles=())


def _answer(place: Place, who: Who) -> Seat:
    return Seat(
        **_base(place),
        case=place.case.case,
        sit=place.case.sit,
        wid=who.me.wid,
        ans=SeatAnswer.ACCEPT,
        to=None,
        why=None,
    )


def _seat(place: Place, who: Who) -> Post:
    return _never(place, who, _answer(place, who))


def _anothers_seat(place: Place, who: Who) -> Post:
    wid = place.people["stranger" if who.name == "invited" else "invited"].me.wid
    return _never(place, who, replace(_answer(place, who), wid=wid))


def _take_back(place: Place, who: Who) -> Post:
    return _never(place, who, _withdraw(place))


POSTS: Final[Mapping[str, Callable[[Place, Who], Post]]] = {
    "action of her own agency": _own_action,
    "action of another agency": _anothers_action,
    "next sitting": _next,
    "invitation": _invite,
    "note to the item": lambda place, who: note(
        place, who, document(place, DocClass.ITEM), item=place.case.it
    ),
    "note to the card": lambda place, who: note(place, who, place.case.card.doc),
    "note to the section for few": lambda place, who: note(
        place, who, place.case.few.doc, item=place.case.it
    ),
    "meeting code": _meet,
    "roster without the recorder": _removal,
    "own seat": _seat,
    "another's seat": _anothers_seat,
    "withdrawal": _take_back,
}
