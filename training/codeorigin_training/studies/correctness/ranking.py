"""How likely a causal language model finds an answer: the mean log-probability of its tokens."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from codeorigin.errors import CodeOriginError
from codeorigin_training.arrays import Floats

_MOST = 512
"""Tokens of an answer that are read: all but one in a hundred are shorter."""


class LanguageModelError(CodeOriginError):
    """The folder holds no causal language model."""


class CausalLanguageModel:
    """A causal language model of transformers with its tokenizer."""

    def __init__(self, folder: Path) -> None:
        """Load the model; nothing is downloaded.

        Raises:
            LanguageModelError: the folder holds none.
        """
        from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415 - takes seconds
        from transformers.utils import logging  # noqa: PLC0415

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
            model: Any = AutoModelForCausalLM.from_pretrained(
                str(folder), local_files_only=True, dtype=torch.float32
            )
            self._model = model.eval()
            # Beyond its positions a model with a table of them fails, and others answer with noise.
            self._positions = int(getattr(model.config, "max_position_embeddings", None) or _MOST)
        except (OSError, ValueError, RuntimeError) as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise LanguageModelError(
                f"{folder}: no causal language model ({reason}); give a folder written by save_pretrained"
            ) from error

    @torch.no_grad()
    def mean_log_probability(self, text: str, most: int = _MOST) -> float:
        """Mean natural logarithm of the probability of each token but the first, given those before.

        Of the first ``most`` tokens, or as many as the model has positions. NaN for a text of fewer than two tokens.
        """
        length = min(most, self._positions)
        ids = self._tokenizer(text, return_tensors="pt", truncation=True, max_length=length)["input_ids"]
        if ids.shape[1] < 2:
            return float("nan")
        logits = self._model(ids).logits[0, :-1]
        chosen = torch.log_softmax(logits.double(), dim=-1).gather(1, ids[0, 1:, None])
        return float(chosen.mean())

    def rank(self, texts: Sequence[str]) -> Floats:
        """:meth:`mean_log_probability` of each text, ``(n,)``."""
        return np.array([self.mean_log_probability(text) for text in texts])
