"""The folder of a training run, where every command reads what earlier ones wrote, and its cache."""

import dataclasses
import hashlib
import json
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import TypeVar

from joblib import Memory

import codeorigin
from codeorigin.core.errors import CodeOriginError
from codeorigin.model.folder import sha256_of

Value = TypeVar("Value")

Log = Callable[[str], None]
"""Called with one line for every step of a command."""

STUDY = "study.json"
"""The file of a study's sections, in its folder."""

_VERSION = 7
"""Increased when something is made differently from the same inputs, so that what is cached is not used."""


class RunError(CodeOriginError):
    """A command lacks the output of an earlier one."""


class Run:
    """A run's files in ``folder``; ``log`` gets its lines, ``track`` keeps figures and pictures in :attr:`tracking`."""

    def __init__(self, folder: Path, *, track: bool = False, log: Log = lambda line: None) -> None:
        self.folder, self.track, self.log = folder, track, log
        self.corpus = folder / "corpus"  # functions.parquet, pairs.parquet and card.md
        self.wide = folder / "wide.npz"  # the n-gram part and its logits
        self.unseen_agents = folder / "unseen_agents.json"  # figures on agents whose code was left out
        self.tokenizer = folder / "tokenizer.json"
        self.pretrained = folder / "pretrained.pt"
        self.finetuned = folder / "finetuned.pt"
        self.deep = folder / "deep.npz"  # out-of-fold logits of the encoder
        self.calibration = folder / "calibration.json"
        self.reference = folder / "reference.npz"
        self.bundle = folder / "bundle"  # what the server loads
        self.twin = (
            folder / "twin"
        )  # the same, fitted without the held-out repositories, if the bundle was with them
        self.evaluation = folder / "evaluation"
        self.studies = folder / "studies"
        self.tracking = folder / "mlflow.db"
        self.settings = folder / "settings.json"

    def needs(self, path: Path, command: str) -> Path:
        """Return ``path``, which ``command`` writes.

        Raises:
            RunError: it does not exist.
        """
        if not path.exists():
            raise RunError(f"{path}: not found; run `python -m codeorigin_training {command}` first")
        return path

    def cached(
        self, name: str, inputs: object, make: Callable[[], Value], files: Sequence[Path] = ()
    ) -> Value:
        """What ``make`` returns, or returned before for the same ``inputs``, if it left the ``files`` as they are now.

        ``inputs`` are all that it depends on, as JSON or with a ``str`` that tells values apart.
        """
        memory = Memory(self.folder / "cache", verbose=0).cache(_made, ignore=["make", "files"])
        call = (name, json.dumps([_VERSION, inputs], sort_keys=True, default=str), make, files)
        known = memory.check_call_in_cache(*call)
        if known and memory(*call)[1] == _digests(files):
            self.log(f"{name}: taken from {self.folder / 'cache'}")
        elif known:
            memory.call(*call)
        value: Value = memory(*call)[0]
        return value

    def keep_settings(self, command: str, config: object) -> None:
        """Save the settings of ``command``, a dataclass or a dictionary, next to those of other commands."""
        try:
            known = json.loads(self.settings.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            known = {}
        known[command] = {
            "settings": config if isinstance(config, dict) else dataclasses.asdict(config),  # type: ignore[call-overload]
            "codeorigin": codeorigin.__version__,
            "git_commit": git_commit(),
            "python": platform.python_version(),
            "torch": metadata.version("torch"),
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self.settings, json.dumps(known, indent=1, default=str) + "\n")


def _made(
    name: str, inputs: str, make: Callable[[], Value], files: Sequence[Path]
) -> tuple[Value, list[str]]:
    return make(), _digests(files)


def digest_of(inputs: object) -> str:
    """A name for ``inputs``, which are as in :meth:`Run.cached`, for a folder of checkpoints."""
    return hashlib.sha256(json.dumps(inputs, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _digests(files: Sequence[Path]) -> list[str]:
    return [sha256_of(path) if path.is_file() else "" for path in files]


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


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yield a temporary path to write a file or a folder to; on success it is renamed to ``path``.

    An interruption leaves ``path`` unchanged and no partial file. A folder can replace only an empty folder.
    """
    partial = path.with_name(f"partial-{path.name}")
    _remove(partial)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield partial
        partial.replace(path)
    finally:
        _remove(partial)


def write_atomically(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 to ``path`` atomically."""
    with atomic_path(path) as partial:
        partial.write_text(text, encoding="utf-8")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
