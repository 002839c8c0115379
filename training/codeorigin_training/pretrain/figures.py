"""Running means of the figures of the steps between two lines of the log."""

from collections.abc import Mapping

from torch import Tensor


class Figures:
    """Sums figures where they are, and reads them only when asked: a read waits for the GPU."""

    def __init__(self) -> None:
        self._sums: dict[str, Tensor] = {}
        self._counts: dict[str, int] = {}
        self._tokens = 0

    def add(self, figures: Mapping[str, Tensor], tokens: int) -> None:
        """Add the figures of a batch of ``tokens`` tokens."""
        for name, value in figures.items():
            self._sums[name] = self._sums[name] + value if name in self._sums else value
            self._counts[name] = self._counts.get(name, 0) + 1
        self._tokens += tokens

    def take(self, seconds: float) -> dict[str, float]:
        """Means since the last call, each over the batches that had it, and tokens a second over ``seconds``."""
        means = {name: float(total) / self._counts[name] for name, total in self._sums.items()}
        means["tokens_per_second"] = self._tokens / max(seconds, 1e-9)
        self._sums, self._counts, self._tokens = {}, {}, 0
        return means
