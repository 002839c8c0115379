"""Settings from a folder's own files: ``codeorigin.toml``, else ``[tool.codeorigin]`` in pyproject.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codeorigin.text.regular_files import read_regular_file

SETTINGS_FILE = "codeorigin.toml"
PYPROJECT_FILE = "pyproject.toml"
ACCEPTED_FILE = ".codeorigin-baseline.json"
WATCHED_FILES = (SETTINGS_FILE, PYPROJECT_FILE, ACCEPTED_FILE)
MAX_BYTES = 1_000_000

Signature = tuple[tuple[int, int] | None, ...]


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """The settings in a folder's files: raw values, the name of the file, and what is wrong with it."""

    values: Mapping[str, Any]
    source: str
    problem: str | None = None


def signature(folder: Path) -> Signature:
    """A value that differs whenever one of the folder's files may have changed; takes a few stat calls."""
    return tuple(_stamp(folder / name) for name in WATCHED_FILES)


def read_project_settings(folder: Path) -> ProjectSettings:
    """Read the settings of ``folder``. Never raises: a broken file gives a problem and no values."""
    own = folder / SETTINGS_FILE
    if own.is_file():
        values, problem = _read_toml(own)
        return ProjectSettings(values, SETTINGS_FILE, problem)
    values, problem = _read_toml(folder / PYPROJECT_FILE)
    tool = values.get("tool")
    table = tool.get("codeorigin") if isinstance(tool, Mapping) else None
    if table is None:
        # A broken pyproject.toml is not reported, because it may not contain any settings for CodeOrigin.
        return ProjectSettings({}, PYPROJECT_FILE)
    if not isinstance(table, Mapping):
        return ProjectSettings({}, PYPROJECT_FILE, f"{PYPROJECT_FILE}: tool.codeorigin must be a table")
    return ProjectSettings(table, PYPROJECT_FILE, problem)


def _read_toml(path: Path) -> tuple[Mapping[str, Any], str | None]:
    try:
        content = read_regular_file(path, MAX_BYTES)
        if len(content) > MAX_BYTES:
            return {}, f"{path.name}: larger than {MAX_BYTES} bytes; ignored"
        return tomllib.loads(content.decode("utf-8")), None
    except FileNotFoundError:
        return {}, None
    except OSError as error:
        return {}, f"{path.name}: cannot be read ({error.strerror}); ignored"
    except UnicodeDecodeError:
        return {}, f"{path.name}: not UTF-8; ignored"
    except (ValueError, RecursionError) as error:  # also for an integer of thousands of digits
        reason = str(error).splitlines()[0][:200]
        return {}, f"{path.name}: not valid TOML ({reason}); ignored"


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
