"""Checks of the identity log that no vector tells apart: each falls if its condition is dropped."""

import pytest
from msgspec.structs import replace

from crypto.errors import Code
from crypto.signing import SigningKey
from protocol import admission
from protocol.ids import Digest
from protocol.payloads import WitnessKey, Worker
from protocol.times import DAY
from tests.refusals import code_of
from tests.room import Case
from tests.world import (
    Staff,
    World,
    aid_of,
    council,
    hash32,
    inv_of,
    public,
    registrar,
    signing_key,
)


@pytest.fixture
def w() -> World:
    """An empty council."""
    return World()


def test_version_one_has_no_witness_and_no_threshold_of_witnesses(w: World) -> None:
    """Either of them alone makes a root void, lest somebody believe that witnesses were asked."""
    witness = (WitnessKey(name="w", vkey="k"),)
    second = w.root_body(n=1, prev=w.root.sid)

    w.log(replace(second, wit=witness), *w.root_keys[:2], code=Code.UNTRUSTED)
    w.log(replace(second, nce=w.nonce(), wt=1), *w.root_keys[:2], code=Code.UNTRUSTED)
    w.log(replace(second, nce=w.nonce()), *w.root_keys[:2])


def test_an_invitation_counts_from_its_own_leaf_on(w: World) -> None:
    """A worker is judged at a size of the log: an invitation that came later is none."""
    w.agency("A03")
    before = w.size
    w.invite("elder", "A03")
    ik = signing_key("ik elder")
    made = w.sign(w.worker_body("elder", "A03"), registrar("A03"), ik)

    assert code_of(admission.verify, w.directory, made, before) is Code.UNTRUSTED
    assert code_of(admission.verify, w.directory, made, w.size) is None


def _again(w: World, person: Staff, ik: SigningKey, name: str) -> Worker:
    newest = w.directory.workers[person.wid].versions[-1]
    gen = newest.body.gen + 1
    made = replace(newest.body, nce=w.nonce(), ik=public(ik), gen=gen, inv=inv_of(name))
    return replace(made, prev=newest.sid)


def test_an_invitation_to_come_back_is_used_once(w: World) -> None:
    """Made for one worker and still running, it lets in one new identity key, no second."""
    w.agency("A01")
    w.agency("A03")
    person = w.staff("elder", "A03")
    w.log(w.invite_body("again", "A03", wid=person.wid), registrar("A03"))
    first, second = signing_key("ik first"), signing_key("ik second")

    w.log(_again(w, person, first, "again"), registrar("A03"), first)
    w.log(_again(w, person, second, "again"), registrar("A03"), second, code=Code.UNTRUSTED)


def test_a_basis_is_not_succeeded_from_another_case() -> None:
    """A version names one of its own case, though person, subject and number fit."""
    c = council()
    one, other = (Case(world=c.world, creator=c.chair, label=name) for name in ("one", "other"))
    first = one.basis(one.basis_body(c.chair), c.chair, row=False)

    c.world.log(other.basis_body(c.chair, prev=first), c.chair.dk, code=Code.RULE_DENIED)
    c.world.log(one.basis_body(c.chair, prev=first), c.chair.dk)


def test_a_worker_is_nobody_before_her_leaf() -> None:
    """Asked at a smaller size of the log, the same certificate is not there."""
    c = council()
    directory, (wid, ik) = c.world.directory, c.npo.person
    leaf = directory.statements[c.npo.sid]

    assert code_of(directory.require_worker, wid, ik, leaf) is Code.UNTRUSTED
    assert code_of(directory.require_worker, wid, ik, leaf + 1) is None


def test_without_a_host_s_pledge_there_is_no_text_to_pledge(w: World) -> None:
    """What an agency pledged counts when a host has pledged a text, not before."""
    w.agency("A03")
    assert code_of(w.directory.require_pledge, aid_of("A03"), None, w.size) is Code.PLEDGE_MISSING

    w.agency("A01")
    assert code_of(w.directory.require_pledge, aid_of("A03"), None, w.size) is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"text": Digest(hash32("another text"))}, Code.PLEDGE_EXPIRED),
        ({"ver": 7}, Code.PLEDGE_EXPIRED),
    ],
)
def test_a_pledge_is_to_the_current_text_and_its_version(
    w: World, changes: dict[str, object], code: Code | None
) -> None:
    """Another text of the same number, or the same text as another number, is not it."""
    w.agency("A01")
    w.agency("A03")
    person = w.staff("elder", "A03", pledged=False)
    w.log(replace(w.pledge_body(person.aid, person.wid), **changes), person.dk)

    assert code_of(w.directory.require_pledge, person.aid, person.wid, w.size) is code


def test_a_pledge_ends(w: World) -> None:
    """A pledge is over at its end, though the text is still the current one."""
    w.agency("A01")
    w.agency("A03")
    person = w.staff("elder", "A03", pledged=False)
    w.pledge(person, life=DAY)
    w.beat(DAY)

    asked = (person.aid, person.wid, w.size)
    assert code_of(w.directory.require_pledge, *asked) is Code.PLEDGE_EXPIRED
