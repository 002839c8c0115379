from pathlib import Path

import numpy as np
import torch

from codeorigin_training.checkpoint import Checkpoints
from codeorigin_training.encoder.compact import CompactEncoder
from support.tiny_training import tiny_shape


def test_arrays_come_back_for_the_same_inputs_only(tmp_path: Path) -> None:
    Checkpoints(tmp_path, {"seed": 0}).keep_arrays("wide", table=np.arange(3.0))
    kept = Checkpoints(tmp_path, {"seed": 0}).arrays("wide")
    assert kept is not None
    assert kept["table"].tolist() == [0.0, 1.0, 2.0]
    assert Checkpoints(tmp_path, {"seed": 1}).arrays("wide") is None
    assert Checkpoints(tmp_path, {"seed": 0}).arrays("deep") is None


def test_an_encoder_comes_back_with_its_weights(tmp_path: Path) -> None:
    torch.manual_seed(3)
    model = CompactEncoder(tiny_shape())
    checkpoints = Checkpoints(tmp_path, {})
    checkpoints.keep_encoder("deep", model)
    kept = checkpoints.encoder("deep", tiny_shape())
    assert kept is not None
    assert not kept.training
    assert all(
        torch.equal(left, right) for left, right in zip(model.parameters(), kept.parameters(), strict=True)
    )


def test_without_a_folder_nothing_is_kept() -> None:
    checkpoints = Checkpoints(None, {})
    checkpoints.keep_arrays("wide", table=np.zeros(1))
    assert checkpoints.arrays("wide") is None
