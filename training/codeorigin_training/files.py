"""Atomic writes of files and folders, and the inputs that a file was made from."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yield a temporary path to write a file or a folder to; on success it is renamed to ``path``.

    An interruption leaves ``path`` unchanged and no partial file. A folder can replace only an empty folder.
    """
    partial = path.with_name(f"partial-{path.name}")
    _remove(partial)
    try:
        yield partial
        partial.replace(path)
    finally:
        _remove(partial)


def write_atomically(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 to ``path`` atomically."""
    with atomic_path(path) as partial:
        partial.write_text(text, encoding="utf-8")


def is_up_to_date(path: Path, inputs: Mapping[str, Any]) -> bool:
    """Whether ``path`` is there, and :func:`keep_inputs` has kept the same ``inputs`` for it."""
    inputs_file = _inputs_of(path)
    return (
        path.is_file()
        and inputs_file.is_file()
        and inputs_file.read_text(encoding="utf-8") == _as_text(inputs)
    )


def keep_inputs(path: Path, inputs: Mapping[str, Any]) -> None:
    """Write what ``path`` was made of next to it."""
    write_atomically(_inputs_of(path), _as_text(inputs))


def _inputs_of(path: Path) -> Path:
    return path.with_suffix(".inputs.json")


def _as_text(inputs: Mapping[str, Any]) -> str:
    return json.dumps(inputs, indent=1) + "\n"


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
