"""Puts the manifest's figures into a report, so that both show the same figure for the same kind of code."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from codeorigin_training.evaluate.report import BaselineFigures, HeldOut, InFileRow, MatrixRow, Report
from codeorigin_training.evaluate.sections.baselines import TITLES
from codeorigin_training.evaluate.sections.false_positives import (
    called_of,
    commits_of,
    false_positives_of,
    mixed_of,
    whole_of,
    whole_verdicts_of,
)
from codeorigin_training.evaluate.sections.in_files import AS_THEY_ARE, MIXED
from codeorigin_training.measure.figures import Estimate, Figures

_PLACES: Mapping[str, tuple[str, str]] = {
    "old": ("held_out", "old_human"),
    "modern": ("held_out", "modern_human"),
    "inside": ("held_out", "same_repository"),
    "pairs": ("held_out", "pairs"),
    "written_pairs": ("held_out", "written_pairs"),
    "files_old": ("files", "old_human"),
    "files_modern": ("files", "modern_human"),
}
"""Where to find the figures of each row of the matrix in the manifest."""


_ERAS = {"old": "old_human", "modern": "modern_human", "inside": "same_repository"}
_FILES = {AS_THEY_ARE: "as_they_are", MIXED: "half_mixed"}
_VERDICTS = {
    "old_rate": "false_positive_rate_old",
    "modern_rate": "false_positive_rate_modern",
    "found": "true_positive_rate",
    "llm_called_human": "llm_called_human",
    "human_called_human": "human_called_human",
}
"""Shares that are means over repositories in both; ``unsure`` is such a mean only in the report."""
_NONE = Estimate(None, None, None)
_SAME = 1e-5
_OF_ALL = "manifest_"


def with_manifests_figures(report: Report, manifest: Mapping[str, Any]) -> Report:
    """``report`` with the manifest's figures for the same kinds of code, measured on all held-out functions.

    Sections of the report use smaller samples, because they perturb or train; the loss under a perturbation and the
    gain in a file are measured on these. The caller must ensure that both are of the same model and corpus.
    """
    metrics = manifest.get("metrics", {})
    return replace(
        with_manifests_sections(report, manifest),
        held_out=_held_out(report.held_out, metrics),
        in_files=None
        if report.in_files is None
        else replace(report.in_files, rows=tuple(_in_file(row, metrics) for row in report.in_files.rows)),
        matrix=tuple(_with(row, metrics) for row in report.matrix),
        baselines=_baselines(report.baselines, metrics),
    )


def with_manifests_sections(report: Report, manifest: Mapping[str, Any]) -> Report:
    """``report`` with the sections that come from the manifest alone, whatever corpus it was measured on."""
    metrics = manifest.get("metrics", {})
    return replace(
        report,
        false_positives=false_positives_of(metrics),
        commits=commits_of(metrics),
        called=called_of(metrics),
        whole=whole_of(metrics),
        whole_verdicts=whole_verdicts_of(metrics),
        mixed=mixed_of(metrics),
    )


def _held_out(found: HeldOut | None, metrics: Mapping[str, Any]) -> HeldOut | None:
    """``found`` with the manifest's shares; an interval is kept if the share is the same."""
    verdicts = metrics.get("verdicts")
    if found is None or verdicts is None:
        return found
    changed: dict[str, Any] = {}
    for name, key in _VERDICTS.items():
        own: Estimate = getattr(found, name)
        if verdicts[key] is not None and (own.value is None or abs(own.value - verdicts[key]) > _SAME):
            changed[name] = Estimate(verdicts[key], None, None)
    return replace(found, **changed)


def _in_file(row: InFileRow, metrics: Mapping[str, Any]) -> InFileRow:
    key = _ERAS.get(row.name, "")
    alone = (metrics.get("held_out") or {}).get(key) or {}
    in_file = ((metrics.get("in_files") or {}).get(_FILES.get(row.files, "")) or {}).get(key) or {}
    return replace(row, alone=_figures(row.alone, alone), in_file=_figures(row.in_file, in_file))


def _baselines(rows: Sequence[BaselineFigures], metrics: Mapping[str, Any]) -> tuple[BaselineFigures, ...]:
    """The shipped model, the manifest's baselines, which were trained on all functions, and the report's baselines."""
    own = [row for row in rows if not row.name.startswith(_OF_ALL)]
    if not own or own[0].name != "shipped":
        return tuple(own)
    shipped = _of(own[0], metrics.get("held_out") or {})
    empty = Figures(_NONE, _NONE, _NONE, _NONE, _NONE, _NONE, items=0, positives=0, units=0)
    blank = BaselineFigures("", "", 0, empty, empty, None)
    others = [
        _of(
            replace(blank, name=f"{_OF_ALL}{name}", title=f"{TITLES.get(name, name)}, on all functions"),
            found,
        )
        for name, found in (metrics.get("baselines") or {}).items()
    ]
    return shipped, *others, *own[1:]


def _of(row: BaselineFigures, found: Mapping[str, Any]) -> BaselineFigures:
    return replace(
        row,
        old=_figures(row.old, found.get("old_human") or {}),
        modern=_figures(row.modern, found.get("modern_human") or {}),
    )


def _with(row: MatrixRow, metrics: Mapping[str, Any]) -> MatrixRow:
    part, name = _PLACES.get(row.name, ("", ""))
    found: Mapping[str, Any] = (metrics.get(part) or {}).get(name) or {}
    return replace(row, raw=_figures(row.raw, found), in_order=_in_order(row, found))


def _figures(raw: Figures, found: Mapping[str, Any]) -> Figures:
    for key in ("auroc", "mean_auroc"):
        if found.get(key) is not None:
            raw = replace(raw, auroc=_estimate(found, key))
    if found.get("tpr_at_1_fpr") is not None:
        raw = replace(raw, tpr_at_1=_estimate(found, "tpr_at_1_fpr"))
    return _sized(raw, found)


def _estimate(found: Mapping[str, Any], key: str) -> Estimate:
    low, high = found.get(f"{key}_interval_90") or (None, None)
    return Estimate(found[key], low, high)


def _sized(raw: Figures, found: Mapping[str, Any]) -> Figures:
    count = found.get("functions", found.get("files", 2 * found["pairs"] if "pairs" in found else raw.items))
    return replace(raw, items=int(count))


def _in_order(row: MatrixRow, found: Mapping[str, Any]) -> Estimate | None:
    if row.in_order is None or found.get("in_order") is None:
        return row.in_order
    return replace(row.in_order, value=found["in_order"])
