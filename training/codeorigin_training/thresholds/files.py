"""The files of a corpus, and the rule for the verdict on a whole file."""

from collections.abc import Sequence

from codeorigin.model.file_verdict import FileRule
from codeorigin_training.arrays import Floats
from codeorigin_training.data.rows import Row
from codeorigin_training.thresholds.context import file_numbers
from codeorigin_training.thresholds.pooled import (
    PooledRuleConfig,
    PooledSample,
    fit_pooled_rule,
    pooled_samples,
)


def file_samples(rows: Sequence[Row], logits: Floats, config: PooledRuleConfig) -> list[PooledSample]:
    """Group corpus ``rows`` with ``logits`` ``(n,)`` by repository, path, class and era.

    Commits are not separated, because whoever opens a file sees what all its commits left. Pairs, rows without a path,
    functions too short for a verdict and files with too few functions are left out.
    """
    return pooled_samples(rows, logits, file_numbers(rows), config)


def fit_file_rule(
    files: Sequence[PooledSample], config: PooledRuleConfig | None = None, *, prior_logit: float = 0.0
) -> FileRule | None:
    """:func:`~codeorigin_training.thresholds.pooled.fit_pooled_rule` for files."""
    return fit_pooled_rule(FileRule, files, config, prior_logit=prior_logit)
