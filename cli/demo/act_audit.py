"""Acts six to eight: the auditor verifies, somebody tampers, and nothing has leaked."""

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Final

from cli.demo import leaks, stage
from cli.demo.lines import Json
from cli.demo.play import Play
from cli.demo.tampering import Entry, Tamperer, copied
from cli.exits import Exit
from crypto.errors import Code

AUDITOR: Final = "saotome"
_DENIED: Final = "denied"
_SHOWN: Final = 6


async def keep_early(play: Play) -> None:
    """In the middle of the sitting the auditor keeps the checkpoints as they are."""
    play.facts["early"] = await play.ask(AUDITOR, "keep_checkpoints")
    play.teller.tell("audit.early", who=play.name(AUDITOR))


async def verify(play: Play) -> None:
    """Questions without content, the exports, the offline verification."""
    play.teller.act("act.audit")
    lines = {
        case.code: await play.ask(AUDITOR, "timeline", code=case.code)
        for case in (play.story.k101, play.story.k104)
    }
    _show(play, lines[play.story.k104.code])
    _nothing_after(play, lines[play.story.k104.code])
    await play.refused(
        AUDITOR,
        "ask_content",
        Code.AUDITOR_NO_CONTENT,
        case=play.facts[play.story.k101.code],
        eid=play.facts[f"{play.story.k101.code}.sum.health"],
    )
    await _own_refusal(play)
    await _export(play)
    for log in ("id", "ops"):
        report = await _verified(play, play.folder.export / log)
        play.expect(
            "audit.verified",
            holds=report["early"] is not None and report["size"] > report["early"],
            log=log,
            size=report["size"],
            early=report["early"],
        )


def _show(play: Play, lines: list[Json]) -> None:
    kinds = Counter(line["kind"] for line in lines)
    play.teller.tell(
        "audit.timeline",
        who=play.name(AUDITOR),
        code=play.story.k104.code,
        entries=len(lines),
        deliveries=sum(1 for line in lines if line["to"] and not line["reason"]),
        denied=kinds[_DENIED],
    )
    for line in [line for line in lines if line["reason"]][-_SHOWN:]:
        who = next((key for key, wid in play.wids.items() if wid == line["actor"]), "")
        name = play.name(who) if who else "―"
        play.teller.note(f"    #{line['index']}  {line['kind']}  {name}  {line['reason']}")


def _nothing_after(play: Play, lines: list[Json]) -> None:
    """The first agency to leave was given things before, and nothing after its eviction."""
    who = play.facts[f"{play.story.k104.code}.left"][0]
    wid = play.wids[who]
    cut = max(line["index"] for line in lines if line["kind"] == "evict" and wid in line["about"])
    given = [line["index"] for line in lines if wid in line["to"] and not line["reason"]]
    after = [index for index in given if index > cut]
    play.expect(
        "audit.nothing-after",
        holds=bool(given) and not after,
        who=play.name(who),
        before=len(given),
    )


async def _own_refusal(play: Play) -> None:
    """What the auditor was refused a moment ago stands in the log as well."""
    found = await play.ask(AUDITOR, "refusals")
    mine = [line for line in found if line["actor"] == play.wids[AUDITOR]]
    reasons = Counter(line["reason"] for line in found)
    play.expect(
        "audit.refusals",
        holds=[line["reason"] for line in mine] == [Code.AUDITOR_NO_CONTENT],
        n=len(found),
        reasons="、".join(f"{reason} {count}" for reason, count in sorted(reasons.items())),
    )


async def _export(play: Play) -> None:
    export = play.folder.export
    export.mkdir()
    sizes = await play.ask(AUDITOR, "export", folder=str(export), early=play.facts["early"])
    await stage.dump(play.database, export / "dump.sql")
    play.facts["sizes"] = sizes
    play.teller.tell("audit.exported", folder=export, **sizes)


async def _verified(play: Play, folder: Path) -> Json:
    """Run the very command a person would type; UNVERIFIED is a deviation."""
    code, said = await run_verifier(folder)
    if code != Exit.OK:
        play.deviate(f"audit verify {folder}", said)
    return json.loads(said)


async def run_verifier(folder: Path) -> tuple[int, str]:
    """Run `entaku audit verify FOLDER --json`; its exit code and what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli.main", "audit", "verify", str(folder), "--json"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=stage.environment({}),
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


# --- tampering ---------------------------------------------------------------------------------


async def tamper(play: Play) -> None:
    """A superuser alters one entry of a copy and deletes another; the verifier names both."""
    play.teller.act("act.tamper")
    dump, size = play.folder.export / "dump.sql", play.facts["sizes"]["ops"]
    async with copied(play.database, dump) as tamperer:
        refusal = await tamperer.pick(_DENIED)
        await tamperer.alter(refusal)
        await _caught(play, tamperer, refusal, key="tamper.altered", size=size)
        await tamperer.erase(refusal)
        await _caught(play, tamperer, refusal, key="tamper.erased", size=size)


async def _caught(play: Play, tamperer: Tamperer, entry: Entry, *, key: str, size: int) -> None:
    folder = play.folder.tampered / key.partition(".")[2]
    await tamperer.export(play.folder.export / "ops", folder, size=size)
    code, said = await run_verifier(folder)
    found = json.loads(said)
    facts = found.get("facts", {})
    named = facts.get("index", entry.index) == entry.index
    play.expect(
        key,
        holds=code == Exit.UNVERIFIED and found["code"] == Code.BAD_PROOF and named,
        index=entry.index,
        place=facts.get("place"),
        why=facts.get("why"),
    )


# --- leaks -------------------------------------------------------------------------------------


async def search_leaks(play: Play) -> None:
    """No word of the cases is in the database or in the server's log, in any form."""
    play.teller.act("act.leaks")
    words = play.story.leaks.words
    files = [
        play.folder.export / "dump.sql",
        play.folder.logs / "server.log",
        play.folder.path / "postgres" / "postgres.log",
    ]
    found = await asyncio.to_thread(leaks.search, words, files)
    if found:
        first = found[0]
        play.deviate("leak", f"{first.word} ({first.form}) in {first.file}")
    sizes = sum(file.stat().st_size for file in files)
    play.expect("leaks.none", holds=not found, words=len(words), kib=sizes // 1024)
