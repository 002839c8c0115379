from dataclasses import replace

import numpy as np
import pytest

from codeorigin.model.reading.comments import find_comments
from codeorigin.model.reading.normalize import normalize
from codeorigin_training.data.rows import DISTRIBUTION_SOURCE, Row
from codeorigin_training.data.weights import balanced_weights, cells, is_documented, matched_sample


def row(
    label: int, *, repo: str = "a/a", language: str = "python", lines: int = 5, is_test: bool = False
) -> Row:
    return Row("x", language, label, repo, "", False, is_test, lines)


def test_length_classes_have_documented_edges() -> None:
    cell = cells([row(0, lines=lines) for lines in (1, 8, 9, 15, 16, 29, 30, 500)])
    assert cell[0] == cell[1] != cell[2] == cell[3] != cell[4] == cell[5] != cell[6] == cell[7]


def test_classes_have_equal_weight_in_every_cell() -> None:
    rows = [row(0, repo=f"r{n}") for n in range(30)] + [row(1, repo=f"s{n}") for n in range(12)]
    rows += [row(0, language="go", repo="g")] * 4 + [row(1, language="go", repo="h")] * 9
    weights = balanced_weights(rows)
    labels, cell = np.array([each.label for each in rows]), cells(rows)
    for name in np.unique(cell):
        inside = cell == name
        human, llm = (weights[inside & (labels == label)].sum() for label in (0, 1))
        assert human == pytest.approx(llm)
    assert weights.mean() == pytest.approx(1.0)


def test_class_gets_at_most_three_times_the_weight_of_the_rarer_one() -> None:
    even = [row(label, repo=f"{label}/{n}", language="go") for n in range(9) for label in (0, 1)]
    uneven = [row(0, repo=f"2/{n}") for n in range(99)] + [row(1, repo="3/1")]
    weights = balanced_weights([*even, *uneven])
    assert weights[-1] == pytest.approx(3 * weights[0])
    assert weights[len(even) : -1].sum() == pytest.approx(weights[-1])


def test_cell_with_one_class_has_no_weight() -> None:
    weights = balanced_weights([row(0), row(1), row(0, language="go")])
    assert weights[2] == 0.0
    assert weights[0] == pytest.approx(weights[1]) == pytest.approx(1.5)


def test_repository_weight_grows_with_square_root_of_its_rows() -> None:
    rows = [row(0, repo="big")] * 100 + [row(0, repo="small")] + [row(1, repo="x")] * 20
    weights = balanced_weights(rows)
    assert weights[:100].sum() == pytest.approx(10 * weights[100])


def test_matched_sample_is_balanced_and_drawn_from_kept_rows() -> None:
    rows = [row(n % 2, lines=5 if n % 3 else 40) for n in range(90)]
    keep = np.arange(90) >= 20
    sample = matched_sample(rows, keep, seed=1)
    assert len(sample)
    assert keep[sample].all()
    assert len(set(sample.tolist())) == len(sample)
    labels, cell = np.array([each.label for each in rows])[sample], cells(rows)[sample]
    for name in np.unique(cell):
        assert (labels[cell == name] == 0).sum() == (labels[cell == name] == 1).sum()


def test_distribution_takes_share_of_human_weight_without_adding_any() -> None:
    repositories = [row(0, repo=f"r{n}") for n in range(4)] + [row(1, repo=f"s{n}") for n in range(4)]
    repositories += [row(0, language="go", repo="g"), row(1, language="go", repo="h")]
    packages = [replace(row(0, repo=f"debian/p{n}"), source=DISTRIBUTION_SOURCE) for n in range(8)]
    weights = balanced_weights([*repositories, *packages])
    of_packages, of_people, of_models = weights[10:].sum(), weights[:4].sum(), weights[4:8].sum()
    assert of_packages == pytest.approx(of_people)
    assert of_packages + of_people == pytest.approx(of_models)
    assert of_models == pytest.approx(4 * weights[9])


def test_documented_human_and_llm_code_have_equal_weight() -> None:
    plain, commented = "def f():\n    return 1\n", "def f():\n    # one\n    return 1\n"
    rows = [replace(row(0, repo=f"r{n}"), code=plain if n else commented) for n in range(10)]
    rows += [replace(row(1, repo=f"s{n}"), code=commented if n else plain) for n in range(10)]
    weights = balanced_weights(rows)
    labels = np.array([each.label for each in rows])
    with_comment = np.array([is_documented(each.code, each.language) for each in rows])
    for inside in (with_comment, ~with_comment):
        human, llm = (weights[inside & (labels == label)].sum() for label in (0, 1))
        assert human == pytest.approx(llm)


@pytest.mark.parametrize(
    ("language", "code", "expected"),
    [
        ("python", 'def f(x):\n        """Twice."""\n        return 2 * x\n', True),
        ("python", "def f(x):\n    return 2 * x  # twice\n", True),
        ("python", 'def f(x):\n    return """not a docstring"""\n', False),
        ("go", 'func f() string {\n\treturn "http://"\n}\n', False),
        ("rust", "fn f() {\n    // why\n    g()\n}\n", True),
        ("ruby", "def f\n  1\nend\n", False),
    ],
)
def test_code_with_comment_or_docstring_is_documented(language: str, code: str, expected: bool) -> None:
    assert is_documented(code, language) is expected
    assert bool(find_comments(normalize(code, language).text, language)) is expected
