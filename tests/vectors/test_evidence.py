"""Evidence that the browser's program saved, read and judged here."""

import json

import pytest

from audit.archive import read, write
from audit.evidence import council_of, judge
from protocol.codec import b64u
from tools.make_vectors.cases import FOLDER

CASES = json.loads((FOLDER / "ts-15-evidence.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_evidence_is_judged_as_its_maker_says(case: dict[str, dict[str, str]]) -> None:
    """Whose council it is, and what each pair proves or why it proves nothing."""
    found = read(bytes.fromhex(case["in"]["zip"]))
    council = council_of(found.roots)

    assert {
        "net": None if council is None else b64u(council.net),
        "why": [judge(pair, council).why.value for pair in found.pairs],
    } == case["out"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_an_archive_is_written_here_as_there(case: dict[str, dict[str, str]]) -> None:
    """Its files, packed by this program, are the same bytes."""
    data = bytes.fromhex(case["in"]["zip"])
    found = read(data)
    names = [
        f"{at:03}-{pair.code}/{which}.{side.kind}"
        for at, pair in enumerate(found.pairs, 1)
        for which, side in (("first", pair.first), ("second", pair.second))
    ]
    sides = [side.data for pair in found.pairs for side in (pair.first, pair.second)]
    roots = [(f"roots/{at:03}.json", root) for at, root in enumerate(found.roots)]
    readme = data[40 : data.index(b"PK", 40)]

    assert write([("README.txt", readme), *roots, *zip(names, sides, strict=True)]) == data
