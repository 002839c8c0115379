"""Options shared by several commands."""

import os
from pathlib import Path
from typing import Annotated

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
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write the result here, not to stdout."),
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
