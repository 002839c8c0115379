"""What the renderers of a history are given."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from codeorigin.history.results import CommitDetails, CommitResult


class Details(Protocol):
    """Where the functions of single commits come from: a run that reads them again, or a saved history."""

    def __call__(
        self, results: Sequence[CommitResult], /, *, with_lines: bool
    ) -> Iterator[CommitDetails]: ...


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Commits that were not judged: ``merges``, those ``cut_off`` by a shallow clone, those ``unreadable``."""

    merges: int
    cut_off: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class HistoryReport:
    """What a renderer needs. ``results`` are read once, newest first; ``name`` is the repository's folder.

    ``version`` of CodeOrigin and ``model`` judged it. ``since`` and ``until`` are as asked for, ``by`` says what the
    rows of a summary are.
    """

    version: str
    model: str
    results: Iterator[CommitResult]
    left_out: LeftOut
    details: Details
    name: str
    since: str | None
    until: str | None
    by: str
