"""The result of a check before it is rendered: files, errors and totals."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from codeorigin.analysis.judged import JudgedFile, JudgedFunction
from codeorigin.model.past import Past
from codeorigin.model.verdict import Band, Limits, Reason
from codeorigin.records.function_records import DeclaredBy, Disagreement, declared_by, disagreement
from codeorigin.records.record import WrittenBy
from codeorigin.report.changes import (
    ChangeReport,
    declared_sentence,
    moved_sentence,
    scope_sentence,
    verdict_sentence,
)
from codeorigin.report.code import HeatLine
from codeorigin.report.declared import declared_by_sentence
from codeorigin.report.totals import Summary

FIRST_OF_A_LIST = 3
"""So many functions are listed; the others are folded, or listed on demand."""

if TYPE_CHECKING:
    from codeorigin.report.origin import Origin


@dataclass(frozen=True, slots=True)
class FileError:
    """A file that could not be checked, with a one-line reason.

    ``skipped`` means that it was found in a folder, not named by the user, and is not source text. It does not fail
    the check. ``unparsed`` means that the parser took too much time or memory.
    """

    path: str
    message: str
    skipped: bool = False
    unparsed: bool = False


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Everything a report needs. ``limits`` are the user's, if there are any, and ``past`` is that of the project.

    ``is_compared`` says whether a past was looked for. ``evidence`` has the lines of the findings whose code a report
    shows, by :meth:`JudgedFile.key`, and ``origin`` is for pages.
    """

    version: str
    model: str
    files: tuple[JudgedFile, ...]
    errors: tuple[FileError, ...]
    summary: Summary
    limits: Limits = field(default_factory=Limits)
    change: ChangeReport | None = None
    past: Past | None = None
    is_compared: bool = False
    evidence: Mapping[tuple[str, int], tuple[HeatLine, ...]] = field(default_factory=dict)
    origin: "Origin | None" = None

    def findings(self) -> Iterator[tuple[JudgedFile, JudgedFunction]]:
        """Yield the findings, ordered by file and line."""
        return ((file, function) for file in self.files for function in file.findings())

    def strongest(self) -> list[tuple[JudgedFile, JudgedFunction]]:
        """The findings with the highest probability first; of equal ones, ordered by file and line."""
        return sorted(self.findings(), key=lambda found: -(found[1].verdict.probability or 0.0))

    def moved(self) -> list[tuple[JudgedFile, JudgedFunction]]:
        """The functions that the change only moved, ordered by file and line."""
        return [(file, function) for file in self.files for function in file.functions if function.moved]


def moved_line(result: CheckResult) -> str | None:
    """The functions that the change moved, in one line, or that it is too large to tell them; None without any."""
    if result.change is None:
        return None
    names = [f"{function.span.qualified_name} ({file.shown})" for file, function in result.moved()]
    return moved_sentence(result.change, names)


class Sentence(NamedTuple):
    """A sentence at the head of a report on a change: what was checked, its verdict, what it moved, what is declared."""

    about: Literal["scope", "verdict", "moved", "declared"]
    text: str


def change_sentences(result: CheckResult) -> list[Sentence]:
    """What every report says about the change, in this order; nothing unless one was checked."""
    change = result.change
    if change is None:
        return []
    said = [
        Sentence("scope", scope_sentence(change)),
        Sentence("verdict", verdict_sentence(change) or ""),
        Sentence("moved", moved_line(result) or ""),
        Sentence("declared", declared_sentence(change) or ""),
    ]
    return [sentence for sentence in said if sentence.text]


@dataclass(frozen=True, slots=True)
class DeclaredFunctions:
    """How many functions with a verdict are declared as whose, and the ``agents`` of those, most functions first."""

    functions: Counter[DeclaredBy]
    agents: tuple[str, ...]


def declared_functions(result: CheckResult) -> DeclaredFunctions | None:
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
    counts = declared_functions(result)
    if counts is None or not counts.functions:
        return None
    return declared_by_sentence(counts.functions, counts.agents)


def summarize(
    files: Sequence[JudgedFile],
    *,
    errors: Sequence[FileError] = (),
    seconds: float,
    peak_memory_bytes: int | None,
) -> Summary:
    """The totals of ``files``."""
    functions = [function for file in files for function in file.functions]
    judged = [function for function in functions if function.verdict.band]
    findings = [function for function in judged if function.is_finding]
    bands = Counter(function.verdict.band for function in judged)
    reasons = Counter(function.verdict.reason for function in functions if function.verdict.reason)
    moved = reasons.pop(Reason.MOVED, 0)
    of_files = Counter(file.verdict.band for file in files if file.verdict is not None)
    skipped = sum(error.skipped for error in errors)
    return Summary(
        # The cells of a notebook are one file.
        files=sum(file.cell is None for file in files) + len({file.path for file in files if file.cell}),
        # Of a change, only the functions that it touched are here.
        without_functions=sum(not file.functions and file.changed is None for file in files),
        functions=len(functions) - moved,
        moved=moved,
        scored=len(judged),
        findings=len(findings),
        accepted=sum(function.accepted for function in judged),
        errors=len(errors) - skipped,
        skipped=skipped,
        bands={band: bands[band] for band in Band},
        reasons=dict(reasons.most_common()),
        file_bands={band: of_files[band] for band in Band},
        lines=sum(function.counted for function in judged),
        finding_lines=sum(function.counted for function in findings),
        seconds=seconds,
        peak_memory_bytes=peak_memory_bytes,
    )
