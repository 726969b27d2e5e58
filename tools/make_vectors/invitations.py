"""File 09, invitations: what is derived from a secret, and how a typed code is read."""

from collections.abc import Iterator
from typing import Final

from crypto.errors import Code
from crypto.hashing import pae, sha256
from protocol.codec import b64u
from protocol.ids import Hash, NetId
from protocol.invitation import Secret, grouped
from tools.make_vectors.cases import Case
from tools.make_vectors.values import DK, EK, IK, NET, WID, accept, reject, seq

_SECRET: Final = Secret(seq(0, 16))
_CODE: Final = _SECRET.code()
_ORIGIN: Final = "https://entaku.example.jp"
_TBS: Final = pae("application/vnd.shk1.join+json", b'{"v":1,"typ":"join"}')


def invitations() -> Iterator[Case]:
    """Derivations, the typed code, the link, the digits read aloud."""
    for name, seed in (("counting", seq(0, 16)), ("zeros", bytes(16)), ("ones", b"\xff" * 16)):
        yield accept(
            f"secret of {name}",
            "invitation",
            secret=seed.hex(),
            net=NET.hex(),
            wid=WID.hex(),
            ik=IK.public.hex(),
            tbs=_TBS.hex(),
            origin=_ORIGIN,
        )
    yield accept(
        "digits of an enrolment",
        "enrolment-digits",
        net=NET.hex(),
        inv=_SECRET.inv.hex(),
        ik=IK.public.hex(),
        dk=DK.public.hex(),
        ekh=sha256(EK.public).hex(),
    )
    yield from _codes()
    yield from _links()


def _codes() -> Iterator[Case]:
    for name, typed in {
        "as printed": grouped(_CODE),
        "without separators": _CODE,
        "in lower case": _CODE.lower(),
        "with spaces": " ".join(grouped(_CODE).split("-")) + " ",
        "mistaken digits": _CODE.replace("O", "0").replace("I", "1").replace("B", "8"),
        "full-width": "".join(chr(ord(letter) + 0xFEE0) for letter in _CODE),
        "ideographic space": grouped(_CODE).replace("-", "\u3000"),
        "long vowel mark": grouped(_CODE).replace("-", "\u30fc"),
        "minus sign": grouped(_CODE).replace("-", "\u2212"),
    }.items():
        yield accept(f"code {name}", "read-code", typed=typed)
    for name, (code, typed) in _bad_codes().items():
        yield reject(f"code {name}", "read-code", code, typed=typed)


def _bad_codes() -> dict[str, tuple[Code, str]]:
    length, wrong = Code.BAD_LENGTH, Code.BAD_B64
    other = "C" if _CODE[0] != "C" else "D"
    last = chr(ord(_CODE[25]) ^ 1)
    return {
        "empty": (length, ""),
        "too short": (length, _CODE[:-1]),
        "too long": (length, _CODE + "A"),
        "only separators": (length, "- - -"),
        "a wrong letter": (wrong, other + _CODE[1:]),
        "two letters swapped": (wrong, _CODE[:4] + _CODE[5] + _CODE[4] + _CODE[6:]),
        "a wrong check character": (wrong, _CODE[:-1] + ("A" if _CODE[-1] != "A" else "B")),
        "spare bits set": (wrong, _CODE[:25] + last + _CODE[26:]),
        "a digit outside the alphabet": (wrong, "9" + _CODE[1:]),
        "a sign outside the alphabet": (wrong, "+" + _CODE[1:]),
        "Japanese letters": (wrong, "あ" * 28),
    }


def _links() -> Iterator[Case]:
    link = _SECRET.link(origin=_ORIGIN, net=NetId(Hash(NET)))
    local = _SECRET.link(origin="http://127.0.0.1:8080", net=NetId(Hash(NET)))
    yield accept("link", "read-link", link=link)
    yield accept("link of a local origin", "read-link", link=local)
    yield accept("link with a grouped code", "read-link", link=link.replace(_CODE, grouped(_CODE)))
    wrong = Code.BAD_B64
    net = b64u(NET)
    for name, (code, changed) in {
        "of another protocol": (wrong, link.replace("#shk1.", "#shk2.")),
        "with another path": (wrong, link.replace("/join#", "/enter#")),
        "with a query": (wrong, link.replace("/join#", "/join?a=1#")),
        "without a scheme": (wrong, link.removeprefix("https://")),
        "with a net too short": (wrong, link.replace(net, net[:-1])),
        "with spare bits in the net": (wrong, link.replace(net, net[:-1] + "h")),
        "with text after it": (wrong, link + " x"),
        "with a code too short": (Code.BAD_LENGTH, link[:-1]),
        "with a wrong code": (wrong, link[:-1] + ("A" if link[-1] != "A" else "B")),
        "empty": (wrong, ""),
    }.items():
        yield reject(f"link {name}", "read-link", code, link=changed)
