"""Legal bases outside rooms: proposed, approved by another, logged (section 5.5, flow 15.2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from crypto.errors import Code, Refused
from protocol import codec
from protocol.ids import CaseId, Digest, Hash, Id, Sid, SubId, Wid
from protocol.keys import evidence_commitment, subject_commitment
from protocol.payloads import Basis, Handover, Person, Scope
from protocol.shapes import as_set
from protocol.statement import Signature, Statement, compose, match, parse, sign
from protocol.times import Instant
from protocol.vocabulary import BasisKind
from protocol.wire import Waits
from sdk.opening import Words
from sdk.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A person a case is about: her id in this case, and what opens the commitment to her name."""

    sub: SubId
    key: Hash
    name: str
    birth: str

    def commitment(self) -> Digest:
        """`subc`."""
        return subject_commitment(self.key, name=self.name, birth=self.birth or None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Who gave a consent and how, under a key of its own; both go into the sealed section."""

    key: Hash
    words: Words

    def commitment(self) -> Digest:
        """`evc`."""
        return evidence_commitment(self.key, evidence=codec.encode(self.words))


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a basis covers, and for how long; `prev` is the version that it ends."""

    law: str
    kinds: Sequence[str]
    scope: Sequence[Scope]
    purp: Sequence[str]
    start: Instant
    until: Instant
    rev: Instant | None = None
    prev: Sid | None = None


def new_subject(session: Session, *, name: str, birth: str = "") -> Subject:
    """Name a person for one case; only the commitment leaves this device in clear."""
    entropy = session.council.entropy
    return Subject(
        sub=SubId(Id(entropy(Id.SIZE))), key=Hash(entropy(Hash.SIZE)), name=name, birth=birth
    )


def new_evidence(session: Session, words: Words) -> Evidence:
    """Commit to the evidence of a consent."""
    return Evidence(key=Hash(session.council.entropy(Hash.SIZE)), words=words)


async def consent(
    session: Session, *, case: CaseId, subject: Subject, terms: Terms, evidence: Evidence | None
) -> Sid:
    """Log a consent that this person took; waits for the leaf."""
    body = _basis(session, case, subject, terms, BasisKind.CONSENT, apr=None, evidence=evidence)
    made = compose(body)
    await session.council.admit_logged(made, sign(made, session.dk))
    return made.sid


async def propose(
    session: Session, *, case: CaseId, subject: Subject, terms: Terms, approver: Wid
) -> Sid:
    """Propose a statutory decision; it waits for the approver's signature."""
    body = _basis(session, case, subject, terms, BasisKind.LAW, apr=approver, evidence=None)
    made = compose(body)
    await session.council.pend(made.sid, made, sign(made, session.dk))
    return made.sid


async def waiting(session: Session) -> tuple[Statement, ...]:
    """List the decisions that wait for my signature; each is to be read whole."""
    found = await session.council.http.get("pend", Waits)
    statements = [parse(each.statement) for each in found.pending]
    return tuple(each for each in statements if isinstance(each.body, Basis))


async def approve(session: Session, statement: Statement) -> Sid:
    """Sign a decision that somebody else proposed; waits for the leaf."""
    body = statement.body
    if not isinstance(body, Basis) or body.apr != session.me.wid:
        raise Refused(Code.RULE_DENIED)
    proposer = _proposer(session, statement, body.prop)
    await session.council.admit_logged(statement, *proposer, sign(statement, session.dk))
    return statement.sid


def _proposer(session: Session, statement: Statement, wid: Wid) -> tuple[Signature, ...]:
    directory = session.council.log.directory
    dids = directory.owned.get(wid, ())
    found = match(statement, [directory.devices[did].versions[0].body.dk for did in dids])
    if not found:
        raise Refused(Code.RULE_DENIED)
    return found[:1]


def _basis(
    session: Session,
    case: CaseId,
    subject: Subject,
    terms: Terms,
    kind: BasisKind,
    *,
    apr: Wid | None,
    evidence: Evidence | None,
) -> Basis:
    council = session.council
    return Basis(
        net=council.net,
        nce=council.nonce(),
        iat=council.iat(),
        case=case,
        prev=terms.prev,
        ver=_version(session, terms.prev),
        kind=kind,
        law=terms.law,
        kinds=as_set(terms.kinds),
        sub=subject.sub,
        subc=subject.commitment(),
        scope=tuple(terms.scope),
        purp=as_set(terms.purp),
        prop=session.me.wid,
        apr=apr,
        evc=evidence.commitment() if evidence else None,
        from_=terms.start,
        until=terms.until,
        rev=terms.rev,
    )


def _version(session: Session, prev: Sid | None) -> int:
    if prev is None:
        return 1
    logged = session.council.log.directory.logged.get(prev)
    if logged is None or not isinstance(logged.statement.body, Basis):
        raise Refused(Code.UNKNOWN_ID)
    return logged.statement.body.ver + 1


async def hand_over(
    session: Session, *, case: CaseId | None, to: Person, start: Instant, until: Instant
) -> Sid:
    """Let a named successor take the chair, for a time."""
    council = session.council
    made = compose(
        Handover(
            net=council.net,
            nce=council.nonce(),
            iat=council.iat(),
            case=case,
            to=to,
            from_=start,
            until=until,
        )
    )
    await council.admit_logged(made, sign(made, session.dk))
    return made.sid
