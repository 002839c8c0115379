"""Turn a pretrained body into an encoder: fewer layers, a smaller vocabulary, this project's pooling and head."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer as BpeTokenizer
from torch import nn
from transformers import AutoModel

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.encoder.decoder import DecoderEncoder
from codeorigin_training.encoder.hugging_face import config_from_json
from codeorigin_training.encoder.interface import EncoderError
from codeorigin_training.encoder.pooling import Pooling
from codeorigin_training.pretrained.body import load_body
from codeorigin_training.pretrained.vocabulary import NEW, cut_vocabulary


@dataclass(frozen=True, slots=True)
class AdoptConfig:
    """Which parts of a body are kept.

    These are every ``every``-th of the lowest ``layers`` layers (0: all) and the ``vocabulary`` entries that code uses
    most (counted on ``sample`` functions). At most ``context`` tokens are read at a time. ``causal`` hides from each
    token what follows it, as in the body's training.
    """

    body: Path
    layers: int = 16
    every: int = 1
    vocabulary: int = 16384
    sample: int = 20000
    context: int = 512
    head_dim: int = 256
    pooling: Pooling = Pooling.MEAN
    causal: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        if self.layers < 0 or min(self.every, self.sample, self.context, self.head_dim) < 1:
            raise ValueError(
                "layers must not be negative; every, sample, context and head_dim must be positive"
            )


def adopt_body(
    config: AdoptConfig, texts: list[str], kept: Path | None = None
) -> tuple[DecoderEncoder, BpeTokenizer]:
    """The encoder of ``config``, with weights from the body and a random head, and its vocabulary.

    Args:
        config: which parts are kept.
        texts: normalised code on which the use of the vocabulary is counted.
        kept: folder for the dequantised weights of a GGUF file.

    Raises:
        EncoderError: there is no such body, or it cannot be cut this way.
    """
    torch.manual_seed(config.seed)
    body, old_tokenizer = load_body(config.body, layers=config.layers, kept=kept)
    source = getattr(old_tokenizer, "backend_tokenizer", None)
    if source is None:
        raise EncoderError(f"{config.body}: its tokenizer is not one of the tokenizers library")
    begin = old_tokenizer.bos_token_id
    begin = old_tokenizer.eos_token_id if begin is None else begin
    cut, old_ids = cut_vocabulary(source, texts, config.vocabulary)
    old_table = body.get_input_embeddings().weight.detach()
    table = nn.Embedding(len(old_ids), old_table.shape[1])
    with torch.no_grad():
        table.weight.copy_(old_table[[max(number, 0) for number in old_ids]])
        table.weight[torch.tensor(old_ids) == NEW] = old_table.mean(dim=0)
        tokenizer = Tokenizer(cut)
        table.weight[tokenizer.pad_id].zero_()
    encoder = _encoder(body, table, config, tokenizer)
    with torch.no_grad():
        if begin is not None:
            encoder.begin.copy_(old_table[begin])
    return encoder, cut


def _encoder(body: Any, table: nn.Embedding, config: AdoptConfig, tokenizer: Tokenizer) -> DecoderEncoder:
    values = body.config.to_dict() | {
        "vocab_size": table.num_embeddings,
        "max_position_embeddings": config.context + 1,
        "pad_token_id": tokenizer.pad_id,
        "bos_token_id": None,
        "eos_token_id": None,
    }
    plain: Any = AutoModel.from_config(  # type: ignore[no-untyped-call]
        config_from_json(values), attn_implementation="eager"
    )
    state = {name: value for name, value in body.state_dict().items() if name != "embed_tokens.weight"}
    # The last norm keeps its initial weights of 1, because the body's norm belongs to its last layer.
    missing, unexpected = plain.load_state_dict(state, strict=False)
    if unexpected or set(missing) - {"embed_tokens.weight", "norm.weight"}:
        raise EncoderError(f"{config.body}: not a decoder of the Llama family")
    plain.set_input_embeddings(table)
    encoder = DecoderEncoder(plain, config.head_dim, config.pooling, causal=config.causal)
    encoder.vocabulary = (table.num_embeddings, tokenizer.mask_id, tokenizer.pad_id)
    encoder.keep_layers(list(range(config.every - 1, len(plain.layers), config.every)))
    return encoder.eval()
