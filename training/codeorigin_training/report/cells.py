"""Estimates as text, and tables of figures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from codeorigin_training.metrics.table import Estimate, Figure

NOTHING = "-"
"""Stands where there is no figure."""

SHARE_NOTE = (
    "Brackets contain the 90 % interval, by bootstrap over repositories, and the number of repositories. Where fewer "
    "than five repositories have anything called so, there is no interval: brackets then say in how many of how many. "
    "If it is none of n, up to 3/n of all repositories may have some."
)
"""Explanation of :func:`share_cell`, for a table's note."""


@dataclass(frozen=True, slots=True)
class TitledTable:
    """A table of formatted text."""

    title: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def markdown(self) -> str:
        """The table in Markdown, without its title."""
        lines = (f"|{''.join(f' {cell} |' if cell else ' |' for cell in row)}" for row in self.rows)
        head = f"|{''.join(f' {cell} |' if cell else ' |' for cell in self.header)}"
        return "\n".join([head, "|---" * len(self.header) + "|", *lines])


def number(value: float | None, digits: int = 3) -> str:
    """A figure; a dash for None."""
    return NOTHING if value is None else f"{value:z.{digits}f}"


def percent(value: float | None, digits: int = 1) -> str:
    """A share as a percentage; a dash for None."""
    return NOTHING if value is None else f"{100 * value:z.{digits}f} %"


def short_percent(value: float | None) -> str:
    """``0.05 %``, ``1.5 %``, ``12 %``; a dash for None."""
    if value is None:
        return NOTHING
    return f"{100 * value:.2g} %" if value < 0.0995 else f"{100 * value:.0f} %"


def interval(found: Estimate, digits: int = 3) -> str:
    """A figure with its interval, such as ``0.912 (0.890-0.931)``."""
    return _with_bounds(number(found.value, digits), found, 1.0, digits)


def percent_interval(found: Estimate, digits: int = 1) -> str:
    """A percentage with its interval, such as ``1.2 % (0.8-1.9)``."""
    return _with_bounds(percent(found.value, digits), found, 100.0, digits)


def _with_bounds(text: str, found: Estimate, scale: float, digits: int) -> str:
    if found.value is None or found.low is None or found.high is None:
        return text
    # The bootstrap of a share that is 0 or 1 everywhere knows nothing of its error.
    if found.low == found.high == found.value in (0.0, 1.0):
        return text
    # A dash next to a minus sign is unreadable.
    between = " to " if found.low < 0 else "-"
    return f"{text} ({scale * found.low:z.{digits}f}{between}{scale * found.high:z.{digits}f})"


def ranked(found: Estimate, digits: int = 3) -> str:
    """A ranking with its interval; a dash without one, as a ranking of few repositories has none."""
    return NOTHING if found.low is None else interval(found, digits)


def share_cell(found: Estimate) -> str:
    """A share by :func:`~codeorigin_training.metrics.estimates.share`; a dash without a value.

    Brackets contain the interval and the number of repositories, as in ``0.3 % (0.1 %-0.6 %; 40)``. If too few
    repositories are affected for an interval, they contain how many are: ``0.1 % (1 of 40)``.
    """
    if found.value is None or found.repositories is None:
        return percent(found.value, 0)
    inside = f"{found.affected} of {found.repositories}"
    if found.low is not None:
        inside = f"{short_percent(found.low)}-{short_percent(found.high)}; {found.repositories}"
    return f"{short_percent(found.value)} ({inside})"


def pivot(
    figures: Sequence[Figure],
    cell: Callable[[Figure], str] = interval,
    *,
    title: str = "",
    note: str = "",
    corner: str = "",
    rows: Callable[[Figure], str] = lambda figure: figure.population,
    columns: Callable[[Figure], str] = lambda figure: figure.statistic,
) -> TitledTable:
    """A table of ``figures``: a row and a column for each name, in the order of their first figures."""
    cells = {(rows(figure), columns(figure)): cell(figure) for figure in figures}
    names = list(dict.fromkeys(column for _, column in cells))
    lines = (
        (row, *(cells.get((row, name), NOTHING) for name in names))
        for row in dict.fromkeys(r for r, _ in cells)
    )
    return TitledTable(title, note, (corner, *names), tuple(lines))
