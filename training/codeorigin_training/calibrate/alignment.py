"""How high the human code of each language scores: what makes one threshold mean one thing in all of them."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from codeorigin_training.arrays import Floats
from codeorigin_training.calibrate.promises import DISTRIBUTION, HumanScores


class AlignmentSettings(Protocol):
    """What offsets need of a configuration."""

    @property
    def offset_quantile(self) -> float:
        """Which quantile of a language's human code says how high it scores."""

    @property
    def offset_repositories(self) -> float:
        """Repositories of all languages that a language's quantile is mixed with."""


def language_offsets(
    human: HumanScores, languages: npt.NDArray[np.str_], config: AlignmentSettings
) -> dict[str, float]:
    """An upper quantile of the human code of every language, in logits.

    Repositories weigh alike. A language's quantile is mixed with that of all languages as if
    ``config.offset_repositories`` of theirs were its own, so few repositories move it little. A distribution's packages,
    which score lower than repositories and of which some languages have many more, count only where
    there is nothing else.

    Args:
        human: human code, ``n`` functions.
        languages: ``(n,)``, the language of each.
        config: which quantile, and how firmly it is mixed.
    """
    chosen = human.populations != DISTRIBUTION
    if not chosen.any():
        chosen = np.ones(len(human.logits), dtype=bool)
    everything = _quantile(human.take(chosen), config.offset_quantile)
    offsets: dict[str, float] = {}
    for name in np.unique(languages).tolist():
        part = human.take(chosen & (languages == name))
        count = len(np.unique(part.repositories))
        offsets[name] = everything
        if count:
            share = count / (count + config.offset_repositories)
            own = _quantile(part, config.offset_quantile)
            offsets[name] = share * own + (1.0 - share) * everything
    return offsets


def _quantile(human: HumanScores, quantile: float) -> float:
    """The lowest logit that ``quantile`` of this code does not exceed, repositories weighing alike."""
    _, group, counts = np.unique(human.repositories, return_inverse=True, return_counts=True)
    order = np.argsort(human.logits, kind="stable")
    weights: Floats = np.cumsum(1.0 / counts[group[order]])
    index = int(np.searchsorted(weights, quantile * weights[-1] - 1e-9))
    return float(human.logits[order][min(index, len(order) - 1)])
