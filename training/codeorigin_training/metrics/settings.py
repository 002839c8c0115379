"""Figures by setting: agents in people's projects, repositories that agents built, by agent, evidence and length."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from codeorigin.model.calibration.calibration import Calibration
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import Row, labels_of, modern_of, numbered, of_repositories, rows_where
from codeorigin_training.data.weights import LENGTH_EDGES, length_class, matched_samples
from codeorigin_training.metrics.answers import Answers, context_answers
from codeorigin_training.metrics.data import agent_family
from codeorigin_training.metrics.ranking import DRAWS, ranking_figures
from codeorigin_training.metrics.shares import called_share
from codeorigin_training.thresholds.eligibility import judged
from codeorigin_training.thresholds.past import past_evidence

FEWEST_HUMAN, FEWEST_LLM = 15, 10
"""A people's project of the corpus has at least as many functions of 2021-22, and as many that an agent wrote."""

_PER_PROJECT = 20
"""Functions of each class that a draw takes from every project."""

_FEWEST_REPOSITORIES = 3
_DRAWS = 5
"""Fewer than for the headline figures: there are many slices, and their intervals are wide."""

_OVER = 0.05


@dataclass(frozen=True, slots=True)
class Functions:
    """Functions with a verdict, all ``(n,)``: ``projects`` are numbers, ``built`` says whether agents wrote all of it.

    Human code is that of 2021-22 alone: older code is easier, and users' code is not old.
    """

    llm: Booleans
    human: Booleans
    projects: Integers
    mixed: Booleans
    built: Booleans

    @classmethod
    def of(cls, rows: list[Row]) -> "Functions":
        llm = labels_of(rows) == 1
        human = ~llm & modern_of(rows)
        projects = numbered([row.project for row in rows])
        agents, people, others = (
            np.bincount(projects, weights=kind)[projects] for kind in (llm, human, ~llm)
        )
        return cls(llm, human, projects, (agents >= FEWEST_LLM) & (people >= FEWEST_HUMAN), others == 0)


def ranked_against_modern(rows: Sequence[Row], logits: Floats, chosen: Booleans) -> dict[str, Any]:
    """Ranking figures of the LLM functions ``chosen``, bool ``(n,)``, against human functions of 2021-22.

    Args:
        rows: rows of the corpus, and of pairs, which are left out, as are a distribution's packages.
        logits: out-of-sample logits ``(n,)``.
        chosen: some of the rows.
    """
    corpus, labels = of_repositories(rows), labels_of(rows)
    projects = numbered([row.project for row in rows])
    llm = corpus & chosen & (labels == 1)
    samples = list(matched_samples(rows, llm | (corpus & (labels == 0) & modern_of(rows)), range(_DRAWS)))
    return {
        "functions": int(llm.sum()),
        "repositories": len(np.unique(projects[llm])),
        **ranking_figures(labels, logits, projects, samples),
    }


def setting_metrics(rows: Sequence[Row], logits: Floats, calibration: Calibration) -> dict[str, Any]:
    """Figures of corpus ``rows`` with out-of-sample ``logits`` ``(n,)``, for functions with a verdict.

    ``in_projects`` is LLM code against human code of 2021-22 in the same projects, all of which weigh the same.
    ``built`` is LLM code of repositories without human code; ``agents``, ``evidence`` and ``lengths`` have the figures
    of each agent, kind of evidence and class of lengths. These are against human code of 2021-22 of all repositories,
    matched within language x test x length.

    Each has the number of LLM ``functions`` and their ``repositories``, and for every way to judge ``auroc`` and
    ``tpr_at_1_fpr`` with 90 % intervals, and the shares of LLM functions ``called`` ``llm`` and ``missed`` as human, and
    of human functions called (``human_called``). Ways are ``by_text`` and ``in_file``, and for ``in_projects`` both with
    the project's own past. ``past`` has, for all projects with a past, the share of human functions of 2021-22 called
    and the number of projects over 5 %, by every way; None without a rule for it.
    """
    is_judged = of_repositories(rows) & judged(rows, calibration)
    corpus, logits = rows_where(rows, is_judged), logits[is_judged]
    functions = Functions.of(corpus)
    ways = _ways(corpus, logits, calibration)
    evidence = None
    with_past: dict[str, Answers] = {}
    if calibration.past is not None and calibration.with_past is not None:
        every = np.ones(len(corpus), dtype=bool)
        evidence = past_evidence(corpus, logits, every, calibration.past)
        with_past = {
            f"{name}_and_past": answers
            for name, answers in _ways_with_past(
                corpus, logits, evidence, ways, calibration.with_past
            ).items()
        }

    def inside(chosen: Booleans, among: Booleans | None = None) -> dict[str, Any] | None:
        """Figures of the LLM functions ``chosen`` against human ones ``among`` all."""
        human = functions.human if among is None else functions.human & among
        samples = list(matched_samples(corpus, chosen & functions.llm | human, range(_DRAWS)))
        return _figures(functions, chosen & functions.llm, human, samples, ways)

    agents = np.array([agent_family(row.agent) for row in corpus])
    kinds = np.array([row.evidence for row in corpus])
    lengths = np.array([length_class(row.lines) for row in corpus])
    by_length = {
        name: inside(lengths == name, lengths == name) for name in map(length_class, (1, *LENGTH_EDGES))
    }
    return {
        "in_projects": _figures(
            functions,
            functions.llm & functions.mixed,
            functions.human & functions.mixed,
            by_project(functions),
            ways | with_past,
        ),
        "built": inside(functions.built),
        "agents": _each(agents[functions.llm], lambda name: inside(agents == name)),
        "evidence": _each(kinds[functions.llm], lambda name: inside(kinds == name)),
        "lengths": {name: figures for name, figures in by_length.items() if figures is not None},
        "past": None if evidence is None else _past(functions, evidence, ways | with_past),
    }


