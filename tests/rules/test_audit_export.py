"""Exports: written as a stream, verified from files alone, and every tampering found."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit import entry, export, merkle, note, tiles, verify
from audit.checkpoint import Checkpoint
from audit.entry import Entry, Kind, Opening
from crypto.errors import Code, Refused
from crypto.hashing import sha256
from crypto.signing import SigningKey
from protocol import codec, statement
from protocol import leaf as identity
from protocol.ids import Hash, Id, Wid
from tools.independent import tamper

SIZE, EARLY, KEPT = 700, 300, 512
SIGNER = note.Signer(name="minase.example/ops", key=SigningKey.from_seed(bytes(range(32))))
VKEY = SIGNER.verifier.vkey
KEYS = [sha256(n.to_bytes(4, "big")) for n in range(SIZE)]
ENTRIES = [
    Entry(kind=Kind.READ, at_ms=1_795_222_800_000 + n, id=Id(key[:16]), actor=Wid(Id(key[16:])))
    for n, key in enumerate(KEYS)
]
LEAVES = [entry.leaf(each, key=key) for each, key in zip(ENTRIES, KEYS, strict=True)]
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]


def signed(size: int, *, hashes: list[bytes] = HASHES, signer: note.Signer = SIGNER) -> bytes:
    """Sign the state of a log at a size."""
    state = Checkpoint(origin=signer.name, size=size, root=merkle.root(hashes[:size]))
    return note.sign(state.text, signer)


def openings(*indexes: int) -> list[tuple[int, Opening]]:
    """Open all fields of some leaves."""
    return [(n, each) for n in indexes for each in entry.openings(ENTRIES[n], key=KEYS[n])]


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of 700 leaves with an early checkpoint and some openings."""
    folder = tmp_path_factory.mktemp("pristine")
    writer = export.FolderWriter(folder)
    writer.add(LEAVES[:10])
    writer.add(LEAVES[10:600])
    writer.add(LEAVES[600:])
    writer.finish(checkpoint=signed(SIZE), vkey=VKEY, early=signed(EARLY))
    writer.write_openings(openings(0, 299, 699))
    return folder


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> Path:
    """A copy to tamper with."""
    return shutil.copytree(pristine, tmp_path / "export")


def refusal(folder: Path, *, vkey: str = VKEY, old: bytes | None = None) -> Refused:
    """Give the refusal of an export, which always names a place."""
    with pytest.raises(Refused) as caught:
        verify.verify_folder(folder, vkey=vkey, old=old)
    assert caught.value.facts.get("place")
    return caught.value


def test_an_export_verifies_from_its_files(folder: Path) -> None:
    """Leaves, tiles, root, both older checkpoints and the openings."""
    report = verify.verify_folder(folder, vkey=VKEY, old=signed(KEPT))

    assert (report.checkpoint.size, report.early_size, report.old_size) == (SIZE, EARLY, KEPT)
    assert report.checkpoint.root == merkle.root(HASHES)
    assert (report.kinds, report.openings, report.statements) == ({"read": SIZE}, 3, 0)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 512])
def test_every_size_verifies(tmp_path: Path, size: int) -> None:
    """Also where a tile is just full, or just begun."""
    leaves, note_of_size = iter(LEAVES[:size]), signed(size)
    export.write_folder(tmp_path, leaves=leaves, checkpoint=note_of_size, vkey=VKEY)

    report = verify.verify_folder(tmp_path, vkey=VKEY, old=note_of_size)

    assert (report.checkpoint.size, report.early_size, report.old_size) == (size, None, size)


# --- tampering -------------------------------------------------------------------------


@pytest.mark.parametrize("change", tamper.TAMPERINGS.values(), ids=tamper.TAMPERINGS)
def test_changed_leaves_are_found_though_every_tile_was_made_anew(
    folder: Path, change: Callable[[list[bytes]], list[bytes]]
) -> None:
    """Edit, delete, insert, swap, truncate; without the early checkpoint to help."""
    (folder / export.EARLY).unlink()
    (folder / export.OPENINGS).unlink()
    tamper.rewrite(folder, change(tamper.read_leaves(folder)))

    refusal(folder)


def test_a_swap_of_readable_leaves_is_found_by_the_root(folder: Path) -> None:
    """Everything fits together but the signature's root."""
    for name in (export.EARLY, export.OPENINGS):
        (folder / name).unlink()
    tamper.rewrite(folder, tamper.swap(LEAVES))

    found = refusal(folder)

    assert (found.code, found.facts["place"]) == (Code.BAD_PROOF, export.CHECKPOINT)


