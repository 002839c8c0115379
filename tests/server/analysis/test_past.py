"""The past as an argument of judging."""

from pathlib import Path

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.functions.documents import Document
from codeorigin.model.past import Past
from support.repositories import plain_functions

PAST = Past((-1.0, 0.0, 1.0), -0.75)


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
