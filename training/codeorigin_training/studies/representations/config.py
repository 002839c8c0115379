"""The settings of the study of representations."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RepresentationsConfig:
    """How the relations and the detectors are trained and measured.

    ``functions`` teach the relations and ``test_functions`` measure them; ``detector_functions`` and
    ``detector_test_functions`` do so for the detectors, at most ``per_repository`` of a repository and label. The
    relations are told by a transformer of ``layers`` layers of width ``dim`` that reads ``context`` tokens, with a
    vocabulary of ``vocabulary`` of the source's; ``encoder`` is the folder of a pretrained one to be used in its place,
    with its vocabulary extended. While it learns, every pair is swapped with ``swaps`` neighbours.
    ``joined_functions`` of them also teach an ordinary classifier, which reads both representations in one
    sequence of ``joined_context`` tokens for ``joined_epochs``. The constructs' evidence is that of ``bundle`` on
    ``explained_functions``.
    """

    functions: int = 4000
    test_functions: int = 1000
    detector_functions: int = 12_000
    detector_test_functions: int = 4000
    explained_functions: int = 600
    per_repository: int = 60
    bundle: Path | None = None
    encoder: Path | None = None
    vocabulary: int = 4096
    dim: int = 96
    layers: int = 2
    heads: int = 3
    context: int = 256
    epochs: int = 8
    batch: int = 24
    swaps: int = 8
    joined_functions: int = 400
    joined_context: int = 320
    joined_epochs: int = 3
    learning_rate: float = 1e-3
    strength: float = 8.0
    rounds: int = 200
    seed: int = 11

    def __post_init__(self) -> None:
        names = ("functions", "test_functions", "detector_functions", "detector_test_functions", "vocabulary",
                 "explained_functions", "per_repository", "epochs", "rounds", "joined_functions",
                 "joined_epochs", "swaps")  # fmt: skip
        for name in names:
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more")
        if self.batch < 2:
            raise ValueError("batch must be 2 or more: what does not match is taken from the same batch")
        if self.context < 8 or self.learning_rate <= 0 or self.strength <= 0:
            raise ValueError("context must be at least 8, learning_rate and strength positive")
