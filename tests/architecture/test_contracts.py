"""The contracts of the edges are what the code says, and say all of it."""

import ast
import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from protocol.statement import payload_type
from server import audience, jobs, sockets
from server.errors import STATUS
from server.events import DOWN, UP
from server.http.contract import Contract
from server.http.openapi import operation_id
from server.http.table import CONTRACTS
from tools import make_contracts

Json = dict[str, Any]


@pytest.fixture(scope="module")
def http() -> Json:
    """The committed document of HTTP."""
    found: Json = json.loads((make_contracts.FOLDER / "openapi.json").read_bytes())
    return found


@pytest.fixture(scope="module")
def socket() -> Json:
    """The committed document of the socket."""
    found: Json = json.loads((make_contracts.FOLDER / "asyncapi.json").read_bytes())
    return found


def test_the_committed_contracts_are_fresh() -> None:
    """Whoever changes a route or a struct runs `python -m tools.make_contracts`."""
    assert make_contracts.stale() == []


def test_check_names_a_stale_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--check` fails, and writing mends it."""
    before = make_contracts.main(["--check"], tmp_path)
    named = capsys.readouterr().err
    wrote = make_contracts.main([], tmp_path)

    assert (before, wrote, make_contracts.main(["--check"], tmp_path)) == (1, 0, 0)
    assert "docs/openapi.json is out of date" in named


def test_the_http_contract_is_openapi(http: Json) -> None:
    """By its own validator, references included."""
    validate(http)
    assert http["openapi"] == "3.1.0"


def test_every_operation_has_a_name_of_its_own() -> None:
    """Generated clients name their functions by it."""
    names = [operation_id(each) for each in CONTRACTS]
    assert len(set(names)) == len(names)


def test_every_refusal_stands_under_its_status(http: Json) -> None:
    """What a document promises is what the edge's table says."""
    for methods in http["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                for code in re.findall(r"\b[A-Z0-9_]{5,}\b", answer["description"]):
                    assert STATUS[code] == int(status)


def test_the_statements_are_described(http: Json) -> None:
    """What stands inside the DSSE bytes is part of the contract."""
    described = http["x-entaku-statements"]
    assert all(payload_type(typ) for typ in described)
    assert all(each["$ref"].startswith("#/components/schemas/") for each in described.values())


def _bodies(contract: Contract) -> set[str]:
    """The structs that a handler reads its body into."""
    return set(
        re.findall(r"\bbody\(request, (?:wire\.)?(\w+)[,)]", inspect.getsource(contract.handler))
    )


@pytest.mark.parametrize("contract", CONTRACTS, ids=operation_id)
def test_a_route_takes_what_it_says(contract: Contract) -> None:
    """The struct of the contract is the one that the handler reads."""
    said = {contract.takes.__name__} if isinstance(contract.takes, type) else set[str]()
    assert _bodies(contract) == said


@pytest.mark.parametrize("contract", CONTRACTS, ids=operation_id)
def test_a_route_is_told_in_both_languages(contract: Contract) -> None:
    """Japanese first."""
    assert re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", contract.ja)
    assert re.match(r"[A-Z].*", contract.en)


# ---------------------------------------------------------------- the socket


def _emitted() -> set[str]:
    """Every event that the server's code sends."""
    found: set[str] = set()
    for module in (audience, jobs, sockets):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            match node:
                case ast.Call(func=ast.Attribute(attr="emit" | "broadcast"), args=[*args]):
                    found |= {
                        arg.value
                        for arg in args
                        if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                    }
                case _:
                    continue
    return found | {sockets.CUT}


def test_every_event_that_is_sent_is_in_the_table() -> None:
    """And none stands there that is not sent."""
    assert _emitted() == set(DOWN)


def test_the_socket_contract_has_every_event(socket: Json) -> None:
    """Up events with their answers, down events without."""
    operations = socket["operations"]
    assert set(operations) == {*UP, *DOWN}
    assert {name for name, each in operations.items() if "reply" in each} == set(UP)


def test_references_of_the_socket_contract_lead_somewhere(socket: Json) -> None:
    """AsyncAPI has no validator here; its references are followed by hand."""
    text = json.dumps(socket)
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', text)):
        place: Any = socket
        for part in reference.split("/"):
            place = place[part]
        assert place
