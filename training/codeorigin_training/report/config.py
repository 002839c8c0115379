"""The settings of an evaluation report: what it measures, and on how many functions."""

from pathlib import Path

from pydantic import Field
from pydantic.dataclasses import dataclass

from codeorigin_training.configuration import STRICT, Count
from codeorigin_training.data.perturb import PERTURBATIONS

SECTIONS = (
    "held_out",
    "matrix",
    "controls",
    "faithfulness",
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

    ``train_per_repository`` limits the functions of a repository and label for training the controls.
    """

    bundle: Path | None = None
    data: Path | None = None
    snippets: Path | None = None
    all_snippets: bool = False
    sections: tuple[str, ...] = SECTIONS
    perturbations: tuple[str, ...] = tuple(PERTURBATIONS)
    held_out_functions: Count = 12_000
    slice_functions: Count = 2000
    perturbed_functions: Count = 500
    file_functions: Count = 8
    fewest_of_generator: Count = 40
    generator_functions: Count = 100
    rounds: Count = 200
    train_per_repository: Count = 60
    faithfulness_functions: Count = 200
    processes: Count = 2
    threads: int = Field(default=1, ge=0)
    seed: int = 0

    def __post_init__(self) -> None:
        for name, known in (("sections", SECTIONS), ("perturbations", tuple(PERTURBATIONS))):
            if unknown := sorted(set(getattr(self, name)) - set(known)):
                raise ValueError(f"there is no {name[:-1]} {unknown[0]}; there are {', '.join(known)}")
