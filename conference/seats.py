"""出席者: invited by the chair, answered by the worker herself, ended."""

from dataclasses import replace

from conference.records import (
    LIVE_SEATS,
    Conference,
    HeldSeat,
    Room,
    SeatState,
    SittingState,
)
from conference.scene import Scene, known, require_state
from crypto.errors import Code, Refused
from protocol.ids import SitId, Wid
from protocol.ops import SeatEnded, SeatInv
from protocol.payloads import Seat
from protocol.times import Instant
from protocol.vocabulary import Duty, SeatAnswer, SeatEnd

SeatFacts = SeatInv | SeatEnded

_STATE_AFTER = {
    SeatAnswer.ACCEPT: SeatState.ACCEPTED,
    SeatAnswer.DECLINE: SeatState.DECLINED,
    SeatAnswer.DELEGATE: SeatState.DELEGATED,
}


def change(scene: Scene, facts: SeatFacts) -> Conference:
    """Apply an operation on a seat."""
    match facts:
        case SeatInv():
            return _invite(scene, facts)
        case SeatEnded():  # pragma: no branch -- the last of a closed union
            return _end(scene, facts)


def answer_seat(
    conference: Conference, *, seq: int, at: Instant, seat: Seat, room: Room
) -> Conference:
    """Apply the statement `seat`, whose signer is already known to be `seat.wid`.

    NOT_SEATED without an invitation, CONFLICT if it is answered or the sitting is over. A
    delegate must be in force (UNKNOWN_ID) and of the same agency (OUT_OF_SCOPE); she is
    invited in turn, with the same duty.
    """
    held = _require_invited(conference, seat)
    answered = replace(
        held, state=_STATE_AFTER[seat.ans], to=seat.to, why=seat.why, touched=seq, at=at
    )
    if seat.to is None:
        return _with_seat(conference, answered)
    _require_colleague(conference, seat, to=seat.to, room=room)
    deputed = HeldSeat(
        sit=held.sit, wid=seat.to, duty=held.duty, late=held.late, touched=seq, at=at
    )
    return _with_seat(_with_seat(conference, answered), deputed)


def present_seats(conference: Conference, sit: SitId, room: Room) -> frozenset[Wid]:
    """Name who holds an accepted seat and is live; nobody where presence is not known."""
    return _accepted(conference, sit) & (room.present() or frozenset())


def eligible_seats(conference: Conference, sit: SitId, room: Room) -> frozenset[Wid]:
    """Name who accepted and may sit there now: in force and, but for advisers, covered."""
    return frozenset(
        wid
        for wid in _accepted(conference, sit)
        if _is_admissible(wid, duty=conference.seats[sit, wid].duty, room=room)
    )


def _accepted(conference: Conference, sit: SitId) -> frozenset[Wid]:
    seats = conference.seats.values()
    return frozenset(s.wid for s in seats if s.sit == sit and s.state is SeatState.ACCEPTED)


def _is_admissible(wid: Wid, *, duty: Duty, room: Room) -> bool:
    agency = room.worker_agency(wid)
    return agency is not None and (duty is Duty.ADVISER or room.covered(agency))


def _with_seat(conference: Conference, seat: HeldSeat) -> Conference:
    return replace(conference, seats={**conference.seats, (seat.sit, seat.wid): seat})


def _require_invited(conference: Conference, seat: Seat) -> HeldSeat:
    sitting = known(conference.sittings, seat.sit)
    held = conference.seats.get((seat.sit, seat.wid))
    if held is None:
        raise Refused(Code.NOT_SEATED)
    require_state(holds=sitting.state is not SittingState.CLOSED, state=sitting.state)
    require_state(holds=held.state is SeatState.INVITED, state=held.state)
    return held


def _require_colleague(conference: Conference, seat: Seat, *, to: Wid, room: Room) -> None:
    agency = room.worker_agency(to)
    if agency is None:
        raise Refused(Code.UNKNOWN_ID)
    if agency != room.worker_agency(seat.wid):
        raise Refused(Code.OUT_OF_SCOPE)
    other = conference.seats.get((seat.sit, to))
    if other is not None:
        require_state(holds=other.state not in LIVE_SEATS, state=other.state)


def _invite(scene: Scene, facts: SeatInv) -> Conference:
    sitting = scene.sitting(facts.sit)
    scene.require(allowed=scene.is_chair)
    scene.require_untouched(scene.was.seats.get((facts.sit, facts.wid)))
    require_state(holds=sitting.state is not SittingState.CLOSED, state=sitting.state)
    # Who is invited into a running sitting is late; a chair who did not know looks again.
    require_state(
        holds=bool(facts.late) or sitting.state is SittingState.CONVENED, state=sitting.state
    )
    _require_admissible(scene.room, facts)
    seat = HeldSeat(
        sit=facts.sit,
        wid=facts.wid,
        duty=facts.duty,
        late=bool(facts.late),
        touched=scene.op.seq,
        at=scene.op.at,
    )
    return _with_seat(scene.was, seat)


def _require_admissible(room: Room, facts: SeatInv) -> None:
    if room.worker_agency(facts.wid) is None:
        raise Refused(Code.UNKNOWN_ID)
    if not _is_admissible(facts.wid, duty=facts.duty, room=room):
        raise Refused(Code.OUT_OF_SCOPE)


def _end(scene: Scene, facts: SeatEnded) -> Conference:
    seat = known(scene.was.seats, (facts.sit, facts.wid))
    leaves = facts.why is SeatEnd.LEFT and facts.wid == scene.op.wid
    scene.require(allowed=scene.is_chair or leaves)
    scene.require_untouched(seat)
    require_state(holds=seat.state in LIVE_SEATS, state=seat.state)
    ended = replace(
        seat, state=SeatState.ENDED, why=facts.why, touched=scene.op.seq, at=scene.op.at
    )
    return _with_seat(scene.was, ended)
