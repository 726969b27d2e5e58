"""File 02: what J1 is and is not, then how a typed schema meets it."""

from collections.abc import Iterator
from typing import Final

from crypto.errors import Code
from tools.make_vectors.cases import Case
from tools.make_vectors.values import accept, reject

_LIMIT: Final = 65536

_GOOD: Final[dict[str, str]] = {
    "empty object": "{}",
    "white space everywhere": ' \t\r\n{ \n"a" \t:\r 1 , "b" : [ 1 , 2 ] } \n',
    "empty list": '{"a":[]}',
    "empty key": '{"":1}',
    "literals": '{"a":true,"b":false,"c":null}',
    "zero": '{"a":0}',
    "one": '{"a":1}',
    "minus one": '{"a":-1}',
    "fifteen digits": '{"a":999999999999999}',
    "greatest": '{"a":9007199254740991}',
    "least": '{"a":-9007199254740991}',
    "sixteen digits": '{"a":1000000000000000}',
    "numbers in a list": '{"a":[0,1,-2,3]}',
    "depth six of lists": '{"a":[[[[[]]]]]}',
    "depth six of objects": '{"a":{"a":{"a":{"a":{"a":{}}}}}}',
    "scalars do not count as depth": '{"a":[[[[[1,"x"]]]]]}',
    "same key in two objects": '{"a":{"k":1},"b":{"k":2}}',
    "same key outside and inside": '{"k":{"k":{"k":1}}}',
    "same key in objects of a list": '{"a":[{"k":1},{"k":2}]}',
    "same key before and after an object": '{"a":{"b":1},"b":2}',
    "same text as key and value": '{"a":"a","b":"b"}',
    "keys that differ in case": '{"a":1,"A":2}',
    "keys that differ by normalisation": '{"\u00e9":1,"e\u0301":2}',
    "keys that differ by a space": '{"a":1,"a ":2}',
    "short escapes": r'{"a":"\"\\\/\b\f\n\r\t"}',
    "escaped letter": r'{"a":"\u0061"}',
    "escape in upper case": r'{"a":"\u00E9\u00Fc"}',
    "escaped zero": r'{"a":"\u0000"}',
    "escaped pair": r'{"a":"\ud83d\ude00"}',
    "escaped pair in upper case": r'{"a":"\uD83D\uDE00"}',
    "two escaped pairs": r'{"a":"\ud83d\ude00\ud83d\ude01"}',
    "escaped backslash before u": r'{"a":"\\ud800"}',
    "escaped key": r'{"\u0061":1,"b":2}',
    "key with an escaped quote": r'{"\"":1}',
    "first beyond the surrogates": r'{"a":"\ue000"}',
    "last before the surrogates": r'{"a":"\ud7ff"}',
    "not a character": r'{"a":"\uffff"}',
    "not a character, unescaped": '{"a":"\uffff"}',
    "byte order mark inside a string": '{"a":"\ufeff"}',
    "delete": '{"a":"\x7f"}',
    "C1 control": '{"a":"\x85"}',
    "line separator": '{"a":"\u2028\u2029"}',
    "Japanese": '{"議題":"支援会議　第１回"}',
    "compatibility characters": '{"a":"\ufa19\ufa1b\ufa1a\uf9dc\ufa26\ufa61"}',
    "beyond the basic plane": '{"a":"\U00020bb7\U0001f600"}',
    "not normalised": '{"a":"か\u3099"}',
    "NFC by some versions only": '{"a":"\u0e01\u0301\U00010efd"}',
    "structure inside a string": '{"a":"{[,:]}","b":"\\"}"}',
    "numbers inside a string": '{"a":"1e5 -0 01"}',
    "proto as a value": '{"a":"__proto__"}',
    "proto with another letter": '{"__proto":1,"_proto__":2}',
    "constructor as a key": '{"constructor":1,"toString":2}',
    "long string": '{"a":"' + "x" * 4096 + '"}',
    "many keys": "{" + ",".join(f'"k{n}":{n}' for n in range(200)) + "}",
}

