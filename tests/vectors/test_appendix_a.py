"""The values printed in the protocol's Appendix A and A.2, byte for byte.

They were computed from its text before this program existed; so they also test the reading.
"""

import pytest

from crypto.hashing import digits12, kdf, pae, parts, sha256, u32
from crypto.padding import padded_length
from crypto.password import stretch
from crypto.profiles import STANDARD
from crypto.sealing import SealingKey
from crypto.signing import SigningKey
from protocol import bundle, envelope, grants, keys
from protocol.codec import b64u, from_b64u
from protocol.ids import CaseId, Digest, DocId, Hash, Id, Key, NetId, Sid
from protocol.invitation import Secret, enrolment_digits, grouped
from protocol.vocabulary import GrantWhat


def seq(start: int, size: int) -> bytes:
    """Return `size` bytes counting up from `start`."""
    return bytes(range(start, start + size))


def named(text: str) -> Hash:
    """Return the hash the appendix writes as H("…")."""
    return Hash(sha256(text.encode()))


NET = NetId(named("net"))
DK = SigningKey.from_seed(seq(100, 32))
IK = SigningKey.from_seed(seq(132, 32))
CASE = CaseId(Id(bytes.fromhex("002ab2602506cde6d247d00f446b1e43")))
DOC = DocId(Id(seq(200, 16)))
E = seq(0, 32)
D = seq(32, 32)
CONTEXT = parts(bytes.fromhex("00112233445566778899aabbccddeeff"), u32(7))


# --- A ------------------------------------------------------------------------------------


def test_framings() -> None:
    """The two framings under every hash."""
    assert pae("shk1/test", b"abc").hex() == "44535345763120392073686b312f74657374203320616263"
    assert parts(b"", b"ab", b"c").hex() == "000000000000000261620000000163"


def test_statement_id_and_signature() -> None:
    """The id hashes the PAE of type and payload; the signature covers the same bytes."""
    payload = b'{"v":1,"typ":"roster","case":"00112233445566778899aabbccddeeff","n":3}'
    tbs = pae("application/vnd.shk1.roster+json", payload)

    assert b64u(sha256(tbs)) == "LytPKYZpNmwZgS0wKJGAqd1-3IFar0FEcQzklffra4E"
    assert DK.sign(tbs).hex() == (
        "17ba8b8cf0172e0038c529885aebaf8dee3e796db42e15c21bf4b5502ff6cf16"
        "783b11870c0ba7fbc79ea5274cbd1b273319ded42624837d71263c15c205d609"
    )


@pytest.mark.parametrize(
    ("purpose", "derived"),
    [
        ("content", "9d5c0f3f7fdd08ac9af87c370d7b71c5737dacd79a465edc42c191059ce18599"),
        ("commit", "87e347156fb46a7ee01443e674dba46f02a4d8195fd4df3609c4fa254b54e5e9"),
    ],
)
def test_key_derivation(purpose: str, derived: str) -> None:
    """One key for one purpose."""
    assert kdf(E, purpose, CONTEXT).hex() == derived


def test_an_envelope() -> None:
    """Format only: this header would not be legal."""
    header = b'{"v":1,"c":"00112233445566778899aabbccddeeff","e":7,"k":"note","dev":"D","n":1}'
    wire = envelope.seal(
        key=kdf(E, "content", CONTEXT),
        header=header,
        plaintext="支援会議 要約".encode(),
        nonce=seq(0, 24),
        signer=DK,
    )
    env = envelope.parse(wire)

    assert b64u(env.eid) == "1VMmxLpKuo9ZYUxJcvj1uLBuJULyxYQ8G6fgaudwfUE"
    assert env.com.hex() == "b6b2b8d5d1b159ecabd8acd942e7273e0e2df8c47716c27cbcca94809d4b4429"
    assert wire.hex().endswith(
        "00000090"
        "5ae595944d873498a94cab555280a0448061c663c415c50928d990c5fa2bcbca"
        "378d092992da2db66a7a89136347e79d95f5ab0029efa3db7275711fe6c3fb90"
        "788f6d11b81ccd6f72a67789e3400b078b17a969dc6aa65e08f43e63f9e26c34"
        "f56086c62fc7b47592fcf827bb625a3848daf2947b2f69057a18ebcd9836d235"
        "643a59d7bcb761df7661cd56a26a8226dc3950e066ff44895d51a3ab6e8a431f"
        "9e9ec164520706516cae76ac320359d5190591d7272140a598177142f1933798"
        "2f3681ec4ee3b8fd83343a14f962e102"
    )


