"""The server's settings: one validated, frozen dataclass, and how values are read into it.

Names are camelCase in JSON (editors) and may also be written kebab-case or snake_case in TOML.
"""

# ruff: noqa: RUF009 - `setting` is `dataclasses.field` with its metadata filled in.

import dataclasses
import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from codeorigin.languages import LANGUAGES
from codeorigin.model.verdict import Limits
from codeorigin.settings.value_types import (
    Choice,
    FileName,
    Flag,
    Number,
    Optional,
    Patterns,
    Strings,
    Text,
    ValueType,
)

T = TypeVar("T")

ACCEPTED_FILES = ".codeorigin*.json"
"""What files of accepted findings are called: a project chooses the name, and an editor writes the file."""


class RunMode(StrEnum):
    """When documents are scored."""

    ON_TYPE = "onType"
    ON_SAVE = "onSave"


class Severity(StrEnum):
    """The severity of a finding."""

    HINT = "hint"
    INFORMATION = "information"
    WARNING = "warning"
    ERROR = "error"


def setting(default: T, value_type: ValueType[T], description: str, *, project: bool = True) -> T:
    """A field; ``project=False`` bars project files, which may come from a cloned repository, from setting it."""
    metadata = {"value_type": value_type, "description": description, "project": project}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """All user settings. Times are in milliseconds, sizes in bytes, rates and thresholds from 0 to 1."""

    enable: bool = setting(True, Flag(), "Score functions and show the results.")
    run: RunMode = setting(
        RunMode.ON_TYPE,
        Choice(RunMode),
        "When to score: while typing, or on open and save.",
    )
    debounce: int = setting(
        300, Number(int, 0, 10_000), "Milliseconds without an edit before a document is scored again."
    )
    file_context: bool = setting(
        True,
        Flag(),
        "Let the other functions of a file influence the verdict of each. Off: each function is judged by its own "
        "text.",
    )
    past: bool = setting(
        True,
        Flag(),
        "Compare with the functions that the file's git repository held before December 2022 and before the first "
        "commit that names an agent, if it has enough of them.",
    )
    threshold: float | None = setting(
        None,
        Optional(Number(float, 0.0, 1.0)),
        "Report functions with this probability or more, instead of by the share of human-written functions that "
        "score as high.",
    )
    false_positive_rate: float | None = setting(
        None,
        Optional(Number(float, 0.0, 1.0)),
        "Report a function if at most this share of the human-written functions in its language scores as high. "
        "Null is the model's own share, 0.01. Used when no threshold is set.",
    )
    show_unsure: bool = setting(
        False, Flag(), "Also report functions in the band `unsure`, as hints, whatever `severity` says."
    )
    severity: Severity = setting(
        Severity.INFORMATION, Choice(Severity), "Severity of functions in the band `llm`."
    )
    languages: tuple[str, ...] = setting(tuple(LANGUAGES), Strings(tuple(LANGUAGES)), "Languages to score.")
    exclude: tuple[str, ...] = setting(
        (), Patterns(), "Files not to score: patterns as in .gitignore, relative to the folder."
    )
    baseline: str = setting(
        ".codeorigin-baseline.json",
        FileName(ACCEPTED_FILES),
        "Name of the file of accepted findings, in the folder or above it in its repository.",
    )
    max_file_size: int = setting(
        1_000_000, Number(int, 1_000, 100_000_000), "Larger documents, in bytes, are not scored."
    )
    hover_timeout: int = setting(
        400,
        Number(int, 0, 10_000),
        "Milliseconds that a hover waits for its explanation before it shows what is known so far.",
    )
    code_lens: bool = setting(False, Flag(), "Show the probability above functions as a code lens.")
    status_notifications: bool = setting(
        True,
        Flag(),
        "Send `codeorigin/status` notifications.",
        project=False,
    )
    model_path: str | None = setting(
        None,
        Optional(Text()),
        "Folder of the model to use instead of the bundled one. Not read from project files: a cloned "
        "repository must not choose what is loaded.",
        project=False,
    )

    @property
    def limits(self) -> Limits:
        """The limits above which functions are reported with these settings."""
        return Limits(self.threshold, self.false_positive_rate if self.threshold is None else None)


def public_name(name: str) -> str:
    """``max_file_size``, ``max-file-size`` or ``maxFileSize`` -> ``maxFileSize``."""
    head, *tail = re.split(r"[-_]", name)
    return head + "".join(part[:1].upper() + part[1:] for part in tail)


_MOST_UNKNOWN = 3
"""Most settings that do not exist that are reported one by one; a file may have thousands."""
FIELDS: dict[str, dataclasses.Field[Any]] = {public_name(f.name): f for f in dataclasses.fields(Settings)}


def merge(
    base: Settings, raw: object, source: str, *, project: bool = False
) -> tuple[Settings, tuple[str, ...]]:
    """Return ``base`` updated with ``raw``, and one line per bad value, for which that of ``base`` is kept.

    ``source`` names where the values come from. Unknown keys are only reported for project files, because editors
    also send the extension's own keys. ``null`` means "not set". Never raises.
    """
    if raw is None or raw == []:  # Neovim sends an empty Lua table as a list
        return base, ()
    if not isinstance(raw, Mapping):
        return base, (f"{source}: the settings must be a table of names and values; ignored",)
    values: dict[str, Any] = {}
    problems: list[str] = []
    unknown: list[str] = []
    for key, value in raw.items():
        name = public_name(str(key))
        found = FIELDS.get(name)
        if found is None:
            unknown.append(str(key))
            continue
        if project and not found.metadata["project"]:
            problems.append(f"{source}: {name} can only be set in the editor; ignored")
            continue
        if value is None:
            continue
        try:
            values[found.name] = found.metadata["value_type"].parse(value)
        except ValueError as error:
            used = json.dumps(getattr(base, found.name))
            problems.append(f"{source}: {name} must be {error}; {used} is used")
    if project:
        problems += _unknown(source, unknown)
    return dataclasses.replace(base, **values), tuple(problems)


def _unknown(source: str, names: list[str]) -> list[str]:
    """One line per name that is no setting, or one for all of them if they are many."""
    if len(names) <= _MOST_UNKNOWN:
        return [_unknown_name(source, name) for name in names]
    such = ", ".join(repr(name[:60]) for name in names[:_MOST_UNKNOWN])
    return [f"{source}: {len(names):,} names are no settings, such as {such}; ignored"]


def _unknown_name(source: str, key: str) -> str:
    close = difflib.get_close_matches(public_name(key), FIELDS, n=1)
    hint = f", did you mean {close[0]}?" if close else ""
    return f"{source}: there is no setting {key[:60]!r}{hint}; ignored"
