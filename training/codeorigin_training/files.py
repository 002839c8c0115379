"""Files that appear whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A path beside ``path`` to write to; at the end what stands there takes ``path``'s name.

    An interruption leaves ``path`` as it was, and no half of a file.
    """
    partial = path.with_name(f"partial-{path.name}")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 to ``path``, at once or not at all."""
    with written_whole(path) as partial:
        partial.write_text(text, encoding="utf-8")
