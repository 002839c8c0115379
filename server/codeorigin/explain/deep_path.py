"""Integrated Gradients of a whole function: its windows, its baseline, and as many nodes as needed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codeorigin.cancellation import NEVER, CancelToken
from codeorigin.errors import ModelError
from codeorigin.explain.explanation import Aggregation, Baseline, ExplainOptions
from codeorigin.explain.integrated_gradients import GradientFunction, integrate
from codeorigin.model.scoring.features import Features, RawScore
from codeorigin.model.scoring.scorer import Scorer

Doubles = npt.NDArray[np.float64]
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
    function's distance from the baseline (at least 1). Since the windows' weights add up to 1, the same bound then
    holds for the function's error.

    Args:
        scorer: the forward graph, for embeddings and for the ends of the path.
        gradient: the gradient of the deep logit.
        features: a function with tokens.
        score: the function's score; its wide logit is part of the distance from the baseline.
        options: baseline, nodes, tolerance and aggregation.

    Raises:
        ModelError: a graph failed, or the model has no deep part.
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
