"""The shipped model's figures on repositories that neither training nor calibration has seen."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.calibration.neighbours import NeighbourRule
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import DISTRIBUTION_SOURCE, Row
from codeorigin_training.data.weights import matched_sample, matched_samples
from codeorigin_training.data.written_pairs import WRITTEN
from codeorigin_training.metrics.answers import Answers, answers_in_files
from codeorigin_training.metrics.ranking import DRAWS, ranking_figures
from codeorigin_training.metrics.shares import judged_shares, measured_shares
from codeorigin_training.metrics.statistics import (
    auroc,
    expected_calibration_error,
    pairs_in_order,
    tpr_at_fpr,
)
from codeorigin_training.thresholds.context import (
    file_numbers,
    mixed_file_numbers,
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
    corpus = np.array([row.pair is None and row.source != DISTRIBUTION_SOURCE for row in rows])
    labels = np.array([row.label for row in rows], dtype=np.int64)
    modern = np.array([row.modern for row in rows])
    repositories = np.unique([row.repo for row in rows], return_inverse=True)[1].astype(np.int64)
    result: dict[str, Any] = {}
    for name, human in (("old_human", ~modern), ("modern_human", modern)):
        samples = list(matched_samples(rows, corpus & ((labels == 1) | human), range(DRAWS)))
        result[name] = {
            **ranking_figures(labels, logits, repositories, samples, intervals=intervals),
            "functions": len(samples[0]),
        }
    result["same_repository"] = _same_repository(labels[corpus], logits[corpus], repositories[corpus])
    result["pairs"] = _pairs(rows, logits, written=False)
    result["written_pairs"] = _pairs(rows, logits, written=True)
    return result


def verdict_metrics(rows: Sequence[Row], answers: Answers) -> dict[str, Any]:
    """Shares at the shipped thresholds (:func:`~codeorigin_training.metrics.shares.measured_shares`), calibration error.

    Pairs in ``rows`` are left out; ``answers`` are those of all rows.
    """
    corpus = np.array([row.pair is None for row in rows], dtype=bool)
    rows, answers = [row for row in rows if row.pair is None], answers.take(corpus)
    labels = np.array([row.label for row in rows], dtype=np.int64)
    repositories = np.unique([row.repo for row in rows], return_inverse=True)[1].astype(np.int64)
    shares = judged_shares(rows, answers)
    by_function = {
        f"{name}_functions": float(shares[name][1][shares[name][0]].mean())
        for name in ("false_positive_rate_old", "false_positive_rate_modern")
    }
    matched = matched_sample(rows, np.ones(len(rows), dtype=bool), seed=0)
    return {
        **measured_shares(shares, repositories),
        **by_function,
        "expected_calibration_error": expected_calibration_error(
            labels[matched], answers.probability[matched]
        ),
    }


def in_file_metrics(rows: Sequence[Row], logits: Floats, calibration: Calibration) -> dict[str, Any] | None:
    """Figures of corpus ``rows`` with raw ``logits`` ``(n,)``, judged in their files; None without a rule for that.

    ``as_they_are`` has :func:`detector_metrics` and the rates of :func:`verdict_metrics` over all functions; those
    without neighbours are judged by their own text. ``half_mixed`` has the same with half of the LLM functions of
    repositories with both classes moved into files with human code (:func:`mixed_file_numbers`), where neighbours
    mislead. ``heard`` is the share of functions that have neighbours.
    """
    corpus = np.array([row.pair is None for row in rows], dtype=bool)
    rows, logits = [row for row in rows if row.pair is None], logits[corpus]
    result: dict[str, Any] = {}
    for name, files in (
        ("as_they_are", file_numbers(rows)),
        ("half_mixed", mixed_file_numbers(rows, _MIXED_SHARE, seed=0)),
    ):
        found = answers_in_files(rows, logits, calibration, files)
        if found is None:
            return None
        result[name] = {
            **_ranking(rows, found.log_odds),
            "verdicts": verdict_metrics(rows, found.answers),
            "heard": float(found.has_neighbours.mean()),
        }
    return result


def ranking_in_files(rows: Sequence[Row], logits: Floats, rule: NeighbourRule) -> dict[str, Any]:
    """Ranking figures of corpus ``rows`` in their files, for a model without a calibration, such as a baseline.

    Assumes that ``logits`` ``(n,)`` are neutral at 0 and that all functions have a verdict.
    """
    corpus = np.array([row.pair is None for row in rows], dtype=bool)
    rows, logits = [row for row in rows if row.pair is None], logits[corpus]
    everywhere = np.ones(len(rows), dtype=bool)
    evidence = neighbour_evidence(file_numbers(rows), logits, replace(rule, neutral=0.0), everywhere)
    return _ranking(rows, logits + np.nan_to_num(evidence))


def _ranking(rows: Sequence[Row], logits: Floats) -> dict[str, Any]:
    """The figures of :func:`detector_metrics` that do not need pairs."""
    return {key: value for key, value in detector_metrics(rows, logits).items() if key in _IN_FILES}


def by_language(rows: Sequence[Row], logits: Floats) -> dict[str, dict[str, float]]:
    """AUROC and TPR at 1 % FPR of ``logits`` ``(n,)`` per language, against all human code."""
    corpus = [number for number, row in enumerate(rows) if row.pair is None]
    rows, logits = [rows[number] for number in corpus], logits[corpus]
    labels = np.array([row.label for row in rows], dtype=np.int64)
    languages = np.array([row.language for row in rows])
    return {
        str(language): _slice(rows, labels, logits, languages == language)
        for language in np.unique(languages)
    }


def _slice(rows: Sequence[Row], labels: Integers, logits: Floats, keep: Booleans) -> dict[str, float]:
    sample = matched_sample(rows, keep, seed=0)
    return {
        "auroc": auroc(labels[sample], logits[sample]),
        "tpr_at_1_fpr": tpr_at_fpr(labels[sample], logits[sample], 0.01),
        "functions": len(sample),
    }


def _same_repository(labels: Integers, logits: Floats, repositories: Integers) -> dict[str, Any]:
    values = []
    for repository in np.unique(repositories):
        inside = repositories == repository
        if min(int(labels[inside].sum()), int((1 - labels[inside]).sum())) >= _FEWEST_OF_EACH_CLASS:
            values.append(auroc(labels[inside], logits[inside]))
    if not values:
        return {"mean_auroc": None, "repositories": 0}
    return {"mean_auroc": float(np.mean(values)), "repositories": len(values)}


def _pairs(rows: Sequence[Row], logits: Floats, *, written: bool) -> dict[str, Any]:
    """Figures of the corpus' pairs, or of those ``written`` for this project, whose specifications differ."""
    sides: dict[str, dict[int, float]] = {}
    for row, logit in zip(rows, logits, strict=True):
        if row.pair is not None and row.pair.startswith(WRITTEN) is written:
            sides.setdefault(row.pair, {})[row.label] = float(logit)
    complete = [side for side in sides.values() if len(side) == 2]
    if not complete:
        return {"auroc": None, "in_order": None, "pairs": 0}
    human = np.array([side[0] for side in complete])
    llm = np.array([side[1] for side in complete])
    labels = np.repeat([0, 1], len(complete)).astype(np.int64)
    return {
        "auroc": auroc(labels, np.concatenate([human, llm])),
        "in_order": pairs_in_order(human, llm),
        "pairs": len(complete),
    }


def headline(metrics: Mapping[str, Any]) -> str:
    """One log line of :func:`detector_metrics`."""
    old, modern = metrics["old_human"], metrics["modern_human"]
    pairs = metrics["pairs"]["auroc"]
    return (
        f"old {old['auroc']:.4f}/{old['tpr_at_1_fpr']:.3f} modern {modern['auroc']:.4f}/"
        f"{modern['tpr_at_1_fpr']:.3f} pairs {pairs if pairs is None else round(pairs, 4)}"
    )
