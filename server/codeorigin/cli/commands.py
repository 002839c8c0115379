"""Commands whose options are one object: it goes from the shell to the run as it is."""

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any, ClassVar, Protocol, TypeVar

import typer

from codeorigin.cli.exit_codes import guarded


class CommandOptions(Protocol):
    """A dataclass whose fields are annotated with Typer's options and arguments."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def debug(self) -> bool:
        """Whether to show the traceback of an unexpected error."""


_Options = TypeVar("_Options", bound=CommandOptions)


def add_command(app: typer.Typer, options: type[_Options], run: Callable[[_Options], int]) -> None:
    """Add ``run``, which returns an exit code, as a command with its name and description, and with ``options``."""

    def command(**given: Any) -> None:
        raise typer.Exit(guarded(lambda: run(options(**given)), debug=given["debug"]))

    command.__name__, command.__doc__ = run.__name__, run.__doc__
    # Typer reads the parameters from here, as if they had been written out.
    command.__signature__ = inspect.Signature(list(map(_parameter, dataclasses.fields(options))))  # type: ignore[attr-defined]
    command.__annotations__ = {}
    app.command()(command)


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
