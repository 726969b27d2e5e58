"""Key schedule: what is derived from an epoch key E and a document key D (section 5.8).

One purpose, one key; no key is both an AEAD key and a parent. E and D are 32 random bytes.
"""

from crypto.hashing import kdf, keyed, parts, u32
from protocol.ids import CaseId, Digest, DocId, Hash


def epoch_commitment(epoch_key: bytes, *, case: CaseId, n: int) -> Digest:
    """`kc`: what the roster says of its epoch key, 32 bytes."""
    return _digest(kdf(epoch_key, "commit", _epoch(case, n)))


def wrap_key(epoch_key: bytes, *, case: CaseId, n: int) -> bytes:
    """`K_wrap`: seals the `dk` envelopes of epoch n."""
    return kdf(epoch_key, "wrap", _epoch(case, n))


def doc_commitment(doc_key: bytes, *, case: CaseId, doc: DocId, g: int) -> Digest:
    """`dc`: what `sect` says of the key of a document's generation, 32 bytes."""
    return _digest(kdf(doc_key, "commit", _generation(case, doc, g)))


def body_key(doc_key: bytes, *, case: CaseId, doc: DocId, g: int) -> bytes:
    """`K_body`: seals all content of a document's generation."""
    return kdf(doc_key, "body", _generation(case, doc, g))


def name_commitment(salt: bytes, *, name: str) -> Digest:
    """`nh`: a worker's name under its 32-byte salt; both travel beside the certificate."""
    return _digest(keyed(salt, name.encode()))


def subject_commitment(key: bytes, *, name: str, birth: str | None) -> Digest:
    """`subc`: whom a basis is about, under its 32-byte key; `birth` is YYYY-MM-DD or unknown."""
    return _digest(keyed(key, parts(name.encode(), (birth or "").encode())))


def evidence_commitment(key: bytes, *, evidence: bytes) -> Digest:
    """`evc`: the J1 bytes of a consent's evidence under its 32-byte key."""
    return _digest(keyed(key, evidence))


def _epoch(case: CaseId, n: int) -> bytes:
    return parts(case, u32(n))


def _generation(case: CaseId, doc: DocId, g: int) -> bytes:
    return parts(case, doc, u32(g))


def _digest(data: bytes) -> Digest:
    return Digest(Hash(data))
