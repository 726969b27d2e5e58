"""Why a command could not even try: told in one sentence of the catalogue."""

from cli.exits import Exit


class Stop(Exception):
    """Ends the program; `key` names the sentence, `values` fill it."""

    def __init__(self, key: str, *, exit: Exit, **values: object) -> None:  # noqa: A002 -- its name
        super().__init__(key)
        self.key = key
        self.exit = exit
        self.values = values
