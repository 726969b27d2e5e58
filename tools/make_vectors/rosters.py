"""10: rosters, one accepted and one refused for each reason and each forbidden change (5.6)."""

from collections.abc import Iterator

from msgspec.structs import replace

from crypto.errors import Code
from protocol.codec import b64u
from protocol.ids import CaseId, Digest, NetId, RowHash, Sid
from protocol.payloads import LogHead, MemberRow, Origin, Roster
from protocol.shapes import UNSET, as_set
from protocol.statement import Statement
from protocol.times import DAY, HOUR
from protocol.vocabulary import AckKind, Cap, Duty, RevokeWhat, RevokeWhy, RosterRole, Why
from tests.room import by_wid
from tests.world import (
    POLICY,
    START,
    Staff,
    aid_of,
    doc_of,
    hash32,
    id16,
    public,
    registrar,
    scope,
)
from tools.make_vectors.meeting import convened, misplaced, opened
from tools.make_vectors.story import Story


def stories() -> Iterator[Story]:
    """Every story of this file."""
    yield _places()
    yield _heads()
    yield _creates()
    yield _not_a_chair()
    yield _people()
    yield _shapes()
    yield _bases()
    yield _adds()
    yield _replaced_basis()
    yield _removes()
    yield _narrows()
    yield _rotates()
    yield _acting()
    yield _vacant()
    yield _handovers()
    yield _handover_to_a_new_row()
    yield _handover_compromised()
    yield _closes()
    yield _closes_empty()
    yield _later()


def _created(s: Story, what: str, body: Roster, by: Staff, code: Code | None = None) -> None:
    s.told(what, s.k.roster(body, by), code)


def _places() -> Story:
    s = Story(id="where a first roster belongs")
    c, k = s.council, s.convene(s.council.chair)
    basis = k.consent()
    good = k.create_body([k.row_of(c.chair, n=0)], basis)
    other = CaseId(id16("another case"))
    _created(s, "another net", replace(good, net=NetId(hash32("net"))), c.chair, Code.WRONG_NET)
    _created(s, "another case", replace(good, case=other), c.chair, Code.WRONG_PLACE)
    _created(
        s, "another nonce", replace(good, nonce=Digest(hash32("x"))), c.chair, Code.WRONG_PLACE
    )
    _created(
        s, "somebody else's genesis", replace(good, nce=s.world.nonce()), c.deputy, Code.WRONG_PLACE
    )
    second = replace(good, n=1, nonce=UNSET, prev=basis.sid, why=Why.ADD)
    _created(s, "a second roster first", second, c.chair, Code.FORK_OR_GAP)
    _created(s, "for another reason", replace(good, why=Why.ROTATE), c.chair, Code.RULE_DENIED)
    s.told(
        "signed by the person's key",
        k.roster(replace(good, nce=s.world.nonce()), c.chair.ik),
        Code.BAD_SIG,
    )
    unlike = k.sign(replace(good, nce=s.world.nonce()), c.chair.dk)
    s.told("in a row that commits to other signatures", misplaced(s, unlike), Code.BAD_SIG)
    lost = s.world.second_device(c.chair, "lost")
    s.told(
        "signed by another device of hers",
        k.roster(replace(good, nce=s.world.nonce()), lost.dk),
        Code.WRONG_PLACE,
    )
    _created(s, "as it should be", good, c.chair)
    _created(s, "the same once more", good, c.chair, Code.REPLAY)
    _created(s, "a second genesis", replace(good, nce=s.world.nonce()), c.chair, Code.FORK_OR_GAP)
    _created(s, "a gap", replace(k.next_body(Why.ROTATE), n=3), c.chair, Code.FORK_OR_GAP)
    _created(
        s,
        "another predecessor",
        replace(k.next_body(Why.ROTATE), prev=basis.sid),
        c.chair,
        Code.FORK_OR_GAP,
    )
    _created(s, "the next", k.next_body(Why.ROTATE), c.chair)
    _created(
        s,
        "create as the next",
        replace(k.next_body(Why.ROTATE), why=Why.CREATE),
        c.chair,
        Code.RULE_DENIED,
    )
    return s


