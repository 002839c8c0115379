"""Track a run's settings and progress in an MLflow database in the run folder; no server, no network.

``mlflow ui --backend-store-uri sqlite:///RUN/mlflow.db`` shows it. MLflow is imported when tracking begins, because
the import takes seconds.
"""

import dataclasses
import json
import logging
import math
import os
import platform
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from enum import Enum
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

import numpy as np

import codeorigin
from codeorigin.errors import CodeOriginError
from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.classify.report import confusion_matrix
from codeorigin_training.files import write_whole
from codeorigin_training.pictures import confusion_picture, reliability_picture
from codeorigin_training.run import Run

_LONGEST_VALUE = 500
_PARAMETERS_AT_ONCE = 100
_METRICS_AT_ONCE = 1000
_CLASSES = ("human", "llm")
_PARENT, _PHASE, _KEY = "mlflow.parentRunId", "codeorigin.phase", "codeorigin.key"


class TrackingError(CodeOriginError):
    """The tracking database cannot be used."""


class Tracker(Protocol):
    """Records one phase of a run."""

    def parameters(self, config: object) -> None:
        """Record every field of a configuration dataclass, nested ones by dotted names."""

    def metrics(self, figures: Mapping[str, float], step: int) -> None:
        """Record figures of one step; values that are not finite are left out."""

    def artifact(self, path: Path) -> None:
        """Store a copy of a file."""

    def pictures(self, labels: Integers, probabilities: Floats) -> None:
        """Store the confusion matrix and the reliability diagram of ``probabilities`` ``(n,)``."""

    def confusion(self, counts: Integers, names: Sequence[str], called: str = "called") -> None:
        """Store a picture of a confusion matrix ``(K, K)`` of the classes ``names``."""

    def phase(self, name: str, key: str = "") -> AbstractContextManager["Tracker"]:
        """A tracker nested in this one; an unfinished phase with the same name and ``key`` is resumed."""


class NullTracker:
    """Records nothing."""

    def parameters(self, config: object) -> None:
        pass

    def metrics(self, figures: Mapping[str, float], step: int) -> None:
        pass

    def artifact(self, path: Path) -> None:
        pass

    def pictures(self, labels: Integers, probabilities: Floats) -> None:
        pass

    def confusion(self, counts: Integers, names: Sequence[str], called: str = "called") -> None:
        pass

    @contextmanager
    def phase(self, name: str, key: str = "") -> Iterator[Tracker]:
        yield self


class MlflowTracker:
    """Records everything in one MLflow run."""

    def __init__(self, client: Any, experiment: str, run_id: str) -> None:
        """Log to the existing run ``run_id`` of ``experiment`` through an ``MlflowClient``."""
        self._client, self._experiment, self._run_id = client, experiment, run_id

    def parameters(self, config: object) -> None:
        from mlflow.entities import Param  # noqa: PLC0415

        known = self._client.get_run(self._run_id).data.params
        new = {name: value for name, value in flattened(config).items() if name not in known}
        items = [Param(name, value[:_LONGEST_VALUE]) for name, value in new.items()]
        for start in range(0, len(items), _PARAMETERS_AT_ONCE):
            self._client.log_batch(self._run_id, params=items[start : start + _PARAMETERS_AT_ONCE])

    def metrics(self, figures: Mapping[str, float], step: int) -> None:
        from mlflow.entities import Metric  # noqa: PLC0415

        now = int(time.time() * 1000)
        items = [
            Metric(name, float(value), now, step) for name, value in figures.items() if math.isfinite(value)
        ]
        for start in range(0, len(items), _METRICS_AT_ONCE):
            self._client.log_batch(self._run_id, metrics=items[start : start + _METRICS_AT_ONCE])

    def artifact(self, path: Path) -> None:
        self._client.log_artifact(self._run_id, str(path))

    def pictures(self, labels: Integers, probabilities: Floats) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "reliability.png"
            reliability_picture(path, labels, probabilities)
            self.artifact(path)
        called = (probabilities >= 0.5).astype(np.int64)
        self.confusion(
            confusion_matrix(labels, called, len(_CLASSES)), _CLASSES, "called, at probability 0.5"
        )

    def confusion(self, counts: Integers, names: Sequence[str], called: str = "called") -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "confusion.png"
            confusion_picture(path, counts, names, called)
            self.artifact(path)

    @contextmanager
    def phase(self, name: str, key: str = "") -> Iterator[Tracker]:
        nested = _enter(self._client, self._experiment, name, key, {_PARENT: self._run_id})
        with _closing(self._client, nested):
            yield MlflowTracker(self._client, self._experiment, nested)


