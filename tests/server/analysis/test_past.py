"""The past as an argument of judging."""

from pathlib import Path

import pytest

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.functions.documents import Document
from codeorigin.model.past import Past
from support.repositories import plain_functions
from support.tiny_model import COMMIT_CONTEXT, with_commit_rules

PAST = Past((-1.0, 0.0, 1.0), -0.75)


def test_other_functions_of_the_commit_have_the_past_too(tmp_path: Path, tiny_model_dir: Path) -> None:
    analyzer = Analyzer.load(with_commit_rules(tmp_path / "model", tiny_model_dir))
    document = Document(plain_functions("one"), "python")
    (plain,) = analyzer.analyze(document).functions
    (judged,) = analyzer.analyze(
        document, past=PAST, in_commits={plain.function_id: [2.0, 1.0]}, file_context=False
    ).functions
    assert plain.verdict.logit is not None
    assert judged.verdict.logit == pytest.approx(plain.verdict.logit - 0.75)
    assert judged.verdict.commit_evidence == pytest.approx(
        COMMIT_CONTEXT.commit.evidence_for_one([1.25, 0.25])
    )


def test_one_analyzer_judges_with_several_pasts(tiny_model_dir: Path) -> None:
    analyzer = Analyzer.load(tiny_model_dir)
    document = Document(plain_functions("one", "two"), "python")
    plain = analyzer.analyze(document)
    (judged,) = analyzer.analyze_many([document], past=PAST)
    assert (
        judged
        == analyzer.analyze(document, past=PAST)
        == analyzer.analyze(document, past=PAST, known_only=True)
    )
    assert judged != plain
    assert analyzer.analyze(document) == plain
    code = plain_functions("one")
    assert analyzer.score(code, "python", past=PAST).past == PAST.share(
        plain.functions[0].verdict.logit or 0.0
    )
    assert analyzer.score(code, "python").past is None
