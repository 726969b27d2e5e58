"""What the primitives promise beyond their vectors."""

import hashlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import aead, entropy, hashing, padding, password, sealing, signing
from crypto.errors import Code, Refused
from crypto.profiles import FLOOR, STANDARD, Argon2Profile

CHEAP = Argon2Profile(memory_bytes=8 * 1024 * 1024, passes=1)
KEY = bytes(range(32))
SEALING = sealing.SealingKey.from_seed(KEY)
SIGNING = signing.SigningKey.from_seed(KEY)

byte_lists = st.lists(st.binary(max_size=8), max_size=4)


# --- framing ------------------------------------------------------------------------------


@given(byte_lists, byte_lists)
def test_parts_never_joins_two_lists_alike(left: list[bytes], right: list[bytes]) -> None:
    """Equal results mean equal lists."""
    assert (hashing.parts(*left) == hashing.parts(*right)) == (left == right)


@given(st.text(max_size=6), st.binary(max_size=8), st.text(max_size=6), st.binary(max_size=8))
def test_pae_never_frames_two_bodies_alike(a: str, x: bytes, b: str, y: bytes) -> None:
    """Equal results mean equal type and body."""
    assert (hashing.pae(a, x) == hashing.pae(b, y)) == ((a, x) == (b, y))


@pytest.mark.parametrize(
    ("write", "size"),
    [(hashing.u8, 1), (hashing.u16, 2), (hashing.u32, 4), (hashing.u64, 8)],
)
def test_integers_have_their_width_and_no_more(write: Callable[[int], bytes], size: int) -> None:
    """The greatest fits, the next and a negative one overflow."""
    greatest = 2 ** (8 * size) - 1

    assert write(greatest) == b"\xff" * size
    assert write(1) == b"\x01".rjust(size, b"\0")
    for beyond in (greatest + 1, -1):
        with pytest.raises(OverflowError):
            write(beyond)


def test_one_purpose_gives_one_key() -> None:
    """Purpose, context and size all enter; a mac is no derived key."""
    base = hashing.kdf(KEY, "commit", b"c")

    others = {
        hashing.kdf(KEY, "wrap", b"c"),
        hashing.kdf(KEY, "commit", b"d"),
        hashing.kdf(KEY, "commit", b"c", 64)[:32],
        hashing.mac(KEY, b"c"),
    }
    assert base not in others
    assert len(others) == 4


@given(st.binary(min_size=32, max_size=32))
def test_digits_are_always_twelve(digest: bytes) -> None:
    """Leading zeros stay."""
    digits = hashing.digits12(digest)

    assert [len(group) for group in digits.split("-")] == [4, 4, 4]
    assert digits.replace("-", "").isdigit()


# --- signing ------------------------------------------------------------------------------


