import numpy as np
import pytest

from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.false_positives import false_positive_figures


def rows_of(repo: str, count: int, label: int = 0, source: str = "") -> list[Row]:
    return [Row("", "rust", label, repo, "", False, False, 5, source=source) for _ in range(count)]


def test_repositories_are_weighted_equally() -> None:
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
    assert (found["found"]["rust"]["share"], found["open"]["rust"]["share"]) == (1.0, 0.0)


def test_packages_of_one_project_are_one_unit() -> None:
    packages = [row for name in "xyz" for row in rows_of(f"debian/php-tally-{name}", 1, source="debian")]
    called = np.array([True, True, True, False])
    cells = false_positive_figures(
        [*packages, *rows_of("debian/other", 1, source="debian")], called, ~called
    )["cells"]
    assert [(cell["share"], cell["repositories"]) for cell in cells] == [(0.5, 2)] * 2


def test_llm_code_called_neither_is_open() -> None:
    rows = [*rows_of("a", 4, label=1), *rows_of("b", 2, label=1), *rows_of("c", 3)]
    where = np.arange(9)
    found = false_positive_figures(rows, where == 0, (where == 1) | (where == 8))
    assert found["open"]["all"]["share"] == pytest.approx((2 / 4 + 2 / 2) / 2)
    assert found["open"].keys() == found["found"].keys() == {"all", "rust"}