@contextmanager
def open_tracker(
    run: Run, command: str, *, enabled: bool = True, key: str = "", tags: Mapping[str, str] | None = None
) -> Iterator[Tracker]:
    """The tracker of one command of ``run``: an MLflow run, tagged with the git commit and ``tags``.

    Args:
        run: the run, whose folder holds the database and the artifacts.
        command: name of the command.
        enabled: False records nothing and does not import MLflow.
        key: identifies the command's inputs; an interrupted run of the same command and key is resumed.
        tags: anything else that identifies the run, such as the hash of the data.

    Raises:
        TrackingError: MLflow is not installed.
    """
    if not enabled:
        yield NullTracker()
        return
    client = _client(run)
    experiment = _experiment(client, run)
    own = _enter(client, experiment, command, key, {"git_commit": git_commit(), **(tags or {})})
    with _closing(client, own):
        yield MlflowTracker(client, experiment, own)


@contextmanager
def tracked(
    run: Run, command: str, config: object, *, key: str = "", tags: Mapping[str, str] | None = None
) -> Iterator[Tracker]:
    """The tracker of one command of ``run``, with its settings saved in ``run.settings`` and as parameters.

    Args:
        run: the run; tracked in MLflow only if ``run.track`` is set.
        command: name of the command.
        config: the command's configuration, a dataclass.
        key: identifies the command's inputs; an interrupted run of the same command and key is resumed.
        tags: anything else that identifies the run, such as the hash of the data.

    Raises:
        TrackingError: MLflow is not installed.
    """
    keep_settings(run, command, config)
    with open_tracker(run, command, enabled=run.track, key=key, tags=tags) as tracker:
        tracker.parameters(config)
        yield tracker


def keep_settings(run: Run, command: str, config: object) -> None:
    """Save the settings of ``command`` in ``run.settings``, next to those of other commands."""
    run.folder.mkdir(parents=True, exist_ok=True)
    try:
        known = json.loads(run.settings.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    known[command] = {
        "settings": dataclasses.asdict(config),  # type: ignore[call-overload]
        "codeorigin": codeorigin.__version__,
        "git_commit": git_commit(),
        "python": platform.python_version(),
        "torch": metadata.version("torch"),
    }
    write_whole(run.settings, json.dumps(known, indent=1, default=str) + "\n")


def flattened(config: object, prefix: str = "") -> dict[str, str]:
    """Every field of a dataclass as text; fields of nested dataclasses have dotted names."""
    values: dict[str, str] = {}
    for field in dataclasses.fields(config):  # type: ignore[arg-type]
        value = getattr(config, field.name)
        if dataclasses.is_dataclass(value):
            values |= flattened(value, f"{prefix}{field.name}.")
        else:
            values[prefix + field.name] = str(value.value if isinstance(value, Enum) else value)
    return values


def numbers(figures: Mapping[str, Any], prefix: str = "") -> dict[str, float]:
    """The finite numbers in nested mappings, by names joined with ``/``; everything else is left out."""
    found: dict[str, float] = {}
    for name, value in figures.items():
        if isinstance(value, Mapping):
            found |= numbers(value, f"{prefix}{name}/")
        elif isinstance(value, int | float) and math.isfinite(value):
            found[prefix + name] = float(value)
    return found


def git_commit(folder: Path = Path(__file__).parent) -> str:
    """The commit of the working tree that contains ``folder`` (default: this module); empty outside of one."""
    try:
        found = subprocess.run(
            ["git", "rev-parse", "HEAD"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return found.stdout.strip() if found.returncode == 0 else ""


def _client(run: Run) -> Any:
    # Read when MLflow is imported; it must neither report usage nor contact a server.
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    os.environ["DO_NOT_TRACK"] = "true"
    try:
        from mlflow import MlflowClient  # noqa: PLC0415
    except ImportError as error:
        raise TrackingError(
            "MLflow is not installed; install codeorigin[training], or pass --no-track"
        ) from error
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    run.folder.mkdir(parents=True, exist_ok=True)
    return MlflowClient(tracking_uri=f"sqlite:///{run.tracking.resolve()}")


def _experiment(client: Any, run: Run) -> str:
    name = run.folder.resolve().name
    if (known := client.get_experiment_by_name(name)) is not None:
        return str(known.experiment_id)
    artifacts = run.folder.resolve() / "artifacts"
    return str(client.create_experiment(name, artifact_location=artifacts.as_uri()))


def _enter(client: Any, experiment: str, name: str, key: str, tags: Mapping[str, str]) -> str:
    """Id of the unfinished run with this name, key and parent if there is one, else of a new run."""
    found = client.search_runs([experiment], order_by=["attributes.start_time DESC"])
    parent = tags.get(_PARENT)
    for candidate in found:
        known = candidate.data.tags
        same = (known.get(_PHASE), known.get(_KEY), known.get(_PARENT)) == (name, key, parent)
        if same and candidate.info.status != "FINISHED":
            client.update_run(candidate.info.run_id, status="RUNNING")
            return str(candidate.info.run_id)
    created = client.create_run(experiment, run_name=name, tags={**tags, _PHASE: name, _KEY: key})
    return str(created.info.run_id)


@contextmanager
def _closing(client: Any, run_id: str) -> Iterator[None]:
    close: Callable[..., None] = client.set_terminated
    try:
        yield
    except BaseException:
        close(run_id, status="FAILED")
        raise
    close(run_id, status="FINISHED")
