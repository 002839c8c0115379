"""The smallest corpus, tokenizer and encoder that the training tests share."""

import random
from functools import cache

import torch

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.data.rows import Row
from codeorigin_training.encoder.model import Encoder, compact_body
from codeorigin_training.encoder.settings import EncoderConfig
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
    """The shape of an encoder of 16 dimensions over :func:`tiny_tokenizer`."""
    return EncoderConfig(dim=16, layers=layers, heads=2, feedforward=16, context=64, head_dim=16)


def fresh_encoder(layers: int = 1) -> Encoder:
    """A new encoder of :func:`tiny_shape`, the same at every call."""
    torch.manual_seed(5)
    tokenizer, shape = tiny_tokenizer(), tiny_shape(layers)
    return Encoder(compact_body(shape, tokenizer.vocab_size, tokenizer.pad_id), shape)