def _heads() -> Story:
    s = Story(id="what the signer had seen")
    c, k = s.council, s.convene(s.council.chair)
    basis = k.consent()
    good = k.create_body([k.row_of(c.chair, n=0)], basis)
    wrong = LogHead(n=good.lh.n, r=Digest(hash32("another root")))
    _created(s, "a log head that is not mine", replace(good, lh=wrong), c.chair, Code.EQUIVOCATION)
    s.world.beat()
    body = s.k.create_body([k.row_of(c.chair, n=0)], basis)
    s.told(
        "a log head beyond the row's own",
        k.post(k.sign(body, c.chair.dk), idn=s.world.size - 1),
        Code.EQUIVOCATION,
    )
    ahead = replace(good, nce=s.world.nonce(), fd=(99, RowHash(hash32("row"))))
    _created(s, "a feed row that is not there", ahead, c.chair, Code.EQUIVOCATION)
    forked = replace(good, nce=s.world.nonce(), fd=(1, RowHash(hash32("row"))))
    _created(s, "another row at that place", forked, c.chair, Code.EQUIVOCATION)
    s.world.beat(25 * HOUR)
    _created(
        s, "a log head a day old", replace(good, nce=s.world.nonce()), c.chair, Code.NO_FRESH_LOG
    )
    _created(s, "a fresh one", k.create_body([k.row_of(c.chair, n=0)], basis), c.chair)
    back = k.next_body(Why.ROTATE, lh=s.world.size - 2)
    _created(s, "an older head than the roster before", back, c.chair, Code.EQUIVOCATION)
    s.world.revoke(RevokeWhat.DEVICE, c.chair.dev.sid, c.chair.ik)
    _created(s, "by a device that ended", k.next_body(Why.ROTATE), c.chair, Code.REVOKED)
    return s


def _creates() -> Story:
    s = Story(id="who creates a room")
    c, k = s.council, s.convene(s.council.chair)
    basis = k.consent()
    rows = [k.row_of(c.chair, n=0), k.row_of(c.recorder, n=0)]
    good = k.create_body(rows, basis)
    _created(
        s,
        "a row of another agency",
        _with(s, good, k.row_of(c.elder, n=0)),
        c.chair,
        Code.RULE_DENIED,
    )
    _created(
        s,
        "a row of nobody",
        _with(s, good, replace(rows[0], wid=id16("nobody"))),
        c.chair,
        Code.RULE_DENIED,
    )
    _created(
        s,
        "a row of a later roster",
        _with(s, good, k.row_of(c.deputy, n=1)),
        c.chair,
        Code.RULE_DENIED,
    )
    _created(
        s,
        "for another chair",
        replace(good, nce=s.world.nonce(), chair=c.recorder.wid),
        c.chair,
        Code.RULE_DENIED,
    )
    _created(
        s,
        "for a chair without a row",
        replace(good, nce=s.world.nonce(), chair=c.elder.wid),
        c.chair,
        Code.RULE_DENIED,
    )
    _created(
        s,
        "with a reference",
        replace(good, nce=s.world.nonce(), ref=basis.sid),
        c.chair,
        Code.RULE_DENIED,
    )
    origin = Origin(case=k.case, sid=basis.sid, seq=1, fh=k.state.fh)
    _created(
        s, "continuing another room", replace(good, nce=s.world.nonce(), from_=origin), c.chair
    )
    return s


def _not_a_chair() -> Story:
    s = Story(id="a recorder creates a room")
    c, k = s.council, s.convene(s.council.recorder)
    basis = k.consent()
    _created(
        s,
        "she may not chair",
        k.create_body([k.row_of(c.recorder, n=0)], basis),
        c.recorder,
        Code.RULE_DENIED,
    )
    return s


def _with(s: Story, body: Roster, *rows: MemberRow) -> Roster:
    return replace(body, nce=s.world.nonce(), mem=by_wid((*body.mem, *rows)))


