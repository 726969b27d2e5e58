"""`entaku summary`: sections of the one-page summary, shared and read."""

import sys
from collections.abc import Sequence

import click

from cli import deeds
from cli.client import Who
from cli.exits import Exit
from cli.rooms import ident, in_room
from cli.speaking import Command, Group
from consent import register
from protocol.headers import SumText
from protocol.ids import SubId
from protocol.sentences import sentence
from protocol.vocabulary import Provenance
from sdk.member import Member


@click.group("summary", cls=Group)
def group() -> None:
    """Summaries."""


@group.command("share", cls=Command)
@in_room
@click.option("--sub")
@click.option("--cat", "cats", multiple=True)
@click.option("--prov", type=click.Choice([prov.value for prov in Provenance]), required=True)
@click.option("--title", required=True)
@click.option("--text")
async def share(
    who: Who,
    member: Member,
    *,
    sub: str | None,
    cats: Sequence[str],
    prov: str,
    title: str,
    text: str | None,
) -> int:
    """Share a section with everybody whom the basis allows; the text comes by --text or stdin."""
    words = SumText(
        prov=Provenance(prov),
        hid=False,
        title=title,
        text=sys.stdin.read().strip() if text is None else text,
    )
    subject = None if sub is None else SubId(ident(sub))
    shared = await deeds.share(member, words, sub=subject, cats=cats)
    readers = deeds.readers(member, shared.doc)
    names = await member.room.names()
    shown = "、".join(names.get(wid, wid.hex()[:8]) for wid in readers)
    who.shell.give(
        {"doc": shared.doc.hex(), "readers": [wid.hex() for wid in readers]},
        who.shell.text("summary.shared", title=title, readers=shown),
    )
    return Exit.OK


@group.command("read", cls=Command)
@in_room
async def read(who: Who, member: Member) -> int:
    """Read every section one may read, and see why others are closed."""
    shell, categories = who.shell, register.load().categories
    names = await member.room.names()
    for each in await deeds.sections(member):
        labels = [getattr(categories[c], shell.lang) for c in each.cats if c in categories]
        author = names.get(each.author, each.author.hex()[:8])
        record = {
            "doc": each.doc.hex(),
            "cats": each.cats,
            "author": author,
            "version": each.ver,
            "title": each.text.title if each.text else None,
            "text": each.text.text if each.text else None,
            "code": each.code,
        }
        if each.text is None:
            why = "" if each.code is None else f"{sentence(each.code, shell.lang)} ({each.code})"
            shell.give(record, f"✗ {'・'.join(labels)}  {author}", f"    {why}")
            continue
        prov = shell.text(f"prov.{each.text.prov.value}")
        shell.give(record, f"■ {each.text.title}  〔{prov}〕 {author}", f"    {each.text.text}")
    return Exit.OK
