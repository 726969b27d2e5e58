"""Tiles, their names, and entry bundles (C2SP tlog-tiles)."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import merkle, tiles
from audit.tiles import Edge, TileId
from crypto.errors import Code, Refused

LEAVES = [merkle.leaf_hash(n.to_bytes(4, "big")) for n in range(66_000)]
EDGE_SIZES = (0, 1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 66_000)


def all_tiles(size: int) -> dict[TileId, bytes]:
    """Make all tiles of a tree by their places."""
    edge, full = Edge().append(LEAVES[:size])
    return {tile.id: tile.data for tile in (*full, *edge.partial())}


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (TileId(level=0, index=0), "tile/0/000"),
        (TileId(level=0, index=0, width=1), "tile/0/000.p/1"),
        (TileId(level=1, index=999, width=255), "tile/1/999.p/255"),
        (TileId(level=0, index=1000), "tile/0/x001/000"),
        (TileId(level=63, index=1_234_067), "tile/63/x001/x234/067"),
    ],
)
def test_names_are_those_of_the_specification(tile: TileId, path: str) -> None:
    """Groups of three digits, all but the last behind an x."""
    assert tile.path == path
    assert tiles.parse_path(path) == (tile, False)


def test_entry_bundles_have_the_names_of_level_0() -> None:
    """The level is replaced by the word entries."""
    tile = TileId(level=0, index=1234, width=7)

    assert tile.entries_path == "tile/entries/x001/234.p/7"
    assert tiles.parse_path("tile/entries/x001/234.p/7") == (tile, True)


@given(level=st.integers(0, 63), index=st.integers(0, 10**15 - 1), width=st.integers(1, 256))
def test_names_read_back(level: int, index: int, width: int) -> None:
    """Writing and reading a name are inverse."""
    tile = TileId(level=level, index=index, width=width)

    assert tiles.parse_path(tile.path) == (tile, False)


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/001",
        "tile/0/001/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/07",
        "tile/0/000.p/",
        "tile/0/000/",
        "tile/0/../0/000",
        "tile/0/٠٠٠",
        "tile/entries/000.p/256",
        "tile/8/0/000",
        "/tile/0/000",
        "tile/0/000\n",
        "",
    ],
)
def test_other_spellings_of_a_name_are_refused(path: str) -> None:
    """A tile has one name, so that no file can hide beside it."""
    with pytest.raises(Refused) as caught:
        tiles.parse_path(path)

    assert caught.value.code is Code.BAD_PROOF


@pytest.mark.parametrize("size", EDGE_SIZES)
def test_an_edge_has_the_root_and_the_tiles_of_its_size(size: int) -> None:
    """Its root is that of the leaves, and it makes each tile of the tree once."""
    edge, full = Edge().append(LEAVES[:size])
    made = [tile.id for tile in (*full, *edge.partial())]

    assert edge.root() == merkle.root(LEAVES[:size])
    assert sorted(made) == list(tiles.tiles_of(size))
    assert all(tiles.is_tile_of(tile, size=size) for tile in made)


@settings(deadline=None)
@given(cuts=st.lists(st.integers(0, 1200), max_size=5))
def test_any_batching_gives_the_same_tiles(cuts: list[int]) -> None:
    """Tiles depend on the leaves alone."""
    edge, full = Edge(), list[tiles.Tile]()

    for start, end in pairwise([0, *sorted(cuts), 1200]):
        edge, more = edge.append(LEAVES[start:end])
        full += more

    at_once, all_full = Edge().append(LEAVES[:1200])
    assert edge == at_once
    assert sorted(tile.id for tile in full) == sorted(tile.id for tile in all_full)


def test_the_root_of_a_full_tile_is_its_hash_one_level_up() -> None:
    """Level 1 holds the roots over 256 leaves each."""
    stored = all_tiles(66_000)
    low = tiles.Tile(
        id=TileId(level=0, index=7), data=stored[tiles.tile_at(level=0, index=7, size=66_000)]
    )
    high = tiles.hashes_of(stored[tiles.tile_at(level=1, index=0, size=66_000)])

    assert low.root == merkle.root(LEAVES[7 * 256 : 8 * 256]) == high[7]


def test_an_edge_is_taken_up_where_it_was_left() -> None:
    """Rows from storage give the same edge again."""
    edge, _ = Edge().append(LEAVES[:65_793])

    assert Edge.resume(size=edge.size, rows=edge.rows) == edge


@pytest.mark.parametrize("rows", [[], [LEAVES[:1]], [LEAVES[:2], LEAVES[:1]], [LEAVES[:1]] * 3])
def test_an_edge_with_other_widths_than_its_size_is_refused(rows: list[list[bytes]]) -> None:
    """257 leaves leave one hash on each of two levels."""
    with pytest.raises(Refused) as caught:
        Edge.resume(size=257, rows=rows)

    assert caught.value.code is Code.BAD_PROOF


@pytest.mark.parametrize(("level", "index"), [(0, 2), (1, 1), (2, 0)])
def test_a_tile_beyond_the_tree_has_no_name(level: int, index: int) -> None:
    """300 leaves have two tiles of level 0 and one of level 1."""
    with pytest.raises(Refused) as caught:
        tiles.tile_at(level=level, index=index, size=300)

    assert caught.value.code is Code.BAD_PROOF
    assert not tiles.is_tile_of(TileId(level=level, index=index), size=300)


@settings(deadline=None, max_examples=40)  # an example may hash 66,000 leaves
@given(data=st.data(), size=st.integers(1, 66_000))
def test_proofs_are_made_from_the_tiles_they_name(size: int, data: st.DataObject) -> None:
    """Reading only the tiles of `needed`, inclusion and consistency verify."""
    edge, _ = Edge().append(LEAVES[:size])
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    included = merkle.inclusion_ranges(index=index, size=size)
    extended = merkle.consistency_ranges(old=old, size=size)
    everything = all_tiles(size)
    fetched = {tile: everything[tile] for tile in tiles.needed(included + extended, size=size)}
    range_root = tiles.root_from_tiles(size=size, read=fetched.__getitem__)

    merkle.verify_inclusion(
        leaf=LEAVES[index],
        index=index,
        size=size,
        path=merkle.prove(included, range_root),
        root=edge.root(),
    )
    merkle.verify_consistency(
        old_size=old,
        old_root=merkle.root(LEAVES[:old]),
        size=size,
        root=edge.root(),
        path=merkle.prove(extended, range_root),
    )


@pytest.mark.parametrize("data", [b"", bytes(31), bytes(33), bytes(257 * 32)])
def test_bytes_that_are_no_tile_are_refused(data: bytes) -> None:
    """A tile has 1 to 256 whole hashes."""
    with pytest.raises(Refused) as caught:
        tiles.hashes_of(data)

    assert caught.value.code is Code.BAD_PROOF


@given(entries=st.lists(st.binary(max_size=300), max_size=20))
def test_bundles_read_back(entries: list[bytes]) -> None:
    """Joining and cutting entries are inverse, also for empty ones."""
    assert tiles.decode_bundle(tiles.encode_bundle(entries)) == entries


def test_a_bundle_starts_with_a_length_in_two_bytes() -> None:
    """Big-endian, as the specification has it."""
    assert tiles.encode_bundle([b"ab", bytes(258)])[:6] == b"\x00\x02ab\x01\x02"


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x01", b"\x00\x02a", b"\x00\x00\x00"])
def test_a_bundle_cut_short_is_refused(data: bytes) -> None:
    """Each length must be whole and followed by as many bytes."""
    with pytest.raises(Refused) as caught:
        tiles.decode_bundle(data)

    assert caught.value.code is Code.BAD_PROOF
