"""The scenes of `docs/model/*.maude` once more in Python: same rules, same labels, same states.

A state is a set of facts, a fact a tuple of words, `kept` the rules of the protocol that are
switched on. What a rule is about stands beside it in the file of the same name.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final

Fact = tuple[str, ...]
State = frozenset[Fact]
Kept = frozenset[str]
Moves = Iterator[tuple[str, State]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where it begins, what may happen, and what must or must not come of it."""

    starts: Mapping[str, State]
    moves: Callable[[State, Kept], Moves]
    goals: Mapping[str, Callable[[State], bool]]


def _facts(*lines: str) -> State:
    return frozenset(tuple(line.split()) for line in lines)


def _of(state: State, kind: str) -> list[Fact]:
    return [fact[1:] for fact in state if fact[0] == kind]


def _has(*lines: str) -> Callable[[State], bool]:
    facts = _facts(*lines)
    return lambda state: facts <= state


def _intruder(state: State) -> Moves:
    for key, device in _of(state, "sealed"):
        if ("private", device) in state:
            yield "the-intruder-opens-a-key-with-a-device-of-his", state | {("knows", key)}
    for key, text in _of(state, "enc"):
        if ("knows", key) in state:
            yield "the-intruder-decrypts", state | {("knows", text)}


# --- room ----------------------------------------------------------------------------------------

_ROOM: Final = _facts(
    "epoch e0",
    "private dE",
    "who bob bob dB",
    "who bob bob dB2",
    "who bob bob dE",
    "who bob eve dE",
    "who eve eve dE",
    "seat chair bob bob",
    "worker bob bob",
    "worker eve eve",
    "first bob dB",
    "first eve dE",
    "device bob dB",
    "device bob dB2",
    "linked dB2",
    "device eve dE",
)


def _seated(state: State, kept: Kept, wid: str, ik: str) -> bool:
    heard = {"chair": True, "nobody": "roster" not in kept, "mallory": "computed" not in kept}
    return any(("seat", who, wid, ik) in state for who, counts in heard.items() if counts)


def _certified(state: State, kept: Kept, row: Fact) -> bool:
    wid, ik, device = row
    linked = bool({("first", ik, device), ("linked", device)} & state) or "sibling" not in kept
    chain = {("worker", wid, ik), ("device", ik, device)} <= state and linked
    return chain or ("certificate" not in kept and ("claim", wid, device) in state)


def _room(state: State, kept: Kept) -> Moves:
    yield from _intruder(state)
    yield from _room_lies(state)
    ended = ("ended",) in state
    ((epoch,),) = _of(state, "epoch")
    for wid, ik, device in _of(state, "who"):
        named = _seated(state, kept, wid, ik) or (
            "pair" not in kept and _seated(state, kept, wid, wid)
        )
        lost = device == "dB2" and ended
        if named and not lost and _certified(state, kept, (wid, ik, device)):
            yield "a-member-seals-the-epoch-key", state | {("sealed", epoch, device)}
    yield from _room_words(state, kept, epoch, ended=ended)


def _room_lies(state: State) -> Moves:
    unsigned, mallorys = ("seat", "nobody", "eve", "eve"), ("seat", "mallory", "eve", "eve")
    yield "the-server-names-a-member-without-a-signature", state | {unsigned}
    yield "the-server-says-that-a-device-is-bobs", state | {("claim", "bob", "dE")}
    yield "a-lying-member-rotates-and-puts-eve-into-the-roster", state | {mallorys}
    yield "a-lying-registrar-certifies-eves-key-as-bobs-next", state | {("worker", "bob", "eve")}
    if ("private", "bob") in state:
        stolen = state | {("device", "bob", "dE")}
        yield "who-stole-bobs-identity-key-signs-a-device-with-it", stolen


def _room_words(state: State, kept: Kept, epoch: str, *, ended: bool) -> Moves:
    if epoch == "e0" and not ended and ("sealed", "e0", "dB") in state:
        yield "bob-writes-in-the-first-epoch", state | {("enc", "e0", "t0")}
    if ("sealed", "e0", "dB2") in state:
        theft = state | {("private", "dB2"), ("ended",)}
        yield "bobs-second-device-is-stolen-and-its-end-is-logged", theft
    if epoch == "e0" and ended and "fresh" in kept:
        yield "a-member-sees-the-end-and-rotates", state - {("epoch", "e0")} | {("epoch", "e1")}
    if epoch == "e0" and ended and "fresh" not in kept:
        yield "bob-writes-on-in-the-stale-epoch", state | {("enc", "e0", "t1")}
    if ("sealed", "e1", "dB") in state:
        yield "bob-writes-in-the-second-epoch", state | {("enc", "e1", "t1")}


