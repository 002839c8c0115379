"""The folder that one training run lives in: every command reads what the ones before it left there."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from codeorigin.errors import CodeOriginError

Log = Callable[[str], None]
"""Takes one line on every step of a command."""


class RunError(CodeOriginError):
    """A command lacks what an earlier one makes."""


@dataclass(frozen=True, slots=True)
class Run:
    """Where the parts of a run stand below ``folder``; ``track`` keeps figures and pictures in :attr:`tracking`."""

    folder: Path
    track: bool = False

    @property
    def corpus(self) -> Path:
        """Folder of functions.parquet, pairs.parquet, unlabelled.parquet (if any), card.md and corpus.json."""
        return self.folder / "corpus"

    @property
    def tokenizer(self) -> Path:
        """The vocabulary."""
        return self.folder / "tokenizer.json"

    @property
    def wide(self) -> Path:
        """``table``, ``bias``, ``out_of_fold``, and ``measured`` and ``held_out`` of the wide part."""
        return self.folder / "wide.npz"

    @property
    def pretrained(self) -> Path:
        """The encoder after pretraining."""
        return self.folder / "pretrained.pt"

    @property
    def features(self) -> Path:
        """Folder of what a pretrained body holds of the functions, in shards."""
        return self.folder / "features"

    @property
    def probes(self) -> Path:
        """Figures of the regressions on the features."""
        return self.folder / "probes.json"

    @property
    def finetuned(self) -> Path:
        """The encoder that the bundle gets."""
        return self.folder / "finetuned.pt"

    @property
    def student(self) -> Path:
        """The small encoder that was taught by the fine-tuned one."""
        return self.folder / "student.pt"

    @property
    def deep(self) -> Path:
        """``out_of_fold`` logits of the deep part."""
        return self.folder / "deep.npz"

    @property
    def calibration(self) -> Path:
        """Temperature and thresholds, of what ships and of what is measured."""
        return self.folder / "calibration.json"

    @property
    def evaluation(self) -> Path:
        """Folder of report.json and report.html."""
        return self.folder / "evaluation"

    @property
    def bundle(self) -> Path:
        """The model folder that the server loads."""
        return self.folder / "bundle"

    @property
    def measured(self) -> Path:
        """The bundle's twin, fitted without the held-out repositories, where the bundle was fitted on all."""
        return self.folder / "measured"

    @property
    def studies(self) -> Path:
        """Folder of report.html, and of a folder for each study that was carried out."""
        return self.folder / "studies"

    @property
    def tracking(self) -> Path:
        """MLflow's database."""
        return self.folder / "mlflow.db"

    @property
    def settings(self) -> Path:
        """What every command of the run was made with: its settings, and the versions of what made it."""
        return self.folder / "settings.json"

    def needs(self, path: Path, command: str) -> Path:
        """``path``, which ``command`` makes.

        Raises:
            RunError: it is not there.
        """
        if not path.exists():
            raise RunError(f"{path}: not found; run `python -m codeorigin_training {command}` first")
        return path
