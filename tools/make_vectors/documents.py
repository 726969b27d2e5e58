"""12: documents, their keys, content and grants: S1 to S6, audience, carry, due (5.10, 5.12)."""

from collections.abc import Iterator
from dataclasses import replace as with_

from msgspec.structs import replace

from crypto.errors import Code
from protocol.headers import SumHeader
from protocol.ids import Blob, CaseId, Digest, Eid, RowHash, Sid, SumId, Wid
from protocol.payloads import Audience, LogHead, Scope, Sect
from protocol.times import DAY
from protocol.vocabulary import DocClass, Duty, RevokeWhat, RosterRole, Why
from tests.room import Fields, fields_of
from tests.world import (
    Dev,
    Staff,
    aid_of,
    doc_of,
    hash32,
    id16,
    item_of,
    registrar,
    scope,
    sit_of,
    sub_of,
)
from tools.make_vectors.meeting import convened, opened, seat
from tools.make_vectors.story import Story

AGD, BRD, ITM = DocClass.AGENDA, DocClass.BOARD, DocClass.ITEM
SEC, CARD, EV = DocClass.SECTION, DocClass.CARD, DocClass.EVIDENCE


def stories() -> Iterator[Story]:
    """Every story of this file."""
    yield _announced()
    yield _generations()
    yield _audiences()
    yield _without_a_pledge()
    yield _keys()
    yield _carried_too_far()
    yield _snapshots()
    yield _content()
    yield _versions()
    yield _items()
    yield _narrowed_meanwhile()
    yield _evidence()
    yield _guests()
    yield _grants()
    yield _epochs()
    yield _due()
    yield _carried()


def _sect(s: Story, what: str, body: Sect, by: Staff, code: Code | None = None) -> None:
    s.told(what, s.k.sect(body, by), code)


def _announced() -> Story:
    s = opened("announcing documents")
    c, k = s.council, s.k
    agenda = k.sect_body("agenda 2", AGD)
    _sect(s, "a second agenda", agenda, c.chair, Code.CONFLICT)
    _sect(
        s,
        "an agenda for an item",
        replace(agenda, nce=s.world.nonce(), item=item_of("1")),
        c.chair,
        Code.CONFLICT,
    )
    _sect(s, "a second board", k.sect_body("board 2", BRD), c.chair, Code.CONFLICT)
    _sect(
        s,
        "an item's text by a member",
        k.sect_body("text 1", ITM, item="1"),
        c.elder,
        Code.RULE_DENIED,
    )
    _sect(
        s, "of an item nobody knows", k.sect_body("text 9", ITM, item="9"), c.chair, Code.UNKNOWN_ID
    )
    _sect(s, "by an act", k.sect_body("text 1", ITM, item="1"), c.deputy)
    _sect(
        s,
        "a second text of the item",
        k.sect_body("text 1b", ITM, item="1"),
        c.chair,
        Code.CONFLICT,
    )
    _sect(s, "the text of the next item", k.sect_body("text 2", ITM, item="2"), c.chair)
    section = k.sect_body("s1", SEC, sub="mother", cats=("c1",))
    _sect(s, "a section by a stranger", section, c.npo, Code.RULE_DENIED)
    _sect(s, "of another case", replace(section, case=CaseId(id16("x"))), c.elder, Code.WRONG_PLACE)
    _sect(
        s,
        "with a row that is not there",
        replace(section, fd=(99, RowHash(hash32("x")))),
        c.elder,
        Code.EQUIVOCATION,
    )
    _sect(s, "a payload stands in one row, whoever signs it", section, c.elder, Code.REPLAY)
    section = replace(section, nce=s.world.nonce())
    _sect(s, "by a member", section, c.elder)
    _sect(
        s,
        "the same generation again",
        replace(section, nce=s.world.nonce()),
        c.elder,
        Code.CONFLICT,
    )
    _sect(
        s,
        "a generation too far",
        replace(section, nce=s.world.nonce(), g=3),
        c.elder,
        Code.UNKNOWN_ID,
    )
    _sect(s, "a card", k.sect_body("card", CARD, ag=("A01", "A03")), c.chair)
    _sect(
        s,
        "without its own author",
        k.sect_body("s2", SEC, sub="mother", cats=("c2",), ag=("A05",)),
        c.elder,
        Code.RULE_DENIED,
    )
    _sect(
        s,
        "for her own agency and another",
        k.sect_body("s2", SEC, sub="mother", cats=("c2",), ag=("A03", "A05"), cy=0),
        c.elder,
    )
    return s


