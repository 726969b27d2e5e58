"""Replays a whole case from its JSON alone: what stands after each row, and who can read what.

Besides the verdict a step tells what changed in the conference, whether the room is stale, which
documents owe a new generation, and how much of every row so far each viewer is given. At the end
every viewer's device opens what it can, out of all bytes there are and the keys it made itself.
"""

from collections.abc import Iterator
from itertools import groupby

from conference.content import Sealed
from conference.fold import Room, fold
from conference.gate import Gate
from conference.records import Conference
from conference.visibility import view_of
from crypto.sealing import SealingKey
from protocol import bundle, codec, envelope, grants, keys
from protocol.headers import DkHeader, DkText
from protocol.ids import Did, DocId, Id, Sid
from protocol.payloads import Grant
from protocol.room import Generation
from protocol.statement import Statement
from tools.make_vectors.retell import Json, Retold, content_of, row_of

# --- steps ---------------------------------------------------------------------------------------


def steps(file: Json) -> Iterator[Json]:
    """Fold row by row, knowing no more of the log than the row does, and say what stands then."""
    story = file["story"]
    told = Retold({"leaves": []}, {**story, "leaves": story["leaves"][:1], "rows": []})
    room = _room(told)
    before: set[str] = set()
    for record in story["rows"]:
        for leaf in story["leaves"][told.directory.size : record["idn"]]:
            told.learn(leaf)
        code = fold(room, row_of(record), content_of(record))
        after = set(_shown(room.conference))
        yield {
            "code": code,
            **_standing(room, [Did(_id(text)) for text in file["viewers"].values()]),
            "more": sorted(after - before),
            "less": sorted(before - after),
        }
        before = after


def _id(text: str) -> Id:
    return Id(bytes.fromhex(text))


def _standing(room: Room, viewers: list[Did]) -> Json:
    held = room.willing(room.valid().now)
    documents = sorted(filter(held.is_due, room.state.documents))
    return {
        "epoch": room.state.epoch,
        "stale": held.is_stale(),
        "due": [f"{doc.hex()} {g}" for doc, g in documents],
        "views": [_views(room, held, did) for did in viewers],
    }


def _views(room: Room, held: Gate, did: Did) -> str:
    """First letters of the views of all rows so far; nothing for a device not yet logged."""
    if did not in room.state.directory.devices:
        return ""
    return _runs(view_of(room, held, each, did)[0] for each in room.records)


def _runs(letters: Iterator[str]) -> str:
    """Equal letters in a row as one letter with their number."""
    return " ".join(f"{letter}{len(list(run))}" for letter, run in groupby(letters))


def _shown(conference: Conference) -> Iterator[str]:
    yield from _meetings(conference)
    yield from _results(conference)


def _meetings(conference: Conference) -> Iterator[str]:
    for sit, sitting in conference.sittings.items():
        yield f"sitting {sit.hex()} {sitting.state}"
    for it, item in conference.items.items():
        yield f"item {it.hex()} {item.state if item.out is None else item.out}"
    for (sit, wid), seat in conference.seats.items():
        yield f"seat {sit.hex()} {wid.hex()} {seat.duty} {seat.state}"
    for sit, date in conference.next.items():
        yield f"next {sit.hex()} {'none' if date.when is None else date.when.text()}"


def _results(conference: Conference) -> Iterator[str]:
    for row, prio in conference.prio.items():
        yield f"prio {row.hex()} {prio.it.hex()} {'gone' if prio.deleted else 'stands'}"
    for row, role in conference.roles.items():
        yield f"role {row.hex()} {role.part} {role.owner.ag.hex()} {role.state}"
    for act, action in conference.actions.items():
        yield f"action {act.hex()} {action.owner.ag.hex()} {action.state}"
    for dec, decision in conference.decisions.items():
        yield f"decision {dec.hex()} {decision.it.hex()} {decision.typ}"


# --- reading -------------------------------------------------------------------------------------


