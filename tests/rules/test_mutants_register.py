"""Whoever edits `consent/bases.toml` is told what is wrong with it, in these words."""

import json
import re
import tomllib
from importlib import resources

import msgspec
import pytest

from consent.register import load, parse
from protocol.vocabulary import AgencyKind

TEXT = resources.files("consent").joinpath("bases.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("review_days = 90", "review_days = 91", "review_days is out of range"),
        ("review_days = 90\n", "", "review_days belongs to law alone"),
        ("\naudit ", "\n# audit ", "a kind of agency has no row"),
        ('"none",      "none",       "none",', '"none",      "none",', "a row misses a column"),
        ('column = "child"', 'column = "other"', "a basis names an unknown column"),
        ('needs = ["registered"', 'needs = ["unheard-of"', "a basis names an unknown need"),
        ('kinds = ["chosei"]', 'kinds = ["unheard-of"]', "a basis names an unknown sitting"),
        ('ja = "支援会議"', 'ja = ""', "a label is empty"),
    ],
)
def test_a_fault_of_the_register_is_named(old: str, new: str, fault: str) -> None:
    """The first words of the error are the fault, its place follows."""
    with pytest.raises(msgspec.ValidationError) as refused:
        parse(TEXT.replace(old, new, 1).encode())

    assert str(refused.value).partition(" - at ")[0] == fault


def test_a_basis_may_need_everything_that_has_a_name() -> None:
    """All needs of the register are known needs."""
    needs = sorted(load().needs)
    text, changes = re.subn(r"needs = \[[^]]*\]", f"needs = {json.dumps(needs)}", TEXT, count=1)

    assert changes == 1
    assert any(sorted(entry.needs) == needs for entry in parse(text.encode()).bases.values())


@pytest.mark.parametrize("kind", AgencyKind)
def test_the_matrix_is_read_by_row_and_column(kind: AgencyKind) -> None:
    """The cell of a kind of agency under the column of a basis, for guests and for members."""
    raw = tomllib.loads(TEXT)
    register = load()

    for law, entry in raw["bases"].items():
        cell = raw["matrix"][kind.value][raw["columns"].index(entry["column"])].split("/")
        assert register.access(law, kind, guest=True).value == cell[0]
        assert register.access(law, kind, guest=False).value == cell[-1]
