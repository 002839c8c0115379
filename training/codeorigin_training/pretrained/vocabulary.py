"""Cut the vocabulary of a pretrained body to what code uses, and make it preserve layout like the project's own."""

import json
from collections import Counter
from collections.abc import Iterable

from tokenizers import Tokenizer as BpeTokenizer
from tokenizers import decoders, models, pre_tokenizers

from codeorigin.model.scoring.tokenizer import MASK_TOKEN, PAD_TOKEN
from codeorigin_training.encoder.interface import EncoderError
from codeorigin_training.encoder.tokenizer import layout_pre_tokenizer

NEW = -1
"""Placeholder for the old id of a token that the body does not know."""

_ESSENTIAL = {*map(chr, range(33, 127)), "\u0120", "\u010a"}
"""Printable ASCII, space and line feed, as byte-level vocabularies write them."""


def cut_vocabulary(source: BpeTokenizer, texts: Iterable[str], size: int) -> tuple[BpeTokenizer, list[int]]:
    """The ``size`` entries of ``source`` that ``texts`` use most, including every entry that they are merged from.

    No token crosses a line end, even if those of ``source`` do. Tokens that are dropped split into smaller entries; all
    bytes are kept.

    Returns:
        The new vocabulary, with PAD and MASK in front, and the old id of each of its entries (:data:`NEW` for those
        two, and for bytes that ``source`` lacks).

    Raises:
        EncoderError: ``source`` is not a byte-level BPE, or ``size`` leaves no room for the bytes.
    """
    model = json.loads(source.to_str())["model"]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    if model["type"] != "BPE" or not set(model["vocab"]) >= _ESSENTIAL:
        raise EncoderError("the body's vocabulary is not a byte-level BPE")
    if size < len(alphabet) + 2:
        raise EncoderError(f"a vocabulary of {size} is too small: the bytes alone are {len(alphabet)}")
    # Some vocabularies lack bytes that never occurred in the body's training data.
    vocab: dict[str, int] = dict(model["vocab"])
    unknown = [byte for byte in alphabet if byte not in vocab]
    vocab |= {byte: number for number, byte in enumerate(unknown, max(vocab.values()) + 1)}
    merges = [_both(merge) for merge in model["merges"]]
    parts = {left + right: (left, right) for left, right in reversed(merges)}
    whole = _layout(models.BPE(vocab=vocab, merges=merges))
    used: Counter[int] = Counter()
    for text in texts:
        used.update(whole.encode(text, add_special_tokens=False).ids)
    names = {number: name for name, number in vocab.items()}
    kept = set(alphabet)
    for number, _ in used.most_common():
        needed = _needed(names[number], parts) - kept
        if len(kept) + len(needed) <= size - 2:
            kept |= needed
    ordered = sorted(kept, key=vocab.__getitem__)
    cut_vocab = {PAD_TOKEN: 0, MASK_TOKEN: 1} | {name: place for place, name in enumerate(ordered, 2)}
    cut_merges = [(left, right) for left, right in merges if {left, right, left + right} <= kept]
    cut = _layout(models.BPE(vocab=cut_vocab, merges=cut_merges))
    cut.add_special_tokens([PAD_TOKEN, MASK_TOKEN])
    return cut, [NEW, NEW, *(NEW if name in unknown else vocab[name] for name in ordered)]


def _both(merge: str | list[str]) -> tuple[str, str]:
    left, right = merge.split(" ") if isinstance(merge, str) else merge
    return left, right


def _needed(name: str, parts: dict[str, tuple[str, str]]) -> set[str]:
    """``name`` and all entries that it is merged from."""
    found, left = set(), [name]
    while left:
        found.add(piece := left.pop())
        left += parts.get(piece, ())
    return found


def _layout(model: models.BPE) -> BpeTokenizer:
    bpe = BpeTokenizer(model)
    bpe.pre_tokenizer = layout_pre_tokenizer()
    bpe.decoder = decoders.ByteLevel()
    return bpe
