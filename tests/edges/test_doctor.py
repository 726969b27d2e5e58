"""What the doctor finds: each fault is made, and named; a sound installation has none."""

import asyncio
import json
import os
import socket
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import pytest

from cli.exits import Exit
from cli.main import run
from cli.texts import catalogue
from protocol.vocabulary import Cap
from server.announce import answers
from server.app import JOBS, system_clock
from server.doctor import place
from server.doctor.examine import examine
from server.doctor.finding import Finding, Grade, worst
from server.settings import Settings
from storage import embedded
from storage.migrate import migrate
from storage.pool import OWNER, SERVER, ensure_database
from tests.edges.people import Edge
from tests.edges.test_nodes import Redis


@pytest.fixture
def settings(database: str, edge: Edge, tmp_path: Path) -> Settings:
    """Those of a node that runs behind a proxy."""
    port = edge.client.make_url("/").port
    assert port is not None
    return Settings(
        data=tmp_path,
        port=port,
        origin="https://entaku.example.jp",
        behind_proxy=True,
        database_url=database.replace("//postgres@", "//entaku_node@"),
    )


async def states(settings: Settings) -> dict[str, str]:
    """State by check; of several the first that is not sound."""
    found = await examine(settings, clock=system_clock)
    return by_check(found)


def by_check(found: list[Finding]) -> dict[str, str]:
    """State by check; of several the first that is not sound."""
    first = {each.check: each.state for each in reversed(found)}
    wrong = {each.check: each.state for each in reversed(found) if each.grade is not Grade.OK}
    return first | wrong


async def test_a_sound_installation_has_nothing_to_mend(edge: Edge, settings: Settings) -> None:
    """Every check is there, and every one is content; only the cluster of tests need not be."""
    await edge.found()
    await edge.level()

    found = await states(settings)

    assert set(found) == {
        *("folder", "room", "keys", "page", "origin", "database", "login", "durable", "quiet"),
        *("clock", "schema", "logs", "redis", "service"),
    }
    wrong = {name: state for name, state in found.items() if state not in {"ok", "none"}}
    assert wrong.keys() <= {"durable", "room", "page"}
    assert found["durable"] == "off"  # a test waits for no disk


# ---------------------------------------------------------------- this machine


async def test_keys_that_others_can_read_are_named(edge: Edge, settings: Settings) -> None:
    """A council's keys too."""
    await edge.found()
    seed = next((settings.data / "keys").glob("*/ops"))
    seed.chmod(0o640)

    all_of_it = await asyncio.to_thread(place.examine, settings)
    (found,) = [each for each in all_of_it if each.check == "keys"]

    assert (found.state, found.grade) == ("open", Grade.BAD)
    assert str(found.facts["name"]) == str(seed.relative_to(settings.data / "keys"))


async def test_a_missing_key_is_named(settings: Settings) -> None:
    """The doctor makes none."""
    (settings.data / "keys" / "token").unlink()

    assert (await states(settings))["keys"] == "missing"
    assert not (settings.data / "keys" / "token").exists()


async def test_before_the_first_start_nothing_is_wrong(tmp_path: Path) -> None:
    """And nothing is made."""
    settings = Settings(data=tmp_path / "none")

    found = await examine(settings, clock=system_clock)

    assert worst(found) is Grade.LOOK
    assert by_check(found)["folder"] == "missing"
    assert not settings.data.exists()


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"origin": "http://entaku.example.jp"}, "plain"),
        ({"origin": "http://127.0.0.1:8080"}, "here"),
        ({"origin": "https://localhost"}, "here"),
        ({"behind_proxy": False}, "proxy"),
        ({}, "ok"),
    ],
)
def test_how_people_come_here(tmp_path: Path, change: Mapping[str, object], state: str) -> None:
    """TLS, a public name, and the caller's own address."""
    sound = Settings(data=tmp_path, origin="https://entaku.example.jp", behind_proxy=True)
    settings = replace(sound, **change)  # type: ignore[arg-type]

    assert by_check(place.examine(settings))["origin"] == state


@pytest.mark.parametrize(("gib", "state"), [(0.5, "full"), (3, "low"), (50, "ok")])
def test_how_much_room_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gib: float, state: str
) -> None:
    """Long before the database stops."""

    def usage(_path: Path) -> SimpleNamespace:
        return SimpleNamespace(free=int(gib * place.GIB))

    monkeypatch.setattr("shutil.disk_usage", usage)

    assert by_check(place.examine(Settings(data=tmp_path)))["room"] == state


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    """A file lies where the data should be."""
    (tmp_path / "data").write_text("")

    assert by_check(place.examine(Settings(data=tmp_path / "data")))["folder"] == "closed"


