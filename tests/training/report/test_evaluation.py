"""The evaluation page: text and charts of its sections, the manifest's figures, and what must be read first."""

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from codeorigin.model.bundle import default_model_dir
from codeorigin_training.metrics.figures import Estimate, Figures
from codeorigin_training.report.charts import Chart, ChartKind, Series
from codeorigin_training.report.commits import commit_sections
from codeorigin_training.report.document import html
from codeorigin_training.report.evaluation import Report, Subject, problems, render
from codeorigin_training.report.section import Section, TitledTable
from codeorigin_training.report.sections.matrix import MatrixRow, PerturbedFigures, matrix_section
from codeorigin_training.report.separation import quality_table

EVIL = '<script>alert("1")</script> & co'
SURE = Estimate(0.9, 0.85, 0.95)
NONE = Estimate(None, None, None)
FIGURES = Figures(SURE, SURE, NONE, Estimate(0.012, 0.0, 0.02), NONE, SURE, 200, 100, 12)
PERTURBED = PerturbedFigures("renamed", FIGURES, Estimate(0.01, -0.01, 0.03), 0.97)
ROW = MatrixRow(f"snippets: {EVIL}", f"snippets by {EVIL}", FIGURES, (PERTURBED,), in_order=SURE)
CHART = Chart(EVIL, ChartKind.LINE, EVIL, "y", (Series(EVIL, (0.01, 1.0), (0.4, 1.0)),), logarithmic=True)

REPORT = Report(
    Subject(f"model {EVIL}", "d" * 64, "c" * 64, 401, 64, "seed 0", seen=0),
    {
        "matrix": matrix_section([ROW, replace(ROW, name="old", title="of old code", in_order=None)]),
        "controls": Section(EVIL, EVIL, charts=(CHART, CHART), problems=(EVIL,)),
        "faithfulness": Section("F", "", tables=(TitledTable(EVIL, EVIL, ("a",), ((EVIL,),)),)),
        "neutral": Section("N", "", problems=("not neutral",)),
    },
)


class Balance(HTMLParser):
    """Fails if elements are not closed in the right order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page() -> str:
    return render(REPORT, {})


def test_elements_are_closed_and_names_are_escaped(page: str) -> None:
    balance = Balance()
    balance.feed(page)
    assert balance.open == []
    assert {"table", "svg", "details", "h2"} <= balance.names
    assert "script" not in balance.names
    assert "&lt;script&gt;" in page
    assert "&amp;lt;" not in page


def test_plots_are_well_formed_and_use_the_pages_colour(page: str) -> None:
    plots = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(plots) == 3
    for plot in plots:
        ET.fromstring(plot)
        assert "currentColor" in plot
        assert "#010203" not in plot


def test_plot_ids_are_unique_and_references_resolve(page: str) -> None:
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    wanted = re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', page)
    assert {left or right for left, right in wanted} <= set(ids)


def test_page_loads_no_external_resources(page: str) -> None:
    assert not re.search(r'(src|href)="(?!#)', page)
    assert "@import" not in page


def test_problems_come_first(page: str) -> None:
    assert problems(REPORT) == [EVIL, "not neutral"]
    assert page.index("To be read first") < page.index("<h2 ")


def test_figures_of_the_manifest_stand_once(page: str) -> None:
    manifest = json.loads((default_model_dir() / "manifest.json").read_text(encoding="utf-8"))
    found = render(REPORT, manifest)
    for each in re.findall(
        r"<table>.*?</table>", html("", [quality_table(manifest["metrics"]), *commit_sections(manifest)])
    ):
        assert found.count(each) == 1
    # The matrix has a row of the same name, whose figures are of a sample: only what it loses is shown.
    assert page.count(">of old code</th>") == found.count(">of old code</th>") == 2


def test_report_without_problems_says_so() -> None:
    sections = {name: replace(each, problems=()) for name, each in REPORT.sections.items()}
    good = replace(REPORT, sections=sections)
    assert problems(good) == []
    assert "All controls are within their bounds" in render(good, {})


def test_report_without_checks_does_not_claim_that_they_hold() -> None:
    assert "within their bounds" not in render(replace(REPORT, sections={}), {})


def test_same_report_gives_same_page(page: str) -> None:
    assert render(REPORT, {}) == page
