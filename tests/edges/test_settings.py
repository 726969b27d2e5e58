"""Settings: read from the environment, refused by name."""

from pathlib import Path

import pytest

from server.limits import Bounds
from server.settings import BadSetting, Flaw, Settings, read
from server.troubles import tell


def test_without_any_setting_a_node_runs_for_itself() -> None:
    """No database address, no Redis, this machine only."""
    found = read({})

    assert found == Settings(data=Path(".data/server"), node=found.node)


def test_every_setting_is_read() -> None:
    """Names are those of the fields, in upper case, behind the prefix."""
    found = read(
        {
            "ENTAKU_DATA": "/data",
            "ENTAKU_HOST": "::1",
            "ENTAKU_PORT": "1",
            "ENTAKU_ORIGIN": "https://entaku.example",
            "ENTAKU_NODE": "b",
            "ENTAKU_DATABASE_URL": "postgresql://db/entaku",
            "ENTAKU_MIGRATE_URL": "postgres://owner@db/entaku",
            "ENTAKU_REDIS_URL": "redis://cache",
            "ENTAKU_LOG_LEVEL": "DEBUG",
            "ENTAKU_BEHIND_PROXY": "1",
            "ENTAKU_RATE": "7",
            "ENTAKU_DEVICE_RATE": "9",
            "ENTAKU_METRICS_LISTEN": "127.0.0.1:9464",
            "ENTAKU_LANG": "en",
        }
    )

    assert found == Settings(
        data=Path("/data"),
        host="::1",
        port=1,
        origin="https://entaku.example",
        node="b",
        database_url="postgresql://db/entaku",
        migrate_url="postgres://owner@db/entaku",
        redis_url="redis://cache",
        log_level="debug",
        behind_proxy=True,
        limits=Bounds(rate=7, device_rate=9),
        metrics_listen=("127.0.0.1", 9464),
    )


def test_nodes_are_told_apart_without_a_setting() -> None:
    """Two on one machine have two ports."""
    names = {read({"ENTAKU_PORT": port}).node for port in ("8080", "8081")}

    assert len(names) == 2
    assert all(read({"ENTAKU_NODE": name}).node == name for name in names)


def test_the_origin_follows_the_port() -> None:
    """Whoever changes only the port gets an origin that works."""
    assert read({"ENTAKU_PORT": "9000"}).origin == "http://127.0.0.1:9000"


@pytest.mark.parametrize(
    ("name", "value", "flaw"),
    [
        ("ENTAKU_PORT", "0", Flaw.NOT_A_PORT),
        ("ENTAKU_PORT", "65536", Flaw.NOT_A_PORT),
        ("ENTAKU_PORT", "８０", Flaw.NOT_A_PORT),
        ("ENTAKU_RATE", "many", Flaw.NOT_A_NUMBER),
        ("ENTAKU_DEVICE_SOCKETS", "0", Flaw.NOT_A_NUMBER),
        ("ENTAKU_METRICS_LISTEN", "9464", Flaw.NOT_A_PLACE),
        ("ENTAKU_METRICS_LISTEN", "127.0.0.1:0", Flaw.NOT_A_PLACE),
        ("ENTAKU_ORIGIN", "https://entaku.example/", Flaw.NOT_AN_ORIGIN),
        ("ENTAKU_ORIGIN", "https://Entaku.example", Flaw.NOT_AN_ORIGIN),
        ("ENTAKU_NODE", "Node 1", Flaw.NOT_A_NODE),
        ("ENTAKU_LOG_LEVEL", "loud", Flaw.NOT_A_LEVEL),
        ("ENTAKU_DATABASE_URL", "mysql://db", Flaw.NOT_AN_ADDRESS),
        ("ENTAKU_MIGRATE_URL", "mysql://db", Flaw.NOT_AN_ADDRESS),
        ("ENTAKU_REDIS_URL", "http://cache", Flaw.NOT_AN_ADDRESS),
        ("ENTAKU_REDIS_URL_FILE", "/nowhere/at/all", Flaw.UNREADABLE),
        ("ENTAKU_REDIS_URI", "redis://cache", Flaw.UNKNOWN),
    ],
)
def test_a_bad_setting_is_named_in_one_sentence(name: str, value: str, flaw: Flaw) -> None:
    """The sentence names the setting and never quotes its value, which may be a secret."""
    with pytest.raises(BadSetting) as refused:
        read({name: value})

    assert (refused.value.name, refused.value.flaw) == (name, flaw)
    said = tell(refused.value, port=0)
    assert said is not None
    assert all(name in sentence for sentence in said)
    assert not any("mysql" in sentence for sentence in said)


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    """The file wins over the variable, and the newline at its end is dropped."""
    file = tmp_path / "url"
    file.write_text("postgresql://entaku:secret@db/entaku\n")

    found = read(
        {"ENTAKU_DATABASE_URL_FILE": str(file), "ENTAKU_DATABASE_URL": "postgresql://other"}
    )

    assert found.database_url == "postgresql://entaku:secret@db/entaku"
