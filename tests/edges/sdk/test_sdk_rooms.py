"""A whole sitting with real clients against the real node: shared, withdrawn, gone on with."""

import asyncio

import pytest

from crypto.errors import Code, Refused
from protocol.headers import SumText
from protocol.vocabulary import DocClass, Provenance
from sdk.documents import Plan
from tests.edges.sdk.stage import Cast, hold, level


async def test_a_section_for_few_is_read_by_them_and_by_nobody_else(cast: Cast) -> None:
    """Health goes to the agencies whose consent covers it; the others know that it exists."""
    held = await hold(cast)
    elder, csw = held.members["elder"], held.members["csw"]
    plan = Plan(cls=DocClass.SECTION, item=held.it, sub=held.subject.sub, cats=("c2",))
    text = SumText(prov=Provenance.SELF, hid=False, title="健康", text="夜眠れない")

    shared = await elder.share(plan, text)
    await level(held.members)
    chair_reads = await held.members["chair"].room.read(shared.doc)
    csw_reads = await csw.room.read(shared.doc)

    assert list(chair_reads.values()) == [text]
    assert csw_reads == {}
    assert shared.audience is not None
    assert cast.aids["csw"] not in shared.audience.ag
    assert all(member.room.feed.flawed == [] for member in held.members.values())


async def test_a_withdrawal_cuts_one_agency_and_the_others_go_on(cast: Cast) -> None:
    """The agency loses the room; a roster follows by itself; what follows is closed to it."""
    held = await hold(cast)
    elder, csw, chair = (held.members[n] for n in ("elder", "csw", "chair"))

    await chair.withdraw(held.basis, agencies={cast.aids["csw"]}, cats=None)
    async with asyncio.timeout(2):
        await csw.room.until(lambda: csw.room.gone is not None)
    async with asyncio.timeout(5):
        await elder.room.until(lambda: elder.room.state.epoch == 2)
    text = SumText(prov=Provenance.AGENCY, hid=False, title="所見", text="訪問を続ける")
    plan = Plan(cls=DocClass.SECTION, item=held.it, sub=held.subject.sub, cats=("c6",))
    shared = await elder.share(plan, text)
    await level(held.members, "chair", "elder")

    assert csw.room.gone == Code.BASIS_WITHDRAWN
    assert list((await chair.room.read(shared.doc)).values()) == [text]
    with pytest.raises(Refused) as refusal:
        await csw.room.fetch()
    assert refusal.value.code in {Code.MEMBER_ENDED, Code.BASIS_WITHDRAWN}
