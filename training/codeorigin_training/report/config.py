"""The settings of an evaluation report: what it measures, and on how many functions."""

from pathlib import Path
from typing import Literal, get_args

from pydantic.dataclasses import dataclass

from codeorigin_training.configuration import STRICT, Count

SectionName = Literal["comments", "controls", "faithfulness"]
SECTIONS: tuple[SectionName, ...] = get_args(SectionName)
"""Parts of the report, in order; each is cached on disk and only measured again when its inputs change."""


@dataclass(frozen=True, config=STRICT)
class EvaluateConfig:
    """Sizes of a report.

    ``bundle`` and ``data`` replace the run's bundle and corpus folder.

    ``comment_functions`` limits the functions of a kind that lose their comments, ``control_functions`` those that a
    control is measured on, and ``train_per_repository`` the functions of a repository and label that it is trained on.
    """

    bundle: Path | None = None
    data: Path | None = None
    sections: tuple[SectionName, ...] = SECTIONS
    comment_functions: Count = 500
    control_functions: Count = 2000
    train_per_repository: Count = 60
    faithfulness_functions: Count = 200
    rounds: Count = 200
    processes: Count = 2
    seed: int = 0
