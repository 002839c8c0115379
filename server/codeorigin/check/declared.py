"""What is recorded about the functions of a check beside their verdicts, counted and compared."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from codeorigin.analysis.report import FunctionReport
from codeorigin.check.result import CheckedFile, CheckResult
from codeorigin.records.disagreements import DeclaredBy, Disagreement, declared_by, disagreement
from codeorigin.records.function_records import FunctionRecords
from codeorigin.records.record import WrittenBy
from codeorigin.report.provenance import declared_by_sentence

FIRST_OF_A_LIST = 3
"""So many functions are listed; the others are folded, or listed on demand."""


@dataclass(frozen=True, slots=True)
class DeclaredFunctions:
    """How many functions with a verdict are declared as whose, and the ``agents`` of those, most functions first."""

    functions: Counter[DeclaredBy]
    agents: tuple[str, ...]


def declared_counts(result: CheckResult) -> DeclaredFunctions | None:
    """The counts; None if no records were read."""
    functions: Counter[DeclaredBy] = Counter()
    agents: Counter[str] = Counter()
    read = False
    for _, function, declared in _recorded(result):
        read = True
        if function.verdict.band is not None:
            functions[declared_by(declared.records)] += 1
            agents.update(
                {
                    record.agent
                    for record in declared.records
                    if record is not None and record.by is WrittenBy.AGENT
                }
            )
    return DeclaredFunctions(functions, tuple(name for name, _ in agents.most_common())) if read else None


def disagreements(result: CheckResult) -> dict[Disagreement, list[tuple[CheckedFile, FunctionReport]]]:
    """The functions of a change whose records and estimates disagree, the surest estimates first.

    Accepted findings are left out. There are none unless a change is checked whose records were read.
    """
    found: dict[Disagreement, list[tuple[CheckedFile, FunctionReport]]] = {}
    if result.change is None:
        return found
    for file, function, declared in _recorded(result):
        kind = disagreement(declared.records, function.verdict.band)
        if kind is not None and not result.is_accepted(function):
            found.setdefault(kind, []).append((file, function))
    for kind, functions in found.items():
        sign = -1 if kind is Disagreement.NOT_DECLARED else 1
        functions.sort(key=lambda item: sign * (item[1].verdict.probability or 0.0))
    return {kind: found[kind] for kind in Disagreement if kind in found}


def declared_line(result: CheckResult) -> str | None:
    """What is declared of the functions with a verdict, in a sentence; None without any, or if no records were read."""
    counts = declared_counts(result)
    if counts is None or not counts.functions:
        return None
    return declared_by_sentence(counts.functions, counts.agents)


def _recorded(result: CheckResult) -> Iterator[tuple[CheckedFile, FunctionReport, FunctionRecords]]:
    for file in result.files:
        for function, declared in zip(file.report.functions, file.declared or (), strict=False):
            yield file, function, declared
