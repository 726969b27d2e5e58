"""The vault: bytes on disk, one owner, keys apart, nothing cheaper than the floor."""

import asyncio
import threading
from pathlib import Path

import msgspec
import pytest

from crypto import entropy
from crypto.errors import Code, Refused
from crypto.hashing import parts
from crypto.profiles import Argon2Profile
from protocol import codec
from protocol.ids import CaseId, Did, Hash, Id
from protocol.shapes import Closed
from sdk import vault_format as fmt
from sdk.contents import Contents, EpochKey, NamedSeed, RoomKeys
from sdk.vault import Costs, Vault, write_file

CHEAP = Argon2Profile(memory_bytes=8 * 1024, passes=1)
COSTS = Costs(profile=CHEAP, floor=CHEAP)
DID = Did(Id(b"\x01" * 16))
CASE = CaseId(Id(b"\x02" * 16))
SECRET = Hash(b"\x77" * 32)


async def make(path: Path) -> Vault:
    """A cheap vault, for tests only."""
    return await Vault.create(path, "合言葉", entropy=entropy.system, costs=COSTS)


async def reopen(path: Path, typed: str = "合言葉", *, at_least: int = 0) -> Vault:
    """Unlock it again."""
    return await Vault.open(path, typed, entropy=entropy.system, costs=COSTS, at_least=at_least)


async def test_what_was_saved_is_there_after_reopening(tmp_path: Path) -> None:
    """Contents survive closing, and the counter of saves goes on."""
    vault = await make(tmp_path / "v")
    room = RoomKeys(case=CASE, n=3, epochs=(EpochKey(n=3, E=SECRET),))
    await vault.update(lambda contents: contents.with_room(room))
    vault.close()

    again = await reopen(tmp_path / "v")

    assert again.contents.room(CASE) == room
    assert again.rev == 2


async def test_nothing_of_the_contents_stands_in_the_file(tmp_path: Path) -> None:
    """Neither keys nor names are readable on disk, and others may not read the file at all."""
    vault = await make(tmp_path / "v")
    await vault.keep_device_key(SECRET, did=DID)
    seed = NamedSeed(name="registrar", seed=SECRET)
    await vault.update(lambda contents: msgspec.structs.replace(contents, keys=(seed,)))

    data = (tmp_path / "v").read_bytes()

    assert bytes(SECRET) not in data
    assert codec.b64u(SECRET).encode() not in data
    assert b"registrar" not in data
    assert (tmp_path / "v").stat().st_mode & 0o077 == 0


async def test_a_wrong_passphrase_opens_nothing(tmp_path: Path) -> None:
    """The commitment fails before anything is decrypted, and the lock is free again."""
    (await make(tmp_path / "v")).close()

    with pytest.raises(Refused) as refusal:
        await reopen(tmp_path / "v", "ちがう")

    assert refusal.value.code is Code.BAD_COMMITMENT
    (await reopen(tmp_path / "v")).close()


async def test_a_file_below_the_floor_is_refused(tmp_path: Path) -> None:
    """A usual client does not open what a test's cheap profile wrapped."""
    (await make(tmp_path / "v")).close()

    with pytest.raises(Refused) as refusal:
        await Vault.open(tmp_path / "v", "合言葉", entropy=entropy.system)

    assert refusal.value.code is Code.KDF_FLOOR


async def test_nobody_makes_a_vault_below_the_floor(tmp_path: Path) -> None:
    """A cheap profile needs a cheap floor named beside it."""
    with pytest.raises(Refused) as refusal:
        await Vault.create(
            tmp_path / "v", "合言葉", entropy=entropy.system, costs=Costs(profile=CHEAP)
        )

    assert refusal.value.code is Code.KDF_FLOOR
    assert not (tmp_path / "v").exists()


async def test_a_vault_has_one_owner_at_a_time(tmp_path: Path) -> None:
    """A second program is refused while the first has it open."""
    vault = await make(tmp_path / "v")

    with pytest.raises(Refused) as refusal:
        await reopen(tmp_path / "v")
    vault.close()
    (await reopen(tmp_path / "v")).close()

    assert refusal.value.code is Code.CONFLICT


