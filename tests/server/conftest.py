"""Builders of results, so that rendering can be tested without a model."""

import hashlib
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from codeorigin.analysis.report import FileReport, FunctionReport
from codeorigin.check.evidence import line_evidence
from codeorigin.check.result import (
    CheckedFile,
    CheckResult,
    FileError,
    Show,
    counted_lines,
    summarize,
    within_limits,
)
from codeorigin.explain.explanation import LineAttribution
from codeorigin.functions.finding import find_functions
from codeorigin.functions.spans import FunctionSpan
from codeorigin.languages import get_language
from codeorigin.model.bundle import default_model_dir
from codeorigin.model.file_verdict import FileVerdict
from codeorigin.model.limits import Limits
from codeorigin.model.verdict import Band, Reason, Verdict

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


def verdict(probability: float, band: Band) -> Verdict:
    """A verdict with plausible figures around ``probability``."""
    return Verdict(
        probability=probability,
        logit=round(4 * probability - 2, 3),
        band=band,
        human_share=round(1 - probability, 3),
        llm_share=round(probability, 3),
        llm_threshold=0.9,
        human_threshold=0.2,
        language="rust",
        own_probability=probability,
    )


LLM = verdict(0.97, Band.LLM)
UNSURE = verdict(0.55, Band.UNSURE)
HUMAN = verdict(0.04, Band.HUMAN)


def file_verdict(probability: float, band: Band, functions: int = 7) -> FileVerdict:
    """A verdict on a file with plausible figures around ``probability``."""
    return FileVerdict(
        probability=probability,
        logit=round(4 * probability - 2, 3),
        band=band,
        functions=functions,
        human_share=round(1 - probability, 3),
        llm_share=round(probability, 3),
        llm_threshold=0.9,
        human_threshold=0.2,
        language="rust",
    )


FILE_VERDICTS = {
    Band.LLM: file_verdict(0.96, Band.LLM),
    Band.UNSURE: file_verdict(0.5, Band.UNSURE),
    Band.HUMAN: file_verdict(0.03, Band.HUMAN),
}


class Alternating:
    """An analyzer to which even lines point to an LLM and odd ones to a person."""

    is_slow = False

    def explain(self, text: str, span: FunctionSpan, *, function_id: str) -> SimpleNamespace:
        """Only the lines of an explanation."""
        lines = range(span.range.start_line, span.range.end_line + 1)
        values = [LineAttribution(line, -0.4 if line % 2 else 0.7, 0.0, 0.0) for line in lines]
        return SimpleNamespace(lines=values)


def _report(span: FunctionSpan, verdicts: Mapping[str, Verdict], *, nested: bool = False) -> FunctionReport:
    default = Verdict.without(Reason.NESTED if nested else Reason.TOO_SHORT)
    return FunctionReport(
        span=span,
        verdict=verdicts.get(span.qualified_name, default),
        function_id=hashlib.sha256(span.qualified_name.encode()).hexdigest()[:16],
        nested=tuple(_report(inner, verdicts, nested=True) for inner in span.nested),
    )


@pytest.fixture
def verdicts() -> Mapping[Band, Verdict]:
    """One verdict of each band."""
    return {Band.LLM: LLM, Band.UNSURE: UNSURE, Band.HUMAN: HUMAN}


@pytest.fixture
def in_file() -> Verdict:
    """An ``llm`` verdict that rests on the 11 other functions of the file: 0.64 by its own text, 0.97 with them."""
    return replace(LLM, own_probability=0.64, file_evidence=0.62, neighbours=11)


@pytest.fixture
def file_verdicts() -> Mapping[Band, FileVerdict]:
    """One verdict of each band on a file of seven functions."""
    return FILE_VERDICTS


@pytest.fixture
def make_file() -> Callable[..., CheckedFile]:
    """``make_file(path, text, verdicts, language, whole)``: real spans, verdicts by qualified name, and the file's."""

    def make(
        path: str = "shelf.py",
        text: str = CODE,
        verdicts: Mapping[str, Verdict] | None = None,
        language: str = "python",
        whole: FileVerdict | None = None,
    ) -> CheckedFile:
        given = {"fast": LLM, "Shelf.put": UNSURE} if verdicts is None else verdicts
        spans = find_functions(text, get_language(language), path=path)
        functions = tuple(_report(span, given) for span in spans)
        report = FileReport(language, path, functions, whole)
        return CheckedFile(path, report, text, counted_lines(report, text, None))

    return make


@pytest.fixture
def make_result(make_file: Callable[..., CheckedFile]) -> Callable[..., CheckResult]:
    """``make_result(files, errors, threshold, show)``: a result with matching totals, and evidence of every line."""

    def make(
        files: tuple[CheckedFile, ...] | None = None,
        errors: tuple[FileError, ...] = (),
        threshold: float | None = None,
        show: Show = Show.ALL,
    ) -> CheckResult:
        limits = Limits(threshold)
        given = tuple(within_limits(file, limits) for file in ((make_file(),) if files is None else files))
        result = CheckResult(
            version="1.2.3",
            model="codeorigin-test 0.1.0 (abc)",
            files=given,
            errors=errors,
            summary=summarize(given, limits, errors=errors, seconds=0.5, peak_memory_bytes=300 * 2**20),
            limits=limits,
            show=show,
        )
        return replace(result, evidence=line_evidence(result, Alternating()))  # type: ignore[arg-type]

    return make


@pytest.fixture
def broken_model(tmp_path: Path) -> Path:
    """A copy of the shipped model with one bit of its graph flipped."""
    model = tmp_path / "model"
    shutil.copytree(default_model_dir(), model)
    graph = model / "score.onnx"
    data = bytearray(graph.read_bytes())
    data[len(data) // 2] ^= 1
    graph.write_bytes(data)
    return model
