"""Settings of the language identification study."""

from dataclasses import asdict
from pathlib import Path

from pydantic import Field
from pydantic.dataclasses import dataclass

from codeorigin_training.configuration import STRICT, Count, Positive

_AFTER_TRAINING = frozenset(
    {"calibration_functions", "test_functions", "peer_texts", "right", "version", "model"}
)
"""Settings that the weights do not depend on."""


@dataclass(frozen=True, config=STRICT)
class LanguageConfig:
    """How the language identification model is trained and measured.

    For each language, ``functions`` are used for training, ``calibration_functions`` for temperatures and threshold,
    and ``test_functions`` for the figures, from three disjoint sets of repositories. ``generated`` texts are generated
    for each kind of ``none``, from disjoint sets of lines. Other tools are compared on ``peer_texts`` texts of each
    language in each view, as is the model.

    ``width`` is the size of the table of hashed n-grams. ``right`` is the share of answers, over all lengths together,
    that must be right when the model names a language. With ``model``, the folder of an existing model, nothing is
    trained; its figures and card are regenerated.
    """

    functions: Count = 5000
    calibration_functions: Count = 400
    test_functions: Count = 400
    generated: Count = 350
    peer_texts: Count = 100
    # A wider table outgrows 2 MB.
    width: int = Field(default=1 << 17, ge=1 << 8, le=1 << 17)
    epochs: Count = 4
    batch: Count = 128
    learning_rate: Positive = 0.02
    weight_decay: float = Field(default=1e-4, ge=0)
    right: float = Field(default=0.97, ge=0.5, lt=1)
    seed: int = 7
    version: str = "0.3.0"
    model: Path | None = None

    @property
    def training(self) -> dict[str, object]:
        """The settings that the weights depend on, as plain values."""
        return {name: value for name, value in asdict(self).items() if name not in _AFTER_TRAINING}
