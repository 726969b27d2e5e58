"""`entaku audit evidence`: what saved evidence proves, from the file alone."""

from pathlib import Path

import click

from audit.archive import LIMIT, read
from audit.evidence import Council, Finding, Word, council_of, judge
from cli.exits import Exit
from cli.shell import Shell
from cli.speaking import Command
from crypto.errors import Code, Refused
from protocol.codec import b64u

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("evidence", cls=Command)
@click.argument("evidence", type=FILE, metavar="FILE.zip")
@click.option("--net", metavar="FINGERPRINT")
@click.pass_obj
def evidence(shell: Shell, evidence: Path, net: str | None) -> int:
    """Verify the words of each pair; ends with 0 for a proof, 1 for none, 2 for another file."""
    try:
        found = read(_bytes(evidence))
    except Refused as refusal:
        message = shell.text("audit.evidence.unreadable")
        shell.complain(refusal.code, message, refusal.facts)
        return Exit.USAGE
    council = council_of(found.roots)
    if council is not None and net not in {None, b64u(council.net)}:
        shell.refuse(Refused(Code.WRONG_NET, net=b64u(council.net)))
        return Exit.REFUSED
    findings = [(pair.code, judge(pair, council)) for pair in found.pairs]
    _tell(shell, council, findings, is_known=net is not None)
    return Exit.OK if any(each.is_proof for _, each in findings) else Exit.REFUSED


def _bytes(path: Path) -> bytes:
    """Read no more than what would be refused for its size."""
    with path.open("rb") as file:
        return file.read(LIMIT + 1)


def _tell(
    shell: Shell, council: Council | None, findings: list[tuple[Code, Finding]], *, is_known: bool
) -> None:
    is_proof = any(each.is_proof for _, each in findings)
    lines = [shell.text("audit.evidence.proof" if is_proof else "audit.evidence.no-proof")]
    if council is not None:
        whose = {"name": _plain(council.name), "origin": _plain(council.origin)}
        lines.append(shell.text("audit.evidence.council", **whose, net=b64u(council.net)))
        if not is_known:
            lines.append(shell.text("audit.evidence.compare"))
    for number, (code, each) in enumerate(findings, 1):
        lines += _lines(shell, number, code, each)
    pairs = [
        {"number": number, "code": code, **_record(each)}
        for number, (code, each) in enumerate(findings, 1)
    ]
    record = {"proven": is_proof, "council": _whose(council), "pairs": pairs}
    shell.give(record, *lines)


def _lines(shell: Shell, number: int, code: Code, found: Finding) -> list[str]:
    key = "audit.evidence.proves" if found.is_proof else "audit.evidence.proves-nothing"
    why = shell.text(f"audit.evidence.why.{found.why}")
    lines = [shell.text(key, number=number, code=code, why=why)]
    for which, word in (("first", found.first), ("second", found.second)):
        if word is not None:
            said = shell.text(f"audit.evidence.{word.kind}", **_facts(shell, word))
            lines.append(f"  {shell.text(f'audit.evidence.{which}')} {said}")
    return lines


def _facts(shell: Shell, word: Word) -> dict[str, object]:
    return {
        "at": shell.when(word.at),
        "place": _plain(word.place),
        "seq": word.seq,
        "size": word.size,
        "digest": b64u(word.digest),
    }


def _plain(given: str) -> str:
    """Whoever made the file wrote this: nothing in it may move a terminal's cursor."""
    return "".join(each if each.isprintable() or each == "\u3000" else "\ufffd" for each in given)


def _record(found: Finding) -> dict[str, object]:
    return {
        "proven": found.is_proof,
        "why": found.why.value,
        "first": _word(found.first),
        "second": _word(found.second),
    }


def _word(word: Word | None) -> dict[str, object] | None:
    if word is None:
        return None
    return {
        "kind": word.kind,
        "at": None if word.at is None else word.at.text(),
        "place": word.place,
        "seq": word.seq,
        "size": word.size,
        "digest": b64u(word.digest),
    }


def _whose(council: Council | None) -> dict[str, object] | None:
    if council is None:
        return None
    return {"net": b64u(council.net), "name": council.name, "origin": council.origin}
