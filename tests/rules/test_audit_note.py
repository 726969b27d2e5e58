"""Signed notes (C2SP signed-note)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import note
from audit.note import Signer, Verifier
from crypto.errors import Code, Refused
from crypto.signing import SigningKey
from protocol import codec

LOG = Signer(name="minase.example/ops", key=SigningKey.from_seed(bytes(range(32))))
TWIN = Signer(name="minase.example/ops", key=SigningKey.from_seed(bytes(32)))
WITNESS = Signer(name="witness", key=SigningKey.from_seed(bytes(range(1, 33))))
TEXT = "円卓\n\nline\n".encode()
SIGNED = note.sign(TEXT, LOG)
LINE = LOG.line(TEXT)


def refusal(raw: bytes, *known: Signer) -> Code:
    """Give the code with which a note is refused."""
    with pytest.raises(Refused) as caught:
        note.open_note(raw, [signer.verifier for signer in known])
    return caught.value.code


def test_a_note_is_its_text_an_empty_line_and_signatures() -> None:
    """The bytes, spelled out once."""
    blob = LOG.verifier.key_id + LOG.key.sign(TEXT)

    assert TEXT + f"\n— minase.example/ops {codec.b64(blob)}\n".encode() == SIGNED


def test_what_a_known_key_signed_opens() -> None:
    """The text comes back with those who signed; empty lines in it stay."""
    opened = note.open_note(note.sign(TEXT, WITNESS, LOG), [LOG.verifier, WITNESS.verifier])

    assert opened.text == TEXT
    assert opened.signed_by == (WITNESS.verifier, LOG.verifier)


def test_signatures_of_unknown_keys_are_ignored() -> None:
    """Also of an unknown key under a known name."""
    raw = note.sign(TEXT, WITNESS, TWIN, LOG)

    assert note.open_note(raw, [LOG.verifier]).signed_by == (LOG.verifier,)


def test_a_note_without_a_known_key_is_refused() -> None:
    """Nobody vouches for it; least of all when nobody is known."""
    assert refusal(note.sign(TEXT, WITNESS), LOG) is Code.UNTRUSTED
    assert refusal(SIGNED) is Code.UNTRUSTED


def test_a_bad_signature_of_a_known_key_is_refused() -> None:
    """Even beside a good one of another known key."""
    stolen = note.sign(TEXT, WITNESS) + LOG.line(b"other\n")

    assert refusal(stolen, LOG, WITNESS) is Code.BAD_SIG


def test_a_repeated_signature_counts_once() -> None:
    """The first line of a key is the one that is checked."""
    opened = note.open_note(SIGNED + LOG.line(b"other\n"), [LOG.verifier])

    assert opened.signed_by == (LOG.verifier,)


def test_sixteen_signatures_and_more_are_read() -> None:
    """The specification asks for 16; we read 100 and no more."""
    many = note.sign(TEXT, *([WITNESS] * 99), LOG)

    assert note.open_note(many, [LOG.verifier]).text == TEXT
    assert refusal(many + WITNESS.line(TEXT), LOG) is Code.BAD_PROOF


def test_a_note_of_more_than_a_mebibyte_is_refused() -> None:
    """Nobody needs one, and somebody may send one."""
    assert refusal(note.sign(b"a" * (1 << 20) + b"\n", LOG), LOG) is Code.BAD_PROOF


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n",
        TEXT,
        TEXT + LINE,
        TEXT + b"\n",
        SIGNED[:-1],
        SIGNED + b"\n",
        SIGNED.replace(b"\n", b"\r\n"),
        SIGNED.replace(b"line", b"li\x00e"),
        SIGNED.replace(b"line", b"li\te"),
        SIGNED.replace(b"line", b"li\xffe"),
        TEXT + b"\n" + LINE.replace("— ".encode(), b"- "),
        TEXT + b"\n" + LINE.replace("— ".encode(), "—  ".encode()),
        TEXT + b"\n" + LINE[:-1] + b" \n",
        TEXT + b"\n" + "— name AAAA\n".encode(),
        TEXT + b"\n" + "— name AAAAAA==\n".encode(),
        TEXT + b"\n" + "— na+me AAAAAAAA\n".encode(),
        TEXT + b"\n" + "—  AAAAAAAA\n".encode(),
    ],
)
def test_a_malformed_note_is_refused(raw: bytes) -> None:
    """Whatever a known key says in it."""
    assert refusal(raw, LOG) is Code.BAD_PROOF


def test_sloppy_base64_is_refused() -> None:
    """Bits beyond the last byte would give one signature several spellings."""
    raw = TEXT + b"\n" + "— name AAAAAAB=\n".encode()

    assert refusal(raw, LOG) is Code.BAD_B64


@given(at=st.integers(0, len(SIGNED) - 1), bit=st.integers(0, 7))
def test_any_flipped_bit_is_refused(at: int, bit: int) -> None:
    """There is no bit in a note that does not count."""
    flipped = SIGNED[:at] + bytes([SIGNED[at] ^ 1 << bit]) + SIGNED[at + 1 :]

    with pytest.raises(Refused):
        note.open_note(flipped, [LOG.verifier])


@pytest.mark.parametrize("text", [b"", b"no end", b"a\rb\n", b"\xff\n"])
def test_only_a_clean_text_is_signed(text: bytes) -> None:
    """What would not be read is not written."""
    with pytest.raises(Refused) as caught:
        note.sign(text, LOG)

    assert caught.value.code is Code.BAD_PROOF


def test_a_key_reads_back_from_its_line() -> None:
    """Name, id and typed key in one line."""
    vkey = LOG.verifier.vkey

    assert Verifier.parse(vkey) == LOG.verifier
    assert vkey.startswith(f"minase.example/ops+{LOG.verifier.key_id.hex()}+A")


VKEY = LOG.verifier.vkey
NAME, KEY_ID, KEY = VKEY.split("+", 2)


@pytest.mark.parametrize(
    ("vkey", "code"),
    [
        ("", Code.BAD_PROOF),
        (NAME, Code.BAD_PROOF),
        (f"{NAME}+{KEY_ID}", Code.BAD_PROOF),
        (f"other+{KEY_ID}+{KEY}", Code.BAD_PROOF),
        (f"a b+{KEY_ID}+{KEY}", Code.BAD_PROOF),
        (f"{NAME}+{KEY_ID.upper()}+{KEY}", Code.BAD_PROOF),
        (f"{NAME}+00000000+{KEY}", Code.BAD_PROOF),
        (f"{VKEY}\n", Code.BAD_PROOF),
        (f"{NAME}+{KEY_ID}+{KEY[:-1]}", Code.BAD_B64),
        (f"{NAME}+{KEY_ID}+AQ==", Code.WEAK_KEY),
        (f"{NAME}+{KEY_ID}+{codec.b64(bytes([1, 1]) + bytes(31))}", Code.WEAK_KEY),
        (f"{NAME}+{KEY_ID}+{codec.b64(bytes([2]) + LOG.key.public)}", Code.BAD_PROOF),
    ],
)
def test_a_malformed_key_is_refused(vkey: str, code: Code) -> None:
    """Form, id, algorithm and point are checked."""
    with pytest.raises(Refused) as caught:
        Verifier.parse(vkey)

    assert caught.value.code is code


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u3000b", "a\x01b"])
def test_a_name_that_breaks_the_form_signs_nothing(name: str) -> None:
    """A space or plus in a name would move the other parts of its line."""
    with pytest.raises(Refused) as caught:
        note.sign(TEXT, Signer(name=name, key=LOG.key))

    assert caught.value.code is Code.BAD_PROOF