def _people() -> Story:
    s = Story(id="who may stand in a roster")
    c, w = s.council, s.world
    k = s.convene(c.chair)
    basis = k.consent()
    good = k.create_body([k.row_of(c.chair, n=0)], basis)
    bare = w.staff("bare", "A01", pledged=False)
    short = w.staff("short", "A01", life=DAY)
    gone = w.staff("gone", "A01")
    late = w.staff("late", "A01", pledged=False)
    w.pledge(late, life=DAY)
    w.revoke_worker(gone)
    w.beat(DAY)
    good = k.create_body([k.row_of(c.chair, n=0)], basis)
    tries: list[tuple[str, MemberRow, Code]] = [
        ("without a pledge", k.row_of(bare, n=0), Code.PLEDGE_MISSING),
        ("whose pledge ran out", k.row_of(late, n=0), Code.PLEDGE_EXPIRED),
        ("whose certificate ran out", k.row_of(short, n=0), Code.EXPIRED),
        ("who was revoked", k.row_of(gone, n=0), Code.REVOKED),
        (
            "with another key",
            replace(k.row_of(c.deputy, n=0), ik=public(c.elder.ik)),
            Code.UNTRUSTED,
        ),
        (
            "who may not take minutes",
            k.row_of(c.deputy, n=0, role=RosterRole.MINUTES),
            Code.RULE_DENIED,
        ),
    ]
    for what, row, code in tries:
        _created(s, what, _with(s, good, row), c.chair, code)
    w.log(w.pledge_body(aid_of("A02"), ver=2), registrar("A02"))
    minutes = w.staff("minutes", "A01", caps=(Cap.MINUTES,), pledged=False)
    for person in (c.chair, minutes):
        w.pledge(person, ver=2)
    unpledged = k.create_body([k.row_of(c.chair, n=0)], basis)
    _created(s, "whose agency pledged an older text", unpledged, c.chair, Code.PLEDGE_EXPIRED)
    w.log(w.pledge_body(aid_of("A01"), ver=2), registrar("A01"))
    good = k.create_body([k.row_of(c.chair, n=0)], basis)
    _created(
        s,
        "a recorder as a member",
        _with(s, good, k.row_of(minutes, n=0)),
        c.chair,
        Code.RULE_DENIED,
    )
    _created(
        s,
        "a recorder as such",
        _with(s, good, k.row_of(minutes, n=0, role=RosterRole.MINUTES)),
        c.chair,
    )
    return s


def _shapes() -> Story:
    s = Story(id="the shape of a roster")
    c, w = s.council, s.world
    k = s.convene(c.chair)
    basis = k.consent()
    many = [w.staff(f"act {i}", "A01", caps=(Cap.CHAIR, Cap.MEMBER)) for i in range(9)]
    rows = [k.row_of(p, n=0) for p in (c.chair, c.deputy, c.recorder, *many)]
    guest = k.row_of(w.staff("guest", "A01"), n=0, role=RosterRole.GUEST, until=w.t.plus(DAY))
    good = k.create_body(rows, basis)

    def tried(what: str, code: Code | None, **changes: object) -> None:
        _created(s, what, replace(good, **{"nce": w.nonce(), **changes}), c.chair, code)

    tried("an act without a row", Code.RULE_DENIED, act=(c.csw.wid,))
    tried("the chair as an act", Code.RULE_DENIED, act=(c.chair.wid,))
    tried("an act who may not chair", Code.RULE_DENIED, act=(c.recorder.wid,))
    tried("nine acts", Code.RULE_DENIED, act=tuple(p.wid for p in many))
    tried(
        "17 void attempts", Code.RULE_DENIED, void=as_set([Sid(hash32(str(i))) for i in range(17)])
    )
    deputy = replace(k.row_of(c.deputy, n=0, role=RosterRole.GUEST, until=w.t.plus(DAY)))
    with_guest = by_wid([row for row in rows if row.wid != c.deputy.wid] + [deputy])
    tried("a guest as an act", Code.RULE_DENIED, mem=with_guest, act=(c.deputy.wid,))
    as_guest = replace(rows[0], role=RosterRole.GUEST, until=w.t.plus(DAY))
    tried("a guest as the chair", Code.RULE_DENIED, mem=(as_guest,))
    tried(
        "a guest whose time is over",
        Code.RULE_DENIED,
        mem=by_wid([*rows, replace(guest, until=START)]),
    )
    tried(
        "eight acts, a guest, 16 void attempts",
        None,
        mem=by_wid([*rows, guest]),
        act=tuple(p.wid for p in many[:8]),
        void=as_set([Sid(hash32(str(i))) for i in range(16)]),
    )
    return s


