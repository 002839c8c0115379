"""Trains a byte-level BPE vocabulary that preserves layout."""

import random
from collections.abc import Iterator, Sequence

from tokenizers import Regex, decoders, models, pre_tokenizers, trainers
from tokenizers import Tokenizer as BpeTokenizer

from codeorigin.model.reading.normalize import normalize
from codeorigin.model.scoring.tokenizer import MASK_TOKEN, PAD_TOKEN
from codeorigin_training.corpus.rows import Row

# A single line feed, a run of level marks, a word with the space before it, up to three digits, a run of
# punctuation. No piece, and so no token, crosses a line end.
_PIECES = Regex(r"\n|\t+| ?\p{L}[\p{L}\p{M}_]*| ?_+[\p{L}\p{M}_]*|\p{N}{1,3}| ?[^\s\p{L}\p{N}_]+|[^\S\n\t]+")


def train_tokenizer(rows: Sequence[Row], *, vocab_size: int, sample: int, seed: int) -> BpeTokenizer:
    """Train a byte-level BPE of ``vocab_size`` entries on ``sample`` rows drawn with ``seed``."""
    bpe = BpeTokenizer(models.BPE())
    bpe.pre_tokenizer = layout_pre_tokenizer()
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=[PAD_TOKEN, MASK_TOKEN],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    chosen = random.Random(seed).sample(list(rows), min(sample, len(rows)))
    bpe.train_from_iterator(_texts(chosen), trainer)
    return bpe


def layout_pre_tokenizer() -> pre_tokenizers.PreTokenizer:
    """Splits text so that no token of any vocabulary crosses a line end."""
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(_PIECES, behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )


def token_texts(bpe: BpeTokenizer) -> list[str]:
    """The text of every token by id; bytes that are not a whole character become U+FFFD."""
    return [bpe.decode([token]) for token in range(bpe.get_vocab_size())]


def _texts(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        yield normalize(row.code, row.language).text
