"""Results of checks with chosen verdicts, so that reports can be tested without a model."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from codeorigin.analysis.judged import FileReport, How, JudgedFile, JudgedFunction, Source
from codeorigin.analysis.judged_files import judged_files
from codeorigin.check.evidence import line_evidence
from codeorigin.check.result import CheckResult, FileError, summarize
from codeorigin.explain.explanation import LineAttribution
from codeorigin.functions.documents import Document
from codeorigin.functions.outline import find_functions
from codeorigin.functions.spans import FunctionSpan
from codeorigin.languages import get_language
from codeorigin.model.verdict import Band, Limits, PooledVerdict, Reason, Verdict
from codeorigin.report.origin import Origin

CODE = """\
import functools


@functools.cache
def fast(n):
    return n if n < 2 else fast(n - 1) + fast(n - 2)


class Shelf:
    def put(self, book):
        def log(what):
            print(what)

        log(book)
        self.books.append(book)


def tiny(): pass
"""


def _figures(probability: float, band: Band) -> dict[str, Any]:
    """Plausible figures around ``probability``."""
    return {
        "probability": probability, "logit": round(4 * probability - 2, 3), "band": band,
        "human_share": round(1 - probability, 3), "llm_share": round(probability, 3),
        "llm_threshold": 0.9, "human_threshold": 0.2, "language": "rust",
    }  # fmt: skip


LLM, UNSURE, HUMAN = (
    Verdict(**_figures(probability, band), own_probability=probability)
    for probability, band in ((0.97, Band.LLM), (0.55, Band.UNSURE), (0.04, Band.HUMAN))
)
IN_FILE = replace(LLM, own_probability=0.64, file_evidence=0.62, neighbours=11)
"""Rests on the 11 other functions of the file: 0.64 by its own text, 0.97 with them."""
LLM_FILE, UNSURE_FILE = (
    PooledVerdict(**_figures(probability, band), functions=7)
    for probability, band in ((0.96, Band.LLM), (0.5, Band.UNSURE))
)


class _Alternating:
    """An analyzer to which even lines point to an LLM and odd ones to a person."""

    is_slow = False

    @property
    def explainer(self) -> "_Alternating":
        return self

    def explain(self, text: str, function: JudgedFunction, past: object) -> SimpleNamespace:
        """Only the lines of an explanation."""
        lines = range(function.span.range.start_line, function.span.range.end_line + 1)
        values = [LineAttribution(line, -0.4 if line % 2 else 0.7, 0.0, 0.0) for line in lines]
        return SimpleNamespace(lines=values)


class _Given:
    """An analyzer that knows the report on every document."""

    def __init__(self, report: FileReport) -> None:
        self.report = report

    def analyze_many(self, documents: Iterable[Document], **options: object) -> Iterator[FileReport]:
        return (self.report for _ in documents)


def id_of(name: str) -> str:
    """The id of the function with the qualified name ``name``."""
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def _report(span: FunctionSpan, verdicts: Mapping[str, Verdict], reason: Reason) -> JudgedFunction:
    return JudgedFunction(
        span=span,
        verdict=verdicts.get(span.qualified_name, Verdict.without(reason)),
        function_id=id_of(span.qualified_name),
        nested=tuple(_report(inner, verdicts, Reason.NESTED) for inner in span.nested),
    )


def checked_file(
    path: str = "shelf.py",
    text: str = CODE,
    verdicts: Mapping[str, Verdict] | None = None,
    *,
    language: str = "python",
    whole: PooledVerdict | None = None,
) -> JudgedFile:
    """A file with its real spans, ``verdicts`` by qualified name, and its own; other functions are too short."""
    given = {"fast": LLM, "Shelf.put": UNSURE} if verdicts is None else verdicts
    spans = find_functions(text, get_language(language))
    functions = tuple(_report(span, given, Reason.TOO_SHORT) for span in spans)
    report = FileReport(language, path, functions)
    (file,) = judged_files([Source(path, language, lambda: text)], _Given(report), How(keep_text=True))
    return replace(file, verdict=whole)


def check_result(
    *files: JudgedFile,
    errors: tuple[FileError, ...] = (),
    threshold: float | None = None,
    accepted: frozenset[str] = frozenset(),
) -> CheckResult:
    """A result of ``files`` with matching totals, and evidence of every line."""
    limits = Limits(threshold)
    given = tuple(file.within(limits, accepted) for file in files)
    result = CheckResult(
        version="1.2.3",
        model="codeorigin-test 0.1.0 (abc)",
        files=given,
        errors=errors,
        summary=summarize(given, errors=errors, seconds=0.5, peak_memory_bytes=300 * 2**20),
        limits=limits,
        origin=Origin("sample", "2026-01-02"),
    )
    return replace(result, evidence=line_evidence(result, _Alternating()))  # type: ignore[arg-type]