def _bases() -> Story:
    s = Story(id="the bases of a roster")
    c, w = s.council, s.world
    k = s.convene(c.chair)
    basis = k.consent()
    rows = [k.row_of(c.chair, n=0)]
    _created(s, "without a basis", k.create_body(rows), c.chair, Code.OUT_OF_SCOPE)
    unknown = replace(k.create_body(rows, basis), basis=as_set([basis.sid, w.root.sid]))
    _created(s, "that is no basis", unknown, c.chair, Code.NO_BASIS)
    other = Story(id="another room", council=c)
    far = other.convene(c.deputy)
    stray = far.basis(far.basis_body(c.deputy), c.deputy, row=False)
    _created(s, "of another room", k.create_body(rows, basis, stray), c.chair, Code.NO_BASIS)
    unposted = k.basis(k.basis_body(c.chair, sub="son"), c.chair, row=False)
    _created(
        s,
        "whose bytes are not in the feed",
        k.create_body(rows, basis, unposted),
        c.chair,
        Code.NO_BASIS,
    )
    old = replace(k.create_body(rows, basis, unposted), lh=w.head(w.size - 1))
    s.told("its row", k.post(unposted))
    _created(
        s, "that was not logged at its head", replace(old, fd=k.state.head), c.chair, Code.NO_BASIS
    )
    later = k.basis(k.basis_body(c.chair, sub="son", start=DAY), c.chair)
    _created(s, "that has not begun", k.create_body(rows, basis, later), c.chair, Code.NO_BASIS)
    few = k.basis(k.basis_body(c.chair, names=scope((("A03",), ("c1",)))), c.chair)
    _created(s, "that covers somebody else", k.create_body(rows, few), c.chair, Code.OUT_OF_SCOPE)
    foreign = k.basis(k.basis_body(c.npo, names=scope((("A01",), ("c1",)))), c.npo)
    _created(
        s,
        "signed by a stranger to the case",
        k.create_body(rows, basis, foreign),
        c.chair,
        Code.RULE_DENIED,
    )
    lawless = k.basis(k.basis_body(c.chair, law="nothing"), c.chair)
    _created(
        s,
        "that the register does not know",
        k.create_body(rows, basis, lawless),
        c.chair,
        Code.RULE_DENIED,
    )
    _created(s, "as it should be", k.create_body(rows, basis), c.chair)
    late = k.basis_body(c.npo, names=scope((("A01",), ("c1",))))
    logged = w.log(late, c.npo.dk)
    s.told("a stranger's basis, posted later", k.post(logged), Code.RULE_DENIED)
    unlogged = k.sign(k.basis_body(c.chair, sub="aunt"), c.chair.dk)
    s.told("a basis that is not logged", k.post(unlogged), Code.NOT_LOGGED)
    return s


def _adds() -> Story:
    s = convened("adding members")
    c, k = s.council, s.k
    before = k.state.roster

    def tried(
        what: str, code: Code | None, *rows: MemberRow, by: Staff = c.chair, **changes: object
    ) -> None:
        body = k.next_body(Why.ADD, mem=(*k.state.roster.mem, *rows))
        _created(s, what, replace(body, **changes), by, code)

    tried("who has not answered", Code.NOT_SEATED, k.row_of(c.npo))
    s.told("an adviser", k.invite(c.doctor, duty=Duty.ADVISER))
    s.told("who accepts", k.seat(c.doctor))
    tried("whom nothing covers", Code.OUT_OF_SCOPE, k.row_of(c.doctor))
    tried("by a member", Code.RULE_DENIED, k.row_of(c.elder), by=c.recorder)
    tried("by an act without a word of the chair", Code.RULE_DENIED, k.row_of(c.elder), by=c.deputy)
    tried("from another roster on", Code.RULE_DENIED, k.row_of(c.elder, n=0))
    tried(
        "and leaving somebody out",
        Code.RULE_DENIED,
        mem=by_wid([*k.without(c.recorder), k.row_of(c.elder)]),
    )
    changed = [*k.without(c.recorder), k.row_of(c.recorder, role=RosterRole.MINUTES, n=0)]
    tried("and changing a role", Code.RULE_DENIED, mem=by_wid(changed))
    tried("and another chair", Code.RULE_DENIED, k.row_of(c.elder), chair=c.deputy.wid, act=())
    tried("and another policy", Code.RULE_DENIED, k.row_of(c.elder), pol=replace(POLICY, rot=31))
    tried("and dropping an act", Code.RULE_DENIED, k.row_of(c.elder), act=())
    tried("and dropping a basis", Code.RULE_DENIED, k.row_of(c.elder), basis=())
    tried("with a reference", Code.RULE_DENIED, k.row_of(c.elder), ref=before.basis[0])
    origin = Origin(case=k.case, sid=before.basis[0], seq=1, fh=k.state.fh)
    tried("with an origin", Code.RULE_DENIED, k.row_of(c.elder), from_=origin)
    tried(
        "one of another generation",
        Code.UNTRUSTED,
        replace(k.row_of(c.elder), ik=public(c.health.ik)),
    )
    tried("as it should be", None, k.row_of(c.elder))
    s.ask(
        "who holds the key now",
        "recipients",
        _sids(c.chair, c.deputy, c.recorder, c.elder),
        n=s.world.size,
    )
    guest = k.row_of(c.doctor, role=RosterRole.GUEST, until=s.world.t.plus(DAY))
    tried("a guest needs neither seat nor cover", None, guest)
    s.ask(
        "and gets no key",
        "recipients",
        _sids(c.chair, c.deputy, c.recorder, c.elder),
        n=s.world.size,
    )
    tried(
        "the chair appends to the acts",
        Code.RULE_DENIED,
        k.row_of(c.health),
        act=(c.deputy.wid, c.elder.wid),
    )
    third = s.world.staff("third", "A01", caps=(Cap.CHAIR, Cap.MEMBER))
    s.told("a third who may chair", k.invite(third))
    s.told("accepts", k.seat(third))
    tried("and becomes an act at the end", None, k.row_of(third), act=(c.deputy.wid, third.wid))
    tried("not in front", Code.RULE_DENIED, k.row_of(c.health), act=(third.wid, c.deputy.wid))
    return s


