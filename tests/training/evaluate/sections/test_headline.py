"""The report and the manifest give the same number for the same name."""

from dataclasses import replace

import pytest

from codeorigin_training.evaluate.report import (
    BaselineFigures,
    HeldOut,
    InFileRow,
    InFilesReport,
    MatrixRow,
    Report,
    Subject,
)
from codeorigin_training.evaluate.sections.headline import with_manifests_figures
from codeorigin_training.evaluate.sections.in_files import AS_THEY_ARE, MIXED
from codeorigin_training.measure.figures import Estimate, Figures

OWN = Estimate(0.5, 0.4, 0.6)
RAW = Figures(OWN, OWN, OWN, OWN, OWN, OWN, items=60, positives=30, units=9)
ERA = {
    "auroc": 0.9,
    "auroc_interval_90": [0.85, 0.95],
    "tpr_at_1_fpr": 0.3,
    "tpr_at_1_fpr_interval_90": [0.2, 0.4],
}
VERDICTS = {
    "false_positive_rate_old": 0.02,
    "false_positive_rate_modern": 0.03,
    "true_positive_rate": 0.3,
    "llm_called_human": 0.055,
    "human_called_human": None,
    "unsure": 0.645,
}
METRICS = {
    "held_out": {
        "old_human": ERA | {"functions": 900},
        "same_repository": {"mean_auroc": 0.8, "repositories": 4},
        "pairs": {"auroc": 0.7, "in_order": 0.75, "pairs": 21},
    },
    "files": {
        "old_human": ERA | {"auroc": 0.967, "files": 40},
        "modern_human": dict.fromkeys(ERA, None) | {"files": 0},
        "verdicts": dict.fromkeys(VERDICTS, 0.2) | {"files": 40},
    },
}
MANIFEST = {"data": {"sha256": "c"}, "metrics": METRICS}
NAMES = ("seen", "old", "modern", "inside", "pairs", "files_old", "files_modern")
ROWS = tuple(MatrixRow(name, name, "m", RAW, in_order=OWN if name == "pairs" else None) for name in NAMES)
REPORT = Report(Subject("m 1 (d)", "d", "c", 4, 2, ""), matrix=ROWS)


def test_manifest_figures_replace_the_reports() -> None:
    found = {row.name: row for row in with_manifests_figures(REPORT, MANIFEST).matrix}
    assert found["old"].raw.auroc == Estimate(0.9, 0.85, 0.95)
    assert found["old"].raw.tpr_at_1 == Estimate(0.3, 0.2, 0.4)
    assert found["old"].raw.items == 900
    assert found["inside"].raw.auroc == Estimate(0.8, None, None)
    assert found["files_old"].raw.auroc.value == 0.967
    assert found["files_old"].raw.items == 40
    assert found["pairs"].raw.auroc.value == 0.7
    assert found["pairs"].raw.items == 42
    assert found["pairs"].in_order is not None
    assert found["pairs"].in_order.value == 0.75


def test_figures_missing_from_manifest_stay_the_reports_own() -> None:
    found = {row.name: row for row in with_manifests_figures(REPORT, MANIFEST).matrix}
    for name in ("seen", "modern"):
        assert found[name].raw == RAW
    assert found["files_modern"].raw.auroc == OWN
    assert with_manifests_figures(REPORT, {}) == REPORT


def test_shares_at_thresholds_come_from_manifest() -> None:
    rates = [Estimate(value, value - 0.01, value + 0.01) for value in (0.02, 0.03, 0.3, 0.025, 0.4, 0.6)]
    held_out = HeldOut(*rates, 0.015, 12000, 9, 12000, (), (), ())
    found = with_manifests_figures(
        replace(REPORT, held_out=held_out), {"metrics": {"verdicts": VERDICTS}}
    ).held_out
    assert found is not None
    # An interval that belongs to another figure is dropped.
    assert found.llm_called_human == Estimate(0.055, None, None)
    # ``unsure`` is a mean over repositories here and over functions there, so they are not the same figure.
    assert replace(found, llm_called_human=rates[3]) == held_out


def test_in_file_figures_come_from_manifest() -> None:
    in_files = InFilesReport(
        60,
        0.8,
        rows=tuple(InFileRow(files, "old", "t", RAW, RAW, OWN) for files in (AS_THEY_ARE, MIXED)),
        rates=(),
    )
    metrics = METRICS | {
        "in_files": {
            "as_they_are": {"old_human": ERA | {"auroc": 0.94, "functions": 900}},
            "half_mixed": {"old_human": ERA | {"auroc": 0.92, "functions": 900}},
        }
    }
    found = with_manifests_figures(replace(REPORT, in_files=in_files), {"metrics": metrics}).in_files
    assert found is not None
    assert [row.alone.auroc.value for row in found.rows] == [0.9, 0.9]
    assert [row.in_file.auroc.value for row in found.rows] == [0.94, 0.92]
    assert {row.gain for row in found.rows} == {OWN}


@pytest.mark.parametrize("times", [1, 2])
def test_baselines_state_how_many_functions_they_were_trained_on(times: int) -> None:
    baselines = (
        BaselineFigures("shipped", "CodeOrigin as shipped", 0, RAW, RAW, 0.8),
        BaselineFigures("word_bigrams", "word bigrams, on 60 functions", 60, RAW, RAW, 0.5),
    )
    report = replace(REPORT, baselines=baselines)
    metrics = METRICS | {"baselines": {"word_bigrams": {"old_human": ERA | {"auroc": 0.89}}}}
    for _ in range(times):
        report = with_manifests_figures(report, {"metrics": metrics})
    shipped, of_all, drawn = report.baselines
    assert shipped.old.auroc.value == 0.9
    assert (of_all.title, of_all.old.auroc.value) == (
        "word bigrams + logistic regression, on all functions",
        0.89,
    )
    assert of_all.modern.auroc.value is None
    assert drawn == baselines[1]