def _generations() -> Story:
    s = opened("further generations")
    c, k, w = s.council, s.k, s.world
    few = k.sect_body("s", SEC, sub="mother", cats=("c2",), ag=("A01", "A03", "A05"), cy=0)
    _sect(s, "for three agencies", few, c.elder)

    def tried(what: str, code: Code | None, by: Staff, **changes: object) -> None:
        g = k.state.newest[few.doc] + 1
        body = k.sect_body(
            "s", SEC, g=g, sub="mother", cats=("c2",), ag=("A01", "A03", "A05"), cy=0
        )
        _sect(s, what, replace(body, **changes), by, code)

    tried("of another class", Code.RULE_DENIED, c.elder, cls=CARD, sub=None, cats=())
    tried("of another subject", Code.RULE_DENIED, c.elder, sub=sub_of("son"))
    tried("of other categories", Code.RULE_DENIED, c.elder, cats=("c3",))
    tried("of an item", Code.RULE_DENIED, c.elder, item=item_of("1"))
    tried("by a stranger", Code.RULE_DENIED, c.npo)
    tried("wider, by one of its readers", Code.RULE_DENIED, c.health, aud=None)
    wide = k.sect_body("x", SEC, sub="mother", cats=("c2",), ag=("A01", "A03", "A05", "A06"))
    tried("with one more agency, by one of its readers", Code.RULE_DENIED, c.health, aud=wide.aud)
    one = k.sect_body("x", SEC, sub="mother", cats=("c2",), ag=("A05",), w=(c.elder,))
    tried("narrower, by one of its readers", None, c.health, aud=one.aud)
    named = k.sect_body("x", SEC, sub="mother", cats=("c2",), ag=("A05",), w=(c.chair,))
    tried("with somebody who was left out", Code.RULE_DENIED, c.health, aud=named.aud)
    unknown = Audience(ag=(aid_of("A05"),), w=(Wid(id16("nobody")),))
    tried("with somebody unknown", Code.RULE_DENIED, c.health, aud=unknown)
    tried("by one who is not in it any more", Code.RULE_DENIED, c.chair)
    tried("wider, by the signer of the first", None, c.elder)
    tried("wider still, by the chair who is in it", None, c.chair, aud=None)
    _sect(s, "the board by any member", k.sect_body("board", BRD, g=2), c.health)
    _sect(s, "not by a stranger", k.sect_body("board", BRD, g=3), c.npo, Code.RULE_DENIED)
    w.revoke_worker(c.livelihood)
    return s


def _audiences() -> Story:
    s = opened("who may read what is announced")
    c, k = s.council, s.k
    narrow = k.basis(k.basis_body(c.chair, sub="son", names=_names("A01", "A03")), c.chair)
    basis = [*k.state.roster.basis, narrow.sid]
    s.told("a second subject", k.roster(k.next_body(Why.ADD, basis=basis), c.chair))
    _sect(
        s,
        "of the son, for everyone",
        k.sect_body("s1", SEC, sub="son", cats=("c1",)),
        c.elder,
        Code.AUDIENCE_TOO_WIDE,
    )
    _sect(
        s,
        "of the son, for one agency too many",
        k.sect_body("s1", SEC, sub="son", cats=("c1",), ag=("A03", "A05")),
        c.elder,
        Code.RECIPIENT_NOT_COVERED,
    )
    _sect(
        s,
        "of the son, for whom it covers",
        k.sect_body("s1", SEC, sub="son", cats=("c1",), ag=("A03",), w=(c.chair,)),
        c.elder,
    )
    _sect(
        s,
        "of somebody without a basis",
        k.sect_body("s2", SEC, sub="aunt", cats=("c1",)),
        c.elder,
        Code.AUDIENCE_TOO_WIDE,
    )
    _sect(
        s,
        "of a category that is not covered",
        k.sect_body("s2", SEC, sub="son", cats=("c6",), ag=("A03",)),
        c.elder,
        Code.CATEGORY_NOT_COVERED,
    )
    absent = k.sect_body("s3", SEC, sub="mother", cats=("c1",), ag=("A03", "A12"))
    _sect(s, "an agency with nobody in the room does not matter", absent, c.elder)
    return s


