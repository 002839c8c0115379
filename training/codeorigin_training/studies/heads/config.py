"""Settings of the heads study."""

from pathlib import Path

from pydantic.dataclasses import dataclass

from codeorigin_training.configuration import STRICT


@dataclass(frozen=True, config=STRICT)
class HeadsConfig:
    """The retriever and the analysis of its heads.

    ``encoder`` is the folder of a RoBERTa-like encoder with its tokenizer (CodeBERT). Without it, a small one of
    ``layers`` x ``heads`` and width ``dim`` is created with a vocabulary of ``vocabulary``, whose word vectors are
    trained for ``start_epochs`` first. Either is trained for ``epochs`` to tell a specification's code from another's,
    on at most ``train_pairs`` pairs, ``batch`` at a time. It reads ``specification_tokens`` and ``code_tokens``, and
    has to find a specification's function among ``candidates``. Attention is measured on at most ``pairs`` held-out
    specifications, each with the human and the LLM function. ``alpha`` is the family-wise error of Holm's correction
    over all tests, ``special_ratio`` the minimum lift of a special head.
    """

    encoder: Path | None = None
    layers: int = 2
    heads: int = 4
    dim: int = 64
    vocabulary: int = 4096
    specification_tokens: int = 40
    code_tokens: int = 64
    start_epochs: int = 6
    epochs: int = 5
    batch: int = 6
    learning_rate: float = 1e-3
    train_pairs: int = 1500
    candidates: int = 10
    pairs: int = 200
    alpha: float = 0.05
    special_ratio: float = 1.5
    rounds: int = 200
    seed: int = 17

    def __post_init__(self) -> None:
        counts = (self.layers, self.heads, self.dim, self.vocabulary, self.specification_tokens, self.code_tokens,
                  self.start_epochs, self.epochs, self.train_pairs, self.pairs, self.rounds)  # fmt: skip
        if min(counts) < 1 or self.dim % self.heads:
            raise ValueError("every size must be 1 or more, and dim must split into the heads")
        if min(self.batch, self.candidates) < 2:
            raise ValueError(
                "batch and candidates must be 2 or more: what does not belong is taken from them"
            )
        if not 0 < self.alpha < 1 or self.learning_rate <= 0 or self.special_ratio < 1:
            raise ValueError(
                "alpha must lie in (0, 1), learning_rate above 0 and special_ratio at 1 or above"
            )
