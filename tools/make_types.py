"""Write the TypeScript side of the wire's structs, so that both clients speak of one schema.

    python -m tools.make_types            writes the files
    python -m tools.make_types --check    fails when a file is not what would be written

For each struct: an interface with the names of the wire, and its schema as data, which
`web/src/protocol/codec.ts` interprets. Checks of `__post_init__` are written there by hand.
"""

import enum
import importlib
import json
import sys
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Union

import msgspec

from crypto.errors import Code
from protocol import ids, ops, payloads, statement, vocabulary, wire
from protocol.codec import B64, B64U
from protocol.headers import HEADERS, MAX_HEADER, OpHeader
from protocol.ids import Blob, Hash, Id
from protocol.sentences import LANGS, sentence
from protocol.times import Instant

WEB: Final = Path(__file__).parents[1] / "web" / "src"
_HEAD: Final = "// Written by tools/make_types.py; nobody edits it by hand.\n"
_KINDS: Final = ("BLOB", "BOOL", "FACTS", "HASH", "ID", "INSTANT", "OPTIONAL", "RAW")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A field's or an item's type in TypeScript, and the schema data that checks it."""

    type: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One generated file: the Python modules whose structs stand in it."""

    path: str
    sources: tuple[str, ...]
    protocol: str = "../protocol"


MODULES: Final = (
    Module(
        path="protocol/generated.ts",
        sources=(
            "protocol.vocabulary",
            "protocol.payloads",
            "protocol.ops",
            "protocol.headers",
            "protocol.statement",
            "protocol.wire",
        ),
        protocol=".",
    ),
    Module(path="audit/generated.ts", sources=("audit.entry", "audit.export")),
    Module(path="client/generated.ts", sources=("sdk.words", "sdk.vault_format", "sdk.contents")),
)


# --- types -------------------------------------------------------------------------------------


def _written(kind: object) -> Written:
    write = _BY_ORIGIN.get(typing.get_origin(kind))
    return _plain(kind) if write is None else write(*typing.get_args(kind))


def _root(kind: object) -> object:
    while isinstance(kind, typing.NewType):
        kind = kind.__supertype__
    return kind


_PLAIN: Final[Mapping[object, Written]] = {
    Id: Written(type="Id", kind="ID"),
    Hash: Written(type="Hash", kind="HASH"),
    Blob: Written(type="Blob", kind="BLOB"),
    B64U: Written(type="Blob", kind="BLOB"),
    B64: Written(type="Base64", kind='{ k: "b64" }'),
    Instant: Written(type="Instant", kind="INSTANT"),
    msgspec.Raw: Written(type="Json", kind="RAW"),
    Any: Written(type="Json", kind="RAW"),
    str: Written(type="string", kind='{ k: "text" }'),
    int: Written(type="number", kind='{ k: "int" }'),
    bool: Written(type="boolean", kind="BOOL"),
}


def _plain(kind: object) -> Written:
    if isinstance(kind, typing.NewType):
        return Written(type=str(kind.__name__), kind=_PLAIN[_root(kind)].kind)
    if isinstance(kind, type) and issubclass(kind, enum.StrEnum):
        return Written(type=kind.__name__, kind=f'{{ k: "one", of: {_constant(kind.__name__)} }}')
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        name = kind.__name__
        return Written(type=name, kind=f'{{ k: "struct", of: () => {name} }}')
    return _PLAIN[kind]


def _bounded(base: object, meta: msgspec.Meta) -> Written:
    """Write the bounds of a number or text; any other kind of bound is a mistake here."""
    known = {"ge": "min", "le": "max", "max_length": "max", "pattern": "pattern"}
    bounds = [
        f"{name}: {_bound(name, value)}"
        for key, name in known.items()
        if (value := getattr(meta, key)) is not None
    ]
    kind = "int" if base is int else "text"
    data = ", ".join([f'k: "{kind}"', *bounds])
    return Written(type=_written(base).type, kind=f"{{ {data} }}")


