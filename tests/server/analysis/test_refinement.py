"""The deep part is asked about what the wide part does not call human, and about what a user looks at."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

import codeorigin
from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.refinement import ANSWER_BYTES, Refinement
from codeorigin.analysis.report import FileReport
from codeorigin.cancellation import CancelToken
from codeorigin.errors import Cancelled, ModelError
from codeorigin.explain.explanation import ExplainOptions
from codeorigin.functions.documents import Document
from codeorigin.model.calibration.commit_context import CommitContext
from codeorigin.model.calibration.judge import Judge, Scored
from codeorigin.model.calibration.neighbours import NeighbourRule
from codeorigin.model.calibration.promise import Group
from codeorigin.model.limits import Limits
from codeorigin.model.scoring.features import DeepAnswer, RawScore
from codeorigin.model.scoring.scorer import Scorer
from codeorigin.model.verdict import Band, Verdict
from support.snippets import LEDGER, PARSER, TOTAL_PRICE, long_function
from support.tiny_model import TinyModel, with_file_rule
from support.tiny_refinement import REFINED, TWO, with_broken_deep_part, with_file_context_to_refine


@pytest.fixture
def refining(tiny_refining_model: TinyModel) -> Analyzer:
    return Analyzer.load(tiny_refining_model.directory)


@pytest.fixture
def in_files(tiny_refining_model: TinyModel, tmp_path: Path) -> Analyzer:
    folder = with_file_context_to_refine(tmp_path / "in-files", tiny_refining_model.directory)
    return Analyzer.load(with_file_rule(folder, folder))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The first lines of the texts that the deep part is asked about."""
    texts: list[str] = []
    original = Scorer.deep_answer

    def counting(self: Scorer, normalized: object, cancel: CancelToken) -> DeepAnswer:
        texts.append(str(getattr(normalized, "text", "")).split("\n", 1)[0])
        return original(self, normalized, cancel)  # type: ignore[arg-type]

    monkeypatch.setattr(Scorer, "deep_answer", counting)
    return texts


def verdicts(report: FileReport) -> dict[str, Verdict]:
    return {each.span.name: each.verdict for each in report.functions}


def test_first_verdict_comes_from_the_wide_part(refining: Analyzer, asked: list[str]) -> None:
    for verdict in verdicts(refining.analyze(Document(TWO, "python"))).values():
        assert verdict.awaits_deep
        assert verdict.deep is None
        assert (
            verdict.logit
            == verdict.unrefined_logit
            == pytest.approx(refining.bundle.bias + (verdict.wide or 0.0))
        )
    assert asked == []


def test_functions_not_called_human_are_refined(refining: Analyzer, asked: list[str]) -> None:
    first = refining.analyze(Document(TWO, "python"))
    found = verdicts(refining.refine(TWO, first))
    before = verdicts(first)
    assert before["close_ledger"].band is Band.HUMAN
    assert before["parse_header"].is_to_refine(looked_at=False)
    assert found["close_ledger"] == before["close_ledger"]
    refined = found["parse_header"]
    assert [text.startswith("def parse_header") for text in asked] == [True]
    assert refined.deep is not None
    assert refined.unrefined_logit == before["parse_header"].unrefined_logit
    assert refined.logit == pytest.approx((refined.unrefined_logit or 0.0) + refined.deep)
    assert refined.probability == REFINED.alone.probability(refined.logit or 0.0)
    assert refined.probability == refined.own_probability != before["parse_header"].probability
    assert refined.promise == REFINED.alone.promise("python")
    assert not refined.awaits_deep
    assert refining.refine(TWO, replace(first, functions=refining.refine(TWO, first).functions)) == (
        refining.refine(TWO, first)
    )


def test_deep_part_can_withdraw_an_llm_verdict(refining: Analyzer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scorer, "deep_answer", lambda *_: DeepAnswer(-5.0, 1))
    first = refining.analyze(Document(PARSER, "python"))
    assert first.functions[0].verdict.band is Band.LLM
    assert refining.refine(PARSER, first).functions[0].verdict.band is Band.HUMAN


