"""What the codec promises beyond its vectors."""

import json
from collections.abc import Callable, Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import Code, Refused
from protocol import codec
from protocol.ids import Hash, Id
from protocol.shapes import UNSET, Closed, Unset
from protocol.times import Instant

ID = Id(range(16))
HASH = Hash(range(32))

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]

numbers = st.integers(-(2**53) + 1, 2**53 - 1)
# Every text but lone surrogates, which J1 cannot carry.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
objects = st.dictionaries(texts, values, max_size=4)


class Thing(Closed, frozen=True, kw_only=True):
    """One field of each kind that has its own text."""

    id: Id
    hash: Hash
    at: Instant
    std: codec.B64
    url: codec.B64U
    x: int | Unset = UNSET


class Judging(Closed, frozen=True, kw_only=True):
    """A struct that refuses with a code of its own."""

    a: int

    def __post_init__(self) -> None:
        """One value is refused, another is a mistake of the caller."""
        if self.a == 1:
            raise Refused(Code.WRONG_PLACE)
        if self.a == 2:
            raise ValueError(self.a)


class Foreign(Closed, frozen=True, kw_only=True):
    """A type that the codec does not know."""

    z: complex


THING = Thing(
    id=ID,
    hash=HASH,
    at=Instant.parse("2026-11-21T01:00:05Z"),
    std=codec.B64(b"\xff"),
    url=codec.B64U(b"\xff"),
)
TEXT = (
    '{"id":"000102030405060708090a0b0c0d0e0f",'
    '"hash":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",'
    '"at":"2026-11-21T01:00:05Z","std":"/w==","url":"_w"}'
)


def refusal(data: bytes, *, limit: int = 65536) -> Code | None:
    """Return the code with which a scan refuses, or None."""
    try:
        codec.scan(data, limit=limit)
    except Refused as refused:
        return refused.code
    return None


def outcome(read: Callable[[str], bytes], text: str) -> bytes | Code:
    """Return what a reader returns, or the code with which it refuses."""
    try:
        return read(text)
    except Refused as refused:
        return refused.code


def reference(data: bytes) -> bool:
    """Judge J1 a second time, slowly, on the standard library's reader and its hooks."""
    try:
        value: Json = json.loads(
            data.decode(),
            object_pairs_hook=_pairs,
            parse_int=_integer,
            parse_float=_never,
            parse_constant=_never,
        )
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and _depth(value) <= 6


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names) or "__proto__" in names:
        raise ValueError(names)
    return dict(pairs)


def _integer(text: str) -> int:
    if text == "-0" or abs(int(text)) > 2**53 - 1:
        raise ValueError(text)
    return int(text)


def _never(text: str) -> object:
    raise ValueError(text)


def _depth(value: Json) -> int:
    match value:
        case dict():
            return 1 + max((_depth(inner) for inner in value.values()), default=0)
        case list():
            return 1 + max((_depth(inner) for inner in value), default=0)
        case _:
            return 0


# --- J1 -----------------------------------------------------------------------------------


@given(objects)
def test_what_the_standard_library_writes_is_judged_alike(value: dict[str, object]) -> None:
    """Plain, escaped and indented: the same verdict as the reference."""
    for data in (
        json.dumps(value, ensure_ascii=False).encode(),
        json.dumps(value, ensure_ascii=True, indent=1).encode(),
        codec.encode(value),
    ):
        assert (refusal(data) is None) == reference(data)


@given(objects, st.data())
def test_a_mutated_text_is_judged_alike(value: dict[str, object], data: st.DataObject) -> None:
    """One byte replaced, removed or added, anywhere."""
    text = json.dumps(value, ensure_ascii=data.draw(st.booleans())).encode()
    at = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 2))
    put = data.draw(st.sampled_from([b"", *(bytes([c]) for c in b'{}[]",:-+.0159eEu\\ \t\0\xff')]))
    mutated = text[:at] + put + text[at + cut :]

    assert (refusal(mutated) is None) == reference(mutated)


@given(st.text(st.sampled_from('{}[]",:\\ud8cf01-etrnalsa _'), max_size=24))
def test_noise_of_json_signs_is_judged_alike(text: str) -> None:
    """Mostly refused, and never with another exception."""
    data = ('{"a":' + text + "}").encode()

    assert (refusal(data) is None) == reference(data)


@given(st.binary(max_size=40))
def test_any_bytes_end_in_a_verdict(data: bytes) -> None:
    """Hostile input ends in our own refusal."""
    assert refusal(data) in {None, Code.BAD_J1}


