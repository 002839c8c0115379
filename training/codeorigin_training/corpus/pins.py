"""Reads lists of pinned releases: TOML with a table for each source, and an entry for each name in it."""

import tomllib
from importlib import resources
from pathlib import Path

from codeorigin_training.corpus.rows import CorpusError


def read_pins(file: Path | None, shipped: str) -> list[tuple[str, str, object]]:
    """Table, name and entry of each pin in ``file``, or in the list ``shipped`` with this program if it is None.

    A value instead of a table gets an empty name; the caller must reject it.

    Raises:
        CorpusError: the file cannot be read.
    """
    try:
        text = (
            resources.files("codeorigin_training.corpus").joinpath(shipped).read_text(encoding="utf-8")
            if file is None
            else file.read_text(encoding="utf-8")
        )
        tables = tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise CorpusError(f"{file or shipped}: cannot be read as TOML ({error})") from error
    return [
        (table, name, entry)
        for table, entries in tables.items()
        for name, entry in (entries.items() if isinstance(entries, dict) else [("", entries)])
    ]
