"""A second opinion on a threshold, from a conformal prediction library.

With one function per repository, conformal risk control and a class-conditional conformal p-value are the same
test: a function is called ``llm`` if its p-value among human code is at most the rate. So the library's
threshold on a sample of one function from each repository is an unbiased, if noisier, estimate of the same guarantee
(Dunn, Wasserman and Ramdas, "Distribution-Free Prediction Sets for Two-Layer Hierarchical Models", 2023).
"""

import numpy as np
from crepes import ConformalClassifier

from codeorigin_training.arrays import Floats, Integers


def library_p_values(human: Floats, scores: Floats) -> Floats:
    """Conformal p-values ``(m,)`` of ``scores`` ``(m,)`` among ``human`` logits ``(n,)``; small means unlike human."""
    # For the library a high alpha is a strange score, just as a high logit is strange for human code.
    fitted = ConformalClassifier().fit(alphas=human)
    p_values: Floats = fitted.predict_p(scores[:, None], all_classes=True, smoothing=False).ravel()
    return p_values


def library_threshold(human: Floats, rate: float) -> float | None:
    """The lowest of ``human``'s logits ``(n,)`` whose p-value is at most ``rate``; None if there is none."""
    # Every logit counts itself among those at least as high, just like a function to be judged.
    unlike = human[library_p_values(human, human) <= rate + 1e-12]
    return float(unlike.min()) if len(unlike) else None


def second_opinion(logits: Floats, repositories: Integers, rate: float, *, draws: int, seed: int) -> Floats:
    """Sorted library thresholds ``(k,)`` of ``draws`` samples of one function per repository.

    Samples without a threshold are left out, so ``k`` is at most ``draws``.

    Args:
        logits: raw out-of-sample logits ``(n,)`` of human functions.
        repositories: int64 ``(n,)``, the repository of each.
        rate: false-positive rate to guarantee.
        draws: number of samples.
        seed: seed of the draws.
    """
    generator = np.random.default_rng(seed)
    found = []
    for _ in range(draws):
        order = generator.permutation(len(logits))
        one_each = order[np.unique(repositories[order], return_index=True)[1]]
        threshold = library_threshold(logits[one_each], rate)
        if threshold is not None:
            found.append(threshold)
    return np.sort(np.array(found, dtype=np.float64))
