"""Settings of the correctness study."""

from pathlib import Path

from pydantic.dataclasses import dataclass

from codeorigin_training.configuration import STRICT, Count, Positive


@dataclass(frozen=True, config=STRICT)
class CorrectnessConfig:
    """What is run, and what the detector is measured on.

    ``samples`` answers of each task and language are run, ``workers`` at a time, each for at most ``seconds`` of CPU
    time; set ``run`` to false to skip this part on systems without a sandbox. ``ks`` are the numbers of samples of
    the chances of at least one of k answers. ``language_model`` is the folder of a causal language model that ranks the
    answers. ``bundle`` is the detector; its false positives are counted on ``functions`` human functions, at most
    ``per_repository`` from each repository.
    """

    samples: Count = 40
    seconds: Positive = 5.0
    workers: Count = 2
    run: bool = True
    ks: tuple[Count, ...] = (1, 2, 5, 10, 20)
    language_model: Path | None = None
    bundle: Path | None = None
    functions: Count = 12_000
    per_repository: Count = 80
    rounds: Count = 200
    seed: int = 13

    def __post_init__(self) -> None:
        if not self.ks or list(self.ks) != sorted(set(self.ks)):
            raise ValueError("ks must be rising numbers")
