"""Options shared by several commands."""

import os
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
Threads = Annotated[
    int | None, typer.Option("--threads", min=1, help="Threads for the model. (default: all cores)")
]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", "-j", min=1, help="Processes that check files side by side. (default: all cores)"),
]
LanguageOption = Annotated[
    str | None,
    typer.Option(
        "--language", "-l", help="Language of stdin and of the named files; in folders, check only this one."
    ),
]
FileContext = Annotated[
    bool | None,
    typer.Option(
        "--file-context/--no-file-context",
        help="Let the other functions of a file influence a verdict, or judge each by its own text.",
    ),
]
NoDeep = Annotated[
    bool,
    typer.Option("--no-deep", help="Do not run the model's deep part; keep the first verdict."),
]
NoConfig = Annotated[
    bool,
    typer.Option("--no-config", help="Do not read codeorigin.toml and pyproject.toml."),
]
StdinFilename = Annotated[
    str | None,
    typer.Option(
        "--stdin-filename", metavar="NAME", help="Name to show for stdin and to take its language from."
    ),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude",
        metavar="PATTERN",
        help="Exclude files that match, as in .gitignore. May be repeated.",
    ),
]


def formats_option(formats: type[StrEnum]) -> Any:
    """The option for the formats of a command, whose values :func:`~codeorigin.cli.output.parse_targets` reads."""
    return typer.Option(
        "--format",
        "-f",
        metavar="NAME[=FILE]",
        help=f"Format of a report ({', '.join(formats)}) and its file; may be repeated. (default: text)",
    )


Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="File for the one format without. (default: stdout)"),
]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="DATE", help="Only commits of this day (YYYY-MM-DD, UTC) or later."),
]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="DATE", help="Only commits of this day (YYYY-MM-DD, UTC) or before."),
]
NoDeclared = Annotated[bool, typer.Option("--no-declared", help="Do not look whether commits name an agent.")]
Documents = Annotated[
    bool,
    typer.Option(
        "--documents",
        help="Check the code blocks of Markdown and reStructuredText in folders and changes too.",
    ),
]
