"""Fitting the commit rules from rows."""

import numpy as np

from codeorigin.model.calibration.calibration import Calibration
from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.answers import context_answers
from codeorigin_training.thresholds.commits import commit_samples, with_commit_rules
from codeorigin_training.thresholds.config import CalibrateConfig
from codeorigin_training.thresholds.context import commit_numbers
from support.corpus_rows import row
from support.tiny_model import FILE_CONTEXT

SETTINGS = CalibrateConfig(rate=0.1, tail_share=0.9, tail_rate=0.3, tail_fewest=4, fewest_functions=3)
BARE = Calibration(FILE_CONTEXT.scale, min_lines=3, min_characters=60)


def repositories(count: int, seed: int, shift: float = 0.0) -> tuple[list[Row], np.ndarray]:
    """Three commits per class and repository, with one function in each of four files; a commit shifts all of them."""
    generator = np.random.default_rng(seed)
    rows, logits = [], []
    for repository in range(count):
        for label in (0, 1):
            for commit in range(3):
                centre = (2.0 * label - 1.0) * 0.6 + generator.normal(0, 0.5) + shift * (label == 0)
                for file in range(4):
                    name = f"{label}{commit}"
                    where = {"repo": f"owner/{seed}-{repository}", "commit": name, "label": label}
                    rows.append(row(f"{file}.py", modern=commit == 0, **where))
                    logits.append(centre + generator.normal(0, 1.0))
    return rows, np.array(logits)


def fitted(rows: list[Row], logits: np.ndarray) -> Calibration:
    return with_commit_rules(BARE, rows, logits, SETTINGS, [None] * len(rows))


def test_commits_are_numbered_per_repository_and_packages_have_none() -> None:
    rows = [row(commit="1"), row("b.py", commit="1"), row(commit="2"), row(repo="o/p", commit="1")]
    rows += [row(commit="1", source="debian"), row(), row(commit="1", pair="p")]
    assert commit_numbers(rows).tolist() == [0, 0, 1, 2, -1, -1, -1]


def test_promise_holds_in_new_repositories_and_more_llm_code_is_found() -> None:
    calibration = fitted(*repositories(80, seed=0))
    rows, logits = repositories(200, seed=1)
    labels = np.array([each.label for each in rows])
    found = context_answers(rows, logits, calibration, [None] * len(rows))["in_commit"]
    called = found.answers.llm
    assert found.heard.all()
    assert 0.03 < called[labels == 0].mean() < 0.12
    own = np.quantile(logits[labels == 0], 1 - called[labels == 0].mean())
    assert called[labels == 1].mean() > (logits[labels == 1] >= own).mean() + 0.05
    assert calibration.commit is not None
    whole = commit_samples(rows, logits, SETTINGS.files)
    llm = [calibration.commit.judge(each.functions, each.language).band == "llm" for each in whole]
    human = [each.label == 0 for each in whole]
    assert np.mean(np.array(llm)[human]) < 0.12


def test_higher_scoring_population_raises_threshold() -> None:
    rows, logits = repositories(80, seed=0)
    other, high = repositories(80, seed=2, shift=1.0)
    low, raised = fitted(rows, logits), fitted(rows + other, np.concatenate([logits, high]))
    assert low.commit_context is not None
    assert raised.commit_context is not None
    assert raised.commit_context.scale.default.llm > low.commit_context.scale.default.llm


def test_too_few_repositories_give_no_context_and_no_llm_commits() -> None:
    calibration = fitted(*repositories(5, seed=0))
    assert calibration.commit_context is calibration.file_and_commit_context is None
    assert calibration.commit is not None
    assert calibration.commit.judge([(50.0, 99)] * 9, "python").band == "unsure"


def test_row_order_does_not_matter() -> None:
    rows, logits = repositories(40, seed=0)
    one, other = fitted(rows, logits), fitted(rows[::-1], logits[::-1])
    assert one.commit_context is not None
    assert other.commit_context is not None
    assert np.isclose(one.commit_context.scale.default.llm, other.commit_context.scale.default.llm)