def test_padded_lengths() -> None:
    """Four buckets, then Padmé."""
    lengths = {0: 128, 1: 128, 126: 128, 127: 128, 128: 256, 1023: 1024, 1024: 1088, 1025: 1088}
    lengths |= {5000: 5120, 65535: 65536, 10**6: 1015808, 10**7: 10223616}

    assert {size: padded_length(size) for size in lengths} == lengths


# --- A.2 ----------------------------------------------------------------------------------


def test_names_of_the_appendix() -> None:
    """The fixed keys everything else builds on."""
    assert b64u(NET) == "oIoPy96v08GzpLSVuanJ2WhQ8IlGtSvAYiNH07bnO3g"
    assert b64u(DK.public) == "C7w0aldmfDgBIL2cf9flHSxf3-o3zS9b9AWyxr9vLXg"
    assert b64u(IK.public) == "i-_mHDCV2k1x8Uvv4iD_mnbgxbXQRiBO49cHYaroOfw"


def test_an_invitation() -> None:
    """Everything derived from sixteen bytes."""
    seed = seq(0, 16)
    secret = Secret(seed)

    assert sha256(pae("shk1/invite-secret", seed)).hex() == (
        "d537e7ae08fc98b1bdc78a258d834634aa0037f98bd95f6d0353f7374e834315"
    )
    assert grouped(secret.code()) == "AAAQ-EAYE-AUDA-OCAJ-BIFQ-YDIO-B47O"
    assert secret.inv.hex() == "ee61fbf779d2b975eeeba9d5acfa7a5f"
    assert secret.lid.hex() == "d8ea8bc7042d1cf22411486376a62c3c"
    assert b64u(secret.invite_net(NET)) == "mzaHwl4tz70Veu98X5QX26xAyVwcPQ3UXjtD7t1kHuE"


def test_a_join() -> None:
    """The mac that shows the registrar who asks."""
    root = sha256(pae("shk1/invite-secret", seq(0, 16)))
    secret = Secret(seq(0, 16))
    tbs = pae("application/vnd.shk1.join+json", b'{"v":1,"typ":"join"}')

    assert kdf(root, "invite", parts(NET, secret.inv)).hex() == (
        "38a19018a54ac03b990553f8f7ce600ee7c0332749d92bbe196754a7728a6cfc"
    )
    assert b64u(secret.join(NET, tbs=tbs)) == "D9qR4A4AEtOuB5_J0GV0VV443KKlraIj8LYeA6G28Us"


def test_the_digits_of_an_enrolment() -> None:
    """The sealing key's hash and twelve slow digits."""
    ekh = Digest(Hash(sha256(SealingKey.from_seed(seq(7, 32)).public)))
    inv = Secret(seq(0, 16)).inv
    ik, dk = Key(Hash(IK.public)), Key(Hash(DK.public))
    typed = pae("shk1/enrol-code", parts(NET, inv, ik, dk, ekh))
    salt = sha256(pae("shk1/enrol-salt", NET))[:16]

    assert b64u(ekh) == "F_nVwuQCzZ1rnvIBkuLtU518FfV6V924M_0zIIK3jsE"
    assert stretch(typed, salt=salt, profile=STANDARD).hex() == (
        "506ddcbe1f15e6a613d48cc85e15a16eedababa1e3c6369f8346268ecb364b9b"
    )
    assert enrolment_digits(net=NET, inv=inv, ik=ik, dk=dk, ekh=ekh) == "0046-1912-2342"


