"""What somebody can open who has every byte of the server and the keys of one device."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from conference.content import Sealed, parse_full
from crypto.errors import Refused
from crypto.sealing import SealingKey
from protocol import bundle, codec, envelope, grants
from protocol.headers import DkHeader, DkText
from protocol.ids import DocId, Hash, NetId
from protocol.keys import body_key, wrap_key
from protocol.payloads import Grant, Roster
from protocol.statement import Statement
from protocol.vocabulary import GrantWhat
from protocol.wire import Post
from sdk.opening import passing_of

Generation = tuple[DocId, int]
LIMIT = 1 << 20


@dataclass(slots=True, kw_only=True)
class Knower:
    """Keys found so far, and what waits for one."""

    name: str
    net: NetId
    key: SealingKey
    epochs: dict[int, set[bytes]] = field(default_factory=dict[int, set[bytes]])
    docs: dict[Generation, set[bytes]] = field(default_factory=dict[Generation, set[bytes]])
    closed: list[Sealed] = field(default_factory=list[Sealed])
    opened: set[Hash] = field(default_factory=set[Hash])

    def learn(self, post: Post) -> None:
        """Take the bytes of a batch, and open all that now opens."""
        contents = [parse_full(row.form, row.bytes) for row in post.rows]
        statements = [each for each in contents if isinstance(each, Statement)]
        for each in statements:
            if isinstance(each.body, Roster):
                self._bundles(each.body, post.bundles)
            elif isinstance(each.body, Grant):
                self._grant(each.body)
        self.closed += [each for each in contents if isinstance(each, Sealed)]
        while self._opens():
            pass

    def _bundles(self, body: Roster, bundles: Iterable[bytes]) -> None:
        for data in bundles:
            parsed = bundle.parse(bytes(data))
            if parsed.n == body.n:
                self.bundle(parsed, body)

    def bundle(self, parsed: bundle.Bundle, body: Roster) -> None:
        """Try every entry: a lying server says whose key it is."""
        epoch = bundle.Epoch(net=self.net, case=body.case, n=body.n, prev=body.prev)
        for entry in parsed.entries:
            info = bundle.info(epoch, sid=entry.sid, eg=entry.eg)
            found = self._unsealed(entry.ct, info)
            if found is not None:
                self.epochs.setdefault(body.n, set()).add(found)

    def _unsealed(self, ct: bytes, info: bytes) -> bytes | None:
        try:
            return self.key.open(ct, info=info)
        except Refused:
            return None

    def _grant(self, body: Grant) -> None:
        found = self._unsealed(body.ct, grants.info(passing_of(body, net=self.net)))
        keys = [] if found is None else [found[at : at + 32] for at in range(0, len(found), 32)]
        docs: tuple[Generation, ...] = body.docs if body.what is GrantWhat.DOCS else ()
        epochs = () if body.what is GrantWhat.DOCS else body.epochs
        for generation, each in zip(docs, keys, strict=False):
            self.docs.setdefault(generation, set()).add(each)
        for n, each in zip(epochs, keys, strict=False):
            self.epochs.setdefault(n, set()).add(each)

    def _opens(self) -> bool:
        before = len(self.closed)
        self.closed = [each for each in self.closed if not self._open(each)]
        return len(self.closed) < before

    def _open(self, sealed: Sealed) -> bool:
        header = sealed.header
        generation = (header.d, header.g)
        if isinstance(header, DkHeader):
            keys = [wrap_key(e, case=header.c, n=header.e) for e in self.epochs.get(header.e, ())]
        else:
            found = self.docs.get(generation, ())
            keys = [body_key(d, case=header.c, doc=header.d, g=header.g) for d in found]
        plain = next((p for key in keys if (p := _plain(sealed, key)) is not None), None)
        if plain is None:
            return False
        if isinstance(header, DkHeader):
            text = codec.decode(plain, DkText, limit=LIMIT)
            self.docs.setdefault((text.doc, text.g), set()).add(bytes(text.D))
        else:
            self.opened.add(sealed.eid)
        return True

    def hold(self, epochs: Mapping[int, bytes], docs: Mapping[Generation, bytes]) -> None:
        """Take keys that this device holds already."""
        for n, key in epochs.items():
            self.epochs.setdefault(n, set()).add(key)
        for generation, key in docs.items():
            self.docs.setdefault(generation, set()).add(key)


def _plain(sealed: Sealed, key: bytes) -> bytes | None:
    try:
        return envelope.open_(sealed.env, key=key)
    except Refused:
        return None
