"""Keys are kept before the rows that they are for are sent, and some of those rows never stand.

Somebody else's roster or generation may have taken the place. What is committed to tells.
"""

from collections.abc import Callable
from typing import TypeVar

from crypto.errors import Refused
from protocol.room import Generation, RoomState
from sdk.opening import require_doc_key, require_epoch_key

T = TypeVar("T")


def drop_wrong(
    state: RoomState, *, epochs: dict[int, bytes], docs: dict[Generation, bytes]
) -> None:
    """Drop keys that stand in the way of the right ones; those for rows still to come are left."""
    for n, key in list(epochs.items()):
        if n <= state.epoch and not _fits(require_epoch_key, key, state.rosters[n]):
            del epochs[n]
    for generation, key in list(docs.items()):
        announced = state.documents.get(generation)
        if announced is not None and not _fits(require_doc_key, key, announced.body):
            del docs[generation]


def drop_stray(
    state: RoomState, *, epochs: dict[int, bytes], docs: dict[Generation, bytes]
) -> None:
    """Drop also the keys for rows that will never stand."""
    drop_wrong(state, epochs=epochs, docs=docs)
    for n in [n for n in epochs if n > state.epoch]:
        del epochs[n]
    for generation in [each for each in docs if each not in state.documents]:
        del docs[generation]


def _fits(check: Callable[[bytes, T], None], key: bytes, of: T) -> bool:
    try:
        check(key, of)
    except Refused:
        return False
    return True
