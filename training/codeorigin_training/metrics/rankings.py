"""How scores rank LLM code against human code, on classes matched by everything that must not tell them apart."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from codeorigin.model.calibration.calibration import Calibration, PooledRule
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.calibration.neighbours import commit_numbers, file_numbers, mixed_numbers
from codeorigin_training.calibration.pooled import PooledSample
from codeorigin_training.data.rows import Row, labels_of, modern_of, numbered, of_repositories, rows_where
from codeorigin_training.data.specifications import WRITTEN
from codeorigin_training.data.weights import matched_sample, matched_samples
from codeorigin_training.metrics.answers import Answers, answers_of, context_answers
from codeorigin_training.metrics.estimates import area, estimate, pair_estimates, ranking
from codeorigin_training.metrics.populations import Functions, agents_of, lengths_of, share_figures
from codeorigin_training.metrics.statistics import auroc
from codeorigin_training.metrics.table import (
    AGENTS,
    AS_THEY_ARE,
    BUILT,
    IN_PROJECTS,
    INSIDE,
    MIXED_COMMITS,
    MIXED_FILES,
    MODERN,
    OLD,
    PAIRS,
    WRITTEN_PAIRS,
    Estimate,
    Figure,
)

DRAWS = 10
"""The draw of the larger class is random: across draws, the TPR at 1 % FPR of commits deviates by up to .016."""

_DRAWS_OF_SETTINGS = 5
"""Fewer than for the headline figures: there are many, and their intervals are wide."""

_FEWEST_REPOSITORIES = 3
_FEWEST_OF_EACH_CLASS = 20
_PER_PROJECT = 20
"""Functions of each class that a draw takes from every project."""

_MIXED_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """``rounds`` of a bootstrap with a ``seed``; no intervals without rounds."""

    rounds: int = 200
    seed: int = 0


def ranking_figures(rows: Sequence[Row], scores: Floats, context: str, draws: Bootstrap) -> list[Figure]:
    """How ``scores`` ``(n,)`` rank all of ``rows``: by era, inside one repository, and pairs."""
    return [*era_figures(rows, scores, context, draws), *pair_figures(rows, scores, context, draws)]


def era_figures(rows: Sequence[Row], scores: Floats, context: str, draws: Bootstrap) -> Iterator[Figure]:
    """How ``scores`` ``(n,)`` rank agents' code against human code of each era, and inside one repository.

    Classes are matched within language x test x length; the figures are means over ten draws of the larger class, and
    count LLM functions. A distribution's packages are left out because they contain only human code, of a different
    kind than the repositories that LLM code comes from, and so are pairs.
    """
    inside = of_repositories(rows)
    rows, scores = rows_where(rows, inside), scores[inside]
    labels, modern = labels_of(rows), modern_of(rows)
    projects = numbered([row.project for row in rows])
    for era, is_human in ((OLD, ~modern), (MODERN, modern)):
        among = (labels == 1) | is_human
        samples = list(matched_samples(rows, among, range(DRAWS)))
        if len(samples[0]):
            found = ranking(labels, scores, projects, samples, rounds=draws.rounds)
            for statistic, value in found.items():
                repositories = len(np.unique(projects[among]))
                counted = replace(value, n=int(labels.sum()), repositories=repositories)
                yield counted.named(f"{AGENTS} against {era}", context, statistic)
    values = []
    for project in np.unique(projects):
        of = projects == project
        if min(int(labels[of].sum()), int((1 - labels[of]).sum())) >= _FEWEST_OF_EACH_CLASS:
            values.append(auroc(labels[of], scores[of]))
    if values:
        places = np.arange(len(values), dtype=np.int64)
        inside_one = estimate(places, lambda index: float(np.array(values)[index].mean()), draws)
        yield inside_one.named(INSIDE, context, "auroc")


def project_figures(
    rows: Sequence[Row], contexts: Mapping[str, Answers], draws: Bootstrap
) -> Iterator[Figure]:
    """How agents in people's projects are ranked against human code of 2021-22 in the same, all weighing the same."""
    functions, labels = Functions.of(rows), labels_of(rows)
    samples = _by_project(functions)
    if _repositories(functions, functions.in_projects) >= _FEWEST_REPOSITORIES:
        for context, answers in contexts.items():
            found = ranking(labels, answers.log_odds, functions.projects, samples, rounds=draws.rounds)
            yield from _of(functions, functions.in_projects, found, IN_PROJECTS, context)


