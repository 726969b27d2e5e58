"""What envelopes, bundles, grants and invitations promise beyond their vectors."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import Code, Refused
from crypto.sealing import SealingKey
from crypto.signing import SigningKey
from protocol import bundle, envelope, grants
from protocol.ids import CaseId, Digest, DocId, Hash, Id, NetId, Sid
from protocol.invitation import Secret, read_code, require_mac
from protocol.keys import epoch_commitment, evidence_commitment, subject_commitment
from protocol.vocabulary import GrantWhat

DK = SigningKey.from_seed(bytes(range(32)))
EK = SealingKey.from_seed(bytes(range(32)))
KEY = b"k" * 32
NONCE = b"n" * 24
CASE = CaseId(Id(range(16)))
EPOCH = bundle.Epoch(net=NetId(Hash(range(32))), case=CASE, n=3, prev=Sid(Hash(b"p" * 32)))


def sealed(plaintext: bytes = b"text", header: bytes = b"{}") -> bytes:
    """Return the wire form of one envelope."""
    return envelope.seal(key=KEY, header=header, plaintext=plaintext, nonce=NONCE, signer=DK)


def sid(number: int) -> Sid:
    """Return a certificate id."""
    return Sid(Hash(number.to_bytes(32, "big")))


# --- envelopes ----------------------------------------------------------------------------


@given(st.binary(max_size=300), st.binary(max_size=60))
def test_an_envelope_opens_to_what_was_sealed(plaintext: bytes, header: bytes) -> None:
    """And keeps its header verbatim in both forms."""
    wire = sealed(plaintext, header)
    env = envelope.parse(wire)
    bare = envelope.parse_bare(env.bare())

    envelope.check_signature(env, DK.public)
    envelope.check_signature(bare, DK.public)
    assert envelope.open_(env, key=KEY) == plaintext
    assert env.wire() == wire
    assert (bare.header, bare.eid, bare.sg(DK.public)) == (header, env.eid, env.sg(DK.public))


WIRE = sealed()


@pytest.mark.parametrize("at", range(len(WIRE)))
def test_a_flipped_bit_is_refused(at: int) -> None:
    """Anywhere in the envelope, before or by the signature."""
    changed = bytearray(WIRE)
    changed[at] ^= 1 << at % 8

    with pytest.raises(Refused) as refused:
        envelope.check_signature(envelope.parse(bytes(changed)), DK.public)

    assert refused.value.code in {Code.BAD_MAGIC, Code.BAD_LENGTH, Code.OVERSIZE, Code.BAD_SIG}


@pytest.mark.parametrize("parse", [envelope.parse, envelope.parse_bare])
@pytest.mark.parametrize("size", range(0, len(WIRE), 7))
def test_a_truncated_envelope_is_refused(
    size: int, parse: Callable[[bytes], envelope.Envelope]
) -> None:
    """At every place; never with an error that is not ours."""
    data = WIRE if parse is envelope.parse else envelope.parse(WIRE).bare()
    cut = data[: min(size, len(data) - 1)]

    with pytest.raises(Refused) as refused:
        parse(cut)

    assert refused.value.code in {Code.BAD_MAGIC, Code.BAD_LENGTH}


def test_content_is_needed_to_open() -> None:
    """The bare form proves the act and holds no content."""
    bare = envelope.parse_bare(envelope.parse(WIRE).bare())

    for act in (bare.wire, lambda: envelope.open_(bare, key=KEY)):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code is Code.BAD_LENGTH


def test_the_greatest_content_fits_and_one_byte_more_does_not() -> None:
    """One MiB once padded."""
    greatest = 2**20 - 1

    assert len(envelope.parse(sealed(bytes(greatest))).ct or b"") == envelope.CT_LIMIT
    with pytest.raises(Refused) as refused:
        sealed(bytes(greatest + 1))
    assert refused.value.code is Code.OVERSIZE


def test_a_header_beyond_its_limit_is_not_sealed() -> None:
    """32 KiB, the longest any kind may have."""
    assert envelope.parse(sealed(header=bytes(32 * 1024))).header == bytes(32 * 1024)
    with pytest.raises(Refused) as refused:
        sealed(header=bytes(32 * 1024 + 1))
    assert refused.value.code is Code.OVERSIZE


def test_more_bytes_than_any_envelope_has_are_not_read() -> None:
    """The length is judged before the magic."""
    with pytest.raises(Refused) as refused:
        envelope.parse(bytes(2 * 2**20))

    assert refused.value.code is Code.OVERSIZE


# --- bundles and grants -------------------------------------------------------------------


def entry(number: int, size: int = bundle.SEALED_SIZE) -> bundle.Entry:
    """Return an entry with bytes that nobody can open."""
    return bundle.Entry(sid=sid(number), eg=number, ct=bytes(size))


def test_a_bundle_is_written_in_the_order_of_its_ids() -> None:
    """And names its recipients in that order."""
    data = bundle.encode(case=CASE, n=3, entries=[entry(3), entry(1), entry(2)])
    parsed = bundle.parse(data)

    assert parsed.recipients == ((sid(1), 1), (sid(2), 2), (sid(3), 3))
    assert (parsed.case, parsed.n) == (CASE, 3)
    assert bundle.encode(case=CASE, n=3, entries=parsed.entries) == data
    assert bundle.bundle_hash(data) != bundle.bundle_hash(data[:-1])


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([entry(1), entry(1)], Code.BAD_LENGTH),
        ([entry(1, size=1167)], Code.BAD_LENGTH),
        ([entry(n) for n in range(870)], Code.OVERSIZE),
    ],
    ids=["twice the same", "a wrong length", "more than one MiB"],
)
def test_a_bundle_nobody_would_read_is_not_written(entries: list[bundle.Entry], code: Code) -> None:
    """Writing refuses what reading refuses."""
    with pytest.raises(Refused) as refused:
        bundle.encode(case=CASE, n=3, entries=entries)

    assert refused.value.code is code


def test_an_epoch_key_reaches_its_device() -> None:
    """Sealed by one client, opened by another, committed to in the roster."""
    made = bundle.seal_epoch_key(KEY, epoch=EPOCH, sid=sid(1), eg=4, ek=EK.public)
    kc = epoch_commitment(KEY, case=CASE, n=3)

    assert made.eg == 4
    assert bundle.open_entry(made, epoch=EPOCH, key=EK, kc=kc, held=[]) == KEY


def test_granted_keys_come_back_in_their_order() -> None:
    """The order of the ids is the order of the keys."""
    ids = grants.docs_hash([(DocId(Id(range(16))), 1), (DocId(Id(range(16))), 2)])
    passing = grants.Passing(
        net=EPOCH.net, case=CASE, n=3, by=sid(1), to=sid(2), eg=0, what=GrantWhat.DOCS, ids=ids
    )
    ct = grants.seal_keys([KEY, NONCE + b"8 bytes."], passing=passing, ek=EK.public)

    opened = grants.open_keys(ct, passing=passing, key=EK, count=2)
    assert opened == (KEY, NONCE + b"8 bytes.")


def test_commitments_need_their_key() -> None:
    """A guess of the text alone confirms nothing; an unknown birth date is no date."""
    one = subject_commitment(KEY, name="本人", birth=None)

    assert one != subject_commitment(b"j" * 32, name="本人", birth=None)
    assert one != subject_commitment(KEY, name="本人", birth="1943-04-01")
    assert evidence_commitment(KEY, evidence=b"{}") != evidence_commitment(KEY, evidence=b"{ }")


# --- invitations --------------------------------------------------------------------------


@given(st.binary(min_size=16, max_size=16))
def test_a_code_is_read_back(seed: bytes) -> None:
    """Whatever was drawn."""
    secret = Secret(seed)

    assert read_code(secret.code().lower()).inv == secret.inv
    assert seed.hex() not in repr(secret)


def read_or_code(typed: str) -> Secret | Code:
    """Return the secret of a typed code, or the reason why it is none."""
    try:
        return read_code(typed)
    except Refused as refused:
        return refused.code


@given(st.binary(min_size=16, max_size=16), st.integers(0, 27), st.integers(1, 31))
def test_a_mistyped_letter_is_noticed_or_gives_another_secret(
    seed: bytes, at: int, shift: int
) -> None:
    """It never reads as the same invitation."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    code = Secret(seed).code()
    other = alphabet[(alphabet.index(code[at]) + shift) % 32]

    found = read_or_code(code[:at] + other + code[at + 1 :])

    assert found is Code.BAD_B64 or (isinstance(found, Secret) and found.inv != Secret(seed).inv)


@pytest.mark.parametrize("size", [0, 15, 17])
def test_a_secret_has_sixteen_bytes(size: int) -> None:
    """Another size is the caller's mistake, not a refusal."""
    with pytest.raises(ValueError, match=str(size)):
        Secret(bytes(size))


def test_a_foreign_mac_is_refused() -> None:
    """Whether it differs in a bit or in its length."""
    ours = Digest(Hash(range(32)))

    require_mac(ours=ours, theirs=bytes(range(32)))
    for theirs in (bytes(32), bytes(range(31)), b""):
        with pytest.raises(Refused) as refused:
            require_mac(ours=ours, theirs=theirs)
        assert refused.value.code is Code.BAD_TAG
