"""Sections: figures as text, tables, pictures and pages of them, and how they are kept."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from codeorigin_training import studies
from codeorigin_training.cli import STUDIES
from codeorigin_training.metrics.table import Estimate
from codeorigin_training.report.cells import (
    TitledTable,
    interval,
    number,
    percent,
    percent_interval,
    pivot,
    ranked,
    share_cell,
)
from codeorigin_training.report.evaluate import Report, Subject, problems, render
from codeorigin_training.report.plots import heat, lines
from codeorigin_training.report.section import Section
from codeorigin_training.run import Run, RunError
from codeorigin_training.studies.frame import read_sections, write_study
from support.pages import Page

EVIL = '<script>alert("1")</script> & co'
POINTS = ((0.01, 1.0), (0.4, 1.0))
PICTURES = (
    lines(EVIL, EVIL, "y", {EVIL: POINTS, "two": POINTS}),
    heat("heat", ["layer 1", "layer 2"], "head", np.eye(2)),
)
REPORT = Report(
    Subject(f"model {EVIL}", "d" * 64, "c" * 64, 401, 64, "seed 0", seen=0),
    {
        "controls": Section(EVIL, EVIL, findings=(EVIL,), pictures=PICTURES, problems=(EVIL,)),
        "faithfulness": Section("F", "", tables=(TitledTable(EVIL, EVIL, ("a",), ((EVIL,),)),) * 2),
        "last": Section("L", "", problems=("not enough",)),
    },
)


@pytest.fixture(scope="module")
def page() -> str:
    return render(REPORT, {})


def test_elements_are_closed_texts_escaped_and_nothing_is_loaded(page: str) -> None:
    tags = Page(page).tags
    assert {"table", "svg", "details", "h2"} <= tags
    assert "script" not in tags
    assert "&lt;script&gt;" in page
    assert "&amp;lt;" not in page
    assert not re.search(r'(src|href)="(?!#|data:)', page)
    assert "@import" not in page
    assert render(REPORT, {}) == page


def test_plots_are_well_formed_and_use_the_pages_colour_and_unique_ids(page: str) -> None:
    plots = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(plots) == len(PICTURES)
    for plot in plots:
        ET.fromstring(plot)
        assert "currentColor" in plot
        assert "#010203" not in plot
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    wanted = re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', page)
    assert {left or right for left, right in wanted} <= set(ids)
    for text in (">two<", ">layer 2<"):
        assert text in page


def test_problems_come_first(page: str) -> None:
    assert problems(REPORT) == [EVIL, "not enough"]
    assert page.index("To be read first") < page.index("<h2 ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (interval(Estimate(0.9123, 0.89, 0.9311)), "0.912 (0.890-0.931)"),
        (percent_interval(Estimate(0.0123, 0.0, 0.019)), "1.2 % (0.0-1.9)"),
        # A dash next to a minus sign is unreadable, and no value that rounds to zero has a minus.
        (interval(Estimate(0.01, -0.02, 0.03), 2), "0.01 (-0.02 to 0.03)"),
        (interval(Estimate(-0.0001, -0.01, -0.0002)), "0.000 (-0.010 to 0.000)"),
        (f"{number(-0.0001)} {percent(-0.0001)}", "0.000 0.0 %"),
        (interval(Estimate(None)), "-"),
        (percent_interval(Estimate(None)), "-"),
        (interval(Estimate(0.5)), "0.500"),
        (ranked(Estimate(0.9, 0.85, 0.95)), "0.900 (0.850-0.950)"),
        (ranked(Estimate(1.0)), "-"),
        (share_cell(Estimate(0.003, 0.001, 0.006, 400, 40, 9)), "0.3 % (0.1 %-0.6 %; 40)"),
        (share_cell(Estimate(0.00084, None, None, 400, 12, 1)), "0.084 % (1 of 12)"),
        (share_cell(Estimate(0.512)), "51 %"),
        (share_cell(Estimate(None)), "-"),
    ],
)
def test_figures_are_written_with_what_is_known_about_them(text: str, expected: str) -> None:
    assert text == expected


def test_pivot_has_a_row_and_a_column_for_each_name() -> None:
    figures = [
        Estimate(value).named(population, "", statistic)
        for population, statistic, value in (("a", "x", 0.1), ("b", "x", 0.2), ("b", "y", 0.3))
    ]
    table = pivot(figures, corner="who")
    assert table.markdown == "| who | x | y |\n|---|---|---|\n| a | 0.100 | - |\n| b | 0.200 | 0.300 |"


def test_page_has_all_studies_of_the_run_and_repeating_one_replaces_it(tmp_path: Path) -> None:
    run = Run(tmp_path)
    first = Section(
        "First", "?", figures=(Estimate(0.5, n=3).named("f", "", "x"), Estimate(None).named("g", "", "x"))
    )
    write_study(run, "heads", [Section("Second", ""), Section("Third", "")])
    page = write_study(run, "correctness", [first])
    assert [of.title for of in read_sections(run)] == ["First", "Second", "Third"]
    write_study(run, "heads", [Section("Anew", "")])
    assert [of.title for of in read_sections(run)] == ["First", "Anew"]
    text = page.read_text(encoding="utf-8")
    assert text.index("First") < text.index("Anew")
    assert "Second" not in text
    assert read_sections(run)[0] == first, "what is written is what is read"
    (tmp_path / "studies" / "heads" / "study.json").write_text('{"sections": [1]}', encoding="utf-8")
    with pytest.raises(RunError, match=r"study\.json: is no study"):
        read_sections(run)


def test_every_study_has_its_room() -> None:
    assert {path.parent.name for path in Path(studies.__file__).parent.glob("*/study.py")} == set(STUDIES)
