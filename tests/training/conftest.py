"""What makes the tests of training quick, without a change to what they show."""

import functools
import sys
from collections.abc import Iterator

import pytest

from codeorigin_training.metrics.statistics import bootstrap_interval, bootstrap_intervals


@pytest.fixture(scope="session", autouse=True)
def quick() -> Iterator[None]:
    """Few draws for intervals, and one table of ONNX operators for all exports: half of the time of each."""
    with pytest.MonkeyPatch.context() as patched:
        for function in (bootstrap_interval, bootstrap_intervals):
            patched.setitem(function.__kwdefaults__, "rounds", 20)
        for name in ("commits", "files", "held_out"):
            patched.setattr(f"codeorigin_training.metrics.{name}.DRAWS", 3)
        if "torch" in sys.modules:
            from torch.onnx._internal.exporter._registration import ONNXRegistry  # noqa: PLC0415

            made_once = staticmethod(functools.cache(ONNXRegistry.from_torchlib))
            patched.setattr(ONNXRegistry, "from_torchlib", made_once)
        yield
