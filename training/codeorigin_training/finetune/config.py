"""Fine-tuning settings: strategy, budget, losses and sampling, validated on construction."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from codeorigin_training.loops.precision import Precision


class Strategy(StrEnum):
    """Which parameters are trained, and when.

    ``frozen``: the head alone, on states computed once. ``gradual``: the head first, then one more layer from the top
    in each equal part of the budget (ULMFiT; Howard and Ruder, 2018, section 3.3). ``full``: everything at once.
    """

    FROZEN = "frozen"
    GRADUAL = "gradual"
    FULL = "full"


class PairKind(StrEnum):
    """Loss on the difference of two logits: a hinge at a margin, or the logistic loss."""

    LOGISTIC = "logistic"
    MARGIN = "margin"


@dataclass(frozen=True, slots=True)
class FrozenSettings:
    """The classic recipe for a frozen encoder: Adam, small batches, rate reduction on plateaus, early stopping.

    An epoch without a lower validation loss multiplies the rate by ``plateau_factor``; ``patience`` such epochs in a
    row end the training, and the weights of the best epoch are restored.
    """

    learning_rate: float = 2e-5
    rows_per_batch: int = 16
    epochs: int = 5
    patience: int = 2
    plateau_factor: float = 0.5

    def __post_init__(self) -> None:
        if min(self.rows_per_batch, self.epochs, self.patience) < 1:
            raise ValueError("rows_per_batch, epochs and patience must be positive")
        if self.learning_rate <= 0 or not 0 < self.plateau_factor < 1:
            raise ValueError("learning_rate must be positive and plateau_factor must lie between 0 and 1")


@dataclass(frozen=True, slots=True)
class LossSettings:
    """Weights of the losses added to the cross-entropy; 0 disables one.

    ``consistency`` pulls the probabilities of two views of a function together. ``contrastive`` pulls the states of
    a class together, at ``temperature``, with same-task rows of the other class counted ``hard_negative`` times.
    ``pair`` ranks the LLM function of a couple above the human one, by ``margin`` if ``pair_kind`` is ``margin``.
    """

    consistency: float = 0.0
    contrastive: float = 0.0
    temperature: float = 0.1
    hard_negative: float = 4.0
    pair: float = 0.0
    pair_kind: PairKind = PairKind.LOGISTIC
    margin: float = 1.0

    def __post_init__(self) -> None:
        if min(self.consistency, self.contrastive, self.pair) < 0:
            raise ValueError("consistency, contrastive and pair must not be negative")
        if self.temperature <= 0 or self.hard_negative < 1 or self.margin <= 0:
            raise ValueError("temperature and margin must be positive, hard_negative must be at least 1")


@dataclass(frozen=True, slots=True)
class SamplingSettings:
    """How draws are shared between groups, and which rows are drawn together.

    A group's share is proportional to its weight to the power of the temperature: 1 leaves the weights unchanged, 0
    gives every repository (language, agent) the same share. ``couple_pairs`` puts the two rows of a same-task pair into
    one batch; ``couple_share`` of the other rows are joined by a row of the other class from the same repository, if
    there is one. ``each_row_once`` reads every row with a weight once per epoch, in random order, instead of drawing
    by weight.
    """

    repository: float = 1.0
    language: float = 1.0
    agent: float = 1.0
    couple_pairs: bool = False
    couple_share: float = 0.0
    each_row_once: bool = False

    def __post_init__(self) -> None:
        if not all(0 <= value <= 1 for value in (self.repository, self.language, self.agent)):
            raise ValueError("the temperatures repository, language and agent must lie in [0, 1]")
        if not 0 <= self.couple_share <= 1:
            raise ValueError("couple_share must lie in [0, 1]")
        if self.each_row_once and self.couples:
            raise ValueError("each_row_once does without couples: leave couple_pairs and couple_share out")

    @property
    def couples(self) -> bool:
        """Whether any rows are drawn in couples."""
        return self.couple_pairs or self.couple_share > 0


@dataclass(frozen=True, slots=True)
class SecondPhase:
    """A second phase after the first one, usually that of the head: layers are trained too, at a separate rate.

    ``gradual`` unfreezes one more of the top ``layers`` layer groups (0: all; the head counts as one) in each equal
    part of the phase, ``full`` trains them all from the first step. The best of ``epochs`` by validation loss is kept
    if it is better than the end of the first phase; ``patience`` epochs without improvement end the phase.
    """

    strategy: Strategy = Strategy.GRADUAL
    layers: int = 5
    learning_rate: float = 2e-5
    layer_decay: float = 1.0
    rows_per_batch: int = 16
    accumulate: int = 1
    epochs: int = 5
    patience: int = 2

    def __post_init__(self) -> None:
        if self.strategy is Strategy.FROZEN:
            raise ValueError("a second phase thaws layers: strategy must be gradual or full")
        if min(self.rows_per_batch, self.accumulate, self.epochs, self.patience) < 1 or self.layers < 0:
            raise ValueError(
                "rows_per_batch, accumulate, epochs and patience must be positive, layers not negative"
            )
        if self.learning_rate <= 0 or not 0 < self.layer_decay <= 1:
            raise ValueError("learning_rate must be positive, layer_decay must lie in (0, 1]")


@dataclass(frozen=True, slots=True)
class FinetuneConfig:
    """Training budget and settings.

    The budget is ``steps`` optimizer steps or ``seconds`` of training, whichever ends first (0 seconds: no limit). If
    ``epochs`` is set, it is that many rounds of as many draws as there are rows, with a validation after each. A step
    is ``accumulate`` batches of about ``tokens_per_batch`` tokens, or of ``rows_per_batch`` rows if that is not 0.
    The learning rate warms up over ``warm_up`` of the budget and falls linearly to zero; each layer has ``layer_decay``
    times the rate of the one above it. Strategy ``gradual`` unfreezes ``unfreeze`` layer groups (0: all), and ``full``
    trains that many from the top from the start.
    ``gradient_checkpointing`` recomputes activations to save memory. ``clip`` is the maximum gradient norm.
    ``ema`` averages the weights with this decay per step (0: no averaging).

    ``neutral_share`` of every batch is fully masked with target 0.5 and no offset, so that the baseline of Integrated
    Gradients means "no evidence". ``view_share`` of the draws use an augmented view of the function if there is one.
    Every ``validate_every`` steps (0: never), the loss on the validation rows is computed. The best weights are
    restored at the end, and ``patience`` validations without improvement end the training (0: never).

    ``precision`` computes in bfloat16 or float16 where PyTorch considers that safe, float16 with a gradient scaler.
    ``device`` ``auto`` selects a GPU if there is one. ``frozen`` has the settings of strategy ``frozen``: its batches,
    rates and epochs replace those above. ``then`` is an optional second phase.
    """

    strategy: Strategy = Strategy.FULL
    steps: int = 2000
    seconds: float = 0.0
    epochs: int = 0
    tokens_per_batch: int = 8192
    rows_per_batch: int = 0
    accumulate: int = 1
    learning_rate: float = 2e-3
    layer_decay: float = 1.0
    warm_up: float = 0.05
    weight_decay: float = 0.05
    clip: float = 1.0
    unfreeze: int = 0
    gradient_checkpointing: bool = False
    ema: float = 0.0
    type_dropout: float = 0.3
    neutral_share: float = 0.08
    view_share: float = 0.0
    train_context: int = 256
    precision: Precision = Precision.FLOAT32
    device: str = "auto"
    validate_every: int = 0
    patience: int = 0
    checkpoint_every: int = 200
    log_every: int = 100
    frozen: FrozenSettings = field(default_factory=FrozenSettings)
    then: SecondPhase | None = None
    losses: LossSettings = field(default_factory=LossSettings)
    sampling: SamplingSettings = field(default_factory=SamplingSettings)
    seed: int = 0

    def __post_init__(self) -> None:
        if self.steps < 1 or self.tokens_per_batch < 1 or self.train_context < 1:
            raise ValueError("steps, tokens_per_batch and train_context must be positive")
        if min(self.accumulate, self.checkpoint_every, self.log_every) < 1:
            raise ValueError("accumulate, checkpoint_every and log_every must be positive")
        if not (0 <= self.type_dropout < 1 and 0 <= self.neutral_share < 1 and 0 <= self.ema < 1):
            raise ValueError("type_dropout, neutral_share and ema must lie in [0, 1)")
        if self.learning_rate <= 0 or self.clip <= 0 or not 0 < self.layer_decay <= 1:
            raise ValueError("learning_rate and clip must be positive, layer_decay must lie in (0, 1]")
        if min(self.seconds, self.weight_decay, self.unfreeze, self.validate_every, self.patience) < 0:
            raise ValueError(
                "seconds, weight_decay, unfreeze, validate_every and patience must not be negative"
            )
        if not (0 <= self.warm_up < 1 and 0 <= self.view_share <= 1):
            raise ValueError("warm_up must lie in [0, 1), view_share in [0, 1]")
        if min(self.epochs, self.rows_per_batch) < 0:
            raise ValueError("epochs and rows_per_batch must not be negative")
        if self.then is not None and self.strategy is not Strategy.FROZEN:
            raise ValueError("then is a second phase behind strategy frozen")
        if self.patience and not (self.validate_every or self.epochs):
            raise ValueError("patience needs validations: validate_every or epochs must be positive")
        if self.losses.pair and not self.sampling.couples:
            raise ValueError("losses.pair needs couples: sampling.couple_pairs or couple_share must be set")
        if self.strategy is Strategy.FROZEN and (self.losses.consistency or self.losses.contrastive):
            raise ValueError("a frozen encoder must do without losses.consistency and losses.contrastive")

    @property
    def validates(self) -> bool:
        """Whether training uses validation rows."""
        return bool(self.validate_every or self.epochs) or self.strategy is Strategy.FROZEN

    def second(self) -> "FinetuneConfig | None":
        """The configuration of the second phase, or None."""
        if self.then is None:
            return None
        return replace(
            self,
            strategy=self.then.strategy,
            unfreeze=self.then.layers,
            learning_rate=self.then.learning_rate,
            layer_decay=self.then.layer_decay,
            rows_per_batch=self.then.rows_per_batch,
            accumulate=self.then.accumulate,
            epochs=self.then.epochs,
            patience=self.then.patience,
            then=None,
        )