_BAD: Final[dict[str, str]] = {
    "nothing": "",
    "white space only": " \n",
    "byte order mark": "\ufeff{}",
    "list at the top": "[]",
    "string at the top": '"a"',
    "number at the top": "1",
    "literal at the top": "null",
    "two objects": "{}{}",
    "text after the object": "{} x",
    "comma after the object": "{},",
    "zero byte after the object": "{}\x00",
    "form feed after the object": "{}\f",
    "vertical tab after the object": "{}\v",
    "file separator after the object": "{}\x1c",
    "next line after the object": "{}\x85",
    "ideographic space after the object": "{}\u3000",
    "form feed before the object": "\f{}",
    "ideographic space before the object": "\u3000{}",
    "object not closed": '{"a":1',
    "list not closed": '{"a":[1}',
    "closed by the other bracket": '{"a":[1}]',
    "closed twice": '{"a":1}}',
    "comma before the end": '{"a":1,}',
    "comma at the start": '{,"a":1}',
    "comma twice": '{"a":1,,"b":2}',
    "comma missing": '{"a":1 "b":2}',
    "comma before the end of a list": '{"a":[1,]}',
    "comma at the start of a list": '{"a":[,1]}',
    "comma missing in a list": '{"a":[1 2]}',
    "colon missing": '{"a" 1}',
    "colon twice": '{"a"::1}',
    "colon in a list": '{"a":["b":1]}',
    "value missing": '{"a":}',
    "key missing": "{:1}",
    "key alone": '{"a"}',
    "key not a string": "{1:2}",
    "key without quotes": "{a:1}",
    "key in single quotes": "{'a':1}",
    "value in single quotes": "{\"a\":'b'}",
    "comment": '{"a":1/*x*/}',
    "line comment": '{"a":1//x\n}',
    "duplicate key": '{"a":1,"a":2}',
    "duplicate key, same value": '{"a":1,"a":1}',
    "duplicate key by an escape": r'{"a":1,"\u0061":2}',
    "duplicate key by two escapes": r'{"\u00e9":1,"\u00E9":2}',
    "duplicate key by a pair": '{"\U0001f600":1,"\\ud83d\\ude00":2}',
    "duplicate key by an escaped slash": r'{"/":1,"\/":2}',
    "duplicate key in depth": '{"a":[{"b":{"c":1,"c":2}}]}',
    "duplicate key around an object": '{"a":{"x":1},"a":2}',
    "duplicate empty key": '{"":1,"":2}',
    "minus zero": '{"a":-0}',
    "minus alone": '{"a":-}',
    "two minus": '{"a":--1}',
    "plus": '{"a":+1}',
    "leading zero": '{"a":01}',
    "leading zero after minus": '{"a":-01}',
    "two zeros": '{"a":00}',
    "fraction": '{"a":1.5}',
    "fraction of nothing": '{"a":1.0}',
    "point alone": '{"a":1.}',
    "point first": '{"a":.5}',
    "exponent": '{"a":1e5}',
    "exponent in upper case": '{"a":1E5}',
    "exponent of zero": '{"a":1e0}',
    "exponent with a sign": '{"a":1e-5}',
    "infinity by exponent": '{"a":1e400}',
    "two to the 53": '{"a":9007199254740992}',
    "minus two to the 53": '{"a":-9007199254740992}',
    "two to the 53 and one": '{"a":9007199254740993}',
    "sixteen nines": '{"a":9999999999999999}',
    "seventeen digits": '{"a":10000000000000000}',
    "hexadecimal": '{"a":0x10}',
    "underscore in a number": '{"a":1_000}',
    "full-width digit": '{"a":１}',
    "arabic digit": '{"a":١}',
    "NaN": '{"a":NaN}',
    "Infinity": '{"a":Infinity}',
    "minus Infinity": '{"a":-Infinity}',
    "undefined": '{"a":undefined}',
    "True": '{"a":True}',
    "TRUE": '{"a":TRUE}',
    "two literals": '{"a":truefalse}',
    "literal cut off": '{"a":nul}',
    "literal and number": '{"a":true1}',
    "two strings": '{"a":"b""c"}',
    "string not closed": '{"a":"b}',
    "string ends in a backslash": '{"a":"b\\',
    "high surrogate alone": r'{"a":"\ud800"}',
    "high surrogate before a letter": r'{"a":"\ud800a"}',
    "high surrogate before an escape": r'{"a":"\ud800\u0061"}',
    "high surrogate twice": r'{"a":"\ud800\ud800"}',
    "low surrogate alone": r'{"a":"\udc00"}',
    "surrogates in the wrong order": r'{"a":"\ude00\ud83d"}',
    "low surrogate after a pair": r'{"a":"\ud83d\ude00\ude00"}',
    "lone surrogate in a key": r'{"\ud800":1}',
    "lone surrogate in upper case": r'{"a":"\uDBFF"}',
    "unknown escape": r'{"a":"\x41"}',
    "escaped single quote": r'{"a":"\'"}',
    "escape in upper case U": r'{"a":"\U0041"}',
    "escape of three digits": r'{"a":"\u041"}',
    "escape with another letter": r'{"a":"\u00g1"}',
    "escape in braces": r'{"a":"\u{41}"}',
    "zero in a string": '{"a":"\x00"}',
    "new line in a string": '{"a":"b\nc"}',
    "tab in a string": '{"a":"b\tc"}',
    "unit separator in a string": '{"a":"\x1f"}',
    "zero between tokens": '{"a"\x00:1}',
    "form feed between tokens": '{"a":\f1}',
    "vertical tab between tokens": '{"a":\v1}',
    "no-break space between tokens": '{"a":\u00a01}',
    "ideographic space between tokens": '{"a":\u30001}',
    "line separator between tokens": '{"a":\u20281}',
    "depth seven of lists": '{"a":[[[[[[]]]]]]}',
    "depth seven of objects": '{"a":{"a":{"a":{"a":{"a":{"a":{}}}}}}}',
    "depth of a thousand": '{"a":' + "[" * 1000 + "]" * 1000 + "}",
    "opened a thousand times": '{"a":' * 1000,
    "proto": '{"__proto__":1}',
    "proto in depth": '{"a":[{"__proto__":{}}]}',
    "proto by an escape": r'{"\u005f_proto__":1}',
}

