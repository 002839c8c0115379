"""Integrated Gradients of one window, in NumPy, for any function that returns a logit and its gradient.

Source: Axiomatic Attribution for Deep Networks (Sundararajan et al., ICML 2017), equation 1, with
Gauss-Legendre quadrature, which needs about a sixth of the evaluations of an even grid.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from codeorigin.cancellation import NEVER, CancelToken

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

GradientFunction = Callable[[Floats], tuple[Floats, Floats]]
"""A model after its embedding layer: logit ``(B,)`` and its gradient ``(B, T, D)`` at embeddings ``(B, T, D)``.

The logit, not the probability, because the sigmoid saturates where the model is sure.
"""

BATCH_TOKENS = 256
"""Most tokens per call of the gradient function; a single window may be longer.

A large encoder keeps a megabyte per token for the backward pass, and larger batches are no faster.
"""


@lru_cache(maxsize=8)
def gauss_legendre(count: int) -> tuple[Doubles, Doubles]:
    """Nodes and weights ``(count,)`` on [0, 1]; exact for polynomials of degree ``2 * count - 1``."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return (nodes + 1.0) / 2.0, weights / 2.0


def integrate(
    gradient: GradientFunction,
    embeddings: Floats,
    baseline: Floats,
    count: int,
    *,
    batch_tokens: int = BATCH_TOKENS,
    cancel: CancelToken = NEVER,
) -> Doubles:
    """Attributions ``(T, D)`` of one window along the straight line from ``baseline`` to ``embeddings``.

    Args:
        gradient: the model.
        embeddings: the window, ``(T, D)``.
        baseline: the uninformative window, ``(T, D)``.
        count: number of Gauss-Legendre nodes.
        batch_tokens: most tokens per call; affects the result only by rounding.
    """
    nodes, weights = gauss_legendre(count)
    difference = embeddings - baseline
    mean_gradient = np.zeros(embeddings.shape, dtype=np.float64)
    step = max(1, batch_tokens // max(1, len(embeddings)))
    for first in range(0, count, step):
        cancel.raise_if_cancelled()
        chunk = slice(first, first + step)
        points = baseline + nodes[chunk, None, None].astype(np.float32) * difference
        _, gradients = gradient(points)
        mean_gradient += np.tensordot(weights[chunk], gradients.astype(np.float64), axes=1)
    return mean_gradient * difference
