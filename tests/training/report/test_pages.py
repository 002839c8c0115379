"""Card, README, quality page and report: each is what its command writes, with the figures of manifest and trials."""

import json
from pathlib import Path
from typing import Any

import pytest

from codeorigin.core.errors import CodeOriginError
from codeorigin.model.bundle import default_model_dir
from codeorigin_training.experiments.trials import Trial, newest, read_trials
from codeorigin_training.metrics.table import AGENTS, BANDS, IN_PROJECTS, PAIRS, WRITTEN_PAIRS, Table
from codeorigin_training.report.cells import percent_interval
from codeorigin_training.report.evaluate import PAGE, REPORT, Report, build_of, render
from codeorigin_training.report.pages import (
    BEGIN,
    END,
    CardConfig,
    card,
    inline,
    model_card,
    quality_pages,
    with_metrics,
)
from codeorigin_training.report.section import read_json
from codeorigin_training.run import Run

ROOT = Path(__file__).resolve().parents[3]
COMMAND = "run: python -m codeorigin_training card, with readme, quality, report and experiments"


@pytest.fixture
def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((default_model_dir() / "manifest.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def trials() -> dict[str, Trial]:
    return read_trials(ROOT / "training" / "experiments")


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (ROOT / "docs" / "evaluation" / "report.json").read_text(encoding="utf-8")
    )
    return found


def row_of(rows: list[dict[str, Any]], *names: str) -> dict[str, Any]:
    """The row of a population, context and statistic, of all languages."""
    (found,) = (
        row
        for row in rows
        if (row["population"], row["context"], row["statistic"], row["language"]) == (*names, "all")
    )
    return found


def test_pages_are_what_the_command_writes(
    manifest: dict[str, Any], trials: dict[str, Trial], report: dict[str, Any], tmp_path: Path
) -> None:
    readme, quality = (tmp_path / name for name in ("README.md", "quality.md"))
    readme.write_text((ROOT / "README.md").read_text(encoding="utf-8"), encoding="utf-8")
    quality.write_text("stale", encoding="utf-8")
    measurements = "contributing/measurements.md"
    (tmp_path / "contributing").mkdir()
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    config = CardConfig(
        bundle, readme, quality, ROOT / "docs/evaluation/report.json", ROOT / "training/experiments"
    )
    card(config, Run(tmp_path / "run"))
    for made, shipped in (
        (readme, ROOT / "README.md"),
        (quality, ROOT / "docs/quality.md"),
        (tmp_path / measurements, ROOT / "docs" / measurements),
        (bundle / "README.md", default_model_dir() / "README.md"),
    ):
        assert made.read_text(encoding="utf-8") == shipped.read_text(encoding="utf-8"), COMMAND


def test_quality_page_is_short(
    manifest: dict[str, Any], trials: dict[str, Trial], report: dict[str, Any]
) -> None:
    assert len(quality_pages(manifest, trials, report)["quality.md"].split()) <= 1200


def test_people_come_first_with_the_same_figures_everywhere(
    manifest: dict[str, Any], trials: dict[str, Trial], report: dict[str, Any]
) -> None:
    aside = trials[newest(trials, "joined-")].figures
    for band, value in zip(BANDS, (0.31, 0.56, 0.13), strict=True):
        row_of(aside["table"], IN_PROJECTS, "in_file", band)["value"] = value
    sentence = "In people's projects 31 % of agents' functions are found and 13 % called human; "
    pages = [
        with_metrics(f"{BEGIN}\nstale\n{END}\n", manifest, trials),
        quality_pages(manifest, trials, report)["quality.md"],
    ]
    for page in pages:
        assert sentence in page
        assert "stale" not in page
        # The corpus stands last, by the one definition of unsure.
        corpus = Table(manifest["metrics"]["held_out"])
        shares = [percent_interval(corpus.get(AGENTS, "in_file", band), 0) for band in BANDS]
        assert f"many built by an agent | {' | '.join(shares)} |" in page
        assert page.index(sentence) < page.index("held-out repositories")


def test_both_kinds_of_pairs_stand_with_their_numbers(manifest: dict[str, Any]) -> None:
    held_out = manifest["metrics"]["held_out"]
    row_of(held_out, PAIRS, "by_text", "auroc").update({"value": 0.9, "n": 7, "low": None, "high": None})
    row_of(held_out, WRITTEN_PAIRS, "by_text", "auroc").update(
        {"value": 0.6, "n": 5, "low": None, "high": None}
    )
    lines = model_card(manifest).splitlines()
    assert any(
        line.startswith("| AUROC, same-task pairs of the corpus (pairs) | 0.900 (7) |") for line in lines
    )
    assert any(
        line.startswith("| AUROC, pairs written for this project (pairs) | 0.600 (5) |") for line in lines
    )


def test_missing_files_figures_and_markers_are_named(
    manifest: dict[str, Any], trials: dict[str, Trial], tmp_path: Path
) -> None:
    with pytest.raises(CodeOriginError, match="metrics:begin"):
        with_metrics("no markers", manifest, trials)
    with pytest.raises(ValueError, match="experiments is needed"):
        CardConfig(readme=tmp_path)
    with pytest.raises(CodeOriginError, match=r"holds no manifest\.json"):
        card(CardConfig(bundle=tmp_path), Run(tmp_path))
    (tmp_path / "manifest.json").write_text(json.dumps(manifest | {"metrics": {}}))
    with pytest.raises(CodeOriginError, match="broken manifest"):
        card(CardConfig(bundle=tmp_path), Run(tmp_path))


def test_text_is_escaped_before_it_is_marked_up() -> None:
    assert inline("`a<b` **c** *d* <e>") == ("<code>a&lt;b</code> <strong>c</strong> <em>d</em> &lt;e&gt;")


REPORTS = Path(__file__).parents[3] / "docs" / "evaluation"


def test_page_is_rendered_from_the_report_and_the_shipped_manifest() -> None:
    report = read_json(Report, REPORTS / REPORT, "not a report")
    manifest = json.loads((default_model_dir() / "manifest.json").read_text(encoding="utf-8"))
    assert report.subject.build == build_of(manifest)
    page = (REPORTS / PAGE).read_text(encoding="utf-8")
    again = render(report, manifest)
    assert _text(again) == _text(page), (
        "run: python -m codeorigin_training evaluate --set sections=[] --set bundle=..."
    )


def _text(page: str) -> list[str]:
    """The page's body without its plots, whose paths depend on the version of the library that draws them."""
    page = page.partition("<body>")[2].partition("<footer>")[0]
    return [line for part in page.split("<svg") for line in part.rpartition("</svg>")[2].splitlines()]