def test_a_rollback_is_found_by_a_checkpoint_kept_from_before(folder: Path) -> None:
    """The older state is whole and signed; only memory tells that there was more."""
    (folder / export.OPENINGS).unlink()
    tamper.rewrite(folder, LEAVES[:EARLY])
    (folder / export.CHECKPOINT).write_bytes(signed(EARLY))

    assert verify.verify_folder(folder, vkey=VKEY).checkpoint.size == EARLY
    found = refusal(folder, old=signed(SIZE))
    assert (found.code, found.facts["place"]) == (Code.ROLLBACK, verify.OLD)


def test_a_second_history_is_found_by_either_older_checkpoint(folder: Path) -> None:
    """Signed by the log itself, so that nothing else can tell."""
    other = [merkle.leaf_hash(b"other"), *HASHES[1:]]

    kept = refusal(folder, old=signed(KEPT, hashes=other))
    (folder / export.EARLY).write_bytes(signed(EARLY, hashes=other))
    early = refusal(folder)

    assert (kept.code, kept.facts["place"]) == (Code.EQUIVOCATION, verify.OLD)
    assert (early.code, early.facts["place"]) == (Code.EQUIVOCATION, export.EARLY)


def test_an_early_checkpoint_larger_than_the_log_is_refused(folder: Path) -> None:
    """A log that shrank."""
    longer = [*HASHES, HASHES[0]]
    (folder / export.EARLY).write_bytes(signed(SIZE + 1, hashes=longer))

    assert refusal(folder).code is Code.ROLLBACK


COUNTED = [
    export.CHECKPOINT,
    export.EARLY,
    export.VKEY,
    export.OPENINGS,
    *(tile.path for tile in tiles.tiles_of(SIZE)),
    *(tile.entries_path for tile in tiles.tiles_of(SIZE) if tile.level == 0),
]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), name=st.sampled_from(COUNTED), bit=st.integers(0, 7))
def test_any_flipped_bit_of_any_file_is_found(
    folder: Path, data: st.DataObject, name: str, bit: int
) -> None:
    """There is no byte in an export that does not count."""
    path = folder / name
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))

    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
    refusal(folder)
    path.write_bytes(whole)


NEEDED = [name for name in COUNTED if name not in {export.EARLY, export.OPENINGS}]


@pytest.mark.parametrize("name", NEEDED)
def test_a_missing_or_longer_file_is_named(folder: Path, name: str) -> None:
    """All but the optional ones must be there, with their exact length."""
    path = folder / name

    path.write_bytes(path.read_bytes() + b"\0")
    assert refusal(folder).facts["place"] == name
    path.unlink()
    assert refusal(folder).facts["place"] == name
    path.mkdir()
    assert refusal(folder).facts["place"] == name


@pytest.mark.parametrize("count", [187, 189])
def test_a_bundle_of_another_count_is_named(folder: Path, count: int) -> None:
    """It reads well, but 700 leaves have 188 in their last bundle."""
    path = folder / "tile/entries/002.p/188"
    path.write_bytes(tiles.encode_bundle([*LEAVES[512:], LEAVES[0]][:count]))

    assert refusal(folder).facts == {
        "place": "tile/entries/002.p/188",
        "why": "entries",
        "entries": count,
    }


def test_a_file_without_end_is_refused(folder: Path) -> None:
    """Before it fills the memory."""
    (folder / export.CHECKPOINT).write_bytes(b"a" * (1 << 21))

    found = refusal(folder)

    assert (found.code, found.facts) == (Code.OVERSIZE, {"place": export.CHECKPOINT})


def test_a_full_tile_of_a_higher_level_is_verified(tmp_path: Path) -> None:
    """It takes 65,536 leaves to fill one."""
    beats = [identity.beat(n).encode() for n in range(65_536)]
    hashes = [merkle.leaf_hash(leaf) for leaf in beats]
    state = signed(len(beats), hashes=hashes)
    export.write_folder(tmp_path, leaves=beats, checkpoint=state, vkey=VKEY)
    high = tmp_path / "tile/1/000"

    assert verify.verify_folder(tmp_path, vkey=VKEY).kinds == {"beat": len(beats)}
    high.write_bytes(high.read_bytes()[:-1] + b"\0")
    assert refusal(tmp_path).facts == {"place": "tile/1/000", "why": "tile", "index": 255 * 256}


