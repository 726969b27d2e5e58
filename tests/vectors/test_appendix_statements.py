"""Appendix A.2, second half: statements, rows, leaves and signed requests, byte for byte."""

import pytest

from crypto.hashing import digits12, sha256
from crypto.signing import SigningKey
from protocol import headers, statement
from protocol.codec import b64u, encode, from_b64u
from protocol.derived import case_id, device_id, ek_hash, feed_start, scope_id, worker_id
from protocol.feed import feed_hash
from protocol.ids import (
    Aid,
    CaseId,
    Digest,
    DocId,
    Eid,
    Hash,
    Id,
    InvId,
    ItemId,
    Key,
    NetId,
    Nonce,
    RowHash,
    Sid,
    SitId,
    SubId,
    Wid,
)
from protocol.leaf import Leaf, beat, leaf_for
from protocol.payloads import (
    Audience,
    LogHead,
    Meet,
    MemberRow,
    Payload,
    Policy,
    Roster,
    Sect,
    Withdraw,
)
from protocol.requests import auth_message, read_message, sub_message
from protocol.times import Instant
from protocol.vocabulary import DocClass, RosterRole, Why


def seq(start: int, size: int) -> bytes:
    """Return `size` bytes counting up from `start`."""
    return bytes(range(start, start + size))


def named(text: str) -> Hash:
    """Return the hash the appendix writes as H("…")."""
    return Hash(sha256(text.encode()))


def unb64(text: str) -> Hash:
    """Read 32 bytes as the appendix prints them."""
    return Hash(from_b64u(text))


NET = NetId(named("net"))
DK = SigningKey.from_seed(seq(100, 32))
IK = Key(Hash(SigningKey.from_seed(seq(132, 32)).public))
AID = Aid(Id(bytes([0x11] * 16)))
OTHER = Aid(Id(bytes([0x22] * 16)))
WID = Wid(Id(bytes.fromhex("f7a0c8044944f7198743216f499f944d")))
CASE = CaseId(Id(bytes.fromhex("002ab2602506cde6d247d00f446b1e43")))
DOC = DocId(Id(seq(200, 16)))
BASIS = Sid(unb64("p6PI9lR2EwPklbZvck2_aNZj1yX7EpqHdClLnqOXCo4"))
FH = [
    RowHash(unb64("xepg94yhlN4RVUZz8-PGuY9yD7tWSk-dU9fuEqU5Z_g")),
    RowHash(unb64("bjGbxIWMGsAwmYNGTbqLziNG-gOvCxGolpmmEgFQGrc")),
    RowHash(unb64("ScZ4CS_VRVNwLY3GoupUUpPfNl3dai5cxPEz1rp71SY")),
    RowHash(unb64("goT0x2AehO2F0QC3qhzb2tal5DSfKIG0ovxJ6GxQ7iw")),
]


def nce(number: int) -> Nonce:
    """The appendix's nonces are one byte sixteen times."""
    return Nonce(Id(bytes([number] * 16)))


def at(second: int) -> Instant:
    """A second after one o'clock."""
    return Instant.parse(f"2026-11-21T01:00:0{second}Z")


ROSTER = Roster(
    net=NET,
    nce=nce(1),
    iat=at(1),
    case=CASE,
    n=0,
    prev=None,
    nonce=Digest(Hash(seq(32, 32))),
    chair=WID,
    act=(),
    mem=(MemberRow(wid=WID, ik=IK, role=RosterRole.MEMBER, from_=0, until=None),),
    basis=(BASIS,),
    pol=Policy(rot=30, wait=48, hold=None, keep="case-5y"),
    kc=Digest(unb64("m8ZsZsAm_Jj4dm2idv-31LSpoBHL6y5Rbnwr2kW-kJI")),
    bun=Digest(unb64("Hm7WXXfWNk7q7Vp0W6XEmFritwDdhdfPfwJ73ylKM_w")),
    lh=LogHead(n=5, r=Digest(unb64("BhWARDyjR0GhcTG_nF9RjX4AMlSkIxUFHLbXpsViwZk"))),
    fd=(0, FH[0]),
    void=(),
    why=Why.CREATE,
)
SECT = Sect(
    net=NET,
    nce=nce(2),
    iat=at(2),
    case=CASE,
    fd=(1, FH[1]),
    doc=DOC,
    g=1,
    cls=DocClass.SECTION,
    item=ItemId(Id(bytes([3] * 16))),
    sub=SubId(Id(bytes([4] * 16))),
    cats=("c2",),
    aud=Audience(ag=(AID, OTHER), w=()),
    cy=0,
    dc=Digest(unb64("GkGve_azxcszzDWryrodzoeXgn3RSvj_J0vrrir0B_Q")),
)
WITHDRAW = Withdraw(net=NET, nce=nce(3), iat=at(3), case=CASE, basis=BASIS, ag=(OTHER,), cats=None)
MEET = Meet(
    net=NET,
    nce=nce(4),
    iat=at(4),
    case=CASE,
    ros=Sid(unb64("2rb0MiUWL3fA1EdS7-4v4Hp5Yqml0GJ88mvtCmkn3ls")),
    seq=2,
    fh=FH[2],
    idn=6,
    lh=LogHead(n=6, r=Digest(unb64("md6lYAQZuF-q8kPUKYBgBDjWGivTYJUh6q69TVnf8Lw"))),
)