def _bound(name: str, value: object) -> str:
    if name != "pattern":
        return str(value)
    pattern = str(value)
    if not (pattern.startswith(r"\A") and pattern.endswith(r"\Z")) or r"\d" in pattern:
        raise ValueError(pattern)  # both languages must mean the same by it
    return f"/^{pattern[2:-2]}$/"


def _union(*members: object) -> Written:
    made = [_written(member) for member in members if member not in _NOTHING]
    kinds = ", ".join(m.kind for m in made)
    one = made[0].kind if len(made) == 1 else f'{{ k: "any", of: [{kinds}] }}'
    kind_types = " | ".join(m.type for m in made)
    if type(None) not in members:
        return Written(type=kind_types, kind=one)
    return Written(type=f"{kind_types} | null", kind=f'{{ k: "null", of: {one} }}')


def _literal(*values: object) -> Written:
    words = [json.dumps(value) for value in values]
    return Written(type=" | ".join(words), kind=f'{{ k: "one", of: [{", ".join(words)}] }}')


def _constant(name: str) -> str:
    return f"{name}Values"


def _tuple(*items: object) -> Written:
    if items[-1] is Ellipsis:
        item = _written(items[0])
        inner = f"({item.type})" if " " in item.type else item.type
        return Written(type=f"readonly {inner}[]", kind=f'{{ k: "list", of: {item.kind} }}')
    made = [_written(item) for item in items]
    return Written(
        type=f"readonly [{', '.join(m.type for m in made)}]",
        kind=f'{{ k: "tuple", of: [{", ".join(m.kind for m in made)}] }}',
    )


def _dict(_: object, value: object) -> Written:
    item = _written(value)
    return Written(
        type=f"Readonly<Record<string, {item.type}>>", kind=f'{{ k: "map", of: {item.kind} }}'
    )


_NOTHING: Final[frozenset[object]] = frozenset({type(None), msgspec.UnsetType})
_BY_ORIGIN: Final[Mapping[object, Callable[..., Written]]] = {
    Annotated: _bounded,
    Union: _union,
    types.UnionType: _union,
    Literal: _literal,
    tuple: _tuple,
    dict: _dict,
}


# --- structs -----------------------------------------------------------------------------------


def _structs(module: str) -> Iterator[type[msgspec.Struct]]:
    for name, value in vars(importlib.import_module(module)).items():
        is_struct = isinstance(value, type) and issubclass(value, msgspec.Struct)
        if is_struct and value.__module__ == module and not name.startswith("_"):
            yield value


def _first_line(documented: object) -> str:
    return (documented.__doc__ or "").strip().splitlines()[0].replace("*/", "")


def _struct(kind: type[msgspec.Struct]) -> str:
    fields: list[str] = []
    schema: list[str] = []
    for field in msgspec.structs.fields(kind):
        made = _field(kind, field)
        mark = "?" if field.default is msgspec.UNSET else ""
        fields.append(f"  readonly {field.encode_name}{mark}: {made.type};\n")
        schema.append(f'    ["{field.encode_name}", {made.kind}{_absent(field)}],\n')
    name = kind.__name__
    return (
        f"/** {_first_line(kind)} */\nexport interface {name} {{\n{''.join(fields)}}}\n"
        f"export const {name}: Shape<{name}> = {{\n"
        f'  name: "{name}",\n  fields: [\n{"".join(schema)}  ],\n}};\n'
    )


def _absent(field: msgspec.structs.FieldInfo) -> str:
    """Say what stands for a key that is left out; nothing, where it must be there."""
    if field.default is msgspec.UNSET:
        return ", OPTIONAL"
    if field.default is msgspec.NODEFAULT or typing.get_origin(field.type) is Literal:
        return ""
    return f", {{ or: {json.dumps(field.default)} }}"


def _field(kind: type[msgspec.Struct], field: msgspec.structs.FieldInfo) -> Written:
    if kind is OpHeader and field.name == "m":
        return Written(type="Facts", kind="FACTS")  # its schema hangs on `op`
    return _written(field.type)


