"""The report and the manifest give one number under one name."""

from codeorigin_training.evaluate.report import MatrixRow
from codeorigin_training.evaluate.sections.headline import with_manifests_figures
from codeorigin_training.measure.figures import Estimate, Figures

OWN = Estimate(0.5, 0.4, 0.6)
RAW = Figures(OWN, OWN, OWN, OWN, OWN, OWN, items=60, positives=30, units=9)
ERA = {
    "auroc": 0.9,
    "auroc_interval_90": [0.85, 0.95],
    "tpr_at_1_fpr": 0.3,
    "tpr_at_1_fpr_interval_90": [0.2, 0.4],
}
METRICS = {
    "held_out": {
        "old_human": ERA | {"functions": 900},
        "same_repository": {"mean_auroc": 0.8, "repositories": 4},
        "pairs": {"auroc": 0.7, "in_order": 0.75, "pairs": 21},
    },
    "files": {"old_human": ERA | {"auroc": 0.967, "files": 40}, "modern_human": {"auroc": None, "files": 0}},
}
MANIFEST = {"data": {"sha256": "c"}, "metrics": METRICS}
NAMES = ("seen", "old", "modern", "inside", "pairs", "files_old", "files_modern")
ROWS = [MatrixRow(name, name, "m", RAW, in_order=OWN if name == "pairs" else None) for name in NAMES]


def test_what_the_manifest_says_stands_in_the_report() -> None:
    found = {row.name: row for row in with_manifests_figures(ROWS, MANIFEST, "c")}
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


def test_what_it_does_not_say_is_the_reports_own() -> None:
    found = {row.name: row for row in with_manifests_figures(ROWS, MANIFEST, "c")}
    for name in ("seen", "modern"):
        assert found[name].raw == RAW
    assert found["files_modern"].raw.auroc == OWN


def test_figures_of_another_corpus_are_not_taken() -> None:
    assert with_manifests_figures(ROWS, MANIFEST, "other") == tuple(ROWS)
    assert with_manifests_figures(ROWS, {}, "c") == tuple(ROWS)
