"""Track a run's settings and progress in an MLflow database in the run folder; no server, no network.

``mlflow ui --backend-store-uri sqlite:///RUN/mlflow.db`` shows it. MLflow is imported when tracking begins, because
the import takes seconds.
"""

import dataclasses
import logging
import math
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.calibration import calibration_curve
from sklearn.metrics import ConfusionMatrixDisplay

from codeorigin.core.errors import CodeOriginError
from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.run import Run, git_commit

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
        with tempfile.TemporaryDirectory() as folder:
            draw(Path(folder), labels, probabilities)
            for path in Path(folder).iterdir():
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
def tracked(run: Run, command: str, config: object, *, data: str = "") -> Iterator[Tracker]:
    """The tracker of one command of ``run``, with its settings saved in ``run.settings`` and as parameters.

    Args:
        run: the run; tracked in MLflow only if ``run.track`` is set.
        command: name of the command.
        config: the command's configuration, a dataclass.
        data: the hash of the data.

    Raises:
        TrackingError: MLflow is not installed.
    """
    run.keep_settings(command, config)
    if not run.track:
        yield Tracker(None)
        return
    mlflow = _mlflow(run)
    with mlflow.start_run(run_name=command, tags={"git_commit": git_commit(), "data_sha256": data}):
        mlflow.log_params({name: value[:_LONGEST_VALUE] for name, value in flattened(config).items()})
        yield Tracker(mlflow)


def flattened(config: object) -> dict[str, str]:
    """Every field of a dataclass as text; fields of nested dataclasses have dotted names."""
    (values,) = pd.json_normalize(dataclasses.asdict(config)).to_dict("records")  # type: ignore[call-overload]
    return {str(name): str(value) for name, value in values.items()}


def _mlflow(run: Run) -> Any:
    """MLflow, set to the run's database and experiment."""
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


def draw(folder: Path, labels: Integers, probabilities: Floats) -> None:
    """Draw the confusion matrix and the reliability diagram of ``probabilities`` ``(n,)`` into ``folder``.

    The diagram has 15 bins of equal width (Guo et al., "On Calibration of Modern Neural Networks", ICML 2017).
    """
    # Without pyplot, nothing looks for a display and no figure stays open.
    from matplotlib.figure import Figure  # noqa: PLC0415

    figures = {
        name: Figure(figsize=(4.5, 4.2), dpi=110, layout="constrained")
        for name in ("confusion", "reliability")
    }
    called = (probabilities >= 0.5).astype(np.int64)
    ConfusionMatrixDisplay.from_predictions(
        labels,
        called,
        labels=[0, 1],
        display_labels=("human", "llm"),
        ax=figures["confusion"].add_subplot(),
        cmap="Blues",
        colorbar=False,
    )
    share, mean = calibration_curve(labels, probabilities, n_bins=15)
    axes = figures["reliability"].add_subplot()
    axes.plot([0, 1], [0, 1], linestyle="--", linewidth=1, color="grey")
    axes.plot(mean, share, marker="o", linewidth=1)
    axes.set(xlabel="probability of LLM code", ylabel="share of LLM code")
    for name, figure in figures.items():
        figure.savefig(folder / f"{name}.png")