def _tables() -> Iterator[str]:
    """Write the unions and the tables by wire name."""
    yield _union_of("Payload", payloads.PAYLOADS)
    yield _table("PAYLOADS", payloads.PAYLOADS)
    yield _numbers("LEAF_KINDS", payloads.LEAF_KINDS)
    words = ", ".join(json.dumps(word) for word in sorted(payloads.FEED_TYPES))
    yield f"export const FEED_TYPES: ReadonlySet<string> = new Set([{words}]);\n"
    yield _union_of("Facts", ops.OPS)
    yield _table("OPS", ops.OPS)
    yield _union_of("AnyHeader", HEADERS)
    yield _table("HEADERS", HEADERS)
    yield _limits()
    yield _by_name()


def _by_name() -> str:
    names = [kind.__name__ for source in MODULES[0].sources for kind in _structs(source)]
    rows = "".join(f"  readonly {name}: {name};\n" for name in names)
    return (
        f"export interface Structs {{\n{rows}}}\n"
        "export const SHAPES: { readonly [K in keyof Structs]: Shape<Structs[K]> } = {\n"
        f"  {', '.join(names)},\n}};\n"
    )


def _union_of(name: str, table: Mapping[str, type[msgspec.Struct]]) -> str:
    members = "".join(f"\n  | {kind.__name__}" for kind in table.values())
    rows = "".join(f'  readonly "{key}": {kind.__name__};\n' for key, kind in table.items())
    plural = {"Payload": "Payloads", "Facts": "FactsByOp", "AnyHeader": "HeadersByKind"}[name]
    return f"export type {name} ={members};\nexport interface {plural} {{\n{rows}}}\n"


def _table(name: str, table: Mapping[str, type[msgspec.Struct]]) -> str:
    rows = "".join(f'  "{key}": {kind.__name__},\n' for key, kind in table.items())
    union = {"PAYLOADS": "Payloads", "OPS": "FactsByOp", "HEADERS": "HeadersByKind"}[name]
    mapped = f"{{ readonly [K in keyof {union}]: Shape<{union}[K]> }}"
    return f"export const {name}: {mapped} = {{\n{rows}}};\n"


def _numbers(name: str, table: Mapping[str, int]) -> str:
    rows = "".join(f'  "{key}": {number},\n' for key, number in table.items())
    return f"export const {name}: Readonly<Record<string, number>> = {{\n{rows}}};\n"


def _limits() -> str:
    limits = {
        "MAX_BATCH_ROWS": wire.MAX_BATCH_ROWS,
        "MAX_BODY": wire.MAX_BODY,
        "MAX_HEADER": MAX_HEADER,
        "MAX_ITEMS": ops.MAX_ITEMS,
        "MAX_PAYLOAD": statement.MAX_PAYLOAD,
        "MAX_SIGNATURES": statement.MAX_SIGNATURES,
    }
    return "".join(f"export const {name} = {value};\n" for name, value in limits.items())


def _enums(module: str) -> Iterator[type[enum.StrEnum]]:
    for value in vars(importlib.import_module(module)).values():
        is_enum = isinstance(value, type) and issubclass(value, enum.StrEnum)
        if is_enum and value.__module__ == module:
            yield value


def _vocabulary(kind: type[enum.StrEnum]) -> str:
    name = kind.__name__
    rows = "".join(f'  {member.name}: "{member.value}",\n' for member in kind)
    return (
        f"/** {_first_line(kind)} */\n"
        f"export const {name} = {{\n{rows}}} as const;\n"
        f"export type {name} = (typeof {name})[keyof typeof {name}];\n"
        f"export const {_constant(name)}: readonly {name}[] = Object.values({name});\n"
    )


def _whole_room() -> str:
    words = ", ".join(json.dumps(word) for word in sorted(vocabulary.WHOLE_ROOM))
    return f"export const WHOLE_ROOM: ReadonlySet<DocClass> = new Set<DocClass>([{words}]);\n"


