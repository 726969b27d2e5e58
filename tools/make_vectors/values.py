"""The fixed values of Appendix A.2, on which the cases build."""

from typing import Final

from crypto.errors import Code
from crypto.hashing import sha256
from crypto.sealing import SealingKey
from crypto.signing import SigningKey
from tools.make_vectors.cases import Case, Record


def seq(start: int, size: int) -> bytes:
    """Return `size` bytes counting up from `start`."""
    return bytes(range(start, start + size))


NET: Final = sha256(b"net")
DK_SEED: Final = seq(100, 32)
DK: Final = SigningKey.from_seed(DK_SEED)
IK: Final = SigningKey.from_seed(seq(132, 32))
EK_SEED: Final = seq(7, 32)
EK: Final = SealingKey.from_seed(EK_SEED)
CASE: Final = bytes.fromhex("002ab2602506cde6d247d00f446b1e43")
WID: Final = bytes.fromhex("f7a0c8044944f7198743216f499f944d")
DOC: Final = seq(200, 16)
EPOCH_KEY: Final = seq(0, 32)
DOC_KEY: Final = seq(32, 32)


def accept(name: str, op: str, /, **fields: str | int | list[str] | list[int] | None) -> Case:
    """Return a case that must be accepted; its output is computed."""
    return Case(id=name, op=op, input=_record(fields), output={})


def reject(
    name: str, op: str, code: Code, /, **fields: str | int | list[str] | list[int] | None
) -> Case:
    """Return a case that must be refused with this code."""
    return Case(id=name, op=op, input=_record(fields), code=code)


def _record(fields: Record) -> Record:
    return fields


def flip(data: bytes, at: int) -> bytes:
    """Return the bytes with the lowest bit of one of them flipped."""
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)