def _stranger_reads(state: State) -> bool:
    early = ("knows", "t0") in state and ("ended",) not in state
    return early or ("knows", "t1") in state


def _both_said(state: State) -> bool:
    return {"t0", "t1"} <= {text for _, text in _of(state, "enc")}


# --- keys ----------------------------------------------------------------------------------------

_GUARD: Final = {"epoch": "kc", "doc": "dc"}
_OFFERS: Final = (("epoch", "k1"), ("epoch", "k2"), ("doc", "d1"), ("doc", "d2"))
_COMMITTED: Final = frozenset({"k1", "d1"})
_OPENS: Final = {"d1": "a1", "d2": "a2"}


def _keys(state: State, kept: Kept) -> Moves:
    held = {(who, slot): key for who, slot, key in _of(state, "holds")}
    for who, (slot, key) in product(("ann", "bob"), _OFFERS):
        fits = key in _COMMITTED or _GUARD[slot] not in kept
        turn = slot == "epoch" or (who, "epoch") in held
        if fits and turn and (who, slot) not in held:
            label = "a-member-takes-the-key-that-the-chair-sealed-to-her"
            yield label, state | {("holds", who, slot, key)}
    for (who, slot), key in held.items():
        if slot == "doc" and (key in _COMMITTED or "com" not in kept):
            yield "a-member-opens-the-envelope", state | {("reads", who, _OPENS[key])}


def _differ(slot: str) -> Callable[[State], bool]:
    return lambda state: len({key for _, held, key in _of(state, "holds") if held == slot}) > 1


def _texts_differ(state: State) -> bool:
    read = set(_of(state, "reads"))
    return {("ann", "a1"), ("bob", "a2")} <= read or {("ann", "a2"), ("bob", "a1")} <= read


# --- words ---------------------------------------------------------------------------------------


def _words(state: State, kept: Kept) -> Moves:
    yield "bob-writes", state | {("env", "bob", "bob", "bob", "true")}
    for header, signer, inside, text in _of(state, "env"):
        if (header, signer, inside) == ("bob", "bob", "bob"):
            taken = ("env", "eve", "eve", "bob", text)
            yield "eve-signs-bobs-ciphertext-as-her-own", state | {taken}
        signed = header == signer or "author" not in kept
        if signed and (header == inside or "place" not in kept):
            yield "ann-reads", state | {("reads", header, text)}
    yield "eve-writes-under-bobs-header", state | {("env", "bob", "eve", "bob", "lie")}


# --- few -----------------------------------------------------------------------------------------

_FEW: Final = _facts(
    "generation d1",
    "audience bob",
    "certified bob dB",
    "certified carol dC",
    "private dC",
    "private dE",
    "knows e",
)
_TRIED: Final = (("bob", "dB"), ("bob", "dE"), ("carol", "dC"))


def _few(state: State, kept: Kept) -> Moves:
    yield from _intruder(state)
    yield "the-server-says-that-a-device-is-bobs", state | {("claimed", "bob", "dE")}
    ((key,),) = _of(state, "generation")
    for who, device in _TRIED:
        if _may_be_granted(state, kept, who, device):
            yield "ann-grants-the-key", state | {("sealed", key, device)}
    if "few" not in kept:
        yield "ann-wraps-the-key-for-the-room", state | {("enc", "e", key)}
    yield from _few_words(state, kept, key, left=("left", "bob") in state)


def _may_be_granted(state: State, kept: Kept, who: str, device: str) -> bool:
    named = ("audience", who) in state or "aud" not in kept
    here = ("left", who) not in state or "now" not in kept
    claimed = ("claimed", who, device) in state and "chain" not in kept
    return named and here and (("certified", who, device) in state or claimed)


def _few_words(state: State, kept: Kept, key: str, *, left: bool) -> Moves:
    if key == "d1" and not left:
        yield "ann-writes", state | {("enc", "d1", "t1")}
    if {("sealed", "d1", "dB"), ("enc", "d1", "t1")} <= state:
        turned = state | {("left", "bob"), ("private", "dB")}
        yield "bobs-basis-is-withdrawn-and-he-turns", turned
    if left and key == "d1" and "due" in kept:
        begun = state - {("generation", "d1")} | {("generation", "d2")}
        yield "ann-begins-a-new-generation", begun
    if left and (key == "d2" or "due" not in kept):
        yield "ann-writes-on", state | {("enc", key, "t2")}


