"""The console script `entaku`: finds out the language, runs a command, ends with a code."""

import asyncio
import io
import os
import sys
from collections.abc import Mapping, Sequence

import click

from cli import commands
from cli.exits import Exit, exit_of
from cli.failures import Stop
from cli.now import now
from cli.shell import Shell
from crypto.errors import Refused
from protocol.sentences import LANGS, Lang


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # an old terminal shows ? and works
    sys.exit(run(sys.argv[1:] if arguments is None else arguments, os.environ))


def run(arguments: Sequence[str], environment: Mapping[str, str]) -> Exit:
    """Run one command; every ending has its exit code and its sentence."""
    lang = language(arguments, environment)
    shell = Shell(now=now, lang=lang, as_json="--json" in arguments)
    try:
        code = commands.root.main(
            args=list(arguments), prog_name="entaku", obj=shell, standalone_mode=False
        )
        return Exit(code or 0)
    except (click.UsageError, Refused, Stop) as error:
        return _failed(shell, error)
    except (click.Abort, KeyboardInterrupt, asyncio.CancelledError):
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away; Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK


def _failed(shell: Shell, error: click.UsageError | Refused | Stop) -> Exit:
    """Tell why in one sentence, and give the exit code."""
    match error:
        case Refused():
            shell.refuse(error)
            return exit_of(error)
        case Stop():
            shell.complain(error.key, shell.text(error.key, **error.values))
            return error.exit
        case click.exceptions.NoArgsIsHelpError():
            print(error.message, file=shell.err)
        case _:
            shell.complain("USAGE", _usage(shell, error))
    return Exit.USAGE


def language(arguments: Sequence[str], environment: Mapping[str, str]) -> Lang:
    """Japanese, unless something else is asked for: by `--lang`, else by the environment."""
    wanted = environment.get("ENTAKU_LANG", "")
    for before, argument in zip(["", *arguments], arguments, strict=False):
        if before == "--lang":
            wanted = argument
        elif argument.startswith("--lang="):
            wanted = argument.removeprefix("--lang=")
    return wanted if wanted in LANGS else "ja"


def _usage(shell: Shell, error: click.UsageError) -> str:
    """Say in the person's language what is wrong with the line she typed."""
    path = error.ctx.command_path if error.ctx else "entaku"
    hint = shell.text("usage.hint", path=path)
    match error:
        case click.MissingParameter(param=click.Parameter() as param):
            return shell.text("usage.missing", name=_shown(param)) + hint
        case click.BadParameter(param=click.Parameter() as param):
            return shell.text("usage.bad", name=_shown(param), why=error.message) + hint
        case click.NoSuchCommand():
            return shell.text("usage.command", name=error.command_name) + hint
        case click.NoSuchOption():
            return shell.text("usage.option", name=error.option_name) + hint
        case _:
            return shell.text("usage.line", why=error.message) + hint


def _shown(param: click.Parameter) -> str:
    return param.opts[0] if isinstance(param, click.Option) else (param.name or "").upper()


if __name__ == "__main__":
    main()
