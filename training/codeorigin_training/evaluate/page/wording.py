"""Names of the report's parts in plain words."""

from collections.abc import Mapping

from codeorigin_training.evaluate.report import MatrixRow
from codeorigin_training.measure.figures import Estimate

PERTURBED: Mapping[str, str] = {
    "reindented": "re-indented",
    "formatted": "formatted",
    "comments_removed": "comments removed",
    "renamed": "identifiers renamed",
}

METHODS: Mapping[str, str] = {
    "shipped": "shipped explanation",
    "ig_zero": "Integrated Gradients from zero",
    "ig_pad": "Integrated Gradients from PAD",
    "occlusion": "line occlusion",
    "random": "random order",
}

SHORT: Mapping[str, str] = {
    "seen": "seen repositories",
    "old": "unseen, human before mid-2021",
    "modern": "unseen, human 2021-07 to 2022-11",
    "inside": "inside one repository",
    "pairs": "same-task pairs, corpus",
    "written_pairs": "same-task pairs, written",
    "files_old": "files, human before mid-2021",
    "files_modern": "files, human 2021-07 to 2022-11",
    "snippets": "snippets, all generators",
}


def short_title(row: MatrixRow) -> str:
    """A row's name that is short enough for a plot."""
    return SHORT.get(row.name, row.name)


def number(value: float | None, digits: int = 3) -> str:
    """A figure, or a dash if there is none."""
    return "–" if value is None else f"{value:z.{digits}f}"


def percent(value: float | None, digits: int = 1) -> str:
    """A share as a percentage, or a dash if there is none."""
    return "–" if value is None else f"{100 * value:z.{digits}f} %"


def interval(estimate: Estimate, digits: int = 3) -> str:
    """A figure with its interval, such as ``0.912 (0.890–0.931)``."""
    return _with_bounds(number(estimate.value, digits), estimate, 1.0, digits)


def percent_interval(estimate: Estimate, digits: int = 1) -> str:
    """A percentage with its interval, such as ``1.2 % (0.8–1.9)``."""
    return _with_bounds(percent(estimate.value, digits), estimate, 100.0, digits)


def _with_bounds(text: str, estimate: Estimate, scale: float, digits: int) -> str:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return text
    # A dash next to a minus sign is unreadable.
    between = " to " if estimate.low < 0 else "–"
    return f"{text} ({scale * estimate.low:z.{digits}f}{between}{scale * estimate.high:z.{digits}f})"