@pytest.mark.parametrize(
    ("body", "sid"),
    [
        pytest.param(ROSTER, "2rb0MiUWL3fA1EdS7-4v4Hp5Yqml0GJ88mvtCmkn3ls", id="roster"),
        pytest.param(SECT, "RnEQ5fJj7ZuzCMffYVmkItfb8CIMONbNh4lGyV3OWyk", id="sect"),
        pytest.param(WITHDRAW, "J--mpJQTZy8BTSmDcE1tW_Fygubq98w59BIUMFX5UmQ", id="withdraw"),
        pytest.param(MEET, "HzCwHzTdtSn8ufoCuQ6udmxxl2jVa7F4CHZQZSEgAGU", id="meet"),
    ],
)
def test_a_statement_has_the_id_of_the_appendix(body: Payload, sid: str) -> None:
    """So its payload has the appendix's bytes, key by key in their order."""
    assert b64u(statement.compose(body).sid) == sid


@pytest.mark.parametrize(
    ("body", "sg"),
    [
        pytest.param(ROSTER, "GOl680-G5o26ewMa5ksuDOi1n9_sXCeX4EL5CrwZNtk", id="roster"),
        pytest.param(SECT, "zT2b_-zUYeVQ7l-L_S6T0yQbWb1WWtzvJtSCIzgeEeE", id="sect"),
        pytest.param(WITHDRAW, "sv6VaqfY6zdw7-ynueJIwHHcpICf7Ei16UW9gLl3Wb0", id="withdraw"),
    ],
)
def test_a_signature_group_has_the_hash_of_the_appendix(body: Payload, sg: str) -> None:
    """Ed25519 is deterministic, so the signature is the appendix's too."""
    made = statement.sign(statement.compose(body), DK)

    assert b64u(statement.signature_hash([made])) == sg


@pytest.mark.parametrize(
    ("body", "sig"),
    [
        pytest.param(
            ROSTER,
            "2696f64801eba943a5f2f3be43a15f4ae0d18661e624e87f95e85ccbe5c7e2c8"
            "be379413dbcfb6610ce3e4df05815f17febf08d872b2b5b2d38d85ea588f2f07",
            id="roster",
        ),
        pytest.param(
            SECT,
            "4f75a909ed4274dde70a78e0bff9320ea808961e4eba3288ade954121a5a230f"
            "68c4ce0c39e65529adc172caec1de14b03ece1e14c17c7f6c3f144acc231370c",
            id="sect",
        ),
    ],
)
def test_signatures_of_the_appendix(body: Payload, sig: str) -> None:
    """Sixty-four bytes over type and payload."""
    assert statement.sign(statement.compose(body), DK).sig.hex() == sig


def test_the_feed_of_the_appendix() -> None:
    """fh_0, then a roster, a section and an operation."""
    rows = [
        (
            "2rb0MiUWL3fA1EdS7-4v4Hp5Yqml0GJ88mvtCmkn3ls",
            "GOl680-G5o26ewMa5ksuDOi1n9_sXCeX4EL5CrwZNtk",
            5,
        ),
        (
            "RnEQ5fJj7ZuzCMffYVmkItfb8CIMONbNh4lGyV3OWyk",
            "zT2b_-zUYeVQ7l-L_S6T0yQbWb1WWtzvJtSCIzgeEeE",
            6,
        ),
        (
            "W492r0N2VETd_V3XOAD5gxIQ5lhA6ZaJBHDRg1zQge8",
            "otRRS29tJUqasIUYeHVlRYcBden5-eT7GJt2wzd6P9s",
            6,
        ),
    ]
    found = [feed_start(net=NET, case=CASE)]
    for number, (ident, sg, idn) in enumerate(rows, start=1):
        found.append(
            feed_hash(before=found[-1], seq=number, row_id=unb64(ident), sg=unb64(sg), idn=idn)
        )

    assert found == FH


