"""A superuser with triggers switched off: whatever is touched in the audit tables is named."""

import asyncio
import json
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import asyncpg
import pytest

from audit import checkpoint, merkle, note
from audit.inspection import Finding
from audit.inspector import inspect
from cli.exits import Exit
from cli.main import run
from crypto.errors import Code, Refused
from tests.faults.tampered import IDENT, OPS, SIGNERS, VKEYS, build, signers_in, tables, tampering

TAMPERINGS: dict[str, dict[str, list[str]]] = tomllib.loads(
    (Path(__file__).parent / "tamperings.toml").read_text(encoding="utf-8")
)
CASES = {name: case for group in TAMPERINGS.values() for name, case in group.items()}
OPS_ID = f"(SELECT log_id FROM audit.log WHERE origin = '{OPS}')"  # noqa: S608 -- a name of this test
SEVENTH = f"(SELECT entry_id FROM audit.leaf WHERE log_id = {OPS_ID} AND idx = 7)"  # noqa: S608 -- as above


class _Cluster(Protocol):
    def dsn(self, database: str = ..., *, user: str = ...) -> str:
        """The address of one database."""
        ...


@pytest.fixture(scope="module")
def logs(cluster: _Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database with both logs; every test takes back what it did."""
    name = f"test_{os.getpid()}_tampering"
    asyncio.run(_administer(cluster, f"CREATE DATABASE {name} TEMPLATE template_entaku"))
    signers = signers_in(tmp_path_factory.mktemp("signers"))
    asyncio.run(build(cluster.dsn(name), signers))
    yield cluster.dsn(name)
    asyncio.run(_administer(cluster, f"DROP DATABASE {name} WITH (FORCE)"))


async def _administer(cluster: _Cluster, statement: str) -> None:
    connection = await asyncpg.connect(cluster.dsn())
    await connection.execute(statement)
    await connection.close()


def told(text: str) -> Finding:
    """Read what must be found, as the file has it."""
    table, why, *rest = text.split(" ")
    place = next((word[1:] for word in rest if word.startswith("@")), "")
    log = next((word[1:] for word in rest if word.startswith("~")), OPS)
    column = rest[0] if rest and rest[0].isidentifier() else None
    return Finding(log=log.strip("-"), table=table, why=why, column=column, place=place)


def kept(finding: Finding) -> Finding:
    """A finding without the number that an inserted entry happened to get."""
    place = finding.place.split(" ", maxsplit=1)[0]
    return Finding(
        log=finding.log, table=finding.table, why=finding.why, column=finding.column, place=place
    )


async def test_an_untouched_database_has_no_flaw(logs: str) -> None:
    """Nor anything to remark; both logs are seen whole, and extend an older checkpoint."""
    async with tampering(logs) as admin:
        inspected = await inspect(admin, vkeys=VKEYS, old=[await note_at(admin, 305)])

    assert inspected.findings == ()
    assert inspected.sizes == {IDENT: 520, OPS: 520}


@pytest.mark.parametrize("case", CASES)
async def test_what_a_superuser_touches_is_named(logs: str, case: str) -> None:
    """With its log, table, column and place."""
    statement, text = CASES[case]

    async with tampering(
        logs, statement.replace("OPS", OPS_ID).replace("SEVENTH", SEVENTH)
    ) as admin:
        inspected = await inspect(admin, vkeys=VKEYS)

    found = {kept(finding) for finding in inspected.findings}
    assert told(text) in found, sorted(found, key=repr)[:12]


async def test_no_column_and_no_table_is_left_out(logs: str) -> None:
    """A new column has no row here yet, and this fails until it has; so with a new table."""
    async with tampering(logs) as admin:
        rows = await admin.fetch(
            "SELECT table_name || '.' || column_name AS name FROM information_schema.columns"
            " WHERE table_schema = 'audit'"
        )
        every = await tables(admin)

    ways = ("deleted", "truncated", "inserted", "swapped")
    assert {row["name"] for row in rows} == TAMPERINGS["edits"].keys()
    assert {f"{table} {way}" for table in every for way in ways} <= TAMPERINGS["rows"].keys()


# ---------------------------------------------------------------- with one's own older checkpoint


async def note_at(admin: "asyncpg.Connection[asyncpg.Record]", size: int) -> bytes:
    """The signed checkpoint of a size."""
    note: bytes = await admin.fetchval(
        f"SELECT note FROM audit.checkpoint WHERE log_id = {OPS_ID} AND size = $1",  # noqa: S608 -- as above
        size,
    )
    return note


async def test_a_log_cut_back_is_told_by_an_older_checkpoint(logs: str) -> None:
    """Everything newer removed consistently, cursor and all: alone it looks whole."""
    cut = (
        "checkpoint WHERE log_id = OPS AND size > 305",
        "tree WHERE log_id = OPS AND size > 305",
        "tile WHERE log_id = OPS AND n = 1",
        "fact USING audit.leaf l WHERE l.entry_id = fact.entry_id AND log_id = OPS AND idx >= 305",
        "entry e USING audit.leaf l WHERE l.entry_id = e.id AND l.log_id = OPS AND l.idx >= 305",
        "leaf WHERE log_id = OPS AND idx >= 305",
    )
    async with tampering(logs) as admin:
        old = await note_at(admin, 520)
        for rows in cut:
            await admin.execute(f"DELETE FROM audit.{rows.replace('OPS', OPS_ID)}")  # noqa: S608 -- as above
        alone = await inspect(admin, vkeys=VKEYS)
        held = await inspect(admin, vkeys=VKEYS, old=[old])

    assert {finding.table for finding in alone.flaws} == {"cursor"}
    assert told("checkpoint ROLLBACK @520") in held.findings


async def test_another_history_under_the_same_key_is_told_by_an_older_checkpoint(
    logs: str,
) -> None:
    """Whoever holds the key can sign anything; an older checkpoint then has another root."""
    other = note.sign(
        checkpoint.Checkpoint(origin=OPS, size=305, root=bytes(32)).text, SIGNERS["ops"]
    )
    async with tampering(logs) as admin:
        inspected = await inspect(admin, vkeys=VKEYS, old=[other])

    assert inspected.flaws == (told("leaf EQUIVOCATION @0-304"),)


async def test_an_older_checkpoint_of_a_log_that_is_gone_is_a_flaw(logs: str) -> None:
    """Also without a key of that log beside it."""
    async with tampering(logs) as admin:
        old = await note_at(admin, 305)
        await admin.execute("DELETE FROM audit.log WHERE name = 'ops'")
        inspected = await inspect(admin, vkeys=VKEYS, old=[old])

    assert told("log missing origin") in inspected.flaws


async def test_an_empty_checkpoint_shows_nothing(logs: str) -> None:
    """It would agree with every log."""
    empty = checkpoint.Checkpoint(origin=OPS, size=0, root=merkle.EMPTY_ROOT)
    async with tampering(logs) as admin:
        with pytest.raises(Refused) as refusal:
            await inspect(admin, vkeys=VKEYS, old=[note.sign(empty.text, SIGNERS["ops"])])

    assert refusal.value.code == Code.BAD_PROOF


async def test_after_a_restore_rows_are_judged_by_their_contents(logs: str) -> None:
    """All rows are new then; what the leaves say still holds, and changes are still told."""
    again = (
        "UPDATE audit.entry SET kind = kind",
        "UPDATE audit.leaf SET idx = idx",
        "UPDATE audit.fact SET gate = gate",
        "UPDATE audit.case_key SET wrapped = wrapped",
        "UPDATE audit.tree SET at = at",
        "UPDATE audit.cursor SET sysid = sysid",
    )
    async with tampering(logs, *again) as admin:
        taken_for_tampering = await inspect(admin, vkeys=VKEYS)
        inspected = await inspect(admin, vkeys=VKEYS, is_restored=True)
        await admin.execute(f"UPDATE audit.fact SET bound = '' WHERE entry_id = {SEVENTH}")  # noqa: S608 -- as above
        changed = await inspect(admin, vkeys=VKEYS, is_restored=True)

    assert {finding.why for finding in taken_for_tampering.findings} == {"rewritten"}
    assert inspected.findings == ()
    assert changed.flaws == (told("fact differs bound @7"),)


# ---------------------------------------------------------------- entaku audit verify --database


def run_verify(
    *arguments: str, capsys: pytest.CaptureFixture[str], lang: str = "ja"
) -> tuple[Exit, str, str]:
    """Run the command; its exit code and what it said."""
    code = run(["audit", "verify", *arguments], {"ENTAKU_LANG": lang})
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture
def tampered(cluster: _Cluster, logs: str) -> Iterator[str]:
    """A copy of the database in which one fact says something else."""
    name = f"test_{os.getpid()}_tampered"
    source = logs.partition("@/")[2].partition("?")[0]
    asyncio.run(_administer(cluster, f"CREATE DATABASE {name} TEMPLATE {source}"))
    asyncio.run(_spoil(cluster.dsn(name)))
    yield cluster.dsn(name)
    asyncio.run(_administer(cluster, f"DROP DATABASE {name} WITH (FORCE)"))


async def _spoil(dsn: str) -> None:
    admin = await asyncpg.connect(dsn)
    await admin.execute("ALTER TABLE audit.fact DISABLE TRIGGER ALL")
    await admin.execute(f"UPDATE audit.fact SET result = 'FORBIDDEN' WHERE entry_id = {SEVENTH}")  # noqa: S608 -- as above
    await admin.close()


def test_the_command_finds_nothing_in_an_untouched_database(
    logs: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The address may stand in a file, as secrets do; keys are those of both logs."""
    address = tmp_path / "address"
    address.write_text(logs, encoding="utf-8")
    keys = [word for vkey in VKEYS for word in ("--vkey", vkey)]

    code, out, _ = run_verify("--database", str(address), *keys, "--json", capsys=capsys)

    assert code is Exit.OK
    assert json.loads(out) == {"sizes": {IDENT: 520, OPS: 520}, "flaws": [], "remarks": []}


@pytest.mark.parametrize(("lang", "word"), [("ja", "書き換えられました"), ("en", "rewritten")])
def test_the_command_names_what_was_touched(
    tampered: str, capsys: pytest.CaptureFixture[str], lang: str, word: str
) -> None:
    """Log, table, column and index; and that the keys came from the database itself."""
    code, out, _ = run_verify("--database", tampered, capsys=capsys, lang=lang)

    assert code is Exit.UNVERIFIED
    assert f"{OPS} audit.fact.result [7]" in out
    assert word in out
    assert "--vkey" in out


def test_a_role_that_does_not_see_everything_verifies_nothing(
    logs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Row security would hide rows, and an empty table would look whole."""
    code, _, err = run_verify("--database", logs.replace("//postgres@", "//entaku@"), capsys=capsys)

    assert code is Exit.UNVERIFIED
    assert "FORBIDDEN" in err


@pytest.mark.parametrize("address", ["postgresql://nobody@/none?host=/nowhere", "no address"])
def test_a_database_that_cannot_be_read_is_told_in_one_sentence(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its address may be wrong, or nobody listens there."""
    code, _, err = run_verify("--database", address, capsys=capsys, lang="en")

    assert code is Exit.UNREACHABLE
    assert "could not be read" in err


@pytest.mark.parametrize(
    "arguments",
    [(), (".", "--database", "postgresql:///x"), (".", "--vkey", "a", "--vkey", "b")],
    ids=["neither", "both", "two keys for one log"],
)
def test_folder_or_database_and_not_both(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """One thing is verified at a time."""
    assert run_verify(*arguments, capsys=capsys)[0] is Exit.USAGE