def _ways(rows: Sequence[Row], logits: Floats, calibration: Calibration) -> dict[str, Answers]:
    found = context_answers(rows, logits, calibration)
    return {name: found[name] for name in ("by_text", "in_file") if name in found}


def _ways_with_past(
    rows: Sequence[Row],
    logits: Floats,
    evidence: Floats,
    ways: Mapping[str, Answers],
    calibration: Calibration,
) -> dict[str, Answers]:
    """``ways``, but functions of projects with a past judged with it, by the ``calibration`` for that."""
    inside = np.isfinite(evidence)
    found = _ways(rows_where(rows, inside), (logits + evidence)[inside], calibration)
    return {
        name: Answers.joined([(~inside, way.take(~inside)), (inside, found[name])])
        for name, way in ways.items()
        if name in found
    }


def _each(names: np.ndarray, figures: Callable[[str], dict[str, Any] | None]) -> dict[str, dict[str, Any]]:
    """``figures`` of every name in ``names``, most frequent first, without those of too few repositories."""
    found, counts = np.unique(names, return_counts=True)
    ordered = [name for _, name in sorted(zip(-counts, found.tolist(), strict=True)) if name]
    return {name: figure for name in ordered if (figure := figures(name)) is not None}


def by_project(functions: Functions) -> list[Integers]:
    """Draws with as many functions of each class from every people's project, so that all weigh the same."""
    samples = []
    sides = [
        np.flatnonzero(functions.mixed & kind & (functions.projects == project))
        for project in np.unique(functions.projects[functions.mixed])
        for kind in (functions.llm, functions.human)
    ]
    for seed in range(DRAWS):
        generator = np.random.default_rng(seed)
        drawn = [generator.choice(side, _PER_PROJECT, replace=len(side) < _PER_PROJECT) for side in sides]
        samples.append(np.concatenate(drawn) if drawn else np.zeros(0, dtype=np.int64))
    return samples


def _figures(
    functions: Functions,
    llm: Booleans,
    human: Booleans,
    samples: Sequence[Integers],
    ways: Mapping[str, Answers],
) -> dict[str, Any] | None:
    """Figures of the ``llm`` functions against ``human`` ones, bool ``(n,)``; None if repositories are too few."""
    repositories = len(np.unique(functions.projects[llm]))
    if repositories < _FEWEST_REPOSITORIES or not len(samples[0]):
        return None
    projects = functions.projects
    labels = functions.llm.astype(np.int64)
    return {"functions": int(llm.sum()), "repositories": repositories} | {
        name: {
            **ranking_figures(labels, found.log_odds, projects, samples),
            "called": called_share(found.llm[llm], projects[llm]),
            "missed": called_share(found.human[llm], projects[llm]),
            "human_called": called_share(found.llm[human], projects[human]),
        }
        for name, found in ways.items()
    }


def _past(functions: Functions, evidence: Floats, ways: Mapping[str, Answers]) -> dict[str, Any] | None:
    """How much human code of 2021-22 is called in all projects with a past, by every way to judge."""
    chosen = functions.human & np.isfinite(evidence)
    if not chosen.any():
        return None
    projects = functions.projects[chosen]
    found = {}
    for name, way in ways.items():
        called = way.llm[chosen]
        counts = np.bincount(projects)
        rates = np.bincount(projects, weights=called)[counts > 0] / counts[counts > 0]
        found[name] = {
            "human_called": called_share(called, projects),
            "over_5_percent": int((rates > _OVER).sum()),
        }
    return found