def _names(*agencies: str) -> tuple[Scope, ...]:
    return scope((agencies, ("c1", "c2")))


def _without_a_pledge() -> Story:
    s = opened("a member without a key")
    c, k, w = s.council, s.k, s.world
    late = w.staff("late", "A06")
    seat(s, k, late, Duty.MEMBER)
    s.told("a member joins", k.add(k.row_of(late)))
    w.log(w.pledge_body(c.chair.aid, ver=2), registrar("A01"))
    for person in (c.chair, c.deputy, c.recorder, c.elder, c.health):
        w.pledge(person, ver=2)
    for name in ("A03", "A05", "A06"):
        w.log(w.pledge_body(aid_of(name), ver=2), registrar(name))
    s.told("her pledge lapsed, her row stays", k.rotate(c.elder))
    _sect(
        s,
        "what is announced is for who holds the key",
        k.sect_body("s", SEC, sub="mother", cats=("c1",)),
        c.elder,
    )
    named = k.sect_body("s2", SEC, sub="mother", cats=("c1",), ag=("A03", "A06"))
    _sect(s, "a named reader must be able to read", named, c.elder, Code.PLEDGE_EXPIRED)
    return s


def _keys() -> Story:
    s = opened("document keys under the epoch key")
    c, k = s.council, s.k
    _sect(s, "a section for everyone", k.sect_body("s", SEC, sub="mother", cats=("c1",)), c.elder)
    s.told("its key by somebody else", k.dk("s", c.health), Code.RULE_DENIED)
    s.told("its key", k.dk("s", c.elder))
    s.told("again in the same epoch", k.dk("s", c.chair), Code.RULE_DENIED)
    _sect(s, "one that stays", k.sect_body("t", SEC, sub="mother", cats=("c1",), cy=0), c.elder)
    s.told("its key", k.dk("t", c.elder))
    _sect(
        s,
        "one whose key does not follow",
        k.sect_body("u", SEC, sub="mother", cats=("c1",)),
        c.elder,
    )
    _sect(s, "one for few", k.sect_body("v", SEC, sub="mother", cats=("c1",), ag=("A03",)), c.elder)
    s.told("has no key under the epoch key", k.dk("v", c.elder), Code.RULE_DENIED)
    s.told("of a document nobody announced", k.dk("w", c.elder), Code.UNKNOWN_ID)
    s.told("another epoch", k.rotate(c.elder))
    s.told("carried by a member", k.dk("s", c.elder), Code.RULE_DENIED)
    s.told("carried by the chair", k.dk("s", c.chair))
    s.told("what was not to be carried", k.dk("t", c.chair), Code.RULE_DENIED)
    s.told("a first key in a later epoch", k.dk("u", c.elder), Code.RULE_DENIED)
    return s


def _carried_too_far() -> Story:
    s = convened("a key that must not be carried")
    c, k = s.council, s.k
    narrow = k.basis(k.basis_body(c.chair, sub="son", names=_names("A01", "A03")), c.chair)
    listed = k.next_body(Why.ADD, basis=[*k.state.roster.basis, narrow.sid])
    s.told("a second subject", k.roster(listed, c.chair))
    k.announce("s", SEC, c.chair, sub="son", cats=("c1",))
    s.told("one comes who may read it", k.add(k.row_of(c.elder)))
    s.told("it is carried", k.dk("s", c.chair))
    s.told("one comes who may not", k.add(k.row_of(c.health)))
    s.told("it is not", k.dk("s", c.chair), Code.AUDIENCE_TOO_WIDE)
    return s


