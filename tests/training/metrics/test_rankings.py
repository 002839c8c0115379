"""Rankings on made-up repositories, checked against counts by hand."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from codeorigin.model.calibration.calibration import Calibration, PooledRule
from codeorigin_training.calibration.calibration import fit_calibration
from codeorigin_training.calibration.config import CalibrateConfig
from codeorigin_training.calibration.neighbours import commit_numbers, file_numbers
from codeorigin_training.calibration.pooled import pooled_samples
from codeorigin_training.data.rows import Row
from codeorigin_training.data.specifications import WRITTEN
from codeorigin_training.metrics.answers import Answers, context_answers
from codeorigin_training.metrics.rankings import (
    Bootstrap,
    agent_figures,
    era_figures,
    language_figures,
    mixed_figures,
    pair_figures,
    project_figures,
    setting_figures,
    whole_figures,
)
from codeorigin_training.metrics.table import (
    AGENTS,
    AS_THEY_ARE,
    BUILT,
    IN_PROJECTS,
    INSIDE,
    MIXED_COMMITS,
    MODERN,
    OLD,
    PAIRS,
    WRITTEN_PAIRS,
    Figure,
)
from support.corpus_rows import row
from support.scales import scale

FEW = Bootstrap(rounds=20)
ALONE = Bootstrap(rounds=0)


def found(figures: Iterable[Figure], statistic: str = "auroc") -> dict[str, Figure]:
    return {figure.population: figure for figure in figures if figure.statistic == statistic}


def answers(scores: np.ndarray) -> Answers:
    none = np.zeros(len(scores), dtype=bool)
    return Answers(none, none, np.zeros(len(scores)), scores, none)


def test_eras_are_ranked_apart_and_only_code_of_repositories_counts() -> None:
    rows = [row(repo=f"l{n}", label=1) for n in range(4)]
    rows += [row(repo=f"h{n}", label=0, modern=modern) for modern in (False, True) for n in range(4)]
    scores = np.array([3.0, 3.0, 3.0, 1.0, *[0.0] * 4, *[2.0] * 4])
    others = [replace(rows[0], pair="p"), replace(rows[4], source="debian")] * 3
    figures = list(era_figures([*rows, *others], np.append(scores, [-9.0, 9.0] * 3), "by_text", FEW))
    areas, found_at_1 = found(figures), found(figures, "tpr_at_1_fpr")
    assert areas[f"{AGENTS} against {OLD}"].value == 1.0
    modern = areas[f"{AGENTS} against {MODERN}"]
    assert (modern.value, modern.n, modern.repositories) == (0.75, 4, 8)
    assert found_at_1[f"{AGENTS} against {MODERN}"].value == 0.75
    assert modern.low is not None
    assert modern.high is not None
    assert modern.low < 0.75 < modern.high
    assert areas[f"{AGENTS} against {OLD}"].low == 1.0


def test_inside_one_repository_both_classes_have_twenty_functions() -> None:
    def of(repo: str, humans: int, llms: int) -> list[Row]:
        return [row(repo=repo, label=label) for label in [0] * humans + [1] * llms]

    # The first is ranked right, the second wrong, each half of the mean; the third has too few LLM functions.
    rows = [*of("a/a", 20, 20), *of("b/b", 20, 20), *of("c/c", 40, 19)]
    scores = np.array([*[0.0] * 20, *[1.0] * 20, *[1.0] * 20, *[0.0] * 20, *[0.0] * 40, *[1.0] * 19])
    inside = found(era_figures(rows, scores, "by_text", ALONE))[INSIDE]
    assert (inside.value, inside.repositories) == (0.5, 2)


def test_pairs_of_the_corpus_and_written_ones_are_told_apart() -> None:
    rows = [row(label=label, pair=name) for name in ("p", f"{WRITTEN}q") for label in (0, 1)]
    figures = list(pair_figures(rows, np.array([0.0, 1.0, 1.0, 0.0]), "by_text", ALONE))
    for statistic in ("auroc", "in order"):
        values = {name: (figure.value, figure.n) for name, figure in found(figures, statistic).items()}
        assert values == {PAIRS: (1.0, 1), WRITTEN_PAIRS: (0.0, 1)}


def test_languages_are_ranked_apart() -> None:
    rows = [
        row(language=language, label=label, repo=f"{n}")
        for language in ("go", "ruby")
        for label in (0, 1)
        for n in range(8)
    ]
    scores = np.array([*[-1.0] * 8, *[1.0] * 8, *[2.0] * 8, *[-2.0] * 8])
    figures = language_figures(rows, scores, "by_text")
    assert {of.language: (of.value, of.n) for of in figures} == {"go": (1.0, 16), "ruby": (0.0, 16)}


def settings() -> tuple[list[Row], np.ndarray]:
    """Six people's projects and six that agents built; human code scores 0, agents among people 1, the others 2."""
    rows, scores = [], []
    for project in range(6):
        for count, score, fields in (
            (15, 0.0, {"label": 0, "modern": True}),
            (10, 1.0, {"label": 1, "agent": "claude", "evidence": "B-trailer"}),
        ):
            rows += [row(repo=f"people/{project}", lines=5, **fields) for _ in range(count)]
            scores += [score] * count
        rows += [row(repo=f"agent/{project}", lines=12, label=1, agent="copilot", evidence="A-author")] * 3
        scores += [2.0] * 3
    # In one of six projects agents' code scores lower than all human code.
    scores[15:25] = [-1.0] * 10
    return rows, np.array(scores)


