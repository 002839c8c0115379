"""Thresholds by language and group, on made-up repositories for which the truth is known."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.functions.documents import Document
from codeorigin.model.calibration.promise import Group
from codeorigin_training.data.rows import DISTRIBUTION_SOURCE, Row
from codeorigin_training.thresholds.by_language import Levels, fit_levels, row_groups
from codeorigin_training.thresholds.config import CalibrateConfig

BARE = "def total(values):\n    result = sum(value.amount for value in values)\n    return round(result, 2)"
COMMENTED = BARE.replace("\n", "\n    # Cents are enough.\n", 1)
CONFIG = CalibrateConfig(rate=0.05, tail_share=0.2, tail_rate=0.1, tail_fewest=8)

Floats = npt.NDArray[np.float64]


def world(
    seed: int, repositories: dict[str, int], shifts: dict[str, float], *, commented: float = 0.0
) -> tuple[list[Row], Floats, list[Group]]:
    """LLM and human code of ``repositories`` per language; ``shifts`` raises the logits of a language's human code,
    ``commented`` those of human code with a comment."""
    generator = np.random.default_rng(seed)
    rows, logits, groups = [], [], []
    for language, count in repositories.items():
        for number in range(count):
            level = 0.5 * generator.normal()
            for label in (0, 0, 1):
                for each in range(6):
                    group = Group.DOCUMENTED if each % 2 else Group.BARE
                    human = shifts.get(language, 0.0) + commented * (group is Group.DOCUMENTED)
                    rows.append(Row(BARE, language, label, f"{seed}/{language}/{number}", "", True, False, 3))
                    logits.append(level + generator.normal() + (5.0 if label else human))
                    groups.append(group)
    return rows, np.array(logits), groups


def called(levels: Levels, rows: list[Row], logits: Floats, groups: list[Group]) -> npt.NDArray[np.bool_]:
    scale = levels.scale(rows, logits, np.ones(len(rows)), 0.05, points=10)
    bounds = [scale.thresholds(row.language, group).llm for row, group in zip(rows, groups, strict=True)]
    return logits >= np.array(bounds)


def rates(hit: npt.NDArray[np.bool_], rows: list[Row]) -> dict[tuple[str, int], float]:
    languages = np.array([row.language for row in rows])
    labels = np.array([row.label for row in rows])
    return {
        (str(language), label): float(hit[(languages == language) & (labels == label)].mean())
        for language in np.unique(languages)
        for label in (0, 1)
    }


SIZES = {"go": 60, "python": 60, "rust": 60}
SHIFT = {"rust": 2.5}


def test_shifted_language_is_protected_without_cost_to_others() -> None:
    rows, logits, _ = world(0, SIZES, SHIFT)
    levels = fit_levels(rows, logits, CONFIG)
    assert levels is not None
    new = world(1, dict.fromkeys(SIZES, 400), SHIFT)
    found = rates(called(levels, *new), new[0])
    assert all(found[language, 0] <= 0.05 for language in SIZES)
    assert min(found["go", 1], found["python", 1]) > 0.9
    # A single threshold for all languages breaks the promise for the shifted one.
    plain = CalibrateConfig(rate=0.05, tail_rate=0.99)
    pooled = fit_levels([replace(row, language="any") for row in rows], logits, plain)
    assert pooled is not None
    one = Levels(pooled.default, {}, {}, None)
    assert rates(called(one, *new), new[0])["rust", 0] > 0.1


def test_shifted_group_is_protected_within_its_language() -> None:
    settings = replace(CONFIG, tail_rate=0.5)
    rows, logits, groups = world(2, {"go": 120}, {}, commented=2.0)
    with_groups, without = (fit_levels(rows, logits, settings, each) for each in (groups, None))
    assert with_groups is not None
    assert without is not None
    new = world(3, {"go": 500}, {}, commented=2.0)
    shares = []
    for levels in (with_groups, without):
        hit = called(levels, *new)
        commented = np.array(
            [g is Group.DOCUMENTED and r.label == 0 for r, g in zip(new[0], new[2], strict=True)]
        )
        shares.append(float(hit[commented].mean()))
    assert shares[0] <= 0.05 < shares[1]
    own = with_groups.groups["go"]
    assert own[Group.BARE].llm < own[Group.DOCUMENTED].llm
    assert own[Group.DOCUMENTED].repositories == 120


def test_few_repositories_widen_unsure_and_never_lower_llm_threshold() -> None:
    sizes = {"go": 60, "python": 60, "php": 12, "ruby": 3}
    for shift in (-3.0, 2.5):
        rows, logits, groups = world(4, sizes, {"php": shift, "ruby": shift})
        levels = fit_levels(rows, logits, replace(CONFIG, fewest_evidence=10), groups)
        assert levels is not None
        scale = levels.scale(rows, logits, np.ones(len(rows)), 0.05, points=10)
        assert scale.promise("go", Group.BARE).language == "go"
        for language in ("php", "ruby"):
            assert scale.promise(language).language is None
            for group in (None, *Group):
                bounds = scale.thresholds(language, group)
                assert bounds.llm >= levels.default.llm
                assert bounds.human <= levels.default.human
        if shift > 0:
            # Twelve repositories are too few for a promise, but enough to raise a threshold; three are not.
            assert scale.thresholds("php").llm > levels.default.llm
            assert scale.thresholds("ruby") == levels.default


def test_careful_projects_are_not_averaged_away() -> None:
    """The human functions of every twelfth repository score like an LLM's."""
    rows, logits, _ = world(5, {"go": 240}, {})
    repositories = np.array([int(row.repo.rsplit("/", 1)[1]) for row in rows])
    careful = (repositories % 12 == 0) & np.array([row.label == 0 for row in rows])
    logits = logits + 4.0 * careful
    found = []
    for tail_rate in (0.99, 0.05):
        levels = fit_levels(rows, logits, replace(CONFIG, rate=0.08, tail_rate=tail_rate))
        assert levels is not None
        hit = logits >= levels.languages.get("go", levels.default).llm
        shares = np.array([hit[careful & (repositories == number)].mean() for number in range(0, 240, 12)])
        found.append(float((shares > CONFIG.tail_share).sum() / 240))
    assert found[0] > 0.07
    assert found[1] <= 0.05


