"""A council whose root names the key of its ops log, and checkpoints signed with that key."""

from msgspec.structs import replace

from audit import checkpoint, note
from protocol.ids import Sid
from protocol.payloads import LogKeys, Logs, Root
from tests.world import World, signing_key

SIGNER = note.Signer(name="example.jp/ops", key=signing_key("log"))


class Town(World):
    """A council whose ops log is signed by a key that its root names."""

    def root_body(self, *, n: int = 0, prev: Sid | None = None) -> Root:
        """The root with a real verifier key."""
        body = super().root_body(n=n, prev=prev)
        keys = LogKeys(origin=SIGNER.name, vkeys=(SIGNER.verifier.vkey,))
        return replace(body, logs=Logs(id=body.logs.id, ops=keys))


def checkpoint_of(size: int, root: bytes) -> bytes:
    """A signed checkpoint of this size and root, whatever they are of."""
    return note.sign(checkpoint.Checkpoint(origin=SIGNER.name, size=size, root=root).text, SIGNER)
