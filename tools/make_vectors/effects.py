"""19: what a basis covers, who is pruned, who is sealed to, when a room is stale (5.5, 5.13)."""

from collections.abc import Iterator

from crypto.errors import Code
from protocol.codec import b64u
from protocol.ids import Sid
from protocol.statement import Statement
from protocol.times import DAY, HOUR
from protocol.vocabulary import RevokeWhat, RosterRole, Why
from tests.world import ALL, START, Staff, aid_of, registrar, scope
from tools.make_vectors.meeting import opened
from tools.make_vectors.story import Story


def stories() -> Iterator[Story]:
    """Every story of this file."""
    yield _withdrawn()
    yield _by_leaf()
    yield _versions()
    yield _withdrawn_then_renewed()
    yield _logged_again()
    yield _strangers()
    yield _time()
    yield _pruned()
    yield _recipients()
    yield _stale()
    yield _stale_devices()
    yield _mended()
    yield _guest_ends()


def _first(s: Story) -> Statement:
    return s.world.directory.logged[s.k.state.roster.basis[0]].statement


def _eff(
    s: Story,
    what: str,
    basis: Statement | Sid,
    expected: set[tuple[str, str]] | Code,
    *,
    n: int | None = None,
    at: int | None = None,
    now: int | None = None,
) -> None:
    sid = basis.sid if isinstance(basis, Statement) else basis
    out = (
        expected
        if isinstance(expected, Code)
        else sorted(f"{aid_of(agency).hex()} {cat}" for agency, cat in expected)
    )
    s.ask(
        what,
        "eff",
        out,
        basis=b64u(sid),
        n=s.world.size if n is None else n,
        s=s.k.state.seq if at is None else at,
        now=now,
    )


def _pairs(*agencies: str, cats: tuple[str, ...] = ALL) -> set[tuple[str, str]]:
    return {(agency, cat) for agency in agencies for cat in cats}


NAMED = ("A01", "A02", "A03", "A05", "A06", "A11", "A12")


def _withdrawn() -> Story:
    s = opened("withdrawals")
    c, k, w = s.council, s.k, s.world
    basis = _first(s)
    start, size = k.state.seq, w.size
    s.told("by a stranger", k.withdraw(basis, c.auditor), Code.RULE_DENIED)
    other = k.sign(k.withdraw_body(basis), c.elder.ik)
    s.told("by a person's key", k.post(other), Code.BAD_SIG)
    s.told("one agency", k.withdraw(basis, c.chair, ag=("A12",)))
    row_12, leaf_12 = k.state.seq, w.size
    s.told("one category", k.withdraw(basis, c.elder, cats=("c6",)))
    s.told("one agency's category", k.withdraw(basis, c.csw, ag=("A05",), cats=("c2",)))
    everyone = _pairs(*NAMED)
    _eff(s, "before", basis, everyone, n=size, at=start)
    _eff(s, "by the row alone", basis, everyone - _pairs("A12"), n=size, at=row_12)
    _eff(s, "by the leaf alone", basis, everyone - _pairs("A12"), n=leaf_12, at=start)
    rest = everyone - _pairs("A12") - _pairs(*NAMED, cats=("c6",)) - {("A05", "c2")}
    _eff(s, "all three", basis, rest)
    s.told("all that is left", k.withdraw(basis, c.health))
    _eff(s, "nothing", basis, set())
    _eff(s, "at the point before", basis, rest, n=w.size - 1, at=k.state.seq - 1)
    _eff(s, "what is no basis", w.root.sid, Code.NO_BASIS)
    return s


def _by_leaf() -> Story:
    s = opened("a withdrawal that never came to the room")
    c, k, w = s.council, s.k, s.world
    basis = _first(s)
    s.log("logged by a recipient", k.withdraw_body(basis, ag=("A11",)), c.npo.dk)
    s.log("logged by the host", k.withdraw_body(basis, ag=("A12",)), c.recorder.dk)
    _eff(s, "counts by its leaf", basis, _pairs(*NAMED) - _pairs("A11", "A12"))
    s.told("both are logged once", k.rotate(c.elder))
    s.ask(
        "nobody in the room loses anything",
        "stale",
        expected=False,
        n=w.size,
        s=k.state.seq,
        now=None,
    )
    return s


