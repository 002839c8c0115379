"""The long table of figures on functions of whole repositories whose author is known, by every way to judge them."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from codeorigin.languages import get_language
from codeorigin.model.verdict import Band
from codeorigin_training.data.filters import FilterConfig
from codeorigin_training.data.rows import Row, numbered, rows_where
from codeorigin_training.experiments.known_functions import AGENT, MODERN
from codeorigin_training.metrics import table as names
from codeorigin_training.metrics.answers import Answers
from codeorigin_training.metrics.estimates import mean
from codeorigin_training.metrics.populations import share_figures
from codeorigin_training.metrics.rankings import (
    Bootstrap,
    era_figures,
    project_figures,
    setting_figures,
)
from codeorigin_training.metrics.table import BANDS, WRITTEN_BY, Estimate, Figure

JudgedProject = Mapping[str, Any]
"""``repository``, ``head``, how many functions are ``declared``, and the judged ``functions`` of a repository."""

_FEWEST_BY_TOOL, _FEWEST_BY_MODEL = 20, 30
_DRAWS = Bootstrap(rounds=1_000)
_FEWEST_OF_WORST = 50
_TEST_PATH = re.compile(
    r"(?i:(^|[/_.-])(tests?|specs?|__tests__|testing)[/_.-])|(Tests?|Spec|TestCase)\.\w+$|Tests?/"
)


def declared_figures(projects: Sequence[JudgedProject]) -> dict[str, Any]:
    """The repositories with the commits that were read, how many functions were judged, and the table of figures.

    Agents' functions of fewer lines than in training are left out of all.
    """
    functions = [
        function | {"repository": project["repository"]}
        for project in projects
        for function in project["functions"]
        if function["by"] != AGENT or function["lines"] >= FilterConfig().shortest_llm
    ]
    rows = [_row(function) for function in functions]
    contexts = _answers(functions)
    figures = [
        *project_figures(rows, contexts, _DRAWS),
        *share_figures(rows, contexts),
        *setting_figures(rows, contexts, Bootstrap()),
        *(figure for name, answers in contexts.items() for figure in _eras(rows, answers, name)),
        *worst_projects(rows, contexts),
        *by_key(functions, "tool", _FEWEST_BY_TOOL),
        *by_key(functions, "model", _FEWEST_BY_MODEL),
    ]
    return {
        "repositories": {project["repository"]: project["head"] for project in projects},
        "declared": {project["repository"]: project["declared"] for project in projects},
        "functions": dict(Counter(function["by"] for function in functions)),
        "table": [figure.to_row(digits=4) for figure in figures],
    }


def _row(function: Mapping[str, Any]) -> Row:
    return Row(
        code="",
        language=get_language(function["language"]).model_language,
        label=int(function["by"] == AGENT),
        repo=function["repository"],
        agent=function["tool"] or "",
        modern=function["by"] == MODERN,
        is_test=_TEST_PATH.search(function["path"]) is not None,
        lines=function["lines"],
        generator=function["model"] or "",
        path=function["path"],
        commit=function["commit"],
    )


def _answers(functions: Sequence[Mapping[str, Any]]) -> dict[str, Answers]:
    """What was said of ``functions`` by each way to judge them."""
    found = {}
    for context in functions[0]["readings"] if functions else ():
        bands = np.array([function["readings"][context][0] for function in functions])
        log_odds = np.array([function["readings"][context][1] for function in functions], dtype=np.float64)
        probability = 1 / (1 + np.exp(-log_odds))
        nobody = np.zeros(len(functions), dtype=bool)
        found[context] = Answers(bands == Band.LLM, bands == Band.HUMAN, probability, log_odds, nobody)
    return found


def _eras(rows: Sequence[Row], answers: Answers, context: str) -> Iterator[Figure]:
    return era_figures(rows, answers.log_odds, context, Bootstrap())


def worst_projects(rows: Sequence[Row], contexts: Mapping[str, Answers]) -> Iterator[Figure]:
    """The largest share of a project's human functions that is called LLM-written, where there are 50 or more."""
    for population, modern in ((names.OLD, False), (names.MODERN, True)):
        inside = np.array([row.label == 0 and row.modern is modern for row in rows], dtype=bool)
        projects = np.array([row.project for row in rows_where(rows, inside)])
        known, place, counts = np.unique(projects, return_inverse=True, return_counts=True)
        enough = counts >= _FEWEST_OF_WORST
        for context, answers in contexts.items():
            if enough.any():
                called = np.bincount(place, weights=answers.llm[inside], minlength=len(known)) / counts
                most = float(called[enough].max())
                number = int(counts[enough].sum())
                worst = Estimate(most, n=number, repositories=int(enough.sum()))
                yield worst.named(population, context, "worst project")


def by_key(functions: Sequence[Mapping[str, Any]], key: str, fewest: int) -> Iterator[Figure]:
    """For each value of ``key`` with ``fewest`` agents' functions, the most first: commits, and the share in each band.

    The intervals are by bootstrap over commits.
    """
    of_agents = [function for function in functions if function["by"] == AGENT]
    for name, count in Counter(function[key] for function in of_agents).most_common():
        if name is not None and count >= fewest:
            some = [function for function in of_agents if function[key] == name]
            commits = numbered([f"{function['repository']} {function['commit']}" for function in some])
            repositories = len({function["repository"] for function in some})
            of_commits = Estimate(float(commits.max() + 1), n=count, repositories=repositories)
            yield of_commits.named(f"{WRITTEN_BY}{name}", "", "commits")
            for context in some[0]["readings"]:
                bands = [function["readings"][context][0] for function in some]
                for statistic, band in zip(BANDS, ("llm", "unsure", "human"), strict=True):
                    called = np.array([found == band for found in bands])
                    found = replace(mean(commits, called, _DRAWS), repositories=repositories)
                    yield found.named(f"{WRITTEN_BY}{name}", context, statistic)
