"""Commands of click whose help is in the catalogue, in the person's language."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from cli.shell import Shell
from cli.texts import text_or

F = TypeVar("F", bound=Callable[..., Any])


def _shell(context: click.Context) -> Shell:
    found = context.find_object(Shell)
    assert found is not None  # noqa: S101 -- main hands one in
    return found


def _name(context: click.Context) -> str:
    """Dotted name of a command, without the program's: `audit.verify`."""
    names = list[str]()
    step = context
    while step.parent is not None:
        names.append(step.info_name or "")
        step = step.parent
    return ".".join(reversed(names))


def _common() -> list[click.Parameter]:
    """Options of every command; `main` has already looked at them."""
    return [
        click.Option(["--lang"], type=click.Choice(["ja", "en"]), expose_value=False),
        click.Option(["--json"], is_flag=True, expose_value=False),
    ]


class Command(click.Command):
    """A command that speaks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- click's own, handed on
        super().__init__(*args, **kwargs)
        self.params += _common()

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the first line."""
        pieces = self.collect_usage_pieces(ctx)
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=_label(ctx, "usage"))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command is for."""
        shell, name = _shell(ctx), _name(ctx)
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(_help(shell, f"{name}.help" if name else "help"))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        _write_options(self, ctx, formatter)


class Group(Command, click.Group):
    """A group whose commands speak."""

    command_class = Command
    group_class = type

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands in the order of their definition."""
        _write_options(self, ctx, formatter)
        shell, name = _shell(ctx), _name(ctx)
        path = f"{name}." if name else ""
        rows = [(sub, _help(shell, f"{path}{sub}.help")) for sub in self.list_commands(ctx)]
        with formatter.section(_label(ctx, "commands")):
            formatter.write_dl(rows)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Keep the order in which a person meets the commands."""
        del ctx
        return list(self.commands)


def _write_options(
    command: click.Command, ctx: click.Context, formatter: click.HelpFormatter
) -> None:
    shell = _shell(ctx)
    rows = list[tuple[str, str]]()
    for param in command.get_params(ctx):
        record = param.get_help_record(ctx)
        name = "help" if "--help" in param.opts else param.name or ""
        if isinstance(param, click.Argument):
            rows.append((param.make_metavar(ctx), _help(shell, f"argument.{name}")))
        elif record is not None:
            rows.append((record[0], _help(shell, f"option.{name}")))
    with formatter.section(_label(ctx, "options")):
        formatter.write_dl(rows)


def _label(ctx: click.Context, key: str) -> str:
    return _shell(ctx).text(f"label.{key}")


def _help(shell: Shell, key: str) -> str:
    return text_or(key, shell.lang, f"<{key}>")
