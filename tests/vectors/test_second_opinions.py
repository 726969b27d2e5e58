"""Second opinions: what other libraries, and the same thing put together from parts, say."""

import base64
import json
from collections import Counter
from typing import Final

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from nacl.encoding import RawEncoder
from nacl.exceptions import CryptoError
from nacl.hash import blake2b
from securesystemslib import dsse
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer._crypto_signer import CryptoSigner
from securesystemslib.signer._key import Key as TheirKey
from securesystemslib.signer._key import SSlibKey

from crypto import aead, hashing, sealing
from crypto.errors import Code, Refused
from crypto.password import stretch
from crypto.profiles import Argon2Profile
from crypto.sealing import SealingKey
from crypto.signing import verify
from protocol import statement
from protocol.ids import Hash, Key
from tests.vectors import others, xwing
from tests.vectors.node import typescript
from tests.world import council
from tools.make_vectors.cases import FOLDER, load

# --- sealing -------------------------------------------------------------------------------------


def test_what_we_seal_opens_when_put_together_from_parts() -> None:
    """ML-KEM, X25519, SHA3-256 and the key schedule of RFC 9180, each by itself."""
    seed, info, text = bytes(range(32)), b"shk1/seal", bytes(range(100))
    sealed = sealing.seal(SealingKey.from_seed(seed).public, info=info, plaintext=text)

    assert xwing.open_sealed(seed, info, sealed) == text
    with pytest.raises(CryptoError):
        xwing.open_sealed(seed, info + b"!", sealed)


def test_the_parts_give_what_the_working_group_has() -> None:
    """Shared secret, key and first nonce of its set."""
    for each in others.xwing_sets():
        secret = xwing.shared_secret(bytes.fromhex(each["skRm"]), bytes.fromhex(each["enc"]))
        key, nonce = xwing.schedule(secret, bytes.fromhex(each["info"]))

        assert [secret.hex(), key.hex(), nonce.hex()] == [
            each[name] for name in ("shared_secret", "key", "base_nonce")
        ]


def test_the_library_has_the_key_schedule_of_rfc_9180() -> None:
    """Its X25519 suite with the KDF and AEAD in use opens what A.2's key and nonce seal."""
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
    sets = others.hpke("test-vectors.json", mode=0, kem_id=32, kdf_id=1, aead_id=3)
    for each in sets:
        key = X25519PrivateKey.from_private_bytes(bytes.fromhex(each["skRm"]))
        sealed = bytes.fromhex(others.sealed_by(each, _TEXT))

        assert suite.decrypt(sealed, key, bytes.fromhex(each["info"])) == _TEXT
    assert len(sets) == 1


def test_the_library_has_ml_kem_768() -> None:
    """Keys and decapsulation of 100 known answers; our key's first half is that key."""
    tried = 0
    for each in list(others.records("asymmetric/MLKEM/kat_MLKEM_768.rsp"))[:100]:
        private = MLKEM768PrivateKey.from_seed_bytes(bytes.fromhex(each["d"] + each["z"]))
        made = SealingKey(mlkem=private, x25519=X25519PrivateKey.from_private_bytes(bytes(32)))

        assert made.public[:-32].hex() == each["pk"]
        assert private.decapsulate(bytes.fromhex(each["ct"])).hex() == each["ss"]
        tried += 1
    assert tried == 100


def test_the_library_has_x25519() -> None:
    """The two multiplications of RFC 7748."""
    for each in list(others.records("asymmetric/X25519/rfc7748.txt"))[:2]:
        private = X25519PrivateKey.from_private_bytes(bytes.fromhex(each["input_scalar"]))
        public = X25519PublicKey.from_public_bytes(bytes.fromhex(each["input_u"]))

        assert private.exchange(public).hex() == each["output_u"]