def _sids(*people: Staff) -> list[str]:
    return sorted(b64u(person.dev.sid) for person in people)


def _replaced_basis() -> Story:
    s = opened("a basis gives way to its next version")
    c, k = s.council, s.k
    [first] = k.state.roster.basis
    logged = s.world.directory.logged[first].statement
    narrow = scope((("A01", "A03"), ("c1", "c2")))
    second = k.basis(k.basis_body(c.chair, names=narrow, prev=logged), c.chair)
    fresh = k.basis(k.basis_body(c.chair, sub="son"), c.chair)
    unrelated = k.next_body(Why.ADD, basis=[fresh.sid])
    _created(s, "not to another basis", unrelated, c.chair, Code.RULE_DENIED)
    keeping = [row for row in k.state.roster.mem if row.wid != c.health.wid]
    _created(
        s,
        "whoever is not covered must go first",
        k.next_body(Why.ADD, basis=[second.sid]),
        c.chair,
        Code.OUT_OF_SCOPE,
    )
    _created(s, "she goes", k.next_body(Why.NARROW, mem=keeping), c.chair)
    _created(
        s,
        "the newer version takes its place",
        k.next_body(Why.ADD, basis=[second.sid, fresh.sid]),
        c.chair,
    )
    _created(
        s,
        "the older does not come back",
        k.next_body(Why.ADD, basis=[first, fresh.sid]),
        c.chair,
        Code.RULE_DENIED,
    )
    return s


def _removes() -> Story:
    s = opened("removing members")
    c, k = s.council, s.k
    mem = k.without(c.health)

    def tried(what: str, code: Code | None, by: Staff = c.chair, **changes: object) -> None:
        body = k.next_body(Why.REMOVE, mem=k.without(c.health))
        _created(s, what, replace(body, **changes), by, code)

    tried("by a member", Code.RULE_DENIED, c.elder)
    tried("and adding somebody", Code.RULE_DENIED, mem=by_wid([*mem, k.row_of(c.npo)]))
    tried("and dropping a basis", Code.RULE_DENIED, basis=())
    tried("and a new act", Code.RULE_DENIED, act=(c.deputy.wid, c.elder.wid))
    tried("and another chair", Code.RULE_DENIED, chair=c.deputy.wid, act=())
    s.told("the chair lets acts act", k.ack(c.chair, s.world.t.plus(DAY)))
    tried("an act does not shorten the acts", Code.RULE_DENIED, c.deputy, act=())
    tried("as it should be, by an act", None, c.deputy)
    tried("the chair shortens the acts", None, act=())
    return s


def _narrows() -> Story:
    s = opened("narrowing")
    c, k = s.council, s.k
    son = k.basis(k.basis_body(c.chair, sub="son"), c.chair)
    _created(
        s, "a second subject", k.next_body(Why.ADD, basis=[*k.state.roster.basis, son.sid]), c.chair
    )

    def tried(what: str, code: Code | None, by: Staff = c.chair, **changes: object) -> None:
        basis = [sid for sid in k.state.roster.basis if sid != son.sid]
        body = k.next_body(Why.NARROW, mem=k.without(c.health), basis=basis)
        _created(s, what, replace(body, **changes), by, code)

    tried("by a member", Code.RULE_DENIED, c.elder)
    tried(
        "and adding a basis",
        Code.RULE_DENIED,
        basis=as_set([*k.state.roster.basis, s.world.root.sid]),
    )
    tried("and dropping an act", Code.RULE_DENIED, act=())
    tried(
        "and adding somebody", Code.RULE_DENIED, mem=by_wid([*k.without(c.health), k.row_of(c.npo)])
    )
    tried("and another policy", Code.RULE_DENIED, pol=replace(POLICY, keep="case-7y"))
    tried("nobody left", Code.RULE_DENIED, mem=(), act=())
    tried("as it should be", None)
    tried("also the chair herself", None, mem=by_wid(k.without(c.chair)))
    return s