def test_a_changed_page_is_named(tmp_path: Path) -> None:
    """One byte more than the manifest says."""
    web = tmp_path / "web"
    web.mkdir()
    (web / "index.html").write_text("<p>")
    (web / "manifest.json").write_text(json.dumps({"version": "1", "files": {"index.html": "x"}}))

    assert by_check(place.examine(Settings(data=tmp_path, web=web)))["page"] == "damaged"
    assert by_check(place.examine(Settings(data=tmp_path, web=tmp_path)))["page"] == "missing"


# ---------------------------------------------------------------- the database


async def test_a_superuser_s_login_is_named(settings: Settings, database: str) -> None:
    """Row security does not hold for it."""
    assert (await states(replace(settings, database_url=database)))["login"] == "super"


async def test_a_login_that_may_own_the_tables_is_named(settings: Settings, database: str) -> None:
    """It works; a thief of it could switch row security off."""
    owner = database.replace("//postgres@", f"//{OWNER}@")

    found = await examine(replace(settings, database_url=owner), clock=system_clock)

    (login,) = [each for each in found if each.check == "login"]
    assert (login.state, login.grade, login.facts) == ("owner", Grade.LOOK, {"name": OWNER})


async def test_a_login_without_rights_is_named(
    admin: "asyncpg.Connection[asyncpg.Record]", settings: Settings
) -> None:
    """As one that was just made."""
    await admin.execute("REVOKE SELECT ON public.entaku_migration FROM entaku_app")

    assert (await states(settings))["schema"] == "closed"


async def test_a_talkative_database_is_named(
    admin: "asyncpg.Connection[asyncpg.Record]", settings: Settings
) -> None:
    """Statements in its log would hold what people wrote."""
    name = await admin.fetchval("SELECT current_database()")
    await admin.execute(f"ALTER DATABASE {name} SET log_min_duration_statement = 1000000")

    assert (await states(settings))["quiet"] == "loud"


async def test_a_database_that_is_away_is_named(settings: Settings) -> None:
    """The rest is looked at all the same."""
    found = await states(
        replace(settings, database_url="postgresql://entaku@/entaku?host=/nowhere")
    )

    assert found["database"] == "away"
    assert found["service"] == "ok"


async def test_clocks_that_disagree_are_named(settings: Settings) -> None:
    """Three seconds are too many."""
    found = await examine(settings, clock=lambda: system_clock() + timedelta(seconds=3))

    assert by_check(found)["clock"] == "apart"


@pytest.mark.parametrize(
    ("statement", "state"),
    [
        ("DELETE FROM entaku_migration WHERE version > 5", "behind"),
        ("INSERT INTO entaku_migration VALUES (9999, '9999_x.sql', sha256('x'))", "newer"),
        ("UPDATE entaku_migration SET digest = sha256('x') WHERE version = 1", "changed"),
        ("DROP TABLE entaku_migration", "empty"),
    ],
)
async def test_a_database_of_another_shape_is_named(
    admin: "asyncpg.Connection[asyncpg.Record]", settings: Settings, statement: str, state: str
) -> None:
    """And its logs are left alone."""
    await admin.execute(statement)

    found = await states(settings)

    assert found["schema"] == state
    assert "logs" not in found


# ---------------------------------------------------------------- the logs


async def test_a_database_that_went_back_is_named(
    admin: "asyncpg.Connection[asyncpg.Record]", edge: Edge, settings: Settings
) -> None:
    """Its signer remembers more than it holds."""
    await edge.found()
    await edge.agency(Cap.MEMBER)
    await edge.level()
    await edge.app[JOBS].stop()  # its integrator would sign the same again
    await admin.execute("ALTER TABLE audit.checkpoint DISABLE TRIGGER ALL")
    await admin.execute("DELETE FROM audit.checkpoint WHERE size > 1")

    assert (await states(settings))["logs"] == "rolledback"