def test_length_is_checked_before_anything_else() -> None:
    """A flood of brackets costs nothing."""
    assert refusal(b"[" * 100, limit=99) is Code.OVERSIZE
    assert refusal(b"[" * 100, limit=100) is Code.BAD_J1


# --- typed --------------------------------------------------------------------------------


def test_typed_values_have_their_text_forms() -> None:
    """Written and read back; keys in the order of the fields, x left out."""
    assert codec.encode(THING).decode() == TEXT
    assert codec.decode(TEXT.encode(), Thing) == THING


def test_text_is_not_escaped() -> None:
    """UTF-8 as it is, compact."""
    assert codec.encode({"名": "神 会"}) == '{"名":"神 会"}'.encode()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("0f", "0F", Code.BAD_J1),
        ("0f", "0", Code.BAD_J1),
        ("Hh8", "Hh9", Code.BAD_B64),
        ("Hh8", "", Code.BAD_J1),
        ("01:00:05Z", "01:00:60Z", Code.BAD_J1),
        ("-11-21", "-02-30", Code.BAD_J1),
        ("/w==", "_w", Code.BAD_B64),
        ('"_w"', '"/w"', Code.BAD_B64),
        ('"_w"', "1", Code.BAD_J1),
        ('"_w"', '"_w","y":1', Code.BAD_J1),
        ('"_w"', '"_w","x":null', Code.BAD_J1),
    ],
)
def test_a_text_form_is_read_strictly(old: str, new: str, code: Code) -> None:
    """One way to write a value; the rest is refused with its code."""
    with pytest.raises(Refused) as refused:
        codec.decode(TEXT.replace(old, new).encode(), Thing)

    assert refused.value.code is code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b'{"a":1}', Code.WRONG_PLACE),
        (b'{"a":2}', Code.BAD_J1),
        (b'{"a":3,"a":4}', Code.BAD_J1),
    ],
    ids=["own code", "a plain error", "the scan comes first"],
)
def test_a_struct_may_refuse_with_its_own_code(text: bytes, code: Code) -> None:
    """Any other error of a struct is a breach of form."""
    with pytest.raises(Refused) as refused:
        codec.decode(text, Judging)

    assert refused.value.code is code


def test_the_limit_holds_for_typed_values_too() -> None:
    """`decode` passes it on."""
    with pytest.raises(Refused) as refused:
        codec.decode(TEXT.encode(), Thing, limit=len(TEXT) - 1)

    assert refused.value.code is Code.OVERSIZE


def test_typed_reads_what_was_scanned_before() -> None:
    """A part kept raw is not scanned twice."""
    raw = msgspec.Raw(b'{"a":3}')

    assert codec.typed(raw, Judging).a == 3


def test_a_type_without_a_text_form_is_a_mistake() -> None:
    """Neither written nor read in silence."""
    with pytest.raises(NotImplementedError):
        codec.encode({"z": 1j})
    with pytest.raises(NotImplementedError):
        codec.decode(b'{"z":"1"}', Foreign)


# --- base64 and sets ----------------------------------------------------------------------


@given(st.binary(max_size=40))
def test_base64_reads_what_it_writes(data: bytes) -> None:
    """In both alphabets."""
    assert codec.from_b64u(codec.b64u(data)) == data
    assert codec.from_b64(codec.b64(data)) == data


@given(st.text(max_size=12))
def test_base64_has_one_text_for_one_value(text: str) -> None:
    """Whatever is read is written the same way again."""
    for read, write in ((codec.from_b64u, codec.b64u), (codec.from_b64, codec.b64)):
        found = outcome(read, text)
        assert found is Code.BAD_B64 or (isinstance(found, bytes) and write(found) == text)


@given(st.lists(st.binary(min_size=32, max_size=32).map(Hash), max_size=6))
def test_a_set_of_hashes_is_sorted_by_its_text(items: list[Hash]) -> None:
    """The order of base64url is not that of the bytes."""
    ordered = codec.as_set(items)
    texts = [codec.b64u(item) for item in ordered]

    codec.require_set(ordered)
    assert texts == sorted(set(texts))
    assert set(ordered) == set(items)


@pytest.mark.parametrize(
    "items",
    [
        ("b", "a"),
        ("a", "a"),
        (Id(b"\2" * 16), Id(b"\1" * 16)),
        (ID, ID),
        (Hash(b"\xff" * 32), HASH),
    ],
)
def test_a_set_out_of_order_is_refused(items: Sequence[object]) -> None:
    """Order and distinctness are part of the form."""
    with pytest.raises(Refused) as refused:
        codec.require_set(items)

    assert refused.value.code is Code.BAD_J1
