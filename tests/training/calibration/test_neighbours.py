"""Evidence of the other functions of a file or commit, of a project's past, and of what its records declare."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from codeorigin.model.calibration.calibration import Context, NeighbourRule
from codeorigin.model.past import PastRule
from codeorigin.model.reference import ReferenceRule
from codeorigin_training.calibration.calibration import fit_calibration
from codeorigin_training.calibration.config import CalibrateConfig
from codeorigin_training.calibration.neighbours import (
    commit_numbers,
    context_evidence,
    file_numbers,
    mixed_numbers,
    neighbour_evidence,
)
from codeorigin_training.calibration.past_rule import fit_past_rule, past_evidence
from codeorigin_training.calibration.pooled import PooledSample, pooled_samples
from codeorigin_training.calibration.reference import reference_evidence
from codeorigin_training.data.rows import DISTRIBUTION_SOURCE, Row
from support.corpus_rows import row
from support.tiny_model import FILE_CONTEXT

NEIGHBOURS = NeighbourRule(0.8, 1.0, 0.0)


def test_files_are_identified_by_repository_and_path_whoever_wrote_them() -> None:
    rows = [
        row(),
        row("b.py"),
        row(label=0),
        row(label=0, modern=True, commit="2"),
        row(repo="owner/other"),
        row(pair="p1"),
        row(""),
    ]
    assert file_numbers(rows).tolist() == [0, 1, 0, 0, 2, -1, -1]


def test_neighbour_evidence_equals_the_servers() -> None:
    files = np.array([0, 1, 0, 0, -1, -1, 2])
    logits = np.array([2.0, 9.0, 0.0, 1.0, 3.0, 4.0, 5.0])
    rule = NeighbourRule(weight=0.5, prior_functions=1.0, neutral=0.2)
    found = neighbour_evidence(files, logits, rule, np.ones(7, dtype=bool))
    assert found[[0, 2, 3]].tolist() == pytest.approx(rule.evidence([2.0, 0.0, 1.0]))
    # Alone in its file, or without a file, even though several functions have none.
    assert np.isnan(found[[1, 4, 5, 6]]).all()


def test_functions_without_verdict_neither_give_nor_get_evidence() -> None:
    files, logits = np.zeros(3, dtype=np.int64), np.array([1.0, 2.0, 50.0])
    judged = np.array([True, True, False])
    found = neighbour_evidence(files, logits, NEIGHBOURS, judged)
    assert found[:2].tolist() == pytest.approx([0.8 * 2.0 / 2, 0.8 * 1.0 / 2])
    assert np.isnan(found[2])


def test_mixing_moves_llm_functions_into_human_files_of_same_repository() -> None:
    rows = [row(f"l{number}.py") for number in range(200)]
    rows += [row(f"h{number}.py", label=0) for number in range(20)]
    rows += [row("x.py", repo="owner/llm only"), row("", label=1), row("p.py", pair="p1")]
    before = file_numbers(rows)
    after = mixed_numbers(rows, before, 0.5, seed=1)
    moved = np.flatnonzero(before != after)
    assert 70 <= len(moved) <= 130
    assert all(rows[number].label == 1 and rows[number].repo == "owner/repo" for number in moved)
    human = set(before[200:220].tolist())
    assert set(after[moved].tolist()) <= human
    assert len(set(after[moved].tolist())) > 10
    assert (mixed_numbers(rows, before, 0.5, seed=1) == after).all()
    assert (mixed_numbers(rows, before, 0.0, seed=1) == before).all()


def test_commits_are_numbered_per_repository_and_packages_have_none() -> None:
    rows = [row(commit="1"), row("b.py", commit="1"), row(commit="2"), row(repo="o/p", commit="1")]
    rows += [row(commit="1", source="debian"), row(), row(commit="1", pair="p")]
    assert commit_numbers(rows).tolist() == [0, 0, 1, 2, -1, -1, -1]


def test_context_adds_the_evidence_of_all_its_rules_where_each_has_neighbours() -> None:
    rows = [row(commit="1"), row(commit="1"), row("b.py", commit="1"), row("c.py", commit="2")]
    logits, everyone = np.array([1.0, 3.0, 5.0, 7.0]), np.ones(4, dtype=bool)
    both = Context(scale=FILE_CONTEXT.scale, file=NEIGHBOURS, commit=NeighbourRule(1.2, 1.0, 0.0))
    found = context_evidence(rows, logits, both, everyone)
    assert found[:2].tolist() == pytest.approx([0.8 * 3 / 2 + 1.2 * 8 / 3, 0.8 * 1 / 2 + 1.2 * 6 / 3])
    assert np.isnan(found[2:]).all()


def samples(rows: Sequence[Row]) -> list[PooledSample]:
    return pooled_samples(rows, np.arange(float(len(rows))), file_numbers(rows), CalibrateConfig(), 2)


def test_functions_of_one_file_are_one_sample_across_commits() -> None:
    (found,) = samples([row(commit="1"), row("b.py"), row(commit="2", is_test=True)])
    assert found.functions == ((0.0, 3), (2.0, 3))
    assert (found.row.label, found.row.repo, found.row.language, found.row.modern) == (
        1,
        "owner/repo",
        "python",
        False,
    )


def test_classes_eras_and_repositories_are_separate_samples() -> None:
    rows = [row(), row(label=0), row(label=0, modern=True), row(repo="owner/other")]
    found = samples(rows + rows)
    assert sorted((sample.row.repo, sample.row.label, sample.row.modern) for sample in found) == [
        ("owner/other", 1, False),
        ("owner/repo", 0, False),
        ("owner/repo", 0, True),
        ("owner/repo", 1, False),
    ]


@pytest.mark.parametrize(
    "other",
    [
        {"pair": "p1"},
        {"path": ""},
        {"code": "def f(x):\n    return " + "x + " * 40 + "x\n"},
        {"code": "def f(x):\n    y = x\n    return y\n"},
    ],
)
def test_functions_without_verdict_or_file_are_left_out(other: dict[str, object]) -> None:
    assert samples([row(), row(**other)]) == []
    (found,) = samples([row(), row(**other), row()])
    assert len(found.functions) == 2


CONFIG = CalibrateConfig(fewest_repositories=2, past_fewest_functions=3, past_quantile=0.5)


def rows(repo: str, count: int, *, label: int = 0, source: str = "") -> list[Row]:
    row = Row("code", "python", label, repo, "", modern=False, is_test=False, lines=9, source=source)
    return [row] * count


def test_typical_quantile_is_the_mean_over_projects() -> None:
    # The LLM's functions, the package, the small project and the short function do not count.
    found = [
        *rows("a/a", 3),
        *rows("a/a", 3, label=1),
        *rows("b/b", 4),
        *rows("c/c", 2),
        *rows("debian/d", 5, source=DISTRIBUTION_SOURCE),
    ]
    logits = np.array([1.0, 2.0, 9.0, 50, 50, 50, -1.0, -1.0, -1.0, 70, 80, 80, 90, 90, 90, 90, 90])
    counted = np.array([True] * 9 + [False] + [True] * 7)
    rule = fit_past_rule(found, logits, counted, CONFIG)
    assert rule is not None
    assert rule.typical == pytest.approx((2.0 - 1.0) / 2)
    assert (rule.quantile, rule.fewest_functions) == (0.5, 3)
    assert (rule.weight, rule.prior_functions) == (CONFIG.past_weight, CONFIG.past_prior_functions)


def test_typical_quantile_is_a_mean_and_not_a_median() -> None:
    found = [*rows("a/a", 3), *rows("b/b", 3), *rows("c/c", 3)]
    rule = fit_past_rule(found, np.array([0.0] * 6 + [3.0] * 3), np.ones(9, dtype=bool), CONFIG)
    assert rule is not None
    assert rule.typical == 1.0
    # The third is 2 away; nearly all are nearer.
    assert rule.farthest == pytest.approx(2.0 * 3 / (3 + CONFIG.past_prior_functions) * 0.98)


def test_past_is_that_of_human_functions_before_code_assistants_with_a_verdict() -> None:
    old = rows("a/a", 4)
    others = [*(replace(row, modern=True) for row in rows("a/a", 1)), *rows("a/a", 1, label=1)]
    package = rows("debian/a", 4, source=DISTRIBUTION_SOURCE)
    rule = PastRule(
        quantile=1.0, weight=0.5, prior_functions=0.0, typical=1.0, fewest_functions=3, farthest=100.0
    )
    counted = np.array([True] * 3 + [False] + [True] * 7)
    logits = np.array([3.0, 2.0, 2.0, 70.0, 80.0, 90.0, 5.0, 5.0, 5.0, 5.0, 0.0])
    evidence = past_evidence([*old, *others, *package, *rows("b/b", 1)], logits, counted, rule)
    # Half of the distance of 3, the highest old logit that counts, from 1; neither 70, 80 nor 90 are of the past.
    assert evidence[[0, 1, 2, 4, 5]].tolist() == [-1.0] * 5
    assert np.isnan(evidence[[3, 6, 7, 8, 9, 10]]).all()


def test_too_few_projects_give_no_rule() -> None:
    found = [*rows("a/a", 3), *rows("b/b", 2)]
    assert fit_past_rule(found, np.zeros(5), np.ones(5, dtype=bool), CONFIG) is None


RULE = ReferenceRule(
    characters=(3, 4), width=1 << 12, prior_functions=2.0, scale=10.0, fewest_declared=0, fewest_human=3
)


def project(repo: str, agents: str = "validate_payload", *, modern: bool = False) -> list[Row]:
    """Six functions by people, then four by agents, who have words of their own; one file and commit each."""
    rows = []
    for number in range(10):
        label = int(number >= 6)
        word = agents if label else "fold"
        code = f"def {word}_{number}(x):\n    return {word}(x, {number})\n"
        rows.append(
            row(
                code=code,
                label=label,
                repo=repo,
                path=f"{number}.py",
                commit=f"c{number}",
                modern=modern and not label and number % 2 == 0,
            )
        )
    return rows


def evidence(rows: list[Row], rule: ReferenceRule = RULE) -> np.ndarray:
    everything = np.ones(len(rows), dtype=bool)
    return reference_evidence(rows, everything, rule, everything, processes=1)[0]


@pytest.fixture(scope="module")
def others() -> list[Row]:
    return [found for number in range(8) for found in project(f"other/{number}", "compute_result")]


@pytest.mark.parametrize("modern", [False, True])
def test_what_a_project_declares_raises_its_agents_code_and_lowers_its_peoples(
    others: list[Row], *, modern: bool
) -> None:
    found = evidence([*project("own/one", modern=modern), *others])[:10]
    assert found[:6].max() < 0 < found[6:].min()


def test_own_commit_and_file_never_count(others: list[Row]) -> None:
    rows = [*project("own/one"), *others]
    apart = evidence(rows)
    for change in ({"commit": "c7"}, {"path": "7.py"}):
        rows[6] = replace(rows[6], **change)
        assert evidence(rows)[6] < apart[6]


def test_without_enough_people_or_agents_nothing_is_known(others: list[Row]) -> None:
    rows = [*project("own/one"), *others]
    assert np.isnan(evidence(rows, replace(RULE, fewest_human=7))[:10]).all()
    # Three are left without a function's own.
    assert np.isnan(evidence(rows, replace(RULE, fewest_declared=4))[6:10]).all()
    packages = [replace(found, source=DISTRIBUTION_SOURCE) for found in project("own/one")]
    assert np.isnan(evidence([*packages, *others])[:10]).all()


def test_calibration_with_a_reference_is_of_the_functions_of_which_it_says_something() -> None:
    rows = [found for number in range(40) for found in project(f"p/{number}")]
    config = CalibrateConfig(
        llm_rate=0.1, past_fewest_functions=4, min_lines=1, min_characters=1, reference=RULE
    )
    chance = np.random.default_rng(0)
    labels = np.array([found.label for found in rows])
    logits, reference = labels + chance.normal(size=len(rows)), 4.0 * labels
    calibration = fit_calibration(rows, logits, config, reference=reference)
    assert calibration.reference == RULE
    assert calibration.with_reference is not None
    # They part the classes, so that hardly an agent's function scores as low as people's.
    with_them, without = (of.alone.thresholds("python") for of in (calibration.with_reference, calibration))
    assert with_them.human > without.human + 1.0
    nothing = np.full(len(rows), np.nan)
    assert fit_calibration(rows, logits, config, reference=nothing).reference is None
