"""Files and folders that appear whole or not at all."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A path beside ``path`` to write a file or a folder to; at the end what stands there takes ``path``'s name.

    An interruption leaves ``path`` as it was, and no half of a file. A folder takes the place of none or an empty one.
    """
    partial = path.with_name(f"partial-{path.name}")
    _remove(partial)
    try:
        yield partial
        partial.replace(path)
    finally:
        _remove(partial)


def write_whole(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 to ``path``, at once or not at all."""
    with written_whole(path) as partial:
        partial.write_text(text, encoding="utf-8")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
