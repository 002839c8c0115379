import json
from pathlib import Path

import numpy as np
import pytest

from codeorigin.core.errors import CodeOriginError
from codeorigin.model.bundle import default_model_dir
from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.false_positives import false_positive_figures
from codeorigin_training.report.pages import with_quality

PROJECT = Path(__file__).parents[3]


def rows_of(repo: str, count: int, label: int = 0, source: str = "") -> list[Row]:
    return [Row("", "rust", label, repo, "", False, False, 5, source=source) for _ in range(count)]


def test_repositories_are_weighted_equally_and_the_worst_are_reported() -> None:
    rows = [
        *rows_of("a", 50),
        *rows_of("b", 10),
        *rows_of("c", 20, source="debian"),
        *rows_of("d", 4, label=1),
    ]
    called = np.zeros(len(rows), dtype=bool)
    called[:5] = called[50:55] = called[80:] = True
    human = np.zeros(len(rows), dtype=bool)
    human[5:10] = True
    found = false_positive_figures(rows, called, human)
    cells = {(cell["population"], cell["language"]): cell for cell in found["cells"]}
    old = cells["old", "rust"]
    assert old["share"] == pytest.approx((5 / 50 + 5 / 10) / 2)
    assert (old["repositories"], old["functions"]) == (2, 60)
    assert (old["affected"], old["interval_90"]) == (2, None)
    assert cells["old", "all"] | {"language": "rust"} == old
    assert cells["distribution", "rust"]["share"] == 0.0
    # Ten functions say little about a repository, so only the one with 50 counts.
    assert found["repositories"]["old"] == {
        "repositories": 1,
        "bound": pytest.approx((2 * 0.3 + 1) / 3),
        "worst_tenth": pytest.approx(0.1),
        "over_5_percent": 1,
        "large_repositories": 1,
        "worst_large": pytest.approx(0.1),
    }
    assert (found["found"]["rust"]["share"], found["open"]["rust"]["share"]) == (1.0, 0.0)


def test_llm_code_called_neither_is_open() -> None:
    rows = [*rows_of("a", 4, label=1), *rows_of("b", 2, label=1), *rows_of("c", 3)]
    where = np.arange(9)
    found = false_positive_figures(rows, where == 0, (where == 1) | (where == 8))
    assert found["open"]["all"]["share"] == pytest.approx((2 / 4 + 2 / 2) / 2)
    assert found["open"].keys() == found["found"].keys() == {"all", "rust"}


def test_quality_page_matches_the_shipped_model() -> None:
    page = (PROJECT / "docs" / "quality.md").read_text(encoding="utf-8")
    manifest = json.loads(
        (PROJECT / "models" / "codeorigin-small" / "manifest.json").read_text(encoding="utf-8")
    )
    assert with_quality(page, manifest) == page, "run: python -m codeorigin_training card --help"


def test_figures_are_written_between_the_markers() -> None:
    begin, end = "<!-- quality:begin -->", "<!-- quality:end -->"
    summary = "<!-- summary:begin -->\nstale\n<!-- summary:end -->"
    rows = [*rows_of("a", 60), *rows_of("d", 4, label=1)]
    figures = false_positive_figures(rows, np.arange(64) < 3, np.arange(64) == 63)
    shipped = json.loads((default_model_dir() / "manifest.json").read_text(encoding="utf-8"))
    manifest = {
        "name": "m",
        "version": "2",
        "calibration": {"alone": {"llm_rate": 0.015, "human_rate": 0.05}},
        "metrics": shipped["metrics"] | {"false_positives": {"by_text": figures}},
        "data": shipped["data"],
    }
    page = with_quality(f"{summary}\nbefore\n{begin}\nstale\n{end}\nafter\n", manifest)
    assert page.startswith("<!-- summary:begin -->\nOf 1,000 human-written functions ")
    assert "| Rust | 0 % (0 of 1) | 75 % (1 of 1) | 5 % (1 of 1) |" in page
    assert f"<!-- summary:end -->\nbefore\n{begin}\n## Separating " in page
    assert page.endswith(f"\n{end}\nafter\n")
    assert "stale" not in page
    assert "| before mid-2021 | 52 % | 5 % | 0 of 1 repositories | 5 % |" in page
    assert "| rust | 5 % (1 of 1) |" in page
    assert "where at most 1.5 % of human-written functions of its language score as high" in page
    with pytest.raises(CodeOriginError, match="lacks the lines"):
        with_quality(summary, manifest)
