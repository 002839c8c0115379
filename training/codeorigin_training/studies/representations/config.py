"""Settings of the representations study."""

from pathlib import Path

from pydantic import Field
from pydantic.dataclasses import dataclass

from codeorigin_training.configuration import STRICT, Count, Positive, Several


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

    functions: Count = 4000
    test_functions: Count = 1000
    detector_functions: Count = 12_000
    detector_test_functions: Count = 4000
    explained_functions: Count = 600
    per_repository: Count = 60
    bundle: Path | None = None
    encoder: Path | None = None
    vocabulary: Count = 4096
    dim: int = 96
    layers: int = 2
    heads: int = 3
    context: int = Field(default=256, ge=8)
    epochs: Count = 8
    # What does not match is taken from the same batch.
    batch: Several = 24
    swaps: Count = 8
    joined_functions: Count = 400
    joined_context: int = 320
    joined_epochs: Count = 3
    learning_rate: Positive = 1e-3
    strength: Positive = 8.0
    rounds: Count = 200
    seed: int = 11
