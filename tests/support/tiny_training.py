"""The smallest corpus, tokenizer and encoder that the training tests share."""

import random
from functools import cache

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.corpus.rows import Row
from codeorigin_training.encoder.config import EncoderConfig
from codeorigin_training.encoder.tokenizer import train_tokenizer
from support.corpus_maker import human_function, llm_function


def tiny_rows(count: int, seed: int = 0) -> list[Row]:
    """Rows of alternating class, two to a repository."""
    generator = random.Random(seed)
    rows = []
    for number in range(count):
        label = number % 2
        code = (llm_function if label else human_function)(generator, f"function_{number}")
        rows.append(
            Row(
                code, "python", label, f"owner/repo{number // 2}", "", label == 0, False, code.count("\n") + 1
            )
        )
    return rows


@cache
def tiny_tokenizer() -> Tokenizer:
    """A vocabulary of 320 entries."""
    return Tokenizer(train_tokenizer(tiny_rows(60), vocab_size=320, sample=60, seed=0))


def tiny_shape(layers: int = 1) -> EncoderConfig:
    """An encoder of 16 dimensions over :func:`tiny_tokenizer`."""
    return EncoderConfig(
        vocab_size=tiny_tokenizer().vocab_size,
        dim=16,
        layers=layers,
        heads=2,
        feedforward=16,
        context=64,
        ngram_buckets=64,
        ngram_dim=8,
        head_dim=16,
    )
