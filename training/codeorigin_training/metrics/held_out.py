"""The shipped model's figures on repositories that neither training nor calibration has seen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.calibration.neighbours import NeighbourRule
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import Row, labels_of, modern_of, numbered, of_repositories, rows_where
from codeorigin_training.data.specifications import WRITTEN
from codeorigin_training.data.weights import matched_sample, matched_samples
from codeorigin_training.metrics.answers import Answers, context_answers
from codeorigin_training.metrics.ranking import DRAWS, ranking_figures
from codeorigin_training.metrics.shares import matched_calibration_error, verdict_shares
from codeorigin_training.metrics.statistics import (
    auroc,
    bootstrap_interval,
    pairs_in_order,
    tpr_at_fpr,
)
from codeorigin_training.thresholds.context import (
    file_numbers,
    mixed_numbers,
    neighbour_evidence,
)

_FEWEST_OF_EACH_CLASS = 20
_MIXED_SHARE = 0.5
_IN_FILES = ("old_human", "modern_human", "same_repository")


def detector_metrics(rows: Sequence[Row], logits: Floats, *, intervals: bool = True) -> dict[str, Any]:
    """AUROC and TPR at 1 % FPR of ``logits`` ``(n,)`` against old and modern code, inside repositories, on pairs.

    Classes are matched within language x test x length, so that none of these can tell them apart; the figures are
    means over ten draws of the larger class. A distribution's packages are left out because they contain only human
    code, of a different kind than the repositories that LLM code comes from. ``intervals`` is as in
    :func:`~codeorigin_training.metrics.ranking.ranking_figures`.
    """
    corpus, labels, modern = of_repositories(rows), labels_of(rows), modern_of(rows)
    repositories = numbered([row.repo for row in rows])
    result: dict[str, Any] = {}
    for name, human in (("old_human", ~modern), ("modern_human", modern)):
        samples = list(matched_samples(rows, corpus & ((labels == 1) | human), range(DRAWS)))
        result[name] = {
            **ranking_figures(labels, logits, repositories, samples, intervals=intervals),
            "functions": len(samples[0]),
        }
    result["same_repository"] = _same_repository(
        labels[corpus], logits[corpus], repositories[corpus], intervals
    )
    result["pairs"] = _pairs(rows, logits, intervals, written=False)
    result["written_pairs"] = _pairs(rows, logits, intervals, written=True)
    return result


def verdict_metrics(rows: Sequence[Row], answers: Answers) -> dict[str, Any]:
    """Shares at the shipped thresholds (:func:`~codeorigin_training.metrics.shares.verdict_shares`), calibration error.

    Pairs in ``rows`` are left out; ``answers`` are those of all rows.
    """
    corpus = _corpus(rows)
    rows, answers = rows_where(rows, corpus), answers.take(corpus)
    return {
        **verdict_shares(rows, answers),
        "expected_calibration_error": matched_calibration_error(rows, answers.probability),
    }


def in_file_metrics(rows: Sequence[Row], logits: Floats, calibration: Calibration) -> dict[str, Any]:
    """Figures of corpus ``rows`` with raw ``logits`` ``(n,)``, judged in their files by the calibration's rule for that.

    ``as_they_are`` has :func:`detector_metrics` and the rates of :func:`verdict_metrics` over all functions; those
    without neighbours are judged by their own text. ``half_mixed`` has the same with half of the LLM functions of
    repositories with both classes moved into files with human code (:func:`mixed_numbers`), where neighbours mislead.
    ``heard`` is the share of functions that have neighbours.
    """
    corpus = _corpus(rows)
    rows, logits = rows_where(rows, corpus), logits[corpus]
    files = file_numbers(rows)
    result: dict[str, Any] = {}
    for name, numbers in (
        ("as_they_are", files),
        ("half_mixed", mixed_numbers(rows, files, _MIXED_SHARE, seed=0)),
    ):
        found = context_answers(rows, logits, calibration, files=numbers)["in_file"]
        result[name] = {
            **_ranking(rows, found.log_odds),
            "verdicts": verdict_metrics(rows, found),
            "heard": float(found.has_neighbours.mean()),
        }
    return result


def ranking_in_files(rows: Sequence[Row], logits: Floats, rule: NeighbourRule) -> dict[str, Any]:
    """Ranking figures of corpus ``rows`` in their files, for a model without a calibration, such as a baseline.

    Assumes that ``logits`` ``(n,)`` are neutral at 0 and that all functions have a verdict.
    """
    corpus = _corpus(rows)
    rows, logits = rows_where(rows, corpus), logits[corpus]
    everywhere = np.ones(len(rows), dtype=bool)
    evidence = neighbour_evidence(file_numbers(rows), logits, replace(rule, neutral=0.0), everywhere)
    return _ranking(rows, logits + np.nan_to_num(evidence))


def _ranking(rows: Sequence[Row], logits: Floats) -> dict[str, Any]:
    """The figures of :func:`detector_metrics` that do not need pairs."""
    return {key: value for key, value in detector_metrics(rows, logits).items() if key in _IN_FILES}


def by_language(rows: Sequence[Row], logits: Floats) -> dict[str, dict[str, float]]:
    """AUROC and TPR at 1 % FPR of ``logits`` ``(n,)`` per language, against all human code."""
    corpus = _corpus(rows)
    labels, languages = labels_of(rows), np.array([row.language for row in rows])
    found = {}
    for language in np.unique(languages[corpus]).tolist():
        sample = matched_sample(rows, corpus & (languages == language), seed=0)
        found[language] = {
            "auroc": auroc(labels[sample], logits[sample]),
            "tpr_at_1_fpr": tpr_at_fpr(labels[sample], logits[sample], 0.01),
            "functions": len(sample),
        }
    return found


def _corpus(rows: Sequence[Row]) -> Booleans:
    return np.array([row.pair is None for row in rows], dtype=bool)


def _same_repository(
    labels: Integers, logits: Floats, repositories: Integers, intervals: bool
) -> dict[str, Any]:
    values = []
    for repository in np.unique(repositories):
        inside = repositories == repository
        if min(int(labels[inside].sum()), int((1 - labels[inside]).sum())) >= _FEWEST_OF_EACH_CLASS:
            values.append(auroc(labels[inside], logits[inside]))
    if not values:
        return {"mean_auroc": None, "repositories": 0}
    found = np.array(values)
    return {
        "mean_auroc": float(found.mean()),
        "mean_auroc_interval_90": _interval(
            np.arange(len(found)), lambda index: float(found[index].mean()), intervals
        ),
        "repositories": len(values),
    }


def _pairs(rows: Sequence[Row], logits: Floats, intervals: bool, *, written: bool) -> dict[str, Any]:
    """Figures of the corpus' pairs, or of those ``written`` for this project, whose specifications differ."""
    sides: dict[str, dict[int, float]] = {}
    projects: dict[str, str] = {}
    for row, logit in zip(rows, logits, strict=True):
        if row.pair is not None and row.pair.startswith(WRITTEN) is written:
            sides.setdefault(row.pair, {})[row.label] = float(logit)
            if row.label == 0:
                projects[row.pair] = row.project
    complete = {pair: side for pair, side in sides.items() if len(side) == 2}
    if not complete:
        return {"auroc": None, "in_order": None, "pairs": 0}
    human = np.array([side[0] for side in complete.values()])
    llm = np.array([side[1] for side in complete.values()])

    def area(index: Integers) -> float:
        labels = np.repeat([0, 1], len(index)).astype(np.int64)
        return auroc(labels, np.concatenate([human[index], llm[index]]))

    groups = numbered([projects[pair] for pair in complete])
    return {
        "auroc": area(np.arange(len(complete))),
        "auroc_interval_90": _interval(groups, area, intervals),
        "in_order": pairs_in_order(human, llm),
        "pairs": len(complete),
    }


def _interval(
    groups: Integers, statistic: Callable[[Integers], float], intervals: bool
) -> tuple[float, float]:
    return bootstrap_interval(groups, statistic) if intervals else (float("nan"), float("nan"))


def headline(metrics: Mapping[str, Any]) -> str:
    """One log line of :func:`detector_metrics`."""
    old, modern = metrics["old_human"], metrics["modern_human"]
    pairs = metrics["pairs"]["auroc"]
    return (
        f"old {old['auroc']:.4f}/{old['tpr_at_1_fpr']:.3f} modern {modern['auroc']:.4f}/"
        f"{modern['tpr_at_1_fpr']:.3f} pairs {pairs if pairs is None else round(pairs, 4)}"
    )
