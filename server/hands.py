"""発言の順番: who asks to speak in a room, first of all first; the server's word, never stored."""

from dataclasses import dataclass, field

from protocol.ids import CaseId, Wid
from protocol.wire import Notice


@dataclass(slots=True)
class Hands:
    """Raised hands by room; they are gone with the node, like presence."""

    raised: dict[CaseId, list[Wid]] = field(default_factory=dict[CaseId, list[Wid]])

    def put(self, case: CaseId, wid: Wid, *, up: bool) -> bool:
        """Raise or lower a hand; False when nothing changes by it."""
        queue = self.raised.get(case, [])
        if (wid in queue) == up:
            return False
        left = [*queue, wid] if up else [each for each in queue if each != wid]
        if left:
            self.raised[case] = left
        else:
            del self.raised[case]
        return True

    def notice(self, case: CaseId) -> Notice:
        """The whole order as one notice: worker ids in hex, a space between."""
        wids = " ".join(wid.hex() for wid in self.raised.get(case, ()))
        return Notice(case=case, code="hands", facts={"wids": wids})
