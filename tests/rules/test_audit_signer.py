"""The signer: what it refuses, and that nothing is let out before it is on disk."""

import fcntl
import os
from pathlib import Path

import pytest

from audit import checkpoint, merkle, note
from audit.signer import LogSigner
from crypto.errors import Code, Refused
from crypto.signing import SigningKey

LEAVES = [merkle.leaf_hash(bytes([n])) for n in range(20)]
OTHERS = [merkle.leaf_hash(bytes([n, n])) for n in range(20)]
KEY = note.Signer(name="minase.example/ops", key=SigningKey.from_seed(bytes(range(32))))
NOW = 1_795_222_800_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A place where a new log's memory was begun."""
    path = tmp_path / "ops.state"
    LogSigner(path=path, key=KEY).adopt(size=0, root=merkle.EMPTY_ROOT, now_ms=NOW)
    return path


def proof(old: int, size: int) -> list[bytes]:
    """Prove growth between two sizes of the honest log."""
    ranges = merkle.consistency_ranges(old=old, size=size)
    return merkle.prove(ranges, lambda span: merkle.root(LEAVES[span[0] : span[1]]))


def sign(path: Path, size: int, *, old: int, now_ms: int = NOW) -> bytes:
    """Ask for a signature over a size of the honest log."""
    root = merkle.root(LEAVES[:size])
    signer = LogSigner(path=path, key=KEY)  # each call a new process, as far as memory goes
    return signer.sign(size=size, root=root, proof=proof(old, size), now_ms=now_ms)


def refusal(path: Path, size: int, *, old: int, now_ms: int = NOW) -> Code:
    """Give the code with which the signer refuses and stays as it was."""
    before = path.read_bytes() if path.exists() else None
    with pytest.raises(Refused) as caught:
        sign(path, size, old=old, now_ms=now_ms)
    assert (path.read_bytes() if path.exists() else None) == before
    return caught.value.code


def test_a_growing_log_is_signed_step_by_step(path: Path) -> None:
    """Each note opens under the log's key and holds what was asked."""
    for old, size in ((0, 1), (1, 7), (7, 20)):
        signed = checkpoint.open_signed(sign(path, size, old=old), [KEY.verifier])
        assert (signed.size, signed.root) == (size, merkle.root(LEAVES[:size]))


def test_the_same_state_gets_the_same_note(path: Path) -> None:
    """A retry after a lost answer is harmless."""
    first = sign(path, 7, old=0)

    assert sign(path, 7, old=7, now_ms=NOW + 1) == first


def test_a_log_that_went_back_is_refused(path: Path) -> None:
    """A restored backup shows as a smaller size."""
    sign(path, 7, old=0)

    assert refusal(path, 5, old=5) is Code.ROLLBACK


def test_another_root_of_the_same_size_is_refused(path: Path) -> None:
    """A second history of the same length."""
    sign(path, 7, old=0)
    signer = LogSigner(path=path, key=KEY)

    with pytest.raises(Refused) as caught:
        signer.sign(size=7, root=merkle.root(OTHERS[:7]), proof=[], now_ms=NOW)

    assert caught.value.code is Code.EQUIVOCATION


def test_another_history_of_greater_length_is_refused(path: Path) -> None:
    """The proof has to start at what was signed last."""
    sign(path, 7, old=0)

    assert refusal(path, 20, old=5) is Code.BAD_PROOF


def test_a_clock_that_goes_back_is_refused(path: Path) -> None:
    """More than five seconds behind the latest time, however small the steps were."""
    sign(path, 1, old=0, now_ms=NOW + 60_000)
    sign(path, 2, old=1, now_ms=NOW + 55_000)

    assert refusal(path, 3, old=2, now_ms=NOW + 54_999) is Code.CLOCK


def test_a_signer_without_memory_signs_nothing(tmp_path: Path) -> None:
    """It must not take a lost file for a new log."""
    assert refusal(tmp_path / "gone", 1, old=0) is Code.UNAVAILABLE


