"""What must never be written down: twelve digits with the check digit of a マイナンバー."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import Code, Refused
from protocol.headers import NoteText, SumText
from protocol.vocabulary import Provenance
from sdk.guard import holds_my_number, is_my_number, require_allowed

VALID = "123456789018"


@pytest.mark.parametrize(
    "text",
    [
        VALID,
        "1234-5678-9018",
        "1234 5678 9018",
        "１２３４５６７８９０１８",
        "番号は1234ー5678ー9018です",
        "123456789018。",
        "1 2 3 4 5 6 7 8 9 0 1 8",
    ],
)
def test_a_my_number_is_found_however_it_is_typed(text: str) -> None:
    """Grouped, spaced, in full width, inside a sentence."""
    assert holds_my_number(text)


@pytest.mark.parametrize(
    "text",
    ["123456789017", "12345678901", "1234567890180", "電話 03-1234-5678", "", "2026-11-21 10:00"],
)
def test_other_digits_are_left_alone(text: str) -> None:
    """Another check digit, fewer or more digits, a telephone number, a date."""
    assert not holds_my_number(text)


@given(st.binary(min_size=16, max_size=16))
def test_ids_among_the_words_are_left_alone(data: bytes) -> None:
    """An id in hexadecimal may hold twelve fitting digits by chance; it was typed by nobody."""
    digits = data.hex()
    around = f"act.new:{digits[:9]}a{VALID}{'b' * 10}"

    assert not holds_my_number(around)
    assert digits.isdecimal() or not holds_my_number(f"prio.set:{digits}")


@given(st.text("0123456789", min_size=11, max_size=11))
def test_exactly_one_last_digit_fits_the_first_eleven(first: str) -> None:
    """The check digit is a function of the others, and every remainder has one."""
    fitting = [last for last in "0123456789" if is_my_number(first + last)]

    assert len(fitting) == 1


@pytest.mark.parametrize(
    "text",
    [
        NoteText(text=f"番号 {VALID}", fact=True),
        SumText(prov=Provenance.SELF, hid=False, title=VALID, text=""),
        {"items": [{"it": "x", "title": VALID}]},
        {VALID: "a key"},
    ],
    ids=["note", "title", "nested", "key"],
)
def test_words_that_hold_one_are_refused_wherever_it_stands(
    text: NoteText | SumText | dict[str, object],
) -> None:
    """Titles, nested words and keys are looked at too."""
    with pytest.raises(Refused) as refusal:
        require_allowed(text)

    assert refusal.value.code is Code.FORBIDDEN


def test_ordinary_words_pass() -> None:
    """Nothing is said and nothing is changed."""
    require_allowed({"text": "夜眠れない", "rows": [1, None, True], "until": "2027-03-31"})
    assert not holds_my_number("夜眠れない")
