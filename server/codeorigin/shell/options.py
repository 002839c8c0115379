"""Options that several commands share, and the options of the small commands."""

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer


def cores() -> int:
    """The number of CPU cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an unexpected error.")]
Model = Annotated[
    Path | None, typer.Option("--model", metavar="DIR", help="Model folder. (default: the one that ships)")
]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", "-j", min=1, metavar="N", help="Most processes to use. (default: all cores)"),
]
LanguageOption = Annotated[
    str | None,
    typer.Option(
        "--language",
        "-l",
        metavar="NAME",
        help="Language of stdin and named files; in folders, check only this one.",
    ),
]
FileContext = Annotated[
    bool | None,
    typer.Option(
        "--file-context/--no-file-context",
        help="Let the other functions of a file count.",
    ),
]
Past = Annotated[
    bool,
    typer.Option("--past/--no-past", help="Compare with the project's own code from before December 2022."),
]
Config = Annotated[
    bool, typer.Option("--config/--no-config", help="Read codeorigin.toml and pyproject.toml.")
]
StdinFilename = Annotated[
    str | None,
    typer.Option("--stdin-filename", metavar="NAME", help="Name of stdin, which tells its language."),
]
Exclude = Annotated[
    list[str],
    typer.Option("--exclude", metavar="PATTERN", help="Exclude files, as in .gitignore; may be repeated."),
]


def formats_option(formats: type[StrEnum]) -> Any:
    """The option for the formats of a command, whose values :func:`~codeorigin.shell.output.parse_targets` reads."""
    return typer.Option(
        "--format",
        "-f",
        metavar="NAME[=FILE]",
        help=f"{', '.join(formats)}; may be repeated; without FILE to stdout. (default: text)",
    )


Since = Annotated[
    str | None,
    typer.Option("--since", metavar="DATE", help="Only commits from this day on (YYYY-MM-DD, UTC)."),
]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="DATE", help="Only commits up to this day (YYYY-MM-DD, UTC)."),
]
Declared = Annotated[
    bool, typer.Option("--declared/--no-declared", help="Read what commits and records declare.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectOptions:
    """What a command that judges takes: what is said here goes before the project's settings."""

    file_context: FileContext = None
    past: Past = True
    config: Config = True
    model: Model = None
    debug: Debug = False

    def chosen(self) -> dict[str, Any]:
        """The settings that the user gave."""
        given: dict[str, Any] = {} if self.past else {"past": False}
        return given if self.file_context is None else {**given, "file_context": self.file_context}


class ExplanationFormat(StrEnum):
    """The formats of an explanation, a blame and a language guess."""

    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    """The log levels of the language server."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class ExplainRequest(ProjectOptions):
    """What the user asks of ``explain``."""

    target: Annotated[str, typer.Argument(metavar="FILE:LINE", help="A line of the function, from 1.")]
    format: Annotated[
        ExplanationFormat, typer.Option("--format", "-f", help="Format of the explanation.")
    ] = ExplanationFormat.TEXT
    tokens: Annotated[
        int,
        typer.Option(metavar="N", min=0, max=1000, help="Number of strongest tokens, with -v and in JSON."),
    ] = 5
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Add thresholds, logits and the strongest tokens.")
    ] = False
    language: Annotated[
        str | None,
        typer.Option(
            "--language", "-l", metavar="NAME", help="Language of the file. (default: by its name or text)"
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class BlameOptions(ProjectOptions):
    """What the user asks of ``blame``."""

    file: Annotated[str, typer.Argument(metavar="FILE", help="A source file in a repository.")]
    format: Annotated[ExplanationFormat, typer.Option("--format", "-f", help="Format of the answer.")] = (
        ExplanationFormat.TEXT
    )


@dataclass(frozen=True, slots=True)
class LanguageOptions:
    """What the user asks of ``language``."""

    paths: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files, or - for stdin.")]
    format: Annotated[ExplanationFormat, typer.Option("--format", "-f", help="Format of the answer.")] = (
        ExplanationFormat.TEXT
    )
    debug: Debug = False


@dataclass(frozen=True, slots=True)
class DoctorOptions:
    """What the user asks of ``doctor``."""

    model: Model = None
    debug: Debug = False


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """What an editor asks of ``serve``."""

    log_file: Annotated[Path | None, typer.Option(metavar="FILE", help="Append the log to this file.")] = None
    log_level: Annotated[LogLevel, typer.Option(help="How much to log.")] = LogLevel.INFO
    model: Model = None
    debug: Debug = False
