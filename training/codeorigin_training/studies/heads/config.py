"""Settings of the heads study."""

from pathlib import Path

from pydantic import Field
from pydantic.dataclasses import dataclass

from codeorigin_training.configuration import STRICT, Count, Positive, Several


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
    layers: Count = 2
    heads: Count = 4
    dim: Count = 64
    vocabulary: Count = 4096
    specification_tokens: Count = 40
    code_tokens: Count = 64
    start_epochs: Count = 6
    epochs: Count = 5
    batch: Several = 6
    learning_rate: Positive = 1e-3
    train_pairs: Count = 1500
    candidates: Several = 10
    pairs: Count = 200
    alpha: float = Field(default=0.05, gt=0, lt=1)
    special_ratio: float = Field(default=1.5, ge=1)
    rounds: Count = 200
    seed: int = 17

    def __post_init__(self) -> None:
        if self.dim % self.heads:
            raise ValueError("dim must split into the heads")
