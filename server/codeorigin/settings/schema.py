"""The server's settings: one validated, frozen dataclass, and how values are read into it.

Names are camelCase in JSON (editors) and may also be written kebab-case or snake_case in TOML.
"""

# ruff: noqa: RUF009 - `setting` is `dataclasses.field` with its metadata filled in.

import dataclasses
import difflib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from codeorigin.languages import LANGUAGES
from codeorigin.model.verdict import Limits
from codeorigin.text.exclusions import read_pattern

T = TypeVar("T")

ACCEPTED_FILES = ".codeorigin*.json"
"""What files of accepted findings are called: a project chooses the name, and an editor writes the file."""


_FLAG = {"type": "boolean"}
_SHARE = {"type": ["number", "null"], "minimum": 0.0, "maximum": 1.0}
_WAIT = {"type": "integer", "minimum": 0, "maximum": 10_000}
_MOST_STARS = 1_000
"""Each file that is found is matched with all patterns, and every star looks for its place in the path."""


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


def setting(
    default: T,
    description: str,
    schema: Mapping[str, Any] = _FLAG,
    *,
    wanted: str = "",
    project: bool = True,
) -> T:
    """A field with the JSON ``schema`` of its value; ``wanted`` says in words what its pattern allows.

    ``project=False`` bars project files, which may come from a cloned repository, from setting it.
    """
    metadata = {"schema": schema, "description": description, "wanted": wanted, "project": project}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """All user settings. Times are in milliseconds, sizes in bytes, rates and thresholds from 0 to 1."""

    enable: bool = setting(True, "Score functions and show the results.")
    run: RunMode = setting(
        RunMode.ON_TYPE,
        "When to score: while typing, or on open and save.",
        {"type": "string", "enum": [*RunMode]},
    )
    debounce: int = setting(300, "Milliseconds to wait after an edit before scoring.", _WAIT)
    file_context: bool = setting(
        True,
        "Let the other functions of a file influence each verdict.",
    )
    past: bool = setting(
        True,
        "Compare with the project's own functions from before December 2022, and with what records declare as an "
        "agent's.",
    )
    threshold: float | None = setting(
        None,
        "Report functions with this probability or more, whatever `falsePositiveRate` says.",
        _SHARE,
    )
    false_positive_rate: float | None = setting(
        None,
        "Report functions where at most this share of the human-written functions in the language score as high. "
        "Null: the model's own, 0.01.",
        _SHARE,
    )
    show_unsure: bool = setting(False, "Also report unsure functions, as hints.")
    severity: Severity = setting(
        Severity.INFORMATION,
        "Severity of functions that are likely LLM.",
        {"type": "string", "enum": [*Severity]},
    )
    languages: tuple[str, ...] = setting(
        tuple(LANGUAGES),
        "Languages to score.",
        {"type": "array", "items": {"type": "string", "enum": [*LANGUAGES]}, "uniqueItems": True},
    )
    exclude: tuple[str, ...] = setting(
        (),
        "Patterns of files not to score, as in .gitignore, relative to the folder.",
        {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
    )
    baseline: str = setting(
        ".codeorigin-baseline.json",
        f"Name of the file of accepted findings, of the form `{ACCEPTED_FILES}`.",
        {"type": "string", "pattern": r"^\.codeorigin[\w.-]{0,99}\.json$"},
        wanted=f"a file name of the form {ACCEPTED_FILES}",
    )
    max_file_size: int = setting(
        2_000_000,
        "Larger files, in bytes, are not scored.",
        {"type": "integer", "minimum": 1_000, "maximum": 10_000_000},
    )
    hover_timeout: int = setting(
        400,
        "Milliseconds that a hover waits for its explanation.",
        _WAIT,
    )
    code_lens: bool = setting(False, "Show the probability above functions.")
    status_notifications: bool = setting(
        True,
        "Send `codeorigin/status` notifications.",
        project=False,
    )
    model_path: str | None = setting(
        None,
        "Folder of another model. Project files cannot set it.",
        {"type": ["string", "null"], "pattern": "\\S"},
        wanted="a string that is not empty",
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


def _value(found: "dataclasses.Field[Any]", value: object) -> Any:
    """A setting's ``value``, read from JSON or TOML; raises ValueError with what was expected."""
    schema, default = found.metadata["schema"], found.default
    kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
    if kind == "boolean":
        if not isinstance(value, bool):
            raise ValueError("true or false")
        return value
    if kind == "array":
        return _strings(value, schema["items"].get("enum"))
    if kind == "string":
        if "enum" in schema:
            if value not in schema["enum"]:
                raise ValueError(f"one of {', '.join(schema['enum'])}")
            of_default: Any = type(default)
            return of_default(value)
        pattern = schema["pattern"]
        matches = re.fullmatch if pattern.startswith("^") else re.search
        if not isinstance(value, str) or not matches(pattern, value):
            raise ValueError(found.metadata["wanted"])
        return value
    # bool is an int in Python, and NaN fails both comparisons. In JSON, 3.0 is the integer 3.
    of = int if kind == "integer" else float
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not schema["minimum"] <= value <= schema["maximum"]
        or (of is int and value != int(value))
    ):
        name = "a whole number" if of is int else "a number"
        raise ValueError(f"{name} from {schema['minimum']} to {schema['maximum']}")
    return of(value)


def _strings(value: object, allowed: Sequence[str] | None) -> tuple[str, ...]:
    """A list of strings, each from ``allowed``, or else a pattern as in .gitignore."""
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise ValueError("a list of strings")
    if allowed is not None:
        if not set(value) <= set(allowed):
            raise ValueError(f"a list out of {', '.join(allowed)}")
        return tuple(value)
    if sum(pattern.count("*") for pattern in value) > _MOST_STARS:
        raise ValueError(f"patterns with at most {_MOST_STARS:,} stars in all; exclude whole folders instead")
    for pattern in value:
        try:
            read_pattern(pattern)
        except ValueError as error:
            raise ValueError(f"patterns as in .gitignore, which {pattern!r} is not") from error
    return tuple(value)


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
            values[found.name] = _value(found, value)
        except ValueError as error:
            kept = getattr(base, found.name)
            used = "none" if kept is None else json.dumps(kept)
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
