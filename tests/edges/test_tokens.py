"""Access tokens: for one council, one device, ten minutes."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto.errors import Code, Refused
from identity.model import Actor
from protocol.ids import Did, Hash, Id, Sid, Wid
from server.tokens import LIFE, Tokens

SEED = bytes(range(32))
ISSUER = "https://entaku.test"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ACTOR = Actor(
    did=Did(Id(b"d" * 16)),
    wid=Wid(Id(b"w" * 16)),
    device=Sid(Hash(b"s" * 32)),
)
TOKENS = Tokens(SEED, issuer=ISSUER)


def issue(tokens: Tokens = TOKENS) -> str:
    """A token of this minute."""
    return tokens.issue(ACTOR, slug="kita", now=NOW, entropy=bytes)[0]


def refused(token: str, *, slug: str = "kita", now: datetime = NOW) -> Code:
    """The code with which a token is refused."""
    with pytest.raises(Refused) as refusal:
        TOKENS.read(token, slug=slug, now=now)
    return refusal.value.code


def test_a_token_names_its_device_and_its_end() -> None:
    """What was signed in comes back."""
    access = TOKENS.read(issue(), slug="kita", now=NOW)

    assert access.actor == ACTOR
    assert access.expires == NOW + LIFE


def test_a_token_ends_after_ten_minutes() -> None:
    """It is good until its last second and not in it."""
    token = issue()

    TOKENS.read(token, slug="kita", now=NOW + LIFE - timedelta(seconds=1))
    assert refused(token, now=NOW + LIFE) is Code.BAD_TOKEN


def test_a_token_is_for_one_council() -> None:
    """Another slug is another audience."""
    assert refused(issue(), slug="minami") is Code.BAD_TOKEN


def test_a_token_of_another_server_is_refused() -> None:
    """Another key has another kid; another issuer has another origin."""
    assert refused(issue(Tokens(bytes(32), issuer=ISSUER))) is Code.BAD_TOKEN
    assert refused(issue(Tokens(SEED, issuer="https://other.test"))) is Code.BAD_TOKEN


def test_a_forged_token_under_our_kid_is_refused() -> None:
    """The kid is a hint: the signature decides."""
    head = jwt.get_unverified_header(issue())
    claims = jwt.decode(issue(), options={"verify_signature": False})
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))

    forged = jwt.encode(claims, other, algorithm="EdDSA", headers={"kid": head["kid"]})

    assert refused(forged) is Code.BAD_TOKEN


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_no_other_algorithm_is_taken(algorithm: str) -> None:
    """Neither an unsigned token nor one under a shared secret."""
    head = jwt.get_unverified_header(issue())
    claims = jwt.decode(issue(), options={"verify_signature": False})
    secret = "" if algorithm == "none" else "a secret of thirty-two bytes or so"

    forged = jwt.encode(claims, secret, algorithm=algorithm, headers={"kid": head["kid"]})

    assert refused(forged) is Code.BAD_TOKEN


@pytest.mark.parametrize("missing", ["sub", "wid", "dev", "exp", "jti", "aud", "iss", "iat"])
def test_every_claim_is_needed(missing: str) -> None:
    """A token that lacks one is none of ours, even under our key."""
    claims = jwt.decode(issue(), options={"verify_signature": False})
    head = jwt.get_unverified_header(issue())
    del claims[missing]
    ours = Ed25519PrivateKey.from_private_bytes(SEED)

    token = jwt.encode(claims, ours, algorithm="EdDSA", headers={"kid": head["kid"]})

    assert refused(token) is Code.BAD_TOKEN


def test_ids_that_are_no_ids_are_refused() -> None:
    """Even under our key."""
    claims = jwt.decode(issue(), options={"verify_signature": False})
    head = jwt.get_unverified_header(issue())
    ours = Ed25519PrivateKey.from_private_bytes(SEED)

    for name, value in (("wid", "not hex"), ("wid", 7), ("dev", "?")):
        token = jwt.encode(
            claims | {name: value}, ours, algorithm="EdDSA", headers={"kid": head["kid"]}
        )
        assert refused(token) in {Code.BAD_TOKEN, Code.BAD_B64}


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "é.é.é"])
def test_what_is_no_token_is_refused(token: str) -> None:
    """Anything else."""
    assert refused(token) is Code.BAD_TOKEN
