"""Fits rules that judge several functions together to the logits of functions from unseen repositories."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pydantic

from codeorigin.model.calibration.pooled_rule import PooledRule, counted_lines, main_language, pooled_logit
from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.configuration import STRICT
from codeorigin_training.data.rows import Row
from codeorigin_training.data.weights import LENGTH_EDGES, balanced_or_equal_weights
from codeorigin_training.thresholds.by_language import fit_levels, no_levels
from codeorigin_training.thresholds.eligibility import has_verdict
from codeorigin_training.thresholds.risk_control import PromiseSettings

Rule = TypeVar("Rule", bound=PooledRule)

SIZE_EDGES = (5, 7, 12)
"""Bounds of the size classes, in functions: fewer than 5, 5-6, 7-11, and 12 or more."""

_CURVE_POINTS = 60


@pydantic.dataclasses.dataclass(frozen=True, config=STRICT)
class PooledRuleConfig(PromiseSettings):
    """How rows are grouped into files or commits and pooled.

    ``prior_lines`` lines without evidence are added to every file or commit. On repository folds, 20 ranked best, as
    did weighting functions by lines rather than equally. More complex rules (quantiles, spread, number of functions,
    gradient boosting over all of them) ranked little better or called more human files elsewhere ``llm``. Files and
    commits of fewer than ``fewest_functions`` functions get no verdict. The promises are about files or commits, so
    ``tail_fewest`` counts the files or commits of a repository. Functions without a verdict are not pooled.
    """

    prior_lines: float = 20.0
    fewest_functions: int = 4
    rate: float = 0.01
    tail_fewest: int = 20

    def __post_init__(self) -> None:
        PromiseSettings.__post_init__(self)
        if self.prior_lines < 0 or self.fewest_functions < 1:
            raise ValueError("prior_lines must not be negative, and fewest_functions at least 1")


@dataclass(frozen=True, slots=True)
class PooledSample:
    """The functions of one origin in one file or commit.

    ``functions`` holds the out-of-sample logit and the number of non-blank lines of each. ``label`` is 1 for ``llm``;
    ``modern`` marks human code of July 2021 to November 2022, ``source`` is how it was collected. A file that holds
    code of both classes, or human code of both eras, is one sample for each. ``language`` is that of most lines.
    """

    functions: tuple[tuple[float, int], ...]
    label: int
    repository: str
    language: str
    modern: bool = False
    is_test: bool = False
    source: str = ""

    def as_row(self) -> Row:
        """A row for weighting and matching samples like functions; ``lines`` encodes the size class."""
        return Row(
            code="",
            language=self.language,
            label=self.label,
            repo=self.repository,
            agent="",
            modern=self.modern,
            is_test=self.is_test,
            lines=(1, *LENGTH_EDGES)[int(np.digitize(len(self.functions), SIZE_EDGES))],
            source=self.source,
        )


def pooled_samples(
    rows: Sequence[Row], logits: Floats, numbers: Integers, config: PooledRuleConfig
) -> list[PooledSample]:
    """Group corpus ``rows`` with ``logits`` ``(n,)`` by their number in ``numbers`` ``(n,)``, class and era.

    Rows with a negative number, functions too short for a verdict and samples with too few functions are left out.
    """
    groups: dict[tuple[int, int, bool], list[int]] = {}
    for index, (row, number) in enumerate(zip(rows, numbers.tolist(), strict=True)):
        if number >= 0 and has_verdict(row.code, config):
            groups.setdefault((number, row.label, row.modern), []).append(index)
    return [
        PooledSample(
            functions=tuple((float(logits[index]), counted_lines(rows[index].code)) for index in members),
            label=label,
            repository=rows[members[0]].project,
            language=main_language((rows[index].language, rows[index].lines) for index in members),
            modern=modern,
            is_test=rows[members[0]].is_test,
            source=rows[members[0]].source,
        )
        for (_, label, modern), members in groups.items()
        if len(members) >= config.fewest_functions
    ]


def fit_pooled_rule(
    kind: type[Rule],
    samples: Sequence[PooledSample],
    config: PooledRuleConfig | None = None,
    *,
    prior_logit: float = 0.0,
) -> Rule | None:
    """Fit a rule for whole files or commits to samples with out-of-sample logits.

    As for functions, thresholds hold for every language and every population of human code with enough repositories.
    If even all of them together are too few for the guarantee, the rule has no ``llm`` threshold and never says
    ``llm``, rather than using a threshold that promises nothing.

    Args:
        kind: the class of the rule.
        samples: from :func:`pooled_samples` or elsewhere; those with too few functions are left out.
        config: None for the defaults.
        prior_logit: the logit at which both classes are equally likely, the ``shift`` of a calibration of functions.

    Returns:
        None if there are no samples of one of the classes.
    """
    config = config or PooledRuleConfig()
    samples = [sample for sample in samples if len(sample.functions) >= config.fewest_functions]
    labels = np.array([sample.label for sample in samples], dtype=np.int64)
    if len(np.unique(labels)) < 2:
        return None
    logits = np.array([pooled_logit(sample.functions, config.prior_lines, prior_logit) for sample in samples])
    rows = [sample.as_row() for sample in samples]
    levels = fit_levels(rows, logits, config)
    if levels is None:
        repositories = np.unique([sample.repository for sample in samples], return_inverse=True)[1].astype(
            np.int64
        )
        levels = no_levels(logits, labels, repositories, config.human_rate)
    scale = levels.scale(rows, logits, balanced_or_equal_weights(rows), config.rate, points=_CURVE_POINTS)
    return kind(config.prior_lines, prior_logit, config.fewest_functions, scale)
