"""Whose code functions are, and what is said of them: shares of each population in each band."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from codeorigin.model.calibration.calibration import Calibration
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.calibration import scale
from codeorigin_training.calibration.past_rule import past_evidence
from codeorigin_training.data.rows import Row, labels_of, modern_of, numbered, of_repositories, rows_where
from codeorigin_training.data.weights import LENGTH_EDGES, length_class, matched_sample
from codeorigin_training.metrics.answers import Answers, context_answers
from codeorigin_training.metrics.data import agent_family
from codeorigin_training.metrics.estimates import share
from codeorigin_training.metrics.statistics import expected_calibration_error
from codeorigin_training.metrics.table import (
    AGENTS,
    BANDS,
    BUILT,
    IN_PROJECTS,
    MODERN,
    OF_THE_SAME,
    OLD,
    PACKAGES,
    Estimate,
    Figure,
)

FEWEST_HUMAN, FEWEST_LLM = 15, 10
"""A people's project of the corpus has at least as many functions of 2021-22, and as many that an agent wrote."""

_OF_CORPUS = {scale.OLD: OLD, scale.MODERN: MODERN, scale.DISTRIBUTION: PACKAGES}
_EVIDENCE = {
    "A-author": "the commit's author",
    "B-trailer": "a trailer of the message",
    "trailer": "a trailer of the message, earlier rounds",
    "C-squash-author": "the author of a squashed pull request",
    "D-branch": "the name of a merged branch",
    "D-link": "a link to the agent's task",
    "N-lines": "a record of every line",
}


@dataclass(frozen=True, slots=True)
class Functions:
    """Who wrote functions, and where, all ``(n,)``: ``projects`` are numbers.

    ``human`` code is that of 2021-22 alone: older code is easier, and users' code is not old. ``mixed`` says that a
    project has enough of both, ``built`` that it has no human code at all.
    """

    llm: Booleans
    human: Booleans
    projects: Integers
    mixed: Booleans
    built: Booleans

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Functions":
        llm = labels_of(rows) == 1
        human = ~llm & modern_of(rows)
        projects = numbered([row.project for row in rows])
        agents, people, others = (
            np.bincount(projects, weights=kind)[projects] for kind in (llm, human, ~llm)
        )
        return cls(llm, human, projects, (agents >= FEWEST_LLM) & (people >= FEWEST_HUMAN), others == 0)

    @property
    def in_projects(self) -> Booleans:
        """LLM code in people's projects, bool ``(n,)``."""
        return self.llm & self.mixed


def agents_of(rows: Sequence[Row]) -> dict[str, Booleans]:
    """LLM code by agent, and by how that is known, bool ``(n,)`` each, the most frequent first."""
    llm = labels_of(rows) == 1
    names = {
        "by": np.array([agent_family(row.agent) for row in rows]),
        "known by": np.array([_EVIDENCE.get(row.evidence, row.evidence) for row in rows]),
    }
    found = {}
    for title, of_rows in names.items():
        known, counts = np.unique(of_rows[llm], return_counts=True)
        for _, name in sorted(zip(-counts, known.tolist(), strict=True)):
            if name:
                found[f"{title} {name}"] = llm & (of_rows == name)
    return found


def lengths_of(rows: Sequence[Row]) -> dict[str, Booleans]:
    """Functions by their length class, bool ``(n,)`` each, the shortest first."""
    classes = np.array([length_class(row.lines) for row in rows])
    return {name: classes == name for name in map(length_class, (1, *LENGTH_EDGES))}


def share_figures(rows: Sequence[Row], contexts: Mapping[str, Answers]) -> Iterator[Figure]:
    """The share of every population of ``rows`` in each band, in each of ``contexts``, as means over projects."""
    functions = Functions.of(rows)
    parts = [part for part in _parts(rows, functions) if part[2].any()]
    for context, answers in contexts.items():
        for band, called in bands(answers).items():
            for population, language, inside in parts:
                found = share(called[inside], functions.projects[inside])
                yield found.named(population, context, band, language)


def _parts(rows: Sequence[Row], functions: Functions) -> Iterator[tuple[str, str, Booleans]]:
    """Populations: whole, by language, by test and product code and by length; agents; human code beside them."""
    of_corpus = np.array(["" if row.label else _OF_CORPUS.get(scale.population(row), "") for row in rows])
    members = {name: of_corpus == name for name in (OLD, MODERN, PACKAGES)} | {
        IN_PROJECTS: functions.in_projects,
        BUILT: functions.llm & functions.built,
        AGENTS: functions.llm,
    }
    languages = np.array([row.language for row in rows])
    tests = np.array([row.is_test for row in rows], dtype=bool)
    kinds = {"tests": tests, "product": ~tests} | lengths_of(rows)
    for population, inside in members.items():
        yield population, "all", inside
        for kind, chosen in kinds.items():
            yield f"{population}, {kind}", "all", inside & chosen
        for language in np.unique(languages[inside]).tolist():
            yield population, language, inside & (languages == language)
    for population, inside in agents_of(rows).items():
        yield population, "all", inside
    yield OF_THE_SAME, "all", functions.human & functions.mixed


def bands(answers: Answers) -> dict[str, Booleans]:
    """Whether each item is in a band, by :data:`~codeorigin_training.metrics.table.BANDS`."""
    return dict(zip(BANDS, (answers.llm, ~answers.llm & ~answers.human, answers.human), strict=True))


def calibration_error(rows: Sequence[Row], answers: Answers, context: str) -> Figure:
    """The calibration error of probabilities, on a sample of ``rows`` with as many functions of each class."""
    sample = matched_sample(rows, of_repositories(rows), seed=0)
    value = expected_calibration_error(labels_of(rows)[sample], answers.probability[sample])
    found = Estimate(value if len(sample) else None, n=len(sample))
    return found.named("as many LLM as human functions", context, "calibration error")


def with_the_past(
    rows: Sequence[Row],
    logits: Floats,
    calibration: Calibration,
    contexts: Mapping[str, Answers],
    reference: Floats | None = None,
) -> dict[str, Answers]:
    """``contexts``, but functions of projects with a past judged with it; empty without a rule for the past.

    With ``reference`` ``(n,)``, what its project's own code adds to the logit of each function, NaN for nothing, also
    ``contexts`` with past and records.
    """
    if calibration.past is None or calibration.with_past is None:
        return {}
    past = past_evidence(rows, logits, np.ones(len(rows), dtype=bool), calibration.past)
    found = _judged_with(rows, logits + past, calibration.with_past, contexts, "past")
    if reference is not None and calibration.with_reference is not None:
        below = {name: found.get(f"{name}_and_past", way) for name, way in contexts.items()}
        found |= _judged_with(rows, logits + past + reference, calibration.with_reference, below, "records")
    return found


def _judged_with(
    rows: Sequence[Row], logits: Floats, calibration: Calibration, below: Mapping[str, Answers], name: str
) -> dict[str, Answers]:
    """The answers ``below``, and those of ``calibration`` for functions with ``logits`` ``(n,)``, not NaN."""
    inside = np.isfinite(logits)
    found = context_answers(rows_where(rows, inside), logits[inside], calibration)
    return {
        f"{context}_and_{name}": Answers.joined([(~inside, way.take(~inside)), (inside, found[context])])
        for context, way in below.items()
        if context in found
    }
