"""The shape of the compact encoder."""

from dataclasses import dataclass
from enum import StrEnum

from codeorigin_training.encoder.pooling import Pooling


class PositionScheme(StrEnum):
    """Rotary positions rotate queries and keys; learned positions are added to the embeddings."""

    ROTARY = "rotary"
    LEARNED = "learned"


class VocabularySource(StrEnum):
    """Whose tokens a transformers encoder uses.

    Its ``own``, or the run's (``transfer``), whose embeddings are made from those of its own tokens (Gee et al., 2022,
    "Fast Vocabulary Transfer").
    """

    OWN = "own"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class EncoderConfig:
    """Sizes of a compact encoder; with ``layers == 0`` it only has embeddings, pooling and head.

    The table of hashed token bigrams and trigrams has ``ngram_buckets`` rows of width ``ngram_dim``; they are
    projected to ``dim`` and added to the token embedding. 0 leaves them out.
    """

    vocab_size: int = 8192
    dim: int = 192
    layers: int = 2
    heads: int = 3
    feedforward: int = 384
    context: int = 512
    ngram_buckets: int = 1 << 15
    ngram_dim: int = 64
    dropout: float = 0.1
    head_dim: int = 256
    pooling: Pooling = Pooling.MEAN
    positions: PositionScheme = PositionScheme.ROTARY

    def __post_init__(self) -> None:
        if self.dim % self.heads or (self.dim // self.heads) % 2:
            raise ValueError(f"dim {self.dim} must split into {self.heads} heads of an even width")
        if min(self.vocab_size, self.context, self.feedforward, self.head_dim) < 1 or self.layers < 0:
            raise ValueError("vocab_size, context, feedforward and head_dim must be positive, layers >= 0")
        if self.ngram_buckets == 1 or self.ngram_buckets < 0:
            raise ValueError("ngram_buckets must be 0 (none) or at least 2: bucket 0 is the empty one")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout {self.dropout} must lie in [0, 1)")
