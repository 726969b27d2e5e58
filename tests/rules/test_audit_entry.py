"""Leaves of the ops log: canonical text, commitments, openings, erasable keys."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import entry
from audit.entry import Entry, Kind, Opening
from crypto.errors import Code, Refused
from protocol import codec
from protocol.ids import CaseId, Digest, Hash, Id, Sid, Wid


def seq(start: int, size: int) -> bytes:
    """Count up from `start`, `size` bytes."""
    return bytes(range(start, start + size))


KEY = seq(0, 32)
WID = Wid(Id(bytes.fromhex("f7a0c8044944f7198743216f499f944d")))
DEVICES = tuple(Id(seq(n, 16)) for n in (9, 3, 7))
FULL = Entry(
    kind=Kind.PUSH,
    at_ms=1_795_222_800_123,
    id=Id(seq(0, 16)),
    epoch=3,
    actor=WID,
    case=CaseId(Id(seq(32, 16))),
    objects=(seq(64, 32), seq(96, 32)),
    recipients=DEVICES,
    purpose="view",
    basis=Sid(Hash(seq(128, 32))),
    reason=Code.NOT_SEATED,
    bound=(Hash(seq(160, 32)),),
    request=Digest(Hash(seq(192, 32))),
)
BARE = Entry(kind=Kind.DENIED_COUNT, at_ms=0, id=Id(bytes(16)), reason=Code.EXPIRED)
RAW = entry.leaf(FULL, key=KEY)


def test_the_commitment_to_an_actor_is_the_protocol_s_vector() -> None:
    """Appendix A.2: K_entry seq(0,32), value wid."""
    made = Opening.make("actor", WID, key=KEY).commitment()

    assert made.hex() == "e6ea183176b1e9007985578fc6ac39dfa3e0b0b2c2c4549c2151e58d378d75b0"


def test_a_leaf_is_ascii_json_with_sorted_keys_and_no_spaces() -> None:
    """The shortest leaf, spelled out."""
    assert entry.leaf(BARE, key=KEY) == (
        b'{"a":null,"b":null,"c":null,"d":"EXPIRED","e":"00000000000000000000000000000000",'
        b'"k":"denied.count","n":null,"o":[],"p":null,"r":null,"s":null,"t":0,"v":1,"x":[]}'
    )


def test_a_leaf_reads_back() -> None:
    """What is in clear stands in it as it was; what is committed has its place."""
    found = entry.parse(RAW)

    assert (found.k, found.t, found.e, found.n) == (Kind.PUSH, FULL.at_ms, FULL.id, 3)
    assert (found.d, found.x, found.s) == ("NOT_SEATED", FULL.bound, FULL.request)
    assert RAW.isascii()
    assert set(found.commitments()) == {
        "actor", "case", "object/0", "object/1", "to", "purpose", "basis",
    }  # fmt: skip


def test_no_committed_value_stands_in_a_leaf() -> None:
    """Neither in hex nor in base64url."""
    text = RAW.decode()

    for _, value in entry.values(FULL):
        assert value.hex() not in text
        assert codec.b64u(value) not in text


def test_equal_values_look_unrelated_in_two_entries() -> None:
    """Another key gives other commitments throughout."""
    here = set(entry.parse(RAW).commitments().values())
    there = set(entry.parse(entry.leaf(FULL, key=seq(1, 32))).commitments().values())

    assert not here & there


def test_every_opening_opens_its_own_field_only() -> None:
    """Each fits where it belongs and nowhere else."""
    found = entry.parse(RAW)

    for opening in entry.openings(FULL, key=KEY):
        entry.check_opening(found, opening)
        for field in found.commitments():
            if field != opening.field:
                refuse_opening(found, replace(opening, field=field))


@pytest.mark.parametrize("field", ["", "actor/0", "object", "object/2", "object/00", "subject"])
def test_a_field_that_is_not_there_does_not_open(field: str) -> None:
    """Field names have one spelling."""
    refuse_opening(entry.parse(RAW), Opening.make(field, WID, key=KEY))


def test_another_value_or_mac_does_not_open() -> None:
    """A commitment binds both."""
    good = Opening.make("actor", WID, key=KEY)

    refuse_opening(entry.parse(RAW), replace(good, value=bytes(16)))
    refuse_opening(entry.parse(RAW), replace(good, mac=bytes(32)))


def refuse_opening(found: entry.Leaf, opening: Opening) -> None:
    """Expect that a leaf does not open so."""
    with pytest.raises(Refused) as caught:
        entry.check_opening(found, opening)
    assert caught.value.code is Code.BAD_PROOF


def test_recipients_are_one_value() -> None:
    """Sorted, without duplicates, joined: order and repetition of a list say nothing."""
    mixed = replace(FULL, recipients=(*reversed(DEVICES), DEVICES[0]))
    opened = dict(entry.values(mixed))["to"]

    assert entry.leaf(mixed, key=KEY) == RAW
    assert entry.split_recipients(opened) == sorted(DEVICES)


def test_half_a_recipient_is_refused() -> None:
    """Device ids are 16 bytes each."""
    with pytest.raises(Refused) as caught:
        entry.split_recipients(bytes(17))

    assert caught.value.code is Code.BAD_PROOF


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (RAW.replace(b'"t":', b'"t": '), Code.BAD_J1),
        (RAW + b"\n", Code.BAD_J1),
        (RAW.replace(b'"v":1', b'"v":2'), Code.BAD_J1),
        (RAW.replace(b'"k":"push"', b'"k":"other"'), Code.BAD_J1),
        (RAW.replace(b'"k":"push"', b'"k":"p\\u0075sh"'), Code.BAD_J1),
        (RAW.replace(b"{", b'{"A":null,'), Code.BAD_J1),
        (RAW.replace(b'"v":1', b'"v":1,"v":1'), Code.BAD_J1),
        (RAW.replace(b',"v":1', b""), Code.BAD_J1),
        (RAW[:-1], Code.BAD_J1),
        (b" " * 65_536, Code.OVERSIZE),
    ],
)
def test_another_spelling_of_a_leaf_is_refused(raw: bytes, code: Code) -> None:
    """A leaf is read only as it was written."""
    with pytest.raises(Refused) as caught:
        entry.parse(raw)

    assert caught.value.code is code


def test_a_leaf_that_no_bundle_can_hold_is_refused() -> None:
    """65,535 bytes is the longest."""
    with pytest.raises(Refused) as caught:
        entry.leaf(replace(FULL, objects=(bytes(32),) * 1500), key=KEY)

    assert caught.value.code is Code.OVERSIZE


def test_kinds_have_stable_numbers() -> None:
    """The numbers stand in the database: they begin at 1 and none is given twice."""
    assert sorted(entry.NUMBERS.values()) == list(range(1, len(Kind) + 1))
    assert (entry.NUMBERS[Kind.LOGIN], entry.NUMBERS[Kind.CONFIG]) == (1, 22)


@given(key=st.binary(min_size=32, max_size=32), nonce=st.binary(min_size=24, max_size=24))
def test_the_key_of_an_entry_comes_out_as_it_went_in(key: bytes, nonce: bytes) -> None:
    """72 bytes under the audit key of the case."""
    wrapped = entry.wrap_key(audit_key=KEY, entry=FULL.id, key=key, nonce=nonce)

    assert len(wrapped) == 72
    assert entry.unwrap_key(audit_key=KEY, entry=FULL.id, wrapped=wrapped) == key


def test_a_wrapped_key_belongs_to_one_entry_and_one_case() -> None:
    """Another entry, another audit key, a flipped or missing byte: nothing comes out."""
    wrapped = entry.wrap_key(audit_key=KEY, entry=FULL.id, key=seq(7, 32), nonce=bytes(24))

    refuse_unwrap(wrapped, audit_key=KEY, at=Id(bytes(16)))
    refuse_unwrap(wrapped, audit_key=bytes(32), at=FULL.id)
    short = entry.wrap_key(audit_key=KEY, entry=FULL.id, key=bytes(31), nonce=bytes(24))
    refuse_unwrap(short, audit_key=KEY, at=FULL.id)
    refuse_unwrap(wrapped[:-1], audit_key=KEY, at=FULL.id)
    refuse_unwrap(wrapped[:-1] + bytes([wrapped[-1] ^ 1]), audit_key=KEY, at=FULL.id)


def refuse_unwrap(wrapped: bytes, *, audit_key: bytes, at: Id) -> None:
    """Expect that no key comes out."""
    with pytest.raises(Refused) as caught:
        entry.unwrap_key(audit_key=audit_key, entry=at, wrapped=wrapped)
    assert caught.value.code is Code.BAD_TAG
