"""File 18: one case from its first basis to its close, every private key with it.

A consent and a decision by law, seats, a guest, two items, a section for few, an invariant that
refuses a close, a withdrawal in mid-sitting, a late joiner, a second device that is lost, a
handover, a removal, the close; and what others try in between and may not.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, cast

from crypto.errors import Code
from crypto.hashing import sha256
from protocol.codec import encode
from protocol.headers import NoteText, SumText
from protocol.ids import Eid
from protocol.ops import ItemBasis, PlannedItem
from protocol.times import DAY, MINUTE
from protocol.vocabulary import DocClass, Duty, ItemType, Provenance, RevokeWhat, RosterRole, Why
from tests.world import START, Staff, council, doc_key, doc_of, id16, item_of, scope, sit_of, sub_of
from tools.make_vectors.retell import Json
from tools.make_vectors.sealed_room import SealedCase, SealedWorld, ek_seed
from tools.make_vectors.story import Story
from tools.make_vectors.transcript import reading, steps

NAME: Final = "18-case.json"
_ABOUT: Final = "A whole case: rows, verdicts, what stands after each, who can read what"
AGD, BRD, ITM, SEC, CARD = (
    DocClass.AGENDA,
    DocClass.BOARD,
    DocClass.ITEM,
    DocClass.SECTION,
    DocClass.CARD,
)
_SIT: Final = sit_of("1")


def text(folder: Path) -> str:
    """The whole file; seals of the file that is there are kept."""
    path = folder / NAME
    known: dict[str, str] = json.loads(path.read_text("utf-8"))["seals"] if path.exists() else {}
    case = WholeCase({name: bytes.fromhex(data) for name, data in known.items()})
    case.play()
    return _lines(case.record()) + "\n"


def _lines(file: Json) -> str:
    """One row, leaf, step or seal a line."""
    return _braced({name: _value(value) for name, value in file.items()})


def _braced(texts: Mapping[str, str]) -> str:
    return "{" + ",\n".join(f"{json.dumps(name)}: {told}" for name, told in texts.items()) + "}"


def _value(value: Any) -> str:  # noqa: ANN401 -- whatever stands in the file
    if isinstance(value, list) and value and isinstance(value[0], dict):
        lines = [json.dumps(each, ensure_ascii=False) for each in cast("list[Json]", value)]
        return "[\n" + ",\n".join(lines) + "]"
    if isinstance(value, dict):
        return _braced({name: _value(each) for name, each in cast("Json", value).items()})
    return json.dumps(value, ensure_ascii=False)


class WholeCase:
    """The plot; each act appends rows to one story."""

    def __init__(self, kept: dict[str, bytes]) -> None:
        """Enrol the council."""
        self.world = SealedWorld()
        self.c = council(self.world)
        self.s = Story(id="a whole case", council=self.c)
        self.s.begins = 0
        self.k = SealedCase(
            world=self.world,
            creator=self.c.chair,
            label="whole",
            devices=self.world.devices,
            kept=kept,
        )
        self.s.room = self.k

    def record(self) -> Json:
        """Everything as it stands in the file."""
        c = self.c
        people = [c.chair, c.deputy, c.recorder, c.elder, c.health, c.livelihood, c.doctor, c.npo]
        people.append(c.auditor)
        devices = {person.name: person.dev for person in people} | {"second": self.second}
        names = {name: self.world.devices[dev.sid] for name, dev in devices.items()}
        file: Json = {
            "about": _ABOUT,
            "viewers": {name: dev.did.hex() for name, dev in devices.items()},
            "keys": {
                dev.did.hex(): {
                    "ek": ek_seed(names[name]).hex(),
                    "dk": sha256(f"seed of dk {names[name]}".encode()).hex(),
                }
                for name, dev in devices.items()
            },
            "made": {
                dev.did.hex(): [
                    [doc.hex(), g, doc_key(doc, g).hex()] for doc, g in self.k.made.get(dev.sid, [])
                ]
                for dev in devices.values()
            },
            "bundles": {str(n): data.hex() for n, data in self.k.bundles.items()},
            "seals": {name: data.hex() for name, data in self.k.seals.items()},
            "story": self.s.record(),
        }
        return {**file, "reads": reading(file), "steps": list(steps(file))}

    # --- words -----------------------------------------------------------------------------------

    def _op(
        self, what: str, op: str, by: Staff, code: Code | None = None, /, **facts: object
    ) -> None:
        self.s.told(what, self.k.op(op, by, **facts), code)  # type: ignore[arg-type]

    def _note(
        self, what: str, doc: str, by: Staff, code: Code | None = None, *, item: str | None = None
    ) -> None:
        g = self.k.state.newest[doc_of(doc)]
        said = self.k.saying(encode(NoteText(text=what, fact=True)))
        self.s.told(what, said.note(doc, by, g=g, item=item), code)
        self.k.saying(b"{}")

    def _sum(self, what: str, doc: str, by: Staff, *, ver: int = 1, pv: Eid | None = None) -> None:
        g = self.k.state.newest[doc_of(doc)]
        words = SumText(prov=Provenance.AGENCY, hid=False, title=doc, text=what)
        said = self.k.saying(encode(words))
        self.s.told(what, said.summary(doc, by, g=g, ver=ver, pv=pv))

    def _again(self, by: Staff, *docs: tuple[str, DocClass, str | None]) -> None:
        """A new generation of whole-room documents: announced, its key, what stands carried on."""
        for doc, cls, item in docs:
            g = self.k.state.newest[doc_of(doc)] + 1
            body = self.k.sect_body(doc, cls, g=g, item=item)
            self.s.told(f"{doc}, generation {g}", self.k.sect(body, by))
            self.s.told("its key", self.k.dk(doc, by, g=g))
            snap = self.k.op("snap", by, doc=doc, g=g, upto=self.k.state.seq, rows=0)
            self.s.told("what stands is carried on", snap)

    # --- acts ------------------------------------------------------------------------------------

    def play(self) -> None:
        """All acts."""
        acts: tuple[Callable[[], None], ...] = (
            self.begin,
            self.invite,
            self.gather,
            self.open,
            self.sections,
            self.decide,
            self.withdraw,
            self.go_on,
            self.join_late,
            self.lose_a_device,
            self.end_the_sitting,
            self.hand_over,
            self.end,
        )
        for act in acts:
            act()

    def begin(self) -> None:
        """Two bases, the room, its agenda and board."""
        s, c, k = self.s, self.c, self.k
        self.consent = k.consent()
        law = k.basis_body(
            c.deputy,
            sub="son",
            approver=c.chair,
            law="swa-106-6",
            names=scope((("A01", "A03", "A05"), ("c1", "c3"))),
            review=60 * DAY,
        )
        self.law = k.basis(law, c.deputy, c.chair)
        bases = [self.consent, self.law]
        s.told("create", k.create(c.deputy, c.recorder, bases=bases, act=[c.deputy]))
        k.announce("agenda", AGD, c.chair)
        k.announce("board", BRD, c.chair)

    def invite(self) -> None:
        """A sitting of two items; five accept, one declines."""
        s, c, k = self.s, self.c, self.k
        pair = ItemBasis(sub=sub_of("mother"), basis=self.consent.sid)
        items = tuple(
            PlannedItem(it=item_of(no), no=int(no), typ=ItemType.DECIDE, bases=(pair,))
            for no in ("1", "2")
        )
        k.saying(b'{"purpose":"first sitting","place":"room 2","items":[]}')
        starts = START.plus(DAY)
        self._op(
            "convene", "sit.conv", c.chair, sit=_SIT, kind="shien", no=1, starts=starts, items=items
        )
        for person in (c.recorder, c.elder, c.health, c.npo):
            duty = Duty.RECORDER if person is c.recorder else Duty.MEMBER
            s.told(f"{person.name} is invited", k.invite(person, duty=duty))
            s.told(f"{person.name} accepts", k.seat(person))
        s.told("the adviser is invited", k.invite(c.doctor, duty=Duty.ADVISER))
        s.told("and accepts", k.seat(c.doctor))
        s.told("whom nobody invited", k.seat(c.minsei), Code.NOT_SEATED)

    def gather(self) -> None:
        """Members by a roster, a guest with a card of his own."""
        s, c, k = self.s, self.c, self.k
        rows = [k.row_of(person) for person in (c.elder, c.health, c.npo)]
        until = self.world.t.plus(2 * DAY)
        guest = k.row_of(c.doctor, role=RosterRole.GUEST, until=until)
        s.told("a member adds one", k.add(*rows, by=c.recorder), Code.RULE_DENIED)
        s.told("the chair adds four", k.add(*rows, guest))
        for doc in ("agenda", "board"):
            s.told(f"{doc}: its key once more", k.dk(doc, c.chair))
        s.told(
            "a card for the adviser",
            k.sect(k.sect_body("card", CARD, w=(c.chair, c.doctor)), c.chair),
        )
        self._sum("no names", "card", c.chair)
        s.told("he is granted it", k.grant(c.chair, c.doctor.dev.sid, ("card", 1)))
        self._note("he asks", "card", c.doctor)
        s.told("the deputy may act", k.ack(c.chair, self.world.t.plus(DAY)))

    def open(self) -> None:
        """The sitting opens, the first item, its text, the code read aloud by two."""
        s, c, k = self.s, self.c, self.k
        self._op("by a member", "sit.open", c.elder, Code.FORBIDDEN, sit=_SIT)
        self._op("open the sitting", "sit.open", c.chair, sit=_SIT)
        self._op("open item 1", "item.open", c.chair, it=item_of("1"))
        k.announce("text 1", ITM, c.chair, item="1")
        for person in (c.chair, c.health):
            s.told(f"{person.name} reads the code", k.post(k.sign(k.meet_body(), person.dk)))
        self._note("the mother fell in August", "text 1", c.elder, item="1")
        self._note("the adviser writes there", "text 1", c.doctor, Code.FORBIDDEN, item="1")

    def sections(self) -> None:
        """One section for all, one for two agencies."""
        s, c, k = self.s, self.c, self.k
        k.announce("living", SEC, c.elder, sub="mother", cats=("c1",))
        self._sum("she lives with her son", "living", c.elder)
        few = k.sect_body("health", SEC, sub="mother", cats=("c2",), ag=("A03", "A05"))
        s.told("a section for two agencies", k.sect(few, c.health))
        self._sum("her medicines", "health", c.health)
        s.told("its key under the epoch's", k.dk("health", c.health), Code.RULE_DENIED)
        s.told("the colleague is granted it", k.grant(c.health, c.elder.dev.sid, ("health", 1)))
        s.told(
            "one outside is granted it",
            k.grant(c.health, c.npo.dev.sid, ("health", 1)),
            Code.OUT_OF_SCOPE,
        )
        self._note("one outside writes in it", "health", c.npo, Code.FORBIDDEN)
        self._note("may she have them checked?", "health", c.elder)

    def decide(self) -> None:
        """Parts, actions, a decision; the first attempt to close breaks the invariant."""
        c = self.c
        it, brd = item_of("1"), {"doc": "board"}
        self._op("first of all", "prio.set", c.elder, row=id16("p1"), it=it, **brd)
        for part, who in (("main", c.elder), ("key", c.elder), ("deputy", c.health)):
            self._role(part, who)
        self._op("too early", "item.close", c.chair, Code.INVARIANT, it=it, out="decided")
        self._role("interim", c.npo)
        for part, who in (
            ("main", c.elder),
            ("key", c.elder),
            ("deputy", c.health),
            ("interim", c.npo),
        ):
            row = id16(part)
            self._op(f"{part}: accepted", "role.ans", who, row=row, ans="accept", why=None, **brd)
        owner = {"ag": c.npo.aid, "w": c.npo.wid}
        self._op(
            "visit her",
            "act.new",
            c.recorder,
            act=id16("visit"),
            it=it,
            due="2026-11-30",
            from_=None,
            ext=0,
            **owner,
            **brd,
        )
        self._op("accepted", "act.ans", c.npo, act=id16("visit"), ans="accept", why=None, **brd)
        self._op(
            "decided", "dec.rec", c.recorder, dec=id16("d1"), it=it, typ="decision", doc="text 1"
        )
        self._op(
            "reserved", "dec.rec", c.health, dec=id16("d2"), it=it, typ="reserve", doc="text 1"
        )
        self._op("the next one", "next.set", c.chair, sit=_SIT, at=START.plus(30 * DAY))
        self._op("close item 1", "item.close", c.chair, it=it, out="decided")

    def _role(self, part: str, who: Staff) -> None:
        facts = {"part": part, "ag": who.aid, "w": who.wid, "it": item_of("1"), "doc": "board"}
        self._op(f"{part}: {who.name}", "role.set", self.c.chair, row=id16(part), **facts)

    def withdraw(self) -> None:
        """Consent for one agency ends in mid-item; what it tries from then on."""
        s, c, k = self.s, self.c, self.k
        self._op("open item 2", "item.open", c.chair, it=item_of("2"))
        k.announce("text 2", ITM, c.chair, item="2")
        self._note("about the visits", "text 2", c.npo, item="2")
        s.told("the mother withdraws it for A12", k.withdraw(self.consent, c.recorder, ag=("A12",)))
        self._note("she writes on", "text 2", c.npo, Code.NEEDS_NEW_GENERATION, item="2")
        self._note("so does another", "text 2", c.elder, Code.NEEDS_NEW_GENERATION, item="2")

    def go_on(self) -> None:
        """A member's client mends the room; the others go on."""
        s, c, k = self.s, self.c, self.k
        s.told("keeping her", k.rotate(c.health), Code.RULE_DENIED)
        s.told("leaving her out", k.rotate(c.health, c.npo))
        docs = (("agenda", AGD, None), ("board", BRD, None), ("text 2", ITM, "2"))
        self._again(c.health, *docs)
        self._note("without A12 then", "text 2", c.elder, item="2")
        self._op(
            "the visit goes to A03",
            "act.hand",
            c.chair,
            act=id16("visit"),
            ag=c.elder.aid,
            w=c.elder.wid,
            doc="board",
        )
        self._op(
            "accepted", "act.ans", c.elder, act=id16("visit"), ans="accept", why=None, doc="board"
        )
        s.told("the one who left answers a seat", k.seat(c.npo), Code.CONFLICT)

    def join_late(self) -> None:
        """A06 comes late: agenda and board anew, the open item's text carried, nothing else."""
        s, c, k = self.s, self.c, self.k
        s.told("invited late", k.invite(c.livelihood, late=1))
        s.told("accepts", k.seat(c.livelihood))
        s.told("is added", k.add(k.row_of(c.livelihood)))
        self._again(c.chair, ("agenda", AGD, None), ("board", BRD, None))
        s.told("text 2 is carried", k.dk("text 2", c.chair, g=2))
        self._note("good afternoon", "text 2", c.livelihood, item="2")

    def lose_a_device(self) -> None:
        """Her second device is linked and given the past, then lost; the room rotates."""
        s, c, k = self.s, self.c, self.k
        self.second = self.world.second_device(c.elder, "elder's second")
        s.told("the past", k.pass_on(c.elder, self.second.sid, epochs=(1, 2, 3)))
        s.told("and what few read", k.grant(c.elder, self.second.sid, ("health", 1)))
        self.world.revoke(RevokeWhat.DEVICE, self.second.sid, c.elder.ik)
        self.world.beat(MINUTE)
        self._note("in the old epoch", "text 2", c.elder, Code.NEEDS_NEW_GENERATION, item="2")
        s.told("without the lost device", k.rotate(c.elder))
        docs = (("agenda", AGD, None), ("board", BRD, None), ("text 2", ITM, "2"))
        self._again(c.elder, *docs)

    def end_the_sitting(self) -> None:
        """Item 2 is put off, the sitting closes; a report the day after."""
        c = self.c
        self._note("the rest next time", "text 2", c.livelihood, item="2")
        self._op("item 2 is put off", "item.close", c.chair, it=item_of("2"), out="carried")
        self._op("close the sitting", "sit.close", c.chair, sit=_SIT)
        self.world.beat(DAY)
        self._op("seen to", "act.rep", c.elder, act=id16("visit"), st="done", doc="board")

    def hand_over(self) -> None:
        """The chair moves on."""
        s, c, k = self.s, self.c, self.k
        paper = k.handover(c.chair, c.deputy)
        for what, by, code in (
            ("who is not named", c.elder, Code.RULE_DENIED),
            ("the deputy takes the chair", c.deputy, None),
        ):
            body = k.next_body(Why.HANDOVER, chair=c.deputy.wid, act=(), ref=paper.sid)
            s.told(what, k.roster(body, by), code)

    def end(self) -> None:
        """A member is removed, the room closed; afterwards nothing is written."""
        s, c, k = self.s, self.c, self.k
        rows = k.without(c.livelihood)
        s.told("A06 leaves", k.roster(k.next_body(Why.REMOVE, mem=rows), c.deputy))
        self._again(c.deputy, ("agenda", AGD, None), ("board", BRD, None))
        s.told("by a member", k.roster(k.next_body(Why.CLOSE), c.elder), Code.RULE_DENIED)
        s.told("closed", k.roster(k.next_body(Why.CLOSE), c.deputy))
        self._note("too late", "text 2", c.elder, Code.NEEDS_NEW_GENERATION, item="2")
