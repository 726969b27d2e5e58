"""Tamper with an export as somebody would who owns all its files but not the log's key.

    python -m tools.independent.tamper FOLDER VKEY

Works on copies; each must be refused by `audit.verify` and by the independent verifier.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from audit import export, merkle, tiles, verify
from crypto.errors import Refused
from tools.independent import run


def edit(leaves: list[bytes]) -> list[bytes]:
    """Change one bit of the leaf in the middle."""
    middle = len(leaves) // 2
    leaf = leaves[middle]
    return [*leaves[:middle], leaf[:-1] + bytes([leaf[-1] ^ 1]), *leaves[middle + 1 :]]


def delete(leaves: list[bytes]) -> list[bytes]:
    """Leave out the leaf in the middle."""
    middle = len(leaves) // 2
    return [*leaves[:middle], *leaves[middle + 1 :]]


def insert(leaves: list[bytes]) -> list[bytes]:
    """Put the first leaf into the middle once more."""
    middle = len(leaves) // 2
    return [*leaves[:middle], leaves[0], *leaves[middle:]]


def swap(leaves: list[bytes]) -> list[bytes]:
    """Exchange the first and the last leaf."""
    return [leaves[-1], *leaves[1:-1], leaves[0]]


def truncate(leaves: list[bytes]) -> list[bytes]:
    """Cut off the newest leaf."""
    return leaves[:-1]


TAMPERINGS: Final[dict[str, Callable[[list[bytes]], list[bytes]]]] = {
    "edit": edit,
    "delete": delete,
    "insert": insert,
    "swap": swap,
    "truncate": truncate,
}


def read_leaves(folder: Path) -> list[bytes]:
    """Read all leaves of an export, believing its checkpoint."""
    size = int((folder / export.CHECKPOINT).read_bytes().split(b"\n")[1])
    places = [tile.entries_path for tile in tiles.tiles_of(size) if tile.level == 0]
    return [leaf for place in places for leaf in tiles.decode_bundle((folder / place).read_bytes())]


def rewrite(folder: Path, leaves: Sequence[bytes]) -> None:
    """Replace the leaves and make every tile anew, so that only the signed root can tell."""
    shutil.rmtree(folder / "tile")
    edge, full = tiles.Edge().append([merkle.leaf_hash(leaf) for leaf in leaves])
    for tile in (*full, *edge.partial()):
        _write(folder / tile.id.path, tile.data)
        if tile.id.level == 0:
            start = tile.id.index * tiles.WIDTH
            bundle = tiles.encode_bundle(leaves[start : start + tile.id.width])
            _write(folder / tile.id.entries_path, bundle)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def refused_by_us(folder: Path, *, vkey: str, old: bytes | None = None) -> str | None:
    """Answer why `audit.verify` refuses a folder, None when it does not."""
    try:
        verify.verify_folder(folder, vkey=vkey, old=old)
    except Refused as error:
        return f"{error.code} {error.facts}"
    return None


def main(folder: Path, vkey: str) -> int:
    """Try all tamperings; answer how many got through."""
    passed = 0
    for name, change in TAMPERINGS.items():
        with tempfile.TemporaryDirectory() as scratch:
            copy = Path(scratch) / name
            shutil.copytree(folder, copy)
            rewrite(copy, change(read_leaves(copy)))
            ours = refused_by_us(copy, vkey=vkey)
            print(f"{name}: ours: {ours or 'ACCEPTED'}; theirs:", end=" ", flush=True)
            passed += (ours is None) + (run.main([str(copy), vkey]) == 0)
    return passed


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