_BAD_BYTES: Final[dict[str, bytes]] = {
    "not UTF-8": b'{"a":"\xff"}',
    "UTF-8 cut off": b'{"a":"\xe6\x94"}',
    "zero in two bytes": b'{"a":"\xc0\x80"}',
    "slash in two bytes": b'{"a":"\xc0\xaf"}',
    "surrogate in UTF-8": b'{"a":"\xed\xa0\x80"}',
    "pair in UTF-8": b'{"a":"\xed\xa0\xbd\xed\xb8\x80"}',
    "beyond the last character": b'{"a":"\xf4\x90\x80\x80"}',
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "Shift JIS": '{"a":"支援"}'.encode("shift-jis"),
}

_ID: Final = "00112233445566778899aabbccddeeff"
_HASH: Final = "A" * 43
_SAMPLE: Final = f'{{"v":1,"a":"{_ID}","h":"{_HASH}","b":2}}'


def j1() -> Iterator[Case]:
    """J1 alone."""
    for name, text in _GOOD.items():
        yield accept(name, "j1", data=text.encode().hex(), limit=_LIMIT)
    for name, text in _BAD.items():
        yield reject(name, "j1", Code.BAD_J1, data=text.encode().hex(), limit=_LIMIT)
    for name, data in _BAD_BYTES.items():
        yield reject(name, "j1", Code.BAD_J1, data=data.hex(), limit=_LIMIT)
    long = b'{"a":"xxxx"}'
    yield accept("as long as allowed", "j1", data=long.hex(), limit=len(long))
    yield reject("one byte too long", "j1", Code.OVERSIZE, data=long.hex(), limit=len(long) - 1)
    yield reject("too long and malformed", "j1", Code.OVERSIZE, data=b"x".hex(), limit=0)
    yield from _typed()


def _typed() -> Iterator[Case]:
    for name, text in {
        "as the schema says": _SAMPLE,
        "null where allowed": _changed('"b":2', '"b":null'),
        "optional key": _changed('"b":2', '"b":2,"o":3'),
        "keys in another order": f'{{"b":2,"h":"{_HASH}","a":"{_ID}","v":1}}',
        "x is ignored": _changed('"b":2', '"b":2,"x":{"pq":[1,{"z":null}]}'),
    }.items():
        yield accept(f"typed: {name}", "j1-typed", data=text.encode().hex())
    for name, (old, new, code) in _MISFITS.items():
        data = _changed(old, new).encode().hex()
        yield reject(f"typed: {name}", "j1-typed", code, data=data)


def _changed(old: str, new: str) -> str:
    return _SAMPLE.replace(old, new)


_J1, _B64 = Code.BAD_J1, Code.BAD_B64
_MISFITS: Final[dict[str, tuple[str, str, Code]]] = {
    "unknown key": ('"b":2', '"b":2,"z":1', _J1),
    "key missing": (',"b":2', "", _J1),
    "null where not allowed": ('"v":1', '"v":null', _J1),
    "optional key null": ('"b":2', '"b":2,"o":null', _J1),
    "x not an object": ('"b":2', '"b":2,"x":1', _J1),
    "x null": ('"b":2', '"b":2,"x":null', _J1),
    "text for a number": ('"v":1', '"v":"1"', _J1),
    "boolean for a number": ('"v":1', '"v":true', _J1),
    "number for an id": (f'"{_ID}"', "1", _J1),
    "null for an id": (f'"{_ID}"', "null", _J1),
    "id in upper case": (_ID, _ID.upper(), _J1),
    "id too short": (_ID, _ID[2:], _J1),
    "id too long": (_ID, _ID + "00", _J1),
    "id with a space": (_ID, _ID[:-1] + " ", _J1),
    "id in full-width digits": (_ID, "０" + _ID[1:], _J1),
    "id with another letter": (_ID, _ID[:-1] + "g", _J1),
    "hash with spare bits": (_HASH, _HASH[:-1] + "B", _B64),
    "hash with padding": (_HASH, _HASH + "=", _B64),
    "hash in the standard alphabet": (_HASH, "+" + _HASH[1:], _B64),
    "hash too short": (_HASH, _HASH[:-3], _J1),
    "hash too long": (_HASH, _HASH[:-1] + "AA", _J1),
    "hash empty": (_HASH, "", _J1),
    "number for a hash": (f'"{_HASH}"', "1", _J1),
}