class Reader:
    """One device with its private key and every byte that was ever sent."""

    def __init__(self, room: Room, file: Json, did: Did, seed: bytes) -> None:
        """Begin with the keys it made; then collect those of epochs, of grants, of `dk`."""
        self._room, self._did = room, did
        self._key = SealingKey.from_seed(seed)
        self._epochs: dict[int, bytes] = {}
        self._docs: dict[Generation, bytes] = {}
        for doc, g, key in file["made"][did.hex()]:
            self._keep((DocId(_id(doc)), g), bytes.fromhex(key))
        self._bundles = {int(n): bytes.fromhex(data) for n, data in file["bundles"].items()}
        self._accepted = [
            content_of(record) for record in file["story"]["rows"] if record["code"] is None
        ]
        self._seqs = [each["seq"] for each in file["story"]["rows"] if each["code"] is None]
        self._collect()

    def texts(self) -> dict[int, bytes]:
        """What it can read, by row."""
        found: dict[int, bytes] = {}
        for seq, content in zip(self._seqs, self._accepted, strict=True):
            if isinstance(content, Sealed) and not isinstance(content.header, DkHeader):
                header = content.header
                key = self._docs.get((header.d, header.g))
                if key is not None:
                    body = keys.body_key(key, case=header.c, doc=header.d, g=header.g)
                    found[seq] = envelope.open_(content.env, key=body)
        return found

    def _collect(self) -> None:
        for entry in self._room.state.rosters:
            self._open_bundle(entry.body.n)
        for content in self._accepted:
            if isinstance(content, Statement) and isinstance(content.body, Grant):
                self._open_grant(content.body)
        for content in self._accepted:
            if isinstance(content, Sealed) and isinstance(content.header, DkHeader):
                self._open_dk(content)

    def _open_bundle(self, n: int) -> None:
        roster = self._room.state.rosters[n].body
        parsed = bundle.parse(self._bundles[n])
        epoch = bundle.Epoch(net=roster.net, case=roster.case, n=n, prev=roster.prev)
        for entry in parsed.entries:
            if self._is_mine(entry.sid):
                self._epochs[n] = bundle.open_entry(
                    entry, epoch=epoch, key=self._key, kc=roster.kc, held=()
                )

    def _is_mine(self, sid: Sid) -> bool:
        directory = self._room.state.directory
        return directory.chains.get(sid) is directory.devices[self._did]

    def _open_grant(self, body: Grant) -> None:
        if not self._is_mine(body.to):
            return
        named = grants.docs_hash(body.docs) if body.docs else grants.epochs_hash(body.epochs)
        passing = grants.Passing(
            net=body.net,
            case=body.case,
            n=body.n,
            by=body.by,
            to=body.to,
            eg=body.eg,
            what=body.what,
            ids=named,
        )
        found = grants.open_keys(body.ct, passing=passing, key=self._key, count=len(body.ids))
        self._epochs |= dict(zip(body.epochs, found, strict=False))
        for generation, key in zip(body.docs, found, strict=False):
            self._keep(generation, key)

    def _open_dk(self, content: Sealed) -> None:
        header = content.header
        key = self._epochs.get(header.e)
        if key is not None:
            wrap = keys.wrap_key(key, case=header.c, n=header.e)
            text = codec.decode(envelope.open_(content.env, key=wrap), DkText)
            self._keep((text.doc, text.g), text.D)

    def _keep(self, generation: Generation, key: bytes) -> None:
        doc, g = generation
        made = keys.doc_commitment(key, case=self._room.state.case, doc=doc, g=g)
        if made != self._room.state.documents[generation].body.dc:
            raise AssertionError(generation)
        self._docs[generation] = key


def reading(file: Json) -> dict[str, list[int]]:
    """The rows that each viewer can read, having all bytes."""
    return {name: sorted(reader.texts()) for name, reader in readers(file).items()}


def readers(file: Json) -> dict[str, Reader]:
    """Every viewer's device."""
    told = Retold({"leaves": []}, file["story"])
    room = _room(told)
    return {
        name: Reader(room, file, Did(_id(did)), bytes.fromhex(file["keys"][did]["ek"]))
        for name, did in file["viewers"].items()
    }


def _room(told: Retold) -> Room:
    assert told.room is not None  # noqa: S101 -- a whole case has a room
    return told.room
