"""Checks that the input that an explanation starts from is neutral."""

import numpy as np

from codeorigin_training.metrics.detector import Detector
from codeorigin_training.report.contents import Neutral

BOUND = 0.1
"""Maximum allowed distance from the bias, in logits."""

_LENGTHS = (8, 32, 128, 512)


def neutral(detector: Detector) -> Neutral:
    """Compare the logit of only MASK and no n-grams, at several lengths, with the bias.

    A model without a deep part has no tokens, so its distance is 0.
    """
    scorer = detector.scorer
    if scorer.tokenizer is None or scorer.deep is None:
        return Neutral(0.0, BOUND, holds=True)
    lengths = [length for length in _LENGTHS if length < scorer.deep.context] + [scorer.deep.context]
    masked = [np.full(length, scorer.tokenizer.mask_id, dtype=np.int64) for length in lengths]
    distance = float(np.abs(scorer.deep_logits(masked)).max())
    return Neutral(distance, BOUND, holds=distance <= BOUND)
