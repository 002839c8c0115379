"""The folder of a training run: every command reads what earlier commands wrote there."""

import dataclasses
import json
import platform
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import codeorigin
from codeorigin.core.errors import CodeOriginError
from codeorigin_training.files import write_atomically

Log = Callable[[str], None]
"""Called with one line for every step of a command."""


class RunError(CodeOriginError):
    """A command lacks the output of an earlier one."""


@dataclass(frozen=True, slots=True)
class Run:
    """Paths of a run's files in ``folder``; ``track`` keeps figures and pictures in :attr:`tracking`."""

    folder: Path
    track: bool = False

    @property
    def corpus(self) -> Path:
        """Folder of functions.parquet, pairs.parquet, card.md and corpus.json."""
        return self.folder / "corpus"

    @property
    def tokenizer(self) -> Path:
        """The vocabulary."""
        return self.folder / "tokenizer.json"

    @property
    def wide(self) -> Path:
        """The wide part: ``table``, ``bias``, ``out_of_fold``, ``twin`` and ``held_out``."""
        return self.folder / "wide.npz"

    @property
    def unseen_agents(self) -> Path:
        """Figures of the wide part on agents whose code it was trained without."""
        return self.folder / "unseen_agents.json"

    @property
    def pretrained(self) -> Path:
        """The encoder after pretraining."""
        return self.folder / "pretrained.pt"

    @property
    def finetuned(self) -> Path:
        """The encoder that goes into the bundle."""
        return self.folder / "finetuned.pt"

    @property
    def deep(self) -> Path:
        """``out_of_fold`` logits of the deep part."""
        return self.folder / "deep.npz"

    @property
    def calibration(self) -> Path:
        """Temperature and thresholds of the model that ships and of the one that is measured."""
        return self.folder / "calibration.json"

    @property
    def evaluation(self) -> Path:
        """Folder of report.json and report.html."""
        return self.folder / "evaluation"

    @property
    def bundle(self) -> Path:
        """Model folder that the server loads."""
        return self.folder / "bundle"

    @property
    def twin(self) -> Path:
        """The bundle's twin, fitted without the held-out repositories; exists if the bundle was fitted on all."""
        return self.folder / "twin"

    @property
    def studies(self) -> Path:
        """Folder of report.html, with a subfolder for each study that was run."""
        return self.folder / "studies"

    @property
    def tracking(self) -> Path:
        """MLflow's database."""
        return self.folder / "mlflow.db"

    @property
    def settings(self) -> Path:
        """The settings of every command of the run, and the versions of the software that ran it."""
        return self.folder / "settings.json"

    def needs(self, path: Path, command: str) -> Path:
        """Return ``path``, which ``command`` writes.

        Raises:
            RunError: it does not exist.
        """
        if not path.exists():
            raise RunError(f"{path}: not found; run `python -m codeorigin_training {command}` first")
        return path


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
    write_atomically(run.settings, json.dumps(known, indent=1, default=str) + "\n")


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
