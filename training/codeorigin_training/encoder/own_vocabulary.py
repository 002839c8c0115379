"""The vocabulary that a transformers encoder came with, changed so that no token crosses a line end."""

import json
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer as BpeTokenizer
from transformers import AutoTokenizer

from codeorigin.model.scoring.tokenizer import MASK_TOKEN, PAD_TOKEN
from codeorigin_training.encoder.hugging_face import Frame
from codeorigin_training.encoder.interface import EncoderError

_LINE_END = {"type": "Split", "pattern": {"String": "\n"}, "behavior": "Isolated", "invert": False}


def own_tokenizer(name_or_folder: str, *, download: bool = False) -> tuple[BpeTokenizer, Frame | None]:
    """The encoder's own tokenizer with the same ids, and the ids that it puts around a sequence, if any.

    A line feed is always a separate token, so that every token belongs to one line; everything else is split as
    before. PAD and MASK are renamed to what the server expects.

    Raises:
        EncoderError: there is no tokenizer, it is not from the *tokenizers* library, or it has no PAD or MASK.
    """
    loaded = _load(name_or_folder, download=download)
    backend = getattr(loaded, "backend_tokenizer", None)
    names = (getattr(loaded, "pad_token", None), getattr(loaded, "mask_token", None))
    if backend is None or None in names:
        raise EncoderError(
            f"{name_or_folder}: has no tokenizer.json with PAD and MASK; set vocabulary=transfer to train another"
        )
    values = json.loads(backend.to_str())
    own = values["pre_tokenizer"]
    values["pre_tokenizer"] = {
        "type": "Sequence",
        "pretokenizers": [_LINE_END, *([own] if own is not None else [])],
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


def _load(name_or_folder: str, *, download: bool) -> Any:
    problem: Exception | None = None
    for local in (True, False) if download and not Path(name_or_folder).is_dir() else (True,):
        try:
            loaded = AutoTokenizer.from_pretrained(name_or_folder, local_files_only=local)
        except (OSError, ValueError) as error:
            problem = error
            continue
        # Without a file, the library makes a tokenizer with only special tokens.
        if len(loaded) > len(loaded.all_special_tokens):
            return loaded
    raise EncoderError(
        f"{name_or_folder}: has no tokenizer; give the folder of an encoder with its tokenizer.json, "
        "or set vocabulary=transfer to train another"
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
