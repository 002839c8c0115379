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
from codeorigin_training.metrics.estimates import mean
from codeorigin_training.metrics.table import Estimate
from codeorigin_training.report.cells import TitledTable, interval, pivot
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.matrix import matched_draw
from codeorigin_training.report.plots import lines
from codeorigin_training.report.removal import OCCLUSION, RANDOM, SHIPPED, Reader, Removal, line_scores
from codeorigin_training.report.section import Section
from codeorigin_training.run import Log

Without = Callable[[Booleans], Floats]
"""Lines to remove, bool ``(K, L)`` -> logits ``(K,)`` of the rest."""

SHARES = (0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
"""Shares of the lines that the deletion curve removes."""

RATIONALE = (0.1, 0.2, 0.5)
"""Shares of the lines over which comprehensiveness and sufficiency are averaged."""

FAR_ABOVE = 2.0
"""The shipped explanation must have at least this many times the comprehensiveness of a random order."""

MARGIN = 0.1
"""The comprehensiveness of the shipped explanation may be below that of line occlusion by this share of it."""

_FEWEST_LINES, _MOST_LINES = 5, 60
_TITLES = {
    Removal.DELETED: "lines deleted, what is left scored anew",
    Removal.HIDDEN: "n-grams that touch a line dropped, its tokens masked",
}


MEASURES = ("comprehensiveness", "sufficiency", "deletion area")
"""What is lost without the strongest lines (higher is better), what is lost with only these lines (lower is better), and
the mean of the deletion curve (higher is better)."""

Measured = dict[str, list[Floats]]
"""By method, what :func:`measure_order` says of every function."""


@dataclass(frozen=True, slots=True)
class MethodComparison:
    """The shipped explanation's comprehensiveness minus another's, on the same functions."""

    against: str
    removal: Removal
    difference: Estimate
    demand: str
    holds: bool


def measure_order(scores: Floats, logit: float, baseline_logit: float, without: Without) -> Floats:
    """How well the order of the lines by ``scores`` ``(L,)`` reflects what ``logit`` depends on.

    The model's side is ``llm`` if the logit is at least ``baseline_logit``, the logit of a function without any
    evidence, else ``human``; the lines with the strongest evidence for that side come first.

    Returns:
        Losses in logits towards that side, one for each column of :data:`MEASURES`, then ``deletion``: what is lost
        when each of :data:`SHARES` of the lines is removed, strongest first.
    """
    side = 1.0 if logit >= baseline_logit else -1.0
    order = np.argsort(-side * scores, kind="stable")
    removed = np.array([_first(order, share) for share in SHARES])
    alone = np.array([~_first(order, share) for share in RATIONALE])
    lost = side * (logit - without(np.concatenate([removed, alone])))
    deletion, left = lost[: len(SHARES)], lost[len(SHARES) :]
    strongest = [deletion[SHARES.index(share)] for share in RATIONALE]
    return np.array([np.mean(strongest), np.mean(left), np.mean(deletion), *deletion])


def faithfulness(rows: Sequence[Row], detector: Detector, config: EvaluateConfig, log: Log) -> Section:
    """Measure all methods on a matched sample of held-out functions of 5 to 60 lines."""
    fitting = [row for row in rows if _FEWEST_LINES <= row.lines <= _MOST_LINES]
    drawn = [fitting[number] for number in matched_draw(fitting, config.faithfulness_functions, config.seed)]
    found: dict[Removal, Measured] = {removal: {} for removal in Removal}
    generator = np.random.default_rng(config.seed)
    for row, logit in zip(drawn, detector.logits(drawn), strict=True):
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
    return faithfulness_section(found, unit_numbers(drawn), config)


def faithfulness_section(
    found: Mapping[Removal, Measured], groups: Integers, config: EvaluateConfig
) -> Section:
    """All methods under both ways of removing lines, and whether the shipped one meets the demands.

    ``groups`` ``(n,)`` are the repositories of the functions.
    """
    figures = [
        mean(groups, np.array(every)[:, place], config).named(method, _TITLES[removal], measure)
        for removal, by_method in found.items()
        for method, every in by_method.items()
        for place, measure in enumerate(MEASURES)
    ]
    demands = [
        comparison
        for removal, by_method in found.items()
        if SHIPPED in by_method
        for comparison in comparisons(removal, by_method, groups, config)
    ]
    return Section(
        title="Are explanations faithful to the model?",
        note=(
            f"{len(groups)} functions of {len(np.unique(groups))} held-out repositories; in logits towards the model's "
            "side. Comprehensiveness: what is lost without the strongest 10, 20 and 50 % of lines (higher is better). "
            "Sufficiency: what is lost with those alone (lower is better). Deletion area: mean of the curve (higher "
            "is better). The first way of removing lines is the reference: it is the model's score of the code "
            "without them. In the second, line occlusion is measured by its own definition."
        ),
        tables=(
            *(
                pivot(
                    [figure for figure in figures if figure.context == title],
                    title=title.capitalize(),
                    corner="order of lines",
                )
                for title in _TITLES.values()
            ),
            TitledTable(
                "",
                "",
                ("lines are", "comprehensiveness", "difference", "demand", ""),
                tuple(
                    (
                        comparison.removal.value,
                        f"shipped minus {comparison.against}",
                        interval(comparison.difference),
                        comparison.demand,
                        "holds" if comparison.holds else "**does not hold**",
                    )
                    for comparison in demands
                ),
            ),
        ),
        pictures=tuple(
            lines(
                _TITLES[removal].capitalize(),
                "share of the lines taken out",
                "logits lost",
                {
                    name: ((0.0, *SHARES), (0.0, *np.mean(every, axis=0)[len(MEASURES) :].tolist()))
                    for name, every in by_method.items()
                },
            )
            for removal, by_method in found.items()
            if by_method
        ),
        figures=tuple(figures),
        problems=tuple(
            f"Explanations ({comparison.removal.value}), compared with {comparison.against}: "
            f"not “{comparison.demand}”."
            for comparison in demands
            if not comparison.holds
        ),
    )


def comparisons(
    removal: Removal,
    found: Measured,
    groups: Integers,
    config: EvaluateConfig,
) -> list[MethodComparison]:
    """Compare the shipped explanation with occlusion and chance by function; ``groups`` ``(n,)`` are repositories."""
    values = {name: np.array(every)[:, 0] for name, every in found.items()}
    shipped = values[SHIPPED]
    result: list[MethodComparison] = []
    for other in (OCCLUSION, RANDOM):
        difference = mean(groups, shipped - values[other], config)
        if other == OCCLUSION:
            allowed = MARGIN * float(values[other].mean())
            demand = f"at most {MARGIN:.0%} below occlusion: so is the interval"
            holds = difference.low is not None and difference.low >= -allowed
        else:
            demand = f"far above chance: at least {FAR_ABOVE:g} times as much, and the interval above 0"
            enough = float(shipped.mean()) >= FAR_ABOVE * float(values[other].mean())
            holds = enough and difference.low is not None and difference.low > 0.0
        result.append(MethodComparison(other, removal, difference, demand, holds))
    return result


def _first(order: Integers, share: float) -> Booleans:
    mask = np.zeros(len(order), dtype=bool)
    mask[order[: max(1, round(share * len(order)))]] = True
    return mask
