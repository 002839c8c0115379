"""All rules of a calibration, fitted on made-up repositories for which the truth is known."""

from dataclasses import replace

import numpy as np
import pytest

from codeorigin.core.errors import CodeOriginError
from codeorigin_training.calibration.calibration import fit_calibration
from codeorigin_training.calibration.config import CalibrateConfig
from codeorigin_training.calibration.neighbours import commit_numbers, file_numbers
from codeorigin_training.calibration.pooled import pooled_samples
from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.answers import context_answers
from support.corpus_rows import row

CONFIG = CalibrateConfig(llm_rate=0.1, human_rate=0.1)


def repositories(count: int, seed: int, by: str = "path") -> tuple[list[Row], np.ndarray]:
    """Three files (or commits, ``by`` "commit") per class and repository, with four functions each, which it shifts."""
    generator = np.random.default_rng(seed)
    rows, logits = [], []
    for repository in range(count):
        for label in (0, 1):
            for group in range(3):
                centre = (2.0 * label - 1.0) * 0.6 + generator.normal(0, 0.5)
                for number in range(4):
                    together, alone = f"{label}{group}", f"{label}{group}{number}"
                    place = {"path": alone, "commit": alone} | {by: together}
                    rows.append(row(**place, label=label, repo=f"{seed}/{repository}", modern=group == 0))
                    logits.append(centre + generator.normal(0, 1.0))
    return rows, np.array(logits)


@pytest.mark.parametrize(
    ("by", "context", "kind"), [("path", "in_file", "file"), ("commit", "in_commit", "commit")]
)
def test_neighbours_find_more_at_the_same_false_positives(by: str, context: str, kind: str) -> None:
    calibration = fit_calibration(*repositories(80, 0, by), CONFIG)
    rows, logits = repositories(200, 1, by)
    labels = np.array([each.label for each in rows])
    found = context_answers(rows, logits, calibration)[context]
    assert found.has_neighbours.all()
    called = found.llm
    assert 0.04 < called[labels == 0].mean() < 0.12
    own = np.quantile(logits[labels == 0], 1 - called[labels == 0].mean())
    assert called[labels == 1].mean() > (logits[labels == 1] >= own).mean() + 0.05
    # The scale is calibrated: the mean probability matches the share of LLM functions.
    assert found.probability.mean() == pytest.approx(0.5, abs=0.03)
    rule = {"file": calibration.file, "commit": calibration.commit}[kind]
    assert rule is not None
    numbers = file_numbers(rows) if kind == "file" else commit_numbers(rows)
    whole = pooled_samples(rows, logits, numbers, calibration, rule.fewest_functions)
    bands = np.array(
        [
            rule.verdict([(logit, lines, each.row.language) for logit, lines in each.functions]).band
            for each in whole
        ]
    )
    llm = np.array([each.row.label == 1 for each in whole])
    assert np.mean(bands[~llm] == "llm") < 0.13
    assert np.mean(bands[llm] == "llm") > called[labels == 1].mean()
    assert np.mean(bands[llm] == "human") < 0.13


def test_functions_with_both_kinds_of_neighbours_have_a_rule_of_their_own() -> None:
    rows, logits = repositories(40, 0)
    rows = [replace(each, commit=each.path) for each in rows]
    calibration = fit_calibration(rows, logits, CONFIG)
    both = calibration.file_and_commit_context
    assert both is not None
    assert both.file is not None
    assert both.file.weight == CONFIG.file_weight_beside_commit
    assert both.scale != calibration.alone


def test_rules_without_neighbours_or_enough_repositories_are_none() -> None:
    rows, logits = repositories(40, 2)
    alone = [replace(each, path=f"{number}.py", commit="") for number, each in enumerate(rows)]
    found = fit_calibration(alone, logits, CONFIG)
    assert found.file_context is found.file is found.commit is None
    assert found.commit_context is found.file_and_commit_context is None
    one_class = [
        replace(each, path=f"{number}.py") if each.label else each for number, each in enumerate(rows)
    ]
    assert fit_calibration(one_class, logits, CONFIG).file_context is None


def test_functions_without_a_verdict_do_not_count() -> None:
    rows, logits = repositories(40, 3)
    expected = fit_calibration(rows, logits, CONFIG)
    for code in ("def f():\n    return 1\n\n\n", "def f():\n" + "    call_something(1)\n" * 300):
        without = [replace(each, code=code) for each in rows]
        assert fit_calibration(rows + without, np.concatenate([logits, logits + 9.0]), CONFIG) == expected
    with pytest.raises(CodeOriginError, match="long enough for a verdict"):
        fit_calibration(without, logits, CONFIG)


def test_too_few_repositories_are_reported() -> None:
    with pytest.raises(CodeOriginError, match="needs 20 repositories with human code"):
        fit_calibration(*repositories(19, 4), CONFIG)
