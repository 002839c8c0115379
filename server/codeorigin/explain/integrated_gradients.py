"""Integrated Gradients in NumPy: of one window, and of a function in windows, with as many nodes as needed.

Source: Axiomatic Attribution for Deep Networks (Sundararajan et al., ICML 2017), equation 1, with
Gauss-Legendre quadrature, which needs about a sixth of the evaluations of an even grid.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.core.errors import ModelError
from codeorigin.explain.explanation import ExplainOptions
from codeorigin.model.scoring.deep_settings import Aggregation, Baseline
from codeorigin.model.scoring.graph import Graph
from codeorigin.model.scoring.inputs import Features, RawScore
from codeorigin.model.scoring.scorer import Scorer

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
    """Attributions ``(T, D)`` of a window along the straight line from ``baseline`` to ``embeddings``, both ``(T, D)``.

    ``count`` is the number of Gauss-Legendre nodes. ``batch_tokens`` affects the result only by rounding.
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


_INPUTS = {"embeddings", "mask"}


class GradientGraph:
    """A :class:`~codeorigin.explain.integrated_gradients.GradientFunction` on onnxruntime."""

    def __init__(self, path: Path, *, threads: int = 1) -> None:
        """Load the graph; raises ModelError if the file cannot be read or is a different graph."""
        self._graph = Graph(path, threads=threads)
        if set(self._graph.inputs) != _INPUTS:
            raise ModelError(f"{path.name}: is not a gradient graph; reinstall the model")

    def __call__(self, embeddings: Floats) -> tuple[Floats, Floats]:
        """Deep logit ``(B,)`` and gradient ``(B, T, D)`` at windows ``(B, T, D)`` without padding; raises ModelError."""
        feed = {
            "embeddings": embeddings.astype(np.float32, copy=False),
            "mask": np.ones(embeddings.shape[:2], dtype=np.bool_),
        }
        outputs = self._graph.run(["logit", "gradient"], feed)
        return outputs["logit"], outputs["gradient"]


Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PathAttribution:
    """Attributions of a function's tokens.

    ``tokens`` is ``(T, D)``, or ``(T, 1)`` if only the sums over the dimensions are needed.
    ``baseline_logit`` is the pooled deep logit of the baseline, ``nodes`` the largest number used for any window.
    """

    tokens: Doubles
    baseline_logit: float
    nodes: int


def attribute_windows(
    scorer: Scorer,
    gradient: GradientFunction,
    features: Features,
    score: RawScore,
    options: ExplainOptions,
    cancel: CancelToken = NEVER,
) -> PathAttribution:
    """Integrated Gradients of every window, pooled as the logits are.

    The number of nodes for a window is doubled, up to ``max_nodes``, while its error is above ``tolerance`` times the
    function's distance from the baseline (at least 1), of which the wide logit of its ``score`` is a part. Since the
    windows' weights add up to 1, the same bound then holds for the function's error. Raises ModelError if a graph fails.
    """
    if features.encoding is None or scorer.deep is None:
        raise ModelError("this model has no deep part to integrate over")
    windows = [features.encoding.ids[window.start : window.stop] for window in features.windows]
    weights = np.array([window.weight for window in features.windows])
    # With a single window, the function's logit is known, so a large encoder need not run again.
    known = score.deep if len(windows) == 1 else None
    stops = scorer.deep_logits(windows, cancel) if known is None else np.array([known])
    starts = _baseline_logits(scorer, gradient, windows, options.baseline, cancel)
    allowed = options.tolerance * max(abs(score.wide + float(weights @ (stops - starts))), 1.0)
    dimensions = scorer.deep.dim if options.aggregation is Aggregation.L2_NORM else 1
    tokens = np.zeros((len(features.encoding.ids), dimensions))
    most = 0
    for number, window in enumerate(features.windows):
        found, nodes = _converged(
            gradient,
            scorer.embed(windows[number][None])[0],
            _baseline_embeddings(scorer, windows[number], options.baseline),
            float(stops[number] - starts[number]),
            allowed,
            options,
            cancel,
        )
        pooled = found if dimensions > 1 else found.sum(axis=1, keepdims=True)
        tokens[window.start : window.stop] += window.weight * pooled
        most = max(most, nodes)
    return PathAttribution(tokens, float(weights @ starts), most)


def _converged(
    gradient: GradientFunction,
    embeddings: npt.NDArray[np.float32],
    baseline: npt.NDArray[np.float32],
    expected: float,
    allowed: float,
    options: ExplainOptions,
    cancel: CancelToken,
) -> tuple[Doubles, int]:
    nodes = min(options.nodes, options.max_nodes)
    while True:
        found = integrate(gradient, embeddings, baseline, nodes, cancel=cancel)
        if abs(float(found.sum()) - expected) <= allowed or 2 * nodes > options.max_nodes:
            return found, nodes
        nodes *= 2


def _baseline_logits(
    scorer: Scorer, gradient: GradientFunction, windows: list[Ids], baseline: Baseline, cancel: CancelToken
) -> Doubles:
    if baseline is not Baseline.ZERO:
        return scorer.deep_logits([_baseline_ids(scorer, ids, baseline) for ids in windows], cancel)
    logits: list[float] = []
    for ids in windows:
        cancel.raise_if_cancelled()
        logit, _ = gradient(_baseline_embeddings(scorer, ids, baseline)[None])
        logits.append(float(logit[0]))
    return np.array(logits)


def _baseline_embeddings(scorer: Scorer, ids: Ids, baseline: Baseline) -> npt.NDArray[np.float32]:
    embeddings = scorer.embed(_baseline_ids(scorer, ids, baseline)[None])[0]
    return np.zeros_like(embeddings) if baseline is Baseline.ZERO else embeddings


def _baseline_ids(scorer: Scorer, ids: Ids, baseline: Baseline) -> Ids:
    if scorer.tokenizer is None:
        raise ModelError("this model has no deep part to integrate over")
    token = scorer.tokenizer.pad_id if baseline is Baseline.PAD else scorer.tokenizer.mask_id
    return np.full_like(ids, token)
