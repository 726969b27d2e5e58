"""What a legal basis covers at a point: `eff`, `covered`, `prune`, `recipients`, `stale`.

Sources: protocol, sections 5.5, 5.13 and 5.14. A new version narrows at once and widens
when a roster lists it; a withdrawal only ever takes away.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from crypto.errors import Code, Refused
from protocol.directory import Directory
from protocol.feed import Point
from protocol.ids import Aid, Did, Sid
from protocol.payloads import Basis, Device, MemberRow, Roster, Withdraw
from protocol.room import Person, RoomState
from protocol.times import DAY, Instant
from protocol.vocabulary import RosterRole

Pair = tuple[Aid, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A listed basis at a point: what it grants, what was taken away, and when it runs."""

    sid: Sid
    body: Basis
    newest: Basis
    granted: frozenset[Pair]
    taken: frozenset[Pair]
    start: Instant
    until: Instant
    review: Instant | None

    @property
    def kinds(self) -> frozenset[str]:
        """Sitting kinds that listed and newest version both cover."""
        return frozenset(self.body.kinds) & frozenset(self.newest.kinds)

    @property
    def end(self) -> Instant:
        """First instant at which nothing is covered any more."""
        return self.until if self.review is None else min(self.until, self.review)

    def effective(self, now: Instant) -> frozenset[Pair]:
        """`eff`: pairs of agency and category in force."""
        return self.granted - self.taken if self.start <= now < self.end else frozenset()


def pairs_of(body: Basis) -> frozenset[Pair]:
    """Every recipient with every category the statement names for her."""
    return frozenset((aid, cat) for part in body.scope for aid in part.ag for cat in part.cats)


def standing(room: RoomState, sid: Sid, point: Point) -> Standing:
    """Judge one listed basis at a point; NO_BASIS when it is not this room's."""
    body = room.basis_of(sid)
    chain = list(_versions(room, sid, point.n))
    newest_sid, newest = chain[-1] if chain else (sid, body)
    bodies = (body, newest)
    reviews = [b.rev for b in bodies if b.rev is not None]
    return Standing(
        sid=sid,
        body=body,
        newest=newest,
        granted=pairs_of(body) & pairs_of(newest),
        taken=_taken(room, sid, point) | _taken(room, newest_sid, point),
        start=max(b.from_ for b in bodies),
        until=min(b.until for b in bodies),
        review=min(reviews, default=None),
    )


def _versions(room: RoomState, sid: Sid, n: int) -> Iterator[tuple[Sid, Basis]]:
    """The version named and every one that ended it in turn, logged below `n`."""
    logged, succeeded = room.directory.logged, room.directory.succeeded
    at, body = sid, room.basis_of(sid)
    while logged[at].index < n:
        yield at, body
        following = succeeded.get(at)
        if following is None or not _has_standing(room, following, body):
            return
        at, body = following, room.basis_of(following)


def _has_standing(room: RoomState, sid: Sid, basis: Basis) -> bool:
    """Tell whether a version or withdrawal counts, so that no stranger to a case ends its basis.

    What has an accepted row was judged there. By its leaf alone counts what people of the
    host agency, or of an agency in the scope of the basis, signed.
    """
    if sid in room.listed or sid in room.withdrawn:
        return True
    admitted = {aid for aid, _ in pairs_of(basis)} | room.hosts
    return all(signer.aid in admitted for signer in room.directory.logged[sid].signers)


def _first_version(directory: Directory, sid: Sid) -> Sid:
    """The head of a version chain, which names the chain."""
    while (before := _version_before(directory, sid)) is not None:
        sid = before
    return sid


def _version_before(directory: Directory, sid: Sid) -> Sid | None:
    logged = directory.logged.get(sid)
    body = logged.statement.body if logged else None
    return body.prev if isinstance(body, Basis) else None


def _taken(room: RoomState, sid: Sid, point: Point) -> frozenset[Pair]:
    """Pairs that withdrawals newer than this version took from it."""
    directory, pairs = room.directory, pairs_of(room.basis_of(sid))
    chain = _first_version(directory, sid)
    taken: set[Pair] = set()
    for withdraw_sid, withdraw in _withdrawals(room, point):
        if _first_version(directory, withdraw.basis) != chain:
            continue
        at = directory.logged.get(withdraw_sid)
        newer = at is None or at.index > directory.logged[sid].index
        if newer and _has_standing(room, withdraw_sid, room.basis_of(withdraw.basis)):
            taken.update(pair for pair in pairs if takes(withdraw, pair))
    return frozenset(taken)


