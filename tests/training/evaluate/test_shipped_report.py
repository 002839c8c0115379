"""The report in docs and the shipped manifest give the same number for the same name."""

import json
from pathlib import Path

import pytest

from codeorigin.model.bundle import default_model_dir
from codeorigin_training.evaluate.json_values import from_json_value, to_json_value
from codeorigin_training.evaluate.page.false_positives import commits_section
from codeorigin_training.evaluate.report import Report
from codeorigin_training.evaluate.sections.headline import with_manifests_figures

REPORTS = Path(__file__).parents[3] / "docs" / "evaluation"


def test_shared_figures_are_the_manifests() -> None:
    plain = json.loads((REPORTS / "report.json").read_text(encoding="utf-8"))
    manifest = json.loads((default_model_dir() / "manifest.json").read_text(encoding="utf-8"))
    report = from_json_value(Report, plain)
    assert report.subject.model.startswith(f"{manifest['name']} {manifest['version']} ")
    again = with_manifests_figures(report, manifest)
    assert to_json_value(again) == plain, (
        "run: python -m codeorigin_training evaluate --set sections=[] --set bundle=..."
    )
    assert commits_section(report) in (REPORTS / "report.html").read_text(encoding="utf-8")
    assert report.held_out is not None
    assert report.in_files is not None
    verdicts, alone = manifest["metrics"]["verdicts"], report.in_files.rates[0].alone
    assert report.held_out.functions == report.in_files.functions
    assert report.held_out.llm_called_human.value == pytest.approx(verdicts["llm_called_human"], abs=1e-6)
    assert (report.held_out.found, report.held_out.unsure) == (alone.found, alone.unsure)
