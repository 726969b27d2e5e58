"""One case of `vectors/20-ops.json`."""

from dataclasses import dataclass, field

from tools.make_vectors.ops_stage import Data, Tape


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Rows on a scene; exactly one of `code` and `out` is set."""

    id: str
    tape: Tape
    room: Data
    out: Data | None = None
    code: str | None = None
    facts: Data = field(default_factory=dict[str, object])

    def record(self) -> Data:
        """Return the form it has in the file."""
        given: Data = {"scene": self.tape.scene, "room": self.room, "rows": self.tape.rows}
        head: Data = {"id": self.id, "op": "fold", "in": given}
        if self.code is None:
            return {**head, "expect": "accept", "out": self.out}
        return {**head, "expect": "reject", "code": self.code, "facts": self.facts}


def accept(id_: str, tape: Tape, *, room: Data | None = None, **out: object) -> Case:
    """A case in which every row stands."""
    return Case(id=id_, tape=tape, room=room or {}, out=out)


def reject(id_: str, code: str, tape: Tape, *, room: Data | None = None, **facts: object) -> Case:
    """A case whose last row is refused."""
    return Case(id=id_, tape=tape, room=room or {}, code=code, facts=facts)