def _withdrawals(room: RoomState, point: Point) -> Iterator[tuple[Sid, Withdraw]]:
    """Withdrawals that count at a point: by their row or by their leaf, whichever came."""
    known = {sid: (seq, body) for sid, (seq, body) in room.withdrawn.items()}
    for sid, body in room.directory.withdrawals.get(room.case, {}).items():
        known.setdefault(sid, (point.s + 1, body))
    for sid, (seq, body) in known.items():
        index = room.directory.statements.get(sid, point.n)
        if seq <= point.s or index < point.n:
            yield sid, body


def takes(withdraw: Withdraw, pair: Pair) -> bool:
    """Tell whether a withdrawal names this agency and category; null names all."""
    aid, cat = pair
    return (withdraw.ag is None or aid in withdraw.ag) and (
        withdraw.cats is None or cat in withdraw.cats
    )


def standings(room: RoomState, sids: Iterable[Sid], point: Point) -> tuple[Standing, ...]:
    """Judge several listed bases."""
    return tuple(standing(room, sid, point) for sid in sids)


def covered_agencies(
    room: RoomState, sids: Iterable[Sid], point: Point, now: Instant
) -> frozenset[Aid]:
    """Agencies that some of these bases cover, in any category."""
    return frozenset(aid for one in standings(room, sids, point) for aid, _ in one.effective(now))


def prune_members(
    room: RoomState, roster: Roster, point: Point, now: Instant
) -> tuple[MemberRow, ...]:
    """Rows that may stay, each unchanged: live, and covered or a guest whose end is to come."""
    covered = covered_agencies(room, roster.basis, point, now)
    return tuple(row for row in roster.mem if _stays(room, row, covered, point, now))


def _stays(
    room: RoomState, row: MemberRow, covered: frozenset[Aid], point: Point, now: Instant
) -> bool:
    worker = room.directory.worker_in_force(row.wid, point.n)
    if worker is None or worker.ik != row.ik:
        return False
    if row.role is RosterRole.GUEST:
        return row.until is not None and row.until > now
    return worker.aid in covered


def prune_bases(room: RoomState, roster: Roster, point: Point, now: Instant) -> tuple[Sid, ...]:
    """Listed bases under which anything is still in force."""
    return tuple(sid for sid in roster.basis if standing(room, sid, point).effective(now))


def recipients(room: RoomState, roster: Roster, n: int) -> frozenset[Sid]:
    """Device statements that a roster's epoch key must be sealed to, computed at its log head."""
    directory = room.directory
    found: set[Sid] = set()
    for row in roster.mem:
        if row.role is RosterRole.GUEST:
            continue
        if directory.has_pledges(_agency(room, row, n), row.wid, n):
            found.update(device.sid for device in directory.recipients_of(row.person, n))
    return frozenset(found)


def is_stale(room: RoomState, point: Point, now: Instant) -> bool:
    """Tell whether a roster must come before anything else may be written.

    Only people whose devices hold the key count: the end of a guest's row, or of a row
    without a pledge, gives nobody a key that she should not have.
    """
    entry = room.current
    if entry is None:
        return False
    roster = entry.body
    if now - entry.at > roster.pol.rot * DAY:
        return True
    if prune_bases(room, roster, point, now) != roster.basis:
        return True
    staying = {row.person for row in prune_members(room, roster, point, now)}
    devices = (device_of(room.directory, sid) for sid in entry.recipients)
    return not all(_keeps_key(room, did, staying, point.n) for did in devices)


def _keeps_key(room: RoomState, did: Did, staying: Collection[Person], n: int) -> bool:
    """Tell whether a device that was given the epoch's key would be given it again."""
    directory = room.directory
    owner = directory.devices[did].versions[0].body
    person = (owner.wid, owner.ik)
    aid = directory.workers[owner.wid].versions[0].body.aid
    live = any(cert.body.did == did for cert in directory.devices_of(person, n))
    ended = directory.is_device_seen_ended(did)
    return live and not ended and person in staying and directory.has_pledges(aid, owner.wid, n)


def device_of(directory: Directory, sid: Sid) -> Did:
    """The device a certificate of any version belongs to; UNKNOWN_ID for no device."""
    chain = directory.chains.get(sid)
    body = chain.versions[0].body if chain else None
    if not isinstance(body, Device):
        raise Refused(Code.UNKNOWN_ID)
    return body.did


def _agency(room: RoomState, row: MemberRow, n: int) -> Aid:
    """The agency of a roster row; a row was only accepted with a certificate behind it."""
    chain = room.directory.workers[row.wid]
    return (chain.newest(n) or chain.versions[0]).body.aid