@given(st.binary(max_size=64), st.integers(0, 64 * 8 - 1))
def test_a_flipped_bit_of_a_signature_is_refused(message: bytes, bit: int) -> None:
    """Any of its 512 bits."""
    signature = SIGNING.sign(message)
    flipped = bytearray(signature)
    flipped[bit // 8] ^= 1 << bit % 8

    signing.verify(public=SIGNING.public, message=message, signature=signature)
    with pytest.raises(Refused) as refused:
        signing.verify(public=SIGNING.public, message=message, signature=bytes(flipped))
    assert refused.value.code is Code.BAD_SIG


def test_the_point_check_stands_alone_too() -> None:
    """A certificate's key can be refused before anything is signed with it."""
    signing.require_point(SIGNING.public)
    with pytest.raises(Refused) as refused:
        signing.require_point(b"\x01".ljust(32, b"\0"))

    assert refused.value.code is Code.WEAK_KEY


def test_keys_do_not_show_their_secret() -> None:
    """Neither a log line nor an assertion error can carry one."""
    secret = hashlib.sha512(KEY).digest()[:32]

    for shown in (repr(SIGNING), repr(SEALING), str(SIGNING), str(SEALING)):
        assert KEY.hex() not in shown
        assert secret.hex() not in shown
        assert "object at" in shown


# --- sealing ------------------------------------------------------------------------------


def test_an_epoch_key_seals_to_its_fixed_size() -> None:
    """32 bytes become 1168, enc first."""
    sealed = sealing.seal(SEALING.public, info=b"i", plaintext=KEY)

    assert len(SEALING.public) == sealing.PUBLIC_SIZE == 1216
    assert len(sealed) == sealing.OVERHEAD + 32 == 1168
    assert SEALING.open(sealed, info=b"i") == KEY


def test_sealing_twice_gives_other_bytes() -> None:
    """Two recipients' entries cannot be compared."""
    first = sealing.seal(SEALING.public, info=b"i", plaintext=KEY)

    assert sealing.seal(SEALING.public, info=b"i", plaintext=KEY) != first


@pytest.mark.parametrize(
    "public",
    [
        b"",
        SEALING.public[:-1],
        SEALING.public + b"\0",
        b"\xff" * 1216,
        SEALING.public[:1184] + bytes(32),
    ],
    ids=["nothing", "short", "long", "no ML-KEM key", "share of zeros"],
)
def test_a_malformed_key_takes_no_seal(public: bytes) -> None:
    """Every failure has one code, and can be known beforehand."""
    with pytest.raises(Refused) as refused:
        sealing.seal(public, info=b"", plaintext=b"")

    assert refused.value.code is Code.BAD_TAG
    assert not sealing.is_public(public)
    assert sealing.is_public(SEALING.public)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_sealing_seed_has_32_bytes(size: int) -> None:
    """A seed of another size is the caller's mistake, not a refusal."""
    with pytest.raises(ValueError, match=str(size)):
        sealing.SealingKey.from_seed(bytes(size))


# --- content ------------------------------------------------------------------------------


@given(st.binary(max_size=64), st.binary(max_size=16))
def test_content_opens_to_what_was_encrypted(plaintext: bytes, aad: bytes) -> None:
    """Sixteen bytes are added."""
    sealed = aead.encrypt(key=KEY, nonce=bytes(24), aad=aad, plaintext=plaintext)

    assert len(sealed) == len(plaintext) + aead.TAG_SIZE
    assert aead.decrypt(key=KEY, nonce=bytes(24), aad=aad, ciphertext=sealed) == plaintext


@given(st.binary(max_size=3000))
def test_padding_comes_off_again(data: bytes) -> None:
    """And its length depends on the bucket only."""
    padded = padding.pad(data)

    assert padding.unpad(padded) == data
    assert len(padded) == padding.padded_length(len(data)) == len(padding.pad(bytes(len(data))))


@given(st.integers(1024, 2**40))
def test_padding_above_one_kib_adds_at_most_a_sixteenth(size: int) -> None:
    """And never loses order: a longer text is never padded to less."""
    length = padding.padded_length(size)

    assert size < length <= (size + 1) * 1.0625
    assert length <= padding.padded_length(size + 1)


def unpadded(data: bytes) -> bytes | Code:
    """Return the data without its padding, or the code with which it is refused."""
    try:
        return padding.unpad(data)
    except Refused as refused:
        return refused.code


@given(st.binary(max_size=200), st.integers(0, 8 * 300))
def test_padding_has_one_form(data: bytes, bit: int) -> None:
    """Whatever else unpads is the padding of another text."""
    padded = bytearray(padding.pad(data))
    padded[bit // 8 % len(padded)] ^= 1 << bit % 8

    found = unpadded(bytes(padded))

    assert found is Code.BAD_PADDING or (isinstance(found, bytes) and padding.pad(found) == padded)


# --- passphrase and entropy ---------------------------------------------------------------


def test_text_and_its_bytes_are_one_passphrase() -> None:
    """UTF-8, not normalised."""
    salt = bytes(16)
    text = password.stretch("合言葉", salt=salt, profile=CHEAP, floor=CHEAP)
    data = password.stretch("合言葉".encode(), salt=salt, profile=CHEAP, floor=CHEAP)

    assert text == data
    assert text != password.stretch("合言葉", salt=b"s" * 16, profile=CHEAP, floor=CHEAP)


@pytest.mark.parametrize(
    "profile",
    [
        CHEAP,
        Argon2Profile(memory_bytes=STANDARD.memory_bytes - 1, passes=STANDARD.passes),
        Argon2Profile(memory_bytes=STANDARD.memory_bytes, passes=STANDARD.passes - 1),
    ],
    ids=["cheap", "less memory", "fewer passes"],
)
def test_a_profile_below_the_floor_is_refused(profile: Argon2Profile) -> None:
    """Whoever writes the parameters cannot make guessing cheaper."""
    with pytest.raises(Refused) as refused:
        password.stretch("pass", salt=bytes(16), profile=profile)

    assert refused.value.code is Code.KDF_FLOOR


def test_the_floor_is_the_protocols() -> None:
    """128 MiB and three passes."""
    assert Argon2Profile(memory_bytes=128 * 2**20, passes=3) == FLOOR == STANDARD


def test_the_system_gives_fresh_bytes() -> None:
    """As many as asked for, never the same."""
    drawn = {entropy.system(32) for _ in range(8)}

    assert len(drawn) == 8
    assert {len(data) for data in drawn} == {32}
