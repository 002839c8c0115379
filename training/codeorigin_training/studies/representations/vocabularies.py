"""Vocabularies for structure: that of the source, which spells structure out, and one with a token for each part."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from tokenizers import Tokenizer as BpeTokenizer

from codeorigin.model.scoring.tokenizer import PAD_TOKEN
from codeorigin_training.arrays import Integers
from codeorigin_training.encoder.tokenizer import train_tokenizer
from codeorigin_training.studies.representations.pairs import Representation, Represented


class StructureVocabulary(Protocol):
    """Encodes a representation as token ids."""

    @property
    def size(self) -> int:
        """Number of tokens; 0 is the padding."""

    def encode(self, function: Represented, view: Representation) -> Integers:
        """Ids of one representation, int64 ``(T,)``."""


class SpelledVocabulary:
    """Spells structure out in the tokens of source code."""

    def __init__(self, bpe: BpeTokenizer) -> None:
        self.bpe = bpe
        assert bpe.token_to_id(PAD_TOKEN) == 0

    @classmethod
    def train(cls, functions: Sequence[Represented], size: int, seed: int) -> "SpelledVocabulary":
        """Train a byte-level BPE of ``size`` entries on the sources of ``functions``."""
        rows = [each.row for each in functions]
        return cls(train_tokenizer(rows, vocab_size=size, sample=len(rows), seed=seed))

    @property
    def size(self) -> int:
        return int(self.bpe.get_vocab_size())

    def encode(self, function: Represented, view: Representation) -> Integers:
        return np.array(self.bpe.encode(function.text(view), add_special_tokens=False).ids, dtype=np.int64)


class ExtendedVocabulary:
    """Another vocabulary, extended by a token for each part of structure that occurs more than once."""

    def __init__(self, base: StructureVocabulary, functions: Sequence[Represented]) -> None:
        """Take the parts from ``functions``; all other parts share one unknown token."""
        self._base = base
        counts = Counter(token for each in functions for token in (*each.tree, *each.flow))
        kept = sorted(token for token, count in counts.items() if count > 1)
        self._ids = {token: base.size + 1 + number for number, token in enumerate(kept)}

    @property
    def added(self) -> tuple[str, ...]:
        """The added tokens in the order of their ids; the first is the unknown token, which has no text."""
        return ("", *self._ids)

    @property
    def size(self) -> int:
        return self._base.size + 1 + len(self._ids)

    def encode(self, function: Represented, view: Representation) -> Integers:
        if view is Representation.SOURCE:
            return self._base.encode(function, view)
        unknown = self._base.size
        return np.array([self._ids.get(token, unknown) for token in function.tokens(view)], dtype=np.int64)


class PretrainedVocabulary:
    """The vocabulary of a pretrained encoder; without an extension, it spells structure out."""

    def __init__(self, tokenizer: Any, size: int) -> None:
        self._tokenizer = tokenizer
        self._size = size

    @property
    def size(self) -> int:
        return self._size

    def encode(self, function: Represented, view: Representation) -> Integers:
        return np.array(self._tokenizer.encode(function.text(view), add_special_tokens=False), dtype=np.int64)
