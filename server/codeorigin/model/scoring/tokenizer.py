"""Byte-level BPE over normalised code that keeps layout: every token belongs to exactly one line.

The vocabulary is a ``tokenizer.json`` of the *tokenizers* library. Its pre-tokenizer isolates line feeds and
runs of level marks before the merges are applied, so no token crosses a line end and the token -> line map
is exact. Only bundles with a deep part need the library (extra ``deep``); it is imported when a tokenizer is loaded.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from codeorigin.core.errors import ModelError
from codeorigin.model.reading.normalize import Normalized
from codeorigin.model.scoring.graph import NEEDS_DEEP

if TYPE_CHECKING:
    from tokenizers import Tokenizer as BpeTokenizer

PAD_TOKEN, MASK_TOKEN = "<pad>", "<mask>"


@dataclass(frozen=True, slots=True)
class Encoding:
    """Tokens of one function.

    ``ids`` is int64 of shape ``(T,)``. ``starts`` and ``ends`` are int32 ``(T,)`` character offsets into the
    normalised text; if a character takes several tokens, they all have its offsets. ``lines`` is int32
    ``(T,)``: the line of each token, relative to the code's first line.
    """

    ids: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    lines: npt.NDArray[np.int32]


class Tokenizer:
    """The bundle's tokenizer, with the ids that training and explanation need."""

    def __init__(self, bpe: "BpeTokenizer") -> None:
        self._bpe = bpe
        # "<mask>" in source code is plain code, not a hidden token.
        bpe.encode_special_tokens = True
        self.pad_id = self._special(PAD_TOKEN)
        self.mask_id = self._special(MASK_TOKEN)
        self.vocab_size = bpe.get_vocab_size()

    @classmethod
    def load(cls, path: Path) -> "Tokenizer":
        """Load ``tokenizer.json``; raises ModelError if it is no tokenizer of ours, or the library is not installed."""
        try:
            from tokenizers import Tokenizer as BpeTokenizer  # noqa: PLC0415
        except ImportError as error:
            raise ModelError(NEEDS_DEEP) from error
        try:
            return cls(BpeTokenizer.from_file(str(path)))
        except ModelError:
            raise
        except Exception as error:  # the library raises bare Exception
            raise ModelError(f"{path.name}: not a readable tokenizer; reinstall the model") from error

    def save(self, path: Path) -> None:
        """Write ``tokenizer.json``, as :meth:`load` reads it."""
        self._bpe.save(str(path))

    def _special(self, token: str) -> int:
        token_id = self._bpe.token_to_id(token)
        if token_id is None:
            raise ModelError(f"tokenizer.json: the {token} token is missing; reinstall the model")
        return int(token_id)

    def encode(self, normalized: Normalized) -> Encoding:
        """Token ids of ``normalized`` with their positions; empty arrays for an empty text."""
        encoded = self._bpe.encode(_encodable(normalized.text), add_special_tokens=False)
        offsets = np.array(encoded.offsets, dtype=np.int32).reshape(-1, 2)
        starts, ends = offsets[:, 0].copy(), offsets[:, 1].copy()
        return Encoding(np.array(encoded.ids, dtype=np.int64), starts, ends, normalized.lines[starts])


def _encodable(text: str) -> str:
    """Replace lone surrogates, which editors can send but UTF-8 cannot encode, keeping the text's length."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if len(whole) == len(text):
        return whole
    return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
