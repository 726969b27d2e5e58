"""JSON with more values than an honest request has is refused before anything reads it."""

import json

import pytest

from crypto.errors import Code, Refused
from protocol import codec, wire
from protocol.ids import Blob, CaseId, Hash, Id
from server import bodies
from server.bodies import MOST_FRAME_MARKS, MOST_MARKS, is_crowded

SHAPES = ("[" * 9, "[],", "{},", '"":0,', '"a",', "0,", "\\n", ": ")
"""What fills a body with values, beside long texts that cost little."""


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Sizes of what the codec was asked to read."""
    sizes: list[int] = []

    def read(data: bytes, _kind: object, **_limits: int) -> None:
        sizes.append(len(data))

    monkeypatch.setattr(codec, "decode", read)
    return sizes


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_crowded_is_not_read(shape: str, reads: list[int]) -> None:
    """Counted as bytes, whether or not it is JSON at all."""
    data = shape.encode() * (MOST_MARKS + 1)

    with pytest.raises(Refused) as refusal:
        bodies.read(data, wire.Post)

    assert refusal.value.code is Code.OVERSIZE
    assert reads == []
    assert is_crowded(shape * (MOST_FRAME_MARKS + 1))


def test_the_last_mark_is_read_and_the_last_byte(reads: list[int]) -> None:
    """The limits themselves are allowed, one more is not."""
    bodies.read(b"," * MOST_MARKS, wire.Post)
    bodies.read(b"a" * wire.MAX_BODY, wire.Post)

    with pytest.raises(Refused):
        bodies.read(b"a" * (wire.MAX_BODY + 1), wire.Post)
    with pytest.raises(Refused):
        bodies.read(b"a" * 9, wire.Post, limit=8)
    assert reads == [MOST_MARKS, wire.MAX_BODY]
    assert not is_crowded("," * MOST_FRAME_MARKS)


def test_the_largest_honest_requests_are_far_from_it() -> None:
    """A full batch of a mebibyte, and a list of ids that fills a payload; in a frame as well."""
    case, row = CaseId(Id(bytes(16))), Blob(b"\xff" * (1 << 14))
    batch = wire.Post(
        case=case, rows=tuple(wire.RowIn(form="env", bytes=row) for _ in range(63)), bundles=(row,)
    )
    ids = tuple(Hash(bytes([n % 256]) * 32) for n in range(1300))
    asked = wire.Read(case=case, purpose="live", ids=ids, nonce=row, time=1, sig=Blob(b"s" * 64))

    for request in (batch, asked):
        data = codec.encode(request)
        assert bodies.read(data, type(request)) == request
        assert not is_crowded("421" + json.dumps(["post", data.decode()]))
