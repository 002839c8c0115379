"""Shares of populations on made-up projects, checked against counts by hand."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from codeorigin.model.calibration.calibration import Calibration
from codeorigin_training.calibration.calibration import fit_calibration
from codeorigin_training.calibration.config import CalibrateConfig
from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.answers import Answers, context_answers
from codeorigin_training.metrics.populations import calibration_error, share_figures, with_the_past
from codeorigin_training.metrics.table import (
    AGENTS,
    BUILT,
    IN_PROJECTS,
    MODERN,
    OF_THE_SAME,
    OLD,
    PACKAGES,
    Figure,
)
from support.corpus_rows import row


def answers(llm: Sequence[object], human: Sequence[object] | None = None) -> Answers:
    called = np.array(llm, dtype=bool)
    said_human = np.zeros(len(called), dtype=bool) if human is None else np.array(human, dtype=bool)
    return Answers(called, said_human, np.where(called, 0.9, 0.1), np.zeros(len(called)), called)


def shares(rows: Sequence[Row], found: Answers) -> dict[tuple[str, str, str], Figure]:
    figures = share_figures(rows, {"by_text": found})
    return {(figure.population, figure.language, figure.statistic): figure for figure in figures}


def test_eras_and_classes_have_their_functions() -> None:
    rows = [replace(row("a.py", repo=str(n), label=n > 3), modern=n in (2, 3)) for n in range(6)]
    found = shares(rows, answers([1, 0, 0, 0, 1, 0], [0, 1, 1, 1, 0, 1]))
    values = {name: found[name, "all", "called llm"].value for name in (OLD, MODERN, AGENTS)}
    assert values == {OLD: 0.5, MODERN: 0.0, AGENTS: 0.5}
    assert found[OLD, "all", "called human"].value == 0.5
    assert found[MODERN, "all", "called human"].value == 1.0
    assert found[AGENTS, "all", "unsure"].value == 0.0
    assert (PACKAGES, "all", "called llm") not in found


def test_shares_are_means_over_projects() -> None:
    rows = (
        [row(repo="one", label=0)] * 8
        + [row(repo="two", label=0)] * 2
        + [row(repo="c", language="go", label=0)]
    )
    found = shares(rows, answers([True] * 2 + [False] * 6 + [True, False, False]))
    old = found[OLD, "all", "called llm"]
    assert (old.value, old.n, old.repositories, old.affected) == (
        pytest.approx((2 / 8 + 1 / 2 + 0) / 3),
        11,
        3,
        2,
    )
    assert found[OLD, "go", "called llm"].value == 0.0
    assert found[OLD, "python", "unsure"].value == pytest.approx((6 / 8 + 1 / 2) / 2)


def test_packages_of_one_project_are_one_unit() -> None:
    packages = [row(repo=f"debian/php-tally-{name}", source="debian", label=0) for name in "xyz"]
    found = shares([*packages, row(repo="debian/other", source="debian", label=0)], answers([1, 1, 1, 0]))
    of_packages = found[PACKAGES, "all", "called llm"]
    assert (of_packages.value, of_packages.repositories) == (0.5, 2)


def test_populations_are_told_apart_by_who_else_wrote_there() -> None:
    rows = [row(f"{n}.py", repo="people/a", label=0, modern=True, is_test=n < 5) for n in range(15)]
    rows += [row(f"l{n}.py", repo="people/a", label=1, agent="Claude", lines=20) for n in range(10)]
    rows += [row(f"{n}.py", repo="agent/b", label=1, agent="codex", evidence="A-author") for n in range(4)]
    found = shares(rows, answers([0] * 12 + [1] * 3 + [1] * 4 + [0] * 6 + [1] * 4))
    wanted = {
        OF_THE_SAME: (0.2, 15),
        IN_PROJECTS: (0.4, 10),
        f"{IN_PROJECTS}, 16 to 29 lines": (0.4, 10),
        f"{MODERN}, tests": (0.0, 5),
        f"{MODERN}, product": (0.3, 10),
        BUILT: (1.0, 4),
        "by claude": (0.4, 10),
        "by codex": (1.0, 4),
        "known by the commit's author": (1.0, 4),
    }
    assert {
        name: (found[name, "all", "called llm"].value, found[name, "all", "called llm"].n) for name in wanted
    } == wanted


def test_calibration_error_is_of_as_many_functions_of_each_class() -> None:
    rows = [row(repo=str(n), label=n < 4) for n in range(12)]
    found = calibration_error(rows, answers([True] * 12), "by_text")
    # Half of eight functions are LLM code, of all of which the probability is said to be 0.9.
    assert (found.value, found.n) == (pytest.approx(0.4), 8)


def with_careful_people(seed: int, count: int = 40) -> tuple[list[Row], np.ndarray]:
    """Every other project has LLM code, old and modern human code; in half of these human code scores 2 higher."""
    generator = np.random.default_rng(seed)
    rows: list[Row] = []
    logits: list[float] = []
    for project in range(count):
        careful = 2.0 * (project % 4 == 2)
        kinds: list[tuple[int, float, dict[str, Any]]] = [(20, 3.0, {})]
        if project % 2 == 0:
            modern = {"label": 0, "modern": True}
            kinds = [
                (40, -2.0 + careful, {"label": 0}),
                (40, -1.0 + careful, modern),
                (10, 1.0 + careful, {}),
            ]
        for number, centre, fields in kinds:
            rows += [row(f"{len(rows)}.py", repo=f"{seed}/{project}", **fields) for _ in range(number)]
            logits += generator.normal(centre, 1.0, number).tolist()
    return rows, np.array(logits)


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    return fit_calibration(*with_careful_people(0), CalibrateConfig(llm_rate=0.05, fewest_repositories=10))


def test_with_the_past_as_much_human_code_is_called_as_promised(calibration: Calibration) -> None:
    rows, logits = with_careful_people(1)
    ways = {"by_text": context_answers(rows, logits, calibration)["by_text"]}
    assert calibration.with_past is not None
    unfitted = replace(calibration, with_past=replace(calibration, past=None, with_past=None))
    found, without = (
        shares(rows, with_the_past(rows, logits, of, ways)["by_text_and_past"])
        for of in (calibration, unfitted)
    )
    called = found[MODERN, "all", "called llm"].value
    assert called == pytest.approx(0.05, abs=0.02)
    # By the calibration without the past it would be less, and so would the LLM functions found.
    for population in (MODERN, IN_PROJECTS):
        values = (of[population, "all", "called llm"].value or 0.0 for of in (without, found))
        assert next(values) < next(values)
    assert with_the_past(rows, logits, replace(calibration, past=None, with_past=None), ways) == {}
