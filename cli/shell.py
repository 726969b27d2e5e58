"""What every command is handed: language, form of output, clock and entropy."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TextIO

from cli.texts import text
from crypto.entropy import Entropy, system
from crypto.errors import Fact, Refused
from protocol.sentences import Lang, sentence
from protocol.times import HOUR, Instant

JST: Final = 9 * HOUR
"""Japan's offset from UTC in ms; it has no summer time."""

Now = Callable[[], Instant]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """The terminal a command talks to; with `as_json` it prints records instead of sentences."""

    now: Now
    lang: Lang = "ja"
    as_json: bool = False
    entropy: Entropy = system
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)

    def text(self, key: str, /, **values: object) -> str:
        """Give a text of the catalogue in the person's language."""
        return text(key, self.lang, **values)

    def give(self, record: Mapping[str, object], *lines: str) -> None:
        """Answer: the record for programs, the lines for people."""
        if self.as_json:
            lines = (json.dumps(record, ensure_ascii=False, default=str),)
        for line in lines:
            print(line, file=self.out, flush=True)

    def say(self, key: str, /, **values: object) -> None:
        """Answer with one sentence; programs get its facts."""
        self.give({"said": key, **values}, self.text(key, **values))

    def warn(self, key: str, /, **values: object) -> None:
        """Say beside the answer, on the error channel, what a person should know."""
        record = {"said": key, **values}
        line = json.dumps(record, ensure_ascii=False) if self.as_json else self.text(key, **values)
        print(line, file=self.err, flush=True)

    def complain(self, code: str, message: str, facts: Mapping[str, Fact] | None = None) -> None:
        """Tell on the error channel why a command did not do what it was asked."""
        record = {"code": code, "message": message, "facts": dict(facts or {})}
        line = json.dumps(record, ensure_ascii=False) if self.as_json else f"{message} ({code})"
        print(line, file=self.err, flush=True)

    def refuse(self, refusal: Refused) -> None:
        """Tell a refusal by its code and the catalogue's sentence."""
        shown = "".join(f"\n  {name}: {fact}" for name, fact in refusal.facts.items())
        message = sentence(refusal.code, self.lang)
        if self.as_json:
            self.complain(refusal.code, message, refusal.facts)
        else:
            print(f"{message} ({refusal.code}){shown}", file=self.err, flush=True)

    def when(self, at: Instant | None) -> str:
        """Show a point in time as people in Japan write it."""
        if at is None:
            return "―"
        return at.plus(JST).moment().strftime("%Y-%m-%d %H:%M")
