"""How much evidence the commit adds to that of the file and the function's own text."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from codeorigin.model.calibration.calibration import Calibration
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import Row
from codeorigin_training.data.weights import matched_samples
from codeorigin_training.metrics.answers import InFiles, context_answers
from codeorigin_training.metrics.false_positives import in_contexts
from codeorigin_training.metrics.files import holds_both, pooled_metrics
from codeorigin_training.metrics.ranking import DRAWS, ranking_figures
from codeorigin_training.metrics.shares import called_share
from codeorigin_training.metrics.sizes import (
    SIZES,
    Range,
    called_by_size,
    classes,
    sizes_of,
    whole_by_size,
)
from codeorigin_training.metrics.statistics import auroc, bootstrap_interval
from codeorigin_training.thresholds.context import commit_numbers, file_numbers, mixed_numbers
from codeorigin_training.thresholds.eligibility import judged
from codeorigin_training.thresholds.pooled import pooled_samples
from codeorigin_training.thresholds.shares import DISTRIBUTION, population

RANGES: tuple[Range, ...] = (("all", 1, None), *SIZES[:2], ("4 or more", 4, None), *SIZES[2:])
"""Classes of the number of functions that a commit has in the corpus: title, fewest, most."""

_MIXED_SHARE = 0.5
_ERAS = {"old_human": False, "modern_human": True}


def commit_metrics(rows: Sequence[Row], logits: Floats, calibration: Calibration) -> dict[str, Any] | None:
    """Compare commit, file and own text on ``rows`` with a verdict, of raw ``logits`` ``(n,)``; None without a rule.

    ``functions`` has ranking figures by era, number of functions in the commit and context, with 90 % intervals by
    bootstrap over repositories. The classes are matched within language x test x length x that number, since human
    commits (above all initial imports of a whole repository) differ in size from those of agents; figures are means
    over ten draws.

    ``mixed_files`` has rates for functions in files that contain both classes. ``mixed_commits`` has rates for all
    functions, with half of the LLM functions of repositories with both classes moved into human-written commits,
    since no commit of the corpus contains both; ``as_they_are`` has them for all functions without such moves.

    ``commits`` has whole commits (:func:`~codeorigin_training.metrics.files.pooled_metrics`), ``false_positives`` has
    :func:`~codeorigin_training.metrics.false_positives.in_contexts` of the contexts with a commit.
    ``called`` and ``whole`` are by number of functions: what the thresholds call ``llm``
    (:func:`~codeorigin_training.metrics.sizes.called_by_size`), and whole files and commits
    (:func:`~codeorigin_training.metrics.sizes.whole_by_size`).
    """
    if calibration.commit_context is None:
        return None
    in_corpus = [row.pair is None and population(row) != DISTRIBUTION for row in rows]
    counted = np.array(in_corpus, dtype=bool) & judged(rows, calibration)
    rows, logits = [rows[index] for index in np.flatnonzero(counted).tolist()], logits[counted]
    if not rows:
        return None
    commits = commit_numbers(rows)
    contexts = context_answers(rows, logits, calibration)
    sizes = sizes_of(commits)
    labels = np.array([row.label for row in rows], dtype=np.int64)
    modern = np.array([row.modern for row in rows], dtype=bool)
    functions = [
        {"human": era, "commit": title, **_figures(rows, contexts, _era(labels, modern, is_modern) & inside)}
        for era, is_modern in _ERAS.items()
        for title, inside in classes(sizes, RANGES)
    ]
    moved = mixed_numbers(rows, commits, _MIXED_SHARE, seed=0)
    rules = {"file": (calibration.file, file_numbers(rows)), "commit": (calibration.commit, commits)}
    samples = {
        kind: (pooled_samples(rows, logits, numbers, calibration, rule.fewest_functions), rule)
        for kind, (rule, numbers) in rules.items()
        if rule is not None
    }
    everywhere = np.ones(len(rows), dtype=bool)
    return {
        "functions": functions,
        "mixed_files": _rates(rows, contexts, holds_both(file_numbers(rows), labels)),
        "mixed_commits": _rates(rows, context_answers(rows, logits, calibration, commits=moved), everywhere),
        "as_they_are": _rates(rows, contexts, everywhere),
        "commits": pooled_metrics(*samples["commit"]) if "commit" in samples else None,
        "called": called_by_size(rows, contexts, {"commit": commits, "file": file_numbers(rows)}),
        "whole": {kind: whole_by_size(some, rule) for kind, (some, rule) in samples.items()},
        "false_positives": in_contexts(
            rows, {name: found for name, found in contexts.items() if "commit" in name}, everywhere
        ),
    }


def _era(labels: Integers, modern: Booleans, is_modern: bool) -> Booleans:
    found: Booleans = (labels == 1) | (modern == is_modern)
    return found


def _figures(rows: Sequence[Row], contexts: dict[str, InFiles], keep: Booleans) -> dict[str, Any]:
    """AUROC and TPR at 1 % FPR of every context on the same functions, also matched by commit size."""
    sizes = np.digitize(sizes_of(commit_numbers(rows)), (2, 4, 8, 16))
    # Cells are language x test x length, so the size is added to the language.
    cells = [
        replace(row, language=f"{row.language} {size}")
        for row, size in zip(rows, sizes.tolist(), strict=True)
    ]
    samples = list(matched_samples(cells, keep, range(DRAWS)))
    labels = np.array([row.label for row in rows], dtype=np.int64)
    repositories = np.unique([row.repo for row in rows], return_inverse=True)[1].astype(np.int64)
    return {
        "functions": len(samples[0]),
        "repositories": len(np.unique(repositories[samples[0]])),
        "contexts": {
            name: ranking_figures(labels, found.log_odds, repositories, samples)
            for name, found in contexts.items()
        },
    }


def _rates(rows: Sequence[Row], contexts: dict[str, InFiles], among: Booleans) -> dict[str, Any]:
    """AUROC of every context, and shares at the thresholds with repositories weighted equally."""
    labels = np.array([row.label for row in rows], dtype=np.int64)
    repositories = np.unique([row.repo for row in rows], return_inverse=True)[1].astype(np.int64)

    def share(called: Booleans, inside: Booleans) -> dict[str, Any] | None:
        return called_share(called[inside], repositories[inside]) if inside.any() else None

    human, llm = among & (labels == 0), among & (labels == 1)
    found: dict[str, Any] = {"functions": int(among.sum()), "contexts": {}}
    for name, context in contexts.items():
        scores = context.log_odds[among]
        interval = bootstrap_interval(repositories[among], partial(_auroc_of, labels[among], scores))
        found["contexts"][name] = {
            "auroc": auroc(labels[among], scores),
            "auroc_interval_90": interval,
            "human_called_llm": share(context.answers.llm, human),
            "llm_called_llm": share(context.answers.llm, llm),
        }
    return found


def _auroc_of(labels: Integers, scores: Floats, index: Integers) -> float:
    return auroc(labels[index], scores[index])
