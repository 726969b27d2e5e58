"""What a feed row holds, parsed: a statement, an envelope with its header, or nothing."""

from dataclasses import dataclass

from crypto.errors import Code, Refused
from protocol import envelope, headers, statement
from protocol.basis import device_of
from protocol.directory import Directory
from protocol.envelope import Envelope
from protocol.headers import AnyHeader
from protocol.ids import Hash
from protocol.statement import Statement, match, signature_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """An envelope, full or bare, with its parsed header."""

    env: Envelope
    header: AnyHeader

    @property
    def eid(self) -> Hash:
        """The id of the row it makes."""
        return Hash(self.env.eid)


Content = Statement | Sealed


def parse_full(form: str, data: bytes) -> Content:
    """Parse a row as its author sent it, or as a full view shows it."""
    if form == "stm":
        return statement.parse(data)
    return _sealed(envelope.parse(data))


def parse_bare(form: str, data: bytes) -> Content:
    """Parse a row without its ciphertext; statements have only one form."""
    if form == "stm":
        return statement.parse(data)
    return _sealed(envelope.parse_bare(data))


def _sealed(env: Envelope) -> Sealed:
    return Sealed(env=env, header=headers.parse(env.header))


def row_id(content: Content) -> Hash:
    """The id a row gets: sid of a statement, eid of an envelope."""
    return content.sid if isinstance(content, Statement) else content.eid


def commitment(directory: Directory, content: Content) -> Hash:
    """Compute what a row commits to; a bad signature is found when the row is judged."""
    if isinstance(content, Sealed):
        if content.header.dev not in directory.chains:
            raise Refused(Code.UNTRUSTED)
        did = device_of(directory, content.header.dev)
        return Hash(content.env.sg(directory.devices[did].versions[0].body.dk))
    logged = directory.logged.get(content.sid)
    if logged is not None:
        return signature_hash(logged.signatures)
    keys = directory.device_keys(s.keyid for s in content.signatures)
    return signature_hash(match(content, keys)[:1])


def require_id(content: Content, expected: Hash) -> None:
    """Demand that bytes belong to the row they came with: EQUIVOCATION otherwise."""
    if row_id(content) != expected:
        raise Refused(Code.EQUIVOCATION)
