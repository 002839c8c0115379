"""Samples of a file of ``fixtures``, each below a line that begins with ``###``."""

from collections.abc import Iterator
from pathlib import Path

FIXTURES = Path(__file__).parents[1] / "fixtures"


def samples(name: str) -> Iterator[tuple[str, str]]:
    """The head of each sample, and its text without the last line end."""
    for sample in (FIXTURES / name).read_text("utf-8").split("### ")[1:]:
        head, _, text = sample.partition("\n")
        yield head, text.removesuffix("\n")