def test_both_languages_refuse_the_same_hostile_sealing_keys() -> None:
    """Small-order shares, coefficients beyond the prime, wrong lengths."""
    public = SealingKey.from_seed(bytes(32)).public
    high = public[1] & 0xF0
    hostile = [public[:-32] + share for share in xwing.SMALL_ORDER]
    hostile += [bytes([low, 0x0D | high]) + public[2:] for low in (0x01, 0xFF)]
    hostile += [public[:-1], public + b"\0", b""]
    honest = [public, bytes([0x00, 0x0D | high]) + public[2:]]
    fields = {"info": "", "plaintext": "78", "entropy": bytes(64).hex()}
    asked = [{"op": "seal-with", "in": {"public": each.hex(), **fields}} for each in hostile]
    asked += [{"op": "seal-with", "in": {"public": each.hex(), **fields}} for each in honest]

    for each in hostile:
        with pytest.raises(Refused, match="BAD_TAG"):
            sealing.seal(each, info=b"", plaintext=b"x")
    for each in honest:
        assert len(sealing.seal(each, info=b"", plaintext=b"x")) == sealing.OVERHEAD + 1
    told = [verdict.get("code", "sealed") for verdict in typescript(asked)]
    assert told == ["BAD_TAG"] * len(hostile) + ["sealed"] * len(honest)


# --- AEAD, hashes, passwords ---------------------------------------------------------------------

_KEY: Final = bytes(range(0x80, 0xA0))
_NONCE: Final = bytes(range(0x40, 0x58))
_AAD: Final = bytes.fromhex("50515253c0c1c2c3c4c5c6c7")
_TEXT: Final = (
    b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
    b"sunscreen would be it."
)


def _hchacha20(key: bytes, nonce: bytes) -> bytes:
    """HChaCha20 out of a plain ChaCha20 block: what its last addition added is taken away."""
    block = Cipher(ChaCha20(key, nonce), mode=None).encryptor().update(bytes(64))
    state = b"expand 32-byte k" + key + nonce
    words = [
        (
            int.from_bytes(block[at : at + 4], "little")
            - int.from_bytes(state[at : at + 4], "little")
        )
        % 2**32
        for at in (*range(0, 16, 4), *range(48, 64, 4))
    ]
    return b"".join(word.to_bytes(4, "little") for word in words)


def _xchacha(key: bytes, nonce: bytes) -> tuple[ChaCha20Poly1305, bytes]:
    return ChaCha20Poly1305(_hchacha20(key, nonce[:16])), bytes(4) + nonce[16:]


def test_the_draft_and_the_library_have_the_same_xchacha() -> None:
    """The draft's tag, and ciphertexts of OpenSSL under a subkey made from ChaCha20 blocks."""
    text = _TEXT
    ours = aead.encrypt(key=_KEY, nonce=_NONCE, aad=_AAD, plaintext=text)
    theirs, nonce = _xchacha(_KEY, _NONCE)

    assert ours[-16:].hex() == "c0875924c1c7987947deafd8780acf49"
    assert theirs.encrypt(nonce, text, _AAD) == ours
    for size in (0, 1, 15, 16, 17, 63, 64, 65, 1000):
        made = aead.encrypt(key=_KEY, nonce=_NONCE, aad=text[:size], plaintext=bytes(size))
        assert theirs.decrypt(nonce, made, text[:size]) == bytes(size)


def test_two_libraries_have_the_same_keyed_blake2b() -> None:
    """The key derivation is libsodium's generic hash over the same frame."""
    for size, context in ((16, b""), (32, b"context"), (64, bytes(1000))):
        theirs = blake2b(
            hashing.pae("shk1/kdf/aead", context),
            digest_size=size,
            key=_KEY,
            encoder=RawEncoder,
        )

        assert hashing.kdf(_KEY, "aead", context, size) == theirs


@pytest.mark.parametrize("passphrase", ["", "支援会議", "x" * 200])
def test_openssl_has_the_same_argon2id(passphrase: str) -> None:
    """One lane, 16 bytes of salt, 32 out; no published answer has this form."""
    profile = Argon2Profile(memory_bytes=1024 * 1024, passes=3)
    theirs = Argon2id(salt=_KEY[:16], length=32, iterations=3, lanes=1, memory_cost=1024)

    ours = stretch(passphrase, salt=_KEY[:16], profile=profile, floor=profile)

    assert theirs.derive(passphrase.encode()) == ours


