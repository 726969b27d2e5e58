"""The director: sets the stage, plays the acts in order, takes everything down again."""

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Final

import click

from cli.demo import act_audit, act_council, act_k101, act_k104, stage, story
from cli.demo.play import PASSPHRASE, Play
from cli.demo.teller import Teller
from cli.exits import Exit
from cli.shell import JST, Shell

COMMANDS: Final = (
    ("takase", "case list"),
    ("takase", "board show K-101"),
    ("takase", "action list K-101"),
    ("nitta", "summary read K-101"),
    ("eguchi", "summary read K-101"),
    ("manabe", "summary read K-104"),
    ("saotome", "audit query K-104"),
    ("saotome", "audit denied"),
)
"""Who may try what, once the actors have left their vaults."""

_COLUMN: Final = 60


async def run(shell: Shell, *, once: bool, port: int | None) -> Exit:
    """Play the story; with `once` check everything and end, else stay up until Ctrl-C."""
    teller = Teller(shell)
    teller.note(shell.text("demo.title"))
    async with AsyncExitStack() as stack:
        end = _until_signal()
        try:
            play = await _set_stage(stack, shell, teller, port)
            await _unless(end, _tell(play))
        except OSError as error:
            raise stage.disk_stop(error, stage.FOLDER) from error
        seconds = f"{teller.seconds:.1f}"
        teller.note(shell.text("demo.done", checks=teller.checks, seconds=seconds))
        if not once:
            _show_commands(play, shell)
            await end.wait()
            teller.note(shell.text("demo.ending"))
    return Exit.OK


def _until_signal() -> asyncio.Event:
    """Ctrl-C and SIGTERM end the demo in order, and everything it started."""
    end, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end.set)
    return end


async def _unless(end: asyncio.Event, work: Coroutine[None, None, None]) -> None:
    """Do the work; when the end comes first, cancel it and raise KeyboardInterrupt."""
    doing, ending = asyncio.create_task(work), asyncio.create_task(end.wait())
    await asyncio.wait({doing, ending}, return_when=asyncio.FIRST_COMPLETED)
    ending.cancel()
    if not doing.done():
        doing.cancel()
        await asyncio.wait({doing})
        raise click.Abort
    doing.result()


def _show_commands(play: Play, shell: Shell) -> None:
    """Commands that work when they are pasted: as the chair, a worker, the auditor."""
    helper = stage.write_helper(play.folder, passphrase=PASSPHRASE)
    mine = play.facts[f"{play.story.k101.code}.action.0"][:8]
    report = f"action report K-101 {mine} progress --text 窓口に電話した"
    for who, command in (*COMMANDS, (play.story.k101.lead.key, report)):
        play.teller.note(f"  {helper} {who} {command}".ljust(_COLUMN) + f"  # {play.name(who)}")
    for log in ("id", "ops"):
        line = f"  {helper} saotome audit verify {play.folder.export / log}"
        play.teller.note(line.ljust(_COLUMN) + f"  # {shell.text('demo.anybody')}")
    if play.facts["page"] is not None:
        keys = play.folder.keys.absolute()
        place = shell.text("demo.browser", url=play.url, keys=keys, passphrase=PASSPHRASE)
        play.teller.note(place)
    play.teller.note("\n" + shell.text("demo.stays", url=play.url))


async def _tell(play: Play) -> None:
    await act_council.found(play)
    await act_council.enrol(play)
    await act_council.pledge(play)
    await act_k101.prepare(play)
    await act_k101.open_room(play)
    await act_audit.keep_early(play)
    await act_k101.boards(play)
    await act_k104.play_k104(play)
    await act_audit.verify(play)
    await play.dismiss()
    await act_audit.tamper(play)
    await act_audit.search_leaks(play)


async def _set_stage(stack: AsyncExitStack, shell: Shell, teller: Teller, port: int | None) -> Play:
    folder = await asyncio.to_thread(stage.prepare)
    stack.callback(folder.lock.close)
    number = stage.choose_port(port)
    teller.note(shell.text("demo.starting"))
    database = await stage.start_database(folder)
    stack.push_async_callback(asyncio.to_thread, database.stop)
    service = await stage.start_service(folder, port=number, database=database)
    stack.push_async_callback(service.stop)
    teller.note(shell.text("demo.started", url=service.url, keys=folder.keys))
    today = shell.now().plus(JST).moment().date()
    play = Play(
        story=story.load(today),
        today=today,
        folder=folder,
        teller=teller,
        url=service.url,
        database=database,
    )
    stack.push_async_callback(play.dismiss)
    return play