def test_row_group_equals_the_servers(tiny_model_dir) -> None:  # type: ignore[no-untyped-def]
    analyzer = Analyzer.load(tiny_model_dir)
    rows = [Row(code, "python", 0, "a/b", "", False, False, 3) for code in (BARE, COMMENTED)]
    assert row_groups(rows) == [Group.BARE, Group.DOCUMENTED]
    for row, group in zip(rows, row_groups(rows), strict=True):
        assert analyzer.score(row.code, "python").group is group
        report = analyzer.analyze(
            Document(f"import os\r\n\r\n\r\nclass A:\r\n    x = 1\r\n\r\n{row.code}\r\n", "python")
        )
        assert report.functions[0].verdict.group is group


def test_packages_of_one_project_count_once() -> None:
    """Eighty packages of a framework that is easy to tell from LLM code, and thirty projects that are hard to tell."""
    rows, logits, _ = world(5, {"go": 60, "php": 110}, {"php": 1.5})
    number = np.array([int(row.repo.rpartition("/")[2]) for row in rows])
    human = np.array([row.language == "php" and not row.label for row in rows])
    framework = human & (number < 80)
    logits = np.where(framework, logits - 4.0, logits)

    def packaged(name: str) -> list[Row]:
        return [
            replace(row, source=DISTRIBUTION_SOURCE, repo=f"debian/php-{name if ours else 'other'}{each}-x")
            if person
            else row
            for row, each, person, ours in zip(
                rows, number.tolist(), human.tolist(), framework.tolist(), strict=True
            )
        ]

    fitted = {name: fit_levels(packaged(name), logits, CONFIG) for name in ("frame-", "frame")}
    new = world(6, {"php": 400}, {"php": 1.5})
    shares = {}
    for name, levels in fitted.items():
        assert levels is not None
        shares[name] = rates(called(levels, *new), new[0])["php", 0]
        assert levels.languages["php"].repositories == {"frame-": 31, "frame": 110}[name]
    # Counted as 110 projects, they would outvote those that resemble a new project.
    assert shares["frame-"] <= 0.05 < shares["frame"]


def test_populations_that_promise_only_together_never_lower_threshold() -> None:
    """Twelve projects from before 2021, twelve from 2021-22: too few each, and the easy ones outvote the others."""
    rows, logits, groups = world(7, {"go": 60, "php": 24}, {"php": -3.0})
    number = np.array([int(row.repo.rpartition("/")[2]) for row in rows])
    old = np.array([row.language == "php" for row in rows]) & (number < 12)
    rows = [replace(row, modern=not before) for row, before in zip(rows, old.tolist(), strict=True)]
    logits = np.where(old & np.array([not row.label for row in rows]), logits - 3.0, logits)
    settings = replace(CONFIG, fewest_evidence=10, tail_rate=0.5)
    levels = fit_levels(rows, logits, settings, groups)
    # The promise remains, with the number of projects behind it.
    assert levels is not None
    assert levels.languages["php"].repositories == 24
    assert levels.languages["php"].llm == levels.default.llm
    assert all(each.llm >= levels.default.llm for each in levels.groups["php"].values())
    # A population that is large enough by itself may lower it.
    alone = fit_levels([replace(row, modern=True) for row in rows], logits, settings, groups)
    assert alone is not None
    assert alone.languages["php"].llm < alone.default.llm
