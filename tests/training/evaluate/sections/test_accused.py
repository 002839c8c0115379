"""The report says of false positives and commits what the manifest says."""

from dataclasses import replace

from codeorigin_training.evaluate.page.html import render
from codeorigin_training.evaluate.report import Report, Subject
from codeorigin_training.evaluate.sections.accused import commits_of, false_positives_of

CELL = {
    "population": "old", "language": "rust", "group": "documented", "share": 0.02,
    "interval_90": [0.01, 0.03], "repositories": 7, "functions": 90,
}  # fmt: skip
WORST = {"old": {"repositories": 7, "worst_tenth": 0.125, "over_5_percent": 0.25}}
FIGURES = {"cells": [CELL], "repositories": WORST, "found": {}}
RANKED = {
    "auroc": 0.95, "auroc_interval_90": [0.93, 0.96], "tpr_at_1_fpr": 0.5, "tpr_at_1_fpr_interval_90": [0.4, 0.6],
}  # fmt: skip
FUNCTIONS = {"human": "old_human", "commit": "4 or more", "functions": 40, "circles": {"in_commit": RANKED}}
METRICS = {
    "false_positives": {"by_text": FIGURES},
    "commits": {"functions": [FUNCTIONS], "false_positives": {"in_commit": FIGURES}},
}
SUBJECT = Subject("m", "d", "c", 4, 2, "")


def test_the_manifests_figures_stand_in_the_report() -> None:
    report = Report(SUBJECT, false_positives=false_positives_of(METRICS), commits=commits_of(METRICS))
    assert [each.way for each in report.false_positives] == ["by_text", "in_commit"]
    page = render(report)
    assert "rust; documented; before mid-2021</td><td>2.0 % (1.0–3.0)</td><td>7</td><td>90" in page
    assert "<td>7</td><td>12.5 %</td><td>25.0 %</td>" in page
    assert "old human; 4 or more; in commit</td><td>0.950 (0.930–0.960)</td>" in page
    assert "How often human code is called llm" not in render(replace(report, false_positives=(), commits=()))


def test_a_bundle_without_them_has_no_such_sections() -> None:
    assert false_positives_of({}) == commits_of({}) == ()
