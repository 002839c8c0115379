"""Scales with chosen thresholds."""

from collections.abc import Mapping

from codeorigin.model.calibration.scale import Scale, Shares, share_at

LLM_RATE, HUMAN_RATE = 0.01, 0.04


def scale(
    llm: float,
    human: float,
    languages: Mapping[str, tuple[float, float]] | None = None,
    *,
    temperature: float = 1.0,
    shift: float = 0.0,
) -> Scale:
    """A scale with these thresholds, raw logits, and others for some ``languages``.

    Shares are linear from the lowest logit to the threshold, and from there to the highest one.
    """
    bounds = {"": (llm, human), **(languages or {})}
    known = {logit for each in bounds.values() for logit in each}
    lowest, highest = min(known) - 10.0, max(known) + 10.0
    logits = sorted({lowest, highest, *known})
    shares = {
        name: Shares(
            [share_at([lowest, upper, highest], [1.0, LLM_RATE, 0.0], logit) for logit in logits],
            [share_at([lowest, lower, highest], [0.0, HUMAN_RATE, 1.0], logit) for logit in logits],
        )
        for name, (upper, lower) in bounds.items()
    }
    everywhere = shares.pop("")
    return Scale(temperature, shift, LLM_RATE, HUMAN_RATE, tuple(logits), everywhere, shares)
