"""The result of an explanation: signed evidence of lines and tokens, and how accurate it is."""

from dataclasses import dataclass
from enum import StrEnum

from codeorigin.languages.constructs import Construct
from codeorigin.model.scoring.deep_settings import Aggregation, Baseline


class Method(StrEnum):
    """How the attributions were computed.

    Nobody asks for ``LINEAR``: Integrated Gradients come down to it where the model is linear and nothing has to be
    integrated. Each n-gram then has its exact share of the logit.
    """

    INTEGRATED_GRADIENTS = "integrated_gradients"
    LINEAR = "linear_attributions"


@dataclass(frozen=True, slots=True)
class ExplainOptions:
    """How to explain a function.

    ``nodes`` is the initial number of Gauss-Legendre nodes; it is doubled, up to ``max_nodes``, while the relative
    completeness gap is above ``tolerance``.
    """

    baseline: Baseline = Baseline.MASK
    aggregation: Aggregation = Aggregation.SUM
    nodes: int = 8
    max_nodes: int = 32
    tolerance: float = 0.02
    top_tokens: int = 5


@dataclass(frozen=True, slots=True)
class LineAttribution:
    """Evidence of one line, in logits: positive towards ``llm``, negative towards ``human``.

    ``line`` is 0-based in the analysed document; ``value == wide + deep``.
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
    """Evidence of everything that belongs to one construct, in logits; ``value == wide + deep``.

    ``characters`` is the number of characters that belong to it in the text that the model reads.
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
    ``|logit - baseline_logit|`` and 1 (to avoid dividing by nearly zero for an undecided function);
    ``approximate`` means that it stayed above the tolerance, even with ``max_nodes`` nodes. All logits are those
    of the raw model, before the calibration temperature. ``constructs``, strongest first, add up to the same total as
    the lines; there are none if the text is too hard to parse. ``nodes`` is the
    largest number used, None unless the method is Integrated Gradients; ``baseline`` is None if it is linear.
    """

    logit: float
    baseline_logit: float
    completeness_gap: float
    approximate: bool
    nodes: int | None
    method: Method
    baseline: Baseline | None
    lines: tuple[LineAttribution, ...]
    top_tokens: tuple[TokenAttribution, ...]
    constructs: tuple[ConstructAttribution, ...] = ()
