"""The files of stories, and those of statements and feeds, by name."""

from collections.abc import Callable, Iterator
from typing import Final

from tools.make_vectors import certificates, documents, effects, feed, rosters, rows
from tools.make_vectors.story import COUNCIL, Story, council_text, stories_text

STORIES: Final[dict[str, tuple[str, Callable[[], Iterator[Story]]]]] = {
    "09-certificates.json": ("Certificates, their chains, trust", certificates.stories),
    "10-rosters.json": ("Rosters, one by one and in a row", rosters.stories),
    "12-documents.json": ("Documents, keys, content, grants", documents.stories),
    "15-rows.json": ("Rows of a feed", rows.stories),
    "19-effects.json": ("What bases cover, who stays, who is sealed to", effects.stories),
}


def texts() -> dict[str, str]:
    """The text of every file by its name."""
    told = {name: stories_text(about, make()) for name, (about, make) in STORIES.items()}
    return {COUNCIL: council_text(), **feed.files(), **told}
