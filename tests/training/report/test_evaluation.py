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
from codeorigin_training.report.evaluation import Report, Subject, problems, render
from codeorigin_training.report.section import Section, TitledTable
from codeorigin_training.report.sections.matrix import MatrixRow, PerturbedFigures, matrix_section

EVIL = '<script>alert("1")</script> & co'
SURE = Estimate(0.9, 0.85, 0.95)
NONE = Estimate(None, None, None)
FIGURES = Figures(SURE, SURE, NONE, Estimate(0.012, 0.0, 0.02), NONE, SURE, 200, 100, 12)
PERTURBED = PerturbedFigures("reindented", Estimate(0.01, -0.01, 0.03))
ROW = MatrixRow(f"snippets: {EVIL}", f"snippets by {EVIL}", FIGURES, (PERTURBED,), in_order=SURE)
CHART = Chart(EVIL, ChartKind.LINE, EVIL, "y", (Series(EVIL, (0.01, 1.0), (0.4, 1.0)),), logarithmic=True)

REPORT = Report(
    Subject(f"model {EVIL}", "d" * 64, "c" * 64, 401, 64, "seed 0", seen=0),
    {
        "matrix": matrix_section([ROW, replace(ROW, name="old", title="of old code", in_order=None)]),
        "controls": Section(EVIL, EVIL, charts=(CHART, CHART), problems=(EVIL,)),
        "faithfulness": Section("F", "", tables=(TitledTable(EVIL, EVIL, ("a",), ((EVIL,),)),)),
        "last": Section("L", "", problems=("not enough",)),
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
    assert problems(REPORT) == [EVIL, "not enough"]
    assert page.index("To be read first") < page.index("<h2 ")


def test_figures_of_the_manifest_stand_once() -> None:
    manifest = json.loads((default_model_dir() / "manifest.json").read_text(encoding="utf-8"))
    found = render(REPORT, manifest)
    figures = manifest["metrics"]["held_out"]["old_human"]
    low, high = figures["auroc_interval_90"]
    assert found.count(f"<td>{figures['auroc']:.3f} ({low:.3f}-{high:.3f})</td>") == 1
    # The matrix has a row of the same name, whose figures are of a sample: only what it loses is shown.
    assert found.count(">of old code</th>") == 1


def test_same_report_gives_same_page(page: str) -> None:
    assert render(REPORT, {}) == page
