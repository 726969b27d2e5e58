"""Checks of formats that no vector tells apart: each falls if its condition is dropped."""

from pathlib import Path

import msgspec
import pytest

from audit import export, merkle, note
from audit.checkpoint import Checkpoint
from crypto.errors import Code, Refused
from crypto.signing import SigningKey
from protocol import roster, statement
from protocol.codec import b64
from protocol.ids import Wid
from protocol.vocabulary import Why
from tests.world import START, World, id16
from tools.make_vectors.meeting import opened

LOG = note.Signer(name="minase.example/ops", key=SigningKey.from_seed(bytes(range(32))))


@pytest.mark.parametrize("swapped", ["begins otherwise", "ends otherwise"])
def test_a_statement_s_media_type_is_ours_from_end_to_end(swapped: str) -> None:
    """A payload is no statement because as many characters stand around the name of a type."""
    body = World().root_body()
    made = statement.compose(body)
    media = statement.payload_type("root")
    at = media.index("root")
    before, after = media[:at], media[at + 4 :]
    other = "x" * len(before) + "root" + after if swapped == "begins otherwise" else None
    text = other or before + "root" + "x" * len(after)
    data = msgspec.json.encode(
        {"payloadType": text, "payload": b64(made.payload), "signatures": []}
    )

    with pytest.raises(Refused) as caught:
        statement.parse(data)
    assert caught.value.code is Code.UNKNOWN_TYPE


def test_a_note_without_its_empty_line_is_none() -> None:
    """A signature over nothing, with no text before it, opens nothing."""
    with pytest.raises(Refused) as caught:
        note.open_note(LOG.line(b"\n"), [LOG.verifier])
    assert caught.value.code is Code.BAD_PROOF


def test_an_export_has_the_size_that_was_signed(tmp_path: Path) -> None:
    """The right root under another size is another tree."""
    leaves = [b"a", b"b", b"c"]
    root = merkle.root([merkle.leaf_hash(leaf) for leaf in leaves])
    wrong = Checkpoint(origin=LOG.name, size=4, root=root)
    writer = export.FolderWriter(tmp_path / "export")
    writer.add(leaves)

    with pytest.raises(Refused) as caught:
        writer.finish(checkpoint=note.sign(wrong.text, LOG), vkey=LOG.verifier.vkey)
    assert caught.value.code is Code.BAD_PROOF


@pytest.mark.parametrize(("count", "code"), [(250, None), (251, Code.RULE_DENIED)])
def test_a_roster_has_at_most_250_rows(count: int, code: Code | None) -> None:
    """The last one that fits, and the first that does not."""
    body = opened("rows").k.next_body(Why.ROTATE)
    wids = sorted(Wid(id16(str(no))) for no in range(count - len(body.mem)))
    rows = [msgspec.structs.replace(body.mem[0], wid=wid) for wid in wids]
    mem = tuple(sorted((*body.mem, *rows), key=lambda row: row.wid))

    found = None
    try:
        # Through `accept` it would need 251 enrolled people.
        shaped = msgspec.structs.replace(body, mem=mem)
        roster._require_shape(shaped, START)  # pyright: ignore[reportPrivateUsage]
    except Refused as refusal:
        found = refusal.code
    assert found is code
