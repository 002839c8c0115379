"""A RoBERTa with random weights in a folder, with its family's tokenizer, as transformers writes both."""

from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast, RobertaConfig, RobertaModel

from support.snippets import ALL


def write_tiny_roberta(folder: Path, *, layers: int = 2, context: int = 64, seed: int = 0) -> Path:
    """``folder``, with an encoder of ``layers`` layers, 16 wide, over ``context`` tokens and 400 byte-level tokens.

    Four special tokens have the first ids and ``<mask>`` has the last one, as in CodeBERT.
    """
    torch.manual_seed(seed)
    bpe = _byte_level_bpe(vocab_size=399, special_tokens=["<s>", "<pad>", "</s>", "<unk>"])
    bpe.add_special_tokens(["<mask>"])
    bpe.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        mask_token="<mask>",
    ).save_pretrained(folder)
    config = RobertaConfig(
        vocab_size=bpe.get_vocab_size(),
        hidden_size=16,
        num_hidden_layers=layers,
        num_attention_heads=2,
        intermediate_size=24,
        max_position_embeddings=context + 2,
        type_vocab_size=1,
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
    )
    body = RobertaModel(config)
    with torch.no_grad():
        for parameter in body.parameters():
            if parameter.ndim > 1:
                # Large enough for the logit to depend on its input.
                parameter.normal_(std=0.2)
    body.save_pretrained(folder)
    return folder


def _byte_level_bpe(*, vocab_size: int, special_tokens: list[str]) -> Tokenizer:
    """A byte-level tokenizer, as in transformers, that learnt its merges from the snippets.

    The special tokens have the first ids.
    """
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=special_tokens,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    bpe.train_from_iterator([code for code, _ in ALL], trainer)
    return bpe
