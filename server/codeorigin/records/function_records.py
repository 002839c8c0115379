"""What is recorded about a function, in the terms of every report, and where it disagrees with the estimate.

A disagreement is a question for who reviews the code, never an answer. That nothing is declared is worth a question
only in a project that declares anything at all.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from codeorigin.model.verdict import Band
from codeorigin.records.record import WROTE, Record, WrittenBy, record_values


@dataclass(frozen=True, slots=True)
class FunctionRecords:
    """How many lines of a function each record is about, most first; None stands for lines without a record.

    Only lines with a letter or a digit count.
    """

    lines: tuple[tuple[Record | None, int], ...]

    @classmethod
    def of_lines(cls, lines: Iterable[int], records: Sequence[Record | None]) -> Self:
        """The records about these ``lines`` (1-based), of those about all lines of the file."""
        found = Counter(records[line - 1] if line <= len(records) else None for line in lines)
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


class Disagreement(StrEnum):
    """How a record and an estimate of the same code disagree."""

    READS_HUMAN = "reads_human"
    NOT_DECLARED = "not_declared"


class DeclaredBy(StrEnum):
    """Whose code it is by records about all of its lines, or about its commit.

    ``PARTLY``: records are about some lines only, name several kinds of writers, tell only of help, or are stale.
    """

    AGENT = "agent"
    PERSON = "person"
    PARTLY = "partly"
    NOBODY = "nobody"


def declared_by(records: Iterable[Record | None]) -> DeclaredBy:
    """Whose code it is by ``records``. That a tool does not know who wrote lines is no record of it."""
    found = {None if record is None or record.by is WrittenBy.UNTRACKED else record for record in records}
    if found <= {None}:
        return DeclaredBy.NOBODY
    for by, whose in ((WrittenBy.AGENT, DeclaredBy.AGENT), (WrittenBy.PERSON, DeclaredBy.PERSON)):
        if all(record is not None and record.by is by and _is_of_writer(record) for record in found):
            return whose
    return DeclaredBy.PARTLY


def _is_of_writer(record: Record) -> bool:
    return record.strength in WROTE and not record.is_stale


def disagreement(records: Iterable[Record | None], band: Band | None) -> Disagreement | None:
    """How ``records`` about all lines of some code, or about its commit, disagree with the ``band`` of its estimate.

    They do if it is declared as an agent's and reads ``human``, and if nothing is declared and it reads ``llm``. A
    known person's record says nothing against an estimate.
    """
    match declared_by(records), band:
        case DeclaredBy.AGENT, Band.HUMAN:
            return Disagreement.READS_HUMAN
        case DeclaredBy.NOBODY, Band.LLM:
            return Disagreement.NOT_DECLARED
        case _:
            return None