def test_the_first_leaf_that_differs_from_its_tile_is_named(folder: Path) -> None:
    """By index in the log, at level 0 and above."""
    low, high = folder / "tile/0/001", folder / "tile/1/000.p/2"
    low.write_bytes(low.read_bytes()[: 32 * 9] + bytes(32 * 247))
    assert refusal(folder).facts == {"place": "tile/0/001", "why": "tile", "index": 256 + 9}

    low.write_bytes(b"".join(HASHES[256:512]))
    high.write_bytes(high.read_bytes()[:32] + bytes(32))
    assert refusal(folder).facts == {"place": "tile/1/000.p/2", "why": "tile", "index": 256}


@pytest.mark.parametrize(
    "name", ["tile/0/003", "tile/0/002.p/9", "tile/2/000.p/1", "tile/entries/003", "tile/notes"]
)
def test_a_file_that_no_tile_accounts_for_is_refused(folder: Path, name: str) -> None:
    """It would travel in the export without having been verified."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(bytes(32))

    found = refusal(folder)

    assert (found.code, found.facts["place"]) == (Code.BAD_PROOF, name)


def test_nothing_is_never_a_proof(tmp_path: Path) -> None:
    """An empty folder, and a signed log without leaves."""
    assert refusal(tmp_path).code is Code.BAD_PROOF

    export.write_folder(tmp_path, leaves=[], checkpoint=signed(0), vkey=VKEY)
    assert refusal(tmp_path).facts == {"place": export.CHECKPOINT, "why": "empty"}


def test_an_export_under_another_key_is_refused(folder: Path) -> None:
    """The key comes from elsewhere; the one in the folder must be the same."""
    stranger = note.Signer(name=SIGNER.name, key=SigningKey.from_seed(bytes(32)))

    assert refusal(folder, vkey=stranger.verifier.vkey).code is Code.UNTRUSTED
    (folder / export.CHECKPOINT).write_bytes(signed(SIZE, signer=stranger))
    found = refusal(folder)
    assert (found.code, found.facts["place"]) == (Code.UNTRUSTED, export.CHECKPOINT)


def test_an_old_checkpoint_under_another_key_is_refused(folder: Path) -> None:
    """It is checked like the export's own."""
    stranger = note.Signer(name=SIGNER.name, key=SigningKey.from_seed(bytes(32)))

    found = refusal(folder, old=signed(KEPT, signer=stranger))

    assert (found.code, found.facts["place"]) == (Code.UNTRUSTED, verify.OLD)


def test_a_leaf_that_is_none_of_ours_is_refused_though_signed(tmp_path: Path) -> None:
    """A log's own signature does not make nonsense a leaf; its place is named."""
    leaves = [*LEAVES[:300], b'{"v":1}']
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    note_of_it = signed(301, hashes=hashes)
    export.write_folder(tmp_path, leaves=leaves, checkpoint=note_of_it, vkey=VKEY)

    found = refusal(tmp_path)

    assert found.code is Code.BAD_J1
    assert found.facts == {"place": "tile/entries/001.p/45", "index": 300}


# --- openings --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    [
        openings(5, 4),
        [*openings(5), (6, openings(7)[0][1])],
        [*openings(5), (SIZE, openings(5)[0][1])],
        [(5, Opening.make("case", bytes(16), key=KEYS[5]))],
    ],
    ids=["order", "another leaf's", "beyond the log", "a field that is empty"],
)
def test_an_opening_that_does_not_fit_is_refused(
    folder: Path, bad: list[tuple[int, Opening]]
) -> None:
    """The list is named, with the leaf."""
    lines = [
        export.OpeningLine(i=n, f=o.field, h=codec.B64U(o.mac), v=codec.B64U(o.value))
        for n, o in bad
    ]
    encoded = b"".join(codec.encode(line) + b"\n" for line in lines)
    (folder / export.OPENINGS).write_bytes(encoded)

    found = refusal(folder)

    assert (found.code, found.facts["place"]) == (Code.BAD_PROOF, export.OPENINGS)
    assert isinstance(found.facts["index"], int)


@pytest.mark.parametrize(
    ("line", "code"),
    [(b"\n", Code.BAD_J1), (b"{}\n", Code.BAD_J1), (b" " * (256 * 1024 + 1), Code.OVERSIZE)],
)
def test_a_line_of_another_form_is_refused(folder: Path, line: bytes, code: Code) -> None:
    """Also one without end."""
    (folder / export.OPENINGS).write_bytes(line)

    assert refusal(folder).code is code


# --- the identity log ------------------------------------------------------------------

PAYLOADS = [b'{"n":%d}' % n for n in range(3)]  # judged by the directory; here bytes with an id
SIDS = [statement.statement_id("worker", payload) for payload in PAYLOADS]
ID_LEAVES = [
    identity.beat(1).encode(),
    *(
        identity.Leaf(kind=3, t=2, sid=sid, sg=Hash(bytes(32)), scope=Id(bytes(16))).encode()
        for sid in SIDS
    ),
]


