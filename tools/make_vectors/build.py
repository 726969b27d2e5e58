"""Puts the cases together, file by file, and lets the program judge each."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from tools.make_vectors import basics, envelopes, invitations, j1, sealed, signatures
from tools.make_vectors.cases import Case, VectorFile, run
from tools.make_vectors.operations import OPERATIONS

KEPT: Final = "kept.json"


def build(folder: Path) -> Mapping[str, str]:
    """Return the text of every file by its name, keeping sealed bytes found in `folder`."""
    kept = sealed.Kept(folder / KEPT)
    files = (
        _file("01-hashing.json", "Framing, hashes, key schedule", basics.hashing()),
        _file("02-j1.json", "The JSON profile; j1-typed: the schema of operations.Sample", j1.j1()),
        _file("03-base64.json", "Strict base64 of both alphabets", basics.base64()),
        _file("04-ed25519.json", "Signatures at the edges of Ed25519", signatures.signatures()),
        _file("06-sealing.json", "HPKE base mode over X-Wing, aad empty", sealed.sealing(kept)),
        _file("07-padding.json", "Padded lengths and the canonical padding", basics.padding()),
        _file("08-envelope.json", "Envelopes, format layer", envelopes.envelopes()),
        _file("08-aead.json", "XChaCha20-Poly1305-IETF", basics.aead()),
        _file("09-invitation.json", "Secrets, codes, links, digits", invitations.invitations()),
        _file("11-bundle.json", "Key bundles", sealed.bundles(kept)),
        _file("12-grant.json", "Ids, info and keys of grants", sealed.passing(kept)),
        _file("14-password.json", "Argon2id and its floor", basics.password()),
    )
    return {file.name: file.text() for file in files} | {KEPT: kept.text()}


def write(folder: Path, texts: Mapping[str, str]) -> Iterable[Path]:
    """Write the files whose text changed, and name them."""
    for name, text in texts.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            yield path


def _file(name: str, about: str, cases: Iterable[Case]) -> VectorFile:
    return VectorFile(name=name, about=about, cases=tuple(_judged(case) for case in cases))


def _judged(case: Case) -> Case:
    judged = run(case, OPERATIONS)
    if judged.code != case.code:
        raise AssertionError(case.id, case.code, judged.code)
    return judged