def test_agents_in_peoples_projects_are_ranked_against_these_people() -> None:
    rows, scores = settings()
    figure = found(project_figures(rows, {"by_text": answers(scores)}, FEW))[IN_PROJECTS]
    # All projects weigh the same: five of six are right, and of pairs across projects five sixths.
    assert (figure.value, figure.n, figure.repositories) == (pytest.approx(5 / 6), 60, 6)
    few = [index for index, of in enumerate(rows) if of.repo in ("people/0", "people/1")]
    assert list(project_figures([rows[index] for index in few], {"by_text": answers(scores[few])}, FEW)) == []


def test_each_setting_has_its_functions() -> None:
    rows, scores = settings()
    rows += [row(repo=f"h/{n}", lines=12, label=0, modern=True) for n in range(20)]
    figures = found(setting_figures(rows, {"by_text": answers(np.append(scores, [0.0] * 20))}, ALONE))
    wanted = {
        BUILT: (1.0, 18),
        "by claude": (pytest.approx(5 / 6, abs=0.1), 60),
        "by copilot": (1.0, 18),
        "known by a trailer of the message": (pytest.approx(5 / 6, abs=0.1), 60),
        "known by the commit's author": (1.0, 18),
        f"{AGENTS}, 5 to 8 lines": (pytest.approx(5 / 6, abs=0.1), 60),
        f"{AGENTS}, 9 to 15 lines": (1.0, 18),
    }
    assert {name: (figure.value, figure.n) for name, figure in figures.items()} == wanted


def test_one_agent_is_ranked_against_human_code_of_2021_22() -> None:
    rows, scores = settings()
    by_copilot = np.array([of.agent == "copilot" for of in rows])
    rows += [row(repo=f"h/{n}", lines=12, label=0, modern=n < 20) for n in range(40)]
    scores = np.append(scores, [*[0.0] * 20, *[9.0] * 20])
    area, _ = agent_figures(
        rows, scores, np.append(by_copilot, [False] * 40), "by copilot", "without it", ALONE
    )
    assert (area.value, area.n, area.repositories) == (1.0, 18, 6)
    assert (area.population, area.context, area.statistic) == ("by copilot", "without it", "auroc")


RULE = PooledRule(0.0, 0.0, 2, scale(1.0, -1.0))


def whole_files(rows: Sequence[Row], logits: np.ndarray, statistic: str = "auroc") -> dict[str, Figure]:
    samples = pooled_samples(rows, logits, file_numbers(rows), CalibrateConfig(), 2)
    return found(whole_figures(samples, RULE, "whole files", FEW), statistic)


def files_of(label: int, modern: bool = False) -> list[Row]:
    """Four repositories with a file of two functions each."""
    of: dict[str, Any] = {"label": label, "modern": modern}
    return [row("a.py", repo=f"{label}{modern}{number}", **of) for number in range(4) for _ in range(2)]


def test_files_are_ranked_and_judged_by_their_pooled_logits() -> None:
    rows = files_of(1) + files_of(0) + files_of(0, modern=True)
    # Single functions of the two classes overlap; file means do not, except for one modern file.
    logits = np.array([5.0, -1.0] * 4 + [1.0, -3.0] * 4 + [1.0, -3.0] * 3 + [9.0, 1.0])
    areas = whole_files(rows, logits)
    assert areas[f"{AGENTS} against {OLD}"].value == 1.0
    modern = areas[f"{AGENTS} against {MODERN}"]
    assert (modern.value, modern.n, modern.repositories) == (0.75, 4, 8)
    called = whole_files(rows, logits, "called llm")
    assert [called[name].value for name in (AGENTS, OLD, MODERN)] == [1.0, 0.0, 0.25]


def test_files_with_too_few_functions_and_pairs_do_not_count() -> None:
    rows = files_of(1) + files_of(0)
    more = [replace(rows[0], path="b.py"), replace(rows[8], path="c.py", pair="p")]
    logits = np.repeat([2.0, -2.0], 8)
    assert whole_files(rows + more, np.append(logits, [9.0, 9.0])) == whole_files(rows, logits)
    assert whole_files([], np.zeros(0)) == {}


def commits(count: int, seed: int) -> tuple[list[Row], np.ndarray]:
    """Commits of one, three and five functions per class and era; each shifts all its functions equally."""
    generator = np.random.default_rng(seed)
    rows: list[Row] = []
    logits: list[float] = []
    for repository in range(count):
        for label, modern in ((0, False), (0, True), (1, False)):
            for size in (1, 3, 5):
                centre = (2.0 * label - 1.0) * 0.6 + generator.normal(0, 0.5)
                where: dict[str, Any] = {
                    "repo": f"owner/{seed}-{repository}",
                    "commit": f"{label}{modern}{size}",
                }
                rows += [row(f"{file}.py", modern=modern, label=label, **where) for file in range(size)]
                logits += (centre + generator.normal(0, 1.0, size)).tolist()
    return rows, np.array(logits)


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    return fit_calibration(*commits(80, seed=0), CalibrateConfig(llm_rate=0.1))


def test_a_commit_of_both_classes_is_less_informative(calibration: Calibration) -> None:
    rows, logits = commits(60, seed=1)
    figures = {(of.population, of.context): of for of in mixed_figures(rows, logits, calibration, ALONE)}
    labels = np.array([of.label for of in rows])
    in_commit = context_answers(rows, logits, calibration)["in_commit"].log_odds
    as_is = figures[AS_THEY_ARE, "in_commit"].value or 0.0
    assert as_is == pytest.approx(roc_auc_score(labels, in_commit))
    assert (figures[MIXED_COMMITS, "in_commit"].value or 0.0) < as_is - 0.02
    assert figures[MIXED_COMMITS, "by_text"].value == figures[AS_THEY_ARE, "by_text"].value
    assert (commit_numbers([replace(of, source="debian") for of in rows[:9]]) == -1).all()
