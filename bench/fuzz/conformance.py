"""The contract asked from outside by schemathesis, one operation at a time and along its links."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks

from server.http import openapi
from server.http.table import CONTRACTS

Json = Any
_LIBRARY: Final[Any] = schemathesis  # its types are generic beyond use
_OF_HTTP: Final[Any] = checks
_OF_OPENAPI: Final[Any] = openapi_checks
_CHECKS: Final[list[Any]] = [
    _OF_HTTP.not_a_server_error,
    _OF_OPENAPI.status_code_conformance,
    _OF_OPENAPI.content_type_conformance,
    _OF_OPENAPI.response_schema_conformance,
]
_SLOW: Final = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large)
_PATIENCE: Final = 30  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whom to ask, as whom, and how often."""

    slug: str
    port: int
    token: str | None
    examples: int = 2
    steps: int = 4

    def schema(self) -> Any:  # noqa: ANN401 -- as above
        """The contract of a node whose only council is named."""
        made: Json = json.loads(json.dumps(openapi.document(CONTRACTS)))
        for parameter in _parameters(made):
            if parameter["name"] == "slug":
                parameter["schema"] = {"enum": [self.slug]}
        schema = _LIBRARY.openapi.from_dict(made)
        headers = {} if self.token is None else {"Authorization": f"Bearer {self.token}"}
        schema.config.update(base_url=f"http://127.0.0.1:{self.port}", headers=headers)
        return schema

    def settings(self) -> settings:
        """The same cases every time, and nothing is kept of them."""
        return settings(
            max_examples=self.examples,
            stateful_step_count=self.steps,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=_SLOW,
        )


def _parameters(document: Json) -> Iterable[Json]:
    for methods in document["paths"].values():
        for operation in methods.values():
            yield from operation["parameters"]


def each_operation(asked: Asked) -> int:
    """Ask every operation; how many there are. Raises what schemathesis finds."""
    count = 0
    for found in asked.schema().get_all_operations():
        operation = found.ok()

        @asked.settings()
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:  # noqa: ANN401 -- as above
            case.call_and_validate(checks=_CHECKS, timeout=_PATIENCE)

        ask()
        count += 1
    return count


def by_links(asked: Asked) -> int:
    """Follow the links of the answers; how many requests that were."""
    heard: list[str] = []
    machine: Any = asked.schema().as_state_machine()

    def validate(_self: object, response: object, case: Any, **_given: object) -> None:  # noqa: ANN401 -- as above
        """Judge by the contract alone: that a drawn signature is refused is right."""
        heard.append(str(case.operation.label))
        case.validate_response(response, checks=_CHECKS)

    walk: Any = type("Walk", (machine,), {"validate_response": validate})
    walk.run(settings=asked.settings())
    return len(heard)
