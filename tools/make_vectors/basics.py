"""Files 01 (hashes and keys), 03 (base64), 07 (padding) and 14 (password)."""

from collections.abc import Iterator

from crypto.errors import Code
from crypto.hashing import parts, u32
from crypto.padding import pad
from tools.make_vectors.cases import Case
from tools.make_vectors.values import (
    CASE,
    DOC,
    DOC_KEY,
    EPOCH_KEY,
    WID,
    accept,
    flip,
    reject,
    seq,
)


def hashing() -> Iterator[Case]:
    """Framings, key derivation, digits to read aloud, commitments."""
    yield accept("parts of three", "parts", items=["", b"ab".hex(), b"c".hex()])
    yield accept("parts of none", "parts", items=[])
    yield accept("parts split elsewhere", "parts", items=[b"a".hex(), b"bc".hex()])
    yield accept("pae", "pae", type="shk1/test", body=b"abc".hex())
    yield accept("pae of nothing", "pae", type="", body="")
    yield accept("pae counts bytes of UTF-8", "pae", type="支援", body="会議".encode().hex())
    context = parts(bytes.fromhex("00112233445566778899aabbccddeeff"), u32(7)).hex()
    for purpose in ("content", "commit", "wrap", "body"):
        key = EPOCH_KEY.hex()
        yield accept(
            f"kdf for {purpose}", "kdf", key=key, purpose=purpose, context=context, size=32
        )
    yield accept("kdf of 64 bytes", "kdf", key=EPOCH_KEY.hex(), purpose="aead", context="", size=64)
    yield accept("mac", "mac", key=EPOCH_KEY.hex(), message=b"message".hex())
    yield accept("mac of nothing", "mac", key=EPOCH_KEY.hex(), message="")
    for name, data in (("zeros", bytes(32)), ("ones", b"\xff" * 32), ("counting", seq(0, 32))):
        yield accept(f"digits of {name}", "digits12", data=data.hex())
    yield from _keys()


def _keys() -> Iterator[Case]:
    case, epoch_key, doc_key = CASE.hex(), EPOCH_KEY.hex(), DOC_KEY.hex()
    for n in (0, 1, 2**32 - 1):
        yield accept(f"keys of epoch {n}", "epoch-keys", E=epoch_key, case=case, n=n)
    for g in (1, 2):
        yield accept(
            f"keys of generation {g}", "doc-keys", D=doc_key, case=case, doc=DOC.hex(), g=g
        )
    key = seq(96, 32).hex()
    salt = seq(64, 32).hex()
    yield accept("name", "name-commitment", salt=salt, name="担当者 甲")
    yield accept("name in its compatibility form", "name-commitment", salt=salt, name="\ufa19")
    yield accept("name in its common form", "name-commitment", salt=salt, name="神")
    yield accept("subject", "subject-commitment", key=key, name="本人 乙", birth="1943-04-01")
    yield accept("subject without birth", "subject-commitment", key=key, name="本人 乙", birth=None)
    yield accept("evidence", "evidence-commitment", key=key, evidence=b'{"how":"paper"}'.hex())


_GOOD_B64U = ("", "AA", "AAA", "AAAA", "_-8", "YQ", "YWI", "YWJj")
_BAD_B64U = {
    "spare bits in two": "YR",
    "spare bits in three": "YWJ",
    "padding": "YQ==",
    "one character": "A",
    "five characters": "AAAAA",
    "standard alphabet": "+/8",
    "space": "YW Jj",
    "new line": "YWJj\n",
    "full-width letter": "ＹQ",
    "stray character": "YW!Jj",
    "only padding": "=",
}
_GOOD_B64 = ("", "AA==", "AAA=", "AAAA", "+/8=", "YQ==")
_BAD_B64 = {
    "spare bits": "YR==",
    "spare bits in three": "YWJ=",
    "no padding": "YQ",
    "too little padding": "YQ=",
    "too much padding": "YQ===",
    "url alphabet": "_-8=",
    "space": "YQ ==",
    "new line": "YQ==\n",
    "text after padding": "YQ==YQ==",
    "full-width letter": "ＹQ==",
    "one character": "A",
}


