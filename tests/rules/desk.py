"""The edge of a council without a server or a database: what waits and what is stored, in lists."""

from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

from crypto.errors import Code
from crypto.sealing import SealingKey
from crypto.signing import SigningKey
from identity import usecases
from identity.model import Admission, Origins, Own, Waiting
from protocol.directory import Signer
from protocol.ids import Blob, Digest, LinkId
from protocol.payloads import Join, Payload, Root
from protocol.statement import to_dsse
from protocol.vocabulary import Cap
from protocol.wire import Admit, LinkOffer, Pend
from tests.refusals import code_after
from tests.world import (
    Council,
    Staff,
    World,
    council,
    hash32,
    id16,
    inv_of,
    public,
    signing_key,
)

LID = LinkId(id16("lid"))
MAC = Digest(hash32("mac"))
EK = SealingKey.from_seed(hash32("ek")).public


@dataclass
class Desk:
    """One council's edge: what waits, and what was stored, in lists."""

    c: Council = field(default_factory=council)
    held: list[Waiting] = field(default_factory=list[Waiting])
    stored: list[Admission] = field(default_factory=list[Admission])

    @property
    def now(self) -> datetime:
        """The time of the newest leaf."""
        return self.c.world.t.moment()

    @property
    def view(self) -> usecases.View:
        """The council as decisions see it."""
        world = self.c.world
        seen: Any = SimpleNamespace(directory=world.directory, rev=1, own=own_of(_root(world)))
        return cast("usecases.View", seen)

    async def pend(self, waiting: Waiting, /, *, now: datetime, answers: str | None = None) -> None:
        """Keep something in the place of what it answers."""
        assert waiting.until > now
        answered = waiting.key, answers
        self.held = [each for each in self.held if (each.key, each.typ) != answered]
        self.held.append(waiting)

    async def all(self, *, now: datetime) -> list[Waiting]:
        """Read everything whose time has not passed."""
        return [each for each in self.held if each.until > now]

    async def admit(self, admission: Admission, /) -> None:
        """Store a statement."""
        self.stored.append(admission)

    def signer(self, person: Staff) -> Signer:
        """Whose device calls."""
        return self.c.world.directory.trust(public(person.dk), "read", self.c.world.size)

    def dsse(self, body: Payload, *keys: SigningKey) -> Blob:
        """Sign what is to be sent."""
        made = self.c.world.sign(body, *keys)
        return Blob(to_dsse(made, self.c.world.claimed(made)))

    async def leave(self, request: Pend) -> Code | None:
        """Leave something to wait; the code it is refused with."""
        return await code_after(usecases.pend(request, view=self.view, waiting=self, now=self.now))

    async def submit(self, request: Admit, *, now: datetime | None = None) -> Code | None:
        """Submit a statement to the identity log; the code it is refused with."""
        return await code_after(
            usecases.admit(
                request,
                view=self.view,
                statements=self,
                waiting=self,
                touched=(),
                now=now or self.now,
            )
        )

    def offer(self) -> LinkOffer:
        """What the elder's old device leaves."""
        wid, ik = self.c.elder.person
        return LinkOffer(key=Blob(LID), net=self.c.world.net, wid=wid, ik=ik, mac=MAC)

    async def leave_offer(self, offer: LinkOffer) -> Code | None:
        """Leave an offer as the elder's device; the code it is refused with."""
        actor = self.signer(self.c.elder)
        return await code_after(
            usecases.offer_link(offer, actor=actor, view=self.view, waiting=self, now=self.now)
        )


def own_of(body: Root) -> Own:
    """What a server is that this root names."""
    logs = Origins(
        id_origin=body.logs.id.origin,
        id_vkeys=body.logs.id.vkeys,
        ops_origin=body.logs.ops.origin,
        ops_vkeys=body.logs.ops.vkeys,
    )
    return Own(srv=body.srv[0], origin=body.origin, logs=logs)


def _root(world: World) -> Root:
    body = world.root.body
    assert isinstance(body, Root)
    return body


def join_of(w: World, name: str) -> Join:
    """What a joiner of A03 asks for by the invitation of the same name."""
    base = w.base()
    return Join(
        net=base.net,
        nce=base.nce,
        iat=base.iat,
        inv=inv_of(name),
        wid=w.worker_body(name, "A03").wid,
        root=w.root.sid,
        ik=public(signing_key(f"ik {name}")),
        dk=public(signing_key(f"dk {name}")),
        ek=Blob(EK),
        caps=(Cap.MEMBER,),
    )