# --- signatures ----------------------------------------------------------------------------------


def _openssl_accepts(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def test_openssl_accepts_whatever_we_accept() -> None:
    """On all lines; what it accepts beyond has a weak key, or a nonce that is the identity."""
    beyond: Counter[str] = Counter()
    lines = [*others.ed25519(), *others.edges()]
    asked = [(line["in"], said.get("code")) for line, said in lines if line["op"] == "verify"]
    made = load(FOLDER / "04-ed25519.json").cases
    for fields, code in [*asked, *((c.input, c.code) for c in made if c.op == "verify")]:
        public, message, signature = (
            bytes.fromhex(str(fields[name])) for name in ("public", "message", "signature")
        )
        accepts = _openssl_accepts(public, message, signature)

        assert accepts or code is not None
        if accepts and code is not None:
            beyond[code] += 1
            assert code == Code.WEAK_KEY or signature[:32] == b"\1" + bytes(31)
    assert set(beyond) == {Code.WEAK_KEY, Code.BAD_SIG}


def test_the_identity_key_signs_anything_for_openssl_and_nothing_for_us() -> None:
    """Why the point is checked at every verification (protocol, section 1.4)."""
    public, signature = b"\1" + bytes(31), b"\1" + bytes(63)

    assert _openssl_accepts(public, b"any message", signature)
    with pytest.raises(Refused, match="WEAK_KEY"):
        verify(public=public, message=b"any message", signature=signature)


# --- DSSE ----------------------------------------------------------------------------------------

_TYPE: Final = "http://example.com/HelloWorld"
_BODY: Final = b"hello world"
_SIGNATURE: Final = (
    "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="
)
_POINT: Final = (
    46950820868899156662930047687818585632848591499744589407958293238635476079160,
    5640078356564379163099075877009565129882514886557779369047442380624545832820,
)


def test_the_frame_is_that_of_the_dsse_protocol() -> None:
    """The example of its text, and its signature under the P-256 key named there."""
    framed = hashing.pae(_TYPE, _BODY)
    signature = base64.b64decode(_SIGNATURE)
    der = encode_dss_signature(
        int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    )
    numbers = ec.EllipticCurvePublicNumbers(*_POINT, ec.SECP256R1())

    assert framed == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    numbers.public_key().verify(der, framed, ec.ECDSA(hashes.SHA256()))


def _ours(pk: Key) -> SSlibKey:
    """A key as that library holds it; it asks that the hint names it."""
    return SSlibKey(statement.key_id(pk), "ed25519", "ed25519", {"public": pk.hex()})


def _read_by_them(data: bytes) -> dsse.Envelope:
    return dsse.Envelope.from_dict(json.loads(data))  # pyright: ignore[reportUnknownMemberType]


def test_securesystemslib_verifies_our_statements() -> None:
    """Every statement of the council's log: same frame, all its signatures, none after a change."""
    world = council().world
    for data in filter(None, world.bytes):
        parsed = statement.parse(data)
        keys: list[TheirKey] = [_ours(signature.pk) for signature in world.claimed(parsed)]
        theirs = _read_by_them(data)

        assert theirs.pae() == parsed.tbs
        assert len(theirs.verify(keys, len(keys))) == len(keys)
        theirs.payload += b" "
        with pytest.raises(VerificationError):
            theirs.verify(keys, 1)


def test_we_read_what_securesystemslib_signs() -> None:
    """Its signature verifies here, and its envelope is one of ours."""
    body = next(filter(None, council().world.bytes))
    private = Ed25519PrivateKey.from_private_bytes(_KEY)
    key = Key(Hash(private.public_key().public_bytes_raw()))
    known = _ours(key)
    theirs = _read_by_them(body)
    theirs.signatures.clear()
    theirs.sign(CryptoSigner(private, known))

    told = json.dumps(theirs.to_dict())  # pyright: ignore[reportUnknownMemberType]
    parsed = statement.parse(told.encode())

    assert [found.pk for found in statement.match(parsed, [key])] == [key]
