import numpy as np

from codeorigin_training.report.baselines.stylometry import (
    LAYOUT,
    LENGTH,
    RAW_LAYOUT,
    columns,
    figure_matrix,
    figure_names,
    figures,
)
from support.tiny_training import tiny_rows

CODE = "def add(first, b):\n    # Sum.\n\n    total_sum = first + b\n    return total_sum\n"


def value(name: str, code: str = CODE, language: str = "python") -> float:
    return float(figures(code, language)[figure_names().index(name)])


def test_lines_are_counted_as_the_model_reads_them() -> None:
    assert value("lines") == 5
    assert value("blank_lines") == 1 / 5
    assert value("level_max") == 1


def test_comments_are_counted_by_line_and_by_size() -> None:
    assert value("comments") == 1 / 5
    assert 0 < value("comment_share") < 0.2
    assert value("comments", "int f() {\n  return 1; // one\n}", "c") == 1 / 3


def test_names_are_classified_by_case() -> None:
    # def add first b Sum total_sum first b return total_sum
    assert value("snake_case") == 2 / 10
    assert value("capitalised") == 1 / 10
    assert value("camel_case") == 0
    assert value("keywords") == 2 / 10


def test_normalized_layout_ignores_what_normalization_removes() -> None:
    indented = CODE.replace("    ", "\t").replace("\n", "  \r\n")
    same = columns([*LENGTH, *LAYOUT])
    np.testing.assert_allclose(figures(CODE, "python")[same], figures(indented, "python")[same])
    other = columns(RAW_LAYOUT)
    assert not np.allclose(figures(CODE, "python")[other], figures(indented, "python")[other])


def test_figures_are_finite_for_any_text() -> None:
    for code in ("", "\n\n", "\ufeff", "}" * 500, "x = '\ud800'"):
        found = figures(code, "ruby")
        assert found.shape == (len(figure_names()),)
        assert np.isfinite(found).all()
    assert figure_matrix([]).shape == (0, len(figure_names()))
    assert figure_matrix(tiny_rows(4)).shape == (4, len(figure_names()))
