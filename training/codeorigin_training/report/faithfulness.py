"""Faithfulness of explanations: whether the logit depends on the lines that they rank first.

The measures are comprehensiveness, sufficiency and the deletion curve. Lines are deleted, and what is left is scored
anew: this is what the model says about code without them.

Source: ERASER (DeYoung et al., ACL 2020), section 4, for lines and on the logit, which unlike the probability does not
saturate.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from codeorigin.model.reading.normalize import normalize
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.data import unit_numbers
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.metrics.estimates import mean
from codeorigin_training.metrics.table import Figure
from codeorigin_training.report.cells import pivot
from codeorigin_training.report.comments import matched_draw
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.plots import lines
from codeorigin_training.report.section import Section
from codeorigin_training.run import Log

Without = Callable[[Booleans], Floats]
"""Lines to remove, bool ``(K, L)`` -> logits ``(K,)`` of the rest."""

SHIPPED, OCCLUSION, RANDOM = "shipped explanation", "line occlusion", "random order"
"""Orders of lines: by the explanation's values, by what the logit loses without each line alone, by chance."""

SHARES = (0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
"""Shares of the lines that the deletion curve removes."""

RATIONALE = (0.1, 0.2, 0.5)
"""Shares of the lines over which comprehensiveness and sufficiency are averaged."""

FAR_ABOVE = 2.0
"""The shipped explanation must have at least this many times the comprehensiveness of a random order."""

MARGIN = 0.1
"""The comprehensiveness of the shipped explanation may be below that of line occlusion by this share of it."""

MEASURES = ("comprehensiveness", "sufficiency", "deletion area")
"""What is lost without the strongest lines (higher is better), what is lost with only these lines (lower is better), and
the mean of the deletion curve (higher is better)."""

_FEWEST_LINES, _MOST_LINES = 5, 60
_LINE_END = re.compile(r"\r\n|\r|\n")

Measured = dict[str, list[Floats]]
"""By method, what :func:`measure_order` says of every function."""


def lines_read(code: str, language: str) -> Integers:
    """The numbers of the lines that the model reads, ascending ``(L,)``; blank ones are not among them."""
    return np.unique(normalize(code, language).lines).astype(np.int64)


def remaining(code: str, read: Integers, removed: Booleans) -> str:
    """``code`` without those of the lines ``read`` ``(L,)`` that ``removed`` ``(L,)`` marks; blank lines stay."""
    drop, first = set(read[removed].tolist()), int(read[0]) if len(read) else 0
    raw = _LINE_END.split(code)
    return "\n".join(line for number, line in enumerate(raw) if number >= first and number not in drop)


def line_scores(
    detector: Detector, row: Row, logit: float, without: Without, generator: np.random.Generator
) -> dict[str, Floats]:
    """Signed scores ``(L,)`` of the lines that the model reads, by method; ``logit`` is that of the whole function."""
    explained = detector.explainer.explain(row.code, row.language)
    shipped = np.array([line.value for line in explained.lines], dtype=np.float64)
    return {
        SHIPPED: shipped,
        OCCLUSION: logit - without(np.eye(len(shipped), dtype=bool)),
        RANDOM: generator.normal(size=len(shipped)),
    }


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
    found: Measured = {}
    generator = np.random.default_rng(config.seed)
    for row, logit in zip(drawn, detector.logits(drawn).tolist(), strict=True):
        without = partial(_without, detector, row, lines_read(row.code, row.language))
        undecided = detector.bundle.baseline_logit + detector.bundle.language_bias.get(row.language, 0.0)
        for method, scores in line_scores(detector, row, logit, without, generator).items():
            found.setdefault(method, []).append(measure_order(scores, logit, undecided, without))
    log(f"faithfulness: {len(drawn)} functions")
    return faithfulness_section(found, unit_numbers(drawn), config)


def _without(detector: Detector, row: Row, read: Integers, removed: Booleans) -> Floats:
    return detector.score_texts([(remaining(row.code, read, mask), row.language) for mask in removed])


def faithfulness_section(found: Measured, groups: Integers, config: EvaluateConfig) -> Section:
    """All methods, and whether the shipped one meets the demands; ``groups`` ``(n,)`` are of repositories."""
    figures = [
        mean(groups, np.array(every)[:, place], config).named(method, "", measure)
        for method, every in found.items()
        for place, measure in enumerate(MEASURES)
    ]
    demands = comparisons(found, groups, config) if found else []
    differences = [difference for difference, _, _ in demands]
    curves = {
        name: ((0.0, *SHARES), (0.0, *np.mean(every, axis=0)[len(MEASURES) :].tolist()))
        for name, every in found.items()
    }
    return Section(
        title="Are explanations faithful to the model?",
        note=(
            f"{len(groups)} functions of {len(np.unique(groups))} held-out repositories; in logits towards the model's "
            "side, by scoring the code without some lines anew. Comprehensiveness: what is lost without the strongest "
            "10, 20 and 50 % of lines (higher is better). Sufficiency: what is lost with those alone (lower is "
            "better). Deletion area: mean of the curve (higher is better). Line occlusion ranks each line by what is "
            "lost without it alone, so it knows the measure."
        ),
        tables=(
            pivot(figures, corner="order of lines"),
            pivot(differences, corner="comprehensiveness"),
        ),
        pictures=(lines("Lines deleted", "share of the lines", "logits lost", curves),) if curves else (),
        figures=(*figures, *differences),
        problems=tuple(
            f"Explanations, {difference.population}: not “{demand}”."
            for difference, demand, holds in demands
            if not holds
        ),
    )


def comparisons(
    found: Mapping[str, Sequence[Floats]], groups: Integers, config: EvaluateConfig
) -> list[tuple[Figure, str, bool]]:
    """By how much the shipped explanation is more comprehensive than occlusion and than chance, on the same functions.

    Beside each figure stands what is demanded of it, and whether that holds; ``groups`` ``(n,)`` are repositories.
    """
    values = {name: np.array(every)[:, 0] for name, every in found.items()}
    shipped, occluded, chance = (values[name] for name in (SHIPPED, OCCLUSION, RANDOM))
    below, above = mean(groups, shipped - occluded, config), mean(groups, shipped - chance, config)
    allowed = MARGIN * float(occluded.mean())
    enough = float(shipped.mean()) >= FAR_ABOVE * float(chance.mean())
    return [
        (
            below.named(f"shipped minus {OCCLUSION}", "", "difference"),
            f"at most {MARGIN:.0%} below occlusion: so is the interval",
            below.low is not None and below.low >= -allowed,
        ),
        (
            above.named(f"shipped minus {RANDOM}", "", "difference"),
            f"far above chance: at least {FAR_ABOVE:g} times as much, and the interval above 0",
            enough and above.low is not None and above.low > 0.0,
        ),
    ]


def _first(order: Integers, share: float) -> Booleans:
    mask = np.zeros(len(order), dtype=bool)
    mask[order[: max(1, round(share * len(order)))]] = True
    return mask
