"""What records of made-up projects add: more to agents' code, and nothing by a function's own file and commit."""

from dataclasses import replace

import numpy as np
import pytest

from codeorigin.model.reference import ReferenceRule
from codeorigin_training.data.rows import DISTRIBUTION_SOURCE, Row
from codeorigin_training.thresholds.config import CalibrateConfig
from codeorigin_training.thresholds.fit import fit_calibration
from codeorigin_training.thresholds.records import records_evidence
from support.corpus_rows import row

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
    return records_evidence(rows, everything, rule, everything, processes=1)[0]


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


def test_calibration_with_records_is_of_the_functions_of_which_they_say_something() -> None:
    rows = [found for number in range(40) for found in project(f"p/{number}")]
    config = CalibrateConfig(
        llm_rate=0.1, past_fewest_functions=4, min_lines=1, min_characters=1, reference=RULE
    )
    chance = np.random.default_rng(0)
    labels = np.array([found.label for found in rows])
    logits, records = labels + chance.normal(size=len(rows)), 4.0 * labels
    calibration = fit_calibration(rows, logits, config, records=records)
    assert calibration.reference == RULE
    assert calibration.with_records is not None
    # They part the classes, so that hardly an agent's function scores as low as people's.
    with_them, without = (of.alone.thresholds("python") for of in (calibration.with_records, calibration))
    assert with_them.human > without.human + 1.0
    nothing = np.full(len(rows), np.nan)
    assert fit_calibration(rows, logits, config, records=nothing).reference is None
