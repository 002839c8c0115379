"""Faithfulness of explanations: whether the logit depends on the lines that they rank first.

The measures are comprehensiveness, sufficiency and the deletion curve.

Source: ERASER (DeYoung et al., ACL 2020), section 4, for lines and on the logit, which unlike the probability does not
saturate.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.data import unit_numbers
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.metrics.figures import Estimate, estimate
from codeorigin_training.metrics.slices import matched_draw
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.contents import (
    Comparison,
    Faithfulness,
    MethodFaithfulness,
    RemovalFaithfulness,
)
from codeorigin_training.report.sections.line_scores import OCCLUSION, RANDOM, SHIPPED, line_scores
from codeorigin_training.report.sections.removal import Reader, Removal
from codeorigin_training.run import Log

Without = Callable[[Booleans], Floats]
"""Lines to remove, bool ``(K, L)`` -> logits ``(K,)`` of the rest."""

SHARES = (0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
"""Shares of the lines that the deletion curve removes."""

RATIONALE = (0.1, 0.2, 0.5)
"""Shares of the lines over which comprehensiveness and sufficiency are averaged."""

FAR_ABOVE = 2.0
"""The shipped explanation must have at least this many times the comprehensiveness of a random order."""

_FEWEST_LINES, _MOST_LINES = 5, 60
_TITLES = {
    Removal.DELETED: "lines deleted, what is left scored anew",
    Removal.HIDDEN: "n-grams that touch a line dropped, its tokens masked",
}


@dataclass(frozen=True, slots=True)
class FunctionFaithfulness:
    """The logits lost by one method on one function, as in :class:`MethodFaithfulness`."""

    comprehensiveness: float
    sufficiency: float
    deletion: tuple[float, ...]


def measure_order(
    scores: Floats, logit: float, baseline_logit: float, without: Without
) -> FunctionFaithfulness:
    """How well the order of the lines by ``scores`` ``(L,)`` reflects what ``logit`` depends on.

    The model's side is ``llm`` if the logit is at least ``baseline_logit``, the logit of a function without any
    evidence, else ``human``; the lines with the strongest evidence for that side come first.
    """
    side = 1.0 if logit >= baseline_logit else -1.0
    order = np.argsort(-side * scores, kind="stable")
    removed = np.array([_first(order, share) for share in SHARES])
    alone = np.array([~_first(order, share) for share in RATIONALE])
    logits = without(np.concatenate([removed, alone]))
    lost = side * (logit - logits)
    deletion = lost[: len(SHARES)]
    strongest = [deletion[SHARES.index(share)] for share in RATIONALE]
    return FunctionFaithfulness(
        float(np.mean(strongest)),
        float(np.mean(lost[len(SHARES) :])),
        tuple(float(value) for value in deletion),
    )


def faithfulness(rows: Sequence[Row], detector: Detector, config: EvaluateConfig, log: Log) -> Faithfulness:
    """Measure all methods on a matched sample of held-out functions of 5 to 60 lines."""
    fitting = [row for row in rows if _FEWEST_LINES <= row.lines <= _MOST_LINES]
    drawn = [fitting[number] for number in matched_draw(fitting, config.faithfulness_functions, config.seed)]
    if not drawn:
        return Faithfulness(0, 0, SHARES, (), ())
    generator = np.random.default_rng(config.seed)
    found: dict[Removal, dict[str, list[FunctionFaithfulness]]] = {removal: {} for removal in Removal}
    logits = detector.logits(drawn)
    for row, logit in zip(drawn, logits, strict=True):
        reader = Reader.of(row.code, row.language, detector)
        for method, scores in line_scores(detector, row.code, row.language, generator).items():
            for removal, by_method in found.items():
                measured = measure_order(
                    scores,
                    float(logit),
                    detector.bundle.baseline_logit + reader.features.bias,
                    lambda masks, reader=reader, removal=removal: reader.without(masks, removal),  # type: ignore[misc]
                )
                by_method.setdefault(method, []).append(measured)
    log(f"faithfulness: {len(drawn)} functions")
    groups = unit_numbers(drawn)
    return Faithfulness(
        functions=len(drawn),
        units=len(np.unique(groups)),
        shares=SHARES,
        removals=tuple(
            RemovalFaithfulness(
                removal.value,
                _TITLES[removal],
                tuple(_summary(method, every, groups, config) for method, every in by_method.items()),
            )
            for removal, by_method in found.items()
        ),
        comparisons=tuple(
            comparison
            for removal, by_method in found.items()
            for comparison in comparisons(removal, by_method, groups, config)
        ),
    )


def comparisons(
    removal: Removal,
    found: Mapping[str, Sequence[FunctionFaithfulness]],
    groups: Integers,
    config: EvaluateConfig,
) -> list[Comparison]:
    """Compare the shipped explanation with occlusion and chance by function; ``groups`` ``(n,)`` are repositories."""
    values = {name: np.array([each.comprehensiveness for each in every]) for name, every in found.items()}
    shipped = values[SHIPPED]
    result: list[Comparison] = []
    for other in (OCCLUSION, RANDOM):
        difference = _mean(shipped - values[other], groups, config)
        if other == OCCLUSION:
            demand = "not below occlusion: the interval reaches 0"
            holds = difference.high is not None and difference.high >= 0.0
        else:
            demand = f"far above chance: at least {FAR_ABOVE:g} times as much, and the interval above 0"
            enough = float(shipped.mean()) >= FAR_ABOVE * float(values[other].mean())
            holds = enough and difference.low is not None and difference.low > 0.0
        result.append(Comparison(other, removal.value, difference, demand, holds))
    return result


def _first(order: Integers, share: float) -> Booleans:
    mask = np.zeros(len(order), dtype=bool)
    mask[order[: max(1, round(share * len(order)))]] = True
    return mask


def _summary(
    method: str, every: Sequence[FunctionFaithfulness], groups: Integers, config: EvaluateConfig
) -> MethodFaithfulness:
    deletion = np.array([each.deletion for each in every])
    return MethodFaithfulness(
        method,
        _mean(np.array([each.comprehensiveness for each in every]), groups, config),
        _mean(np.array([each.sufficiency for each in every]), groups, config),
        _mean(deletion.mean(axis=1), groups, config),
        tuple(float(value) for value in deletion.mean(axis=0)),
    )


def _mean(values: Floats, groups: Integers, config: EvaluateConfig) -> Estimate:
    def statistic(index: Integers) -> Floats:
        return np.array([values[index].mean()])

    return estimate(groups, statistic, rounds=config.rounds, seed=config.seed)[0]
