"""Admission at the edge: decide on settled state, store, answer with a receipt."""

from datetime import datetime
from typing import Final

import asyncpg

from crypto.errors import Code, Refused
from identity import usecases
from protocol import statement
from protocol.statement import Statement
from protocol.wire import Admit, Receipted
from server.ports import Announcement
from server.service import Host, Service
from storage.transaction import is_moved

_ATTEMPTS: Final = 3


async def admit(service: Service, host: Host, request: Admit) -> Receipted:
    """Put a statement into the `id` log; the same statement gets the same receipt again.

    Raises what `identity.usecases.admit` raises; CONFLICT when others were faster each time.
    """
    new = statement.parse(request.statement)
    council = host.council
    async with council.admitting:
        await _admit(service, host, request, new)
    await council.sync()
    host.wake.set()
    host.announcer.publish(Announcement(kind="id"))
    stored = council.held(new.sid)
    if stored is None:
        raise Refused(Code.UNAVAILABLE)
    await service.sockets.recheck(council)
    await host.rooms.identity_moved()
    return council.receipt(stored)


async def _admit(service: Service, host: Host, request: Admit, new: Statement) -> None:
    for _ in range(_ATTEMPTS):
        await _settle(host)
        if host.council.held(new.sid) is not None:
            return
        try:
            await _admit_once(host, request, new, now=service.clock())
        except asyncpg.PostgresError as error:
            if not is_moved(error):
                raise
        except Refused as refusal:
            if refusal.code is not Code.REPLAY:
                raise
        else:
            return
    raise Refused(Code.CONFLICT)


async def _settle(host: Host) -> None:
    """Every statement is judged with all earlier ones in the log, as it will be for ever."""
    host.wake.set()
    await host.council.settled()


async def _admit_once(host: Host, request: Admit, new: Statement, *, now: datetime) -> None:
    council = host.council
    await usecases.admit(
        request,
        view=council,
        statements=council.statements,
        waiting=council.waiting,
        touched=await host.rooms.touched(new.body),
        now=now,
    )
