"""Decoders with a few thousand random weights, as encoders and in a folder as transformers writes it."""

from pathlib import Path

import torch
from transformers import LlamaConfig, LlamaModel, PreTrainedTokenizerFast

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.encoder.decoder import DecoderEncoder
from codeorigin_training.encoder.pooling import Pooling
from support.tiny_bpe import byte_level_bpe

TEXTS = [
    "def add(left, right):\n    return left + right\n",
    "def process_orders(orders):\n    for order in orders:\n        print(order)\n",
    "class Orders:\n    def total(self):\n        return sum(order.price for order in self.orders)\n",
] * 4


def tiny_decoder(
    tokenizer: Tokenizer, *, layers: int = 3, width: int = 32, causal: bool = True, seed: int = 0
) -> DecoderEncoder:
    """A decoder of ``layers`` random layers of ``width`` over ``tokenizer``, the same at every call."""
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=tokenizer.vocab_size,
        hidden_size=width,
        intermediate_size=width,
        num_hidden_layers=layers,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=65,
        pad_token_id=tokenizer.pad_id,
        bos_token_id=None,
        eos_token_id=None,
    )
    model = DecoderEncoder.from_decoder_config(config, 8, Pooling.MEAN, causal=causal)
    model.vocabulary = (tokenizer.vocab_size, tokenizer.mask_id, tokenizer.pad_id)
    return model.eval()


def write_tiny_body(folder: Path, *, layers: int = 4, seed: int = 0) -> Path:
    """``folder``, with a body of ``layers`` layers of width 16 and a byte-level vocabulary of 320."""
    torch.manual_seed(seed)
    bpe = byte_level_bpe(TEXTS, vocab_size=320, special_tokens=["<|endoftext|>", "<|im_start|>"])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bpe, bos_token="<|im_start|>", eos_token="<|endoftext|>"
    )
    tokenizer.save_pretrained(folder)
    config = LlamaConfig(
        vocab_size=bpe.get_vocab_size(),
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=layers,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=128,
        bos_token_id=1,
        eos_token_id=0,
    )
    LlamaModel(config).save_pretrained(folder)
    return folder
