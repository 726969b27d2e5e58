"""Access tokens: ten minutes, for one council, one device. The only place that knows JWT."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.types import Options

from crypto.entropy import Entropy
from crypto.errors import Code, Refused
from identity.model import Actor
from protocol import codec
from protocol.ids import Did, Hash, Id, Sid, Wid
from protocol.statement import key_id

LIFE: Final = timedelta(minutes=10)
_ALGORITHM: Final = "EdDSA"
_CLAIMS: Final = ("iss", "aud", "sub", "wid", "dev", "iat", "exp", "jti")
# Times are judged below with the clock that is handed in.
_OPTIONS: Final[Options] = {
    "require": list(_CLAIMS),
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "strict_aud": True,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a token grants: who acts, and until when."""

    actor: Actor
    expires: datetime


class Tokens:
    """Issues and reads the tokens of one server; `issuer` is its origin."""

    def __init__(self, seed: bytes, *, issuer: str) -> None:
        self._key: Final = Ed25519PrivateKey.from_private_bytes(seed)
        self._public: Final = self._key.public_key()
        self._kid: Final = key_id(self._public.public_bytes_raw())
        self._issuer: Final = issuer

    def issue(
        self, actor: Actor, *, slug: str, now: datetime, entropy: Entropy
    ) -> tuple[str, Access]:
        """Make a token for a signed-in device."""
        expires = (now + LIFE).replace(microsecond=0)
        claims = {
            "iss": self._issuer,
            "aud": slug,
            "sub": actor.did.hex(),
            "wid": actor.wid.hex(),
            "dev": codec.b64u(actor.device),
            "iat": int(now.timestamp()),
            "exp": int(expires.timestamp()),
            "jti": entropy(Id.SIZE).hex(),
        }
        token = jwt.encode(claims, self._key, algorithm=_ALGORITHM, headers={"kid": self._kid})
        return token, Access(actor=actor, expires=expires)

    def read(self, token: str, *, slug: str, now: datetime) -> Access:
        """Read a token of this council; BAD_TOKEN for everything else, an old one included."""
        try:
            if jwt.get_unverified_header(token).get("kid") != self._kid:
                raise Refused(Code.BAD_TOKEN)
            claims = jwt.decode(
                token,
                self._public,
                algorithms=[_ALGORITHM],
                audience=slug,
                issuer=self._issuer,
                options=_OPTIONS,
            )
        except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
            # The library reads the header's JSON before any check, and text that is no UTF-8.
            raise Refused(Code.BAD_TOKEN) from error
        expires = datetime.fromtimestamp(claims["exp"], tz=now.tzinfo)
        if now >= expires:
            raise Refused(Code.BAD_TOKEN)
        return Access(actor=_actor(claims), expires=expires)


def _actor(claims: dict[str, str]) -> Actor:
    try:
        did, wid = bytes.fromhex(claims["sub"]), bytes.fromhex(claims["wid"])
        device = codec.from_b64u(claims["dev"])
    except (ValueError, TypeError) as error:
        raise Refused(Code.BAD_TOKEN) from error
    return Actor(did=Did(Id(did)), wid=Wid(Id(wid)), device=Sid(Hash(device)))
