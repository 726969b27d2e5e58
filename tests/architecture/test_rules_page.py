"""The page of rules names every check that the program has, and only such."""

import pytest

from tools.mutate import page, swap
from tools.mutate.sites import Site, sites


def test_the_page_is_fresh() -> None:
    """Every check has its row: `python -m tools.mutate --page` would write the page as it is."""
    assert page.PAGE.read_text(encoding="utf-8") == page.text()


def test_every_check_has_a_paragraph() -> None:
    """The mapping of modules and functions to the protocol leaves nothing out."""
    assert [site.id for site in sites() if not page.paragraph(site.id)] == []


def test_what_is_called_redundant_is_a_check() -> None:
    """Reasons are kept for checks that exist."""
    assert page.redundant().keys() <= {site.id for site in sites()}


@pytest.mark.parametrize("site", sites()[::50], ids=lambda site: site.id)
def test_a_check_can_be_switched_off(site: Site) -> None:
    """The changed function compiles, and has another code than before."""
    assert swap.changed_code(site).co_code != swap.written_code(site).co_code
