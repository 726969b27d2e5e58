"""Merkle trees of RFC 9162: roots, a growing edge, inclusion and consistency proofs.

Everything here works on hashes of 32 bytes. A proof is asked for in two steps, so that a
store may fetch what it needs in one go: first the ranges of leaves whose roots are the
proof, then those roots.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate
from typing import Self

from crypto.errors import Code, Refused

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()
"""Root of a tree without leaves (RFC 9162, section 2.1.1)."""

Range = tuple[int, int]
"""Leaves `start` up to, not including, `end`."""

RangeRoot = Callable[[Range], bytes]
"""Answers the root over a range of leaves, 32 bytes."""


def leaf_hash(data: bytes) -> bytes:
    """Hash one leaf: SHA-256 of 0x00 and its bytes."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees: SHA-256 of 0x01 and their roots."""
    return sha256(b"\x01" + left + right).digest()


def _pair_up(hashes: Sequence[bytes]) -> list[bytes]:
    """Hash neighbours, leaving an odd last one to the caller."""
    ends = iter(hashes)
    return [
        sha256(b"\x01" + left + right).digest() for left, right in zip(ends, ends, strict=False)
    ]


def root(hashes: Sequence[bytes]) -> bytes:
    """Root over leaf hashes (RFC 9162, section 2.1.1), level by level."""
    if not hashes:
        return EMPTY_ROOT
    level = list(hashes)
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        level = _pair_up(level) + odd
    return level[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """The right edge of a tree: one root for each bit set in `size`, smallest subtree first."""

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def append(self, hashes: Sequence[bytes]) -> Self:
        """Grow by leaf hashes, hashing each level once for the whole batch."""
        level, kept, waiting = list(hashes), list[bytes](), list(self.nodes)
        height = 0
        while level or waiting:
            if self.size >> height & 1:
                level.insert(0, waiting.pop(0))
            if len(level) % 2:
                kept.append(level.pop())
            level = _pair_up(level)
            height += 1
        return type(self)(size=self.size + len(hashes), nodes=tuple(kept))

    def root(self) -> bytes:
        """Root of the whole tree."""
        if not self.nodes:
            return EMPTY_ROOT
        *_, top = accumulate(self.nodes, lambda low, high: node_hash(high, low))
        return top


# --- proofs: which ranges --------------------------------------------------------------


def split(size: int) -> int:
    """Largest power of two smaller than `size`, which is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_ranges(*, index: int, size: int) -> list[Range]:
    """Ranges whose roots prove leaf `index` in a tree of `size`, lowest first (RFC 9162, 2.1.3.1).

    Raises BAD_PROOF when there is no such leaf.
    """
    if not 0 <= index < size:
        raise Refused(Code.BAD_PROOF, index=index, size=size)
    ranges, start, end = list[Range](), 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(*, old: int, size: int) -> list[Range]:
    """Ranges whose roots prove that `size` leaves extend the first `old` (RFC 9162, 2.1.4.1).

    Nothing has to be shown for an empty or an equal tree. Raises BAD_PROOF when `old > size`.
    """
    if not 0 <= old <= size:
        raise Refused(Code.BAD_PROOF, old=old, size=size)
    if old in {0, size}:
        return []
    base, siblings = _walk_to_edge(old=old, size=size)
    # A verifier holds the old root, which is the base itself when the base starts at leaf 0.
    return [base, *siblings] if base[0] else siblings


def _walk_to_edge(*, old: int, size: int) -> tuple[Range, list[Range]]:
    """Find the subtree that ends at `old`, and its siblings on the way up, lowest first."""
    siblings, start, end = list[Range](), 0, size
    while old != end:
        middle = start + split(end - start)
        if old <= middle:
            siblings.append((middle, end))
            end = middle
        else:
            siblings.append((start, middle))
            start = middle
    return (start, end), siblings[::-1]


def prove(ranges: Iterable[Range], range_root: RangeRoot) -> list[bytes]:
    """Turn ranges into the hashes of a proof."""
    return [range_root(each) for each in ranges]


# --- proofs: checking ------------------------------------------------------------------


def verify_inclusion(
    *, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Check that a leaf is at its claimed place in the log.

    Args:
        leaf: SHA-256 leaf hash, 32 bytes.
        index: Zero-based place of the leaf, `0 <= index < size`.
        size: Number of leaves under `root`.
        path: Sibling hashes of 32 bytes each, lowest first.
        root: Root hash from a checkpoint whose signature was already checked.

    Raises:
        Refused: BAD_PROOF: the path has the wrong length or leads elsewhere.

    Source:
        RFC 9162, section 2.1.3.2.
    """
    _require_hashes(leaf, root, *path)
    ranges = inclusion_ranges(index=index, size=size)
    _require_length(path, len(ranges))
    node = leaf
    for (start, _), sibling in zip(ranges, path, strict=True):
        node = node_hash(sibling, node) if start < index else node_hash(node, sibling)
    _require_equal(node, root)


def verify_consistency(
    *, old_size: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]
) -> None:
    """Check that a tree only grew between two checkpoints.

    Args:
        old_size: Number of leaves under `old_root`; 0 is extended by everything.
        old_root: Root of the older checkpoint, 32 bytes.
        size: Number of leaves under `root`, at least `old_size`.
        root: Root of the newer checkpoint, 32 bytes.
        path: Hashes of 32 bytes each; empty when `old_size` is 0 or `size`.

    Raises:
        Refused: BAD_PROOF: sizes, length of the path, or one of the two roots do not fit.

    Source:
        RFC 9162, section 2.1.4.2.
    """
    _require_hashes(old_root, root, *path)
    _require_length(path, len(consistency_ranges(old=old_size, size=size)))
    if old_size == 0:
        return _require_equal(old_root, EMPTY_ROOT)
    if old_size == size:
        return _require_equal(old_root, root)
    base, siblings = _walk_to_edge(old=old_size, size=size)
    first, *rest = path if base[0] else (old_root, *path)
    before = after = first
    for (start, _), sibling in zip(siblings, rest, strict=True):
        if start < old_size:  # a sibling on the left belongs to both trees
            before = node_hash(sibling, before)
            after = node_hash(sibling, after)
        else:
            after = node_hash(after, sibling)
    _require_equal(before, old_root)
    return _require_equal(after, root)


def _require_hashes(*hashes: bytes) -> None:
    if any(len(each) != HASH_SIZE for each in hashes):
        raise Refused(Code.BAD_PROOF, why="hash-size")


def _require_length(path: Sequence[bytes], length: int) -> None:
    if len(path) != length:
        raise Refused(Code.BAD_PROOF, why="path-length")


def _require_equal(computed: bytes, claimed: bytes) -> None:
    if computed != claimed:
        raise Refused(Code.BAD_PROOF, why="root")
