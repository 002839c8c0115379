"""What another format can say of the records about a commit."""

from collections import Counter
from collections.abc import Callable
from enum import StrEnum

from codeorigin.declared.records import CommitRecords, Record, Strength, WrittenBy


class LeftOut(StrEnum):
    """Why a record is not converted; the value ends a sentence about such records."""

    STALE = "of another text than the commit's"
    SEVERAL = "of an agent and a person together"
    HELP = "of help only"
    PATH = "about a path that the format cannot hold"


def convertible(
    records: CommitRecords, holds: Callable[[str], bool], *, mixed: bool
) -> tuple[CommitRecords, Counter[LeftOut]]:
    """The ``records`` that a format can say which ``holds`` a path, and lines of several writers if ``mixed``.

    None of them is stale, and those of the ``whole`` commit tell that an agent wrote it. The second value counts the
    other ranges and records of the whole.
    """
    left_out: Counter[LeftOut] = Counter()
    lines = {}
    for path, ranges in records.lines.items():
        is_held = holds(path)
        reasons = [
            _reason(recorded.record, mixed) or (None if is_held else LeftOut.PATH) for recorded in ranges
        ]
        left_out.update(filter(None, reasons))
        if said := [recorded for recorded, reason in zip(ranges, reasons, strict=True) if reason is None]:
            lines[path] = said
    agents = tuple(record for record in records.whole if record.strength is Strength.COMMIT)
    left_out[LeftOut.HELP] += len(records.whole) - len(agents)
    return CommitRecords(agents, lines, records.is_tracked), left_out


def _reason(record: Record, mixed: bool) -> LeftOut | None:
    if record.is_stale:
        return LeftOut.STALE
    return LeftOut.SEVERAL if record.by is WrittenBy.MIXED and not mixed else None
