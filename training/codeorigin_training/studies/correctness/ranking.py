"""Rank answers by the mean log-probability of their tokens under a causal language model."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from codeorigin.errors import CodeOriginError
from codeorigin_training.arrays import Floats

_MOST = 512
"""Maximum number of tokens read of an answer; 99 % of answers are shorter."""


class LanguageModelError(CodeOriginError):
    """The folder does not contain a causal language model."""


class CausalLanguageModel:
    """A causal language model of transformers with its tokenizer."""

    def __init__(self, folder: Path) -> None:
        """Load the model; nothing is downloaded.

        Raises:
            LanguageModelError: the folder does not contain one.
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
            # Beyond this, models with a table of positions fail, and others produce noise.
            self._positions = int(getattr(model.config, "max_position_embeddings", None) or _MOST)
        except (OSError, ValueError, RuntimeError) as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise LanguageModelError(
                f"{folder}: no causal language model ({reason}); give a folder written by save_pretrained"
            ) from error

    @torch.no_grad()
    def mean_log_probability(self, text: str, most: int = _MOST) -> float:
        """Mean natural log-probability of each token except the first, given the preceding ones.

        Reads the first ``most`` tokens, or as many as the model has positions. NaN for fewer than two tokens.
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