async def test_an_existing_vault_is_never_overwritten(tmp_path: Path) -> None:
    """Making a vault where one is says so, and leaves it as it was."""
    (await make(tmp_path / "v")).close()
    before = (tmp_path / "v").read_bytes()

    with pytest.raises(Refused) as refusal:
        await make(tmp_path / "v")

    assert refusal.value.code is Code.CONFLICT
    assert (tmp_path / "v").read_bytes() == before


async def test_a_missing_vault_is_named(tmp_path: Path) -> None:
    """No file, no empty vault by surprise."""
    with pytest.raises(Refused) as refusal:
        await reopen(tmp_path / "v")

    assert refusal.value.code is Code.UNKNOWN_ID


async def test_an_older_copy_is_a_rollback(tmp_path: Path) -> None:
    """Who remembers how often it was saved notices that the file was put back."""
    (await make(tmp_path / "v")).close()
    old = (tmp_path / "v").read_bytes()
    vault = await reopen(tmp_path / "v")
    await vault.update(lambda contents: contents)
    rev = vault.rev
    vault.close()
    (tmp_path / "v").write_bytes(old)

    with pytest.raises(Refused) as refusal:
        await reopen(tmp_path / "v", at_least=rev)

    assert refusal.value.code is Code.ROLLBACK


async def test_the_device_key_comes_with_the_vault_and_the_person_key_does_not(
    tmp_path: Path,
) -> None:
    """The key dk is there once unlocked; ik asks for the passphrase anew."""
    vault = await make(tmp_path / "v")
    await vault.keep_device_key(b"\x05" * 32, did=DID)
    await vault.keep_person_key(b"\x06" * 32, "別の合言葉", did=DID)
    await vault.update(lambda contents: contents)
    public = vault.dk.public
    vault.close()

    again = await reopen(tmp_path / "v")
    with pytest.raises(Refused) as refusal:
        await again.person_key("合言葉")

    assert again.dk.public == public
    assert refusal.value.code is Code.BAD_COMMITMENT
    assert (await again.person_key("別の合言葉")).public != public


async def test_a_vault_without_a_device_signs_nothing(tmp_path: Path) -> None:
    """Both keys are missing until somebody enrolled."""
    vault = await make(tmp_path / "v")

    with pytest.raises(Refused) as device:
        _ = vault.dk
    with pytest.raises(Refused) as person:
        await vault.person_key("合言葉")

    assert device.value.code is person.value.code is Code.UNTRUSTED


async def test_large_contents_are_cut_into_pieces(tmp_path: Path) -> None:
    """More than one piece, and all of them come back in order."""
    vault = await make(tmp_path / "v")
    epochs = tuple(EpochKey(n=n, E=Hash(n.to_bytes(32, "big"))) for n in range(12_000))
    room = RoomKeys(case=CASE, epochs=epochs)
    await vault.update(lambda contents: contents.with_room(room))
    vault.close()

    sealed = fmt.parse((tmp_path / "v").read_bytes())

    assert len(sealed.body) == 2
    assert (await reopen(tmp_path / "v")).contents.room(CASE).epochs == epochs


