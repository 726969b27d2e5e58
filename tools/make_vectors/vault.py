"""Vectors of the vault: `python -m tools.make_vectors.vault` writes `14-vault.json`.

`vault-open` takes a file, a passphrase and a floor; it gives the counter of saves, the contents
as text, and the public halves of dk and ik (the latter under a passphrase of its own).
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from crypto.errors import Code
from crypto.hashing import parts, sha256
from crypto.profiles import STANDARD, Argon2Profile
from protocol.ids import Did, Id
from sdk import vault_format as fmt
from tools.make_vectors.cases import FOLDER, Case, Fields, Record, VectorFile, run
from tools.make_vectors.values import accept, flip, reject

NAME: Final = "14-vault.json"
_KEY: Final = bytes(range(32))
_DID: Final = Did(Id(bytes(range(16, 32))))
_PHRASE: Final = "正しい 合言葉"
_PERSON: Final = "もう一つの 合言葉"
_TEXT: Final = '{"v":1,"about":"内容"}'.encode()
_CHEAP: Final = Argon2Profile(memory_bytes=8 * 1024, passes=1)


class _Stream:
    """Bytes that look random and are the same every time."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._count = 0

    def __call__(self, size: int) -> bytes:
        self._count += 1
        block = b"".join(
            sha256(f"{self._name}/{self._count}/{n}".encode()) for n in range(1 + size // 32)
        )
        return block[:size]


def _make(name: str, *, profile: Argon2Profile, text: bytes = _TEXT, rev: int = 7) -> fmt.Sealed:
    stream = _Stream(name)
    return fmt.Sealed(
        lock=fmt.lock(_KEY, _PHRASE, profile=profile, floor=_CHEAP, entropy=stream),
        dk=fmt.seal_device_key(_KEY, bytes(range(64, 96)), did=_DID, entropy=stream),
        ik=fmt.seal_person_key(
            bytes(range(96, 128)),
            _PERSON,
            did=_DID,
            profile=profile,
            floor=_CHEAP,
            entropy=stream,
        ),
        body=fmt.seal_body(_KEY, text, rev=rev, entropy=stream),
    )


def _open(fields: Fields) -> Record:
    floor = Argon2Profile(
        memory_bytes=fields.number("memory_bytes"), passes=fields.number("passes")
    )
    sealed = fmt.parse(fields.hex("file"))
    key = fmt.unlock(sealed.lock, fields.text("phrase"), floor=floor)
    rev, text = fmt.open_body(key, sealed.body)
    found: Record = {"rev": rev, "text": text.decode(), "dk": None, "ik": None}
    if sealed.dk is not None:
        found["dk"] = fmt.open_device_key(key, sealed.dk).public.hex()
    person = fields.maybe_text("person")
    if sealed.ik is not None and person is not None:
        found["ik"] = fmt.open_person_key(sealed.ik, person, floor=floor).public.hex()
    return found


OPERATIONS: Final = {"vault-open": _open}


def _input(file: bytes, *, floor: Argon2Profile, **changed: str | None) -> Record:
    return {
        "file": file.hex(),
        "phrase": _PHRASE,
        "person": _PERSON,
        "memory_bytes": floor.memory_bytes,
        "passes": floor.passes,
        **changed,
    }


def _cases() -> Iterator[Case]:
    standard = _make("standard", profile=STANDARD).encode()
    yield accept("a vault at the standard", "vault-open", **_input(standard, floor=STANDARD))
    cheap = _make("cheap", profile=_CHEAP)
    file = cheap.encode()
    yield accept("a cheap vault for tests", "vault-open", **_input(file, floor=_CHEAP))
    without = replace(cheap, dk=None, ik=None).encode()
    yield accept("a vault before enrolment", "vault-open", **_input(without, floor=_CHEAP))
    yield from _refusals(cheap, file)


def _refusals(cheap: fmt.Sealed, file: bytes) -> Iterator[Case]:
    def refuse(name: str, code: Code, changed: bytes, **fields: str | None) -> Case:
        return reject(name, "vault-open", code, **_input(changed, floor=_CHEAP, **fields))

    below = _input(file, floor=STANDARD)
    yield reject("below the floor", "vault-open", Code.KDF_FLOOR, **below)
    yield refuse("another passphrase", Code.BAD_COMMITMENT, file, phrase="合言葉")
    yield refuse("another passphrase for ik", Code.BAD_COMMITMENT, file, person="合言葉")
    dearer = file.replace(b'"m":8192', b'"m":9216', 1)
    yield refuse("another cost in the header", Code.BAD_COMMITMENT, dearer)
    greedy = file.replace(b'"t":1', b'"t":0', 1)
    yield refuse("no passes", Code.BAD_J1, greedy)
    yield refuse("cut off", Code.BAD_LENGTH, file[:-1])
    yield refuse("a byte more", Code.BAD_LENGTH, file + b"\0")
    yield refuse("a flipped bit of the contents", Code.BAD_TAG, flip(file, len(file) - 40))
    yield refuse("empty", Code.BAD_LENGTH, b"")
    yield refuse("two locks", Code.BAD_LENGTH, parts(cheap.lock) + file)
    yield refuse("the contents twice", Code.BAD_LENGTH, file + parts(*cheap.body))
    other = _make("other", profile=_CHEAP, rev=8)
    yield refuse(
        "contents of another vault",
        Code.BAD_COMMITMENT,
        replace(cheap, body=_foreign()).encode(),
    )
    moved = replace(cheap, dk=other.lock).encode()
    yield refuse("a lock in the place of a key", Code.BAD_LENGTH, moved)
    named = file.replace(b'"did":"10', b'"did":"11', 1)
    yield refuse("dk under another device's name", Code.BAD_COMMITMENT, named)


def _foreign() -> tuple[bytes, ...]:
    return fmt.seal_body(bytes(32), _TEXT, rev=7, entropy=_Stream("foreign"))


def text() -> str:
    """Return the text of the file; AssertionError when the program judges a case otherwise."""
    cases = tuple(_judged(case) for case in _cases())
    return VectorFile(name=NAME, about="Vault files (section 5.19)", cases=cases).text()


def _judged(case: Case) -> Case:
    judged = run(case, OPERATIONS)
    if judged.code != case.code:
        raise AssertionError(case.id, case.code, judged.code)
    return judged


if __name__ == "__main__":
    (FOLDER / NAME).write_text(text(), encoding="utf-8")
