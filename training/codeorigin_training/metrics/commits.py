"""How much evidence the commit adds to that of the file and the function's own text."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from codeorigin.model.calibration.calibration import Calibration
from codeorigin_training.arrays import Booleans, Floats
from codeorigin_training.data.rows import Row, labels_of, numbered, of_repositories, rows_where
from codeorigin_training.metrics.answers import Answers, context_answers
from codeorigin_training.metrics.false_positives import in_contexts
from codeorigin_training.metrics.files import holds_both, pooled_metrics
from codeorigin_training.metrics.shares import called_share
from codeorigin_training.metrics.statistics import auroc, bootstrap_interval
from codeorigin_training.thresholds.context import commit_numbers, file_numbers, mixed_numbers
from codeorigin_training.thresholds.eligibility import judged
from codeorigin_training.thresholds.pooled import pooled_samples

_MIXED_SHARE = 0.5


def commit_metrics(rows: Sequence[Row], logits: Floats, calibration: Calibration) -> dict[str, Any] | None:
    """Compare commit, file and own text on ``rows`` with a verdict, of raw ``logits`` ``(n,)``; None without a rule.

    ``mixed_files`` has rates for functions in files that contain both classes. ``mixed_commits`` has rates for all
    functions, with half of the LLM functions of repositories with both classes moved into human-written commits,
    since no commit of the corpus contains both; ``as_they_are`` has them for all functions without such moves.

    ``commits`` has whole commits (:func:`~codeorigin_training.metrics.files.pooled_metrics`), ``false_positives`` has
    :func:`~codeorigin_training.metrics.false_positives.in_contexts` of the contexts with a commit.
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
    labels, rule = labels_of(rows), calibration.commit
    everywhere = np.ones(len(rows), dtype=bool)
    return {
        "mixed_files": _rates(rows, contexts, holds_both(files, labels)),
        "mixed_commits": _rates(rows, context_answers(rows, logits, calibration, commits=moved), everywhere),
        "as_they_are": _rates(rows, contexts, everywhere),
        "commits": None
        if rule is None
        else pooled_metrics(pooled_samples(rows, logits, commits, calibration, rule.fewest_functions), rule),
        "false_positives": in_contexts(
            rows, {name: found for name, found in contexts.items() if "commit" in name}, everywhere
        ),
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
