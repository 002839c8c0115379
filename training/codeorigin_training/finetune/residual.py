"""Trains the deep part on what the wide part leaves: its logit is added to the wide part's out-of-fold logit."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch

from codeorigin.model.tokenizer import Tokenizer
from codeorigin_training.encoder.compact import CompactEncoder
from codeorigin_training.encoder.config import EncoderConfig
from codeorigin_training.finetune.config import FinetuneConfig
from codeorigin_training.finetune.examples import Examples, Floats, Groups, Tokens
from codeorigin_training.finetune.inference import deep_logits, neutral_logit
from codeorigin_training.finetune.training import Outlets, finetune

__all__ = ["FinetuneConfig", "deep_logits", "neutral_logit", "train_residual"]


def train_residual(
    tokens: Tokens,
    labels: npt.NDArray[np.int64],
    weights: Floats,
    offsets: Floats,
    tokenizer: Tokenizer,
    shape: EncoderConfig,
    config: FinetuneConfig,
    log: Callable[[str], None],
) -> CompactEncoder:
    """Train an encoder from scratch whose logit, added to ``offsets`` ``(n,)``, predicts ``labels`` ``(n,)``.

    Rows are drawn in proportion to ``weights`` ``(n,)``. The result is in evaluation mode.
    """
    torch.manual_seed(config.seed)
    model = CompactEncoder(shape)
    examples = Examples(tokens, labels, weights, offsets, Groups.none(len(tokens)))
    finetune(model, examples, tokenizer, config, Outlets(log))
    return model
