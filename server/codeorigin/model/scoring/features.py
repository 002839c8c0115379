"""What the model reads of a function, and its answer before calibration."""

from dataclasses import dataclass

from codeorigin.model.ngrams.hashed_views import WideFeatures
from codeorigin.model.scoring.tokenizer import Encoding
from codeorigin.model.scoring.windows import Window


@dataclass(frozen=True, slots=True)
class DeepSettings:
    """How the deep part reads a function.

    ``context`` and ``overlap`` are the length and overlap of windows in tokens, ``dim`` is the width of an embedding.
    """

    context: int
    overlap: int
    dim: int


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
    number of windows that were pooled.
    """

    logit: float
    wide: float
    deep: float
    windows: int
