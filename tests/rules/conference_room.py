"""A room as plain tables: the miniature that tests of the conference reducer stand in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from protocol.ids import Aid, Sid, SubId, Wid
from protocol.vocabulary import Cap


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRoom:
    """What is true of the room at one point of the feed."""

    chair: frozenset[Wid]
    roster: Mapping[Wid, Aid]
    workers: Mapping[Wid, Aid]
    covers: frozenset[Aid]
    minutes: frozenset[Wid]
    bases: Mapping[tuple[Sid, SubId], frozenset[str]] = field(
        default_factory=dict[tuple[Sid, SubId], frozenset[str]]
    )
    live: frozenset[Wid] | None = None

    def chairs(self) -> frozenset[Wid]:
        """Give the chair and the live acts."""
        return self.chair

    def members(self) -> Mapping[Wid, Aid]:
        """Give the roster without guests."""
        return self.roster

    def worker_agency(self, wid: Wid) -> Aid | None:
        """Give the agency of a worker in force."""
        return self.workers.get(wid)

    def covered(self, aid: Aid) -> bool:
        """Tell whether a basis names the agency."""
        return aid in self.covers

    def has_cap(self, wid: Wid, cap: Cap) -> bool:
        """Tell whether the worker may take minutes; no other capability is asked for."""
        return cap is Cap.MINUTES and wid in self.minutes

    def present(self) -> frozenset[Wid] | None:
        """Give who is live."""
        return self.live

    def basis_kinds(self, basis: Sid, sub: SubId) -> frozenset[str] | None:
        """Give the kinds a basis serves."""
        return self.bases.get((basis, sub))