def test_a_memory_is_begun_by_hand_once(path: Path) -> None:
    """Adopting over a memory would make it forget."""
    with pytest.raises(Refused) as caught:
        LogSigner(path=path, key=KEY).adopt(size=0, root=merkle.EMPTY_ROOT, now_ms=NOW)

    assert caught.value.code is Code.CONFLICT


def test_a_lost_memory_goes_on_from_a_known_state(path: Path) -> None:
    """After adopting what a witness saw, older states stay refused."""
    path.unlink()
    LogSigner(path=path, key=KEY).adopt(size=7, root=merkle.root(LEAVES[:7]), now_ms=NOW)

    assert refusal(path, 5, old=5) is Code.ROLLBACK
    assert sign(path, 9, old=7)


def test_no_leaves_are_adopted_with_their_own_root_only(tmp_path: Path) -> None:
    """Size 0 with any other root is no state of a log."""
    with pytest.raises(Refused) as caught:
        LogSigner(path=tmp_path / "s", key=KEY).adopt(size=0, root=bytes(32), now_ms=NOW)

    assert caught.value.code is Code.BAD_PROOF
    assert not (tmp_path / "s").exists()


def test_a_damaged_memory_is_noticed(path: Path) -> None:
    """It holds the log's own signature; a flipped byte anywhere in the note breaks it."""
    whole = path.read_bytes()

    for at in range(whole.index(b"\n") + 1, len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(Refused):
            sign(path, 1, old=0)
    path.write_bytes(whole[1:])
    assert refusal(path, 1, old=0) is Code.BAD_PROOF


def test_a_memory_of_another_log_is_refused(path: Path) -> None:
    """A key signs for the log of its own name."""
    other = note.Signer(name="minase.example/id", key=KEY.key)

    with pytest.raises(Refused) as caught:
        LogSigner(path=path, key=other).sign(size=0, root=merkle.EMPTY_ROOT, proof=[], now_ms=NOW)

    assert caught.value.code is Code.UNTRUSTED


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_what_cannot_be_remembered_is_not_signed(
    path: Path, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full or failing disk gives an error, no note, and the memory of before."""
    before = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(*{"fsync": (os, "fsync"), "replace": (Path, "replace")}[call], _fail)
        with pytest.raises(OSError, match="disk"):
            sign(path, 3, old=0)

    assert path.read_bytes() == before
    assert sign(path, 3, old=0)


def test_what_was_stored_but_reported_lost_is_signed_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder's sync fails after the rename: no note then, the same state later."""
    calls = list[int]()

    def fail_second(_file: int) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise OSError("disk")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail_second)
        with pytest.raises(OSError, match="disk"):
            sign(path, 3, old=0)

    assert LogSigner(path=path, key=KEY).state().latest.size == 3
    assert sign(path, 3, old=3) == LogSigner(path=path, key=KEY).state().note


def test_the_memory_is_on_disk_before_it_is_named(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole file, then name, then folder: a power cut leaves the old or the new memory."""
    calls = list[str]()
    fsync, rename = os.fsync, Path.replace

    def spy_fsync(file: int) -> None:
        calls.append("fsync of all" if os.fstat(file).st_size else "fsync of nothing")
        fsync(file)

    def spy_rename(source: Path, target: Path) -> Path:
        calls.append("rename")
        return rename(source, target)

    monkeypatch.setattr(os, "fsync", spy_fsync)
    monkeypatch.setattr(Path, "replace", spy_rename)
    sign(path, 3, old=0)

    assert calls == ["fsync of all", "rename", "fsync of all"]


def test_nothing_is_signed_without_the_lock(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes that read the same memory could sign two histories."""
    monkeypatch.setattr(fcntl, "flock", _fail)

    with pytest.raises(OSError, match="disk"):
        sign(path, 3, old=0)
    with pytest.raises(OSError, match="disk"):
        LogSigner(path=path, key=KEY).adopt(size=0, root=merkle.EMPTY_ROOT, now_ms=NOW)

    assert LogSigner(path=path, key=KEY).state().latest.size == 0


def _fail(*_arguments: object) -> None:
    raise OSError("disk")
