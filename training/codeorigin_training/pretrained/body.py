"""A pretrained decoder's body, used only in training: its layers read code, and models learn from their states.

The body comes from a *transformers* folder or from a GGUF file, whose weights are dequantised once and saved in such a
folder. No part of it is in the project.
"""

from pathlib import Path
from typing import Any, Protocol

import torch
from torch import nn
from transformers import AutoModel, AutoTokenizer

from codeorigin.model.reading.normalize import LEVEL_MARK, normalize
from codeorigin_training.encoder.hugging_face import config_from_json
from codeorigin_training.encoder.interface import EncoderError
from codeorigin_training.files import written_whole

_INDENT = "    "
_QUANTIZED = ("quantization_config", "dtype", "_name_or_path")


class BodyTokenizer(Protocol):
    """The part of a transformers tokenizer's interface that is used here."""

    bos_token_id: int | None
    eos_token_id: int | None

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]:
        """Token ids of ``text``."""
        ...


def keep_gguf(path: Path, folder: Path) -> Path:
    """Write the dequantised weights and the tokenizer of a GGUF file into ``folder``, unless it already has them.

    Raises:
        EncoderError: the file is missing, or *transformers* cannot read it.
    """
    if (folder / "config.json").is_file():
        return folder
    if not path.is_file():
        raise EncoderError(f"{path}: not found; name a GGUF file or a folder written by save_pretrained")
    try:
        body: Any = AutoModel.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32)
        tokenizer: Any = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
    except (ImportError, OSError, ValueError, KeyError) as error:
        raise EncoderError(f"{path}: no body could be read from it ({_first_line(error)})") from error
    # The library does not save models marked as quantised, so the weights are copied into a plain one.
    values = {name: value for name, value in body.config.to_dict().items() if name not in _QUANTIZED}
    plain: Any = AutoModel.from_config(config_from_json(values))  # type: ignore[no-untyped-call]
    plain.load_state_dict(body.state_dict())
    with written_whole(folder) as partial:
        plain.save_pretrained(partial)
        tokenizer.save_pretrained(partial)
    return folder


def load_body(source: Path, *, layers: int = 0, kept: Path | None = None) -> tuple[Any, BodyTokenizer]:
    """The body of a folder or a GGUF file, without its last norm, and its tokenizer.

    Args:
        source: folder written by ``save_pretrained``, or a GGUF file.
        layers: how many of the lowest layers to keep; 0 keeps all.
        kept: folder for the dequantised weights of a GGUF file; by default, next to the file.

    Raises:
        EncoderError: there is no body, or it has fewer layers.
    """
    if source.suffix == ".gguf":
        source = keep_gguf(source, kept or source.with_suffix(""))
    if not (source / "config.json").is_file():
        raise EncoderError(
            f"{source}: holds no body; name a GGUF file or a folder written by save_pretrained"
        )
    try:
        body: Any = AutoModel.from_pretrained(source, dtype=torch.float32, local_files_only=True)
        tokenizer: BodyTokenizer = AutoTokenizer.from_pretrained(source, local_files_only=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise EncoderError(f"{source}: no body could be loaded ({_first_line(error)})") from error
    cut_layers(body, layers or len(body.layers))
    return body.eval(), tokenizer


def cut_layers(body: Any, layers: int) -> None:
    """Keep the lowest ``layers`` layers of ``body``, and drop the last norm, which was trained for the last layer.

    Raises:
        EncoderError: ``body`` has fewer layers.
    """
    if not 1 <= layers <= len(body.layers):
        raise EncoderError(f"the body has {len(body.layers)} layers, not {layers}")
    body.layers = body.layers[:layers]
    body.config.num_hidden_layers = layers
    body.norm = nn.Identity()


def body_text(code: str, language: str) -> str:
    """``code`` as the body reads it: normalised as in the server, with four spaces for each level of nesting."""
    lines = normalize(code, language).text.split("\n")
    return "\n".join(
        _INDENT * (len(line) - len(bare)) + bare for line in lines for bare in [line.lstrip(LEVEL_MARK)]
    )


def body_ids(tokenizer: BodyTokenizer, text: str, tokens: int) -> list[int]:
    """The first ``tokens`` ids of ``text`` after a begin-of-document token, which absorbs idle attention.

    Raises:
        EncoderError: the tokenizer has no token to begin or to end a document with.
    """
    first = tokenizer.bos_token_id if tokenizer.bos_token_id is not None else tokenizer.eos_token_id
    if first is None:
        raise EncoderError("the body's tokenizer has no token that begins a document")
    return [first, *tokenizer.encode(text, add_special_tokens=False)[:tokens]]


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