def _rotates() -> Story:
    s = opened("rotating")
    c, k, w = s.council, s.k, s.world
    guest = k.row_of(c.doctor, role=RosterRole.GUEST, until=w.t.plus(DAY))
    s.told("a guest", k.add(guest))

    def tried(what: str, code: Code | None, by: Staff = c.elder, **changes: object) -> None:
        _created(s, what, replace(k.next_body(Why.ROTATE), **changes), by, code)

    tried("by a guest", Code.RULE_DENIED, c.doctor)
    tried("by a stranger", Code.RULE_DENIED, c.npo)
    tried("choosing who stays", Code.RULE_DENIED, mem=by_wid(k.without(c.health)))
    tried("choosing bases", Code.RULE_DENIED, basis=())
    tried("choosing acts", Code.RULE_DENIED, act=())
    tried("another chair", Code.RULE_DENIED, chair=c.deputy.wid, act=())
    tried("another policy", Code.RULE_DENIED, pol=replace(POLICY, rot=1))
    tried("by any member", None)
    w.revoke_worker(c.health)
    w.beat(DAY)
    tried("with somebody who ended", Code.RULE_DENIED)
    tried("with a guest whose time is over", Code.RULE_DENIED, mem=by_wid(k.without(c.health)))
    s.told("as computed", k.rotate(c.elder, c.health, c.doctor))
    tried("by one who was pruned", Code.REVOKED, c.health)
    return s


def _acting() -> Story:
    s = opened("the acting chair")
    c, k, w = s.council, s.k, s.world

    def tried(what: str, code: Code | None, by: Staff = c.deputy) -> None:
        body = k.next_body(Why.REMOVE, mem=k.state.roster.mem)
        _created(s, what, body, by, code)

    tried("without a word of the chair", Code.RULE_DENIED)
    ack = k.sign(k.ack_body(until=w.t.plus(DAY)), c.deputy.dk)
    s.told("she cannot give it herself", k.post(ack), Code.RULE_DENIED)
    first = k.sign(k.ack_body(until=w.t.plus(2 * DAY)), c.chair.dk)
    s.told("two days", k.post(first))
    tried("now she may", None)
    tried("nobody else", Code.RULE_DENIED, c.elder)
    s.told("the chair shortens it", k.ack(c.chair, w.t.plus(HOUR)))
    s.told("the older word cannot be shown again", k.post(first), Code.REPLAY)
    w.beat(HOUR)
    tried("the hour is over", Code.RULE_DENIED)
    bad = k.sign(k.ack_body(AckKind.BAD_BUNDLE, n=0), c.elder.dk)
    s.told("a report of a bad bundle", k.post(bad))
    read = k.sign(k.ack_body(AckKind.READ, what=w.root.sid), c.elder.dk)
    s.told("a kind of a later version", k.post(read), Code.UNKNOWN_TYPE)
    stranger = k.sign(k.ack_body(AckKind.BAD_BUNDLE, n=0), c.npo.dk)
    s.told("by a stranger", k.post(stranger), Code.NOT_MEMBER)
    newest = k.sign(k.ack_body(AckKind.BAD_BUNDLE, n=k.state.epoch), c.elder.dk)
    s.told("a report of the newest bundle", k.post(newest))
    none = k.sign(k.ack_body(AckKind.BAD_BUNDLE, n=k.state.epoch + 1), c.elder.dk)
    s.told("of one that nobody made yet", k.post(none), Code.UNKNOWN_ID)
    return s


def _vacant() -> Story:
    s = opened("a vacant chair")
    c, k, w = s.council, s.k, s.world
    s.world.revoke_worker(c.chair)
    s.told("the chair is pruned", k.rotate(c.elder, c.chair))
    body = k.next_body(Why.REMOVE, mem=k.without(c.health))
    _created(s, "not a member", body, c.elder, Code.RULE_DENIED)
    _created(s, "the first live act, without a word", replace(body, nce=w.nonce()), c.deputy)
    w.revoke_worker(c.deputy)
    s.told("she goes too", k.rotate(c.elder, c.deputy))
    _created(s, "nobody holds the powers", k.next_body(Why.REMOVE), c.elder, Code.RULE_DENIED)
    s.told("but the room lives", k.rotate(c.elder))
    s.ask("and nobody may run a sitting", "chairs", [], n=w.size)
    return s


