"""The shares behind every band, and the temperature, fitted to logits of unseen repositories."""

from collections import Counter
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from codeorigin.model.calibration.scale import Scale
from codeorigin_training.calibration.config import CalibrateConfig
from codeorigin_training.calibration.scale import fit_scale, fit_temperature
from codeorigin_training.data.rows import DISTRIBUTION_SOURCE, SNIPPET_SOURCE, Row
from codeorigin_training.metrics.estimates import share

CONFIG = CalibrateConfig(llm_rate=0.05, human_rate=0.1)
CODE = "def total(values):\n    result = sum(value.amount for value in values)\n    return round(result, 2)"

Floats = npt.NDArray[np.float64]


def drawn(
    seed: int,
    repositories: int,
    *,
    language: str = "python",
    modern_shift: float = 0.7,
    human_shift: float = 0.0,
) -> tuple[list[Row], Floats]:
    """Human code of both eras and LLM code; each repository has its own level, and modern code scores higher."""
    generator = np.random.default_rng(seed)
    rows, logits = [], []
    for repository in range(repositories):
        level = generator.normal()
        for label, modern in ((0, False), (0, True), (1, False)):
            for _ in range(int(generator.integers(1, 30))):
                rows.append(Row(CODE, language, label, f"{seed}/{repository}", "", modern, False, 3))
                human = human_shift + modern_shift * modern
                logits.append(level + generator.normal() + (4.0 if label else human))
    return rows, np.array(logits)


def fitted(rows: list[Row], logits: Floats, config: CalibrateConfig = CONFIG) -> Scale:
    scale = fit_scale(rows, logits, config)
    assert scale is not None
    return scale


def rate(hit: npt.NDArray[np.bool_], rows: list[Row], label: int, *, modern: bool) -> float:
    inside = np.array([row.label == label and row.modern is modern for row in rows])
    found = share(hit[inside], np.array([row.repo for row in rows])[inside]).value
    assert found is not None
    return found


def test_shares_hold_on_new_repositories() -> None:
    new_rows, new_logits = drawn(99, 400)
    called = []
    for seed in range(8):
        bounds = fitted(*drawn(seed, 80)).thresholds("python")
        llm, human = new_logits >= bounds.llm, new_logits <= bounds.human
        called.append(
            (
                rate(llm, new_rows, 0, modern=False),
                rate(llm, new_rows, 0, modern=True),
                rate(human, new_rows, 1, modern=False),
            )
        )
    old, modern, llm_as_human = np.mean(called, axis=0)
    # Modern code scores higher, and sets the threshold.
    assert old < modern
    assert modern == pytest.approx(0.05, abs=0.015)
    assert llm_as_human == pytest.approx(0.1, abs=0.02)


def test_llm_code_of_the_setting_where_it_scores_lowest_bounds_human() -> None:
    rows, logits = drawn(0, 40)
    built = [replace(row, repo=f"built/{number % 40}") for number, row in enumerate(rows) if row.label == 1]
    answers = [
        replace(row, repo="snippets/a", source=SNIPPET_SOURCE, generator=f"g{number % 40}")
        for number, row in enumerate(built)
    ]
    high = np.array([logit for row, logit in zip(rows, logits, strict=True) if row.label == 1])
    bounds = []
    for settings in ([(built, high + 3)], [(built, high - 3)], [(built, high + 3), (answers, high - 3)]):
        found = fitted(
            [*rows, *(row for some, _ in settings for row in some)],
            np.concatenate([logits, *(some for _, some in settings)]),
        )
        bounds.append(found.thresholds("python").human)
    mixed = fitted(rows, logits).thresholds("python").human
    easy, hard, published = bounds
    # LLM code that is found more easily does not let more of the other be called human, as it would together.
    assert easy == pytest.approx(mixed, abs=0.05)
    assert hard == pytest.approx(mixed - 3, abs=0.5)
    assert published == pytest.approx(mixed - 3, abs=0.5)


def test_human_code_of_projects_where_agents_work_counts_apart() -> None:
    rows, logits = drawn(0, 60)
    agents = Counter(row.repo for row in rows if row.label == 1)
    inside = np.array([agents[row.repo] >= 10 for row in rows])
    rows, logits = [row for row, some in zip(rows, inside, strict=True) if some], logits[inside]
    people = [replace(row, repo=f"calm/{row.repo}") for row in rows if row.label == 0]
    calm = np.array([logit for row, logit in zip(rows, logits, strict=True) if row.label == 0]) - 3
    found = fitted([*rows, *people], np.concatenate([logits, calm]))
    assert found.thresholds("python").llm == pytest.approx(
        fitted(rows, logits).thresholds("python").llm, abs=0.1
    )


