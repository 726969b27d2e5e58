"""Statements: bytes that are kept, ids that hash them, signatures that hints cannot move."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw
from msgspec.structs import replace

from crypto.errors import Code, Refused
from protocol import statement
from protocol.codec import b64, encode
from protocol.ids import Digest, Hash, Id, Key, NetId, Nonce, Wid
from protocol.payloads import Pledge
from protocol.times import Instant
from tests.world import MADE, aid_of, hash32, id16, public, signed, signing_key

KEYS = [signing_key(name) for name in ("a", "b", "c")]
BODY = Pledge(
    net=NetId(hash32("net")),
    nce=Nonce(id16("nonce")),
    iat=Instant.parse("2026-11-21T00:00:00Z"),
    aid=aid_of("A03"),
    wid=Wid(id16("worker")),
    text=Digest(hash32("text")),
    ver=1,
    until=Instant.parse("2027-11-21T00:00:00Z"),
)


def dsse(parsed: statement.Statement) -> dict[str, Any]:
    """The envelope as plain data."""
    made = MADE[parsed.sid, tuple(s.sig for s in parsed.signatures)]
    found: dict[str, Any] = json.loads(statement.to_dsse(parsed, made))
    return found


def test_bytes_are_kept_as_they_came() -> None:
    """White space and key order belong to what was signed."""
    loose = encode(BODY).replace(b",", b" , ")
    data = {"payloadType": statement.payload_type("pledge"), "payload": b64(loose)}

    parsed = statement.parse(json.dumps({**data, "signatures": []}).encode())

    assert parsed.payload == loose
    assert parsed.body == BODY
    assert parsed.sid != statement.compose(BODY).sid


def test_equal_acts_differ_by_their_nonce() -> None:
    """Nobody can guess an id, and two pledges are two statements."""
    again = replace(BODY, nce=Nonce(Id(bytes(16))))

    assert statement.compose(BODY).sid != statement.compose(again).sid


def test_composing_refuses_what_others_would() -> None:
    """A payload above its limit never leaves."""
    huge = replace(BODY, x={"pad": Raw(encode("z" * statement.MAX_PAYLOAD))})

    with pytest.raises(Refused) as refused:
        statement.compose(huge)

    assert refused.value.code is Code.OVERSIZE


def test_the_envelope_has_a_limit() -> None:
    """Before anything is parsed."""
    with pytest.raises(Refused) as refused:
        statement.parse(b" " * (2 * statement.MAX_PAYLOAD + 1))

    assert refused.value.code is Code.OVERSIZE


@given(st.permutations(KEYS), st.lists(st.sampled_from(["", "zz", *"0123"]), max_size=3))
def test_hints_and_order_move_nothing(signers: list[Any], hints: list[str]) -> None:
    """The same keys are found, and the same group hash, whatever the envelope suggests."""
    data = dsse(signed(statement.compose(BODY), *signers))
    for entry, hint in zip(data["signatures"], hints, strict=False):
        entry["keyid"] = hint
    parsed = statement.parse(json.dumps(data).encode())

    found = statement.match(parsed, [public(key) for key in KEYS])

    assert [s.pk for s in found] == sorted(public(key) for key in KEYS)
    plain = statement.match(signed(statement.compose(BODY), *KEYS), [public(k) for k in KEYS])
    assert statement.signature_hash(found) == statement.signature_hash(plain)


@settings(max_examples=60)
@given(st.integers(0, len(encode(BODY)) * 8 - 1))
def test_any_bit_of_a_payload_counts(bit: int) -> None:
    """A flipped bit is refused, or signed by nobody."""
    payload = bytearray(encode(BODY))
    payload[bit // 8] ^= 1 << bit % 8
    data = dsse(signed(statement.compose(BODY), KEYS[0]))
    flipped = json.dumps({**data, "payload": b64(bytes(payload))}).encode()

    assert _signers(flipped) in {Code.BAD_J1, Code.BAD_B64, ()}


def _signers(data: bytes) -> Code | tuple[statement.Signature, ...]:
    try:
        return statement.match(statement.parse(data), [public(KEYS[0])])
    except Refused as refusal:
        return refusal.code


@settings(max_examples=40)
@given(st.integers(0, 511))
def test_any_bit_of_a_signature_counts(bit: int) -> None:
    """A flipped bit of a signature verifies under no key."""
    data = dsse(signed(statement.compose(BODY), KEYS[0]))
    sig = bytearray(MADE[statement.compose(BODY).sid, _sigs(data)][0].sig)
    sig[bit // 8] ^= 1 << bit % 8
    data["signatures"][0]["sig"] = b64(bytes(sig))

    assert statement.match(statement.parse(json.dumps(data).encode()), [public(KEYS[0])]) == ()


def _sigs(data: dict[str, Any]) -> tuple[bytes, ...]:
    return tuple(h.sig for h in statement.parse(json.dumps(data).encode()).signatures)


def test_a_weak_key_verifies_nothing() -> None:
    """Not even the signature that other libraries accept for every message."""
    identity = Key(Hash(bytes([1]) + bytes(31)))
    data = dsse(signed(statement.compose(BODY), KEYS[0]))
    data["signatures"][0]["sig"] = b64(bytes([1]) + bytes(63))

    assert statement.match(statement.parse(json.dumps(data).encode()), [identity]) == ()