def _handovers() -> Story:
    s = opened("handing over")
    c, k, w = s.council, s.k, s.world

    def tried(
        what: str, code: Code | None, paper: Statement, by: Staff = c.deputy, **changes: object
    ) -> None:
        body = k.next_body(Why.HANDOVER, chair=by.wid, act=(), ref=paper.sid)
        _created(s, what, replace(body, **changes), by, code)

    def handed(what: str, by: Staff, to: Staff, **facts: object) -> Statement:
        return s.noted(what, k.handover(by, to, **facts))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    stranger = handed("by one who is not the chair", c.elder, c.deputy)
    tried("by one who is not the chair", Code.RULE_DENIED, stranger)
    tried("by nothing", Code.RULE_DENIED, w.root)
    paper = k.state.roster.basis[0]
    tried("by another paper that the chair signed", Code.RULE_DENIED, stranger, ref=paper)
    tried("without naming it", Code.RULE_DENIED, stranger, ref=UNSET)
    other = handed("for another room", c.chair, c.deputy, case=CaseId(id16("another")))
    tried("for another room", Code.RULE_DENIED, other)
    later = handed("from tomorrow on", c.chair, c.deputy, start=DAY)
    tried("from tomorrow on", Code.RULE_DENIED, later)
    short = handed("until a moment ago", c.chair, c.deputy, life=1)
    tried("until a moment ago", Code.RULE_DENIED, short)
    good = handed("to the deputy", c.chair, c.deputy)
    late = k.next_body(Why.HANDOVER, chair=c.deputy.wid, act=(), ref=good.sid, lh=w.size - 1)
    _created(s, "a head before its leaf", late, c.deputy, Code.RULE_DENIED)
    tried("by somebody else", Code.RULE_DENIED, good, c.elder)
    able = w.staff("able", "A01", caps=(Cap.CHAIR, Cap.MEMBER))
    tried(
        "by somebody else who may chair",
        Code.RULE_DENIED,
        good,
        able,
        mem=by_wid([*k.state.roster.mem, k.row_of(able)]),
        act=(c.deputy.wid,),
    )
    tried("for somebody else", Code.RULE_DENIED, good, chair=c.elder.wid)
    tried("keeping herself as an act", Code.RULE_DENIED, good, act=(c.deputy.wid,))
    tried("dropping a member", Code.RULE_DENIED, good, mem=by_wid(k.without(c.health)))
    tried("dropping a basis", Code.RULE_DENIED, good, basis=())
    tried("another policy", Code.RULE_DENIED, good, pol=replace(POLICY, wait=24))
    origin = Origin(case=k.case, sid=good.sid, seq=1, fh=k.state.fh)
    tried("an origin", Code.RULE_DENIED, good, from_=origin)
    tried(
        "adding somebody else",
        Code.RULE_DENIED,
        good,
        mem=by_wid([*k.state.roster.mem, k.row_of(c.npo)]),
    )
    s.told("acts may act until tomorrow", k.ack(c.chair, w.t.plus(DAY)))
    tried("as it should be", None, good)
    back = s.noted("back to the first", k.handover(c.deputy, c.chair))
    body = k.next_body(Why.HANDOVER, chair=c.chair.wid, act=(), ref=back.sid)
    _created(s, "back again", body, c.chair)
    third = w.staff("third", "A01", caps=(Cap.CHAIR, Cap.MEMBER))
    s.told("a third is invited", k.invite(third))
    s.told("and accepts", k.seat(third))
    _created(
        s,
        "as an act",
        k.next_body(Why.ADD, mem=(*k.state.roster.mem, k.row_of(third)), act=(third.wid,)),
        c.chair,
    )
    _created(
        s,
        "whom a former chair's word does not let act",
        k.next_body(Why.REMOVE),
        third,
        Code.RULE_DENIED,
    )
    return s


