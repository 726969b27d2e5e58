"""Primitives at the places that general mutation found soft: codes, constants, sizes."""

from collections.abc import Callable

import pytest

from crypto import aead, entropy, padding, sealing, signing
from crypto.errors import Code, Refused
from tests.refusals import code_of

KEY = bytes(range(32))
NONCE = bytes(range(24))


def test_a_refusal_carries_its_code_and_facts() -> None:
    """One for machines, the other for the client."""
    refused = Refused(Code.OVERSIZE, limit=3, field="name")

    assert (refused.code, str(refused)) == (Code.OVERSIZE, "OVERSIZE")
    assert refused.facts == {"limit": 3, "field": "name"}


@pytest.mark.parametrize("size", [0, 1, 16, 24, 33])
def test_the_system_gives_as_many_bytes_as_asked(size: int) -> None:
    """Not the size that its library thinks best."""
    assert len(entropy.system(size)) == size


# --- one code for every failure ---------------------------------------------------------------


def test_content_that_does_not_open_has_one_code() -> None:
    """Key, nonce, associated data, any part of the bytes, and too few of them."""
    sealed = aead.encrypt(key=KEY, nonce=NONCE, aad=b"a", plaintext=b"text")
    good = {"key": KEY, "nonce": NONCE, "aad": b"a", "ciphertext": sealed}

    assert aead.decrypt(key=KEY, nonce=NONCE, aad=b"a", ciphertext=sealed) == b"text"
    for changed in (
        {"key": bytes(32)},
        {"nonce": bytes(24)},
        {"aad": b"b"},
        {"ciphertext": sealed[:-1]},
        {"ciphertext": sealed[:15]},
        {"ciphertext": b""},
    ):
        assert code_of(aead.decrypt, **{**good, **changed}) is Code.BAD_TAG


def test_what_was_sealed_opens_with_its_key_and_info_alone() -> None:
    """A key made here and now opens; every failure has one code."""
    mine, other = (sealing.SealingKey.from_seed(bytes([n]) * 32) for n in (1, 2))
    sealed = sealing.seal(mine.public, info=b"i", plaintext=KEY)

    assert mine.open(sealed, info=b"i") == KEY
    assert code_of(mine.open, sealed, info=b"j") is Code.BAD_TAG
    assert code_of(other.open, sealed, info=b"i") is Code.BAD_TAG
    assert code_of(mine.open, sealed[:-1], info=b"i") is Code.BAD_TAG
    assert code_of(mine.open, b"", info=b"i") is Code.BAD_TAG


@pytest.mark.parametrize("size", [0, 63, 65])
def test_a_signature_has_64_bytes(size: int) -> None:
    """More or fewer are a bad signature, not another error."""
    made = signing.SigningKey.from_seed(KEY)
    signature = made.sign(b"m").ljust(65, b"\0")[:size]

    found = code_of(signing.verify, public=made.public, message=b"m", signature=signature)
    assert found is Code.BAD_SIG


# --- padding to a constant --------------------------------------------------------------------


def test_padding_to_a_constant_is_exactly_that_long() -> None:
    """Whatever the buckets would have been; the last byte is kept for the mark."""
    for data in (b"", b"text", bytes(99)):
        padded = padding.pad(data, constant=100)
        assert len(padded) == 100
        assert padding.unpad(padded, constant=100) == data
    assert code_of(padding.pad, bytes(100), constant=100) is Code.OVERSIZE
    assert code_of(padding.pad, bytes(101), constant=100) is Code.OVERSIZE


def test_what_was_padded_to_another_length_is_refused() -> None:
    """A constant where a bucket belongs, a bucket where a constant does, another bucket."""
    for size, constant in ((100, None), (128, 100), (256, None)):
        padded = (b"text" + b"\x80").ljust(size, b"\0")
        assert code_of(padding.unpad, padded, constant=constant) is Code.BAD_PADDING


@pytest.mark.parametrize("bucket", [128, 256, 512, 1024])
def test_a_bucket_is_filled_to_the_last_byte(bucket: int) -> None:
    """One byte less than it holds fits, with the mark; as many as it holds need the next."""
    full, more = b"x" * (bucket - 1), b"x" * bucket

    assert len(padding.pad(full)) == bucket < len(padding.pad(more))
    assert padding.unpad(padding.pad(full)) == full
    assert padding.unpad(padding.pad(more)) == more


@pytest.mark.parametrize("last", [b"X", b"\x01", b"\x80X"])
def test_nothing_but_zeros_stands_behind_the_mark(last: bytes) -> None:
    """Otherwise one text would have many forms."""
    padded = (b"text\x80" + last).ljust(128, b"\0")

    assert code_of(padding.unpad, padded) is Code.BAD_PADDING


REFUSALS: list[tuple[Callable[..., object], bytes, Code]] = [
    (padding.unpad, b"", Code.BAD_PADDING),
    (padding.unpad, bytes(128), Code.BAD_PADDING),
    (signing.require_point, b"", Code.WEAK_KEY),
    (signing.require_point, bytes(32), Code.WEAK_KEY),
    (signing.require_point, KEY + b"\0", Code.WEAK_KEY),
]


@pytest.mark.parametrize(("call", "given", "code"), REFUSALS)
def test_senseless_bytes_are_refused_by_a_code(
    call: Callable[..., object], given: bytes, code: Code
) -> None:
    """Never by an error that nobody expects."""
    assert code_of(call, given) is code