def base64() -> Iterator[Case]:
    """Decode, encode again, compare."""
    for text in _GOOD_B64U:
        yield accept(f"b64u {text!r}", "b64u", text=text)
    for name, text in _BAD_B64U.items():
        yield reject(f"b64u with {name}", "b64u", Code.BAD_B64, text=text)
    for text in _GOOD_B64:
        yield accept(f"b64 {text!r}", "b64", text=text)
    for name, text in _BAD_B64.items():
        yield reject(f"b64 with {name}", "b64", Code.BAD_B64, text=text)


_SIZES = (
    *(0, 1, 126, 127, 128, 255, 256, 511, 512, 1023, 1024, 1025, 1087, 1088, 2047, 2048, 4095),
    *(5000, 65535, 65536, 2**20 - 1, 10**6, 10**7, 2**31, 2**48 - 1),
)


def padding() -> Iterator[Case]:
    """Buckets, Padmé, and the one canonical padding."""
    for size in _SIZES:
        yield accept(f"length of {size}", "padded-length", size=size)
    for data in (b"", b"a", b"\x80", b"\x00", b"a\x80\x00\x00", bytes(127), bytes(128)):
        name = f"{data[:4].hex()} of {len(data)}"
        yield accept(f"pad {name}", "pad", data=data.hex(), constant=None)
        yield accept(f"unpad {name}", "unpad", data=pad(data).hex(), constant=None)
    yield accept("pad to a constant", "pad", data=b"a".hex(), constant=1024)
    yield accept("unpad a constant", "unpad", data=pad(b"a", constant=1024).hex(), constant=1024)
    yield accept("pad fills a constant", "pad", data=bytes(127).hex(), constant=128)
    yield reject(
        "pad does not fit a constant", "pad", Code.OVERSIZE, data=bytes(128).hex(), constant=128
    )
    for name, data in _bad_paddings().items():
        yield reject(f"unpad {name}", "unpad", Code.BAD_PADDING, data=data.hex(), constant=None)
    yield reject(
        "unpad another constant", "unpad", Code.BAD_PADDING, data=pad(b"a").hex(), constant=1024
    )


def _bad_paddings() -> dict[str, bytes]:
    return {
        "nothing": b"",
        "zeros only": bytes(128),
        "no mark": b"a".ljust(128, b"\0"),
        "another mark": b"a\x81".ljust(128, b"\0"),
        "a byte after the mark": pad(b"a")[:-1] + b"\x01",
        "one zero too few": pad(b"a")[:-1],
        "one zero too many": pad(b"a") + b"\0",
        "the next bucket": b"a\x80".ljust(256, b"\0"),
        "a bucket too small": bytes(127) + b"\x80" + bytes(128),
        "beyond Padmé": (bytes(1500) + b"\x80").ljust(2048, b"\0"),
    }


_MIB = 1024 * 1024
_PHRASE = "合言葉 pass"


def password() -> Iterator[Case]:
    """The one profile, and what lies below it."""
    salt, standard = WID.hex(), {"memory_bytes": 128 * _MIB, "passes": 3}
    yield accept("the standard", "stretch", passphrase=_PHRASE, salt=salt, **standard)
    for name, memory, passes in (
        ("less memory", 128 * _MIB - 1024, 3),
        ("fewer passes", 128 * _MIB, 2),
        ("more passes for less memory", 64 * _MIB, 6),
    ):
        yield reject(
            name,
            "stretch",
            Code.KDF_FLOOR,
            passphrase=_PHRASE,
            salt=salt,
            memory_bytes=memory,
            passes=passes,
        )


def aead() -> Iterator[Case]:
    """The published XChaCha20-Poly1305 vector and what must not open."""
    good = {
        "key": seq(0x80, 32).hex(),
        "nonce": seq(0x40, 24).hex(),
        "aad": "50515253c0c1c2c3c4c5c6c7",
        "ciphertext": _IETF_CIPHERTEXT,
    }
    yield accept("published vector", "aead-open", **good)
    for field, value in good.items():
        changed = flip(bytes.fromhex(value), 0).hex()
        yield reject(f"another {field}", "aead-open", Code.BAD_TAG, **{**good, field: changed})
    yield reject(
        "tag cut off", "aead-open", Code.BAD_TAG, **{**good, "ciphertext": good["ciphertext"][:-2]}
    )
    yield reject("nothing", "aead-open", Code.BAD_TAG, **{**good, "ciphertext": ""})


# draft-irtf-cfrg-xchacha-03, appendix A.3.1
_IETF_CIPHERTEXT = (
    "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
    "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
    "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
    "21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49"
)
