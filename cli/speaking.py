"""Commands of click whose help is in the catalogue, in the person's language."""

from collections.abc import Callable, Mapping
from importlib import import_module
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
    """A group whose commands speak; those named in `lazy` are imported when they are called."""

    command_class = Command
    group_class = type

    def __init__(self, *args: Any, lazy: Mapping[str, str] | None = None, **kwargs: Any) -> None:  # noqa: ANN401 -- click's own, handed on
        super().__init__(*args, **kwargs)
        self._lazy = dict(lazy or {})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find a command, in its module if need be."""
        place = self._lazy.get(cmd_name)
        if place is not None and cmd_name not in self.commands:
            module, _, name = place.partition(":")
            self.add_command(getattr(import_module(module), name), cmd_name)
        return super().get_command(ctx, cmd_name)

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
        return list(self._lazy or self.commands)


def _write_options(
    command: click.Command, ctx: click.Context, formatter: click.HelpFormatter
) -> None:
    shell = _shell(ctx)
    rows = list[tuple[str, str]]()
    for param in sorted(command.get_params(ctx), key=_rank):
        record = param.get_help_record(ctx)
        name = "help" if "--help" in param.opts else param.name or ""
        if isinstance(param, click.Argument):
            rows.append((param.make_metavar(ctx), _help(shell, f"argument.{name}")))
        elif record is not None:
            rows.append((record[0], _help(shell, f"option.{name}")))
    with formatter.section(_label(ctx, "options")):
        formatter.write_dl(rows)


def _rank(param: click.Parameter) -> int:
    """Arguments first, then what belongs to the command, then what every command has."""
    if isinstance(param, click.Argument):
        return 0
    return 2 if param.name in {"vault", "lang", "json"} or "--help" in param.opts else 1


def _label(ctx: click.Context, key: str) -> str:
    return _shell(ctx).text(f"label.{key}")


def _help(shell: Shell, key: str) -> str:
    return text_or(key, shell.lang, f"<{key}>")
