"""A further device, keys that are not here, and an auditor's lines: each check by itself."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from msgspec.structs import replace

from audit import entry
from crypto.errors import Code, Refused
from crypto.hashing import sha256
from crypto.sealing import SealingKey
from crypto.signing import SigningKey
from protocol.codec import b64u
from protocol.ids import Blob, CaseId, Digest, Hash, Wid
from protocol.invitation import Secret
from protocol.payloads import Link, Payload
from protocol.statement import to_dsse
from protocol.wire import EntryOut, OpeningOut, Pending
from sdk import auditor, link
from sdk.auditor import OpsCopy
from sdk.draft import Draft
from sdk.link import Offer
from sdk.session import Session
from tests.rules.answers import council_of
from tests.world import World, doc_of, hash32, id16, public, signing_key

SECRET = Secret(bytes(range(16)))
DK = signing_key("dk new")
line = auditor._line  # pyright: ignore[reportPrivateUsage] -- asked directly


def link_of(w: World, wid: Wid) -> Link:
    """What a new device asks for."""
    base = w.base()
    ek = SealingKey.from_seed(sha256(b"ek")).public
    return Link(
        net=base.net,
        nce=base.nce,
        iat=base.iat,
        lid=SECRET.lid,
        wid=wid,
        dk=public(DK),
        ek=Blob(ek),
    )


async def test_an_old_device_certifies_what_its_own_code_brought() -> None:
    """A `link` of this person with the code's mac, signed by the new device."""
    w = World()
    w.agency("A03")
    person = w.staff("elder", "A03")

    async def approved(
        body: Payload, by: SigningKey = DK, *, has_mac: bool = True, secret: Secret = SECRET
    ) -> Code | None:
        made = w.sign(body, by)
        mac = secret.link_request(w.net, tbs=made.tbs) if has_mac else None
        raw = Blob(to_dsse(made, w.claimed(made)))
        pending = Pending(key=Blob(SECRET.lid), statement=raw, mac=mac, name=None)
        client = council_of(w, {f"pend/{b64u(SECRET.lid)}": [pending], "pend": [Code.FORBIDDEN]})
        session: Any = SimpleNamespace(
            council=client, me=SimpleNamespace(wid=person.wid, ik=public(person.ik)), vault=None
        )
        offered = Offer(secret=SECRET, code="")
        try:
            await link.approve(cast("Session", session), offered, passphrase="", patience=0)
        except Refused as refused:
            return refused.code
        except AttributeError:  # it went on to the vault, which is not there
            return None
        return None

    body = link_of(w, person.wid)
    assert await approved(body) is None
    assert await approved(w.pledge_body(person.aid, person.wid)) is Code.RULE_DENIED
    assert await approved(body, has_mac=False) is Code.RULE_DENIED
    assert await approved(replace(body, wid=Wid(id16("x")))) is Code.RULE_DENIED
    assert await approved(body, secret=Secret(bytes(16))) is Code.BAD_TAG
    assert await approved(body, person.dk) is Code.BAD_SIG


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
