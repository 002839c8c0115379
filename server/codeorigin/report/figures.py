"""Formats figures for users: one way to write a probability, a share, evidence and a count."""

from collections.abc import Sequence

NOTICEABLE = 0.005
"""Evidence in logits below which a line, or the rest of a file, is not worth mentioning."""

# Probabilities are shown as whole percentages; those beyond these limits would round to 0 % or 100 %.
_NEARLY_ZERO, _NEARLY_ONE = 0.005, 0.995
_SMALLEST_SHARE = 0.0001


def probability_percent(probability: float) -> str:
    """``0.82`` -> ``82 %``; never a bare 0 % or 100 %, which would be claims of certainty."""
    if probability >= _NEARLY_ONE:
        return "over 99 %"
    return "under 1 %" if probability <= _NEARLY_ZERO else f"{100 * probability:.0f} %"


def probability_decimal(probability: float | None) -> str:
    """``0.824`` -> ``0.82``, for columns and next to thresholds, which are set as decimals; None is a dash.

    Open at both ends like :func:`probability_percent`: ``<0.01`` and ``>0.99``.
    """
    if probability is None:
        return "-"
    if probability >= _NEARLY_ONE:
        return ">0.99"
    return "<0.01" if probability <= _NEARLY_ZERO else f"{probability:.2f}"


def percent(share: float) -> str:
    """A share, a rate or a gap with as many digits as are significant: ``0.05 %``, ``1.2 %``, ``12 %``.

    Only the whole is ``100 %``; what is nearly all is ``over 99 %``.
    """
    if share < _SMALLEST_SHARE:
        return "under 0.01 %"
    if _NEARLY_ONE <= share < 1:
        return "over 99 %"
    return f"{100 * share:.2g} %" if share < 0.0995 else f"{100 * share:.0f} %"


def parts_percent(counts: Sequence[int]) -> list[str]:
    """The parts of a whole as whole per cents that add up to 100, the last ones rounded by the largest remainders.

    ``[1, 99, 900]`` -> ``under 1 %``, ``10 %``, ``90 %``: a part that is there is never 0 %, one that lacks something
    never 100 %. All are a dash if there is nothing.
    """
    whole = sum(counts)
    if not whole:
        return ["-"] * len(counts)
    rounded = [100 * count // whole for count in counts]
    by_remainder = sorted(range(len(counts)), key=lambda place: -(100 * counts[place] % whole))
    for place in by_remainder[: 100 - sum(rounded)]:
        rounded[place] += 1
    return [_part(count, percent, whole) for count, percent in zip(counts, rounded, strict=True)]


def _part(count: int, percent: int, whole: int) -> str:
    if count and not percent:
        return "under 1 %"
    return "over 99 %" if percent == 100 and count < whole else f"{percent} %"


def percent_as_given(share: float) -> str:
    """A limit that a user chose, with all its digits: ``0.125`` -> ``12.5 %``, ``0.0`` -> ``0 %``."""
    return f"{100 * share:g} %"


def logits(value: float) -> str:
    """Evidence with its sign: ``+0.40``, ``-1.50``."""
    return f"{value:+.2f}"


def side(value: float) -> str:
    """Where evidence points: ``to an LLM``, ``to a person``, ``neither way``."""
    if abs(value) < NOTICEABLE:
        return "neither way"
    return "to an LLM" if value > 0 else "to a person"


def capitalized(text: str) -> str:
    """``text`` as the start of a sentence: ``over 99 %`` -> ``Over 99 %``."""
    return text[:1].upper() + text[1:]


def counted(count: int, noun: str) -> str:
    """``1 file``, ``2 files``, ``1,234 files``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