def test_a_setting_with_few_repositories_does_not_count_alone() -> None:
    rows, logits = drawn(0, 40)
    few = [Row(CODE, "python", 1, f"built/{number % 5}", "", False, False, 3) for number in range(20)]
    found = fitted([*rows, *few], np.append(logits, [-9.0] * 20))
    before = fitted(rows, logits).thresholds("python").human
    assert found.thresholds("python").human == pytest.approx(before, abs=0.05)


def test_every_repository_counts_alike_however_large() -> None:
    rows, logits = drawn(0, 60)
    one = [number for number, row in enumerate(rows) if row.repo == "0/7"]
    many = [*range(len(rows)), *one * 50]
    before, after = fitted(rows, logits), fitted([rows[number] for number in many], logits[many])
    for logit in (0.0, 2.0, 4.0):
        assert after.human_share(logit, "python") == pytest.approx(
            before.human_share(logit, "python"), abs=0.02
        )


def test_language_with_few_repositories_borrows_from_all() -> None:
    rows, logits = drawn(0, 90)
    others, higher = drawn(1, 10, language="go", human_shift=2.0)
    together, both = rows + others, np.concatenate([logits, higher])
    # So many that projects where agents work do not count apart.
    config = replace(CONFIG, fewest_repositories=40)
    scale = fitted(together, both, replace(config, shrinkage=30.0))
    own, alone = (fitted(together, both, replace(config, shrinkage=each)) for each in (0.0, 1e9))
    for logit in (1.0, 3.0):
        everywhere = alone.human_share(logit, "go")
        assert everywhere == pytest.approx(scale.human_share(logit, "rust"), abs=0.01)
        expected = (10 * own.human_share(logit, "go") + 30 * everywhere) / 40
        # Curves are linear between their points.
        assert scale.human_share(logit, "go") == pytest.approx(expected, abs=0.02)
        assert scale.human_share(logit, "go") > scale.human_share(logit, "python")


def test_the_era_that_scores_higher_counts() -> None:
    rows, logits = drawn(0, 60, modern_shift=1.5)
    old = [number for number, row in enumerate(rows) if row.label or not row.modern]
    modern = [number for number, row in enumerate(rows) if row.label or row.modern]
    both = fitted(rows, logits)
    before, since = (fitted([rows[number] for number in part], logits[part]) for part in (old, modern))
    assert before.thresholds("python").llm < since.thresholds("python").llm - 0.5
    assert both.thresholds("python").llm == pytest.approx(since.thresholds("python").llm, abs=0.1)


def test_packages_of_a_distribution_change_nothing_but_the_temperature() -> None:
    rows, logits = drawn(0, 60)
    packages = [replace(row, source=DISTRIBUTION_SOURCE, repo="debian/x") for row in rows if not row.label]
    with_them = fitted(rows + packages, np.concatenate([logits, np.full(len(packages), -5.0)]))
    without = fitted(rows, logits)
    assert (with_them.everywhere, with_them.languages) == (without.everywhere, without.languages)


def test_order_of_rows_does_not_matter() -> None:
    rows, logits = drawn(0, 40)
    one, other = fitted(rows, logits), fitted(rows[::-1], logits[::-1])
    assert one.languages["python"].human == pytest.approx(other.languages["python"].human, abs=1e-6)
    assert one.temperature == pytest.approx(other.temperature, rel=1e-3)


@pytest.mark.parametrize("label", [0, 1])
def test_too_few_repositories_of_a_class_give_no_scale(label: int) -> None:
    rows, logits = drawn(0, 40)
    few = [number for number, row in enumerate(rows) if row.label != label or row.repo in {"0/1", "0/2"}]
    assert fit_scale([rows[number] for number in few], logits[few], CONFIG) is None
    assert fit_scale([], np.zeros(0), CONFIG) is None


def test_temperature_scaling_corrects_overconfident_model() -> None:
    generator = np.random.default_rng(3)
    honest = generator.normal(size=20_000) * 2
    labels = (generator.random(20_000) < 1 / (1 + np.exp(-honest))).astype(np.int64)
    temperature, shift = fit_temperature(honest * 3 + 1, labels, np.ones(20_000))
    assert temperature == pytest.approx(3.0, rel=0.06)
    assert shift == pytest.approx(1.0, abs=0.12)


def test_weights_count_like_repeated_functions() -> None:
    logits, labels = np.array([2.0, 2.0, -1.0, -1.0]), np.array([1, 0, 0, 1])
    times = np.array([3, 1, 3, 1])
    repeated = fit_temperature(np.repeat(logits, times), np.repeat(labels, times), np.ones(8))
    assert fit_temperature(logits, labels, times.astype(np.float64)) == pytest.approx(repeated, abs=1e-3)
