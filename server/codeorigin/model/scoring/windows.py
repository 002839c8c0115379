"""Splits long functions into overlapping windows of equal length, whose logits are averaged."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """Tokens ``start`` to ``stop`` of a function; ``weight`` is its share of the pooled logit."""

    start: int
    stop: int
    weight: float


def split(length: int, context: int, overlap: int) -> list[Window]:
    """Split ``length`` tokens into windows of at most ``context`` that cover every token.

    All windows are equally long, so that there is no short last window; they overlap by about ``overlap`` or more.
    Weights add up to 1. An empty function has no window.

    Raises:
        ValueError: ``overlap`` is not smaller than ``context``, or one of them is negative.
    """
    if not 0 <= overlap < context:
        raise ValueError(f"overlap {overlap} must be at least 0 and less than context {context}")
    if length <= 0:
        return []
    if length <= context:
        return [Window(0, length, 1.0)]
    count = -(-(length - overlap) // (context - overlap))
    last_start = length - context
    starts = [round(index * last_start / (count - 1)) for index in range(count)]
    return [Window(start, start + context, 1.0 / count) for start in starts]