def _handover_to_a_new_row() -> Story:
    s = opened("handing over after a transfer")
    c, k, w = s.council, s.k, s.world
    fresh = w.staff("fresh", "A01", caps=(Cap.CHAIR, Cap.MEMBER))
    plain = w.staff("plain", "A01")
    bare = w.staff("bare", "A01", caps=(Cap.CHAIR, Cap.MEMBER), pledged=False)
    unable = s.noted("to one who may not chair", k.handover(c.chair, plain))
    unpledged = s.noted("to one without a pledge", k.handover(c.chair, bare))
    good = s.noted("to a successor without a row", k.handover(c.chair, fresh))
    w.revoke_worker(c.chair, why=RevokeWhy.MOVED)

    def tried(what: str, code: Code | None, ref: Statement, by: Staff, n: int = 1) -> None:
        rows = [*k.without(c.chair), k.row_of(by, n=k.state.epoch + n)]
        body = k.next_body(Why.HANDOVER, mem=rows, chair=by.wid, ref=ref.sid)
        _created(s, what, body, by, code)

    tried("one who may not chair", Code.RULE_DENIED, unable, plain)
    tried("one without a pledge", Code.PLEDGE_MISSING, unpledged, bare)
    tried("from another roster on", Code.RULE_DENIED, good, fresh, n=0)
    rowless = k.next_body(Why.HANDOVER, mem=k.without(c.chair), chair=fresh.wid, ref=good.sid)
    _created(s, "without a row", rowless, fresh, Code.RULE_DENIED)
    s.told("the room goes on meanwhile", k.rotate(c.elder, c.chair))
    tried("valid after the chair has moved", None, good, fresh)
    return s


def _handover_compromised() -> Story:
    s = opened("handing over after a compromise")
    c, k, w = s.council, s.k, s.world
    good = s.noted("to the deputy", k.handover(c.chair, c.deputy))
    body = k.next_body(Why.HANDOVER, chair=c.deputy.wid, act=(), ref=good.sid)
    early = k.sign(body, c.deputy.dk)
    w.revoke_worker(c.chair, why=RevokeWhy.COMPROMISED)
    rows = by_wid(k.without(c.chair))
    late = k.next_body(Why.HANDOVER, mem=rows, chair=c.deputy.wid, act=(), ref=good.sid)
    _created(s, "void after the revocation", late, c.deputy, Code.RULE_DENIED)
    s.told("valid at a point before it", k.post(early, idn=w.size))
    return s


def _closes() -> Story:
    s = opened("closing")
    c, k, w = s.council, s.k, s.world

    def tried(what: str, code: Code | None, by: Staff = c.chair, **changes: object) -> None:
        _created(s, what, replace(k.next_body(Why.CLOSE), **changes), by, code)

    tried("by a member", Code.RULE_DENIED, c.elder)
    tried("leaving some out", Code.RULE_DENIED, mem=by_wid(k.without(c.health)))
    tried("dropping a basis", Code.RULE_DENIED, basis=())
    tried("choosing acts", Code.RULE_DENIED, act=())
    tried("another policy", Code.RULE_DENIED, pol=replace(POLICY, rot=1))
    tried("as it should be", None)
    seat = k.seat_body(c.health)
    s.told("no seat", k.post(k.sign(seat, c.health.dk)), Code.FORBIDDEN)
    s.told(
        "no words", k.note("agenda", c.elder, g=k.state.newest[doc_of("agenda")]), Code.FORBIDDEN
    )
    logged = w.log(k.basis_body(c.chair, sub="son"), c.chair.dk)
    s.told("no basis", k.post(logged), Code.FORBIDDEN)
    _created(s, "no change", k.next_body(Why.ADD), c.chair, Code.RULE_DENIED)
    s.told("but rotation", k.rotate(c.elder))
    return s


def _closes_empty() -> Story:
    s = opened("closing for good")
    c, k = s.council, s.k
    empty = k.next_body(Why.CLOSE, mem=(), act=())
    _created(s, "with other bases", replace(empty, basis=()), c.chair, Code.RULE_DENIED)
    _created(
        s,
        "with acts that are no members",
        replace(empty, nce=s.world.nonce(), act=(c.deputy.wid,)),
        c.chair,
        Code.RULE_DENIED,
    )
    _created(s, "an empty roster", empty, c.chair)
    _created(s, "after which nobody rotates", k.next_body(Why.ROTATE), c.chair, Code.RULE_DENIED)
    return s


def _later() -> Story:
    s = opened("a reason of a later version")
    c, k = s.council, s.k
    _created(
        s,
        "a take-over",
        k.next_body(Why.TAKEOVER, ref=s.world.root.sid),
        c.deputy,
        Code.UNKNOWN_TYPE,
    )
    return s
