"""Settings of the language identification study."""

import sysconfig
from pathlib import Path

from pydantic.dataclasses import dataclass

from codeorigin_training.configuration import STRICT
from codeorigin_training.encoder.classifier import ClassifyConfig


def _installed() -> tuple[Path, ...]:
    """The usual folders of files of Python, of Node and of the system; missing ones are skipped when read."""
    paths = sysconfig.get_paths()
    near = (paths["stdlib"], paths["purelib"], "/usr/share", "/usr/lib", "/usr/include", "/etc")
    return tuple(Path(each) for each in near)


@dataclass(frozen=True, config=STRICT)
class LanguageConfig:
    """How the language identification model is trained and measured.

    For each language, ``functions`` are used for training, ``calibration_functions`` for temperatures and threshold,
    and ``test_functions`` for the figures, from three disjoint sets of repositories. At most ``files`` are read from
    ``folders`` for each kind of text, and ``generated`` texts are generated for each kind of ``none``. Other tools are
    compared on ``peer_texts`` texts of each language in each view, as are the model and an ``encoder``, if one is to be
    trained on the same texts.

    ``width`` is the size of the table of hashed n-grams. ``right`` is the share of answers, over all lengths together,
    that must be right when the model names a language. With ``model``, the folder of an existing model, nothing is
    trained; its figures and card are regenerated.
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
        """The settings that the weights depend on, as plain values; folders only by their last path component."""
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
