"""Founding, inviting, joining and signing in with the real client against the real node."""

from dataclasses import replace

import msgspec
import pytest

from crypto import entropy
from crypto.errors import Code, Refused
from crypto.signing import SigningKey
from protocol.shapes import UNSET
from protocol.times import DAY
from protocol.vocabulary import AgencyForm, AgencyKind, Cap
from sdk.admin import ABILITIES, WORD, AgencyPaper, public, register, shown_of
from sdk.session import Session
from tests.edges.sdk.town import COSTS, PASS, Town, aid, clock


async def test_an_invited_person_enrols_and_signs_in(town: Town) -> None:
    """From a typed code to an access token; her leaves are exactly those she made."""
    host = await town.agency(1, AgencyKind.CITY, [Cap.HOST, Cap.MEMBER])
    path = await town.enrol(host, "担当 花子", [Cap.CHAIR, Cap.MEMBER])

    session = await Session.open(path, PASS, clock=clock(), entropy=entropy.system, costs=COSTS)
    await session.login()

    assert session.council.http.token is not None
    assert session.signer().aid == host
    assert session.me.name == "担当 花子"
    await session.close()


def _paper() -> AgencyPaper:
    now = clock().now()
    return AgencyPaper(
        aid=aid(5),
        name="訪問看護ステーション ひなた",
        kind=AgencyKind.NURSING,
        form=AgencyForm.CORPORATION,
        keys=[public(SigningKey.from_seed(bytes(32)))],
        caps=[Cap.MEMBER],
        nbf=now.plus(-DAY),
        exp=now.plus(DAY),
        block="北部",
        able=["訪問", "服薬の見守り"],
    )


async def test_the_certificate_of_an_agency_says_where_it_works_and_what_it_can_do(
    town: Town,
) -> None:
    """圏域 and できること stand in the signed certificate, for directories to show."""
    await register(town.council, _paper(), town.root)

    log = town.council.log
    cert = log.directory.agencies[aid(5)].newest(log.size)
    assert cert is not None
    assert cert.body.x is not UNSET
    told = {key: msgspec.json.decode(said) for key, said in cert.body.x.items()}
    assert told == {"block": "北部", "able": ["訪問", "服薬の見守り"]}
    assert shown_of(cert.body.x) == ("北部", ("訪問", "服薬の見守り"))


@pytest.mark.parametrize("said", [b"1", b'""', b'["x",1]', b'[""]', b'"' + b"x" * 33 + b'"'])
def test_what_directories_cannot_show_is_as_good_as_absent(said: bytes) -> None:
    """An agency may sign anything there; nobody refuses its certificate for it."""
    assert shown_of({"block": msgspec.Raw(said), "able": msgspec.Raw(said)}) == ("", ())
    assert shown_of(UNSET) == ("", ())


def test_an_agency_says_no_more_than_directories_show() -> None:
    """Words of 1 to 32 characters, at most 16 of them; nothing said leaves nothing behind."""
    paper = _paper()
    assert replace(paper, block="", able=()).shown() is UNSET
    longest = replace(paper, block="北" * WORD, able=["訪問"] * ABILITIES)
    assert longest.shown() is not UNSET
    for wrong, code in (
        (replace(paper, block="北" * (WORD + 1)), Code.OVERSIZE),
        (replace(paper, able=["訪問"] * (ABILITIES + 1)), Code.OVERSIZE),
        (replace(paper, able=[""]), Code.BAD_J1),
    ):
        with pytest.raises(Refused) as refused:
            wrong.shown()
        assert refused.value.code is code
