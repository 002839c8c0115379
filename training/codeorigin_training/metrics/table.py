"""The long table of figures: for whom, judged how, which statistic, its value and interval, and on how much code."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

OLD, MODERN = "human before mid-2021", "human of 2021-22"
PACKAGES = "packages of a distribution"
IN_PROJECTS, BUILT, AGENTS = "agents in people's projects", "repositories that agents built", "all agents"
"""Populations: human code by era, packages, and LLM code by the repository that it stands in."""

OF_THE_SAME = f"{MODERN} in the same projects"
"""Human code beside agents in people's projects."""

PAIRS, WRITTEN_PAIRS = "same-task pairs of the corpus", "pairs written for this project"
INSIDE = "inside one repository"
PUBLISHED, PUBLISHED_HUMAN = "published answers of models", "published answers of people"
MIXED_FILES, MIXED_COMMITS = "files of both classes", "half moved into human commits"
AS_THEY_ARE = "as they are"
WRITTEN_BY = "written by "
"""Before the name of a tool or model: its functions in whole repositories, all alike."""

BANDS = ("called llm", "unsure", "called human")
"""Statistics: the share of a population in each band."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value, the bounds of its 90 % interval by bootstrap over projects (tasks, for snippets), and what it is of.

    Value and bounds are None where there is too little code. ``n`` items of ``repositories`` projects were measured; a
    share is above 0 in ``affected`` of these.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    repositories: int | None = None
    affected: int | None = None

    def named(self, population: str, context: str, statistic: str, language: str = "all") -> "Figure":
        """This estimate as a row of the table."""
        values = (self.value, self.low, self.high, self.n, self.repositories, self.affected)
        return Figure(*values, population, context, statistic, language)


@dataclass(frozen=True, slots=True)
class Figure(Estimate):
    """A row of the table: the estimate of a statistic of a population in a language, judged in a context.

    ``statistic`` is ``auroc``, ``tpr_at_1_fpr``, a share (:data:`BANDS`), or another that is named in words.
    """

    population: str = ""
    context: str = ""
    statistic: str = ""
    language: str = "all"

    def to_row(self, digits: int | None = None) -> dict[str, Any]:
        """The figure as JSON: its names first, without what it does not have; rounded to ``digits`` if given."""
        values = asdict(self)
        names = {name: values.pop(name) for name in ("population", "language", "context", "statistic")}
        return names | {
            name: round(value, digits) if digits is not None and isinstance(value, float) else value
            for name, value in values.items()
            if value is not None
        }


class Table:
    """Figures by what they are of."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Read the rows that :meth:`Figure.to_row` wrote."""
        self.figures = [Figure(**{"value": None, **row}) for row in rows]
        self._by_name = {
            (figure.population, figure.context, figure.statistic, figure.language): figure
            for figure in self.figures
        }

    def get(self, population: str, context: str, statistic: str, language: str = "all") -> Figure:
        """The figure; one without a value if the table has none."""
        found = self._by_name.get((population, context, statistic, language))
        return found or Estimate(None).named(population, context, statistic, language)

    def languages(self, context: str) -> list[str]:
        """The languages with figures in ``context``, sorted, without ``all``."""
        return sorted({figure.language for figure in self.figures if figure.context == context} - {"all"})

    def populations(self, statistic: str) -> list[str]:
        """The populations with a figure of ``statistic``, in order."""
        return list(
            dict.fromkeys(figure.population for figure in self.figures if figure.statistic == statistic)
        )
