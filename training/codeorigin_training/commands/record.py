"""The command ``record``: adds a finished run or study to the table of experiments."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic.dataclasses import dataclass

from codeorigin.model.folder import MANIFEST
from codeorigin_training.configuration import STRICT
from codeorigin_training.experiments import ExperimentError, Trial, add_trial, settings_name
from codeorigin_training.run import Log, Run
from codeorigin_training.studies.section import STUDY, read_study

_TRAINING = Path(__file__).parents[2]


@dataclass(frozen=True, config=STRICT)
class RecordConfig:
    """``experiment`` is the heading, ``what`` the row, ``why`` its reason, ``kept`` the outcome.

    ``study`` names a study of the run, whose figures are recorded instead of those of its bundle. ``page`` and
    ``results`` are the project's EXPERIMENTS.md and results.jsonl.
    """

    experiment: str
    what: str
    why: str = ""
    kept: str = ""
    study: str = ""
    page: Path = _TRAINING / "EXPERIMENTS.md"
    results: Path = _TRAINING / "results.jsonl"

    def __post_init__(self) -> None:
        if not self.experiment.strip() or not self.what.strip():
            raise ValueError("experiment and what must not be empty")
        if any("|" in text or "\n" in text for text in (self.experiment, self.what, self.why, self.kept)):
            raise ValueError("a cell of a table holds neither a bar nor a line end")


def record(config: RecordConfig, run: Run, log: Log) -> None:
    """Add a trial: the settings of every stage of ``run`` and the figures of its bundle on held-out repositories.

    For a study, only the study's settings and figures are recorded.

    Raises:
        RunError: the run has no bundle, no such study or no settings.
        ExperimentError: the settings lack the command, the bundle has no figures, or the page lacks its markers.
    """
    command = f"study {config.study}" if config.study else "export"
    settings = json.loads(run.needs(run.settings, command).read_text(encoding="utf-8"))
    if command not in settings:
        raise ExperimentError(
            f"{run.settings}: knows nothing of {command}; run `python -m codeorigin_training {command}` again"
        )
    trial = Trial(
        experiment=config.experiment,
        what=config.what,
        why=config.why,
        kept=config.kept,
        settings=settings_name(config.experiment, config.what),
        git_commit=settings[command]["git_commit"],
        figures=_of_study(config.study, run) if config.study else _of_bundle(run),
        study=config.study,
    )
    stages = {command: settings[command]} if config.study else settings
    add_trial(trial, _without_folders(stages), config.page, config.results)
    log(f"recorded {config.what} in {config.page}")


def _of_bundle(run: Run) -> Mapping[str, Any]:
    path = run.needs(run.bundle / MANIFEST, "export")
    figures = json.loads(path.read_text(encoding="utf-8")).get("metrics", {}).get("held_out")
    if not figures:
        raise ExperimentError(f"{path}: has no figures on held-out repositories; export it again")
    found: Mapping[str, Any] = figures
    return found


def _of_study(name: str, run: Run) -> Mapping[str, Any]:
    sections = read_study(run.needs(run.studies / name / STUDY, f"study {name}")).sections
    figures = [figure for section in sections for figure in section.figures]
    return {each.name: {"value": each.value, "low": each.low, "high": each.high} for each in figures}


def _without_folders(value: Any) -> Any:
    """``value`` with every absolute path reduced to its last part, because others do not have these folders."""
    if isinstance(value, Mapping):
        return {name: _without_folders(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_without_folders(each) for each in value]
    return Path(value).name if isinstance(value, str) and Path(value).is_absolute() else value
