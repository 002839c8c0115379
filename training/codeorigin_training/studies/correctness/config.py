"""Settings of the correctness study."""

from pathlib import Path

from pydantic.dataclasses import dataclass

from codeorigin_training.configuration import STRICT


@dataclass(frozen=True, config=STRICT)
class CorrectnessConfig:
    """What is run, and what the detector is measured on.

    ``samples`` answers of each task and language are run, ``workers`` at a time, each for at most ``seconds`` of CPU
    time; set ``run`` to false to skip this part on systems without a sandbox. ``ks`` are the numbers of samples of
    the chances of at least one of k answers. ``language_model`` is the folder of a causal language model that ranks the
    answers. ``bundle`` is the detector; its false positives are counted on ``functions`` human functions, at most
    ``per_repository`` from each repository.
    """

    samples: int = 40
    seconds: float = 5.0
    workers: int = 2
    run: bool = True
    ks: tuple[int, ...] = (1, 2, 5, 10, 20)
    language_model: Path | None = None
    bundle: Path | None = None
    functions: int = 12_000
    per_repository: int = 80
    rounds: int = 200
    seed: int = 13

    def __post_init__(self) -> None:
        if min(self.samples, self.workers, self.functions, self.per_repository, self.rounds) < 1:
            raise ValueError("samples, workers, functions, per_repository and rounds must be 1 or more")
        if self.seconds <= 0 or not self.ks or min(self.ks) < 1 or list(self.ks) != sorted(set(self.ks)):
            raise ValueError("seconds must be positive, and ks rising numbers from 1")
