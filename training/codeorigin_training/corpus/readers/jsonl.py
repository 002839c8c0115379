"""Reads rows from JSONL files, with errors that name the line."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from codeorigin.errors import LanguageError
from codeorigin.languages import get_language
from codeorigin_training.corpus.rows import MODERN, CorpusError, Row

_REQUIRED = ("code", "language", "label", "repo")
_TEXTS = ("agent", "generator", "path", "commit", "date", "source", "group", "evidence")
_LABELS = {"llm": 1, "human": 0}


def read_jsonl(path: Path) -> Iterator[Row]:
    """The rows of a JSONL file, whose names are the columns of ``functions.parquet``; blank lines are ignored.

    ``code``, ``language``, ``label`` (``llm`` or ``human``) and ``repo`` are required. By default ``is_test`` is
    false, ``lines`` is counted, and the other columns are empty.

    Raises:
        CorpusError: the file cannot be read, or a line is not a valid object; the message names file and line.
    """
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield _row(line, f"{path}:{number}")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(
            f"{path}: cannot be read ({error}); it must be UTF-8 with one JSON object a line"
        ) from error


def row_of(entry: Mapping[str, Any], where: str) -> Row:
    """``entry`` as a row; error messages start with ``where``.

    Raises:
        CorpusError: a name is missing or unknown, or a value is of the wrong type.
    """
    known = {*_REQUIRED, *_TEXTS, "is_test", "lines"}
    if missing := [name for name in _REQUIRED if name not in entry]:
        raise CorpusError(f"{where}: lacks {', '.join(missing)}")
    if unknown := sorted(set(entry) - known):
        raise CorpusError(f"{where}: unknown name {unknown[0]}; there are {', '.join(sorted(known))}")
    for name in (*_REQUIRED, *_TEXTS):
        if not isinstance(entry.get(name, ""), str):
            raise CorpusError(f"{where}: {name} must be text")
    if entry["label"] not in _LABELS:
        raise CorpusError(f"{where}: label must be llm or human, not {entry['label']!r}")
    if not entry["code"].strip():
        raise CorpusError(f"{where}: code is empty")
    return Row(
        code=entry["code"],
        language=_language(entry["language"], where),
        label=_LABELS[entry["label"]],
        repo=entry["repo"],
        agent=entry.get("agent", ""),
        modern=entry.get("evidence", "") == MODERN,
        is_test=_typed(entry, "is_test", bool, False, where),
        lines=_typed(entry, "lines", int, entry["code"].rstrip("\n").count("\n") + 1, where),
        **{name: entry.get(name, "") for name in _TEXTS if name not in {"agent", "evidence"}},
    )


def _row(line: str, where: str) -> Row:
    try:
        entry = json.loads(line)
    except ValueError as error:
        raise CorpusError(f"{where}: is not JSON ({error})") from error
    if not isinstance(entry, dict):
        raise CorpusError(f"{where}: must be a JSON object")
    return row_of(entry, where)


def _language(name: str, where: str) -> str:
    try:
        return get_language(name).model_language
    except LanguageError as error:
        raise CorpusError(f"{where}: {error}") from error


def _typed(entry: Mapping[str, Any], name: str, kind: type, default: Any, where: str) -> Any:
    value = entry.get(name)
    if value is None:
        return default
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise CorpusError(f"{where}: {name} must be {kind.__name__}, not {value!r}")
    return value
