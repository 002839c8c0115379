"""The input of the renderers of a history."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from codeorigin.history.results import CommitDetails, CommitResult


class Details(Protocol):
    """Provides the functions of single commits, from a run that reads them again or from a saved history."""

    def __call__(
        self, results: Sequence[CommitResult], /, *, with_lines: bool
    ) -> Iterator[CommitDetails]: ...


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The number of commits not judged: ``merges``, those ``cut_off`` by a shallow clone, and ``unreadable`` ones."""

    merges: int
    cut_off: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class HistoryReport:
    """What a renderer needs. ``results``, newest first, can be read only once; ``name`` is the repository's folder.

    ``version`` is the version of CodeOrigin, and ``model`` the identity of the model. ``since`` and ``until`` are as
    given by the user, and ``by`` names the rows of the summary.
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
