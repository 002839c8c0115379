"""Decides whether a deep part is worth its cost: it must rank better out of fold, and lose nothing on pairs."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from codeorigin_training.arrays import Floats
from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.held_out import detector_metrics
from codeorigin_training.run import Log

_GAINED = {"old_human": "old human code", "modern_human": "modern human code"}
_KEPT = {"pairs": "pairs", "written_pairs": "written pairs"}


def deep_part_helps(rows: Sequence[Row], wide: Floats, deep: Floats, least: float, log: Log) -> bool:
    """Whether to keep the deep part, given logits ``(n,)`` of ``rows`` from models that did not see their repositories.

    It has to gain ``least`` AUROC against both old and modern human code, and must not lose any on pairs.

    Args:
        rows: the corpus' functions and pairs.
        wide: logits ``(n,)`` of the wide part, including its bias.
        deep: logits ``(n,)`` of the deep part alone.
        least: the smallest gain.
        log: receives what was compared, and every reason against the deep part.
    """
    reasons = list(
        _lost_ranking(detector_metrics(rows, wide), detector_metrics(rows, wide + deep), least, log)
    )
    for reason in reasons:
        log(f"the deep part is left out: {reason}")
    return not reasons


def _lost_ranking(before: dict[str, Any], after: dict[str, Any], least: float, log: Log) -> Iterator[str]:
    for name, title in (_GAINED | _KEPT).items():
        old, new = before[name]["auroc"], after[name]["auroc"]
        # NaN or None: there are no such rows.
        known = all(value is not None and np.isfinite(value) for value in (old, new))
        if known:
            log(f"AUROC on {title}: wide {old:.4f}, with deep {new:.4f}")
        if name in _GAINED and not (known and new - old >= least):
            yield f"it does not gain {least:g} AUROC on {title}"
        elif name in _KEPT and known and new < old:
            yield f"it loses AUROC on {title}"