def test_commitments_to_people() -> None:
    """A worker's name and a subject's, neither of which can be guessed from them."""
    nh = keys.name_commitment(seq(64, 32), name="担当者 甲")
    subc = keys.subject_commitment(seq(96, 32), name="本人 乙", birth="1943-04-01")

    assert b64u(nh) == "3QEtiWFisn2DLKEigX29_adq2Mqp4VlyZFgHcDqUP20"
    assert b64u(subc) == "DSh0cnEy5uq2UiB-m9arQdM9QN1kcyQ8rTRvpnmzj9M"


def test_the_key_schedule() -> None:
    """What is derived from E and from D."""
    kc = keys.epoch_commitment(E, case=CASE, n=0)
    wrap = keys.wrap_key(E, case=CASE, n=0)
    dc = keys.doc_commitment(D, case=CASE, doc=DOC, g=1)
    body = keys.body_key(D, case=CASE, doc=DOC, g=1)

    assert b64u(kc) == "m8ZsZsAm_Jj4dm2idv-31LSpoBHL6y5Rbnwr2kW-kJI"
    assert wrap.hex() == "38a948cfcafaba6fb08876fd316b0469767f04c167dfeedba2fc174eed2a946a"
    assert b64u(dc) == "GkGve_azxcszzDWryrodzoeXgn3RSvj_J0vrrir0B_Q"
    assert body.hex() == "3790098edb2f4269e5461781ace781ac9b82a5f6c815314c7c5a8087d161af33"


def test_the_info_of_a_bundle() -> None:
    """Place, predecessor and device are all inside; none is the empty part."""
    device = Sid(named("device"))
    first = bundle.info(bundle.Epoch(net=NET, case=CASE, n=0, prev=None), sid=device, eg=0)
    epoch = bundle.Epoch(net=NET, case=CASE, n=1, prev=Sid(named("prev")))
    second = bundle.info(epoch, sid=device, eg=0)

    assert first.hex() == (
        "4453534576312031352073686b312f7365616c2f65706f6368203131322000000020a08a0fcbdeafd3c1b3a4b495"
        "b9a9c9d96850f08946b52bc0622347d3b6e73b7800000010002ab2602506cde6d247d00f446b1e43000000040000"
        "00000000000000000020263a4dbe41488fb87214b0032339dbb9f0c8da14c16dfcf13084bf3c2552eca500000004"
        "00000000"
    )
    assert sha256(first).hex() == (
        "98a433c8b5b7cd9a812bc961c09b9c2fa865619366f85f98a246aeaf0460f084"
    )
    assert sha256(second).hex() == (
        "cf9e59d62d67535362eaf6567e081f030c251bcd34562d76cd7a4aa17c030516"
    )


def _passing(what: GrantWhat, ids: Digest) -> grants.Passing:
    by, to = Sid(named("by")), Sid(named("to"))
    return grants.Passing(net=NET, case=CASE, n=1, by=by, to=to, eg=0, what=what, ids=ids)


@pytest.mark.parametrize(
    ("what", "ids", "ids_hash", "info_hash"),
    [
        pytest.param(
            GrantWhat.DOCS,
            grants.docs_hash([(DOC, 1)]),
            "6b2e8b9ea1920314e5bc79c266a987d023a59669afe1b175fdd5681d6777697c",
            "e59dff8cdda75d400e05358e399a231d8f3d84841448f1af603307481c53b3f6",
            id="documents",
        ),
        pytest.param(
            GrantWhat.EPOCH,
            grants.epochs_hash([0, 1]),
            "99e520a824582eeb62e4d283901d000094787c4b8c28bf3d0fd57c44fb244cf5",
            "8e8583fa83adda4a1f5866dfa8e653e87393814bba33908e9b0fa4f8647d4431",
            id="epochs",
        ),
    ],
)
def test_the_info_of_a_grant(what: GrantWhat, ids: Digest, ids_hash: str, info_hash: str) -> None:
    """What is granted is inside by the hash of its ids."""
    assert ids.hex() == ids_hash
    assert sha256(grants.info(_passing(what, ids))).hex() == info_hash


