"""A decoder of a few thousand random weights with a vocabulary of its own, in a folder as transformers writes it."""

from pathlib import Path

import torch
from tokenizers import Tokenizer as BpeTokenizer
from tokenizers import decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaModel, PreTrainedTokenizerFast

TEXTS = [
    "def add(left, right):\n    return left + right\n",
    "def process_orders(orders):\n    for order in orders:\n        print(order)\n",
    "class Orders:\n    def total(self):\n        return sum(order.price for order in self.orders)\n",
] * 4


def write_tiny_body(folder: Path, *, layers: int = 4, seed: int = 0) -> Path:
    """``folder``, with a body of ``layers`` layers of 16 and a byte-level vocabulary of 320."""
    torch.manual_seed(seed)
    bpe = BpeTokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=["<|endoftext|>", "<|im_start|>"],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    bpe.train_from_iterator(TEXTS, trainer)
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
