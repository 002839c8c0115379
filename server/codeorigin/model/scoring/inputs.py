"""What the model reads of a function, in which windows, and its answer before calibration."""

from dataclasses import dataclass

from codeorigin.model.ngrams.hashed_views import WideFeatures
from codeorigin.model.past import ReferenceShare
from codeorigin.model.scoring.tokenizer import Encoding


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


@dataclass(frozen=True, slots=True)
class Features:
    """What the model reads of one function; a part that is None adds nothing to the logit.

    ``bias`` is the logit without any evidence: the model's bias plus that of the function's language.
    """

    wide: WideFeatures | None
    encoding: Encoding | None
    windows: tuple[Window, ...]
    bias: float = 0.0


@dataclass(frozen=True, slots=True)
class RawScore:
    """The model's answer before calibration: ``logit == bias + wide + deep``.

    The bias is the model's plus that of the function's language. ``deep`` is 0 without a deep part. ``windows`` is the
    number of windows that were pooled. ``reference`` is what the project's own functions say about it, which is not
    part of ``logit``; None if they say nothing.
    """

    logit: float
    wide: float
    deep: float
    windows: int
    reference: ReferenceShare | None = None
