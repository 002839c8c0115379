"""Shares of functions at the thresholds, defined once for both the manifest and the report."""

from collections.abc import Mapping, Sequence

import numpy as np

from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.corpus.rows import Row
from codeorigin_training.measure.answers import Answers
from codeorigin_training.measure.figures import Estimate, estimate, group_weights, weighted_mean

Shares = Mapping[str, tuple[Booleans, Booleans]]
"""By name: which functions count, and for which of all functions the answer holds, bool ``(n,)`` each."""

UNSURE = "unsure"


def judged_shares(rows: Sequence[Row], answers: Answers, among: Booleans | None = None) -> Shares:
    """The shares in a manifest's ``verdicts``, by name; ``among``, bool ``(n,)``, limits them to a part of the rows."""
    everyone = np.ones(len(rows), dtype=bool) if among is None else among
    llm = np.array([row.label == 1 for row in rows], dtype=bool)
    modern = np.array([row.modern for row in rows], dtype=bool)
    return {
        "false_positive_rate_old": (everyone & ~llm & ~modern, answers.llm),
        "false_positive_rate_modern": (everyone & ~llm & modern, answers.llm),
        "true_positive_rate": (everyone & llm, answers.llm),
        "llm_called_human": (everyone & llm, answers.human),
        "human_called_human": (everyone & ~llm, answers.human),
        UNSURE: (everyone, ~answers.llm & ~answers.human),
    }


def share_estimates(shares: Shares, groups: Integers, *, rounds: int, seed: int) -> dict[str, Estimate]:
    """Each share with repositories ``groups`` ``(n,)`` weighted equally, and its interval by bootstrap over them."""
    weights = {name: group_weights(groups, keep) for name, (keep, _) in shares.items()}

    def statistics(index: Integers) -> Floats:
        return np.array(
            [weighted_mean(hit[index], weights[name][index]) for name, (_, hit) in shares.items()]
        )

    found = estimate(groups, statistics, rounds=rounds, seed=seed)
    return dict(zip(shares, found, strict=True))
