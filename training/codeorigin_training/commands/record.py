"""The command ``record``: a finished run becomes a row of the experiments."""

import json
from dataclasses import dataclass
from pathlib import Path

from codeorigin.model_folder import MANIFEST
from codeorigin_training.experiments import ExperimentError, Trial, add_trial, settings_name
from codeorigin_training.run import Log, Run

_TRAINING = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class RecordConfig:
    """``experiment`` is the heading, ``what`` the row, ``why`` its reason, ``kept`` what came of it.

    ``page`` and ``results`` are the project's EXPERIMENTS.md and results.jsonl.
    """

    experiment: str
    what: str
    why: str = ""
    kept: str = ""
    page: Path = _TRAINING / "EXPERIMENTS.md"
    results: Path = _TRAINING / "results.jsonl"

    def __post_init__(self) -> None:
        if not self.experiment.strip() or not self.what.strip():
            raise ValueError("experiment and what must not be empty")
        if any("|" in text or "\n" in text for text in (self.experiment, self.what, self.why, self.kept)):
            raise ValueError("a cell of a table holds neither a bar nor a line end")


def record(config: RecordConfig, run: Run, log: Log) -> None:
    """Add a trial: the settings of every stage of ``run`` and the figures of its bundle on held-out repositories.

    Raises:
        RunError: the run has no bundle or no settings.
        ExperimentError: its bundle has no figures, or the page lacks its place.
    """
    settings = json.loads(run.needs(run.settings, "export").read_text(encoding="utf-8"))
    manifest = json.loads(run.needs(run.bundle / MANIFEST, "export").read_text(encoding="utf-8"))
    figures = manifest.get("metrics", {}).get("held_out")
    if not figures:
        raise ExperimentError(
            f"{run.bundle / MANIFEST}: has no figures on held-out repositories; export it again"
        )
    trial = Trial(
        experiment=config.experiment,
        what=config.what,
        why=config.why,
        kept=config.kept,
        settings=settings_name(config.experiment, config.what),
        git_commit=settings["export"]["git_commit"],
        figures=figures,
    )
    add_trial(trial, settings, config.page, config.results)
    log(f"recorded {config.what} in {config.page}")