def _snapshots() -> Story:
    s = opened("the first words of a generation")
    c, k = s.council, s.k
    snap = {"upto": 1, "rows": 1}
    s.told(
        "a snapshot into the first", k.op("snap", c.chair, doc="board", **snap), Code.RULE_DENIED
    )
    k.announce("board", BRD, c.elder, g=2)
    s.told("words before it", k.note("board", c.elder, g=2), Code.RULE_DENIED)
    s.told(
        "another operation before it",
        k.op("role.del", c.elder, doc="board", row=id16("row")),
        Code.RULE_DENIED,
    )
    s.told(
        "a snapshot by somebody else", k.op("snap", c.chair, doc="board", **snap), Code.RULE_DENIED
    )
    s.told("a snapshot", k.op("snap", c.elder, doc="board", **snap))
    s.told("a second one", k.op("snap", c.elder, doc="board", **snap), Code.RULE_DENIED)
    s.told("words after it", k.note("board", c.chair, g=2))
    s.told(
        "words in the older generation", k.note("board", c.chair, g=1), Code.NEEDS_NEW_GENERATION
    )
    return s


def _content() -> Story:
    s = opened("where content belongs")
    c, k = s.council, s.k
    k.announce("s", SEC, c.elder, sub="mother", cats=("c1",))
    s.told("in no document", k.note("nothing", c.elder), Code.UNKNOWN_ID)
    s.told(
        "an operation in a section",
        k.op("role.del", c.elder, doc="s", row=id16("row")),
        Code.WRONG_PLACE,
    )
    s.told("a summary on the board", k.summary("board", c.elder), Code.WRONG_PLACE)
    s.told("evidence in a section", k.evidence("s", c.chair), Code.WRONG_PLACE)
    s.told("a note that names an item", k.note("s", c.elder, item="1"), Code.WRONG_PLACE)
    s.told("by a stranger", k.note("s", c.npo), Code.NOT_MEMBER)
    s.told("a note", k.note("s", c.health))
    _sect(s, "for few", k.sect_body("few", SEC, sub="mother", cats=("c1",), ag=("A03",)), c.elder)
    s.told("by one who is not in its audience", k.summary("few", c.health), Code.FORBIDDEN)
    s.told("by one who is", k.summary("few", c.elder))
    body = k.place("s", c.elder)
    for what, code, changes in (
        ("of another case", Code.WRONG_PLACE, {"c": CaseId(id16("x"))}),
        ("of another epoch", Code.WRONG_EPOCH, {"e": 0}),
        ("by no device", Code.UNTRUSTED, {"dev": c.elder.sid}),
        ("by nobody", Code.UNTRUSTED, {"dev": Sid(hash32("x"))}),
        ("after a gap", Code.CHAIN_GAP, {"n": 9}),
        ("after another row of hers", Code.CHAIN_GAP, {"p": Eid(hash32("x"))}),
        ("once more", Code.CHAIN_GAP, {"n": 1, "p": None}),
        ("having seen what is not there", Code.EQUIVOCATION, {"f": (1, RowHash(hash32("x")))}),
    ):
        fields: Fields = {**fields_of(body), **changes}
        header = SumHeader(**fields, sm=SumId(id16("sm")), ver=1, pv=None)
        s.told(what, k.put(header, c.elder), code)
    forged = SumHeader(**fields_of(body), sm=SumId(id16("sm")), ver=1, pv=None)
    s.told(
        "signed by somebody else", k.put(forged, c.elder, dev=_as(c.elder, c.health)), Code.BAD_SIG
    )
    return s


def _as(person: Staff, by: Staff) -> Dev:
    return with_(person.dev, dk=by.dk)