def dsse(payload: bytes) -> bytes:
    """Wrap a payload without signatures."""
    media = statement.payload_type("worker")
    return codec.encode(
        statement.Dsse(payloadType=media, payload=codec.b64(payload), signatures=())
    )


def write_identity(
    folder: Path, *, leaves: list[bytes], statements: list[tuple[int, bytes]]
) -> Path:
    """Export a log of given leaves with statements."""
    writer = export.FolderWriter(folder)
    writer.add(leaves)
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    writer.finish(checkpoint=signed(len(leaves), hashes=hashes), vkey=VKEY)
    writer.write_statements(statements)
    return folder


def test_an_identity_log_verifies_with_its_statements(tmp_path: Path) -> None:
    """Each statement has the id that its leaf names; some may be withheld."""
    folder = write_identity(
        tmp_path, leaves=ID_LEAVES, statements=[(1, dsse(PAYLOADS[0])), (3, dsse(PAYLOADS[2]))]
    )

    report = verify.verify_folder(folder, vkey=VKEY)

    assert report.kinds == {"beat": 1, "worker": 3}
    assert (report.statements, report.openings) == (2, 0)


def test_a_kind_from_the_future_is_counted(tmp_path: Path) -> None:
    """Unknown kinds are kept and hashed like all others."""
    unknown = identity.Leaf(
        kind=200, t=1, sid=SIDS[0], sg=Hash(bytes(32)), scope=Id(bytes(16))
    ).encode()
    folder = write_identity(tmp_path, leaves=[unknown], statements=[])

    assert verify.verify_folder(folder, vkey=VKEY).kinds == {"200": 1}


def test_a_statement_that_its_leaf_does_not_name_is_refused(tmp_path: Path) -> None:
    """The list is named, with the leaf."""
    folder = write_identity(tmp_path, leaves=ID_LEAVES, statements=[(2, dsse(PAYLOADS[0]))])

    found = refusal(folder)

    assert found.facts == {"place": export.STATEMENTS, "index": 2, "why": "sid"}


@pytest.mark.parametrize(
    ("leaf", "code"),
    [(ID_LEAVES[0] + b"\0", Code.BAD_LENGTH), (LEAVES[0], Code.BAD_LENGTH), (b"", Code.BAD_LENGTH)],
)
def test_an_identity_log_holds_no_other_leaves(tmp_path: Path, leaf: bytes, code: Code) -> None:
    """The first leaf tells which log it is; the rest must agree."""
    folder = write_identity(tmp_path, leaves=[*ID_LEAVES, leaf], statements=[])

    found = refusal(folder)

    assert (found.code, found.facts["index"]) == (code, 4)


def test_statements_beside_an_ops_log_are_refused(folder: Path) -> None:
    """No leaf of that log could name them."""
    line = b'{"i":0,"dsse":' + dsse(PAYLOADS[0]) + b"}\n"
    (folder / export.STATEMENTS).write_bytes(line)

    assert refusal(folder).facts["place"] == export.STATEMENTS


# --- writing ---------------------------------------------------------------------------


def test_an_export_is_written_into_an_empty_folder_only(folder: Path) -> None:
    """Two exports in one folder would be neither."""
    with pytest.raises(Refused) as caught:
        export.FolderWriter(folder)

    assert caught.value.code is Code.CONFLICT


@pytest.mark.parametrize("size", [SIZE - 1, SIZE])
def test_leaves_of_another_checkpoint_are_not_finished(tmp_path: Path, size: int) -> None:
    """Without its checkpoint the folder verifies nowhere."""
    others = [*HASHES[1:], HASHES[0]]

    with pytest.raises(Refused) as caught:
        export.write_folder(
            tmp_path, leaves=LEAVES, checkpoint=signed(size, hashes=others), vkey=VKEY
        )

    assert caught.value.code is Code.BAD_PROOF
    assert not (tmp_path / export.CHECKPOINT).exists()


def test_an_early_checkpoint_under_another_key_is_not_exported(tmp_path: Path) -> None:
    """It could not be verified there."""
    stranger = note.Signer(name=SIGNER.name, key=SigningKey.from_seed(bytes(32)))

    with pytest.raises(Refused) as caught:
        export.write_folder(
            tmp_path,
            leaves=LEAVES,
            checkpoint=signed(SIZE),
            vkey=VKEY,
            early=signed(EARLY, signer=stranger),
        )

    assert caught.value.code is Code.UNTRUSTED
    assert not (tmp_path / export.CHECKPOINT).exists()
