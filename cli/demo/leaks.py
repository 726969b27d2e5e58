"""Search for words that must not be anywhere: plain, in hex, in base64 at each alignment."""

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SHORTEST: Final = 9
"""Bytes of UTF-8 below which random bytes would contain a form by chance."""

_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """A word that was found, in which form, in which file."""

    word: str
    form: str
    file: Path


def forms(word: str) -> Iterator[tuple[str, bytes]]:
    """Every way in which a program might have written the word down.

    Raises ValueError for a word too short to be told from chance.
    """
    data = word.encode()
    if len(data) < SHORTEST:
        raise ValueError(word)
    yield "utf-8", data
    yield "utf-16", word.encode("utf-16-be")
    yield "hex", data.hex().encode()
    yield "HEX", data.hex().upper().encode()
    yield "escaped", word.encode("ascii", "backslashreplace")
    yield "octal", "".join(f"\\{byte:03o}" for byte in data).encode()
    for shift in range(3):
        for name, encode in (
            ("base64", base64.b64encode),
            ("base64url", base64.urlsafe_b64encode),
        ):
            yield f"{name}+{shift}", _inner(encode(bytes(shift) + data), shift, len(data))


def _inner(encoded: bytes, shift: int, size: int) -> bytes:
    """The characters that depend on the word alone, whatever stands around it."""
    first = -(-shift * 8 // 6)
    last = (shift + size) * 8 // 6
    return encoded[first:last]


def search(words: Iterable[str], files: Iterable[Path]) -> list[Leak]:
    """Look for every form of every word in every file; files may be large."""
    wanted = [(word, name, form) for word in words for name, form in forms(word)]
    longest = max((len(form) for _, _, form in wanted), default=1)
    found = dict[tuple[str, str, Path], Leak]()
    for file in files:
        for piece in _pieces(file, overlap=longest - 1):
            for word, name, form in wanted:
                if form in piece:
                    found[word, name, file] = Leak(word=word, form=name, file=file)
    return list(found.values())


def _pieces(file: Path, *, overlap: int) -> Iterator[bytes]:
    """Read a file in pieces that overlap, so that no word is cut in two unseen."""
    kept = b""
    with file.open("rb") as opened:
        while piece := opened.read(_CHUNK):
            yield kept + piece
            kept = (kept + piece)[-overlap:] if overlap else b""
