"""The list of parts names what is locked, no more and no less."""

import json
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
_LOCKED = re.compile(r"^([A-Za-z0-9_.-]+)==([^ \\]+)", re.MULTILINE)


def test_the_list_of_parts_is_the_lock(tmp_path: Path) -> None:
    """Every part of the program with its version and its hashes."""
    lock = ROOT / "requirements" / "runtime.txt"
    file = tmp_path / "program.cdx.json"
    subprocess.run(  # noqa: S603 -- our own program
        [
            *(ROOT / ".venv" / "bin" / "cyclonedx-py", "requirements", lock),
            *("--output-reproducible", "--output-file", file),
        ],
        check=True,
        capture_output=True,
    )
    parts = json.loads(file.read_text())["components"]

    assert {(part["name"], part["version"]) for part in parts} == set(
        _LOCKED.findall(lock.read_text())
    )
    assert all(reference["hashes"] for part in parts for reference in part["externalReferences"])
