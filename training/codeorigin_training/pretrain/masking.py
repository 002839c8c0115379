"""Which tokens are masked, and what replaces them."""

from dataclasses import dataclass

import numpy as np

from codeorigin.model.reading.normalize import normalize
from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.arrays import Booleans, Integers
from codeorigin_training.pretrain.config import PretrainConfig
from codeorigin_training.pretrain.packing import PackedRows


@dataclass(frozen=True, slots=True)
class MaskingVocabulary:
    """The ids that masking needs; ``ordinary``, int64 ``(n,)``, are all except those of special tokens."""

    size: int
    pad_id: int
    mask_id: int
    newline_id: int
    ordinary: Integers

    @classmethod
    def of(cls, tokenizer: Tokenizer) -> "MaskingVocabulary":
        """The ids of ``tokenizer``; RoBERTa's special tokens are at both ends, those of this project come first."""
        encoding = tokenizer.encode(normalize("a\nb", "c"))
        newline = int(encoding.ids[encoding.starts == 1][0])
        ordinary = np.setdiff1d(np.arange(tokenizer.vocab_size), sorted(tokenizer.special_ids))
        return cls(tokenizer.vocab_size, tokenizer.pad_id, tokenizer.mask_id, newline, ordinary)


def choose(
    packed: PackedRows, vocabulary: MaskingVocabulary, config: PretrainConfig, generator: np.random.Generator
) -> Booleans:
    """Tokens to mask, ``(B, T)``, each with probability ``mask_rate``, individually or by whole lines.

    If lines are masked, line ends are not, so that the encoder sees that there is a line.
    """
    rows = len(packed.ids)
    newline = packed.real & (packed.ids == vocabulary.newline_id)
    starts = (packed.positions == 0) & packed.real
    # A line begins after a line feed or with a document; numbered along the row, lines never span documents.
    begins = starts.copy()
    begins[:, 1:] |= newline[:, :-1]
    line = np.cumsum(begins, axis=1)
    by_line = generator.random((rows, int(line.max(initial=0)) + 1)) < config.mask_rate
    by_token = generator.random(packed.ids.shape) < config.mask_rate
    whole = generator.random((rows, int(packed.document.max(initial=0)) + 1)) < config.whole_line_share
    in_lines = np.take_along_axis(by_line, line, axis=1) & ~newline
    chosen = np.where(np.take_along_axis(whole, np.maximum(packed.document, 0), axis=1), in_lines, by_token)
    return chosen & packed.real


def corrupt(
    ids: Integers,
    chosen: Booleans,
    vocabulary: MaskingVocabulary,
    mask_token_share: float,
    random_share: float,
    generator: np.random.Generator,
) -> Integers:
    """``ids`` ``(T,)`` or ``(B, T)`` with each of the ``chosen`` replaced by MASK or a random token, or left unchanged.

    Source: Devlin et al. (2019).
    """
    draw = generator.random(ids.shape)
    random_ids = vocabulary.ordinary[generator.integers(len(vocabulary.ordinary), size=ids.shape)]
    hidden = np.where(
        draw < mask_token_share,
        vocabulary.mask_id,
        np.where(draw < mask_token_share + random_share, random_ids, ids),
    )
    return np.where(chosen, hidden, ids)
