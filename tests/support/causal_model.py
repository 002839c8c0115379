"""A folder with a tiny random causal language model of four words."""

from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
)


def causal_model(folder: Path, positions: int | None = None) -> Path:
    """Write it to ``folder``; with ``positions``, it has a table of that many, and fails beyond them."""
    words = {word: number for number, word in enumerate(["[UNK]", "a", "b", "c"])}
    inner = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    inner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    PreTrainedTokenizerFast(tokenizer_object=inner, unk_token="[UNK]").save_pretrained(str(folder))
    torch.manual_seed(0)
    if positions is not None:
        table = GPT2Config(vocab_size=4, n_embd=8, n_layer=1, n_head=1, n_positions=positions)
        GPT2LMHeadModel(table).save_pretrained(str(folder))
        return folder
    shape = LlamaConfig(vocab_size=4, hidden_size=8, intermediate_size=8, num_hidden_layers=1,
                        num_attention_heads=1, num_key_value_heads=1, max_position_embeddings=32)  # fmt: skip
    LlamaForCausalLM(shape).save_pretrained(str(folder))
    return folder
