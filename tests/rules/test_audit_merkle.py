"""Trees and proofs against a reference written straight from RFC 9162's definitions."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import merkle
from audit.merkle import Frontier
from crypto.errors import Code, Refused
from crypto.hashing import sha256

SIZES = range(258)
LEAVES = [merkle.leaf_hash(bytes([n % 256, n // 256])) for n in range(300)]


@cache
def mth(start: int, end: int) -> bytes:
    """MTH of RFC 9162, section 2.1.1, over leaf hashes."""
    if start == end:
        return sha256(b"")
    if end - start == 1:
        return LEAVES[start]
    middle = start + half(end - start)
    return sha256(b"\x01" + mth(start, middle) + mth(middle, end))


def half(size: int) -> int:
    """Find the largest power of two below `size`."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def path(index: int, start: int, end: int) -> list[bytes]:
    """PATH of RFC 9162, section 2.1.3.1."""
    if end - start == 1:
        return []
    middle = start + half(end - start)
    if index < middle:
        return [*path(index, start, middle), mth(middle, end)]
    return [*path(index, middle, end), mth(start, middle)]


def subproof(old: int, start: int, end: int, *, whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162, section 2.1.4.1."""
    if old == end:
        return [] if whole else [mth(start, end)]
    middle = start + half(end - start)
    if old <= middle:
        return [*subproof(old, start, middle, whole=whole), mth(middle, end)]
    return [*subproof(old, middle, end, whole=False), mth(start, middle)]


def range_root(span: merkle.Range) -> bytes:
    """Answer a range from the reference."""
    return mth(*span)


def inclusion(index: int, size: int) -> list[bytes]:
    """Prove a leaf with the code under test."""
    return merkle.prove(merkle.inclusion_ranges(index=index, size=size), range_root)


def consistency(old: int, size: int) -> list[bytes]:
    """Prove growth with the code under test."""
    return merkle.prove(merkle.consistency_ranges(old=old, size=size), range_root)


def flip(data: bytes) -> bytes:
    """Flip one bit."""
    return bytes([data[0] ^ 1]) + data[1:]


def test_roots_of_all_sizes_are_those_of_the_definition() -> None:
    """Level by level and as a growing edge, sizes 0 to 257."""
    edge = Frontier()

    for size in SIZES:
        assert merkle.root(LEAVES[:size]) == mth(0, size)
        assert edge.root() == mth(0, size)
        edge = edge.append(LEAVES[size : size + 1])


@settings(deadline=None)
@given(cuts=st.lists(st.integers(0, 300), max_size=8))
def test_any_batching_gives_the_same_edge(cuts: list[int]) -> None:
    """An edge depends on the leaves alone, not on how they came."""
    edge, at = Frontier(), 0

    for cut in [*sorted(cuts), 300]:
        edge, at = edge.append(LEAVES[at:cut]), cut

    assert edge == Frontier().append(LEAVES)
    assert edge.root() == mth(0, 300)


def test_every_leaf_of_all_sizes_is_proved() -> None:
    """Inclusion proofs are those of the definition and verify."""
    for size in SIZES:
        for index in range(size):
            proof = inclusion(index, size)
            assert proof == path(index, 0, size)
            merkle.verify_inclusion(
                leaf=LEAVES[index], index=index, size=size, path=proof, root=mth(0, size)
            )


def test_every_growth_between_all_sizes_is_proved() -> None:
    """Consistency proofs are those of the definition and verify."""
    for size in SIZES:
        for old in range(size + 1):
            proof = consistency(old, size)
            assert proof == ([] if old == 0 else subproof(old, 0, size, whole=True))
            merkle.verify_consistency(
                old_size=old, old_root=mth(0, old), size=size, root=mth(0, size), path=proof
            )


@settings(deadline=None)
@given(size=st.integers(1, 257), data=st.data())
def test_a_changed_inclusion_proof_is_refused(size: int, data: st.DataObject) -> None:
    """A bit of any part, another index, a longer or shorter path."""
    index = data.draw(st.integers(0, size - 1))
    good = [LEAVES[index], mth(0, size), *inclusion(index, size)]
    other = data.draw(st.integers(-1, size).filter(lambda n: n != index))

    for place in range(len(good)):
        bad = [*good[:place], flip(good[place]), *good[place + 1 :]]
        refuse_inclusion(bad, index=index, size=size)
    refuse_inclusion(good, index=other, size=size)
    refuse_inclusion([*good, LEAVES[0]], index=index, size=size)
    refuse_inclusion([good[0], good[1][:-1], *good[2:]], index=index, size=size)
    if len(good) > 2:
        refuse_inclusion(good[:-1], index=index, size=size)


def refuse_inclusion(parts: list[bytes], *, index: int, size: int) -> None:
    """Expect that leaf, root and path do not verify."""
    with pytest.raises(Refused) as caught:
        merkle.verify_inclusion(
            leaf=parts[0], root=parts[1], path=parts[2:], index=index, size=size
        )
    assert caught.value.code is Code.BAD_PROOF


@settings(deadline=None)
@given(size=st.integers(1, 257), data=st.data())
def test_a_changed_consistency_proof_is_refused(size: int, data: st.DataObject) -> None:
    """A bit of any part, a longer or shorter path, a 31-byte hash."""
    old = data.draw(st.integers(1, size))
    good = [mth(0, old), mth(0, size), *consistency(old, size)]

    for place in range(len(good)):
        bad = [*good[:place], flip(good[place]), *good[place + 1 :]]
        refuse_consistency(bad, old=old, size=size)
    refuse_consistency([*good, LEAVES[0]], old=old, size=size)
    refuse_consistency([good[0][:-1], *good[1:]], old=old, size=size)
    if len(good) > 2:
        refuse_consistency(good[:-1], old=old, size=size)


def refuse_consistency(parts: list[bytes], *, old: int, size: int) -> None:
    """Expect that both roots and the path do not verify."""
    with pytest.raises(Refused) as caught:
        merkle.verify_consistency(
            old_root=parts[0], root=parts[1], path=parts[2:], old_size=old, size=size
        )
    assert caught.value.code is Code.BAD_PROOF


def test_a_tree_does_not_shrink() -> None:
    """A larger old size is refused, and so is one below zero."""
    refuse_consistency([mth(0, 4), mth(0, 3)], old=4, size=3)
    refuse_consistency([mth(0, 0), mth(0, 3)], old=-1, size=3)


def test_only_the_empty_root_stands_for_no_leaves() -> None:
    """Everything extends the empty tree, whose root is fixed."""
    refuse_consistency([mth(0, 1), mth(0, 3)], old=0, size=3)


def test_a_hash_of_another_size_is_refused_though_it_fits() -> None:
    """A byte moved from one hash to its neighbour leaves the node above them the same."""
    left, right = LEAVES[:2]

    refuse_inclusion([left + right[:1], mth(0, 2), right[1:]], index=0, size=2)
    refuse_inclusion([b"short", b"short"], index=0, size=1)
    refuse_consistency([left + right[:1], mth(0, 2), right[1:]], old=1, size=2)
    refuse_consistency([b"short", b"short"], old=2, size=2)
