"""Settings of the stages and studies out of range: each is refused by its name."""

from typing import Any

import pytest

from codeorigin_training.bundle.export import ExportConfig
from codeorigin_training.encoder.finetune import FinetuneConfig
from codeorigin_training.encoder.pretrain import PretrainConfig
from codeorigin_training.report.evaluate import EvaluateConfig
from codeorigin_training.studies.correctness.study import CorrectnessConfig
from codeorigin_training.studies.representations.study import RepresentationsConfig

WRONG: list[tuple[type[Any], str, object]] = [
    (CorrectnessConfig, "samples", 0),
    (EvaluateConfig, "sections", ("colours",)),
    (EvaluateConfig, "perturbations", ("cropped",)),
    (EvaluateConfig, "rounds", 0),
    (ExportConfig, "name", ""),
    (ExportConfig, "views", ()),
    (ExportConfig, "overlap", -1),
    (ExportConfig, "limit_bytes", 0),
    (FinetuneConfig, "folds", 1),
    (FinetuneConfig, "neutral_share", 1.0),
    (FinetuneConfig, "overlap", 10_000),
    (PretrainConfig, "mask_rate", 0.0),
    (PretrainConfig, "batch", 0),
    (PretrainConfig, "context", 4),
    (RepresentationsConfig, "batch", 1),
    (RepresentationsConfig, "functions", 0),
]


@pytest.mark.parametrize(("config", "name", "value"), WRONG)
def test_settings_out_of_range_are_refused(config: type[Any], name: str, value: object) -> None:
    with pytest.raises(ValueError, match=name):
        config(**{name: value})
