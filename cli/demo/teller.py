"""Tells the story on the terminal: acts, who does what, who is refused and why."""

from typing import Final

from cli.now import monotonic
from cli.shell import Shell
from crypto.errors import Code
from protocol.sentences import sentence

_BOLD: Final = "\x1b[1m"
_DIM: Final = "\x1b[2m"
_GREEN: Final = "\x1b[32m"
_YELLOW: Final = "\x1b[33m"
_CYAN: Final = "\x1b[36m"
_END: Final = "\x1b[0m"
_ACTS: Final = 8


class Teller:
    """One line for each thing that happens; colours only on a terminal."""

    def __init__(self, shell: Shell) -> None:
        self._shell: Final = shell
        self._colours: Final = shell.out.isatty()
        self._start: Final = monotonic()
        self._act = 0
        self.checks = 0

    @property
    def seconds(self) -> float:
        """How long it has been going on."""
        return (monotonic() - self._start) / 1000

    def act(self, key: str, /, **values: object) -> None:
        """Begin the next act."""
        self._act += 1
        title = self._shell.text(f"demo.{key}", **values)
        head = f"\n{self._act}/{_ACTS} {title}"
        self._line(_BOLD, f"{head}  [{self.seconds:.1f}s]")

    def tell(self, key: str, /, **values: object) -> None:
        """Tell what happens."""
        self._line("", "  " + self._shell.text(f"demo.{key}", **values))

    def quote(self, who: str, text: str) -> None:
        """Show what one person reads on her own screen."""
        self._line(_CYAN, f"    {who} │ {text}")

    def refused(self, who: str, code: Code) -> None:
        """Show what one person is refused, with the sentence she reads."""
        words = sentence(code, self._shell.lang)
        self._line(_YELLOW, f"    {who} ✗ {words} ({code})")

    def confirm(self, key: str, /, **values: object) -> None:
        """Tell an expectation that held."""
        self.checks += 1
        self._line(_GREEN, "  ✓ " + self._shell.text(f"demo.{key}", **values))

    def note(self, text: str) -> None:
        """Show something as it is."""
        self._line(_DIM, text)

    def _line(self, colour: str, line: str) -> None:
        shown = f"{colour}{line}{_END}" if colour and self._colours else line
        print(shown, file=self._shell.out, flush=True)
