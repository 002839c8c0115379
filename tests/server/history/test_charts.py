"""Charts of the history page: periods without gaps, bars, labels that fit."""

import re

import pytest

from codeorigin.history.formats import html
from codeorigin.history.formats.html import bars, over_time, periods, share_table
from codeorigin.history.results import Share, Totals
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


def test_bars_are_ordered_counted_and_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "_MOST_BARS", 2)
    made = bars({"a\n\x1b[2J\u202e<b>": share(2), "": share(5), "empty": share(0), "small": share(1)})
    assert re.findall(r"<span>(.*?)</span><div", made) == ["(top)", r"a\x0a\x1b[2J\u202e&lt;b&gt;"]
    assert made.endswith("<p>And 1 with fewer lines.</p>")


def test_table_has_every_share_under_its_own_verdict() -> None:
    made = share_table("folder", {"src": Share(1, 3, {Band.HUMAN: 6, Band.UNSURE: 3, Band.LLM: 1})})
    names, cells = (re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", part) for part in made.split("<tbody>"))
    assert dict(zip(names[-3:], cells[-3:], strict=True)) == {
        "likely LLM": "10 %",
        "unsure": "30 %",
        "human": "60 %",
    }


def test_label_of_the_last_period_is_not_cut_off() -> None:
    totals = Totals(share(2))
    totals.months.update({"2019-01": share(1), "2025-10": share(1)})
    labels = re.findall(r'<span class="when([^"]*)">(\d{4}-\d\d)</span>', "".join(over_time(totals)))
    assert [name for _, name in labels][:2] == ["2019-01", "2019-10"]
    # Every second one is hidden where the window is narrow.
    assert [kind for kind, _ in labels] == ["", " minor"] * 4 + ["", " minor late"]