def _leaks(state: State) -> bool:
    early = ("knows", "t1") in state and ("left", "bob") not in state
    return early or ("knows", "t2") in state


def _both_written(state: State) -> bool:
    return {"t1", "t2"} <= {text for _, text in _of(state, "enc")}


# --- history -------------------------------------------------------------------------------------

_NAMED_BY: Final = {"feed": "f", "ids": "lh"}


def _history(state: State, kept: Kept) -> Moves:
    writers = {(who, log) for who, log, _ in _of(state, "wrote")}
    for who, log, head in _of(state, "sees"):
        for label, row in (("one", "one"), ("another", "two")):
            if head == "past":
                shown = state - {("sees", who, log, head)} | {("sees", who, log, row)}
                yield f"the-server-shows-{label}-row", shown
        if (who, log) not in writers:
            yield "a-member-writes", state | {("wrote", who, log, head)}
        for author, _, seen in _of(state, "wrote"):
            if author != who and (seen in {head, "past"} or _NAMED_BY[log] not in kept):
                yield "the-other-reads-it", state | {("reads", who, author, log, seen)}
    yield from _papers(state, kept)


def _papers(state: State, kept: Kept) -> Moves:
    for (paper,) in _of(state, "logged"):
        label = "the-server-steals-the-second-key-and-completes-the-paper"
        yield label, state | {("knows", "full")}
        if ("knows", "full") in state and (paper == "full" or "sg" not in kept):
            yield "a-reader-accepts-the-paper", state | {("accepted", paper)}


def _forked(state: State) -> bool:
    seen = {who: head for who, _, head in _of(state, "sees")}
    return any({seen[who], told} == {"one", "two"} for who, _, _, told in _of(state, "reads"))


# --- invite --------------------------------------------------------------------------------------


def _invite(state: State, kept: Kept) -> Moves:
    for net in ("ours", "false"):
        shown = ("tag", "net", net) in state or "am" not in kept
        if shown and not _of(state, "joined"):
            label = "bob-takes-the-council-that-the-server-shows"
            yield label, state | {("joined", net)}
    if ("joined", "ours") in state:
        asked = _facts("join bob", "tag join bob", "spoken bob")
        yield "bob-asks-to-join-and-says-his-code", state | asked
    yield "the-server-sends-eves-key-instead", state | {("join", "eve")}
    if ("knows", "s") in state:
        label = "the-server-makes-a-mac-with-the-stolen-secret"
        yield label, state | {("tag", "join", "eve")}
    for (who,) in _of(state, "join"):
        proved = ("tag", "join", who) in state or "mac" not in kept
        heard = ("spoken", who) in state or "code" not in kept
        if proved and heard and not _of(state, "certified"):
            yield "the-registrar-certifies-the-key", state | {("certified", who)}


# --- all -----------------------------------------------------------------------------------------

_NET_SHOWN: Final = _facts("tag net ours")
SCENES: Final[Mapping[str, Scene]] = {
    "room": Scene(
        starts={"init": _ROOM, "stolen": _ROOM | {("private", "bob")}},
        moves=_room,
        goals={"stranger-reads": _stranger_reads, "honest": _both_said},
    ),
    "keys": Scene(
        starts={"init": State()},
        moves=_keys,
        goals={
            "epochs-differ": _differ("epoch"),
            "documents-differ": _differ("doc"),
            "texts-differ": _texts_differ,
            "honest": _has("reads ann a1", "reads bob a1"),
        },
    ),
    "words": Scene(
        starts={"init": State()},
        moves=_words,
        goals={
            "forged": _has("reads bob lie"),
            "stolen": _has("reads eve true"),
            "honest": _has("reads bob true"),
        },
    ),
    "few": Scene(
        starts={"init": _FEW}, moves=_few, goals={"leaks": _leaks, "honest": _both_written}
    ),
    "history": Scene(
        starts={
            **{
                f"two-of({log})": _facts(f"sees ann {log} past", f"sees bob {log} past")
                for log in _NAMED_BY
            },
            "paper": _facts("logged half"),
        },
        moves=_history,
        goals={
            "feed-forked": _forked,
            "log-forked": _forked,
            "backdated": _has("accepted half"),
            "honest": _has("reads ann bob feed one", "reads bob ann feed one"),
        },
    ),
    "invite": Scene(
        starts={"init": _NET_SHOWN, "stolen": _NET_SHOWN | {("knows", "s")}},
        moves=_invite,
        goals={
            "wrong-key": _has("certified eve"),
            "wrong-council": _has("joined false"),
            "honest": _has("certified bob"),
        },
    ),
}
