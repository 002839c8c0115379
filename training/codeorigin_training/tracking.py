"""Track a run's settings and progress in an MLflow database in the run folder; no server, no network.

``mlflow ui --backend-store-uri sqlite:///RUN/mlflow.db`` shows it. MLflow is imported when tracking begins, because
the import takes seconds.
"""

import dataclasses
import logging
import math
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import confusion_matrix

from codeorigin.core.errors import CodeOriginError
from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.pictures import confusion_picture, reliability_picture
from codeorigin_training.run import Run, git_commit, keep_settings

_LONGEST_VALUE = 500


class TrackingError(CodeOriginError):
    """The tracking database cannot be used."""


class Tracker:
    """Records one phase of a run in MLflow's active run; without ``mlflow``, it records nothing."""

    def __init__(self, mlflow: Any | None) -> None:
        self._mlflow = mlflow

    def metrics(self, figures: Mapping[str, float], step: int) -> None:
        """Record figures of one step; values that are not finite are left out."""
        if self._mlflow is not None:
            finite = {name: float(value) for name, value in figures.items() if math.isfinite(value)}
            self._mlflow.log_metrics(finite, step=step)

    def artifact(self, path: Path) -> None:
        """Store a copy of a file."""
        if self._mlflow is not None:
            self._mlflow.log_artifact(str(path))

    def pictures(self, labels: Integers, probabilities: Floats) -> None:
        """Store the confusion matrix and the reliability diagram of ``probabilities`` ``(n,)``."""
        if self._mlflow is None:
            return
        called = (probabilities >= 0.5).astype(np.int64)
        counts = confusion_matrix(labels, called, labels=[0, 1])
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            reliability_picture(folder / "reliability.png", labels, probabilities)
            confusion_picture(folder / "confusion.png", counts, ("human", "llm"))
            for path in folder.iterdir():
                self.artifact(path)

    @contextmanager
    def phase(self, name: str) -> Iterator["Tracker"]:
        """A tracker of a run nested in this one."""
        if self._mlflow is None:
            yield self
        else:
            with self._mlflow.start_run(run_name=name, nested=True):
                yield self


@contextmanager
def tracked(
    run: Run, command: str, config: object, *, tags: Mapping[str, str] | None = None
) -> Iterator[Tracker]:
    """The tracker of one command of ``run``, with its settings saved in ``run.settings`` and as parameters.

    Args:
        run: the run; tracked in MLflow only if ``run.track`` is set.
        command: name of the command.
        config: the command's configuration, a dataclass.
        tags: anything else that identifies the run, such as the hash of the data.

    Raises:
        TrackingError: MLflow is not installed.
    """
    keep_settings(run, command, config)
    if not run.track:
        yield Tracker(None)
        return
    mlflow = _mlflow(run)
    with mlflow.start_run(run_name=command, tags={"git_commit": git_commit(), **(tags or {})}):
        mlflow.log_params({name: value[:_LONGEST_VALUE] for name, value in flattened(config).items()})
        yield Tracker(mlflow)


def flattened(config: object) -> dict[str, str]:
    """Every field of a dataclass as text; fields of nested dataclasses have dotted names."""
    return {name: str(value) for name, value in _flat(dataclasses.asdict(config))}  # type: ignore[call-overload]


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _mlflow(run: Run) -> Any:
    """MLflow, set to the run's database and experiment."""
    # Read when MLflow is imported; it must neither report usage nor contact a server.
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    os.environ["DO_NOT_TRACK"] = "true"
    try:
        import mlflow  # noqa: PLC0415
    except ImportError as error:
        raise TrackingError(
            "MLflow is not installed; pip install --group training, or pass --no-track"
        ) from error
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    folder = run.folder.resolve()
    mlflow.set_tracking_uri(f"sqlite:///{run.tracking.resolve()}")
    if mlflow.get_experiment_by_name(folder.name) is None:
        mlflow.create_experiment(folder.name, artifact_location=(folder / "artifacts").as_uri())
    mlflow.set_experiment(folder.name)
    return mlflow
