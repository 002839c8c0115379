"""The self test must fail when it should."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.report import FileReport
from codeorigin.cli.doctor import SNIPPET, check_language_model, self_test
from codeorigin.errors import CodeOriginError
from codeorigin.explain.explanation import ExplainOptions, Explanation
from codeorigin.functions.documents import Document
from codeorigin.functions.spans import FunctionSpan
from codeorigin.language_id.model import LanguageModel
from codeorigin.model.verdict import Reason, Verdict


class Tampered(Analyzer):
    """The real analyzer with its answers changed on the way out."""

    change_report: Callable[[FileReport], FileReport] = staticmethod(lambda report: report)
    change_explanation: Callable[[Explanation], Explanation] = staticmethod(lambda explanation: explanation)

    def analyze(self, document: Document, **options: object) -> FileReport:
        return self.change_report(super().analyze(document))

    def explain(
        self, text: str, span: FunctionSpan, options: ExplainOptions | None = None, **others: object
    ) -> Explanation:
        return self.change_explanation(super().explain(text, span, options))


@pytest.fixture(scope="module")
def analyzer() -> Tampered:
    return Tampered.load()  # type: ignore[return-value]


def test_shipped_model_passes(analyzer: Tampered) -> None:
    assert "gap" in self_test(analyzer)


def test_lost_line_is_detected(analyzer: Tampered, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose_strongest(explanation: Explanation) -> Explanation:
        strongest = max(explanation.lines, key=lambda line: abs(line.value))
        return replace(explanation, lines=tuple(line for line in explanation.lines if line is not strongest))

    monkeypatch.setattr(analyzer, "change_explanation", lose_strongest)
    with pytest.raises(CodeOriginError, match="do not add up"):
        self_test(analyzer)


def test_nan_is_detected(analyzer: Tampered, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        analyzer, "change_explanation", lambda explanation: replace(explanation, logit=float("nan"))
    )
    with pytest.raises(CodeOriginError, match="do not add up"):
        self_test(analyzer)


def test_missing_verdict_is_detected(analyzer: Tampered, monkeypatch: pytest.MonkeyPatch) -> None:
    def silence(report: FileReport) -> FileReport:
        quiet = tuple(replace(f, verdict=Verdict.without(Reason.TOO_SHORT)) for f in report.functions)
        return replace(report, functions=quiet)

    monkeypatch.setattr(analyzer, "change_report", silence)
    with pytest.raises(CodeOriginError, match="no verdict"):
        self_test(analyzer)


def test_missing_function_is_detected(analyzer: Tampered, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyzer, "change_report", lambda report: replace(report, functions=()))
    with pytest.raises(CodeOriginError, match="found 0 functions"):
        self_test(analyzer)


def renamed(model: LanguageModel, names: dict[str, str]) -> LanguageModel:
    return replace(model, labels=tuple(names.get(each, each) for each in model.labels))


def test_shipped_language_model_passes() -> None:
    model = LanguageModel.load()
    assert check_language_model(model).startswith(
        f"codeorigin-language {model.version}, SHA-256 as in the manifest, "
    )


def test_wrong_or_never_sure_language_model_is_detected() -> None:
    model = LanguageModel.load()
    swapped = renamed(model, {"python": "ruby", "ruby": "python"})
    with pytest.raises(CodeOriginError, match="took a built-in Python function for ruby"):
        check_language_model(swapped)
    with pytest.raises(CodeOriginError, match="for no language"):
        check_language_model(replace(model, threshold=1.1))
    swapped = renamed(model, {"none": "go", "go": "none"})
    with pytest.raises(CodeOriginError, match="took prose for go"):
        check_language_model(swapped)


def test_snippet_is_a_working_function() -> None:
    namespace: dict[str, Callable[[list[float], int], list[float]]] = {}
    exec(SNIPPET, namespace)
    assert namespace["moving_average"]([1, 2, 3, 4], 2) == [1.5, 2.5, 3.5]
