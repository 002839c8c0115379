"""A language's own bias shifts its logits, is where its explanations start, and affects no other language."""

import json
import shutil
from pathlib import Path

import pytest

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.judged import JudgedFunction
from codeorigin.explain.explanation import ExplainOptions
from codeorigin.functions.documents import Document
from codeorigin.model.folder import sealed
from support.snippets import QUEUE, TOTAL_PRICE
from support.tiny_model import TinyModel

BIAS = -0.75


def only(analyzer: Analyzer, code: str, language: str) -> JudgedFunction:
    return next(
        each
        for each in analyzer.analyze(Document(code, language)).functions
        if each.verdict.logit is not None
    )


@pytest.mark.parametrize("name", ["tiny_model", "tiny_wide_model"])
def test_language_bias_shifts_logits_and_explanation_baselines(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    model: TinyModel = request.getfixturevalue(name)
    folder = shutil.copytree(model.directory, tmp_path / "moved")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    biases = manifest["language_bias"] | {"python": manifest["language_bias"]["python"] + BIAS}
    (folder / "manifest.json").write_text(sealed(manifest | {"language_bias": biases}))
    plain, moved = Analyzer.load(model.directory), Analyzer.load(folder)
    assert moved.bundle.language_bias == biases

    for code, language, expected in ((TOTAL_PRICE, "python", BIAS), (QUEUE, "go", 0.0)):
        before, after = only(plain, code, language), only(moved, code, language)
        assert before.verdict.logit is not None
        assert after.verdict.logit == pytest.approx(before.verdict.logit + expected, abs=1e-6)
        assert after.verdict.wide == before.verdict.wide
        started, starts = (
            analyzer.explainer.explain(code, before, options=ExplainOptions(max_nodes=64))
            for analyzer in (plain, moved)
        )
        assert starts.baseline_logit == pytest.approx(started.baseline_logit + expected, abs=1e-6)
        assert starts.completeness_gap == pytest.approx(started.completeness_gap, abs=1e-6)
        assert [line.value for line in starts.lines] == [line.value for line in started.lines]