def _versions() -> Story:
    s = opened("versions of a section")
    c, k = s.council, s.k
    k.announce("s", SEC, c.elder, sub="mother", cats=("c1",))
    k.announce("t", SEC, c.elder, sub="mother", cats=("c1",))
    s.told("not from the second", k.summary("s", c.elder, ver=2, pv=_pv(s)), Code.CONFLICT)
    s.told("the first", k.summary("s", c.elder))
    s.told("a first again", k.summary("s", c.elder), Code.CONFLICT)
    s.told("after another one", k.summary("s", c.elder, ver=2, pv=Eid(hash32("x"))), Code.CONFLICT)
    s.told("by another agency", k.summary("s", c.health, ver=2, pv=_pv(s)), Code.FORBIDDEN)
    elsewhere = SumHeader(
        **fields_of(k.place("t", c.elder)), sm=SumId(id16("summary s")), ver=2, pv=_pv(s)
    )
    s.told("in another document", k.put(elsewhere, c.elder), Code.WRONG_PLACE)
    s.told("the second, by her agency", k.summary("s", c.elder, ver=2, pv=_pv(s)))
    s.told("the third, by the chair", k.summary("s", c.chair, ver=3, pv=_pv(s)))
    s.told("which her agency goes on with", k.summary("s", c.elder, ver=4, pv=_pv(s)))
    return s


def _pv(s: Story) -> Eid:
    found = s.k.state.versions.get(SumId(id16("summary s")))
    return Eid(hash32("none")) if found is None else found.eid


def _items() -> Story:
    s = opened("content of an item")
    c, k = s.council, s.k
    k.announce("text", ITM, c.chair, item="1")
    k.announce("s", SEC, c.elder, item="1", sub="mother", cats=("c1",))
    k.announce("t", SEC, c.elder, item="1", sub="mother", cats=("c2",))
    s.told("a section of a prepared item", k.summary("s", c.elder))
    s.told("its text is not open yet", k.note("text", c.elder, item="1"), Code.ITEM_NOT_OPEN)
    s.told("open the sitting", k.op("sit.open", c.chair, sit=sit_of("1")))
    s.told("open the item", k.op("item.open", c.chair, it=item_of("1")))
    s.told("now it is", k.note("text", c.elder, item="1"))
    s.told("by one without a seat", k.note("text", c.deputy, item="1"), Code.NOT_SEATED)
    s.told("close the item", k.op("item.close", c.chair, it=item_of("1"), out="none"))
    s.told("its text is closed", k.note("text", c.elder, item="1"), Code.ITEM_NOT_OPEN)
    s.told("and its sections", k.summary("t", c.elder), Code.ITEM_NOT_OPEN)
    return s


def _narrowed_meanwhile() -> Story:
    """A row stands; whoever knows the version logged behind it would not write it."""
    s = opened("a basis that covers the meeting no longer, as known later")
    c, k = s.council, s.k
    k.announce("s", SEC, c.elder, item="1", sub="mother", cats=("c1",))
    s.told("open the sitting", k.op("sit.open", c.chair, sit=sit_of("1")))
    s.told("open the item", k.op("item.open", c.chair, it=item_of("1")))
    s.told("a section of the item", k.summary("s", c.elder))
    (listed,) = k.state.roster.basis
    before = s.world.directory.logged[listed].statement
    body = k.basis_body(c.chair, prev=before, kinds=("support",))
    s.noted("the same for other meetings", k.basis(body, c.chair, row=False))
    return s


def _evidence() -> Story:
    s = opened("evidence of a basis")
    c, k = s.council, s.k
    _sect(s, "of the mother", k.sect_body("ev", EV, sub="mother", ag=("A01", "A03")), c.chair)
    s.told("by a member", k.evidence("ev", c.elder), Code.FORBIDDEN)
    s.told("of another subject", k.evidence("ev", c.chair, sub="son"), Code.WRONG_PLACE)
    s.told("by who proposed it", k.evidence("ev", c.chair))
    s.told("by an act", k.evidence("ev", c.deputy))
    return s


