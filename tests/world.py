"""A small council in memory, from the seeds of names: the same bytes at every run.

`World` holds the identity log: agencies A01 … A12 (domain, section 7), their registrars,
workers with devices and pledges. Nothing here judges; the program does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from audit.merkle import leaf_hash, root
from crypto.errors import Code
from crypto.hashing import sha256
from crypto.signing import SigningKey
from protocol import replica
from protocol import statement as statements
from protocol.derived import device_id, worker_id
from protocol.directory import Directory
from protocol.ids import (
    Aid,
    CaseId,
    Did,
    Digest,
    DocId,
    Hash,
    Id,
    InvId,
    ItemId,
    Key,
    NetId,
    Nonce,
    Sid,
    SitId,
    SubId,
    Wid,
)
from protocol.leaf import Leaf, beat, leaf_for
from protocol.payloads import (
    Agency,
    Device,
    Invite,
    KeySet,
    LogHead,
    LogKeys,
    Logs,
    Payload,
    Pledge,
    Policy,
    Release,
    Revoke,
    Root,
    Scope,
    Worker,
)
from protocol.shapes import UNSET, as_set
from protocol.statement import Signature, Statement, signature_hash
from protocol.times import DAY, SECOND, Instant
from protocol.vocabulary import (
    AgencyForm,
    AgencyKind,
    Cap,
    RevokeWhat,
    RevokeWhy,
)

START: Final = Instant.parse("2026-11-21T00:00:00Z")
YEAR: Final = 365 * DAY
ALL: Final = ("c1", "c2", "c3", "c4", "c5", "c6")
POLICY: Final = Policy(rot=30, wait=48, hold=None, keep="case-5y")
KINDS: Final = {
    "A01": (AgencyKind.CITY, (Cap.HOST,)),
    "A02": (AgencyKind.CSW, (Cap.HOST,)),
    "A03": (AgencyKind.ELDER, (Cap.MEMBER,)),
    "A05": (AgencyKind.HEALTH, (Cap.MEMBER,)),
    "A06": (AgencyKind.LIVELIHOOD, (Cap.MEMBER,)),
    "A09": (AgencyKind.MEDICAL, (Cap.MEMBER,)),
    "A11": (AgencyKind.MINSEI, (Cap.MEMBER,)),
    "A12": (AgencyKind.NPO, (Cap.MEMBER,)),
    "A20": (AgencyKind.AUDIT, (Cap.AUDIT,)),
}


def id16(name: str) -> Id:
    """Make an id from a word."""
    return Id(sha256(name.encode())[:16])


def hash32(name: str) -> Hash:
    """Make a hash from a word."""
    return Hash(sha256(name.encode()))


def signing_key(name: str) -> SigningKey:
    """Make a key pair from a word."""
    return SigningKey.from_seed(sha256(b"seed of " + name.encode()))


def public(key: SigningKey) -> Key:
    """Give the public half as statements carry it."""
    return Key(Hash(key.public))


def sub_of(name: str) -> SubId:
    """Name a subject."""
    return SubId(id16(f"subject {name}"))


def doc_of(name: str) -> DocId:
    """Name a document."""
    return DocId(id16(f"document {name}"))


def item_of(name: str) -> ItemId:
    """Name an agenda item."""
    return ItemId(id16(f"item {name}"))


def sit_of(name: str) -> SitId:
    """Name a sitting."""
    return SitId(id16(f"sitting {name}"))


def doc_key(doc: DocId, g: int) -> bytes:
    """The key of a document generation."""
    return sha256(b"D" + doc + bytes([g]))


def epoch_key(case: CaseId, n: int) -> bytes:
    """The key of an epoch."""
    return sha256(b"E" + case + bytes([n]))


@dataclass(frozen=True, kw_only=True)
class Dev:
    """A device: its signing key and the certificate it was logged with."""

    did: Did
    dk: SigningKey
    sid: Sid


@dataclass(frozen=True, kw_only=True)
class Staff:
    """A worker with her identity key and first device."""

    name: str
    wid: Wid
    aid: Aid
    ik: SigningKey
    sid: Sid
    dev: Dev

    @property
    def dk(self) -> SigningKey:
        """The first device's key."""
        return self.dev.dk

    @property
    def person(self) -> tuple[Wid, Key]:
        """Who she is to a roster."""
        return (self.wid, public(self.ik))


