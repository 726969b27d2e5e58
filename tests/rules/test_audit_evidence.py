"""What saved evidence proves, and what is no evidence; the page's own is in tests/vectors."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.archive import LIMIT, Archive, Pair, Side, read, write
from audit.evidence import Finding, Why, council_of, judge
from crypto.errors import Code, Refused
from crypto.signing import SigningKey
from protocol import statement
from protocol.ids import CaseId, Hash, RowHash
from protocol.payloads import Head, Payload, Root
from tests.world import World, hash32, id16, public, signing_key

README = ("README.txt", b"how to read")
PAIR = [("001-EQUIVOCATION/first.bin", b"1"), ("001-EQUIVOCATION/second.json", b"{}")]
WORLD = World()


def signed(body: Payload, *keys: SigningKey) -> bytes:
    """A statement with its signatures."""
    made = statement.compose(body)
    return statement.to_dsse(made, [statement.sign(made, key) for key in keys])


def head(fh: str = "row", seq: int | None = 3) -> Side:
    """A head of the server."""
    body = Head(
        net=WORLD.net,
        nce=WORLD.nonce(),
        iat=WORLD.t,
        case=CaseId(id16("case")),
        seq=seq,
        fh=None if seq is None else RowHash(Hash(hash32(fh))),
        idn=7,
    )
    return Side(kind="json", data=signed(body, WORLD.srv_key))


def root(n: int = 0, **changed: object) -> Root:
    """A root of the world's council; the first is its own first, byte for byte."""
    body = WORLD.root.body
    assert isinstance(body, Root)
    if n:
        changed = {"net": WORLD.net, "n": n, "prev": WORLD.root.sid} | changed
    return msgspec.structs.replace(body, **changed)


def roots(*more: Payload, keys: Sequence[SigningKey] = WORLD.root_keys[:2]) -> list[bytes]:
    """The first root as it was signed, and what is said to follow it."""
    return [signed(root(), *WORLD.root_keys[:2]), *(signed(body, *keys) for body in more)]


def found(first: Side, second: Side, council: Sequence[bytes]) -> Finding:
    """Judge two words under a chain of roots."""
    pair = Pair(code=Code.EQUIVOCATION, first=first, second=second)
    return judge(pair, council_of(council))


# ---------------------------------------------------------------- whose words


def test_two_heads_at_one_row_are_a_proof() -> None:
    """And both are shown as they were said."""
    one, other = head("one"), head("other")
    proof = found(one, other, roots())

    assert proof.is_proof
    assert proof.why is Why.FORKED
    assert proof.first is not None
    assert proof.second is not None
    assert (proof.first.seq, proof.first.at) == (3, WORLD.t)
    assert {proof.first.digest, proof.second.digest} == {hash32("one"), hash32("other")}


def test_a_head_of_no_room_contradicts_nothing() -> None:
    """It says how far the identity log is, and no more."""
    assert found(head("one"), head(seq=None), roots()).why is Why.ELSEWHERE


def test_without_roots_nobodys_words_are_known() -> None:
    """The same two heads prove nothing then."""
    assert found(head("one"), head("other"), []) == Finding(why=Why.KEYS)


def test_both_sides_may_fail() -> None:
    """The first reason is given, and no word."""
    other = Side(kind="bin", data=b"")
    garbage = Side(kind="txt", data=b"no note\n")

    assert found(garbage, other, roots()) == Finding(why=Why.SIGNATURE)
    assert found(other, head(), roots()).second is not None


def test_bytes_that_are_no_statement_are_a_members_at_most() -> None:
    """An envelope is JSON, too; whose it is only the identity log knows."""
    envelope = Side(kind="json", data=b'{"header":""}')

    assert found(head(), envelope, roots()).why is Why.MEMBER


@pytest.mark.parametrize(
    "chain",
    [
        [b""],
        [signed(root(), WORLD.root_keys[0])],
        [signed(root(), signing_key("a"), signing_key("b"))],
        roots(root(1), keys=WORLD.root_keys[:1]),
        roots(root(1, prev=hash32("another"))),
        roots(root(2)),
        roots(root()),
        roots(WORLD.agency_body("A01")),
        [signed(WORLD.agency_body("A01"), *WORLD.root_keys[:2])],
        [signed(root(1), *WORLD.root_keys[:2])],
    ],
    ids=[
        "garbage",
        "one signature",
        "strangers",
        "a second with one signature",
        "after another root",
        "a gap",
        "the first twice",
        "an agency",
        "an agency first",
        "no first",
    ],
)
def test_only_a_chain_of_roots_names_keys(chain: Sequence[bytes]) -> None:
    """From the first on, each signed as the one before it demands, and nothing else between."""
    assert council_of(chain) is None