def _guests() -> Story:
    s = opened("a guest")
    c, k, w = s.council, s.k, s.world
    guest = k.row_of(c.livelihood, role=RosterRole.GUEST, until=w.t.plus(DAY))
    s.told("is added", k.add(guest))
    _sect(
        s,
        "a section for her and one agency",
        k.sect_body("s", SEC, sub="mother", cats=("c1",), ag=("A03",), w=(c.livelihood,)),
        c.elder,
    )
    k.announce("t", SEC, c.elder, sub="mother", cats=("c1",))
    s.told("without its key she writes nothing", k.note("s", c.livelihood), Code.FORBIDDEN)
    s.told("she is granted it", k.grant(c.elder, c.livelihood.dev.sid, ("s", 1)))
    s.told("now she writes", k.note("s", c.livelihood))
    s.told("but not elsewhere", k.note("t", c.livelihood), Code.FORBIDDEN)
    s.told(
        "nor an operation",
        k.op("role.del", c.livelihood, doc="board", row=id16("row")),
        Code.FORBIDDEN,
    )
    _sect(
        s,
        "nor a section of her own",
        k.sect_body("u", SEC, sub="mother", cats=("c1",)),
        c.livelihood,
        Code.RULE_DENIED,
    )
    w.beat(DAY)
    s.told("her time is over", k.note("s", c.livelihood), Code.NEEDS_NEW_GENERATION)
    s.told(
        "and the document needs a new generation", k.note("s", c.elder), Code.NEEDS_NEW_GENERATION
    )
    s.ask(
        "but the room is not stale for it",
        "stale",
        expected=False,
        n=w.size,
        s=k.state.seq,
        now=None,
    )
    return s


def _grants() -> Story:
    s = opened("grants of documents")
    c, k, w = s.council, s.k, s.world
    _sect(
        s,
        "for two agencies",
        k.sect_body("s", SEC, sub="mother", cats=("c1",), ag=("A03", "A05"), cy=0),
        c.elder,
    )
    good = k.grant_body(c.elder, c.health.dev.sid, ("s", 1))

    def tried(what: str, code: Code | None, who: Staff = c.elder, **changes: object) -> None:
        body = replace(good, **{"nce": w.nonce(), "by": who.dev.sid, **changes})
        s.told(what, k.post(k.sign(body, who.dk)), code)

    tried("of another epoch", Code.WRONG_EPOCH, n=0)
    tried("in the name of another device", Code.RULE_DENIED, by=c.health.dev.sid)
    tried("too short", Code.BAD_LENGTH, ct=Blob(bytes(1)))
    tried("to nothing", Code.UNKNOWN_ID, to=Sid(hash32("x")))
    tried("to a worker", Code.UNKNOWN_ID, to=c.health.sid)
    tried("to another sealing key", Code.RULE_DENIED, eg=1)
    tried("to one outside the room", Code.NOT_MEMBER, to=c.npo.dev.sid)
    tried("to one outside its audience", Code.OUT_OF_SCOPE, to=c.deputy.dev.sid)
    tried("by a reader who did not announce it", Code.RULE_DENIED, c.health, to=c.elder.dev.sid)
    tried("by the chair who is not in it", Code.RULE_DENIED, c.chair)
    tried("by a stranger", Code.NOT_MEMBER, c.npo)
    tried("of a document nobody announced", Code.UNKNOWN_ID, ids=((doc_of("x").hex(), 1),))
    tried(
        "with a log head that is not mine",
        Code.EQUIVOCATION,
        lh=LogHead(n=1, r=Digest(hash32("x"))),
    )
    tried("with a row that is not there", Code.EQUIVOCATION, fd=(1, RowHash(hash32("x"))))
    tried("of another case", Code.WRONG_PLACE, case=CaseId(id16("x")))
    tried("as it should be", None)
    second = w.second_device(c.health, "second")
    tried("to her second device, by her first", None, c.health, to=second.sid)
    s.ask(
        "who holds it",
        "holders",
        sorted(d.did.hex() for d in (c.elder.dev, c.health.dev, second)),
        doc=doc_of("s").hex(),
        g=1,
    )
    renewed = replace(
        w.directory.devices[second.did].versions[0].body, nce=w.nonce(), prev=second.sid
    )
    s.log("that device is renewed", renewed, c.health.ik, second.dk)
    tried("to its old certificate", Code.RULE_DENIED, c.health, to=second.sid)
    return s


