import math

import pytest

from codeorigin_training.report.baselines.stylometry import figure_frame, figures
from support.tiny_training import tiny_rows

CODE = "def add(first, b):\n    # Sum.\n\n    total_sum = first + b\n    return total_sum\n"


def value(name: str, code: str = CODE, language: str = "python") -> float:
    (found,) = (each for (_, own), each in figures(code, language).items() if own == name)
    return found


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
    left, right = figures(CODE, "python"), figures(indented, "python")
    for group in ("length", "layout", "raw_layout"):
        inside = [key for key in left if key[0] == group]
        same = [left[key] for key in inside] == pytest.approx([right[key] for key in inside])
        assert same is (group != "raw_layout")


def test_figures_are_finite_for_any_text() -> None:
    for code in ("", "\n\n", "\ufeff", "}" * 500, "x = '\ud800'"):
        assert all(map(math.isfinite, figures(code, "ruby").values()))


def test_a_group_of_figures_is_a_part_of_the_frame() -> None:
    frame = figure_frame(tiny_rows(4))
    assert frame["length"].columns.tolist() == ["lines", "characters", "words"]
    assert frame.shape == (4, len(figures(CODE, "python")))
