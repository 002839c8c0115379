"""How much evidence the commit adds to that of the file and the function's own text."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from codeorigin.model.calibration.calibration import Calibration
from codeorigin_training.arrays import Booleans, Floats
from codeorigin_training.data.rows import Row, labels_of, modern_of, numbered, of_repositories, rows_where
from codeorigin_training.data.weights import matched_samples
from codeorigin_training.metrics.answers import Answers, context_answers
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

RANGES: tuple[Range, ...] = (("all", 1, None), *SIZES[:2], ("4 or more", 4, None), *SIZES[2:])
"""Classes of the number of functions that a commit has in the corpus: title, fewest, most."""

_MIXED_SHARE = 0.5


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
    counted = of_repositories(rows) & judged(rows, calibration)
    rows, logits = rows_where(rows, counted), logits[counted]
    if not rows:
        return None
    files, commits = file_numbers(rows), commit_numbers(rows)
    contexts = context_answers(rows, logits, calibration)
    moved = mixed_numbers(rows, commits, _MIXED_SHARE, seed=0)
    labels, modern, sizes = labels_of(rows), modern_of(rows), sizes_of(commits)
    samples = {
        kind: (pooled_samples(rows, logits, numbers, calibration, rule.fewest_functions), rule)
        for kind, numbers, rule in (
            ("file", files, calibration.file),
            ("commit", commits, calibration.commit),
        )
        if rule is not None
    }
    everywhere = np.ones(len(rows), dtype=bool)
    return {
        "functions": [
            {"human": era, "commit": title, **_figures(rows, contexts, ((labels == 1) | is_human) & inside)}
            for era, is_human in (("old_human", ~modern), ("modern_human", modern))
            for title, inside in classes(sizes, RANGES)
        ],
        "mixed_files": _rates(rows, contexts, holds_both(files, labels)),
        "mixed_commits": _rates(rows, context_answers(rows, logits, calibration, commits=moved), everywhere),
        "as_they_are": _rates(rows, contexts, everywhere),
        "commits": pooled_metrics(*samples["commit"]) if "commit" in samples else None,
        "called": called_by_size(rows, contexts, {"commit": commits, "file": files}),
        "whole": {kind: whole_by_size(some, rule) for kind, (some, rule) in samples.items()},
        "false_positives": in_contexts(
            rows, {name: found for name, found in contexts.items() if "commit" in name}, everywhere
        ),
    }


def _figures(rows: Sequence[Row], contexts: dict[str, Answers], keep: Booleans) -> dict[str, Any]:
    """AUROC and TPR at 1 % FPR of every context on the same functions, also matched by commit size."""
    sizes = np.digitize(sizes_of(commit_numbers(rows)), (2, 4, 8, 16))
    # Cells are language x test x length, so the size is added to the language.
    cells = [
        replace(row, language=f"{row.language} {size}")
        for row, size in zip(rows, sizes.tolist(), strict=True)
    ]
    samples = list(matched_samples(cells, keep, range(DRAWS)))
    labels, repositories = labels_of(rows), numbered([row.repo for row in rows])
    return {
        "functions": len(samples[0]),
        "repositories": len(np.unique(repositories[samples[0]])),
        "contexts": {
            name: ranking_figures(labels, found.log_odds, repositories, samples)
            for name, found in contexts.items()
        },
    }


def _rates(rows: Sequence[Row], contexts: dict[str, Answers], among: Booleans) -> dict[str, Any]:
    """AUROC of every context, and shares at the thresholds with repositories weighted equally."""
    labels, repositories = labels_of(rows)[among], numbered([row.repo for row in rows])[among]

    def share(called: Booleans, inside: Booleans) -> dict[str, Any] | None:
        return called_share(called[inside], repositories[inside]) if inside.any() else None

    def figures(context: Answers) -> dict[str, Any]:
        scores, llm = context.log_odds[among], context.llm[among]
        return {
            "auroc": auroc(labels, scores),
            "auroc_interval_90": bootstrap_interval(
                repositories, lambda index: auroc(labels[index], scores[index])
            ),
            "human_called_llm": share(llm, labels == 0),
            "llm_called_llm": share(llm, labels == 1),
        }

    return {
        "functions": len(labels),
        "contexts": {name: figures(answers) for name, answers in contexts.items()},
    }
