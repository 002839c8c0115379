"""What is recorded about the functions of a check beside their verdicts, counted and compared."""

from collections import Counter
from dataclasses import dataclass

from codeorigin.analysis.judged import JudgedFile, JudgedFunction
from codeorigin.check.result import CheckResult
from codeorigin.records.function_records import DeclaredBy, Disagreement, declared_by, disagreement
from codeorigin.records.record import WrittenBy
from codeorigin.report.declared import declared_by_sentence

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
    for file in result.files:
        for function in file.functions:
            if function.records is None:
                continue
            read = True
            if function.verdict.band is not None:
                records = function.records.records
                functions[declared_by(records)] += 1
                agents.update({one.agent for one in records if one is not None and one.by is WrittenBy.AGENT})
    return DeclaredFunctions(functions, tuple(name for name, _ in agents.most_common())) if read else None


def disagreement_of(function: JudgedFunction) -> Disagreement | None:
    """How the records and the estimate of a function of a change disagree; accepted findings are left out."""
    if function.records is None or function.accepted:
        return None
    return disagreement(function.records.records, function.verdict.band)


def disagreements(result: CheckResult) -> dict[Disagreement, list[tuple[JudgedFile, JudgedFunction]]]:
    """The functions of a change whose records and estimates disagree, the surest estimates first.

    There are none unless a change is checked whose records were read.
    """
    found: dict[Disagreement, list[tuple[JudgedFile, JudgedFunction]]] = {}
    for file in result.files:
        for function in file.functions:
            if (kind := disagreement_of(function)) is not None:
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
