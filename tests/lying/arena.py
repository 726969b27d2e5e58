"""One run: people, their server, and what is done to them, step by step and repeatable."""

from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from conference.content import Sealed, parse_full
from crypto.errors import Code, Refused
from protocol.ids import Digest, DocId, Hash
from protocol.payloads import Revoke
from protocol.statement import compose, sign, to_dsse
from protocol.vocabulary import DocClass, RevokeWhat, RevokeWhy
from protocol.wire import Post
from sdk.member import Member
from sdk.room import Room
from tests.lying.clock import Drawn, Timeless, wall
from tests.lying.founding import MEMBERS, Start, start
from tests.lying.knowledge import Knower
from tests.lying.line import Ledger, Line, Stored
from tests.lying.people import Person
from tests.lying.server import Server
from tests.lying.town import PEOPLE, sealing_key
from tests.lying.truth import HONEST, WATCHED, Broken, End, Truth, require
from tests.world import registrar

Step = tuple[str, str, int]
"""What is done, to whom, and a number that varies it."""

Act = Callable[["Arena", str, int], Awaitable[None]]
ACTS: Final[dict[str, Act]] = {}
WHO: Final = ("chair", "csw", "elder")
CHAIRED: Final = {"remove": "chair", "admit": "chair"}
_LOGS: Final = frozenset({"root", "pin", "statement", "ops"})


def act(do: Act) -> Act:
    """Offer something that can be done, under its own name."""
    ACTS[do.__name__] = do
    return do


