"""Counts what stands in `vectors/`, section by section of the test plan, and who replays it."""

import json
from dataclasses import dataclass
from typing import Any, Final, cast

from tools.make_vectors.cases import FOLDER

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section of the test plan: its files, and who replays them besides their maker."""

    number: str
    about: str
    files: tuple[str, ...]
    python: str
    typescript: str


def _cases(number: str, about: str, *files: str) -> Section:
    return Section(
        number=number,
        about=about,
        files=files,
        python="test_replay",
        typescript="primitives",
    )


SECTIONS: Final = (
    _cases("01", "framing, hashes, key schedule", "01-hashing"),
    _cases("02", "J1", "02-j1"),
    _cases("03", "base64", "03-base64"),
    _cases("04", "Ed25519", "04-ed25519"),
    Section(
        number="05",
        about="statements, DSSE",
        files=("05-dsse", "ts-05-dsse"),
        python="test_stories, test_formats_from_typescript",
        typescript="primitives, own-vectors",
    ),
    _cases("06", "HPKE over X-Wing", "06-sealing"),
    _cases("07", "padding", "07-padding"),
    Section(
        number="08",
        about="envelopes, AEAD",
        files=("08-aead", "08-envelope", "ts-08-envelope"),
        python="test_replay, test_formats_from_typescript",
        typescript="primitives, own-vectors",
    ),
    Section(
        number="09",
        about="certificates, trust, invitations",
        files=("09-certificates", "09-invitation", "ts-09-invitation"),
        python="test_stories, test_replay, test_formats_from_typescript",
        typescript="certificates, primitives, own-vectors",
    ),
    Section(
        number="10",
        about="rosters",
        files=("10-rosters",),
        python="test_stories",
        typescript="rosters",
    ),
    Section(
        number="11",
        about="bundles, seals",
        files=("11-bundle", "ts-11-seals"),
        python="test_replay, test_formats_from_typescript",
        typescript="primitives, own-vectors",
    ),
    Section(
        number="12",
        about="documents, grants",
        files=("12-documents", "12-grant"),
        python="test_stories, test_replay",
        typescript="documents, primitives",
    ),
    Section(
        number="14",
        about="passphrase, vault",
        files=("14-password", "14-vault", "ts-14-vault"),
        python="test_replay, test_vault_vectors, test_vault_from_typescript",
        typescript="primitives, vault, own-vectors",
    ),
    Section(
        number="15",
        about="feed, rows, logs, exports",
        files=("15-feed", "15-rows", "15-log", "log-folder/tamperings"),
        python="test_stories, test_log, test_log_folder",
        typescript="primitives, rows, log",
    ),
    Section(
        number="18",
        about="a whole case, every private key with it",
        files=("18-case",),
        python="test_whole_case",
        typescript="case",
    ),
    Section(
        number="19",
        about="eff, prune, recipients, stale",
        files=("19-effects",),
        python="test_stories",
        typescript="effects",
    ),
    Section(
        number="20",
        about="the gate, the reducer, INV",
        files=("20-decide", "20-ops"),
        python="test_decide, test_ops",
        typescript="decide, ops",
    ),
    Section(
        number="24",
        about="views, withheld rows, rows before they stand",
        files=("24-views",),
        python="test_views",
        typescript="views",
    ),
)


def count(name: str) -> int:
    """Verdicts and answers that a file states: one for each case, leaf, row, question or view."""
    data = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    if isinstance(data, list):
        return len(cast("list[Json]", data))
    if "steps" in data:
        return _told(data["story"]) + len(data["steps"]) + len(data["reads"])
    if "stories" in data:
        return sum(_told(story) for story in data["stories"])
    if "rooms" in data:
        return sum(_said(room) for room in data["rooms"])
    return len(data["cases"] if "cases" in data else data["tamperings"])


def _told(story: Json) -> int:
    return sum(len(story[name]) for name in ("leaves", "rows", "asks"))


def _said(room: Json) -> int:
    """A moment counts as one; a row before it stands has three verdicts."""
    lists = ("moments", "seen", "bare", "withheld")
    return sum(len(room[name]) for name in lists) + 3 * len(room["submitted"])


def table() -> str:
    """The table of docs/protocol.md, section 11."""
    head = (
        "| section | what | files | verdicts | replayed by Python in `tests/vectors/` "
        "| by TypeScript in `web/tests/` |\n|---|---|---|---|---|---|\n"
    )
    rows = [_row(section) for section in SECTIONS]
    total = sum(count(name) for section in SECTIONS for name in section.files)
    return head + "".join(rows) + f"| | | | {total} | | |\n"


def _row(section: Section) -> str:
    files = ", ".join(f"`{name}`" for name in section.files)
    number = sum(count(name) for name in section.files)
    return (
        f"| {section.number} | {section.about} | {files} | {number} "
        f"| {section.python} | {section.typescript} |\n"
    )
