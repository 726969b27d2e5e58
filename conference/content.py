"""What a feed row holds, parsed: a statement, an envelope with its header, or nothing."""

from dataclasses import dataclass

from crypto.errors import Code, Refused
from protocol import envelope, headers, statement
from protocol.envelope import Envelope
from protocol.headers import AnyHeader
from protocol.ids import Hash
from protocol.statement import Statement


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


def require_id(content: Content, expected: Hash) -> None:
    """Demand that bytes belong to the row they came with: EQUIVOCATION otherwise."""
    if row_id(content) != expected:
        raise Refused(Code.EQUIVOCATION)
