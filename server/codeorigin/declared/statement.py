"""What another format can say of the records about a commit: whose lines these are, and which agents took part."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from codeorigin.declared.records import CommitRecords, Files, Record, Strength, WrittenBy


class LeftOut(StrEnum):
    """Why a record is not converted; the value ends a sentence about such records."""

    STALE = "of another text than the commit's"
    SEVERAL = "of an agent and a person together"
    HELP = "of help only"
    PATH = "about a path that the format cannot hold"


@dataclass(frozen=True, slots=True)
class Statement:
    """``lines`` are of agents, people or both, none of them stale; ``agents`` are those of the commit as a whole.

    ``is_tracked``: nothing is known of the other lines of the commit, as in :class:`CommitRecords`. ``left_out`` counts
    ranges and records of commits.
    """

    lines: Files
    agents: tuple[Record, ...]
    is_tracked: bool
    left_out: Counter[LeftOut]

    @property
    def says_something(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.lines or self.agents or self.is_tracked)


def statement(records: CommitRecords, holds: Callable[[str], bool], *, mixed: bool) -> Statement:
    """What can be said of ``records`` by a format that ``holds`` a path, and lines of several writers if ``mixed``."""
    left_out: Counter[LeftOut] = Counter()
    lines = {}
    for path, ranges in records.lines.items():
        said, is_held = [], holds(path)
        for each in ranges:
            reason = _reason(each.record, mixed)
            if reason is None and not is_held:
                reason = LeftOut.PATH
            if reason is None:
                said.append(each)
            else:
                left_out[reason] += 1
        if said:
            lines[path] = said
    agents = tuple(each for each in records.whole if each.strength is Strength.COMMIT)
    if len(agents) < len(records.whole):
        left_out[LeftOut.HELP] += len(records.whole) - len(agents)
    return Statement(lines, agents, records.is_tracked, left_out)


def _reason(record: Record, mixed: bool) -> LeftOut | None:
    if record.is_stale:
        return LeftOut.STALE
    return LeftOut.SEVERAL if record.by is WrittenBy.MIXED and not mixed else None
