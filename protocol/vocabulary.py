"""Closed vocabularies of `shk1`: every code that a rule looks at."""

from enum import StrEnum


class Cap(StrEnum):
    """What a certificate lets a worker (or, for host, an agency) be."""

    AUDIT = "audit"
    CHAIR = "chair"
    HOST = "host"
    MEMBER = "member"
    MINUTES = "minutes"
    PRIVACY = "privacy"
    RECORDS = "records"


class AgencyKind(StrEnum):
    """Kinds of agency that the access matrix tells apart (domain, section 1.4)."""

    CITY = "city"
    CITY_OTHER = "city-other"
    CSW = "csw"
    ELDER = "elder"
    DISABILITY = "disability"
    LIVELIHOOD = "livelihood"
    CHILD = "child"
    SCHOOL = "school"
    HEALTH = "health"
    CHILD_GUIDANCE = "child-guidance"
    POLICE = "police"
    MEDICAL = "medical"
    NURSING = "nursing"
    MINSEI = "minsei"
    NPO = "npo"
    VOLUNTEER = "volunteer"
    COMPANY = "company"
    EXPERT = "expert"
    AUDIT = "audit"


class AgencyForm(StrEnum):
    """How an agency is bound by secrecy: as a body or person by person."""

    PUBLIC = "public"
    CORPORATION = "corporation"
    INDIVIDUAL = "individual"


class RevokeWhat(StrEnum):
    """What a revocation ends."""

    DEVICE = "device"
    WORKER = "worker"
    AGENCY = "agency"
    INVITE = "invite"


class RevokeWhy(StrEnum):
    """Why something is revoked."""

    MOVED = "moved"
    LOST = "lost"
    COMPROMISED = "compromised"
    ERROR = "error"


class BasisKind(StrEnum):
    """Consent of the person, or a recorded statutory decision."""

    CONSENT = "consent"
    LAW = "law"


class RosterRole(StrEnum):
    """Role of a row of the roster."""

    MEMBER = "member"
    MINUTES = "minutes"
    GUEST = "guest"


class Why(StrEnum):
    """Why a roster was made."""

    CREATE = "create"
    ADD = "add"
    REMOVE = "remove"
    NARROW = "narrow"
    ROTATE = "rotate"
    HANDOVER = "handover"
    TAKEOVER = "takeover"
    CLOSE = "close"


class DocClass(StrEnum):
    """Class of a document."""

    AGENDA = "agd"
    BOARD = "brd"
    ITEM = "itm"
    SECTION = "sec"
    CARD = "card"
    EVIDENCE = "ev"


WHOLE_ROOM = frozenset({DocClass.AGENDA, DocClass.BOARD, DocClass.ITEM})


class SeatAnswer(StrEnum):
    """Answer of an invited worker."""

    ACCEPT = "accept"
    DECLINE = "decline"
    DELEGATE = "delegate"


class Decline(StrEnum):
    """Reason for declining a seat, a role or an action."""

    CAPACITY = "capacity"
    SCOPE = "scope"
    CONFLICT = "conflict"
    LEGAL = "legal"
    OTHER = "other"


class AckKind(StrEnum):
    """What an acknowledgement is about."""

    ACT = "act"
    BAD_BUNDLE = "bad-bundle"
    READ = "read"
    ERASED = "erased"
    MINUTES_OK = "minutes-ok"


class GrantWhat(StrEnum):
    """What a grant carries."""

    DOCS = "docs"
    EPOCH = "epoch"


class Kind(StrEnum):
    """Kinds of content envelope built in v1."""

    DK = "dk"
    SUM = "sum"
    NOTE = "note"
    EV = "ev"
    OP = "op"


class Provenance(StrEnum):
    """Where the words of a section come from."""

    SELF = "self"
    FAMILY = "family"
    THIRD = "third"
    AGENCY = "agency"
    ASSESSMENT = "assessment"
    PLAN = "plan"


class ItemType(StrEnum):
    """What an agenda item is for."""

    FORM = "form"
    TALK = "talk"
    DECIDE = "decide"


class Outcome(StrEnum):
    """How an item ended."""

    DECIDED = "decided"
    NONE = "none"
    CARRIED = "carried"
    BASIS_ENDED = "basis-ended"


class Duty(StrEnum):
    """Duty of a seat in one sitting."""

    MEMBER = "member"
    FACILITATOR = "facilitator"
    RECORDER = "recorder"
    PRESENTER = "presenter"
    ADVISER = "adviser"


class SeatEnd(StrEnum):
    """Why a seat ended."""

    LEFT = "left"
    EVICTED = "evicted"
    ITEM_OVER = "item-over"


class Part(StrEnum):
    """Part on the role board: 主担当機関, 主たる援助者, 副担当, 暫定."""

    MAIN = "main"
    KEY = "key"
    DEPUTY = "deputy"
    INTERIM = "interim"


class Answer(StrEnum):
    """Answer to an offered role or action."""

    ACCEPT = "accept"
    DECLINE = "decline"


class ActionReport(StrEnum):
    """What an owner reports."""

    PROGRESS = "progress"
    DONE = "done"
    NOT_DONE = "not-done"


class DecisionType(StrEnum):
    """Kind of recorded decision; `reserve` is 留保."""

    DECISION = "decision"
    RESERVE = "reserve"
    NONE = "none"