def _epochs() -> Story:
    s = opened("grants of epochs")
    c, k, w = s.council, s.k, s.world
    second = w.second_device(c.elder, "second")

    def tried(what: str, code: Code | None, by: Staff, to: Sid, *epochs: int) -> None:
        body = k.grant_body(by, to, epochs=epochs)
        s.told(what, k.post(k.sign(body, by.dk)), code)

    tried("to somebody else", Code.RULE_DENIED, c.health, c.elder.dev.sid, 1)
    tried("from before she came", Code.RULE_DENIED, c.elder, second.sid, 0)
    tried("of an epoch to come", Code.RULE_DENIED, c.elder, second.sid, 2)
    tried("to her other device", None, c.elder, second.sid, 1)
    s.told("another epoch", k.rotate(c.health))
    third = w.second_device(c.elder, "third")
    tried("one she holds and one she does not", None, c.elder, third.sid, 1, 2)
    return s


def _due() -> Story:
    s = opened("when a new generation is due")
    c, k, w = s.council, s.k, s.world
    k.announce("s", SEC, c.elder, sub="mother", cats=("c1",))
    _sect(
        s,
        "for two agencies",
        k.sect_body("few", SEC, sub="mother", cats=("c2",), ag=("A03", "A05"), cy=0),
        c.elder,
    )
    s.told("to the other", k.grant(c.elder, c.health.dev.sid, ("few", 1)))
    s.told("words", k.note("s", c.elder))
    w.revoke(RevokeWhat.DEVICE, c.health.dev.sid, c.health.ik)
    s.told("words beside a device that ended", k.note("s", c.elder), Code.NEEDS_NEW_GENERATION)
    s.told("the room goes on without it", k.rotate(c.elder))
    s.told("still the old key", k.note("s", c.elder), Code.NEEDS_NEW_GENERATION)
    k.announce("s", SEC, c.elder, g=2, sub="mother", cats=("c1",))
    s.told("a new one", k.note("s", c.elder, g=2))
    s.told("for few: the old key", k.summary("few", c.elder), Code.NEEDS_NEW_GENERATION)
    _sect(
        s,
        "a new one",
        k.sect_body("few", SEC, g=2, sub="mother", cats=("c2",), ag=("A03", "A05"), cy=0),
        c.elder,
    )
    s.told("for few: the new key", k.summary("few", c.elder, g=2))
    basis = w.directory.logged[k.state.roster.basis[0]].statement
    s.told("health is withdrawn", k.withdraw(basis, c.chair, ag=("A05",), cats=("c2",)))
    s.ask("due for few", "due", expected=False, doc=doc_of("few").hex(), g=2, n=w.size)
    s.ask("the first generation", "due", expected=True, doc=doc_of("few").hex(), g=1, n=w.size)
    return s


def _carried() -> Story:
    s = opened("a late joiner")
    c, k = s.council, s.k
    k.announce("s", SEC, c.elder, sub="mother", cats=("c1",))
    s.told("before she came", k.note("s", c.elder))
    s.told("she comes", k.add(k.row_of(c.livelihood)))
    k.announce("board", BRD, c.chair, g=2)
    s.told("what is carried", k.op("snap", c.chair, doc="board", upto=1, rows=0))
    s.ask(
        "who holds the section",
        "holders",
        sorted(p.dev.did.hex() for p in (c.chair, c.deputy, c.recorder, c.elder, c.health)),
        doc=doc_of("s").hex(),
        g=1,
    )
    s.ask(
        "who holds the board",
        "holders",
        sorted(
            p.dev.did.hex()
            for p in (c.chair, c.deputy, c.recorder, c.elder, c.health, c.livelihood)
        ),
        doc=doc_of("board").hex(),
        g=2,
    )
    s.told("she writes on the board", k.note("board", c.livelihood, g=2))
    s.told("the section goes on", k.note("s", c.elder))
    return s
