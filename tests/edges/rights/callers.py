"""Who asks: people by what they are, and every way in which a token can be wrong."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from identity.model import Actor
from server.service import SERVICE
from server.tokens import LIFE
from tests.edges.people import seed
from tests.edges.rights.town import HERE, Place, Who

Forge = Callable[[Place, Who], str]


def _issued(place: Place, who: Who, *, ago: timedelta = timedelta(0), slug: str = HERE) -> str:
    service = place.edge.app[SERVICE]
    actor = Actor(did=who.me.did, wid=who.me.wid, device=who.me.device)
    now = service.clock() - ago
    return service.tokens.issue(actor, slug=slug, now=now, entropy=service.entropy)[0]


def _forged(place: Place, who: Who, *, ours: bool = False, **changes: object) -> str:
    """A token under another key, or with other claims under our own."""
    good = _issued(place, who)
    claims = jwt.decode(good, options={"verify_signature": False}) | changes
    head = jwt.get_unverified_header(good)
    own = Ed25519PrivateKey.from_private_bytes(place.edge.app[SERVICE].custody.token_seed)
    key = own if ours else Ed25519PrivateKey.from_private_bytes(seed())
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": head["kid"]})


def _unsigned(place: Place, who: Who, algorithm: str) -> str:
    good = _issued(place, who)
    claims = jwt.decode(good, options={"verify_signature": False})
    secret = "" if algorithm == "none" else "a secret of thirty-two bytes or so"
    head = {"kid": jwt.get_unverified_header(good)["kid"]}
    return jwt.encode(claims, secret, algorithm=algorithm, headers=head)


def _other_kid(place: Place, who: Who) -> str:
    claims = jwt.decode(_issued(place, who), options={"verify_signature": False})
    own = Ed25519PrivateKey.from_private_bytes(place.edge.app[SERVICE].custody.token_seed)
    return jwt.encode(claims, own, algorithm="EdDSA", headers={"kid": "0" * 16})


FORGERIES: Final[dict[str, Forge]] = {
    "expired": lambda place, who: _issued(place, who, ago=LIFE),
    "other-aud": lambda place, who: _issued(place, who, slug="kita"),
    "other-iss": lambda place, who: _forged(place, who, ours=True, iss="https://elsewhere.test"),
    "alg-none": lambda place, who: _unsigned(place, who, "none"),
    "alg-hs256": lambda place, who: _unsigned(place, who, "HS256"),
    "other-kid": _other_kid,
    "other-key": _forged,
    "other-council": lambda place, _who: place.foreign.token,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A person with a token, with a bad one, or without."""

    name: str
    who: Who
    token: str


def caller(place: Place, name: str, *, best: str) -> Caller:
    """Somebody by the name of her column; whose token is bad is otherwise who `best` is."""
    if name in place.people:
        who = place.people[name]
        return Caller(name=name, who=who, token=who.token)
    who = place.people[best]
    token = "" if name == "no-token" else FORGERIES[name](place, who)
    return Caller(name=name, who=replace(who, token=token), token=token)


def names(place: Place) -> list[str]:
    """All columns."""
    return ["no-token", *FORGERIES, *(name for name in place.people if name != "spare")]