class Arena:
    """A run; `do` is the only hand on it."""

    def __init__(self) -> None:
        """Begin in the sitting that was opened."""
        self.start: Final[Start] = start()
        self.loop: Final = Timeless()
        self.now: Final = wall(self.loop, start=self.start.at)
        self.steps: Final[list[Step]] = []
        self.refusals: Final[Counter[str]] = Counter()
        self.draw: Final = Drawn("arena")
        self.server: Final = self._server()
        town = self.start.town
        self.people: Final = {
            name: Person(name, staff, self.server, self.now) for name, staff in town.people.items()
        }
        self.truth: Final = self._truth()
        self.server.posted = self._posted
        for name, person in self.people.items():
            person.vault.contents = self.start.contents[name]
            person.vault.saved[:] = [person.vault.contents]
            person.vault.sealed = partial(self.truth.sealed, person)
        self.count = 0

    def _server(self) -> Server:
        held = self.start
        ledger = Ledger.of(held.leaves, held.statements)
        server = Server(held.town, case=held.case, now=self.now, ledger=ledger)
        for stored in held.rows:
            server.lines[0].put(stored)
        server.bundles.update({Digest(Hash(key)): data for key, data in held.bundles})
        server.ops.extend(held.ops)
        return server

    def _truth(self) -> Truth:
        town, case = self.start.town, self.start.case
        truth = Truth(
            case=case,
            names={staff.wid: name for name, staff in town.people.items()},
            dids={staff.dev.did: name for name, staff in town.people.items()},
            knowers={
                name: Knower(name=name, net=self.server.net, key=sealing_key(name))
                for name in WATCHED
            },
            signed={name: {each.row.id for each in self.start.rows} for name in town.people},
            admitted=set(MEMBERS),
            old={each.row.id for each in self.start.rows},
        )
        for name in ("eve", "mallory"):
            kept = self.start.contents[name].room(case)
            epochs = {each.n: bytes(each.E) for each in kept.epochs}
            docs = {(each.doc, each.g): bytes(each.D) for each in kept.docs}
            truth.knowers[name].hold(epochs, docs)
        return truth

    def close(self) -> None:
        """End the run."""
        self.loop.close()

    def _posted(self, name: str, post: Post) -> None:
        """I3: whatever comes to the server was sealed for those of whom its sender knows now."""
        room = self.people[name].room(self.start.case)
        for row in post.rows if room is not None and name in HONEST else ():
            content = parse_full(row.form, row.bytes)
            if isinstance(content, Sealed) and room is not None:
                known = content.eid in room.state.ids or content.header.e >= room.state.epoch
                require("I3 nothing from before a removal is sent after it", holds=known, who=name)
        self.truth.posted(name, post)

    # --- doing ---------------------------------------------------------------------------------

    def do(self, name: str, who: str = "", k: int = 0) -> Code | None:
        """Take one step, then look whether everything still holds; the code of a refusal.

        Raises:
            Broken: An invariant fell, or a client died of what it was told.
        """
        self.steps.append((name, who, k))
        code = self._tried(name, who, k)
        self._remember()
        self.truth.check(self.people.values())
        return code

    def _tried(self, name: str, who: str, k: int) -> Code | None:
        try:
            self.loop.run_until_complete(ACTS[name](self, who, k))
        except Refused as refusal:
            self.refusals[refusal.code.value] += 1
            self._require_halted(CHAIRED.get(name, who), refusal)
            return refusal.code
        except Broken:
            raise
        except (KeyError, IndexError, TypeError, AttributeError, AssertionError) as error:
            raise Broken(f"the client of {who} died of {name}: {error!r}") from error
        return None

    def _require_halted(self, who: str, refusal: Refused) -> None:
        """A contradiction about a room, or the log it is judged by, never only passes."""
        room = self.people[who].room(self.start.case) if who in self.people else None
        elsewhere = refusal.facts.get("why") in _LOGS or refusal.facts.get("said") == "server"
        if refusal.code is Code.EQUIVOCATION and not elsewhere and room is not None:
            require("EQUIVOCATION halts", holds=room.footing().halted is not None, who=who)

    def _remember(self) -> None:
        for line in self.server.lines:
            state = line.room.state
            for seq in range(len(state.fhs) - 1, 0, -1):
                if Hash(state.fhs[seq]) in self.truth.parents:
                    break
                self.truth.parents[Hash(state.fhs[seq])] = Hash(state.fhs[seq - 1])
                self.truth.rows[Hash(state.fhs[seq])] = line.rows[seq - 1].row.id

    # --- hands ---------------------------------------------------------------------------------

    async def member(self, who: str) -> Member:
        """Somebody in her room, live."""
        return await self.people[who].join(self.start.case)

    async def writer(self, who: str) -> Member:
        """The same, with everybody confirmed who is new."""
        member = await self.member(who)
        await member.room.confirm_changes()
        return member

    def line(self, who: str) -> Line:
        """The history told to somebody."""
        return self.server.line(who)

    def word(self) -> str:
        """Words that nobody said before."""
        self.count += 1
        return f"言葉 {self.count}"

    def document(self, room: Room, cls: DocClass) -> DocId:
        """A document of the room by its class."""
        announced = room.state.document_of(cls)
        if announced is None:
            raise Refused(Code.UNKNOWN_ID)
        return announced.body.doc

    def insert(self, line: Line, form: str, data: bytes) -> Stored:
        """Commit a row that nobody judged, and tell everybody of it."""
        try:
            stored = line.force(form, data)
        except Refused as refusal:  # even a liar's own books must add up
            raise RuntimeError(form) from refusal
        self.server.tell(line, [stored])
        return stored

    def revoke(self, line: Line, name: str) -> bytes:
        """Log the end of somebody's certificate; give the leaf's hash."""
        staff, net = self.start.town.people[name], self.server.net
        agency = PEOPLE[name]
        body = Revoke(
            net=net,
            nce=self.start.town.world.nonce(),
            iat=self.now(),
            what=RevokeWhat.WORKER,
            id=staff.sid,
            why=RevokeWhy.LOST,
            since=None,
        )
        made = compose(body)
        raw = to_dsse(made, [sign(made, registrar(agency))])
        leaf = line.ledger.add(raw, t=self.now())
        self.truth.ends.append(End(name=name, leaf=leaf))
        return leaf


def pick(k: int, among: tuple[str, ...]) -> str:
    """One of several by a number."""
    return among[k % len(among)]
