"""The director: sets the stage, plays the acts in order, takes everything down again."""

import asyncio
from contextlib import AsyncExitStack

from cli.demo import act_audit, act_council, act_k101, act_k104, stage, story
from cli.demo.play import Play
from cli.demo.teller import Teller
from cli.exits import Exit
from cli.shell import JST, Shell


async def run(shell: Shell, *, once: bool, port: int | None) -> Exit:
    """Play the story; with `once` check everything and end, else stay up until Ctrl-C."""
    teller = Teller(shell)
    teller.note(shell.text("demo.title"))
    async with AsyncExitStack() as stack:
        play = await _set_stage(stack, shell, teller, port)
        await _tell(play)
        play.teller.note(
            shell.text("demo.done", checks=teller.checks, seconds=f"{teller.seconds:.1f}")
        )
    return Exit.OK


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
    url = database.dsn(stage.DATABASE, user=stage.DATABASE)
    service = await stage.start_service(folder, port=number, database_url=url)
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
