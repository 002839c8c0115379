"""The page in docs shows the shipped manifest's figures, and is what its report gives."""

import json
from pathlib import Path

from codeorigin.model.bundle import default_model_dir
from codeorigin_training.report.evaluate import PAGE, REPORT, Report, build_of, render
from codeorigin_training.report.section import read_json

REPORTS = Path(__file__).parents[3] / "docs" / "evaluation"


def test_page_is_rendered_from_the_report_and_the_shipped_manifest() -> None:
    report = read_json(Report, REPORTS / REPORT, "not a report")
    manifest = json.loads((default_model_dir() / "manifest.json").read_text(encoding="utf-8"))
    assert report.subject.build == build_of(manifest)
    page = (REPORTS / PAGE).read_text(encoding="utf-8")
    again = render(report, manifest)
    assert _text(again) == _text(page), (
        "run: python -m codeorigin_training evaluate --set sections=[] --set bundle=..."
    )


def _text(page: str) -> list[str]:
    """The page's body without its plots, whose paths depend on the version of the library that draws them."""
    page = page.partition("<body>")[2].partition("<footer>")[0]
    return [line for part in page.split("<svg") for line in part.rpartition("</svg>")[2].splitlines()]