OP_HEADER = (
    b'{"v":1,"c":"002ab2602506cde6d247d00f446b1e43","e":0,"k":"op",'
    b'"d":"c8c9cacbcccdcecfd0d1d2d3d4d5d6d7","g":1,'
    b'"dev":"JjpNvkFIj7hyFLADIznbufDI2hTBbfzxMIS_PCVS7KU","n":1,"p":null,'
    b'"f":[2,"ScZ4CS_VRVNwLY3GoupUUpPfNl3dai5cxPEz1rp71SY"],"t":"2026-11-21T01:00:05Z",'
    b'"op":"item.open","m":{"it":"03030303030303030303030303030303"}}'
)
DK_HEADER = (
    b'{"v":1,"c":"002ab2602506cde6d247d00f446b1e43","e":0,"k":"dk",'
    b'"d":"c8c9cacbcccdcecfd0d1d2d3d4d5d6d7","g":1,'
    b'"dev":"JjpNvkFIj7hyFLADIznbufDI2hTBbfzxMIS_PCVS7KU","n":2,'
    b'"p":"W492r0N2VETd_V3XOAD5gxIQ5lhA6ZaJBHDRg1zQge8",'
    b'"f":[2,"ScZ4CS_VRVNwLY3GoupUUpPfNl3dai5cxPEz1rp71SY"],"t":"2026-11-21T01:00:06Z"}'
)


def test_the_envelope_of_an_operation() -> None:
    """Whole and bare, id and signature group."""
    key = keys.body_key(D, case=CASE, doc=DOC, g=1)
    wire = envelope.seal(key=key, header=OP_HEADER, plaintext=b"{}", nonce=seq(0, 24), signer=DK)
    env = envelope.parse(wire)

    assert len(wire) == 592
    assert sha256(wire).hex() == (
        "4cd2e8f9159993835d2f8e2e74a60dd78fe03b232aabf42021d869f4de454b86"
    )
    assert b64u(env.eid) == "W492r0N2VETd_V3XOAD5gxIQ5lhA6ZaJBHDRg1zQge8"
    assert env.com.hex() == "e8e017aa6bdf395816198627333ba9878fba4ad8e09a705e74d3aa6d17bc692f"
    assert b64u(env.sg(DK.public)) == "otRRS29tJUqasIUYeHVlRYcBden5-eT7GJt2wzd6P9s"
    assert len(env.bare()) == 476
    assert sha256(env.bare()).hex() == (
        "9af993463064a8405401da7f94f547e0965c93143fe854019acee6b00ef6f260"
    )


def test_the_envelope_of_a_document_key() -> None:
    """Under the epoch's wrapping key."""
    plaintext = (
        b'{"doc":"c8c9cacbcccdcecfd0d1d2d3d4d5d6d7","g":1,'
        b'"D":"ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8"}'
    )
    wire = envelope.seal(
        key=keys.wrap_key(E, case=CASE, n=0),
        header=DK_HEADER,
        plaintext=plaintext,
        nonce=seq(0, 24),
        signer=DK,
    )

    assert b64u(envelope.parse(wire).eid) == "-JOT9UbF7Npgcbgj7KHvhkDo0yTPMIOSNHxLlX95-7o"
    assert sha256(wire).hex() == (
        "eadf25d2c2640039a60cf0c023cd0f1e5c0db8140e68ac11836570920deef0b3"
    )


def test_digits_to_read_aloud() -> None:
    """Twelve digits, with leading zeros."""
    sid = from_b64u("HzCwHzTdtSn8ufoCuQ6udmxxl2jVa7F4CHZQZSEgAGU")

    assert digits12(sid) == "8621-3529-7321"
    assert digits12(b"\xff" * 32) == "0737-0955-1615"


# --- elsewhere ----------------------------------------------------------------------------


def test_the_first_key_of_the_xwing_draft() -> None:
    """draft-connolly-cfrg-xwing-kem, appendix C: seed to public key, both ends of it."""
    seed = bytes.fromhex("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26")
    public = SealingKey.from_seed(seed).public.hex()

    assert public.startswith("e2236b35a8c24b39b10aa1323a96a919a2ced88400633a7b07131713fc14b2b5b19c")
    assert public.endswith("06eff389b27dce59844570216223593d4ba32d9abac8cd049040ef6534")
