"""Occlusion: what the logit loses when a piece of code is hidden. Needs only the forward graph.

Source: Visualizing and Understanding Convolutional Networks (Zeiler and Fergus, ECCV 2014), section 4.2.
Here tokens are replaced by MASK and n-grams dropped, instead of covering part of an image with a grey square.
"""

import numpy as np
import numpy.typing as npt

from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.explain.evidence import occurrence_shares, running_sum
from codeorigin.model.ngrams.hashed_views import WideFeatures
from codeorigin.model.scoring.inputs import Features
from codeorigin.model.scoring.scorer import Scorer

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer]


def occlude(
    scorer: Scorer, features: Features, starts: Ints, ends: Ints, cancel: CancelToken = NEVER
) -> tuple[Doubles, Doubles]:
    """The full logit minus the logit without each range of characters, for the wide and the deep part.

    Unlike with Integrated Gradients, the values need not add up to anything: evidence that takes two lines
    together is lost when either of them is hidden.

    Args:
        scorer: the model.
        features: the function, with the occurrences of its n-grams.
        starts: ``(R,)`` offsets into the normalised text, sorted; the ranges are disjoint and not empty.
        ends: ``(R,)``, exclusive.

    Returns:
        wide and deep, ``(R,)`` each, in logits.

    Raises:
        ModelError: the graph failed.
    """
    wide = np.zeros(len(starts))
    if features.wide is not None:
        wide = touching_shares(features.wide, scorer.wide_weights(features.wide.ids), starts, ends)
    return wide, _occlude_tokens(scorer, features, starts, ends, cancel)


def hidden_logit(scorer: Scorer, features: Features, cancel: CancelToken = NEVER) -> float:
    """The deep logit of a function with every token hidden.

    Raises:
        ModelError: the graph failed.
    """
    if not features.windows or scorer.tokenizer is None:
        return 0.0
    masked = [np.full(window.stop - window.start, scorer.tokenizer.mask_id) for window in features.windows]
    return float(scorer.deep_logits(masked, cancel) @ [window.weight for window in features.windows])


def _occlude_tokens(
    scorer: Scorer, features: Features, starts: Ints, ends: Ints, cancel: CancelToken
) -> Doubles:
    lost = np.zeros(len(starts))
    encoding = features.encoding
    if encoding is None or not features.windows or (tokenizer := scorer.tokenizer) is None:
        return lost
    whole = [encoding.ids[window.start : window.stop] for window in features.windows]
    hidden: list[npt.NDArray[np.int64]] = []
    origin: list[tuple[int, int]] = []
    for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
        touched = (encoding.starts < end) & (encoding.ends > start)
        for number, window in enumerate(features.windows):
            here = touched[window.start : window.stop]
            # Windows that do not contain any of the range keep their logit.
            if here.any():
                hidden.append(np.where(here, tokenizer.mask_id, whole[number]))
                origin.append((index, number))
    logits = scorer.deep_logits([*whole, *hidden], cancel)
    for (index, number), logit in zip(origin, logits[len(whole) :], strict=True):
        lost[index] += features.windows[number].weight * (logits[number] - logit)
    return lost


def touching_shares(
    features: WideFeatures,
    weights: npt.NDArray[np.float32],
    range_starts: Ints,
    range_ends: Ints,
) -> Doubles:
    """What the wide logit loses when every n-gram that overlaps a range of characters is dropped.

    An n-gram that overlaps several ranges counts in each of them.

    Args:
        features: n-grams of one function, with their occurrences.
        weights: ``(N,)``, the weight of every distinct n-gram.
        range_starts: ``(R,)`` sorted; the ranges are disjoint and not empty.
        range_ends: ``(R,)``, exclusive.

    Returns:
        ``(R,)``, in logits.
    """
    first = np.searchsorted(range_ends, features.occurrences.start, side="right")
    after_last = np.searchsorted(range_starts, features.occurrences.end, side="left")
    # An occurrence between two ranges has its first range after its last.
    after_last = np.maximum(after_last, first)
    return running_sum(first, after_last, occurrence_shares(features, weights), len(range_starts))
