"""One number under one name: what the manifest says of a kind of code, the report says too."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from codeorigin_training.evaluate.report import MatrixRow
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
"""Where the manifest has the figures of each row of the matrix."""


def with_manifests_figures(
    rows: Sequence[MatrixRow], manifest: Mapping[str, Any], corpus: str
) -> tuple[MatrixRow, ...]:
    """The ``rows`` with the ranking figures that ``manifest`` has of the same kind of code, on all held-out functions.

    The matrix draws smaller samples, because it perturbs them: what is lost under a perturbation is measured on these,
    raw and perturbed. Where the manifest was measured on another corpus than ``corpus`` (its hash), nothing is replaced.
    """
    if manifest.get("data", {}).get("sha256") != corpus:
        return tuple(rows)
    return tuple(_with(row, manifest.get("metrics", {})) for row in rows)


def _with(row: MatrixRow, metrics: Mapping[str, Any]) -> MatrixRow:
    part, name = _PLACES.get(row.name, ("", ""))
    found: Mapping[str, Any] = (metrics.get(part) or {}).get(name) or {}
    raw = row.raw
    for key in ("auroc", "mean_auroc"):
        if found.get(key) is not None:
            raw = replace(raw, auroc=_estimate(found, key))
    if found.get("tpr_at_1_fpr") is not None:
        raw = replace(raw, tpr_at_1=_estimate(found, "tpr_at_1_fpr"))
    return replace(row, raw=_sized(raw, found), in_order=_in_order(row, found))


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
