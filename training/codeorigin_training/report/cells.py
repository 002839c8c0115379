"""Figures as text: for tables, and for sentences around them."""

from collections.abc import Mapping
from typing import Any

from codeorigin_training.metrics.figures import Estimate, Figures

NOTHING = "-"
"""Stands where there is no figure."""


def number(value: float | None, digits: int = 3) -> str:
    """A figure; a dash for None and NaN."""
    return NOTHING if missing(value) else f"{value:z.{digits}f}"


def percent(value: float | None, digits: int = 1) -> str:
    """A share as a percentage; a dash for None and NaN."""
    return NOTHING if value is None or missing(value) else f"{100 * value:z.{digits}f} %"


def short_percent(value: float | None) -> str:
    """``0.05 %``, ``1.5 %``, ``12 %``; a dash for None."""
    if value is None:
        return NOTHING
    return f"{100 * value:.2g} %" if value < 0.0995 else f"{100 * value:.0f} %"


def interval(estimate: Estimate, digits: int = 3) -> str:
    """A figure with its interval, such as ``0.912 (0.890-0.931)``."""
    return _with_bounds(number(estimate.value, digits), estimate, 1.0, digits)


def percent_interval(estimate: Estimate, digits: int = 1) -> str:
    """A percentage with its interval, such as ``1.2 % (0.8-1.9)``."""
    return _with_bounds(percent(estimate.value, digits), estimate, 100.0, digits)


def _with_bounds(text: str, estimate: Estimate, scale: float, digits: int) -> str:
    if missing(estimate.value) or missing(estimate.low) or missing(estimate.high):
        return text
    assert estimate.low is not None
    assert estimate.high is not None
    # A dash next to a minus sign is unreadable.
    between = " to " if estimate.low < 0 else "-"
    return f"{text} ({scale * estimate.low:z.{digits}f}{between}{scale * estimate.high:z.{digits}f})"


def estimate_of(figures: Mapping[str, Any], key: str) -> Estimate:
    """The figure ``key`` of a manifest with its interval; a figure without an interval counts as missing."""
    low, high = figures.get(f"{key}_interval_90") or (None, None)
    return Estimate(None if missing(low) else figures.get(key), low, high)


def ranked(figures: Mapping[str, Any], key: str, digits: int = 3) -> str:
    """The ranking figure ``key`` of a manifest with its interval; a dash if either is missing."""
    return interval(estimate_of(figures, key), digits)


def share_cell(found: Mapping[str, Any] | None, digits: int | None = None) -> str:
    """A share by :func:`~codeorigin_training.metrics.shares.called_share`; a dash for None.

    Brackets contain the interval and the number of repositories, as in ``0.3 % (0.1 %-0.6 %; 40)``. If too few
    repositories are affected for an interval, they contain how many are: ``0.1 % (1 of 40)``. Shares have ``digits``
    decimals, by default as many as they need.
    """
    if found is None:
        return NOTHING
    said = short_percent if digits is None else lambda value: percent(value, digits)
    among, affected, bounds = found.get("repositories"), found.get("affected"), found.get("interval_90")
    told = []
    if bounds is not None:
        told.append(f"{said(bounds[0])}-{said(bounds[1])}")
    if among is not None:
        told.append(f"{affected} of {among}" if bounds is None and affected is not None else f"{among}")
    return said(found["share"]) + (f" ({'; '.join(told)})" if told else "")


SHARE_NOTE = (
    "Brackets contain the 90 % interval, by bootstrap over repositories, and the number of repositories. Where fewer "
    "than five repositories have anything called so, there is no interval: brackets then say in how many of how many "
    "(or how many there are, if that is all that is known). If it is none of n, up to 3/n of all repositories may "
    "have some."
)
"""Explanation of :func:`share_cell`, for a table's note."""


COLUMNS = (
    "AUROC",
    "found at 1 % FP",
    "found at 0.1 % FP",
    "FP at the threshold",
    "calibration error",
    "unsure",
    "items",
    "repositories",
)


def figure_cells(figures: Figures) -> tuple[str, ...]:
    """The cells of a row of :data:`COLUMNS`."""
    return (
        interval(figures.auroc),
        percent_interval(figures.tpr_at_1, 0),
        percent_interval(figures.tpr_at_01, 0),
        percent_interval(figures.false_positive_rate),
        number(figures.calibration_error.value),
        percent(figures.unsure.value, 0),
        f"{figures.items:,}",
        f"{figures.units:,}",
    )


def missing(value: float | None) -> bool:
    """Whether a figure is None or NaN."""
    return value is None or value != value  # noqa: PLR0124 - NaN
