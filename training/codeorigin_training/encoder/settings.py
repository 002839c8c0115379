"""Settings of an encoder and of its training."""

from enum import StrEnum

from pydantic import Field
from pydantic.dataclasses import dataclass

from codeorigin_training.configuration import STRICT

COMPACT = "compact"


class Pooling(StrEnum):
    """The mean of the states, or the state of the token that an encoder's frame puts before every sequence.

    Without a frame, ``CLS`` is the state of the first token.
    """

    MEAN = "mean"
    CLS = "cls"


class Strategy(StrEnum):
    """Which parameters are trained, and when.

    ``frozen``: the head alone, on states computed once. ``gradual``: the head first, then one more layer from the top
    in each equal part of the phase (ULMFiT; Howard and Ruder, 2018, section 3.3). ``full``: everything at once.
    """

    FROZEN = "frozen"
    GRADUAL = "gradual"
    FULL = "full"


@dataclass(frozen=True, config=STRICT)
class EncoderConfig:
    """An encoder of the RoBERTa family with a head.

    ``name`` is ``compact``, a new encoder of the sizes below, or the folder of a pretrained one or its name in the
    local cache, whose own sizes hold. The head has one hidden layer of ``head_dim`` ReLU units. The dropout of the body
    is its own or ``body_dropout``; ``head_dropout`` is that before each of the head's two layers.
    """

    name: str = COMPACT
    dim: int = Field(default=192, ge=1)
    layers: int = Field(default=2, ge=0)
    heads: int = Field(default=3, ge=1)
    feedforward: int = Field(default=384, ge=1)
    context: int = Field(default=512, ge=1)
    pooling: Pooling = Pooling.MEAN
    head_dim: int = Field(default=256, ge=1)
    body_dropout: float | None = Field(default=None, ge=0, lt=1)
    head_dropout: tuple[float, float] = (0.3, 0.2)

    def __post_init__(self) -> None:
        if self.dim % self.heads:
            raise ValueError(f"dim {self.dim} must split into {self.heads} heads")
        if not all(0 <= dropout < 1 for dropout in self.head_dropout):
            raise ValueError("head_dropout must be two shares in [0, 1), one for each layer of the head")


@dataclass(frozen=True, config=STRICT)
class Phase:
    """One part of a training, of at most ``epochs``; the best of its epochs by validation loss is kept.

    ``gradual`` and ``full`` train the top ``layers`` layer groups (0: all; the head counts as one). ``patience`` epochs
    without improvement end the phase. The rate of a frozen encoder's head is halved after each epoch without one; in
    the other strategies it rises over ``warm_up`` of the phase and then falls linearly to zero.
    """

    strategy: Strategy = Strategy.FULL
    layers: int = Field(default=0, ge=0)
    learning_rate: float = Field(default=2e-5, gt=0)
    batch: int = Field(default=16, ge=1)
    epochs: int = Field(default=5, ge=1)
    patience: int = Field(default=2, ge=1)
    warm_up: float = Field(default=0.05, ge=0, lt=1)
    weight_decay: float = Field(default=0.0, ge=0)


@dataclass(frozen=True, config=STRICT)
class TrainingConfig:
    """How an encoder is trained, phase by phase.

    A later phase changes nothing unless it lowers the validation loss. At most ``context`` tokens of a text are read,
    from a random place. An epoch draws as many rows as there are by weight, or, with ``each_row_once``, visits every
    row once. ``validation_share`` of the units choose the best epoch.
    """

    encoder: EncoderConfig = EncoderConfig()
    phases: tuple[Phase, ...] = (Phase(learning_rate=2e-3, batch=32, weight_decay=0.05),)
    context: int = Field(default=256, ge=1)
    each_row_once: bool = False
    validation_share: float = Field(default=0.1, gt=0, lt=1)
    seed: int = 0