class World:
    """The identity log of a council, growing one leaf at a time."""

    def __init__(self) -> None:
        """Log the root; time starts at `START` and moves a second with each leaf."""
        self.directory = Directory()
        self.leaves: list[bytes] = []
        self.bytes: list[bytes | None] = []
        self.t = START
        self.counter = 0
        self.root_keys = [signing_key(f"root {i}") for i in range(3)]
        self.sec_key = signing_key("sec")
        self.srv_key = signing_key("srv")
        self.root = self.log(self.root_body(), *self.root_keys[:2])
        self.net = NetId(self.root.sid)

    # --- the log -------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self.leaves)

    def log_root(self, n: int) -> Digest | None:
        """Root of the log at a size, None beyond it."""
        if n > self.size:
            return None
        return Digest(Hash(root([leaf_hash(leaf) for leaf in self.leaves[:n]])))

    def head(self, n: int | None = None) -> LogHead:
        """The log head at a size, now by default."""
        size = self.size if n is None else n
        found = self.log_root(size)
        assert found is not None
        return LogHead(n=size, r=found)

    def nonce(self) -> Nonce:
        """A fresh nonce."""
        self.counter += 1
        return Nonce(id16(f"nonce {self.counter}"))

    def base(self) -> "Base":
        """What every payload begins with."""
        return Base(net=self.net, nce=self.nonce(), iat=self.t)

    def sign(self, body: Payload, *signers: SigningKey) -> Statement:
        """Compose and sign; the statement as everybody would read it back."""
        return signed(statements.compose(body), *signers)

    def log(self, body: Payload, *signers: SigningKey, code: Code | None = None) -> Statement:
        """Sign and append; `code` is the flaw that must come of it, None for none."""
        return self.append(self.sign(body, *signers), code=code)

    def append(
        self,
        statement: Statement,
        *,
        code: Code | None = None,
        signatures: Iterable[Signature] | None = None,
    ) -> Statement:
        """Append a leaf that commits to all given signatures, in the order of their keys."""
        claimed = self.claimed(statement) if signatures is None else tuple(signatures)
        leaf = leaf_for(
            statement.body, sid=statement.sid, sg=signature_hash(claimed), t=self.tick()
        )
        self.put(leaf, statement)
        flaw = self.directory.flaws.get(self.size - 1)
        assert flaw is code, (statement.typ, flaw)
        return statement

    def claimed(self, statement: Statement) -> tuple[Signature, ...]:
        """The signatures with the keys that made them, as the maker knows them."""
        return MADE[statement.sid, tuple(h.sig for h in statement.signatures)]

    def put(self, leaf: Leaf, statement: Statement | None) -> None:
        """Append a leaf as it is."""
        self.leaves.append(leaf.encode())
        self.bytes.append(
            None if statement is None else statements.to_dsse(statement, self.claimed(statement))
        )
        replica.append(self.directory, leaf, statement)

    def beat(self, milliseconds: int = 0) -> None:
        """Let time pass, and say so in the log."""
        self.t = self.t.plus(milliseconds)
        self.put(beat(self.t), None)

    def tick(self) -> Instant:
        """Move by a second."""
        self.t = self.t.plus(SECOND)
        return self.t

    # --- bodies --------------------------------------------------------------------------

    def root_body(self, *, n: int = 0, prev: Sid | None = None) -> Root:
        """The root statement: two of three keys, one key for sec."""
        name = LogKeys(origin="example.jp/id", vkeys=("k1",))
        return Root(
            net=UNSET if n == 0 else self.net,
            nce=self.nonce(),
            iat=self.t,
            n=n,
            prev=prev,
            name="市",
            keys=as_set([public(key) for key in self.root_keys]),
            t=2,
            sec=KeySet(keys=(public(self.sec_key),), t=1),
            rel=None,
            origin="https://entaku.example.jp",
            srv=(public(self.srv_key),),
            logs=Logs(id=name, ops=LogKeys(origin="example.jp/ops", vkeys=("k2",))),
            wit=(),
            wt=0,
            req=1,
            exp=START.plus(5 * YEAR),
        )

    def release_body(self, *, ver: str = "0.1.0") -> Release:
        """A build of the page."""
        base = self.base()
        return Release(
            net=base.net,
            nce=base.nce,
            iat=base.iat,
            app="web",
            ver=ver,
            manifest=Digest(hash32(f"manifest {ver}")),
        )

    def agency_body(
        self,
        name: str,
        *,
        caps: tuple[Cap, ...] | None = None,
        prev: Sid | None = None,
        key: SigningKey | None = None,
        life: int = YEAR,
    ) -> Agency:
        """An agency's certificate, by its code."""
        kind, own = KINDS[name]
        base = self.base()
        return Agency(
            net=base.net,
            nce=base.nce,
            iat=base.iat,
            aid=aid_of(name),
            name=name,
            kind=kind,
            form=AgencyForm.PUBLIC,
            keys=(public(key or registrar(name)),),
            caps=as_set(own if caps is None else caps),
            nbf=START,
            exp=START.plus(life),
            prev=prev,
        )

    def agency(self, name: str) -> Statement:
        """Log an agency with its pledge, signed by sec where that is enough."""
        body = self.agency_body(name)
        signers = [self.sec_key] if body.caps == (Cap.MEMBER,) else self.root_keys[:2]
        logged = self.log(body, *signers)
        self.log(self.pledge_body(aid_of(name)), registrar(name))
        return logged

    def pledge_body(
        self, aid: Aid, wid: Wid | None = None, *, ver: int = 1, life: int = YEAR
    ) -> Pledge:
        """A pledge of an agency, or of one of its workers."""
        base = self.base()
        return Pledge(
            net=base.net,
            nce=base.nce,
            iat=base.iat,
            aid=aid,
            wid=wid,
            text=Digest(hash32(f"pledge {ver}")),
            ver=ver,
            until=START.plus(life),
        )

    def invite_body(
        self,
        name: str,
        agency: str,
        *,
        wid: Wid | None = None,
        caps: tuple[Cap, ...] = (Cap.MEMBER,),
        life: int = 14 * DAY,
    ) -> Invite:
        """An invitation; its id follows from a name."""
        base = self.base()
        return Invite(
            net=base.net,
            nce=base.nce,
            iat=base.iat,
            inv=inv_of(name),
            aid=aid_of(agency),
            wid=wid,
            caps=as_set(caps),
            exp=self.t.plus(life),
            am=Digest(hash32(f"am {name}")),
        )

    def worker_body(
        self,
        name: str,
        agency: str,
        *,
        caps: tuple[Cap, ...] = (Cap.MEMBER,),
        life: int = YEAR,
        start: int = 0,
    ) -> Worker:
        """A worker's first certificate, by the invitation of the same name."""
        base, aid = self.base(), aid_of(agency)
        return Worker(
            net=base.net,
            nce=base.nce,
            iat=base.iat,
            wid=worker_id(net=self.net, aid=aid, inv=inv_of(name)),
            aid=aid,
            nh=Digest(hash32(f"name {name}")),
            ik=public(signing_key(f"ik {name}")),
            caps=as_set(caps),
            gen=0,
            inv=inv_of(name),
            nbf=START.plus(start),
            exp=START.plus(life),
            prev=None,
        )

    def device_body(
        self, name: str, *, wid: Wid, ik: Key, life: int = YEAR, prev: Sid | None = None
    ) -> Device:
        """A device's certificate, by the name of its key."""
        base, dk = self.base(), public(signing_key(f"dk {name}"))
        return Device(
            net=base.net,
            nce=base.nce,
            iat=base.iat,
            did=device_id(net=self.net, wid=wid, dk=dk),
            wid=wid,
            ik=ik,
            dk=dk,
            ekh=Digest(hash32(f"ek {name}")),
            eg=0,
            nbf=START,
            exp=START.plus(life),
            prev=prev,
        )

    def revoke_body(
        self,
        what: RevokeWhat,
        sid: Sid,
        *,
        why: RevokeWhy = RevokeWhy.LOST,
        since: int | None = None,
    ) -> Revoke:
        """A revocation."""
        base = self.base()
        return Revoke(
            net=base.net, nce=base.nce, iat=base.iat, what=what, id=sid, why=why, since=since
        )

    # --- people --------------------------------------------------------------------------

    def invite(self, name: str, agency: str, *, caps: tuple[Cap, ...] = (Cap.MEMBER,)) -> Statement:
        """Log an invitation."""
        return self.log(self.invite_body(name, agency, caps=caps), registrar(agency))

    def staff(
        self,
        name: str,
        agency: str,
        *,
        caps: tuple[Cap, ...] = (Cap.MEMBER,),
        life: int = YEAR,
        device_life: int = YEAR,
        pledged: bool = True,
    ) -> Staff:
        """Enrol a worker: invitation, certificate, device, pledge."""
        self.invite(name, agency, caps=caps)
        ik, body = signing_key(f"ik {name}"), self.worker_body(name, agency, caps=caps, life=life)
        worker = self.log(body, registrar(agency), ik)
        dev = self.device(name, wid=body.wid, ik=ik, life=device_life)
        person = Staff(name=name, wid=body.wid, aid=body.aid, ik=ik, sid=worker.sid, dev=dev)
        if pledged:
            self.pledge(person)
        return person

    def device(
        self,
        name: str,
        *,
        wid: Wid,
        ik: SigningKey,
        life: int = YEAR,
        sibling: SigningKey | None = None,
    ) -> Dev:
        """Log a device under a worker's identity key, linked by a sibling unless the first."""
        dk, body = (
            signing_key(f"dk {name}"),
            self.device_body(name, wid=wid, ik=public(ik), life=life),
        )
        others = () if sibling is None else (sibling,)
        logged = self.log(body, ik, dk, *others)
        return Dev(did=body.did, dk=dk, sid=logged.sid)

    def second_device(self, person: Staff, name: str) -> Dev:
        """Log a further device, linked by the first."""
        return self.device(name, wid=person.wid, ik=person.ik, sibling=person.dk)

    def pledge(self, person: Staff, *, ver: int = 1, life: int = YEAR) -> Statement:
        """Log a worker's pledge."""
        return self.log(self.pledge_body(person.aid, person.wid, ver=ver, life=life), person.dk)

    def revoke(
        self,
        what: RevokeWhat,
        sid: Sid,
        key: SigningKey,
        *,
        why: RevokeWhy = RevokeWhy.LOST,
        since: int | None = None,
    ) -> Statement:
        """Log a revocation."""
        return self.log(self.revoke_body(what, sid, why=why, since=since), key)

    def revoke_worker(self, person: Staff, *, why: RevokeWhy = RevokeWhy.MOVED) -> Statement:
        """End a worker's chain by her registrar."""
        name = next(name for name in KINDS if aid_of(name) == person.aid)
        return self.revoke(RevokeWhat.WORKER, person.sid, registrar(name), why=why)


