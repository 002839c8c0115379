"""The settings of a classifier."""

from dataclasses import dataclass, field

from codeorigin_training.encoder.config import EncoderConfig, VocabularySource
from codeorigin_training.encoder.registry import COMPACT
from codeorigin_training.finetune.config import FinetuneConfig, SamplingSettings, Strategy
from codeorigin_training.loops.precision import Precision


@dataclass(frozen=True, slots=True)
class ClassifyConfig:
    """A K-class classifier: an encoder and a head, trained by cross-entropy.

    ``name`` is ``compact``, sized by ``shape``, or a transformers encoder's folder or name in the local cache.
    ``vocabulary`` says whether a transformers encoder keeps its own tokens or gets the given ones; it only takes
    pooling and head from ``shape``. The first ``context`` tokens of a text are read. ``batch`` is the number of
    rows in a batch, ``accumulate`` the number of batches per optimiser step, and each of the ``epochs`` visits
    every row once. ``dropout`` is that of the head, before each of its two layers, and ``body_dropout`` that of a
    transformers body (None: its own).

    ``freeze`` keeps the whole encoder fixed; ``last_layers`` trains only that many of its top layers from the first
    step on (0: all). The rate rises to ``learning_rate`` over the first ``warm_up`` share of the steps, then falls
    linearly; gradients are clipped to a norm of ``clip``. ``validation_share`` of the units, at least one, choose
    the best epoch; training stops after ``patience`` epochs without improvement.
    """

    name: str = COMPACT
    vocabulary: VocabularySource = VocabularySource.OWN
    shape: EncoderConfig = field(default_factory=EncoderConfig)
    context: int = 512
    batch: int = 16
    epochs: int = 5
    learning_rate: float = 2e-5
    dropout: tuple[float, ...] = (0.3, 0.2)
    body_dropout: float | None = None
    freeze: bool = False
    last_layers: int = 0
    accumulate: int = 1
    clip: float = 1.0
    warm_up: float = 0.1
    weight_decay: float = 0.01
    patience: int = 2
    validation_share: float = 0.1
    precision: Precision = Precision.FLOAT32
    device: str = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.context, self.batch, self.epochs, self.accumulate, self.patience) < 1:
            raise ValueError("context, batch, epochs, accumulate and patience must be positive")
        if self.learning_rate <= 0 or self.clip <= 0 or self.weight_decay < 0:
            raise ValueError("learning_rate and clip must be positive, weight_decay not negative")
        if len(self.dropout) != 2 or not all(0 <= each < 1 for each in self.dropout):
            raise ValueError("dropout must be two shares in [0, 1), one for each layer of the head")
        if not 0 <= self.warm_up < 1 or not 0 < self.validation_share < 1:
            raise ValueError("warm_up must lie in [0, 1), validation_share in (0, 1)")
        if self.last_layers < 0 or (self.freeze and self.last_layers):
            raise ValueError("last_layers must not be negative, and needs freeze to be off")

    def training(self) -> FinetuneConfig:
        """The corresponding settings of the training loop."""
        # The head is a separate layer group.
        thawed = 1 if self.freeze else self.last_layers + 1 if self.last_layers else 0
        return FinetuneConfig(
            strategy=Strategy.FULL,
            unfreeze=thawed,
            epochs=self.epochs,
            rows_per_batch=self.batch,
            accumulate=self.accumulate,
            learning_rate=self.learning_rate,
            warm_up=self.warm_up,
            weight_decay=self.weight_decay,
            clip=self.clip,
            patience=self.patience,
            # A text is read unchanged from its beginning, once per epoch.
            neutral_share=0.0,
            type_dropout=0.0,
            train_context=self.context,
            sampling=SamplingSettings(each_row_once=True),
            precision=self.precision,
            device=self.device,
            seed=self.seed,
        )
