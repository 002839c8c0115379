"""What the renderers of a history are given."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codeorigin.history.results import CommitResult

if TYPE_CHECKING:
    from codeorigin.history.run import HistoryRun


@dataclass(frozen=True, slots=True)
class HistoryReport:
    """What a renderer needs. ``results`` are read once, newest first; ``name`` is the repository's folder.

    ``since`` and ``until`` are as asked for, ``by`` says what the rows of a summary are.
    """

    run: "HistoryRun"
    results: Iterator[CommitResult]
    name: str
    since: str | None
    until: str | None
    by: str
