"""Charts of the history page: periods without gaps, a treemap that fills its area, labels that fit."""

import re

import pytest

from codeorigin.history.formats.charts import over_time, periods, squarified, treemap
from codeorigin.history.totals import Share
from codeorigin.model.verdict import Band


def share(lines: int) -> Share:
    return Share(1, 1, {Band.HUMAN: lines, Band.UNSURE: 0, Band.LLM: 0})


def test_periods_have_no_gaps_and_are_never_too_many() -> None:
    months = {"2019-11": share(1), "2020-02": share(2)}
    assert [(name, each.lines) for name, each in periods(months)] == [
        ("2019-11", 1), ("2019-12", 0), ("2020-01", 0), ("2020-02", 2),
    ]  # fmt: skip
    long = periods({"2005-02": share(1), "2005-03": share(2), "2019-12": share(4)})
    assert [long[0][0], long[-1][0], len(long)] == ["2005 Q1", "2019 Q4", 60]
    assert long[0][1].lines == 3
    assert [name for name, _ in periods({"1990-05": share(1), "2020-01": share(1)})][:2] == ["1990", "1991"]
    assert periods({}) == []
    assert len(periods({"0001-01": share(1), "9999-12": share(1)})) < 100


def test_treemap_fills_its_area() -> None:
    sizes = [60.0, 25.0, 10.0, 4.0, 1.0]
    areas = list(squarified(sizes, 200.0, 50.0))
    assert [each.number for each in areas] == [0, 1, 2, 3, 4]
    assert [each.width * each.height for each in areas] == pytest.approx([100 * size for size in sizes])
    for each in areas:
        assert each.x >= 0
        assert each.x + each.width <= 200.0 + 1e-6
        assert each.y >= 0
        assert each.y + each.height <= 50.0 + 1e-6
    assert list(squarified([], 200.0, 50.0)) == []


def test_treemap_escapes_control_characters_in_names() -> None:
    drawing = treemap({"a\n\x1b[2J\u202eb": share(10)})
    assert r"a\x0a\x1b[2J\u202eb" in drawing
    assert drawing.isprintable()


def test_treemap_shows_shares_over_the_whole_range() -> None:
    halves = Share(1, 1, {Band.HUMAN: 5, Band.UNSURE: 0, Band.LLM: 5})
    all_llm = Share(1, 1, {Band.HUMAN: 0, Band.UNSURE: 0, Band.LLM: 4})
    drawing = treemap({"src/lib": halves, "tools": all_llm, "docs": share(3)})
    assert re.findall(r"--share:(\d+)%", drawing) == ["50", "100", "0"]
    assert "<span><b>lib</b> 50 %<br>src</span>" in drawing


def test_label_of_the_last_period_is_not_cut_off() -> None:
    months = periods({"2019-01": share(1), "2025-10": share(1)})
    labels = re.findall(r'<span class="when([^"]*)">(\d{4}-\d\d)</span>', over_time(months))
    assert [name for _, name in labels][:2] == ["2019-01", "2019-10"]
    # Every second one is hidden where the window is narrow.
    assert [kind for kind, _ in labels] == ["", " minor"] * 4 + ["", " minor late"]
