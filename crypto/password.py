"""PW: Argon2id version 1.3 with p=1 (protocol, section 5.1). Callers run it off the event loop."""

from typing import Final

from nacl.pwhash import argon2id

from crypto.errors import Code, Refused
from crypto.profiles import FLOOR, Argon2Profile

SALT_SIZE: Final = 16
OUTPUT_SIZE: Final = 32


def stretch(
    passphrase: str | bytes,
    *,
    salt: bytes,
    profile: Argon2Profile,
    floor: Argon2Profile = FLOOR,
) -> bytes:
    """Return 32 bytes from a passphrase (text as UTF-8) and a 16-byte salt.

    Raises `KDF_FLOOR` when the profile is cheaper than `floor`; only a test names another floor.
    """
    if not profile.reaches(floor):
        raise Refused(Code.KDF_FLOOR)
    secret = passphrase.encode() if isinstance(passphrase, str) else passphrase
    return argon2id.kdf(
        OUTPUT_SIZE, secret, salt, opslimit=profile.passes, memlimit=profile.memory_bytes
    )
