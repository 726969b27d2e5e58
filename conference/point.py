"""The room as the conference reducer asks about it, at one point of the feed."""

from collections.abc import Mapping
from dataclasses import dataclass

from conference.gate import Gate
from protocol.ids import Aid, Sid, SubId, Wid
from protocol.room import RoomState
from protocol.vocabulary import Cap


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRoom:
    """Implements `conference.records.Room` on the folded state."""

    state: RoomState
    held: Gate
    live: frozenset[Wid] | None

    def chairs(self) -> frozenset[Wid]:
        """Chair and live acts."""
        return self.state.chairs(self.held.n)

    def members(self) -> Mapping[Wid, Aid]:
        """Rows of the roster that are no guests, with their agencies."""
        workers = self.state.directory.workers
        return {row.wid: workers[row.wid].versions[-1].body.aid for row in self.state.members()}

    def worker_agency(self, wid: Wid) -> Aid | None:
        """Agency of any worker in force."""
        worker = self.state.directory.worker_in_force(wid, self.held.n)
        return worker.aid if worker else None

    def covered(self, aid: Aid) -> bool:
        """Tell whether a listed basis in force names the agency."""
        return aid in self.held.covered()

    def has_cap(self, wid: Wid, cap: Cap) -> bool:
        """Tell whether the worker's certificate grants a capability."""
        worker = self.state.directory.worker_in_force(wid, self.held.n)
        return worker is not None and cap in worker.caps

    def basis_kinds(self, basis: Sid, sub: SubId) -> frozenset[str] | None:
        """Kinds of sitting that a listed basis in force serves for a subject."""
        for one in self.held.stands:
            if one.sid == basis and one.body.sub == sub and one.effective(self.held.now):
                return one.kinds
        return None

    def present(self) -> frozenset[Wid] | None:
        """Who is live; None where nobody can know."""
        return self.live
