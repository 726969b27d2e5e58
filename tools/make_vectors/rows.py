"""15: rows of a feed: meeting codes, replays, views without bytes, what keeps a feed going."""

from collections.abc import Iterator

from msgspec.structs import replace

from crypto.errors import Code
from protocol.ids import CaseId, Digest, NetId, RowHash
from protocol.payloads import LogHead, Meet
from protocol.statement import compose
from protocol.times import DAY
from protocol.vocabulary import RosterRole
from tests.room import Case
from tests.world import Staff, hash32, id16, registrar, signed
from tools.make_vectors.meeting import misplaced, opened
from tools.make_vectors.story import Story


def stories() -> Iterator[Story]:
    """Every story of this file."""
    yield _meets()
    yield _foreign()
    yield _seats()


def _meets() -> Story:
    s = opened("meeting codes")
    c, k, w = s.council, s.k, s.world
    guest = k.row_of(c.doctor, role=RosterRole.GUEST, until=w.t.plus(DAY))
    s.told("a guest", k.add(guest))

    def tried(what: str, code: Code | None, by: Staff = c.elder, **changes: object) -> None:
        body: Meet = replace(k.meet_body(), **changes)
        s.told(what, k.post(k.sign(body, by.dk)), code)

    tried("as everybody sees it", None)
    tried("by a guest", Code.NOT_MEMBER, c.doctor)
    tried("by a stranger", Code.NOT_MEMBER, c.npo)
    tried("another row hash", Code.EQUIVOCATION, fh=RowHash(hash32("x")))
    tried("a row to come", Code.EQUIVOCATION, seq=k.state.seq + 5)
    tried("another log head", Code.EQUIVOCATION, lh=LogHead(n=1, r=Digest(hash32("x"))))
    tried("another size of the log", Code.EQUIVOCATION, idn=1)
    tried("an older roster", Code.EQUIVOCATION, ros=k.state.rosters[0].sid)
    tried("a roster nobody knows", Code.EQUIVOCATION, ros=w.root.sid)
    tried("of another case", Code.WRONG_PLACE, case=CaseId(id16("x")))
    earlier = k.meet_body(seq=k.state.rosters[1].seq)
    s.told("at an earlier row, with its roster", k.post(k.sign(earlier, c.elder.dk)))
    return s


def _foreign() -> Story:
    s = opened("what does not belong into a feed")
    c, k, w = s.council, s.k, s.world
    invite = k.sign(w.invite_body("x", "A03"), registrar("A03"))
    s.told("a certificate", k.post(invite), Code.UNKNOWN_TYPE)
    ack = k.ack_body(until=w.t.plus(DAY))
    s.told(
        "of another net",
        k.post(k.sign(replace(ack, net=NetId(hash32("x"))), c.chair.dk)),
        Code.WRONG_NET,
    )
    s.told(
        "of another case",
        k.post(k.sign(replace(ack, case=CaseId(id16("x"))), c.chair.dk)),
        Code.WRONG_PLACE,
    )
    s.told("by nobody's key", k.post(k.sign(ack, c.chair.ik)), Code.BAD_SIG)
    other = signed(compose(replace(ack, nce=w.nonce())), c.chair.dk)
    row = misplaced(s, other)
    s.told("whose row commits to another signature", row, Code.BAD_SIG)
    s.told(
        "as it should be", k.post(k.sign(replace(ack, nce=w.nonce(), fd=k.state.head), c.chair.dk))
    )

    far = Case(world=w, creator=c.deputy, label="far")
    stray = far.basis(far.basis_body(c.chair), c.chair, row=False)
    s.told("another case's basis", k.post(stray), Code.WRONG_PLACE)
    away = far.sign(far.withdraw_body(stray), c.chair.dk)
    s.told("another case's withdrawal", k.post(away), Code.WRONG_PLACE)
    seat = k.sign(replace(k.seat_body(c.livelihood), case=far.case), c.livelihood.dk)
    s.told("another case's seat", k.post(seat), Code.WRONG_PLACE)
    own = k.basis(k.basis_body(c.chair, sub="son"), c.chair, row=False)
    s.told("a basis under other signatures", misplaced(s, own), Code.BAD_SIG)
    late = k.sign(k.ack_body(until=w.t), c.health.dk)
    s.told("the feed goes on", k.post(late), Code.RULE_DENIED)
    ahead = replace(k.ack_body(until=w.t), fd=(1, RowHash(hash32("x"))))
    s.told("having seen another row", k.post(k.sign(ahead, c.chair.dk)), Code.EQUIVOCATION)
    return s


def _seats() -> Story:
    s = opened("answers to invitations")
    c, k = s.council, s.k
    s.told("uninvited", k.seat(c.npo), Code.NOT_SEATED)
    body = k.seat_body(c.npo)
    s.told("for somebody else", k.post(k.sign(body, c.elder.dk)), Code.RULE_DENIED)
    s.told("to no sitting", k.seat(c.npo, sit="9"), Code.UNKNOWN_ID)
    s.told("answered already", k.seat(c.livelihood), Code.CONFLICT)
    return s
