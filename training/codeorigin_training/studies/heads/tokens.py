"""A vocabulary in which a word of a specification and the same word inside an identifier are one token."""

from collections.abc import Sequence

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

_SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
_CHARACTERS = 400


def word_tokenizer(texts: Sequence[str], size: int) -> PreTrainedTokenizerFast:
    """A vocabulary of at most ``size`` tokens from ``texts``, all in lower case: ``userName`` is ``user`` and ``name``.

    Tokens of byte-level vocabularies include the preceding blank and the case, so the model would have to learn word
    by word what a specification and its code have in common.
    """
    bpe = Tokenizer(models.BPE(unk_token="<unk>"))
    bpe.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(r"(?<=[a-z0-9])(?=[A-Z])"), " "),
            normalizers.Replace(Regex(r"(?<=[A-Z])(?=[A-Z][a-z])"), " "),
            normalizers.Lowercase(),
        ]
    )
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Split(Regex(r"\p{L}+|\p{N}|[^\p{L}\p{N}]"), "isolated"),
        ]
    )
    bpe.decoder = decoders.Fuse()
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=_SPECIAL, limit_alphabet=_CHARACTERS, show_progress=False
    )
    bpe.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=bpe, bos_token="<s>", cls_token="<s>", eos_token="</s>", sep_token="</s>",
        pad_token="<pad>", unk_token="<unk>", mask_token="<mask>",
    )  # fmt: skip
