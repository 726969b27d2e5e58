"""The proxy in front of the nodes keeps to their limits: what it lets through, they take."""

import re
from pathlib import Path

import pytest

from protocol.wire import MAX_BODY
from server.limits import Bounds

FILE = Path(__file__).parents[2] / "deploy" / "nginx.conf"
NODE = Bounds()
_UNITS = {"": 1, "k": 1024, "m": 1024 * 1024, "s": 1}


@pytest.fixture(scope="module")
def directives() -> dict[str, list[str]]:
    """The arguments of every directive that stands once; of a name that stands often, the last."""
    text = re.sub(r"#[^\n]*", "", FILE.read_text())
    found = [each.split() for each in re.split(r"[;{}]", text) if each.split()]
    return {name: rest for name, *rest in found}


def amount(text: str) -> int:
    """A size in bytes or a time in seconds."""
    found = re.fullmatch(r"([0-9]+)([kms]?)", text)
    assert found is not None, text
    return int(found[1]) * _UNITS[found[2]]


def option(words: list[str], name: str) -> str:
    """The value of `name=value`."""
    return next(each.partition("=")[2] for each in words if each.startswith(f"{name}="))


@pytest.mark.parametrize(
    ("directive", "own"),
    [
        ("client_max_body_size", MAX_BODY),
        ("client_header_timeout", NODE.idle_seconds),
        ("client_body_timeout", NODE.body_seconds),
        ("send_timeout", NODE.body_seconds),
    ],
)
def test_the_proxy_has_the_node_s_sizes_and_times(
    directives: dict[str, list[str]], directive: str, own: int
) -> None:
    """Neither lets in what the other would refuse."""
    assert [amount(each) for each in directives[directive]] == [own]


def test_the_proxy_counts_connections_as_a_node_does(directives: dict[str, list[str]]) -> None:
    """By address: behind a proxy the node cannot."""
    assert directives["limit_conn"] == ["addresses", str(NODE.address_connections)]
    assert directives["limit_conn_zone"][0] == "$binary_remote_addr"


def test_a_node_answers_strangers_before_the_proxy_refuses(
    directives: dict[str, list[str]],
) -> None:
    """Twice a node's own rate, and only for requests that show no token."""
    rate = option(directives["limit_req_zone"], "rate").removesuffix("r/s")

    assert int(rate) * 60 == 2 * NODE.rate
    assert int(option(directives["limit_req"], "burst")) == 2 * NODE.rate
    assert directives["limit_req_zone"][0] == "$stranger"
    assert "'' $binary_remote_addr" in re.sub(r" +", " ", FILE.read_text())


def test_a_connection_to_a_node_ends_at_the_proxy_first() -> None:
    """Else a request could run into a connection that the node just closed."""
    upstream = re.search(r"keepalive_timeout ([0-9]+)s; # shorter", FILE.read_text())

    assert upstream is not None
    assert int(upstream[1]) < NODE.idle_seconds
