"""Leaves, notes and checkpoints: what a refusal names, the bytes of contexts, the very limits."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from audit import checkpoint, entry, note
from audit.entry import Entry, Kind, Opening
from crypto import aead
from crypto.errors import Code, Refused
from crypto.hashing import pae
from crypto.signing import SigningKey
from protocol import codec
from protocol.ids import Hash
from tests.refusals import code_of
from tests.world import hash32, id16

KEY = hash32("an entry's key")
BARE = Entry(kind=Kind.LOGIN, at_ms=0, id=id16("entry"))
ROOT = codec.b64(hash32("root"))
LOG = note.Signer(name="minase.example/ops", key=SigningKey.from_seed(bytes(range(32))))
SIGNED = note.sign(b"text\n", LOG)


# --- limits -----------------------------------------------------------------------------------


def leaf_of(size: int) -> Entry:
    """An entry whose leaf would have that many bytes: by eids, then by the digits of its epoch."""
    made = replace(BARE, epoch=1, bound=(Hash(bytes(32)),) * 1420)
    return replace(made, epoch=10 ** (size - len(entry.leaf(made, key=KEY))))


def signed_of(size: int) -> bytes:
    """A note of that many bytes."""
    shortest = len(note.sign(b"\n", LOG))
    return note.sign(b"a" * (size - shortest) + b"\n", LOG)


def test_a_note_of_exactly_a_mebibyte_is_read() -> None:
    """One byte more is not."""
    assert len(signed_of(1 << 20)) == 1 << 20
    assert note.open_note(signed_of(1 << 20), [LOG.verifier]).signed_by == (LOG.verifier,)
    found = code_of(note.open_note, signed_of((1 << 20) + 1), [LOG.verifier])
    assert found is Code.BAD_PROOF


# --- bytes ------------------------------------------------------------------------------------


def test_an_entry_without_a_reason_says_nothing_there() -> None:
    """Its result is the empty text."""
    assert entry.parse(entry.leaf(BARE, key=KEY)).d == ""


def test_the_key_of_an_entry_is_wrapped_for_this_entry() -> None:
    """Under its typed id as associated data: another implementation opens the same bytes."""
    audit_key, nonce = hash32("audit key"), bytes(range(24))
    context = pae("shk1/audit-key", BARE.id)
    sealed = aead.encrypt(key=audit_key, nonce=nonce, aad=context, plaintext=KEY)

    wrapped = entry.wrap_key(audit_key=audit_key, entry=BARE.id, key=KEY, nonce=nonce)

    assert wrapped == nonce + sealed
    assert entry.unwrap_key(audit_key=audit_key, entry=BARE.id, wrapped=wrapped) == KEY


# --- what a refusal names ---------------------------------------------------------------------


def opened(field: str) -> None:
    """Check an opening of a field that a leaf does not have."""
    leaf = entry.parse(entry.leaf(BARE, key=KEY))
    entry.check_opening(leaf, Opening.make(field, b"", key=KEY))


def lines(*parts: str) -> bytes:
    """Join lines, each with its newline."""
    return "".join(f"{part}\n" for part in parts).encode()


def open_note(raw: bytes) -> None:
    """Open a note with the log's key."""
    note.open_note(raw, [LOG.verifier])


REFUSALS: list[tuple[Callable[..., object], object, str]] = [
    (entry.split_recipients, bytes(17), "recipients"),
    (checkpoint.parse, b"\xff\n", "checkpoint"),
    (checkpoint.parse, lines("origin", "seven", ROOT), "checkpoint"),
    (checkpoint.parse, lines("origin", "0", ROOT), "checkpoint"),
    (note.Verifier.parse, "no key", "vkey"),
    (note.Verifier.parse, "name+00000000+" + codec.b64(b"\x01" + LOG.key.public), "vkey"),
    (open_note, b"", "note"),
    (open_note, b"text\n", "note"),
    (open_note, b"\xff\n\n" + SIGNED.rpartition(b"\n\n")[2], "note"),
    (open_note, SIGNED[:-1], "note"),
    (open_note, b"text\n\nno line\n", "signature-line"),
    (open_note, "text\n\n— name AAAA\n".encode(), "signature-line"),
]


@pytest.mark.parametrize(("call", "given", "why"), REFUSALS)
def test_a_refusal_names_what_was_malformed(
    call: Callable[..., object], given: object, why: str
) -> None:
    """Whoever verifies a log is told where to look."""
    with pytest.raises(Refused) as refused:
        call(given)

    assert (refused.value.code, refused.value.facts) == (Code.BAD_PROOF, {"why": why})


def test_a_signer_has_a_name_that_fits_a_line() -> None:
    """A space would end it."""
    with pytest.raises(Refused) as refused:
        _ = note.Signer(name="two words", key=LOG.key).verifier

    assert (refused.value.code, refused.value.facts) == (Code.BAD_PROOF, {"why": "key-name"})


def test_an_opening_that_does_not_fit_is_named_by_its_field() -> None:
    """In full up to forty characters, whoever wrote it."""
    for field in ("actor", "x" * 40, "x" * 41):
        with pytest.raises(Refused) as refused:
            opened(field)
        assert refused.value.code is Code.BAD_PROOF
        assert refused.value.facts == {"why": "opening", "field": field[:40]}


@pytest.mark.parametrize("over", [0, 1])
def test_a_leaf_fills_its_bundle_to_the_last_byte(over: int) -> None:
    """65,535 bytes are written, one more is refused."""
    made = leaf_of(entry.LEAF_LIMIT + over)

    if over:
        assert code_of(entry.leaf, made, key=KEY) is Code.OVERSIZE
    else:
        assert len(entry.leaf(made, key=KEY)) == entry.LEAF_LIMIT
