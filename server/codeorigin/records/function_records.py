"""What is recorded about the lines of one function, in the terms that every report uses."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from codeorigin.records.record import Record, record_values


@dataclass(frozen=True, slots=True)
class FunctionRecords:
    """How many lines of a function each record is about, most first; None stands for lines without a record.

    Only lines with a letter or a digit count.
    """

    lines: tuple[tuple[Record | None, int], ...]

    @classmethod
    def of_lines(cls, telling: Iterable[int], records: Sequence[Record | None]) -> Self:
        """The records about the ``telling`` lines (1-based), of those about all lines of the file."""
        found = Counter(records[line - 1] if line <= len(records) else None for line in telling)
        return cls(tuple(found.most_common()))

    @property
    def records(self) -> list[Record | None]:
        """The different records, that of most lines first."""
        return [record for record, _ in self.lines]


def function_record_values(records: FunctionRecords | None) -> dict[str, Any] | None:
    """The record about most lines of a function as plain values, with the ``others``; None without any record."""
    if records is None:
        return None
    found = [
        {**values, "lines": lines} for record, lines in records.lines if (values := record_values(record))
    ]
    if not found:
        return None
    return {**found[0], "of": sum(lines for _, lines in records.lines), "others": found[1:]}
