"""The command ``record``: adds a finished run or study to the experiments."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from pydantic.dataclasses import dataclass

from codeorigin.model.folder import MANIFEST
from codeorigin_training.configuration import STRICT
from codeorigin_training.experiments.trials import ExperimentError, Trial, add_trial
from codeorigin_training.run import Log, Run
from codeorigin_training.studies.frame import STUDY, read_study


@dataclass(frozen=True, config=STRICT)
class RecordConfig:
    """``title`` names the trial, ``lesson`` is what follows from it in one sentence with its effect, of ``kind``.

    ``why`` is what was asked, ``model`` the version that was current. ``study`` names a study of the run, whose figures
    are recorded instead of those of its bundle. ``training`` is the project's training tree.
    """

    title: str
    lesson: str
    kind: Literal["kept", "open", "rejected", "measured"]
    model: str
    why: str = ""
    study: str = ""
    training: Path = Path(__file__).parents[2]

    def __post_init__(self) -> None:
        if not all(text.strip() for text in (self.title, self.lesson, self.model)):
            raise ValueError("title, lesson and model must not be empty")
        if any("\n" in text for text in (self.title, self.lesson, self.why)):
            raise ValueError("title, lesson and why are one line each")


def record(config: RecordConfig, run: Run, log: Log) -> None:
    """Add a trial: the settings of every stage of ``run``, and its figures out of fold.

    Held-out figures are left out: what is chosen by them is no longer held out. For a study, only the study's settings
    and figures are recorded.

    Raises:
        RunError: the run has no bundle, no such study or no settings.
        ExperimentError: the settings lack the command, the bundle has no figures, or the title is taken.
    """
    command = f"study {config.study}" if config.study else "export"
    settings = json.loads(run.needs(run.settings, command).read_text(encoding="utf-8"))
    if command not in settings:
        raise ExperimentError(
            f"{run.settings}: knows nothing of {command}; run `python -m codeorigin_training {command}` again"
        )
    manifest = {} if config.study else _manifest(run)
    stages = {command: settings[command]} if config.study else settings
    recipe = settings.get("build", {}).get("settings", {}).get("name")
    trial = Trial(
        title=config.title,
        model=config.model,
        measured_on="the study's code" if config.study else "training repositories, out of fold",
        lessons=({"kind": config.kind, "text": config.lesson},),
        command=f"build --recipe {recipe}" if recipe and not config.study else command,
        commit=settings[command]["git_commit"],
        data=manifest.get("data", {}).get("sha256"),
        seed=settings.get("corpus", settings[command]).get("settings", {}).get("seed"),
        settings=_without_folders(stages),
        figures=_of_study(config.study, run) if config.study else manifest["metrics"]["out_of_fold"],
        notes=(config.why,) if config.why else (),
    )
    log(f"recorded {config.title} in {add_trial(asdict(trial), config.training)}")


def _manifest(run: Run) -> Mapping[str, Any]:
    path = run.needs(run.bundle / MANIFEST, "export")
    manifest: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if not manifest.get("metrics", {}).get("out_of_fold"):
        raise ExperimentError(f"{path}: has no figures out of fold; export it again")
    return manifest


def _of_study(name: str, run: Run) -> Mapping[str, Any]:
    sections = read_study(run.needs(run.studies / name / STUDY, f"study {name}")).sections
    figures = [figure for section in sections for figure in section.figures]
    return {
        figure.name: {"value": figure.value, "low": figure.low, "high": figure.high} for figure in figures
    }


def _without_folders(value: Any) -> Any:
    """``value`` with every absolute path reduced to its last part, because others do not have these folders."""
    if isinstance(value, Mapping):
        return {name: _without_folders(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without_folders(inner) for inner in value]
    return Path(value).name if isinstance(value, str) and Path(value).is_absolute() else value
