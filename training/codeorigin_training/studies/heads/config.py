"""The settings of the study of heads."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class HeadsConfig:
    """The retriever and how its heads are looked at.

    ``encoder`` is the folder of a RoBERTa-like encoder with its tokenizer (CodeBERT); without it a small one of
    ``layers`` x ``heads`` and width ``dim`` is made with a vocabulary of ``vocabulary``. Either learns for ``epochs``
    to tell a specification's code from another's, on at most ``train_pairs`` of them. It reads
    ``specification_tokens`` and ``code_tokens``. Attention is measured on at most ``pairs`` held-out specifications,
    each with the person's and the model's function. ``clusters`` groups of heads are drawn; ``alpha`` is the error
    that Holm's correction keeps over all tests, ``special_ratio`` the lift that a special head has at least.
    """

    encoder: Path | None = None
    layers: int = 4
    heads: int = 4
    dim: int = 96
    vocabulary: int = 4096
    specification_tokens: int = 96
    code_tokens: int = 128
    epochs: int = 8
    batch: int = 16
    learning_rate: float = 1e-3
    train_pairs: int = 1200
    pairs: int = 200
    clusters: int = 4
    alpha: float = 0.05
    special_ratio: float = 1.5
    rounds: int = 200
    seed: int = 17

    def __post_init__(self) -> None:
        counts = (self.layers, self.heads, self.dim, self.vocabulary, self.specification_tokens, self.code_tokens,
                  self.epochs, self.batch, self.train_pairs, self.pairs, self.clusters, self.rounds)  # fmt: skip
        if min(counts) < 1 or self.dim % self.heads:
            raise ValueError("every size must be 1 or more, and dim must split into the heads")
        if not 0 < self.alpha < 1 or self.learning_rate <= 0 or self.special_ratio < 1:
            raise ValueError(
                "alpha must lie in (0, 1), learning_rate above 0 and special_ratio at 1 or above"
            )
