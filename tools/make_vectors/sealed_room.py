"""A room whose seals are real: bundles, grants and words that open for whom they are meant.

HPKE draws its own randomness, so sealed bytes are taken from the file made before for as long as
they open to the same keys.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from crypto.errors import Code, Refused
from crypto.hashing import sha256
from crypto.sealing import SealingKey, seal
from crypto.signing import SigningKey
from protocol import basis, bundle, grants
from protocol.codec import encode
from protocol.derived import ek_hash
from protocol.headers import DkHeader, DkText
from protocol.ids import Blob, Digest, Hash, Key, Sid, Wid
from protocol.payloads import Device, Roster, Sect
from protocol.room import Generation
from tests.room import AnyHeader, Case
from tests.world import YEAR, Dev, Staff, World, doc_key, epoch_key, hash32


def ek_seed(name: str) -> bytes:
    """The seed of a device's sealing key, by the name of the device."""
    return hash32(f"ek seed {name}")


class SealedWorld(World):
    """An identity log whose devices have sealing keys; `devices` gives their names."""

    def __init__(self) -> None:
        """Begin as any log does."""
        self.devices: dict[Sid, str] = {}
        super().__init__()

    def device_body(
        self, name: str, *, wid: Wid, ik: Key, life: int = YEAR, prev: Sid | None = None
    ) -> Device:
        """A certificate that names the hash of a real sealing key."""
        body = super().device_body(name, wid=wid, ik=ik, life=life, prev=prev)
        return replace(body, ekh=ek_hash(SealingKey.from_seed(ek_seed(name)).public))

    def device(
        self,
        name: str,
        *,
        wid: Wid,
        ik: SigningKey,
        life: int = YEAR,
        sibling: SigningKey | None = None,
    ) -> Dev:
        """Log a device, and remember its name."""
        made = super().device(name, wid=wid, ik=ik, life=life, sibling=sibling)
        self.devices[made.sid] = name
        return made


@dataclass(kw_only=True)
class SealedCase(Case):
    """The room, with what lies beside its rows.

    `kept` holds the seals of an earlier run, `bundles` those of rosters, `made` whose device made
    which documents' keys.
    """

    devices: Mapping[Sid, str]
    kept: Mapping[str, bytes]
    seals: dict[str, bytes] = field(default_factory=dict[str, bytes])
    bundles: dict[int, bytes] = field(default_factory=dict[int, bytes])
    made: dict[Sid, list[Generation]] = field(default_factory=dict[Sid, list[Generation]])
    text: bytes = b"{}"

    def saying(self, text: bytes) -> "SealedCase":
        """Put words into the next envelope."""
        self.text = text
        return self

    def words(self, header: AnyHeader) -> bytes:
        """The document's key, or what was said last; each word is said once."""
        if isinstance(header, DkHeader):
            return encode(DkText(doc=header.d, g=header.g, D=Hash(doc_key(header.d, header.g))))
        text, self.text = self.text, b"{}"
        return text

    def roster(self, body: Roster, by: Staff | SigningKey) -> Code | None:
        """Post a roster with a bundle for exactly its recipients."""
        epoch = bundle.Epoch(net=self.world.net, case=self.case, n=body.n, prev=body.prev)
        found = basis.recipients(self.state, body, body.lh.n)
        data = bundle.encode(
            case=self.case, n=body.n, entries=[self._entry(epoch, sid) for sid in sorted(found)]
        )
        self.bundles[body.n] = data
        return super().roster(replace(body, bun=Digest(Hash(sha256(data)))), by)

    def _entry(self, epoch: bundle.Epoch, sid: Sid) -> bundle.Entry:
        info, key = bundle.info(epoch, sid=sid, eg=0), epoch_key(self.case, epoch.n)
        name = f"{epoch.n} {self.devices[sid]}"
        return bundle.Entry(sid=sid, eg=0, ct=self._seal(name, sid, info=info, plaintext=key))

    def sect(self, body: Sect, by: Staff) -> Code | None:
        """Announce a document, and remember who made its key."""
        code = super().sect(body, by)
        if code is None:
            self.made.setdefault(by.dev.sid, []).append((body.doc, body.g))
        return code

    def grant(self, by: Staff, to: Sid, *docs: tuple[str, int]) -> Code | None:
        """Grant documents with their keys."""
        return self.pass_on(by, to, docs=docs)

    def pass_on(
        self,
        by: Staff,
        to: Sid,
        *,
        docs: Iterable[tuple[str, int]] = (),
        epochs: tuple[int, ...] = (),
    ) -> Code | None:
        """Grant documents or epochs, sealed to the device."""
        body = self.grant_body(by, to, *docs, epochs=epochs)
        named = grants.epochs_hash(body.epochs) if epochs else grants.docs_hash(body.docs)
        passing = grants.Passing(
            net=body.net,
            case=body.case,
            n=body.n,
            by=body.by,
            to=to,
            eg=body.eg,
            what=body.what,
            ids=named,
        )
        keys = [epoch_key(self.case, n) for n in body.epochs]
        keys += [doc_key(doc, g) for doc, g in body.docs]
        name = f"grant {body.nce.hex()}"
        ct = self._seal(name, to, info=grants.info(passing), plaintext=b"".join(keys))
        return self.post(self.sign(replace(body, ct=Blob(ct)), by.dk))

    def _seal(self, name: str, to: Sid, *, info: bytes, plaintext: bytes) -> bytes:
        key = SealingKey.from_seed(ek_seed(self.devices[to]))
        sealed = self.seals.get(name) or self.kept.get(name, b"")
        if not _opens(key, sealed, info=info, plaintext=plaintext):
            sealed = seal(key.public, info=info, plaintext=plaintext)
        self.seals[name] = sealed
        return sealed


def _opens(key: SealingKey, sealed: bytes, *, info: bytes, plaintext: bytes) -> bool:
    try:
        return key.open(sealed, info=info) == plaintext
    except Refused:
        return False
