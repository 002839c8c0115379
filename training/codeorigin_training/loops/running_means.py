"""Running means of figures over the steps between two log lines."""

from collections.abc import Mapping

from torch import Tensor


class RunningMeans:
    """Sums figures on their device and reads them only in :meth:`take`, because a read waits for the GPU."""

    def __init__(self) -> None:
        self._sums: dict[str, Tensor] = {}
        self._weights: dict[str, float] = {}
        self._tokens = 0

    @property
    def empty(self) -> bool:
        """Whether nothing was added since the last :meth:`take`."""
        return not self._sums

    def add(self, figures: Mapping[str, Tensor], tokens: int, weight: float = 1.0) -> None:
        """Add the figures (scalars) of a batch of ``tokens`` tokens, with weight ``weight``."""
        for name, value in figures.items():
            self._sums[name] = self._sums[name] + value * weight if name in self._sums else value * weight
            self._weights[name] = self._weights.get(name, 0.0) + weight
        self._tokens += tokens

    def take(self, seconds: float) -> dict[str, float]:
        """Means since the last call, each over the batches with the figure, and tokens per second over ``seconds``."""
        means = {name: float(total) / self._weights[name] for name, total in self._sums.items()}
        means["tokens_per_second"] = self._tokens / max(seconds, 1e-9)
        self._sums, self._weights, self._tokens = {}, {}, 0
        return means
