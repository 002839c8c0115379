"""One long table of figures: for whom, judged how, which statistic, its value and interval, and on how much code."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from codeorigin.model.calibration.calibration import Calibration
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import Row, labels_of, modern_of, of_repositories, rows_where
from codeorigin_training.data.weights import matched_samples
from codeorigin_training.metrics.answers import Answers, context_answers
from codeorigin_training.metrics.ranking import DRAWS, ranking_figures
from codeorigin_training.metrics.settings import Functions, by_project
from codeorigin_training.metrics.shares import called_share
from codeorigin_training.thresholds.eligibility import judged

OLD, MODERN = "human before mid-2021", "human of 2021-22"
IN_PROJECTS, BUILT, AGENTS = "agents in people's projects", "repositories that agents built", "all agents"
"""Populations: human code by era, and LLM code by the repository that it stands in."""

CONTEXTS = ("by_text", "in_file")


@dataclass(frozen=True, slots=True)
class Measured:
    """A row of the table.

    ``statistic`` is ``auroc``, ``tpr_at_1_fpr``, or the share ``called llm``, ``called human`` or ``unsure``, a mean
    over projects. ``low`` and ``high`` bound its 90 % interval by bootstrap over projects; None where none is known.
    ``n`` functions of ``repositories`` projects were measured; a share is above 0 in ``affected`` of these.
    """

    population: str
    context: str
    statistic: str
    value: float
    low: float | None
    high: float | None
    n: int
    repositories: int
    affected: int | None = None


def measured_table(rows: Sequence[Row], logits: Floats, calibration: Calibration) -> list[Measured]:
    """The table of corpus ``rows`` with out-of-sample ``logits`` ``(n,)``, for functions with a verdict.

    Agents in people's projects are ranked against human code of 2021-22 in the same projects, as many functions of
    each; all agents against the human code of each era, matched within language x test x length. Shares are told
    apart by test and product code.
    """
    inside = of_repositories(rows) & judged(rows, calibration)
    corpus, logits = rows_where(rows, inside), logits[inside]
    contexts = context_answers(corpus, logits, calibration)
    return [
        figure
        for name in CONTEXTS
        if name in contexts
        for figure in (*_shares(corpus, name, contexts[name]), *_rankings(corpus, name, contexts[name]))
    ]


def _shares(rows: Sequence[Row], context: str, answers: Answers) -> Iterator[Measured]:
    functions, is_human = Functions.of(list(rows)), labels_of(rows) == 0
    modern, tests = modern_of(rows), np.array([row.is_test for row in rows])
    populations = {
        OLD: is_human & ~modern,
        MODERN: is_human & modern,
        IN_PROJECTS: functions.llm & functions.mixed,
        BUILT: functions.llm & functions.built,
        AGENTS: functions.llm,
    }
    bands = {
        "called llm": answers.llm,
        "called human": answers.human,
        "unsure": ~answers.llm & ~answers.human,
    }
    for population, members in populations.items():
        for part, chosen in (("", members), (", tests", members & tests), (", product", members & ~tests)):
            if chosen.any():
                for statistic, hit in bands.items():
                    found = called_share(hit[chosen], functions.projects[chosen])
                    low, high = found["interval_90"] or (None, None)
                    counts = (found["functions"], found["repositories"], found["affected"])
                    yield Measured(population + part, context, statistic, found["share"], low, high, *counts)


def _rankings(rows: Sequence[Row], context: str, answers: Answers) -> Iterator[Measured]:
    functions, labels, modern = Functions.of(list(rows)), labels_of(rows), modern_of(rows)

    def ranked(population: str, among: Booleans, samples: Sequence[Integers]) -> Iterator[Measured]:
        found = ranking_figures(labels, answers.log_odds, functions.projects, samples)
        repositories = len(np.unique(functions.projects[among]))
        for statistic in ("auroc", "tpr_at_1_fpr"):
            low, high = found[f"{statistic}_interval_90"]
            counts = (int((among & functions.llm).sum()), repositories)
            yield Measured(population, context, statistic, found[statistic], low, high, *counts)

    if functions.mixed.any():
        yield from ranked(
            IN_PROJECTS, functions.mixed & (functions.llm | functions.human), by_project(functions)
        )
    for era, is_human in ((OLD, ~modern), (MODERN, modern)):
        among = (labels == 1) | ((labels == 0) & is_human)
        samples = list(matched_samples(rows, among, range(DRAWS)))
        if len(samples[0]):
            yield from ranked(f"{AGENTS} against {era}", among, samples)
