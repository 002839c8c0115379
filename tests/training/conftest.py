"""What makes the tests of training quick, without a change to what they show."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from codeorigin_training import tracking
from codeorigin_training.metrics.statistics import bootstrap_interval, bootstrap_intervals
from codeorigin_training.run import Run


@pytest.fixture(scope="session", autouse=True)
def copied_databases(graphs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """MLflow takes two seconds to make the tables of a database: every run gets a copy of the first one."""
    whole = graphs.with_name(f"mlflow-{metadata.version('mlflow')}.db")
    made: Callable[[Run], Any] = tracking._mlflow

    def copied(run: Run) -> Any:
        if not whole.exists():
            first = replace(run, folder=tmp_path_factory.mktemp("mlflow"))
            made(first)
            partial = whole.with_suffix(f".{os.getpid()}")
            shutil.copyfile(first.tracking, partial)
            partial.replace(whole)
        if not run.tracking.exists():
            shutil.copyfile(whole, run.tracking)
        return made(run)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tracking, "_mlflow", copied)
        yield


@pytest.fixture(scope="session", autouse=True)
def quick() -> Iterator[None]:
    """Few draws for intervals: half of the time of the tests of figures."""
    with pytest.MonkeyPatch.context() as patched:
        for function in (bootstrap_interval, bootstrap_intervals):
            patched.setitem(function.__kwdefaults__, "rounds", 20)
        patched.setattr("codeorigin_training.metrics.shares._ROUNDS", 20)
        for name in ("files", "held_out"):
            patched.setattr(f"codeorigin_training.metrics.{name}.DRAWS", 3)
        yield
