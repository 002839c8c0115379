"""The cache of explanations is bounded in bytes, however long the functions are."""

import pytest

from codeorigin.analysis.caches import explanation_bytes
from codeorigin.explain.explanation import (
    Baseline,
    Explanation,
    LineAttribution,
    Method,
    TokenAttribution,
)
from support.deep_size import deep_size


def explanation(lines: int, tokens: int) -> Explanation:
    return Explanation(
        logit=1.5,
        baseline_logit=0.25,
        completeness_gap=0.01,
        approximate=False,
        nodes=300,
        method=Method.INTEGRATED_GRADIENTS,
        baseline=Baseline.MASK,
        lines=tuple(LineAttribution(1000 + n, 0.1 * n, 0.2 * n, 0.3 * n) for n in range(lines)),
        top_tokens=tuple(
            TokenAttribution("é" * 10 * n, 1000 + n, 300 + n, 400 + n, 0.1 * n) for n in range(tokens)
        ),
    )


@pytest.mark.parametrize(("lines", "tokens"), [(0, 0), (1, 1), (50, 5), (5_000, 0), (10, 1_000)])
def test_size_estimate_is_never_too_low(lines: int, tokens: int) -> None:
    made = explanation(lines, tokens)
    assert deep_size(made) <= explanation_bytes(made)
    assert explanation_bytes(made) <= 3 * deep_size(made) + 1024
