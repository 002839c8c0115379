"""How an encoder reads functions and is explained: entries of the manifest, without NumPy, which reports do not load."""

from dataclasses import dataclass
from enum import StrEnum

from codeorigin.model.folder import ManifestEntry


class Baseline(StrEnum):
    """The uninformative input that Integrated Gradients starts from."""

    MASK = "mask"
    ZERO = "zero"
    PAD = "pad"


class Aggregation(StrEnum):
    """How the attributions of a token's embedding dimensions are combined into one number.

    ``SUM`` keeps completeness; ``L2_NORM`` is the classic unsigned view (Li et al., NAACL 2016).
    """

    SUM = "sum"
    L2_NORM = "l2_norm"


@dataclass(frozen=True, slots=True)
class DeepSettings(ManifestEntry):
    """How the deep part reads a function, and how it is explained.

    ``context`` and ``overlap`` are the length and overlap of windows in tokens, ``dim`` is the width of an embedding.
    """

    context: int
    overlap: int
    dim: int
    baseline: Baseline = Baseline.MASK
    aggregation: Aggregation = Aggregation.SUM