def setting_figures(
    rows: Sequence[Row], contexts: Mapping[str, Answers], draws: Bootstrap
) -> Iterator[Figure]:
    """How agents' code is ranked by repositories, agent, evidence and length, against human code of 2021-22.

    Human code is that of all repositories (for a length, of that length), matched within language x test x length.
    """
    functions = Functions.of(rows)
    against = {BUILT: (functions.llm & functions.built, functions.human)}
    against |= {name: (inside, functions.human) for name, inside in agents_of(rows).items()}
    against |= {
        f"{AGENTS}, {name}": (functions.llm & inside, functions.human & inside)
        for name, inside in lengths_of(rows).items()
    }
    for population, (llm, human) in against.items():
        samples = list(matched_samples(rows, llm | human, range(_DRAWS_OF_SETTINGS)))
        if _repositories(functions, llm) >= _FEWEST_REPOSITORIES and len(samples[0]):
            for context, answers in contexts.items():
                found = ranking(
                    labels_of(rows), answers.log_odds, functions.projects, samples, rounds=draws.rounds
                )
                yield from _of(functions, llm, found, population, context)


def agent_figures(
    rows: Sequence[Row], logits: Floats, llm: Booleans, population: str, context: str, draws: Bootstrap
) -> list[Figure]:
    """How out-of-sample ``logits`` ``(n,)`` rank the ``llm`` functions, bool ``(n,)``, against human ones of 2021-22."""
    functions, corpus = Functions.of(rows), of_repositories(rows)
    llm = corpus & llm & functions.llm
    samples = list(matched_samples(rows, llm | (corpus & functions.human), range(_DRAWS_OF_SETTINGS)))
    found = ranking(labels_of(rows), logits, functions.projects, samples, rounds=draws.rounds)
    return list(_of(functions, llm, found, population, context))


def _of(
    functions: Functions, llm: Booleans, found: Mapping[str, Estimate], population: str, context: str
) -> Iterator[Figure]:
    """``found``, with the number of the ``llm`` functions, bool ``(n,)``, that they are about."""
    for statistic, value in found.items():
        counted = replace(value, n=int(llm.sum()), repositories=_repositories(functions, llm))
        yield counted.named(population, context, statistic)


def _repositories(functions: Functions, llm: Booleans) -> int:
    return len(np.unique(functions.projects[llm]))


def _by_project(functions: Functions) -> list[Integers]:
    """Draws with as many functions of each class from every people's project."""
    sides = [
        np.flatnonzero(functions.mixed & kind & (functions.projects == project))
        for project in np.unique(functions.projects[functions.mixed])
        for kind in (functions.llm, functions.human)
    ]
    samples = []
    for seed in range(DRAWS):
        generator = np.random.default_rng(seed)
        drawn = [generator.choice(side, _PER_PROJECT, replace=len(side) < _PER_PROJECT) for side in sides]
        samples.append(np.concatenate(drawn) if drawn else np.zeros(0, dtype=np.int64))
    return samples


def language_figures(rows: Sequence[Row], scores: Floats, context: str) -> Iterator[Figure]:
    """AUROC of ``scores`` ``(n,)`` by language, against the human code of repositories of both eras."""
    corpus, labels = of_repositories(rows), labels_of(rows)
    languages = np.array([row.language for row in rows])
    for language in np.unique(languages[corpus]).tolist():
        sample = matched_sample(rows, corpus & (languages == language), seed=0)
        found = Estimate(auroc(labels[sample], scores[sample]), n=len(sample))
        yield found.named(AGENTS, context, "auroc", language)