def _versions() -> Story:
    s = opened("versions")
    c, k, w = s.council, s.k, s.world
    first = _first(s)
    before = w.size
    wide = scope((NAMED, ALL), (("A09",), ("c2",)))
    narrow = k.basis_body(
        c.chair, prev=first, names=scope((("A01", "A03", "A09"), ("c1", "c2"))), life=10 * DAY
    )
    second = s.noted("narrower", k.basis(narrow, c.chair, row=False))
    s.told("posted", k.post(second))
    both = _pairs("A01", "A03", cats=("c1", "c2"))
    _eff(s, "before the new version", first, _pairs(*NAMED), n=before)
    _eff(s, "it narrows what is listed at once", first, both)
    _eff(
        s,
        "and widens only when it is listed itself",
        second,
        _pairs("A01", "A03", "A09", cats=("c1", "c2")),
    )
    _eff(s, "its end is the earlier end", first, set(), now=START.plus(11 * DAY))
    third = s.noted(
        "wider again", k.basis(k.basis_body(c.chair, prev=second, names=wide), c.chair, row=False)
    )
    s.told("posted", k.post(third))
    _eff(s, "the first, under the newest", first, _pairs(*NAMED))
    _eff(s, "the second, under the newest", second, both | {("A09", "c2")})
    return s


def _withdrawn_then_renewed() -> Story:
    s = opened("withdrawn, then given again")
    c, k = s.council, s.k
    first = _first(s)
    s.told("two agencies", k.withdraw(first, c.chair, ag=("A05", "A06")))
    second = s.noted("given again", k.basis(k.basis_body(c.chair, prev=first), c.chair, row=False))
    s.told("posted", k.post(second))
    _eff(s, "the old version stays withdrawn", first, _pairs(*NAMED) - _pairs("A05", "A06"))
    _eff(s, "the new one is whole", second, _pairs(*NAMED))
    s.told("naming the old version", k.withdraw(first, c.chair, ag=("A03",)))
    _eff(s, "takes from every version", second, _pairs(*NAMED) - _pairs("A03"))
    return s


def _logged_again() -> Story:
    s = opened("a basis logged once more")
    c, k, w = s.council, s.k, s.world
    basis = _first(s)
    s.told("withdrawn", k.withdraw(basis, c.chair, ag=("A05",)))
    s.noted("the same statement again", w.append(basis, code=Code.UNTRUSTED))
    _eff(s, "revives nothing", basis, _pairs(*NAMED) - _pairs("A05"))
    s.told("nor does its row", k.post(basis), Code.REPLAY)
    return s


def _strangers() -> Story:
    s = opened("strangers to a case")
    c, k = s.council, s.k
    basis = _first(s)
    s.log("log a withdrawal", k.withdraw_body(basis), c.doctor.dk)
    _eff(s, "it takes nothing", basis, _pairs(*NAMED))
    narrow = k.basis_body(c.doctor, prev=basis, names=scope((("A01",), ("c1",))))
    version = s.log("log a version", narrow, c.doctor.dk)
    _eff(s, "it narrows nothing", basis, _pairs(*NAMED))
    s.told("nor when it is posted", k.post(version), Code.RULE_DENIED)
    return s


def _time() -> Story:
    s = opened("time")
    c, k = s.council, s.k
    body = k.basis_body(
        c.elder,
        sub="son",
        approver=c.chair,
        law="swa-106-6",
        start=DAY,
        life=40 * DAY,
        review=20 * DAY,
    )
    basis = s.noted("a decision", k.basis(body, c.elder, c.chair, row=False))
    s.told("posted", k.post(basis))
    for what, now, whole in (
        ("a moment too early", START.plus(DAY - 1), False),
        ("as it begins", START.plus(DAY), True),
        ("a moment before its review", START.plus(20 * DAY - 1), True),
        ("at its review", START.plus(20 * DAY), False),
        ("after its end", START.plus(40 * DAY), False),
    ):
        _eff(s, what, basis, _pairs(*NAMED) if whole else set(), now=now)
    consent = _first(s)
    _eff(
        s,
        "a consent, a moment before its end",
        consent,
        _pairs(*NAMED),
        now=START.plus(90 * DAY - 1),
    )
    _eff(s, "a consent at its end", consent, set(), now=START.plus(90 * DAY))
    return s


def _prune(
    s: Story, what: str, people: tuple[Staff, ...], *, bases: int = 1, now: int | None = None
) -> None:
    sids = [b64u(sid) for sid in s.k.state.roster.basis][:bases]
    out = {"mem": sorted(person.wid.hex() for person in people), "basis": sids}
    s.ask(what, "prune", out, n=s.world.size, s=s.k.state.seq, now=now)


def _pruned() -> Story:
    s = opened("who is pruned")
    c, k = s.council, s.k
    guest = k.row_of(c.doctor, role=RosterRole.GUEST, until=START.plus(DAY))
    s.told("a guest", k.add(guest))
    everyone = (c.chair, c.deputy, c.recorder, c.elder, c.health, c.doctor)
    _prune(s, "nobody", everyone)
    _prune(s, "the guest at her end", everyone[:-1], now=START.plus(DAY))
    s.told("one agency falls away", k.withdraw(_first(s), c.chair, ag=("A05",)))
    _prune(s, "its people", (c.chair, c.deputy, c.recorder, c.elder, c.doctor))
    return s