@dataclass(frozen=True, kw_only=True)
class Base:
    """The fields that every payload begins with."""

    net: NetId
    nce: Nonce
    iat: Instant


MADE: Final[dict[tuple[Sid, tuple[bytes, ...]], tuple[Signature, ...]]] = {}
"""Which keys made the signatures of a statement; readers have to find that out."""


def signed(statement: Statement, *signers: SigningKey) -> Statement:
    """Put signatures on a statement, in the order of their keys, hints included."""
    made = tuple(sorted(statements.sign(statement, key) for key in signers))
    read = statements.parse(statements.to_dsse(statement, made))
    MADE[read.sid, tuple(s.sig for s in made)] = made
    return read


def aid_of(name: str) -> Aid:
    """Name an agency by its code."""
    return Aid(id16(f"agency {name}"))


def inv_of(name: str) -> InvId:
    """Name an invitation."""
    return InvId(id16(f"invitation {name}"))


def registrar(agency: str) -> SigningKey:
    """The registrar's key of an agency."""
    return signing_key(f"registrar {agency}")


@dataclass(kw_only=True)
class Council:
    """The council of the stories: agencies, and a person or two at each."""

    world: World
    chair: Staff  # A01, may chair
    deputy: Staff  # A01, may chair
    recorder: Staff  # A01, takes minutes
    csw: Staff  # A02, may chair
    elder: Staff  # A03
    health: Staff  # A05
    livelihood: Staff  # A06
    doctor: Staff  # A09
    minsei: Staff  # A11
    npo: Staff  # A12
    auditor: Staff  # A20


def council(world: World | None = None) -> Council:
    """Enrol everybody, in a new log unless one is given."""
    world = World() if world is None else world
    for name in KINDS:
        world.agency(name)
    lead = (Cap.CHAIR, Cap.MEMBER)
    return Council(
        world=world,
        chair=world.staff("chair", "A01", caps=lead),
        deputy=world.staff("deputy", "A01", caps=lead),
        recorder=world.staff("recorder", "A01", caps=(Cap.MEMBER, Cap.MINUTES)),
        csw=world.staff("csw", "A02", caps=lead),
        elder=world.staff("elder", "A03"),
        health=world.staff("health", "A05"),
        livelihood=world.staff("livelihood", "A06"),
        doctor=world.staff("doctor", "A09"),
        minsei=world.staff("minsei", "A11"),
        npo=world.staff("npo", "A12"),
        auditor=world.staff("auditor", "A20", caps=(Cap.AUDIT,)),
    )


def scope(*pairs: tuple[Iterable[str], Iterable[str]]) -> tuple[Scope, ...]:
    """Write a scope as pairs of agency codes and categories."""
    return tuple(
        Scope(ag=as_set([aid_of(name) for name in agencies]), cats=as_set(list(cats)))
        for agencies, cats in pairs
    )
