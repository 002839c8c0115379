"""What one record says: by whom, with which tool and model, for which lines; never the name of a person."""

import heapq
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Any

MOST_RANGES = 100_000
"""A record with more ranges of lines for one commit is not read."""
_LABEL = re.compile(r"[\w.:/+()\[\] -]{1,100}", re.ASCII)


class RecordSource(StrEnum):
    """Where a record is kept."""

    GIT_AI = "git-ai"
    AGENT_TRACE = "agent-trace"
    AUTHOR = "author"
    TRAILER = "trailer"
    HEADER = "header"


class WrittenBy(StrEnum):
    """Who wrote it, by a record. A tool that records lines leaves those ``UNTRACKED`` of which it knows nothing."""

    AGENT = "agent"
    PERSON = "person"
    MIXED = "mixed"
    UNTRACKED = "untracked"


class Strength(StrEnum):
    """What a record is about, the strongest first: these lines, the whole commit, the whole file, or only some help."""

    LINES = "lines"
    COMMIT = "commit"
    FILE = "file"
    MENTION = "mention"


WROTE = frozenset({Strength.LINES, Strength.COMMIT, Strength.FILE})
"""Records of who wrote something; a mention only tells of help."""
_STRONGEST_FIRST = {strength: place for place, strength in enumerate(Strength)}


@dataclass(frozen=True, slots=True)
class Record:
    """What a record says about lines or about a commit.

    ``is_stale``: it is about another text than the one that stands in the commit, so that it says nothing.
    """

    source: RecordSource
    by: WrittenBy
    strength: Strength
    tool: str | None = None
    model: str | None = None
    is_stale: bool = False

    @property
    def agent(self) -> str:
        """The tool, or the model, if the record names one."""
        return self.tool or self.model or "an agent"


def record_values(record: Record | None) -> dict[str, Any] | None:
    """The record as JSON, in every format that has it; None without a record."""
    if record is None:
        return None
    return {
        "source": record.source.value,
        "by": record.by.value,
        "tool": record.tool,
        "model": record.model,
        "strength": record.strength.value,
        "stale": record.is_stale,
    }


UNTRACKED = Record(RecordSource.GIT_AI, WrittenBy.UNTRACKED, Strength.LINES)


class WrongRecordError(Exception):
    """A record is not of its format; the text says why, in a few words."""


@dataclass(frozen=True, slots=True)
class RecordedLines:
    """The lines ``first`` to ``last`` (1-based, inclusive) of a file of a commit, and what a record says about them.

    ``digest`` is the beginning of the SHA-256 of their text, in hexadecimal digits, if the record has it.
    """

    first: int
    last: int
    record: Record
    digest: str | None = None


Files = Mapping[str, Sequence[RecordedLines]]
"""The recorded lines of a commit by path, as in git; of several for one line, the last counts."""


@dataclass(frozen=True, slots=True)
class CommitRecords:
    """Records about one commit: the ``whole`` of it, strongest first, and the ``lines`` of its files.

    In all records about a commit, the ranges of a path are disjoint and in ascending order; in one note or trace they
    need not be. ``is_tracked``: a tool recorded who wrote which lines and says of the others that it does not know.
    """

    whole: tuple[Record, ...] = ()
    lines: Files = field(default_factory=dict)
    is_tracked: bool = False

    @property
    def count(self) -> int:
        """How much there is to work through: the ranges of lines, their files, and the record itself."""
        return 1 + len(self.lines) + sum(map(len, self.lines.values()))

    def of_line(self, path: str, line: int) -> Record | None:
        """The strongest record about a line (1-based) that this commit wrote in ``path``; None without any."""
        ranges = self.lines.get(path, ())
        place = bisect_right(ranges, line, key=lambda lines: lines.first) - 1
        if place >= 0 and line <= ranges[place].last:
            return ranges[place].record
        if self.is_tracked:
            return UNTRACKED
        return self.whole[0] if self.whole else None

    def by_agents(self) -> list[Record]:
        """The different records that name an agent, those about lines first."""
        lines = (recorded.record for ranges in self.lines.values() for recorded in ranges)
        named = (
            record for record in (*lines, *self.whole) if record.by is WrittenBy.AGENT and not record.is_stale
        )
        return list(dict.fromkeys(named))


def strongest_first(records: Iterable[Record]) -> tuple[Record, ...]:
    """Different ``records`` about a commit; equally strong ones stay in order."""
    return tuple(sorted(dict.fromkeys(records), key=lambda record: _STRONGEST_FIRST[record.strength]))


def stronger(record: Record | None, other: Record | None) -> Record | None:
    """The stronger one of two records about a line; a stale one says nothing against another."""
    if record is None or other is None:
        return record or other
    return min(record, other, key=lambda one: (one.is_stale, _STRONGEST_FIRST[one.strength]))


def disjoint(ranges: Sequence[RecordedLines]) -> list[RecordedLines]:
    """``ranges`` in ascending order, without the lines for which a later one of them says something else."""
    starts = sorted(range(len(ranges)), key=lambda number: ranges[number].first)
    edges = sorted({lines.last + 1 for lines in ranges} | {lines.first for lines in ranges})
    open_now: list[int] = []  # negated numbers: the last of the open ranges comes first
    found: list[RecordedLines] = []
    place = 0
    for first, following in pairwise(edges):
        while place < len(starts) and ranges[starts[place]].first <= first:
            heapq.heappush(open_now, -starts[place])
            place += 1
        while open_now and ranges[-open_now[0]].last < first:
            heapq.heappop(open_now)
        if open_now:
            found.append(_part(found, first, following - 1, ranges[-open_now[0]]))
    return found


def _part(found: list[RecordedLines], first: int, last: int, whole: RecordedLines) -> RecordedLines:
    """The lines ``first`` to ``last`` of ``whole``, together with the last one of ``found`` if that adjoins."""
    if found and found[-1].last + 1 == first and found[-1].record == whole.record:
        first = found.pop().first
    return RecordedLines(first, last, whole.record)


def label(value: object) -> str | None:
    """The name of a tool or model in a record; None if it is none, or if it could be anything else."""
    text = value.strip() if isinstance(value, str) else ""
    return text if _LABEL.fullmatch(text) and text.lower() != "unknown" else None


def inside(path: object) -> str:
    """A path of a record, relative to the top of the repository.

    Raises:
        WrongRecordError: it is none, or leads outside.
    """
    if not isinstance(path, str) or not path:
        raise WrongRecordError("a file without a path")
    if path.startswith("/") or ".." in path.split("/") or re.match(r"[A-Za-z]:", path):
        raise WrongRecordError("a path that leads outside of the repository")
    return path


def line_numbers(first: object, last: object) -> tuple[int, int]:
    """The first and the last line of a range, 1-based.

    Raises:
        WrongRecordError: they are no such numbers.
    """
    if type(first) is not int or type(last) is not int or not 1 <= first <= last < 2**31:
        raise WrongRecordError("a range of lines that is none")
    return first, last
