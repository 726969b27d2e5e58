"""Keys that are not here, and an auditor's lines: each check by itself."""

from types import SimpleNamespace
from typing import Any

import pytest

from audit import entry
from crypto.errors import Code, Refused
from protocol.ids import Blob, CaseId, Digest, Hash
from protocol.wire import EntryOut, OpeningOut
from sdk import auditor
from sdk.auditor import OpsCopy
from sdk.draft import Draft
from tests.world import doc_of, hash32, id16

line = auditor._line  # pyright: ignore[reportPrivateUsage] -- asked directly


def test_a_draft_has_the_keys_of_its_device() -> None:
    """A document whose key is not here is not written in."""
    draft: Any = SimpleNamespace(docs={})

    with pytest.raises(Refused) as refused:
        Draft.doc_key(draft, (doc_of("x"), 1))

    assert refused.value.code is Code.BAD_DOC_KEY


ENTRY = entry.Entry(
    kind=entry.Kind.QUERY, at_ms=0, id=id16("entry"), case=CaseId(id16("case")), reason=None
)
LEAF = entry.leaf(ENTRY, key=hash32("key"))
COPY = OpsCopy(leaves=(LEAF,), checkpoint=b"", vkey="")


@pytest.mark.parametrize(
    ("index", "leaf", "value", "code"),
    [
        (0, LEAF, id16("case"), None),
        (None, LEAF, id16("case"), Code.BAD_PROOF),
        (1, LEAF, id16("case"), Code.BAD_PROOF),
        (0, LEAF.replace(b"audit.query", b"audit.other"), id16("case"), Code.BAD_PROOF),
        (0, LEAF, id16("other"), Code.BAD_PROOF),
    ],
    ids=["right", "no place", "beyond", "another leaf", "another value"],
)
def test_an_auditor_reads_what_stands_in_the_log(
    index: int | None, leaf: bytes, value: bytes, code: Code | None
) -> None:
    """At its place, with openings that fit."""
    right = next(each for each in entry.openings(ENTRY, key=hash32("key")) if each.field == "case")
    opened = OpeningOut(field="case", hmac=Digest(Hash(right.mac)), value=Blob(value))
    found = EntryOut(index=index, leaf=Blob(leaf), openings=(opened,))

    refused = None
    try:
        line(found, COPY)
    except Refused as refusal:
        refused = refusal.code

    assert refused is code