def test_the_leaf_of_the_appendix() -> None:
    """A withdrawal under its blinded scope, and a beat."""
    parsed = statement.compose(WITHDRAW)
    sg = statement.signature_hash([statement.sign(parsed, DK)])

    leaf = leaf_for(WITHDRAW, sid=parsed.sid, sg=sg, t=1795222800123)

    assert scope_id(case=CASE, sid=parsed.sid).hex() == "eafab85dbba970d67fa8a524b1c21b23"
    assert leaf.encode().hex() == (
        "53484c310a000001a1fb9e06fb27efa6a49413672f014d2983704d6d5bf17282e6eaf7cc39f412143055f952"
        "64b2fe956aa7d8eb3770efeca7b9e248c071dca4809fec48b5e945bd80b97759bdeafab85dbba970d67fa8a5"
        "24b1c21b23"
    )
    assert sha256(b"\x00" + leaf.encode()).hex() == (
        "9a9d11f55898b26d5e32805cdeb61468279de574ca753f4828edaa4be4a3ee50"
    )
    assert sha256(b"\x00" + beat(1795222800123).encode()).hex() == (
        "06d782959b89b2f2e3e48ec797feaa4bca813641c147e184320f633cb43dd318"
    )
    assert Leaf.parse(leaf.encode()) == leaf


def test_the_derived_ids_of_the_appendix() -> None:
    """Worker, device, case; none of them can be chosen."""
    inv = InvId(Id(bytes.fromhex("ee61fbf779d2b975eeeba9d5acfa7a5f")))
    dk = Key(Hash(DK.public))

    assert worker_id(net=NET, aid=AID, inv=inv) == WID
    assert device_id(net=NET, wid=WID, dk=dk).hex() == "8e99cfc0a727abb9f70f2a85a1581082"
    assert case_id(net=NET, dk=dk, nonce=Digest(Hash(seq(32, 32)))) == CASE


def test_the_digits_of_a_meeting() -> None:
    """Twelve digits of the statement's own id."""
    assert digits12(statement.compose(MEET).sid) == "8621-3529-7321"


def test_headers_write_the_bytes_of_the_appendix() -> None:
    """What is read is written the same, key by key."""
    operation = (
        b'{"v":1,"c":"002ab2602506cde6d247d00f446b1e43","e":0,"k":"op",'
        b'"d":"c8c9cacbcccdcecfd0d1d2d3d4d5d6d7","g":1,'
        b'"dev":"JjpNvkFIj7hyFLADIznbufDI2hTBbfzxMIS_PCVS7KU","n":1,"p":null,'
        b'"f":[2,"ScZ4CS_VRVNwLY3GoupUUpPfNl3dai5cxPEz1rp71SY"],"t":"2026-11-21T01:00:05Z",'
        b'"op":"item.open","m":{"it":"03030303030303030303030303030303"}}'
    )

    assert encode(headers.parse(operation)) == operation


def test_the_signed_requests_of_the_appendix() -> None:
    """Sign-in, reading and joining a feed."""
    origin, time, device = "https://entaku.example.jp", 1795222800, Sid(named("device"))
    auth = auth_message(net=NET, origin=origin, nonce=Hash(seq(32, 32)), time=time, device=device)
    read = read_message(
        net=NET,
        origin=origin,
        case=CASE,
        nonce=Nonce(Id(seq(16, 16))),
        time=time,
        device=device,
        purpose="view",
        ids=[
            Eid(unb64("W492r0N2VETd_V3XOAD5gxIQ5lhA6ZaJBHDRg1zQge8")),
            Eid(unb64("-JOT9UbF7Npgcbgj7KHvhkDo0yTPMIOSNHxLlX95-7o")),
        ],
    )
    sub = sub_message(
        net=NET,
        origin=origin,
        case=CASE,
        sit=SitId(Id(bytes([5] * 16))),
        start=0,
        nonce=Nonce(Id(seq(16, 16))),
        time=time,
        device=device,
    )

    assert sha256(auth).hex() == "2f73849d02b95f27b3429931ea37235db70b6d46fd67f3f8343702cd94d4180f"
    assert DK.sign(auth).hex() == (
        "8f983c16cf1933d9706d4156f19ab0aea7b07d18ae4d5c7d9116725933f0dc09"
        "d492749d4000748fc136ef47dbb2fc49c0475411b858fecc0608655f0ecb7105"
    )
    assert sha256(read).hex() == "95ee2d6b36b00d8b229586ff32dc9edcb52352d3a38a562be95e6df9c6571e2d"
    assert sha256(sub).hex() == "747b46c50082250ba49783e641b4611010a5fe36e3b4c03f9fdf79f54917888f"


def test_a_sealing_key_is_named_by_its_hash() -> None:
    """The certificate holds 32 bytes of 1216."""
    assert ek_hash(b"ek") == sha256(b"ek")
