"""Settings of the representations study."""

from pathlib import Path

from pydantic.dataclasses import dataclass

from codeorigin_training.configuration import STRICT


@dataclass(frozen=True, config=STRICT)
class RepresentationsConfig:
    """How the relation classifiers and the detectors are trained and measured.

    The relation classifiers are trained on ``functions`` and measured on ``test_functions``, the detectors on
    ``detector_functions`` and ``detector_test_functions``, with at most ``per_repository`` functions of each repository
    and label. Relations are classified by a transformer of ``layers`` layers and width ``dim`` that reads ``context``
    tokens, with a vocabulary of ``vocabulary`` entries from the source. ``encoder`` is the folder of a pretrained
    encoder to use as well, with its vocabulary extended. In training, every pair is swapped with ``swaps`` neighbours.
    An ordinary classifier is also trained, on ``joined_functions`` of the functions; it reads both representations in
    one sequence of ``joined_context`` tokens for ``joined_epochs``. The evidence of constructs is that of ``bundle`` on
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
