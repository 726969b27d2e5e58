"""Checkpoints: three lines, one spelling (C2SP tlog-checkpoint)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import checkpoint, merkle, note
from audit.checkpoint import MAX_SIZE, Checkpoint
from crypto.errors import Code, Refused
from crypto.signing import SigningKey
from protocol import codec

ORIGIN = "minase.example/ops"
LOG = note.Signer(name=ORIGIN, key=SigningKey.from_seed(bytes(range(32))))
ROOT = codec.b64(bytes(range(32)))


def lines(*parts: str) -> bytes:
    """Join lines, each with its newline."""
    return "".join(f"{part}\n" for part in parts).encode()


def test_a_checkpoint_is_three_lines() -> None:
    """Origin, decimal size, base64 of the root."""
    found = Checkpoint(origin=ORIGIN, size=7, root=bytes(range(32)))

    assert found.text == lines(ORIGIN, "7", ROOT)
    assert checkpoint.parse(found.text) == found


@given(size=st.integers(1, MAX_SIZE), root=st.binary(min_size=32, max_size=32))
def test_checkpoints_read_back(size: int, root: bytes) -> None:
    """Writing and reading are inverse."""
    found = Checkpoint(origin="支援会議", size=size, root=root)

    assert checkpoint.parse(found.text) == found


@pytest.mark.parametrize(
    "text",
    [
        *(
            lines(ORIGIN, size, ROOT)
            for size in ("+7", "07", "1_0", "٧", " 7", "7 ", "-1", "", "7.0", "0x7", "7\r")
        ),
        lines(ORIGIN, str(MAX_SIZE + 1), ROOT),
        lines(ORIGIN, "1" * 17, ROOT),
        lines(ORIGIN, "7", ROOT + "\r"),
        lines(ORIGIN, "7", codec.b64(bytes(31))),
        lines(ORIGIN, "7", codec.b64(bytes(33))),
        lines(ORIGIN, "7", ROOT.rstrip("=")),
        lines(ORIGIN, "7", ROOT, "extension"),
        lines(ORIGIN, "7", ROOT, ""),
        lines("", "7", ROOT),
        lines(ORIGIN, "7"),
        lines(ORIGIN, "7", ROOT)[:-1],
        b"\xff" + lines(ORIGIN, "7", ROOT),
        lines(ORIGIN, "0", ROOT),
        b"",
    ],
)
def test_another_spelling_is_refused(text: bytes) -> None:
    """What Python's own parsers forgive is not forgiven here."""
    with pytest.raises(Refused) as caught:
        checkpoint.parse(text)

    assert caught.value.code is Code.BAD_PROOF


def test_bits_beyond_the_root_are_refused() -> None:
    """The last character of 32 bytes in base64 has two spare bits."""
    assert ROOT.endswith("8=")

    with pytest.raises(Refused) as caught:
        checkpoint.parse(lines(ORIGIN, "7", ROOT[:-2] + "9="))

    assert caught.value.code is Code.BAD_B64


@given(
    text=st.text(alphabet="07+_ \n\r٧A=/é", max_size=60).map(str.encode)
    | st.binary(max_size=90)
    | st.integers(0, 70).map(lambda at: lines(ORIGIN, "7", ROOT)[:at])
)
def test_whatever_is_accepted_has_one_spelling(text: bytes) -> None:
    """A text is refused, or writing it again gives the same bytes."""
    try:
        found = checkpoint.parse(text)
    except Refused:
        return

    assert found.text == text


def test_the_empty_log_has_a_checkpoint() -> None:
    """Size 0 goes with the root of nothing alone."""
    empty = Checkpoint(origin=ORIGIN, size=0, root=merkle.EMPTY_ROOT)

    assert checkpoint.parse(empty.text) == empty


def test_a_signed_checkpoint_opens_under_its_origin() -> None:
    """The key's name is the origin."""
    found = Checkpoint(origin=ORIGIN, size=7, root=bytes(32))

    assert checkpoint.open_signed(note.sign(found.text, LOG), [LOG.verifier]) == found


def test_another_log_s_checkpoint_is_refused() -> None:
    """A key vouches for the log of its own name only."""
    other = Checkpoint(origin="minase.example/id", size=7, root=bytes(32))

    with pytest.raises(Refused) as caught:
        checkpoint.open_signed(note.sign(other.text, LOG), [LOG.verifier])

    assert caught.value.code is Code.WRONG_NET
