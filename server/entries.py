"""Entries of the `ops` log: one way to make them, for everybody.

The key of an entry is wrapped under the audit key of its case, or of the council when it
belongs to no case; audit keys are wrapped under the key in custody and cached here unwrapped.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from audit.entry import KEY_SIZE, Entry
from audit.store import NOBODY, Asked, AuditLog, Written
from crypto import aead
from crypto.entropy import Entropy
from crypto.hashing import pae, parts
from protocol.ids import CaseId, Id


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditKey:
    """An audit key (32 bytes) and the id under which it is kept."""

    id: Id
    key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An entry ready to be stored, by itself or within a change."""

    written: Written
    key_id: Id


class Entries:
    """Makes and stores the entries of one council."""

    def __init__(self, log: AuditLog, *, council: UUID, wrapping: bytes, entropy: Entropy) -> None:
        self._log: Final = log
        self._council: Final = council
        self._wrapping: Final = wrapping
        self._entropy: Final = entropy
        self._keys: Final[dict[Id, AuditKey]] = {}

    async def audit_key(self, case: CaseId | None) -> AuditKey:
        """The audit key of a case, or of the council; made when first needed."""
        key_id = Id(self._council.bytes) if case is None else case
        if key_id not in self._keys:
            kept = await self._log.keep_key(key_id, self._wrap(key_id, self._entropy(KEY_SIZE)))
            self._keys[key_id] = AuditKey(id=key_id, key=self.unwrap(key_id, kept))
        return self._keys[key_id]

    async def write(self, entry: Entry) -> Prepared:
        """Make the leaf of an entry under a key of its own, wrapped for its case."""
        audit_key = await self.audit_key(entry.case)
        written = Written.write(
            entry,
            key=self._entropy(KEY_SIZE),
            audit_key=audit_key.key,
            nonce=self._entropy(aead.NONCE_SIZE),
        )
        return Prepared(written=written, key_id=audit_key.id)

    async def note(
        self, entry: Entry, *, asked: Asked = NOBODY, gate: int | None = None
    ) -> tuple[int, bytes]:
        """Store an entry that changes nothing: its number, which is a ticket, and its leaf.

        Raises REPLAY when the asking device used its nonce before, UNAVAILABLE.
        """
        made = await self.write(entry)
        number = await self._log.note(made.written, key_id=made.key_id, asked=asked, gate=gate)
        return number, made.written.leaf

    def new_id(self) -> Id:
        """Draw the id of an entry."""
        return Id(self._entropy(Id.SIZE))

    def unwrap(self, key_id: Id, wrapped: bytes) -> bytes:
        """Take an audit key out of its wrapping. Raises BAD_TAG."""
        nonce, sealed = wrapped[: aead.NONCE_SIZE], wrapped[aead.NONCE_SIZE :]
        return aead.decrypt(
            key=self._wrapping, nonce=nonce, aad=self._context(key_id), ciphertext=sealed
        )

    def _wrap(self, key_id: Id, key: bytes) -> bytes:
        nonce = self._entropy(aead.NONCE_SIZE)
        return nonce + aead.encrypt(
            key=self._wrapping, nonce=nonce, aad=self._context(key_id), plaintext=key
        )

    def _context(self, key_id: Id) -> bytes:
        return pae("entaku/audit-key", parts(self._council.bytes, key_id))