def _recipients() -> Story:
    s = opened("who is sealed to")
    c, k, w = s.council, s.k, s.world
    guest = k.row_of(c.doctor, role=RosterRole.GUEST, until=START.plus(200 * DAY))
    s.told("a guest", k.add(guest))
    people = (c.chair, c.deputy, c.recorder, c.elder, c.health)

    def asked(what: str, sids: list[Sid]) -> None:
        s.ask(what, "recipients", sorted(b64u(sid) for sid in sids), n=w.size)

    asked("every member's device, no guest's", [p.dev.sid for p in people])
    second = w.second_device(c.elder, "second")
    asked("a second device", [*(p.dev.sid for p in people), second.sid])
    w.revoke(RevokeWhat.DEVICE, c.elder.dev.sid, c.elder.ik)
    asked("without a lost one", [p.dev.sid for p in people if p is not c.elder] + [second.sid])
    w.beat(119 * DAY)
    fresh = w.second_device(c.health, "fresh")
    w.beat(DAY)
    asked("only certificates younger than 120 days", [fresh.sid])
    w.log(w.pledge_body(aid_of("A01"), ver=2), registrar("A01"))
    asked("nobody without a pledge", [])
    w.log(w.pledge_body(c.health.aid, c.health.wid, ver=2), fresh.dk)
    asked("hers alone is not enough", [])
    w.log(w.pledge_body(aid_of("A05"), ver=2), registrar("A05"))
    asked("hers and her agency's are", [fresh.sid])
    return s


def _ask_stale(s: Story, what: str, *, expected: bool, now: int | None = None) -> None:
    s.ask(what, "stale", expected=expected, n=s.world.size, s=s.k.state.seq, now=now)


def _stale() -> Story:
    s = opened("when a room is stale")
    c, k, w = s.council, s.k, s.world
    began = w.directory.time(w.size)
    _ask_stale(s, "fresh", expected=False)
    _ask_stale(s, "after 30 days", expected=False, now=began.plus(30 * DAY))
    _ask_stale(s, "after more", expected=True, now=began.plus(30 * DAY + 1))
    _ask_stale(s, "when its only basis ends", expected=True, now=START.plus(90 * DAY))
    w.log(k.withdraw_body(_first(s), ag=("A12",)), c.chair.dk)
    _ask_stale(s, "an agency without people falls away", expected=False)
    w.log(k.withdraw_body(_first(s), ag=("A05",)), c.chair.dk)
    _ask_stale(s, "an agency with people falls away", expected=True)
    return s


def _stale_devices() -> Story:
    s = opened("a lost device makes a room stale")
    c, k, w = s.council, s.k, s.world
    second = w.second_device(c.elder, "second")
    _ask_stale(s, "a device that has no key yet", expected=False)
    w.revoke(RevokeWhat.DEVICE, second.sid, c.elder.ik)
    _ask_stale(s, "nor its end", expected=False)
    size = w.size
    w.revoke(RevokeWhat.DEVICE, c.health.dev.sid, c.health.ik)
    _ask_stale(s, "a device that has it", expected=True)
    s.ask("a point before", "stale", expected=False, n=size, s=k.state.seq, now=None)
    return s


def _mended() -> Story:
    s = opened("a rotation mends a room")
    c, k, w = s.council, s.k, s.world
    w.revoke(RevokeWhat.DEVICE, c.health.dev.sid, c.health.ik)
    s.told("mended", k.rotate(c.elder))
    _ask_stale(s, "mended", expected=False)
    w.log(w.pledge_body(aid_of("A01"), ver=2), registrar("A01"))
    _ask_stale(s, "a new text of the pledge", expected=True)
    return s


def _guest_ends() -> Story:
    s = opened("a guest's end")
    c, k, w = s.council, s.k, s.world
    guest = k.row_of(c.doctor, role=RosterRole.GUEST, until=START.plus(DAY))
    s.told("a guest", k.add(guest))
    _ask_stale(s, "gives nobody a key", expected=False, now=START.plus(2 * DAY))
    w.revoke_worker(c.doctor)
    _ask_stale(s, "nor does her leaving", expected=False)
    w.beat(HOUR)
    body = k.next_body(Why.ROTATE)
    s.told("but the next roster leaves her out", k.roster(body, c.elder), Code.RULE_DENIED)
    s.told("as computed", k.rotate(c.elder, c.doctor))
    return s
