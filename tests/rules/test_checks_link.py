"""A further device is linked by a typed code: each check of both sides by itself."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from msgspec.structs import replace

from crypto.errors import Code
from crypto.hashing import sha256
from crypto.sealing import SealingKey
from crypto.signing import SigningKey
from protocol.codec import b64u
from protocol.derived import device_id, ek_hash
from protocol.ids import Blob, Did, Digest, Wid
from protocol.invitation import Secret
from protocol.payloads import Device, Link, Payload
from protocol.statement import to_dsse
from protocol.wire import LinkOffer, Pending
from sdk import link
from sdk.contents import Contents
from sdk.council import Council
from sdk.link import Linking, Offer
from sdk.session import Session
from sdk.vault import Vault
from tests.refusals import code_after
from tests.rules.answers import council_of
from tests.rules.signed_in import Box
from tests.world import Staff, World, hash32, id16, public, signing_key

SECRET = Secret(bytes(range(16)))
OTHER = Secret(bytes(16))
DK = signing_key("dk new")
LID = b64u(SECRET.lid)


@pytest.fixture
def w() -> World:
    """An agency."""
    made = World()
    made.agency("A03")
    return made


@pytest.fixture
def person(w: World) -> Staff:
    """Who links another device of hers."""
    return w.staff("elder", "A03")


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


# --- the old device ----------------------------------------------------------------------------


async def test_an_old_device_certifies_what_its_own_code_brought(w: World, person: Staff) -> None:
    """A `link` of this person with the code's mac, signed by the new device."""

    async def approved(
        body: Payload, by: SigningKey = DK, *, has_mac: bool = True, secret: Secret = SECRET
    ) -> Code | None:
        made = w.sign(body, by)
        mac = secret.link_request(w.net, tbs=made.tbs) if has_mac else None
        raw = Blob(to_dsse(made, w.claimed(made)))
        pending = Pending(key=Blob(SECRET.lid), statement=raw, mac=mac, name=None)
        client = council_of(w, {f"pend/{LID}": [pending], "pend": [Code.FORBIDDEN]})
        session: Any = SimpleNamespace(
            council=client, me=SimpleNamespace(wid=person.wid, ik=public(person.ik)), vault=None
        )
        offered = Offer(secret=SECRET, code="")
        asked = link.approve(cast("Session", session), offered, passphrase="", patience=0)
        try:
            return await code_after(asked)
        except AttributeError:  # it went on to the vault, which is not there
            return None

    body = link_of(w, person.wid)
    assert await approved(body) is None
    assert await approved(w.pledge_body(person.aid, person.wid)) is Code.RULE_DENIED
    assert await approved(body, has_mac=False) is Code.RULE_DENIED
    assert await approved(replace(body, wid=Wid(id16("x")))) is Code.RULE_DENIED
    assert await approved(body, secret=OTHER) is Code.BAD_TAG
    assert await approved(body, person.dk) is Code.BAD_SIG


# --- the new device ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "code"), [(SECRET, Code.RATE_LIMITED), (OTHER, Code.BAD_TAG)], ids=["hers", "foreign"]
)
async def test_a_new_device_follows_only_who_showed_it_the_code(
    w: World, person: Staff, shown: Secret, code: Code
) -> None:
    """An offer without the code's own mac names nobody whose log is asked for."""
    wid, ik = person.person
    mac = shown.link_net(w.net, wid=wid, ik=ik)
    offer = LinkOffer(key=Blob(SECRET.lid), net=w.net, wid=wid, ik=ik, mac=mac)
    client = council_of(
        w, {f"pend/{LID}/offer": [offer], "log/id": [Code.RATE_LIMITED]}, empty=True
    )

    assert await code_after(link.ask(client, cast("Vault", None), secret=SECRET)) is code


async def finished(w: World, person: Staff, waits: Payload) -> Contents | Code | None:
    """What the new device's vault holds after this came for it, or the refusal."""
    asked = link_of(w, person.wid)
    wid, ik = person.person
    did = device_id(net=w.net, wid=wid, dk=public(DK))
    made = w.sign(waits, person.ik, person.dk)
    raw = Blob(to_dsse(made, w.claimed(made)))
    pending = Pending(key=Blob(did), statement=raw, mac=None, name=None)
    client = council_of(w, {f"pend/{b64u(did)}": [pending]})
    _without_a_server(client)
    offer = LinkOffer(key=Blob(SECRET.lid), net=w.net, wid=wid, ik=ik, mac=Digest(hash32("mac")))
    box = Box(person, Contents())
    vault: Any = box
    linking = Linking(offer=offer, link=asked)
    code = await code_after(link.finish(client, vault, linking=linking, patience=0))
    return code or box.contents


def _without_a_server(client: Council) -> None:
    """The log is up to date, and takes whatever is admitted."""

    async def synced() -> bool:
        return False

    async def admitted(*_: object, **__: object) -> int:
        return 0

    held: Any = client
    held.sync, held.admit_logged = synced, admitted


def certificate(w: World, person: Staff) -> Device:
    """What the new device asked for."""
    body = w.device_body("new", wid=person.wid, ik=public(person.ik))
    return replace(body, ekh=ek_hash(link_of(w, person.wid).ek))


async def test_a_new_device_takes_the_certificate_that_it_asked_for(
    w: World, person: Staff
) -> None:
    """Then it knows whose it is."""
    body = certificate(w, person)

    contents = await finished(w, person, body)

    assert isinstance(contents, Contents)
    assert contents.identity is not None
    assert (contents.identity.wid, contents.identity.did) == (person.wid, body.did)


@pytest.mark.parametrize(
    "changed",
    [
        {"did": Did(id16("x"))},
        {"wid": Wid(id16("x"))},
        {"ik": public(signing_key("x"))},
        {"dk": public(signing_key("x"))},
        {"ekh": Digest(hash32("x"))},
    ],
    ids=["device", "person", "identity key", "device key", "sealing key"],
)
async def test_a_new_device_takes_no_certificate_of_something_else(
    w: World, person: Staff, changed: dict[str, object]
) -> None:
    """Each of the five by itself makes it another's."""
    body = replace(certificate(w, person), **changed)

    assert await finished(w, person, body) is Code.UNTRUSTED


async def test_what_is_no_device_s_certificate_makes_no_device(w: World, person: Staff) -> None:
    """Though it waits under the device's id and she signed it."""
    assert await finished(w, person, link_of(w, person.wid)) is Code.UNTRUSTED
