"""Checks that the input that an explanation starts from is neutral."""

import numpy as np

from codeorigin_training.metrics.detector import Detector
from codeorigin_training.report.section import Figure, Section

BOUND = 0.1
"""Maximum allowed distance from the bias, in logits."""

_LENGTHS = (8, 32, 128, 512)


def neutral(detector: Detector) -> Section:
    """Compare the logit of only MASK and no n-grams, at several lengths, with the bias.

    A model without a deep part has no tokens, so its distance is 0.
    """
    scorer = detector.scorer
    distance = 0.0
    if scorer.tokenizer is not None and scorer.deep is not None:
        lengths = [length for length in _LENGTHS if length < scorer.deep.context] + [scorer.deep.context]
        masked = [np.full(length, scorer.tokenizer.mask_id, dtype=np.int64) for length in lengths]
        distance = float(np.abs(scorer.deep_logits(masked)).max())
    holds = distance <= BOUND
    return Section(
        title="Empty input",
        note=(
            f"With all tokens masked and no n-grams, the logit is {distance:.3f} from the bias; at most {BOUND:g} is "
            f"allowed: {'holds' if holds else '**does not hold**'}."
        ),
        figures=(Figure("distance from the bias", distance),),
        problems=()
        if holds
        else (f"An empty input scores {distance:.2f} logits from the bias, more than {BOUND:g}.",),
    )