@pytest.mark.parametrize(
    ("file", "data", "state"),
    [
        ("id.state", None, "forgot"),
        ("id.state", b"?", "damaged"),
        ("id", bytes(range(32)), "otherkey"),
        ("ops", None, "keyless"),
    ],
)
async def test_lost_and_foreign_keys_of_logs_are_named(
    edge: Edge, settings: Settings, file: str, data: bytes | None, state: str
) -> None:
    """Whatever would stop the signer."""
    await edge.found()
    await edge.level()
    (path,) = (settings.data / "keys").glob(f"*/{file}")
    path.unlink()
    if data is not None:
        path.write_bytes(data)

    assert (await states(settings))["logs"] == state


async def test_a_log_that_stands_still_is_named(edge: Edge, settings: Settings) -> None:
    """A log is signed anew at least every hour."""
    await edge.found()
    await edge.level()

    found = await examine(settings, clock=lambda: system_clock() + timedelta(hours=3))

    assert by_check(found)["logs"] == "still"


# ---------------------------------------------------------------- what stands beside it


async def test_redis_and_the_service_are_asked(settings: Settings) -> None:
    """Nobody listens there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = probe.getsockname()[1]
    away = replace(settings, port=nobody, redis_url=f"redis://127.0.0.1:{nobody}/0")

    found = await states(away)

    assert (found["redis"], found["service"]) == ("away", "away")


async def until_up(server: Redis) -> None:
    """A Redis that was just started needs a moment."""
    for _ in range(400):
        if await answers(server.url, patience=1):
            return
        await asyncio.sleep(0.05)
    pytest.fail("Redis does not start")


async def test_redis_that_answers_is_well(settings: Settings, tmp_path: Path) -> None:
    """A real one."""
    server = Redis(tmp_path)
    server.start()
    try:
        await until_up(server)
        assert (await states(replace(settings, redis_url=server.url)))["redis"] == "ok"
    finally:
        server.stop()


def test_a_database_of_our_own_is_looked_at_whether_it_runs_or_not(tmp_path: Path) -> None:
    """It is run meanwhile, and left as it was."""
    settings = Settings(data=tmp_path)
    folder = tmp_path / "postgres"
    with embedded.start(folder) as server:
        asyncio.run(ensure_database(server.dsn()))
        asyncio.run(migrate(server.dsn("entaku", user=OWNER), serving=SERVER))
        running = asyncio.run(states(settings))
        assert embedded.running(folder, "entaku", user=SERVER) is not None
    stopped = asyncio.run(states(settings))

    assert running["schema"] == stopped["schema"] == "ok"
    assert running["durable"] == stopped["durable"] == "ok"
    assert embedded.running(folder, "entaku", user=SERVER) is None


def test_a_database_folder_of_another_version_is_named(tmp_path: Path) -> None:
    """Ours does not start on it."""
    folder = tmp_path / "postgres"
    embedded.start(folder).stop()
    (folder / "cluster" / "PG_VERSION").write_text("9\n")

    assert asyncio.run(states(Settings(data=tmp_path)))["database"] == "stopped"


# ---------------------------------------------------------------- the command


def test_the_command_prints_sentences_and_ends_with_a_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something to look at is no failure; something bad is."""
    monkeypatch.setattr(os, "environ", {"PATH": os.environ["PATH"]})
    assert run(["doctor", "--data", str(tmp_path / "none")], {}) is Exit.OK
    assert "△ データの置き場所" in capsys.readouterr().out

    (tmp_path / "keys").mkdir()
    assert run(["doctor", "--data", str(tmp_path)], {"ENTAKU_LANG": "en"}) is Exit.DEVIATION
    assert "✗ Keys of the server are missing" in capsys.readouterr().out


def test_a_bad_setting_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the server would say it."""
    monkeypatch.setattr(os, "environ", {"ENTAKU_PORT": "http"})

    assert run(["doctor"], {}) is Exit.CANNOT_START
    assert "ENTAKU_PORT" in capsys.readouterr().err


def test_every_state_has_its_sentence() -> None:
    """Read from the program's own text: no finding is without words."""
    folder = Path(place.__file__).parent
    source = "".join(path.read_text() for path in folder.glob("*.py"))
    pairs = {key.removeprefix("doctor.") for key in catalogue() if key.startswith("doctor.")}
    said = {pair for pair in pairs if "." in pair and not pair.startswith("end.")}

    unsaid = [
        pair
        for pair in said
        if not pair.endswith(".ok") and f'"{pair.split(".")[1]}"' not in source
    ]

    assert unsaid == []
    assert {pair.split(".")[0] for pair in said} >= {"folder", "keys", "logs", "service"}
