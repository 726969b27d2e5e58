"""What a device opens when the server hands out every byte it has: keys tried on everything."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from conference import content as contents
from conference.content import Sealed
from crypto.errors import Refused
from crypto.sealing import SealingKey
from protocol import bundle
from protocol.bundle import Bundle
from protocol.headers import DkHeader
from protocol.ids import Hash, NetId
from protocol.payloads import Grant
from protocol.room import RoomState
from sdk.member import Member
from sdk.opening import open_dk, open_grant, open_text
from tests.edges.live.stage import Admin

_ROWS = """
  SELECT f.form, b.bare, b.ct FROM room.feed f JOIN room.body b USING (case_id, id) ORDER BY f.seq
"""


@dataclass(frozen=True, slots=True)
class Loot:
    """All envelopes, grants and bundles of the database, and the public state of the room."""

    state: RoomState
    net: NetId
    sealed: list[Sealed]
    grants: list[Grant]
    bundles: list[Bundle]

    @classmethod
    async def of(cls, admin: Admin, member: Member) -> Self:
        """Take everything; the public state is that of some member who is level."""
        parsed = [
            contents.parse_full(row["form"], row["ct"] or row["bare"])
            for row in await admin.fetch(_ROWS)
        ]
        envelopes = [each for each in parsed if isinstance(each, Sealed)]
        bodies = [each.body for each in parsed if not isinstance(each, Sealed)]
        blobs = await admin.fetch("SELECT bytes FROM room.blob")
        return cls(
            state=member.room.state,
            net=member.room.session.council.net,
            sealed=envelopes,
            grants=[body for body in bodies if isinstance(body, Grant)],
            bundles=[bundle.parse(each["bytes"]) for each in blobs],
        )

    def opened_by(self, member: Member) -> set[Hash]:
        """Words that a device can open with all keys it has or can get from anywhere in here."""
        seeds = member.room.session.vault.contents.ek
        own = [SealingKey.from_seed(each.seed) for each in seeds]
        keys = {*member.room.epochs.values(), *member.room.docs.values()}
        keys |= self._granted(own) | self._bundled(own)
        keys |= self._wrapped(keys)
        return {
            contents.row_id(each)
            for each in self.sealed
            if not isinstance(each.header, DkHeader) and self._opens(each, keys)
        }

    def _granted(self, own: Iterable[SealingKey]) -> set[bytes]:
        found: set[bytes] = set()
        for key in own:
            for body in self.grants:
                try:
                    found.update(open_grant(body, net=self.net, key=key))
                except Refused:
                    continue  # sealed to somebody else
        return found

    def _bundled(self, own: Iterable[SealingKey]) -> set[bytes]:
        found: set[bytes] = set()
        for key in own:
            for each in self.bundles:
                body = self.state.rosters[each.n].body
                epoch = bundle.Epoch(net=self.net, case=body.case, n=body.n, prev=body.prev)
                for entry in each.entries:
                    try:
                        place = bundle.info(epoch, sid=entry.sid, eg=entry.eg)
                        found.add(key.open(entry.ct, info=place))
                    except Refused:
                        continue  # sealed to somebody else
        return found

    def _wrapped(self, keys: Iterable[bytes]) -> set[bytes]:
        found: set[bytes] = set()
        for each in [each for each in self.sealed if isinstance(each.header, DkHeader)]:
            sect = self.state.documents[(each.header.d, each.header.g)].body
            for key in keys:
                try:
                    found.add(open_dk(each, key, sect=sect))
                except Refused:
                    continue  # under another epoch
        return found

    @staticmethod
    def _opens(sealed: Sealed, keys: Iterable[bytes]) -> bool:
        for key in keys:
            try:
                open_text(sealed, key)
            except Refused:
                continue  # under another document's key
            return True
        return False
