"""Checks of single rows that no vector tells apart: each falls if its condition is dropped."""

from dataclasses import replace as with_

import pytest
from msgspec.structs import replace

from conference.content import Sealed, parse_full
from conference.fold import fold
from conference.point import PointRoom
from crypto.errors import Code
from protocol.headers import SumHeader
from protocol.ids import Hash, SumId
from protocol.payloads import Device
from protocol.times import DAY
from protocol.vocabulary import Cap, DocClass
from tests.room import fields_of
from tests.world import START, id16
from tools.make_vectors.meeting import opened
from tools.make_vectors.story import Story


@pytest.fixture
def story() -> Story:
    """A room of A01, A03 and A05 with a sitting convened and a section begun."""
    s = opened("a room")
    s.k.announce("s", DocClass.SECTION, s.council.chair)
    return s


def summary(s: Story) -> SumHeader:
    """The header of a first version by A03."""
    place = s.k.place("s", s.council.elder)
    return SumHeader(**fields_of(place), sm=SumId(id16("sm")), ver=1, pv=None)


@pytest.mark.parametrize("bit", [0, 255, 256, 511])
def test_an_envelope_that_its_author_did_not_sign_is_refused(story: Story, bit: int) -> None:
    """A server that writes in her name commits to the signature it made up, and is found out."""
    k, elder = story.k, story.council.elder
    wire = bytearray(k.seal(summary(story), elder.dk).env.wire())
    wire[len(wire) - 64 + bit // 8] ^= 1 << bit % 8
    forged = parse_full("env", bytes(wire))
    assert isinstance(forged, Sealed)
    row = k.next_row(forged, sg=Hash(forged.env.sg(elder.dk.public)))

    assert fold(k.room.fork(), row, forged) is Code.BAD_SIG


def test_an_envelope_signed_by_another_device_is_refused(story: Story) -> None:
    """Her certificate is named, somebody else's key signs, and the row commits to it."""
    k, c = story.k, story.council
    forged = k.seal(summary(story), c.health.dk)
    row = k.next_row(forged, sg=Hash(forged.env.sg(c.elder.dk.public)))

    assert fold(k.room.fork(), row, forged) is Code.BAD_SIG


def test_an_envelope_names_a_certificate_that_stands_below_its_row(story: Story) -> None:
    """An older version of the same device stood there, but not the one that is named."""
    k, w, elder = story.k, story.world, story.council.elder
    w.beat()
    size = w.size
    old = w.directory.devices[elder.dev.did].versions[-1]
    renewed: Device = replace(old.body, nce=w.nonce(), prev=old.sid, exp=START.plus(400 * DAY))
    sid = w.log(renewed, elder.ik, elder.dk).sid
    sealed = k.seal(replace(summary(story), dev=sid), elder.dk)
    sg = Hash(sealed.env.sg(elder.dk.public))

    assert fold(k.room.fork(), k.next_row(sealed, sg=sg, idn=size), sealed) is Code.NOT_LOGGED
    assert fold(k.room.fork(), k.next_row(sealed, sg=sg), sealed) is None


def test_a_basis_enters_the_feed_after_its_leaf(story: Story) -> None:
    """A row that names a log in which the basis does not stand yet lists nothing."""
    k, c, w = story.k, story.council, story.world
    w.beat()
    size = w.size
    logged = k.basis(k.basis_body(c.chair, sub="son"), c.chair, row=False)

    assert k.post(logged, idn=size) is Code.NOT_LOGGED


def test_who_takes_minutes_is_certified_for_it(story: Story) -> None:
    """The capability counts, and only while the certificate is in force."""
    k, c, w = story.k, story.council, story.world

    def point() -> PointRoom:
        return PointRoom(state=k.state, held=k.room.willing(w.t), live=None)

    assert point().has_cap(c.recorder.wid, Cap.MINUTES)
    assert not point().has_cap(c.elder.wid, Cap.MINUTES)
    w.revoke_worker(c.recorder)
    later = with_(point(), held=with_(point().held, n=w.size))
    assert not later.has_cap(c.recorder.wid, Cap.MINUTES)


def test_a_seat_is_offered_to_covered_agencies_only(story: Story) -> None:
    """The room's own bases say who may be asked: A09 is named in none of them."""
    k, c = story.k, story.council

    assert k.invite(c.doctor) is Code.OUT_OF_SCOPE
    assert k.invite(c.npo) is None
