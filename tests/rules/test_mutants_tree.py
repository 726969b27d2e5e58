"""The hash tree: bytes under the hashes, small trees spelled out, what a refusal names."""

from hashlib import sha256

import pytest

from audit import merkle
from audit.merkle import Frontier
from crypto.errors import Code, Fact, Refused

A, B, C, D = (merkle.leaf_hash(name) for name in (b"a", b"b", b"c", b"d"))
AB, CD = merkle.node_hash(A, B), merkle.node_hash(C, D)
ABC, ABCD = merkle.node_hash(AB, C), merkle.node_hash(AB, CD)


def test_leaves_and_nodes_are_hashed_apart() -> None:
    """A zero byte before a leaf, a one before two roots (RFC 9162, section 2.1.1)."""
    assert merkle.leaf_hash(b"a") == sha256(b"\x00a").digest()
    assert merkle.node_hash(A, B) == sha256(b"\x01" + A + B).digest()


def test_small_trees_are_what_is_drawn_on_paper() -> None:
    """Up to four leaves; an odd one waits at its own level."""
    assert [merkle.root([A, B, C, D][:size]) for size in range(5)] == [
        sha256(b"").digest(),
        A,
        AB,
        ABC,
        ABCD,
    ]


def test_an_edge_holds_one_root_for_each_bit_of_its_size() -> None:
    """Smallest subtree first; a batch is taken as one."""
    three = Frontier().append([A, B, C])

    assert three == Frontier(size=3, nodes=(C, AB))
    assert three.append([D]) == Frontier(size=4, nodes=(ABCD,))
    assert Frontier(size=1, nodes=(A,)).append([B, C, D]).root() == ABCD
    assert three.append([]) == three


def refusal(
    *, leaf: bytes = B, index: int = 1, path: tuple[bytes, ...] = (A, C), root: bytes = ABC
) -> dict[str, Fact]:
    """What the refusal names when B's proof in a tree of three is checked for something else."""
    with pytest.raises(Refused) as refused:
        merkle.verify_inclusion(leaf=leaf, index=index, size=3, path=path, root=root)
    assert refused.value.code is Code.BAD_PROOF
    return refused.value.facts


def test_a_proof_that_does_not_fit_is_told_by_what_does_not() -> None:
    """Sizes of hashes first, then the place, then the length of the path, then the root."""
    merkle.verify_inclusion(leaf=B, index=1, size=3, path=[A, C], root=ABC)

    assert refusal(leaf=B[:-1]) == {"why": "hash-size"}
    assert refusal(root=ABC[:-1]) == {"why": "hash-size"}
    assert refusal(path=(A, C[:-1])) == {"why": "hash-size"}
    assert refusal(index=3) == {"index": 3, "size": 3}
    assert refusal(index=-1) == {"index": -1, "size": 3}
    assert refusal(index=2) == {"why": "path-length"}
    assert refusal(root=ABCD) == {"why": "root"}


def growth(
    *, old: int = 3, old_root: bytes = ABC, path: tuple[bytes, ...] = (C, D, AB), root: bytes = ABCD
) -> dict[str, Fact]:
    """What the refusal names when the growth from three to four is checked for something else."""
    with pytest.raises(Refused) as refused:
        merkle.verify_consistency(old_size=old, old_root=old_root, size=4, root=root, path=path)
    assert refused.value.code is Code.BAD_PROOF
    return refused.value.facts


def test_a_growth_that_does_not_fit_is_told_by_what_does_not() -> None:
    """Each of the hashes by its size, then the sizes, the path, either root."""
    merkle.verify_consistency(old_size=3, old_root=ABC, size=4, root=ABCD, path=[C, D, AB])

    assert growth(old_root=ABC[:-1]) == {"why": "hash-size"}
    assert growth(root=ABCD[:-1]) == {"why": "hash-size"}
    assert growth(path=(C, D, AB[:-1])) == {"why": "hash-size"}
    assert growth(old=5) == {"old": 5, "size": 4}
    assert growth(path=(C, D)) == {"why": "path-length"}
    assert growth(old_root=ABCD) == {"why": "root"}
    assert growth(root=ABC) == {"why": "root"}
    assert growth(old=4, path=()) == {"why": "root"}
    assert growth(old=0, path=()) == {"why": "root"}
