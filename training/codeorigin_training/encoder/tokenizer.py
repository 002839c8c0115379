"""The command ``tokenizer``, and vocabularies: a byte-level BPE that preserves layout, or that of an encoder.

In both, no token crosses a line end, so that every token belongs to one line.
"""

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import Field
from pydantic.dataclasses import dataclass
from tokenizers import Regex, decoders, models, pre_tokenizers, trainers
from tokenizers import Tokenizer as BpeTokenizer
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from codeorigin.model.folder import sha256_of
from codeorigin.model.reading.normalize import normalize
from codeorigin.model.scoring.tokenizer import MASK_TOKEN, PAD_TOKEN, Tokenizer
from codeorigin_training.configuration import STRICT
from codeorigin_training.data.rows import FUNCTIONS, Row
from codeorigin_training.data.sides import read_training_texts
from codeorigin_training.encoder.model import EncoderError, Frame
from codeorigin_training.run import Run, RunError, atomic_path
from codeorigin_training.tracking import tracked


@dataclass(frozen=True, config=STRICT)
class TokenizerConfig:
    """A byte-level BPE of ``vocab_size`` entries, trained on ``sample`` functions drawn with ``seed``.

    If ``encoder`` names a transformers encoder, by its folder or its name in the local cache, its own vocabulary is
    used instead of training one.
    """

    encoder: str = ""
    # PAD, MASK and the 256 bytes, without which some text has no tokens.
    vocab_size: int = Field(default=8192, ge=258)
    sample: int = Field(default=60_000, ge=1)
    seed: int = 0


def tokenizer(config: TokenizerConfig, run: Run) -> None:
    """Write ``run.tokenizer``, trained on the functions of the run's corpus that are not held out.

    Raises:
        RunError: the run has no corpus, or all of its functions are held out.
        EncoderError: the named encoder has no vocabulary that can be used.
    """
    inputs = [asdict(config), sha256_of(run.needs(run.corpus, "corpus") / FUNCTIONS)]
    run.cached("tokenizer", inputs, lambda: _write(config, run), [run.tokenizer])


def _write(config: TokenizerConfig, run: Run) -> None:
    with tracked(run, "tokenizer", config) as tracker:
        made = Tokenizer(own_tokenizer(config.encoder)[0] if config.encoder else _trained(config, run))
        with atomic_path(run.tokenizer) as partial:
            made.save(partial)
        tracker.metrics({"vocab_size": made.vocab_size}, 0)
        tracker.artifact(run.tokenizer)
        run.log(f"{made.vocab_size} tokens from {config.encoder or run.corpus}")


def _trained(config: TokenizerConfig, run: Run) -> BpeTokenizer:
    if not (rows := read_training_texts(run.corpus)):
        raise RunError(f"{run.corpus}: every function is held out; add repositories to the corpus")
    return train_tokenizer(rows, vocab_size=config.vocab_size, sample=config.sample, seed=config.seed)


# A single line feed, a run of level marks, a word with the space before it, up to three digits, a run of
# punctuation. No piece, and so no token, crosses a line end.
_PIECES = Regex(r"\n|\t+| ?\p{L}[\p{L}\p{M}_]*| ?_+[\p{L}\p{M}_]*|\p{N}{1,3}| ?[^\s\p{L}\p{N}_]+|[^\S\n\t]+")
_LINE_END = {"type": "Split", "pattern": {"String": "\n"}, "behavior": "Isolated", "invert": False}


def train_tokenizer(rows: Sequence[Row], *, vocab_size: int, sample: int, seed: int) -> BpeTokenizer:
    """Train a byte-level BPE of ``vocab_size`` entries on ``sample`` rows drawn with ``seed``."""
    chosen = random.Random(seed).sample(list(rows), min(sample, len(rows)))
    return train_bpe((normalize(row.code, row.language).text for row in chosen), vocab_size)


def train_bpe(
    texts: Iterable[str], vocab_size: int, special: Sequence[str] = (PAD_TOKEN, MASK_TOKEN), words: Any = None
) -> BpeTokenizer:
    """Train a byte-level BPE of ``vocab_size`` entries, the ``special`` ones first; ``words`` is a normalizer."""
    bpe = BpeTokenizer(models.BPE())
    if words is not None:
        bpe.normalizer = words
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(_PIECES, behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=list(special),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(texts, trainer)
    return bpe


def own_tokenizer(name_or_folder: str) -> tuple[BpeTokenizer, Frame | None]:
    """The tokenizer of an encoder in a folder or the local cache, and the ids that it puts around a sequence, if any.

    Its ids stay. A line feed is always a separate token; everything else is split as before. PAD and MASK are renamed
    to what the server expects.

    Raises:
        EncoderError: there is no tokenizer, it is not from the *tokenizers* library, or it has no PAD or MASK.
    """
    loaded = pretrained_tokenizer(name_or_folder)
    backend = getattr(loaded, "backend_tokenizer", None)
    names = (getattr(loaded, "pad_token", None), getattr(loaded, "mask_token", None))
    if backend is None or None in names:
        raise EncoderError(f"{name_or_folder}: has no tokenizer.json with PAD and MASK; give another encoder")
    values = json.loads(backend.to_str())
    pre_tokenizer = values["pre_tokenizer"]
    values["pre_tokenizer"] = {
        "type": "Sequence",
        "pretokenizers": [_LINE_END, *([pre_tokenizer] if pre_tokenizer is not None else [])],
    }
    # The encoder adds the frame itself. A post-processor may also trim the space before a word from the offsets, which
    # would give wrong token positions.
    values |= {"post_processor": None, "truncation": None, "padding": None}
    for old, new in zip(names, (PAD_TOKEN, MASK_TOKEN), strict=True):
        _rename(values, str(old), new)
    first = loaded.cls_token_id if loaded.cls_token_id is not None else loaded.bos_token_id
    last = loaded.sep_token_id if loaded.sep_token_id is not None else loaded.eos_token_id
    frame = None if first is None or last is None else (int(first), int(last))
    return BpeTokenizer.from_str(json.dumps(values)), frame


def library_tokenizer(vocabulary: Path) -> PreTrainedTokenizerFast:
    """The vocabulary in a ``tokenizer.json`` as transformers' collators want it."""
    tokenizer: PreTrainedTokenizerFast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_file=str(vocabulary), pad_token=PAD_TOKEN, mask_token=MASK_TOKEN
    )
    return tokenizer


def pretrained_tokenizer(name_or_folder: str) -> Any:
    """The tokenizer in a folder or in the local cache.

    Raises:
        EncoderError: there is none.
    """
    problem: Exception | None = None
    try:
        loaded = AutoTokenizer.from_pretrained(name_or_folder, local_files_only=True)
        # Without a file, the library makes a tokenizer with only special tokens.
        if len(loaded) > len(loaded.all_special_tokens):
            return loaded
    except (OSError, ValueError) as error:
        problem = error
    raise EncoderError(
        f"{name_or_folder}: has no tokenizer; give the folder of an encoder with its tokenizer.json"
    ) from problem


def _rename(values: dict[str, Any], old: str, new: str) -> None:
    if old == new:
        return
    for token in values["added_tokens"]:
        if token["content"] == old:
            token["content"] = new
    vocabulary = values["model"]["vocab"]
    if isinstance(vocabulary, dict) and old in vocabulary:
        vocabulary[new] = vocabulary.pop(old)
