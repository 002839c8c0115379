"""Settings of pretraining."""

from dataclasses import dataclass, field

from codeorigin_training.encoder.config import EncoderConfig, VocabularySource
from codeorigin_training.loops.precision import Precision


@dataclass(frozen=True, slots=True)
class PretrainConfig:
    """The encoder and its pretraining.

    ``encoder`` is ``compact``, of ``shape``, or the folder of a transformers encoder, which keeps its own vocabulary
    or gets that of the run (``vocabulary``).

    The budget is ``seconds`` of training, or exactly ``steps`` steps if set. The learning rate rises over the share
    ``warm_up`` of the budget and falls linearly to zero; 0.5 is the one-cycle triangle of Cramming (Geiping and
    Goldstein, 2023).

    A step reads ``rows`` packed rows of ``row_length`` tokens on each device, ``accumulation`` times. A token is masked
    with probability ``mask_rate``; in ``whole_line_share`` of the documents, whole lines are. Of the masked tokens,
    ``mask_token_share`` become MASK, ``random_share`` become a random token, and the rest are left unchanged.

    ``detection_share`` of the steps are replaced-token detection (ELECTRA, Clark et al., 2020): a generator with
    ``generator_share`` of the width, on the same embeddings, fills in the masked tokens, and the encoder predicts which
    tokens were replaced. The encoder never sees MASK in these steps, but MASK is the baseline of explanations, so not
    all steps may be of this kind.

    ``syntax_weight`` adds the parent's node type and the depth in the syntax tree as targets of every token.
    ``averaging`` is the decay of an exponential moving average of the weights, 0 for none. ``validation_share`` of the
    documents are held out and measured at the end.
    """

    encoder: str = "compact"
    vocabulary: VocabularySource = VocabularySource.OWN
    shape: EncoderConfig = field(default_factory=EncoderConfig)
    seconds: float = 3600.0
    steps: int | None = None
    rows: int = 32
    row_length: int = 256
    accumulation: int = 1
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    warm_up: float = 0.05
    clip: float = 1.0
    mask_rate: float = 0.25
    mask_token_share: float = 0.8
    random_share: float = 0.1
    whole_line_share: float = 0.3
    detection_share: float = 0.0
    detection_weight: float = 50.0
    generator_share: float = 0.25
    generator_layers: int = 2
    syntax_weight: float = 0.0
    syntax_types: int = 256
    syntax_depths: int = 16
    dropout: bool = False
    precision: Precision = Precision.FLOAT32
    averaging: float = 0.0
    validation_share: float = 0.01
    checkpoint_seconds: float = 300.0
    log_seconds: float = 30.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.seconds <= 0 or (self.steps is not None and self.steps < 1):
            raise ValueError("seconds and steps must be positive")
        sizes = (self.rows, self.accumulation, self.generator_layers, self.syntax_types, self.syntax_depths)
        if min(sizes) < 1 or self.row_length < 8:
            raise ValueError(
                "rows, accumulation, generator_layers and syntax sizes must be positive, row_length >= 8"
            )
        if not (0 < self.mask_rate < 1 and 0 < self.warm_up < 1 and 0 < self.generator_share <= 1):
            raise ValueError("mask_rate, warm_up and generator_share must lie between 0 and 1")
        if min(self.mask_token_share, self.random_share) < 0 or self.mask_token_share + self.random_share > 1:
            raise ValueError("mask_token_share and random_share must not be negative nor exceed 1 together")
        if not (
            0 <= self.whole_line_share <= 1 and 0 <= self.validation_share < 1 and 0 <= self.averaging < 1
        ):
            raise ValueError("whole_line_share, validation_share and averaging must lie in [0, 1]")
        if not 0 <= self.detection_share < 1:
            raise ValueError("detection_share must lie in [0, 1): only the other steps show the encoder MASK")
        positive = (self.learning_rate, self.clip, self.checkpoint_seconds, self.log_seconds)
        if min(positive) <= 0 or min(self.weight_decay, self.detection_weight, self.syntax_weight) < 0:
            raise ValueError("rates and intervals must be positive, weights not negative")
