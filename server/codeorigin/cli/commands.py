"""Commands whose options are one object: it goes from the shell to the run as it is; their help is grouped."""

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any, ClassVar, Protocol, TypeVar

import typer
from typer.core import TyperCommand

from codeorigin.shell.exit_codes import guarded

_OPTION_COLUMNS = 24


class CommandOptions(Protocol):
    """A dataclass whose fields are annotated with Typer's options and arguments."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def debug(self) -> bool:
        """Whether to show the traceback of an unexpected error."""


class GroupedCommand(TyperCommand):
    """A command whose help lists its options by the groups that they name, in 80 columns."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments, then each group of options in the order of its first one, and the rest."""
        groups: dict[str, list[tuple[str, str]]] = {}
        rest: list[tuple[str, str]] = []
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is None:
                continue
            # An option that is only a "no" has nothing before the slash.
            names, about = record[0].removeprefix(" / ").ljust(_OPTION_COLUMNS), record[1]
            group = "Arguments" if parameter.param_type_name == "argument" else None
            group = group or getattr(parameter, "rich_help_panel", None)
            (rest if group is None else groups.setdefault(group, [])).append((names, about))
        for title, records in [*groups.items(), ("Other" if len(groups) > 1 else "Options", rest)]:
            with formatter.section(title):
                formatter.write_dl(records, col_max=_OPTION_COLUMNS)


_Options = TypeVar("_Options", bound=CommandOptions)


def command(app: typer.Typer) -> Callable[[Callable[[_Options], int]], Callable[[_Options], int]]:
    """Add the decorated function as a command with its name, its description, and the options that it takes.

    It returns an exit code.
    """

    def add(run: Callable[[_Options], int]) -> Callable[[_Options], int]:
        options: type[_Options] = inspect.get_annotations(run)["options"]

        def shell_command(**given: Any) -> None:
            raise typer.Exit(guarded(lambda: run(options(**given)), debug=given["debug"]))

        shell_command.__name__, shell_command.__doc__ = run.__name__, run.__doc__
        # Typer reads the parameters from here, as if they had been written out.
        shell_command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            list(map(_parameter, dataclasses.fields(options)))
        )
        shell_command.__annotations__ = {}
        app.command(cls=GroupedCommand)(shell_command)
        return run

    return add


def _parameter(field: "dataclasses.Field[Any]") -> inspect.Parameter:
    if field.default is not dataclasses.MISSING:
        default = field.default
    elif field.default_factory is not dataclasses.MISSING:
        default = field.default_factory()
    else:
        default = inspect.Parameter.empty
    return inspect.Parameter(
        field.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=field.type
    )
