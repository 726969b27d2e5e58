"""A cast whose members talk to the node of one's choice."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from consent.register import load
from protocol.vocabulary import AgencyKind, Cap
from tests.edges.sdk.stage import Cast
from tests.edges.sdk.town import Town

CAPS = {
    "chair": (1, (Cap.CHAIR, Cap.MEMBER, Cap.MINUTES)),
    "recorder": (1, (Cap.MEMBER, Cap.MINUTES)),
    "csw": (2, (Cap.MEMBER,)),
    "elder": (3, (Cap.MEMBER,)),
}
KINDS = {1: AgencyKind.CITY, 2: AgencyKind.CSW, 3: AgencyKind.ELDER}


async def gather_cast(town: Town, urls: Mapping[str, str]) -> Cast:
    """Four people of three agencies; `urls` say who talks to another node than the town does."""
    aids = {
        number: await town.agency(
            number, kind, [Cap.HOST, Cap.MEMBER] if number == 1 else [Cap.MEMBER]
        )
        for number, kind in KINDS.items()
    }
    register = await asyncio.to_thread(load)
    cast = Cast(town=town, register=register, clients={}, aids={})
    for name, (number, caps) in CAPS.items():
        cast.town = replace(town, url=urls.get(name, town.url))
        await cast.bring(name, aids[number], *caps)
    cast.town = town
    return cast
