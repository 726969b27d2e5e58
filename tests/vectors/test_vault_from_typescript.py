"""Vaults that the browser's program sealed, opened here: `vectors/ts-14-vault.json`."""

import pytest

from protocol import codec
from sdk.contents import Contents
from sdk.vault_format import PLAIN_LIMIT
from tools.make_vectors import vault
from tools.make_vectors.cases import FOLDER, Case, load, run

CASES = load(FOLDER / "ts-14-vault.json").cases


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_case_is_judged_as_its_file_says(case: Case) -> None:
    """The same contents or the same reason code."""
    judged = run(case, vault.OPERATIONS)

    assert (judged.code, judged.output) == (case.code, case.output)


@pytest.mark.parametrize("text", [case.output["text"] for case in CASES if case.output is not None])
def test_its_contents_are_written_here_byte_for_byte_the_same(text: str) -> None:
    """One schema on both sides: what the browser wrote is what this side would write."""
    contents = codec.decode(text.encode(), Contents, limit=PLAIN_LIMIT)

    assert codec.encode(contents).decode() == text