def test_keys_of_all_roots_count() -> None:
    """What an earlier key signed was said, too; the name is the newest."""
    chain = roots(root(1, srv=(public(signing_key("newer")),), name="新しい名前"))
    council = council_of(chain)

    assert council is not None
    assert council.servers == {public(WORLD.srv_key), public(signing_key("newer"))}
    assert (council.net, council.name) == (WORLD.net, "新しい名前")
    assert council.vkeys == ("k1", "k2")
    assert found(head("one"), head("other"), chain).is_proof


# ---------------------------------------------------------------- the file


def refusal(data: bytes) -> Refused:
    """Give what an archive is refused for."""
    with pytest.raises(Refused) as caught:
        read(data)
    return caught.value


def test_an_archive_comes_back() -> None:
    """Roots and pairs, in order."""
    roots = [("roots/000.json", b"a"), ("roots/001.json", b"b")]
    first, second = Side(kind="bin", data=b"1"), Side(kind="json", data=b"{}")
    pair = Pair(code=Code.EQUIVOCATION, first=first, second=second)

    assert read(write([README, *roots, *PAIR])) == Archive(roots=[b"a", b"b"], pairs=[pair])
    assert read(write([README])) == Archive(roots=[], pairs=[])


@pytest.mark.parametrize(
    "members",
    [
        [],
        PAIR,
        [README, README],
        [README, *PAIR, ("more.txt", b"")],
        [README, *PAIR, *PAIR],
        [README, PAIR[0]],
        [README, *reversed(PAIR)],
        [README, PAIR[0], ("001-EQUIVOCATION/first.json", b"{}")],
        [README, PAIR[0], ("001-ROLLBACK/second.bin", b"{}")],
        [README, ("001-NO_CODE/first.bin", b""), ("001-NO_CODE/second.bin", b"")],
        [README, ("002-ROLLBACK/first.bin", b""), ("002-ROLLBACK/second.bin", b"")],
        [README, ("001-ROLLBACK/first.exe", b""), ("001-ROLLBACK/second.exe", b"")],
        [README, ("001-ROLLBACK/../first.bin", b"")],
        [README, ("roots/001.json", b"")],
        [README, *PAIR, ("roots/000.json", b"")],
        [("readme.txt", b"")],
    ],
)
def test_other_members_are_refused(members: Sequence[tuple[str, bytes]]) -> None:
    """No name but the page's, each once, in its order."""
    refused = refusal(write(members))

    assert (refused.code, refused.facts["why"]) == (Code.BAD_PROOF, "member")


@given(at=st.integers(0, len(write([README, *PAIR])) - 1), bit=st.integers(0, 7))
def test_no_bit_of_an_archive_is_free(at: int, bit: int) -> None:
    """Sizes, sums, flags, dates, both lists of names: all stand as the page writes them."""
    data = bytearray(write([README, *PAIR]))
    data[at] ^= 1 << bit

    assert refusal(bytes(data)).code is Code.BAD_PROOF


@pytest.mark.parametrize("name", ["資料.txt", "\udc80"])
def test_names_are_plain(name: str) -> None:
    """A name that could be read in two ways is none of the page's."""
    raw = write([README, ("x" * len(name.encode("utf-8", "surrogatepass")), b"")])
    data = raw.replace(
        b"x" * len(name.encode("utf-8", "surrogatepass")), name.encode("utf-8", "surrogatepass")
    )

    assert refusal(data).facts["why"] == "archive"


def test_what_is_left_over_or_cut_off_is_refused() -> None:
    """Before, behind, or missing at any place."""
    whole = write([README, *PAIR])

    for data in (b"x" + whole, whole + b"x", *(whole[:end] for end in range(len(whole)))):
        assert refusal(data).facts["why"] == "archive"


def test_a_large_file_is_not_looked_into() -> None:
    """Refused by its size alone; one byte less is read."""
    rest = LIMIT - len(write([("README.txt", b"")]))

    assert read(write([("README.txt", bytes(rest))])) == Archive(roots=[], pairs=[])
    assert refusal(write([("README.txt", bytes(rest + 1))])).code is Code.OVERSIZE