def pair_figures(rows: Sequence[Row], scores: Floats, context: str, draws: Bootstrap) -> Iterator[Figure]:
    """AUROC of the pairs in ``rows``, and the share in order, of the corpus' and of those written for this project.

    They are apart because their specifications differ. The bootstrap draws projects.
    """
    for population, written in ((PAIRS, False), (WRITTEN_PAIRS, True)):
        sides: dict[str, dict[int, float]] = {}
        projects: dict[str, str] = {}
        for row, score in zip(rows, scores.tolist(), strict=True):
            if row.pair is not None and row.pair.startswith(WRITTEN) is written:
                sides.setdefault(row.pair, {})[row.label] = score
                if row.label == 0:
                    projects[row.pair] = row.project
        complete = {pair: side for pair, side in sides.items() if len(side) == 2}
        if complete:
            human, llm = (np.array([side[label] for side in complete.values()]) for label in (0, 1))
            groups = numbered([projects[pair] for pair in complete])
            found = pair_estimates(human, llm, groups, draws)
            for statistic, value in zip(("auroc", "in order"), found, strict=True):
                yield value.named(population, context, statistic)


def whole_figures(
    samples: Sequence[PooledSample], rule: PooledRule, context: str, draws: Bootstrap
) -> Iterator[Figure]:
    """How ``rule`` ranks and judges whole files or commits of unseen repositories.

    Classes are matched within language x test x number of functions; ``n`` counts files or commits.
    """
    samples = [sample for sample in samples if len(sample.functions) >= rule.fewest_functions]
    if samples:
        rows = [sample.row for sample in samples]
        answers = answers_of(
            rows, np.array([rule.pooled(sample.functions) for sample in samples]), rule.scale
        )
        yield from era_figures(rows, answers.log_odds, context, draws)
        yield from share_figures(rows, {context: answers})


def mixed_figures(
    rows: Sequence[Row], logits: Floats, calibration: Calibration, draws: Bootstrap
) -> Iterator[Figure]:
    """AUROC of all functions against all, not matched, where files or commits hold both classes.

    No commit of the corpus does, so half of the LLM functions of repositories with both classes are moved into
    human-written ones.
    """
    labels, projects = labels_of(rows), numbered([row.project for row in rows])
    contexts = context_answers(rows, logits, calibration)
    moved = mixed_numbers(rows, commit_numbers(rows), _MIXED_SHARE, seed=0)
    of_moved = context_answers(rows, logits, calibration, commits=moved)
    everywhere = np.ones(len(rows), dtype=bool)
    for population, ways, inside in (
        (MIXED_FILES, contexts, holds_both(file_numbers(rows), labels)),
        (MIXED_COMMITS, of_moved, everywhere),
        (AS_THEY_ARE, contexts, everywhere),
    ):
        if inside.any():
            for context, answers in ways.items():
                found = area(projects[inside], labels[inside], answers.log_odds[inside], draws)
                yield found.named(population, context, "auroc")


def holds_both(files: Integers, labels: Integers) -> Booleans:
    """Whether a function's file contains functions of both classes, bool ``(n,)``."""
    inside = files >= 0
    size = int(files.max(initial=-1)) + 1
    counts = np.stack([np.bincount(files[inside & (labels == label)], minlength=size) for label in (0, 1)])
    both = (counts > 0).all(axis=0)
    found: Booleans = inside & np.append(both, False)[files]
    return found


def headline(figures: Iterable[Figure]) -> str:
    """One log line of the AUROCs in ``figures``."""
    shown = [figure for figure in figures if figure.statistic == "auroc"]
    return ", ".join(
        f"{figure.population} {figure.value:.4f}" for figure in shown if figure.value is not None
    )


def tracked_numbers(figures: Iterable[Figure]) -> dict[str, float]:
    """The values of ``figures`` by the names that they are tracked under."""
    return {
        f"{figure.population}/{figure.context}/{figure.statistic}": figure.value
        for figure in figures
        if figure.value is not None
    }