def _sentences() -> str:
    rows = "".join(
        f"  {code.value}: {{\n"
        + "".join(
            f"    {lang}: {json.dumps(sentence(code, lang), ensure_ascii=False)},\n"
            for lang in LANGS
        )
        + "  },\n"
        for code in Code
    )
    langs = " | ".join(json.dumps(lang) for lang in LANGS)
    return (
        f"export type Lang = {langs};\n"
        "export const SENTENCES: Readonly<Record<Code, Readonly<Record<Lang, string>>>> = {\n"
        f"{rows}}};\n"
    )


# --- files -------------------------------------------------------------------------------------


def codes() -> str:
    """Write `crypto/codes.ts`: the reason codes in the order of checks."""
    rows = "".join(f'  {code.name}: "{code.value}",\n' for code in Code)
    return (
        f"{_HEAD}\n/** {_first_line(Code)} */\n"
        f"export const Code = {{\n{rows}}} as const;\n"
        "export type Code = (typeof Code)[keyof typeof Code];\n"
        "export const CODES: readonly Code[] = Object.values(Code);\n"
    )


def _body(module: Module) -> str:
    made = chain(
        (_vocabulary(kind) for source in module.sources for kind in _enums(source)),
        (_struct(kind) for source in module.sources for kind in _structs(source)),
    )
    if module is MODULES[0]:
        made = chain(made, [_whole_room()], _tables(), [_sentences()])
    return "\n".join(made)


def _names(module: Module) -> set[str]:
    kinds = {kind.__name__ for source in module.sources for kind in _structs(source)}
    enums = {kind.__name__ for source in module.sources for kind in _enums(source)}
    return kinds | enums | {_constant(name) for name in enums}


def _imports(module: Module, body: str) -> str:
    """Import what the body names: ids, kinds, and structs of the protocol's own file."""
    words = set(_words(body))
    lines = ['import type { Code } from "../crypto/codes";\n'] if "Code" in words else []
    names = sorted(words & {n for n in vars(ids) if n[0].isupper() and not n.startswith("ZERO")})
    if names:
        lines.append(f'import type {{ {", ".join(names)} }} from "{module.protocol}/ids";\n')
    if "Json" in words:
        lines.append(f'import type {{ Json }} from "{module.protocol}/j1";\n')
    kinds = ", ".join(kind for kind in _KINDS if kind in words)
    if kinds:
        lines.append(f'import {{ {kinds} }} from "{module.protocol}/kinds";\n')
    lines.append(f'import type {{ Shape }} from "{module.protocol}/kinds";\n')
    if "Instant" in words:
        lines.append(f'import type {{ Instant }} from "{module.protocol}/times";\n')
    if module is not MODULES[0]:
        lines.extend(_borrowed(module, words))
    return "".join(lines)


def _words(text: str) -> Iterator[str]:
    code = "\n".join(line for line in text.splitlines() if not line.startswith("/**"))
    return iter("".join(c if c.isalnum() or c == "_" else " " for c in code).split())


def _borrowed(module: Module, words: set[str]) -> Iterator[str]:
    names = ", ".join(sorted((words & _names(MODULES[0])) - _names(module)))
    if names:
        yield f'import {{ {names} }} from "{module.protocol}/generated";\n'


def files() -> dict[Path, str]:
    """Make every file, by its path."""
    made = {WEB / "crypto" / "codes.ts": codes()}
    for module in MODULES:
        body = _body(module)
        made[WEB / module.path] = f"{_HEAD}\n{_imports(module, body)}\n{body}"
    return made


def stale() -> list[Path]:
    """Name the files that are not what would be written now."""
    return [
        path
        for path, text in files().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]


def main(arguments: list[str]) -> int:
    """Write the files, or with `--check` only name those that are out of date."""
    if arguments == ["--check"]:
        old = stale()
        for path in old:
            sys.stderr.write(f"{path.relative_to(WEB.parents[1])} is out of date\n")
        return 1 if old else 0
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
