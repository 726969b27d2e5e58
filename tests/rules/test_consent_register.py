"""The bases register: read strictly, and no law in print that nobody checked."""

from importlib import resources

import msgspec
import pytest

from consent.register import Access, Cell, LawText, Part, load, parse
from protocol.vocabulary import AgencyKind, BasisKind

TEXT = resources.files("consent").joinpath("bases.toml").read_text(encoding="utf-8")
PENALTY = '"1年以下の拘禁刑又は100万円以下の罰金(第159条)。"'


def changed(old: str, new: str) -> bytes:
    """Give the shipped file with its first `old` replaced."""
    assert old in TEXT
    return TEXT.replace(old, new, 1).encode()


def test_text_that_is_not_verified_is_never_printed_as_law() -> None:
    """Every basis gives the neutral sentence as long as nothing was compared."""
    register = load()

    for law, entry in register.bases.items():
        texts: dict[Part, LawText | None] = {"secrecy": entry.secrecy, "penalty": entry.penalty}
        for part, text in texts.items():
            if text is None or not text.verified:
                assert register.law_text(law, part, "ja") == register.neutral.ja
                assert register.law_text(law, part, "en") == register.neutral.en


def test_verified_text_is_printed() -> None:
    """In the language that was asked for, and for that part only."""
    at = TEXT.index(PENALTY)
    register = parse((TEXT[:at] + TEXT[at:].replace("false", "true", 1)).encode())

    assert "100万円" in register.law_text("swa-106-6", "penalty", "ja")
    assert "1,000,000 yen" in register.law_text("swa-106-6", "penalty", "en")
    assert register.law_text("swa-106-6", "secrecy", "ja") == register.neutral.ja


def test_an_unknown_basis_has_no_law_and_admits_nobody() -> None:
    """A key of a newer register is no reason to fail."""
    register = load()

    assert register.law_text("unknown", "penalty", "ja") == register.neutral.ja
    assert register.access("unknown", AgencyKind.CITY, guest=False) is Access.NONE


def test_a_citation_names_meeting_statute_and_article() -> None:
    """As the screens show it."""
    register = load()

    assert register.citation("swa-106-6", "ja") == "支援会議(社会福祉法第106条の6)"
    assert register.citation("swa-106-6", "en") == (
        "Support conference, Social Welfare Act, art. 106-6"
    )
    assert register.citation("consent", "ja") == "本人同意"


def test_the_bases_of_the_domain_are_there() -> None:
    """Statutory ones, consents, and a gathering that is no basis."""
    kinds = {law: entry.kind for law, entry in load().bases.items()}

    assert kinds == {
        "swa-106-6": BasisKind.LAW,
        "consent": BasisKind.CONSENT,
        "consent-juso": BasisKind.CONSENT,
        "child-25-2": BasisKind.LAW,
        "loneliness-15": BasisKind.LAW,
        "swa-9-livelihood": BasisKind.LAW,
        "public-assist-27-3": BasisKind.LAW,
        "pf": None,
    }


def test_every_decision_records_who_approved_and_when_it_is_reviewed() -> None:
    """Two people and a date of review are asked of every basis without consent."""
    decisions = [entry for entry in load().bases.values() if entry.kind is BasisKind.LAW]

    for entry in decisions:
        assert {"approval", "review", "least", "information"} <= set(entry.needs)
        assert entry.review_days == 90


def test_the_six_categories_of_the_national_form_have_names() -> None:
    """c1 to c6; councils may add their own codes."""
    assert list(load().categories) == ["c1", "c2", "c3", "c4", "c5", "c6"]


@pytest.mark.parametrize("cell", Cell)
def test_a_cell_reads_for_guests_and_for_members(cell: Cell) -> None:
    """A single word is for both."""
    first, *rest = cell.value.split("/")

    assert cell.access(guest=True).value == first
    assert cell.access(guest=False).value == (rest[0] if rest else first)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[neutral]", 'extra = "x"\n[neutral]'),
        ("review_days = 90", "review_days = 90\nsurprise = 1"),
        ("review_days = 90", "review_days = 91"),
        ("review_days = 90", "review_days = 0"),
        ("review_days = 90\n", ""),
        ('kinds = ["juso", "support"]', 'kinds = ["juso", "support"]\nreview_days = 90'),
        ("\nminsei ", "\nminse "),
        ("\naudit ", "\n# audit "),
        ('"none",      "none",       "none",', '"none",      "none",'),
        ('"full",      "named",', '"full",      "some",'),
        ('"child", "loneliness", "pf"]', '"child", "child", "pf"]'),
        ('column = "child"', 'column = "other"'),
        ('needs = ["registered"', 'needs = ["unheard-of"'),
        ('kinds = ["chosei"]', 'kinds = ["unheard-of"]'),
        ('kind = "law"', 'kind = "habit"'),
        ('ja = "支援会議"', 'ja = ""'),
        ("\nverified = false", '\nverified = "no"'),
        ('en = "Support conference"', 'english = "Support conference"'),
    ],
)
def test_a_register_with_a_fault_is_refused(old: str, new: str) -> None:
    """Unknown keys, missing rows and cells, names without a label, days out of range."""
    with pytest.raises(msgspec.ValidationError):
        parse(changed(old, new))


def test_what_is_not_toml_is_refused() -> None:
    """With an error of the same family."""
    with pytest.raises(msgspec.DecodeError):
        parse(b"= 1")
