"""Points in time on the wire: `YYYY-MM-DDThh:mm:ssZ` in JSON, milliseconds inside."""

import re
from datetime import UTC, datetime, timedelta
from typing import Self

# No hour 24, which later versions of Python would read as the next day.
_SHAPE = re.compile(r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\dZ", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Instant(int):
    """Milliseconds since 1970 UTC; the text form drops the fraction of a second."""

    __slots__ = ()

    @classmethod
    def of(cls, when: datetime) -> Self:
        """Take an aware datetime."""
        return cls((when - _EPOCH) // timedelta(milliseconds=1))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text form; ValueError for another shape or a day that does not exist."""
        if not _SHAPE.fullmatch(text):
            raise ValueError(text)
        return cls.of(datetime.fromisoformat(text))

    def text(self) -> str:
        """Write the text form."""
        # Not strftime: its %Y writes the year 26 with two digits.
        return self.moment().replace(tzinfo=None).isoformat(timespec="seconds") + "Z"

    def moment(self) -> datetime:
        """Give the aware datetime, whole seconds."""
        return _EPOCH + timedelta(seconds=self // SECOND)

    def plus(self, milliseconds: int) -> Self:
        """Move by a signed number of milliseconds."""
        return type(self)(self + milliseconds)