def test_viewed_functions_are_refined_but_never_called_llm(
    refining: Analyzer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = refining.analyze(Document(LEDGER, "python"))
    (function,) = first.functions
    assert function.verdict.band is Band.HUMAN
    monkeypatch.setattr(Scorer, "deep_answer", lambda *_: DeepAnswer(50.0, 1))
    (looked_at,) = refining.refine(LEDGER, first, [function.function_id]).functions
    assert (looked_at.verdict.band, looked_at.verdict.cleared) == (Band.UNSURE, True)
    assert looked_at.verdict.probability == pytest.approx(1.0)
    assert Limits(threshold=0.5).band(looked_at.verdict) is Band.UNSURE
    assert Limits(false_positive_rate=0.5).band(looked_at.verdict) is Band.UNSURE


def test_answers_are_cached_by_text(refining: Analyzer, asked: list[str]) -> None:
    first = refining.analyze(Document(TWO, "python"))
    assert refining.refine(TWO, first, ask=False) == first
    refined = refining.refine(TWO, first)
    moved = "import os\n\n\n" + TWO
    again = refining.refine(moved, refining.analyze(Document(moved, "python")), ask=False)
    assert verdicts(again) == verdicts(refined)
    assert len(asked) == 1


def test_cached_answers_stay_within_the_capacity(
    tiny_refining_model: TinyModel, refining: Analyzer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Scorer, "deep_answer", lambda *_: DeepAnswer(0.5, 1))
    keeper = Refinement(
        tiny_refining_model.scorer(), Judge(refining.bundle.calibration), capacity=3 * ANSWER_BYTES
    )
    for statements in range(6, 12):
        text = long_function(statements)
        report = refining.analyze(Document(text, "python"))
        keeper.report(text, report, [each.function_id for each in report.functions])
    assert len(keeper.kept) == 3
    assert keeper.kept.bytes == 3 * ANSWER_BYTES


def test_file_evidence_comes_from_the_wide_part_only(in_files: Analyzer) -> None:
    first = in_files.analyze(Document(TWO, "python"))
    ids = [each.function_id for each in first.functions]
    report = in_files.refine(TWO, first, ids)
    before, found = verdicts(first), verdicts(report)
    scales = in_files.bundle.calibration.refined
    assert scales is not None
    assert scales.in_file is not None
    for name, verdict in found.items():
        assert verdict.deep
        assert verdict.file_evidence == before[name].file_evidence
        logit = math.fsum([verdict.unrefined_logit or 0.0, verdict.deep, verdict.file_evidence or 0.0])
        assert verdict.probability == pytest.approx(scales.in_file.probability(logit))
        assert verdict.own_probability == scales.alone.probability(verdict.logit or 0.0)
    assert report.verdict == first.verdict
    assert first.verdict is not None
    assert first.verdict.probability is not None


def test_without_file_context_functions_are_judged_alone(in_files: Analyzer) -> None:
    first = in_files.analyze(Document(TWO, "python"), file_context=False)
    report = in_files.refine(TWO, first, [each.function_id for each in first.functions])
    for verdict in verdicts(report).values():
        assert verdict.file_evidence is None
        assert verdict.probability == REFINED.alone.probability(verdict.logit or 0.0)


def test_functions_in_blocks_of_a_document_are_refined(refining: Analyzer) -> None:
    text = (
        f"# Title\n\n- item\n\n  ```python\n{''.join(f'  {line}' for line in PARSER.splitlines(True))}  ```\n"
    )
    found = refining.refine(text, refining.analyze(Document(text, "markdown")))
    alone = refining.refine(PARSER, refining.analyze(Document(PARSER, "python")))
    assert found.functions[0].verdict == alone.functions[0].verdict
    assert found.functions[0].verdict.deep is not None


def test_a_piece_of_code_is_always_refined(refining: Analyzer) -> None:
    first = refining.score(LEDGER, "python", deep=False)
    refined = refining.score(LEDGER, "python")
    assert (first.band, first.deep) == (Band.HUMAN, None)
    report = refining.analyze(Document(LEDGER, "python"))
    (looked_at,) = refining.refine(LEDGER, report, [report.functions[0].function_id]).functions
    assert refined == looked_at.verdict


def test_rules_for_the_wide_part_never_await_the_deep_part(refining: Analyzer) -> None:
    """The rule for functions with others in their commit."""
    alone = REFINED.alone
    calibration = replace(
        refining.bundle.calibration, commit_context=CommitContext(NeighbourRule(1.0, 1.0, 0.0), alone)
    )
    judge = Judge(calibration)
    scored = Scored(RawScore(1.5, 1.75, None, 0), Group.BARE)
    first = judge.alone(scored, "python")
    for verdict in (first, judge.refined(first, DeepAnswer(-9.0, 2), "python")):
        (beside,) = judge.in_commits({0: verdict}, {0: [0.5]}, "python", in_file=True).values()
        assert (beside.deep, beside.logit, beside.windows) == (0.0, 1.5, 0)
        assert beside.probability == alone.probability(1.5 + (beside.commit_evidence or 0.0))
        assert beside.own_probability == calibration.alone.probability(1.5)
        assert not beside.awaits_deep


def test_the_python_api_refines(tiny_refining_model: TinyModel, refining: Analyzer) -> None:
    report = codeorigin.analyze(TWO, "python", model=tiny_refining_model.directory)
    assert report == refining.refine(TWO, refining.analyze(Document(TWO, "python")))


def test_answers_from_before_a_cancellation_are_kept(
    refining: Analyzer, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"{PARSER}\n\n{TOTAL_PRICE}"
    first = refining.analyze(Document(text, "python"))
    ids = [each.function_id for each in first.functions]
    token = CancelToken()
    counting = Scorer.deep_answer

    def cancelling(self: Scorer, *args: object) -> DeepAnswer:
        answer = counting(self, *args)  # type: ignore[arg-type]
        token.cancel()
        return answer

    monkeypatch.setattr(Scorer, "deep_answer", cancelling)
    with pytest.raises(Cancelled):
        refining.refine(text, first, ids, cancel=token)
    assert len(asked) == 1
    known = refining.refine(text, first, ids, ask=False).functions
    assert [each.verdict.deep is None for each in known] == [False, True]


def test_a_broken_deep_part_leaves_the_first_verdict(tiny_refining_model: TinyModel, tmp_path: Path) -> None:
    analyzer = Analyzer.load(with_broken_deep_part(tmp_path / "model", tiny_refining_model.directory))
    report = analyzer.analyze(Document(TWO, "python"))
    assert verdicts(report)["parse_header"].band is Band.LLM
    with pytest.raises(ModelError, match=r"^score\.onnx: cannot be loaded \(.*\); reinstall the model$"):
        analyzer.refine(TWO, report)
    span = report.functions[1].span
    with pytest.raises(ModelError, match=r"^score\.onnx: "):
        analyzer.explain(TWO, span)
    assert analyzer.explain(TWO, span, ExplainOptions(deep=False)).lines


def test_wide_part_is_explained_exactly_without_the_deep_part(refining: Analyzer, asked: list[str]) -> None:
    (function,) = refining.analyze(Document(PARSER, "python")).functions
    wide = refining.explain(PARSER, function.span, ExplainOptions(deep=False))
    assert wide.logit == pytest.approx(function.verdict.unrefined_logit, abs=1e-5)
    assert all(line.deep == 0.0 for line in wide.lines)
    assert wide.completeness_gap < 1e-5
    assert asked == []
    (refined,) = refining.refine(PARSER, refining.analyze(Document(PARSER, "python"))).functions
    whole = refining.explain(PARSER, function.span)
    assert whole.logit == pytest.approx(refined.verdict.logit, abs=1e-5)
    assert any(line.deep != 0.0 for line in whole.lines)
    assert whole.completeness_gap < 0.02
    assert [line.wide for line in whole.lines] == pytest.approx([line.wide for line in wide.lines])


def test_models_that_do_not_refine_are_unchanged(analyzer: Analyzer) -> None:
    report = analyzer.analyze(Document(TWO, "python"))
    assert not analyzer.refines
    assert analyzer.refine(TWO, report, [each.function_id for each in report.functions]) is report
    for verdict in verdicts(report).values():
        assert verdict.unrefined_logit == verdict.logit
        assert not verdict.awaits_deep