async def test_a_cancelled_save_is_finished_before_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread cannot be cancelled: whoever comes next waits for it, and nothing is lost."""
    vault = await make(tmp_path / "v")
    begun, go, order = threading.Event(), threading.Event(), list[str]()
    write = write_file

    def gated(path: Path, data: bytes) -> None:
        order.append("in")
        begun.set()
        go.wait(5)
        write(path, data)
        order.append("out")

    monkeypatch.setattr("sdk.vault.write_file", gated)
    first = asyncio.create_task(vault.update(lambda c: c.with_room(RoomKeys(case=CASE, n=1))))
    await asyncio.to_thread(begun.wait)
    first.cancel()
    second = asyncio.create_task(vault.update(lambda contents: contents))
    await asyncio.sleep(0)
    go.set()
    await second

    assert order == ["in", "out", "in", "out"]
    assert vault.contents.room(CASE).n == 1


KEY = b"\x09" * 32


def body(rev: int, size: int = 10) -> tuple[bytes, ...]:
    """Pieces of one save."""
    return fmt.seal_body(KEY, b"x" * size, rev=rev, entropy=entropy.system)


@pytest.mark.parametrize(
    "items",
    [(), (*body(1), *body(1)), (body(1, fmt.CHUNK + 1)[0],), (body(1, fmt.CHUNK + 1)[1],)],
    ids=["none", "twice", "cut off", "without its beginning"],
)
def test_pieces_of_different_saves_do_not_mix(items: tuple[bytes, ...]) -> None:
    """Every piece says of how many it is and which save it belongs to."""
    with pytest.raises(Refused) as refusal:
        fmt.open_body(KEY, items)

    assert refusal.value.code is Code.BAD_LENGTH


def test_pieces_of_two_saves_are_refused_even_in_order() -> None:
    """First piece of one save, second of another."""
    one, two = body(1, fmt.CHUNK + 1), body(2, fmt.CHUNK + 1)

    with pytest.raises(Refused) as refusal:
        fmt.open_body(KEY, (one[0], two[1]))

    assert refusal.value.code is Code.BAD_LENGTH


def lock() -> bytes:
    """V under a cheap passphrase step."""
    return fmt.lock(KEY, "p", profile=CHEAP, floor=CHEAP, entropy=entropy.system)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", Code.BAD_LENGTH),
        (b"\0", Code.BAD_LENGTH),
        (parts(lock())[:-1], Code.BAD_LENGTH),
        (parts(lock(), lock()), Code.BAD_LENGTH),
        (parts(*body(1)), Code.BAD_LENGTH),
        (parts(b"nothing"), Code.BAD_MAGIC),
        (bytes(fmt.LIMIT + 1), Code.OVERSIZE),
    ],
    ids=["empty", "a byte", "cut", "two locks", "no lock", "no envelope", "too large"],
)
def test_a_file_that_is_no_vault_is_refused(data: bytes, code: Code) -> None:
    """One lock, whole items, nothing else."""
    with pytest.raises(Refused) as refusal:
        fmt.parse(data)

    assert refusal.value.code is code


def test_an_item_of_another_kind_is_refused() -> None:
    """A vault holds four kinds of item."""

    class Other(Closed, frozen=True):
        v: int = 1
        k: str = "other"

    item = fmt.seal_item(KEY, header=Other(), plaintext=b"", entropy=entropy.system)

    with pytest.raises(Refused) as refusal:
        fmt.parse(parts(lock(), item))

    assert refusal.value.code is Code.UNKNOWN_TYPE


def test_the_cost_of_the_passphrase_is_authenticated() -> None:
    """A header that claims another cost gives another key: the file does not open."""
    other = Argon2Profile(memory_bytes=16 * 1024, passes=1)
    changed = lock().replace(b'"m":8192', b'"m":9216')

    with pytest.raises(Refused) as refusal:
        fmt.unlock(changed, "p", floor=CHEAP)

    assert other.reaches(CHEAP)
    assert refusal.value.code is Code.BAD_COMMITMENT


def test_a_cost_beyond_reason_is_refused_before_it_is_paid() -> None:
    """A file cannot make the machine that opens it run out of memory."""
    greedy = lock().replace(b'"m":8192,"t":1', b'"m":8192,"t":9'[:-1] + b"9")
    header = fmt.header_of(greedy, fmt.LockHeader)

    assert header.t == 9
    with pytest.raises(Refused) as refusal:
        codec.decode(codec.encode(header).replace(b'"t":9', b'"t":99'), fmt.LockHeader, limit=1024)
    assert refusal.value.code is Code.BAD_J1


def test_contents_replace_one_room_and_keep_the_others() -> None:
    """A room is found by its case, and only its own record changes."""
    other = RoomKeys(case=CaseId(Id(b"\x03" * 16)), n=9)
    contents = Contents(rooms=(RoomKeys(case=CASE, n=1), other))

    changed = contents.with_room(RoomKeys(case=CASE, n=2))

    assert changed.room(CASE).n == 2
    assert changed.room(other.case) is other
    assert changed.room(CaseId(Id(bytes(16)))).n == -1


async def test_what_would_not_open_again_is_not_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Contents beyond the limit of reading are refused, and the file stays as it was."""
    vault = await make(tmp_path / "v")
    monkeypatch.setattr(fmt, "PLAIN_LIMIT", 1000)
    many = tuple(NamedSeed(name=f"key {n}", seed=SECRET) for n in range(20))

    with pytest.raises(Refused) as refusal:
        await vault.update(lambda contents: msgspec.structs.replace(contents, keys=many))
    vault.close()
    again = await reopen(tmp_path / "v")

    assert refusal.value.code is Code.OVERSIZE
    assert (again.rev, again.contents.keys) == (1, ())
