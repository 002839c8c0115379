"""The settings of an evaluation report: what it measures, and on how many functions."""

from pathlib import Path

from pydantic.dataclasses import dataclass

from codeorigin_training.configuration import STRICT

PERTURBATIONS = ("reindented", "comments_removed", "renamed")
"""Augmentations that preserve a function's behaviour; the report also measures the raw text."""

SECTIONS = (
    "held_out",
    "matrix",
    "transfer",
    "learning_curve",
    "controls",
    "baselines",
    "faithfulness",
    "neutral",
)
"""Parts of the report, in order; each is cached on disk and only measured again when its inputs change."""


@dataclass(frozen=True, config=STRICT)
class EvaluateConfig:
    """Sizes of a report.

    ``bundle``, ``data`` and ``snippets`` replace the run's bundle, corpus folder and the corpus folder's
    ``snippets.parquet``. ``all_snippets`` also measures tasks that the split assigns to training, which is only valid
    for a model that has seen none of them.

    ``held_out_functions`` limits the functions for curves and breakdowns.
    ``slice_functions`` limits the functions for a row of the matrix on raw text,
    ``perturbed_functions`` on perturbed text (the loss is paired, with raw and perturbed text of the same
    functions). ``file_functions`` limits the functions per file, ``generator_functions`` the snippets per
    generator; a generator has a separate row if it has at least ``fewest_of_generator``.

    ``train_per_repository`` limits the functions of a repository and label for training the report's models,
    ``baseline_functions`` the functions for training a baseline. ``learning_sizes`` are numbers of training
    repositories; the set of all of them is measured too.
    """

    bundle: Path | None = None
    data: Path | None = None
    snippets: Path | None = None
    all_snippets: bool = False
    sections: tuple[str, ...] = SECTIONS
    perturbations: tuple[str, ...] = PERTURBATIONS
    held_out_functions: int = 12_000
    slice_functions: int = 2000
    perturbed_functions: int = 500
    file_functions: int = 8
    fewest_of_generator: int = 40
    generator_functions: int = 100
    rounds: int = 200
    languages: tuple[str, ...] = ("python", "go", "ruby")
    train_per_repository: int = 60
    learning_sizes: tuple[int, ...] = (32, 64, 128, 256)
    learning_seeds: int = 2
    baseline_functions: int = 24_000
    faithfulness_functions: int = 200
    processes: int = 2
    threads: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        if unknown := sorted(set(self.sections) - set(SECTIONS)):
            raise ValueError(f"there is no section {unknown[0]}; there are {', '.join(SECTIONS)}")
        if unknown := sorted(set(self.perturbations) - set(PERTURBATIONS)):
            raise ValueError(f"there is no perturbation {unknown[0]}; there are {', '.join(PERTURBATIONS)}")
        counts = {
            "held_out_functions": self.held_out_functions,
            "slice_functions": self.slice_functions,
            "perturbed_functions": self.perturbed_functions,
            "file_functions": self.file_functions,
            "fewest_of_generator": self.fewest_of_generator,
            "generator_functions": self.generator_functions,
            "rounds": self.rounds,
            "train_per_repository": self.train_per_repository,
            "learning_seeds": self.learning_seeds,
            "baseline_functions": self.baseline_functions,
            "faithfulness_functions": self.faithfulness_functions,
            "processes": self.processes,
        }
        for name, count in counts.items():
            if count < 1:
                raise ValueError(f"{name} must be at least 1, not {count}")
        if self.threads < 0 or any(size < 2 for size in self.learning_sizes):
            raise ValueError("threads must not be negative, and a learning size is at least 2 repositories")
