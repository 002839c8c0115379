from pathlib import Path

import numpy as np

from codeorigin_training.checkpoint import Checkpoints


def test_arrays_come_back_for_the_same_inputs_only(tmp_path: Path) -> None:
    Checkpoints(tmp_path, {"seed": 0}).keep_arrays("wide", table=np.arange(3.0))
    kept = Checkpoints(tmp_path, {"seed": 0}).arrays("wide")
    assert kept is not None
    assert kept["table"].tolist() == [0.0, 1.0, 2.0]
    assert Checkpoints(tmp_path, {"seed": 1}).arrays("wide") is None
    assert Checkpoints(tmp_path, {"seed": 0}).arrays("deep") is None


def test_without_a_folder_nothing_is_kept() -> None:
    checkpoints = Checkpoints(None, {})
    checkpoints.keep_arrays("wide", table=np.zeros(1))
    assert checkpoints.arrays("wide") is None
