"""Signed statements: DSSE envelopes around typed J1 payloads (protocol, section 5.2).

A statement's id hashes the pre-authentication encoding of its payload bytes, never the
envelope. Bytes are kept as they came and are never serialised again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from crypto import hashing, signing
from crypto.errors import Code, Refused
from protocol import codec
from protocol.ids import Hash, Key, Sid
from protocol.payloads import PAYLOADS, Payload
from protocol.shapes import Closed

PREFIX: Final = "application/vnd.shk1."
SUFFIX: Final = "+json"
MAX_PAYLOAD: Final = 64 * 1024
MAX_SIGNATURES: Final = 16
SIGNATURE_SIZE: Final = 64
_MAX_DSSE: Final = 2 * MAX_PAYLOAD


class DsseSignature(Closed, frozen=True, kw_only=True):
    """One signature; `keyid` is a hint and decides nothing."""

    keyid: str
    sig: str


class Dsse(Closed, frozen=True, kw_only=True):
    """The envelope, exactly these keys."""

    payloadType: str  # noqa: N815 -- DSSE spells it so
    payload: str
    signatures: tuple[DsseSignature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hinted:
    """A signature as it came, with the unauthenticated hint at its key."""

    keyid: str
    sig: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A parsed statement whose signatures nobody has checked yet."""

    typ: str
    body: Payload
    payload: bytes
    sid: Sid
    signatures: tuple[Hinted, ...]

    @property
    def tbs(self) -> bytes:
        """What every signature covers."""
        return to_be_signed(self.typ, self.payload)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Signature:
    """A signature together with the key under which it verified."""

    pk: Key
    sig: bytes


def payload_type(typ: str) -> str:
    """Write the media type of one statement type."""
    return f"{PREFIX}{typ}{SUFFIX}"


def to_be_signed(typ: str, payload: bytes) -> bytes:
    """Encode type and payload: the DSSE PAE."""
    return hashing.pae(payload_type(typ), payload)


def statement_id(typ: str, payload: bytes) -> Sid:
    """Hash the PAE of type and payload."""
    return Sid(Hash(hashing.sha256(to_be_signed(typ, payload))))


@lru_cache(maxsize=4096)
def key_id(pk: bytes) -> str:
    """Write the hint for a public key: the first 8 bytes of its hash, in hex."""
    return hashing.sha256(pk)[:8].hex()


def signature_hash(signatures: Iterable[Signature]) -> Hash:
    """Compute `sg`: keys ascending bytewise, each followed by its signature."""
    ordered = sorted(signatures)
    return Hash(hashing.sha256(hashing.parts(*(part for s in ordered for part in (s.pk, s.sig)))))


def compose(body: Payload) -> Statement:
    """Serialise a payload once; the bytes are the statement from then on."""
    made = written(body)
    parsed = codec.decode(made.payload, type(body), limit=MAX_PAYLOAD)  # refuse what others would
    return replace(made, body=parsed)


def written(body: Payload) -> Statement:
    """Serialise a payload that holds nothing anybody typed, and is not read again."""
    payload = codec.encode(body)
    return Statement(
        typ=body.typ,
        body=body,
        payload=payload,
        sid=statement_id(body.typ, payload),
        signatures=(),
    )


def sign(statement: Statement, key: signing.SigningKey) -> Signature:
    """Sign with one key; who may sign what is judged elsewhere."""
    return Signature(pk=Key(Hash(key.public)), sig=key.sign(statement.tbs))


def to_dsse(statement: Statement, signatures: Sequence[Signature]) -> bytes:
    """Write the DSSE envelope, signatures ascending by key."""
    return codec.encode(
        Dsse(
            payloadType=payload_type(statement.typ),
            payload=codec.b64(statement.payload),
            signatures=tuple(
                DsseSignature(keyid=key_id(s.pk), sig=codec.b64(s.sig)) for s in sorted(signatures)
            ),
        )
    )


def parse(data: bytes) -> Statement:
    """Read a DSSE envelope strictly.

    Raises:
        Refused: OVERSIZE, BAD_J1, BAD_B64; UNKNOWN_TYPE for a type not built in v1.
    """
    dsse = codec.decode(data, Dsse, limit=_MAX_DSSE)
    typ = _type_name(dsse.payloadType)
    payload = codec.from_b64(dsse.payload)
    kind = PAYLOADS.get(typ)
    if kind is None:
        codec.scan(payload, limit=MAX_PAYLOAD)
        raise Refused(Code.UNKNOWN_TYPE, typ=typ)
    body = codec.decode(payload, kind, limit=MAX_PAYLOAD)
    codec.require_keys(payload, kind)
    return Statement(
        typ=typ,
        body=body,
        payload=payload,
        sid=statement_id(typ, payload),
        signatures=tuple(_hinted(s) for s in _bounded(dsse.signatures)),
    )


def _type_name(media: str) -> str:
    if not (media.startswith(PREFIX) and media.endswith(SUFFIX)):
        raise Refused(Code.UNKNOWN_TYPE)
    return media[len(PREFIX) : -len(SUFFIX)]


def _bounded(signatures: tuple[DsseSignature, ...]) -> tuple[DsseSignature, ...]:
    if len(signatures) > MAX_SIGNATURES:
        raise Refused(Code.OVERSIZE)
    return signatures


def _hinted(signature: DsseSignature) -> Hinted:
    raw = codec.from_b64(signature.sig)
    if len(raw) != SIGNATURE_SIZE or len(signature.keyid) > SIGNATURE_SIZE:
        raise Refused(Code.BAD_LENGTH)
    return Hinted(keyid=signature.keyid, sig=raw)


def match(statement: Statement, candidates: Iterable[Key]) -> tuple[Signature, ...]:
    """Find the distinct allowed keys under which a signature verifies.

    The hint only orders the attempts, so that no reader's verdict hangs on it. A signature
    that verifies under no candidate is left out: a submission may carry it, a committed
    statement must not.
    """
    found: dict[Key, bytes] = {}
    allowed = sorted(set(candidates))
    for hinted in statement.signatures:
        first = [pk for pk in allowed if key_id(pk) == hinted.keyid]
        for pk in (*first, *(pk for pk in allowed if pk not in first)):
            if pk not in found and _verifies(pk, statement.tbs, hinted.sig):
                found[pk] = hinted.sig
                break
    return tuple(Signature(pk=pk, sig=sig) for pk, sig in sorted(found.items()))


def _verifies(pk: Key, message: bytes, sig: bytes) -> bool:
    try:
        signing.verify(public=pk, message=message, signature=sig)
    except Refused:
        return False
    return True
