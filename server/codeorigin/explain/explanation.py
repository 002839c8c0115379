"""The result of an explanation: signed evidence of lines and tokens, and how exact it is."""

from dataclasses import dataclass
from enum import StrEnum

from codeorigin.source.construct import Construct


class Baseline(StrEnum):
    """The uninformative input that Integrated Gradients starts from."""

    MASK = "mask"
    ZERO = "zero"
    PAD = "pad"


class Method(StrEnum):
    """How the attributions were computed."""

    INTEGRATED_GRADIENTS = "integrated_gradients"
    OCCLUSION = "occlusion"


class Aggregation(StrEnum):
    """How the attributions of one token's embedding dimensions become one number.

    ``SUM`` keeps completeness; ``L2_NORM`` is the classic unsigned view (Li et al., NAACL 2016).
    """

    SUM = "sum"
    L2_NORM = "l2_norm"


@dataclass(frozen=True, slots=True)
class ExplainOptions:
    """How to explain. ``nodes`` is the first number of Gauss-Legendre nodes; it doubles up to
    ``max_nodes`` while the relative completeness gap is above ``tolerance``. Without ``deep``, the wide part is
    explained by itself, at once."""

    method: Method = Method.INTEGRATED_GRADIENTS
    baseline: Baseline = Baseline.MASK
    aggregation: Aggregation = Aggregation.SUM
    nodes: int = 8
    max_nodes: int = 32
    tolerance: float = 0.02
    top_tokens: int = 5
    deep: bool = True


@dataclass(frozen=True, slots=True)
class LineAttribution:
    """Evidence of one line, in logits: positive towards ``llm``, negative towards ``human``.

    ``line`` is 0-based in the document that was analysed; ``value == wide + deep``.
    """

    line: int
    value: float
    wide: float
    deep: float


@dataclass(frozen=True, slots=True)
class TokenAttribution:
    """Evidence of one token, in logits. Columns are code points in the document's line."""

    text: str
    line: int
    start_column: int
    end_column: int
    value: float


@dataclass(frozen=True, slots=True)
class ConstructAttribution:
    """Evidence of all that belongs to one construct, in logits; ``value == wide + deep``.

    ``characters`` is how many characters of what the model reads belong to it.
    """

    construct: Construct
    value: float
    wide: float
    deep: float
    characters: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Line and token evidence that adds up to ``logit - baseline_logit``.

    ``completeness_gap`` is ``|sum(lines) - (logit - baseline_logit)|`` relative to the larger of
    ``|logit - baseline_logit|`` and 1 (so that an undecided function does not divide by nearly zero);
    ``approximate`` says that it stayed above the tolerance with ``max_nodes`` nodes. All logits are those
    of the raw model, before the calibration temperature. ``constructs``, the strongest first, add up to what the
    lines do; there are none by occlusion, which hides lines, and for a text that takes too long to parse.
    """

    logit: float
    baseline_logit: float
    completeness_gap: float
    approximate: bool
    nodes: int
    method: Method
    baseline: Baseline
    lines: tuple[LineAttribution, ...]
    top_tokens: tuple[TokenAttribution, ...]
    constructs: tuple[ConstructAttribution, ...] = ()
