"""The settings of the study of language identification."""

import sysconfig
from dataclasses import dataclass
from pathlib import Path

from codeorigin_training.classify.config import ClassifyConfig


def _installed() -> tuple[Path, ...]:
    """Where files of a Python, a Node and a system usually lie; what is not there is left out."""
    paths = sysconfig.get_paths()
    near = (paths["stdlib"], paths["purelib"], "/usr/share", "/usr/lib", "/usr/include", "/etc")
    return tuple(Path(each) for each in near)


@dataclass(frozen=True, slots=True)
class LanguageConfig:
    """How the language model is trained and measured.

    ``functions`` are taken a language for training, ``calibration_functions`` for its temperatures and threshold, and
    ``test_functions`` for the figures, from three sets of repositories that share none. ``files`` are read at most of
    ``folders`` for each kind of text, and ``generated`` texts of each kind of ``none`` are made. Other tools are
    asked about ``peer_texts`` texts of each language in each view, and so are the model and an ``encoder``, if one is to
    be trained on the same texts.
    ``width`` is that of the table of hashed n-grams. ``right`` is the share of answers, all lengths alike, that must be
    right where the model speaks at all. With ``model``, the folder of a model that exists, nothing is trained: its
    figures and its card are made anew.
    """

    functions: int = 5000
    calibration_functions: int = 400
    test_functions: int = 400
    files: int = 300
    generated: int = 350
    peer_texts: int = 100
    encoder: ClassifyConfig | None = None
    width: int = 1 << 17
    epochs: int = 4
    batch: int = 128
    learning_rate: float = 0.02
    weight_decay: float = 1e-4
    right: float = 0.97
    seed: int = 7
    folders: tuple[Path, ...] = _installed()
    version: str = "0.2.0"
    model: Path | None = None

    @property
    def training(self) -> dict[str, object]:
        """What the weights depend on, as plain values; the folders by their last names, which say enough."""
        names = (
            "functions",
            "files",
            "generated",
            "width",
            "epochs",
            "batch",
            "learning_rate",
            "weight_decay",
            "seed",
        )
        return {name: getattr(self, name) for name in names} | {
            "folders": [each.name for each in self.folders]
        }

    def __post_init__(self) -> None:
        for name in (
            "functions",
            "calibration_functions",
            "test_functions",
            "generated",
            "epochs",
            "batch",
            "peer_texts",
        ):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more")
        if self.files < 0:
            raise ValueError("files must be 0 or more")
        if not 1 << 8 <= self.width <= 1 << 17:
            raise ValueError("width must be between 256 and 131072, or the model outgrows 2 MB")
        if not 0.5 <= self.right < 1:
            raise ValueError("right must be at least 0.5 and below 1")
