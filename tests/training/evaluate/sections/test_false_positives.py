"""The report shows the manifest's figures of false positives and commits."""

from dataclasses import replace

from codeorigin_training.evaluate.page.html import render
from codeorigin_training.evaluate.report import Report, Subject
from codeorigin_training.evaluate.sections.false_positives import (
    called_of,
    commits_of,
    false_positives_of,
    mixed_of,
    whole_of,
    whole_verdicts_of,
)

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
NOTHING = {"auroc": None, "auroc_interval_90": None, "tpr_at_1_fpr": None, "tpr_at_1_fpr_interval_90": None}
WHOLE = {
    "old_human": RANKED | {"files": 926},
    "modern_human": NOTHING | {"files": 0},
    "verdicts": {
        "false_positive_rate_old": 0.0, "false_positive_rate_modern": None, "true_positive_rate": 0.6,
        "llm_called_human": 0.002, "files": 1872,
    },
}  # fmt: skip
MIXED = {"auroc": 0.86, "auroc_interval_90": [0.82, 0.91], "human_called_llm": 0.004, "llm_called_llm": 0.27}
METRICS = {
    "false_positives": {"by_text": FIGURES},
    "commits": {
        "functions": [FUNCTIONS],
        "false_positives": {"in_commit": FIGURES},
        "commits": WHOLE,
        "called": [
            {"code": "llm", "within": "file", "functions": "10 or more", "circles": {"in_file": CELL}}
        ],
        "whole": {"commit": {"4-9": WHOLE}},
        "mixed_files": {"functions": 601, "circles": {"in_commit": MIXED}},
    },
}
SUBJECT = Subject("m", "d", "c", 4, 2, "")


def test_report_contains_the_manifests_figures() -> None:
    report = Report(SUBJECT, false_positives=false_positives_of(METRICS), commits=commits_of(METRICS))
    assert [each.way for each in report.false_positives] == ["by_text", "in_commit"]
    page = render(report)
    assert "rust; documented; before mid-2021</td><td>2.0 % (1.0–3.0)</td><td>7</td><td>90" in page
    assert "<td>7</td><td>12.5 %</td><td>25.0 %</td>" in page
    assert "old human; 4 or more; in commit</td><td>0.950 (0.930–0.960)</td>" in page
    assert "How often human code is called llm" not in render(replace(report, false_positives=(), commits=()))


def test_report_contains_whole_commits_and_mixed_files() -> None:
    report = Report(
        SUBJECT,
        commits=commits_of(METRICS),
        called=called_of(METRICS),
        whole=whole_of(METRICS),
        whole_verdicts=whole_verdicts_of(METRICS),
        mixed=mixed_of(METRICS),
    )
    page = render(report)
    assert "commits; old human</td><td>0.950 (0.930–0.960)</td><td>50.0 % (40.0–60.0)</td><td>926" in page
    assert "commits; modern human</td><td>–</td><td>–</td><td>0" in page
    assert "commits</td><td>0.0 %</td><td>–</td><td>60.0 %</td><td>0.2 %</td><td>1,872" in page
    assert (
        "files that hold both classes; in commit</td><td>0.860 (0.820–0.910)</td><td>0.4 %</td><td>27.0 %</td><td>601"
        in page
    )
    assert "commits of 4-9; old human</td><td>0.950 (0.930–0.960)</td>" in page
    assert "llm; file of 10 or more; in file</td><td>2.0 % (1.0–3.0)</td><td>7</td><td>90" in page
    alone = render(replace(report, called=(), whole=(), mixed=()))
    assert "by number of functions" not in alone
    assert "Whole files" not in alone
    assert "Files and commits with both classes" in page
    assert "Files and commits with both classes" not in alone


def test_bundle_without_these_figures_has_no_such_sections() -> None:
    assert (
        false_positives_of({})
        == commits_of({})
        == called_of({})
        == whole_of({})
        == whole_verdicts_of({})
        == mixed_of({})
        == ()
    )
