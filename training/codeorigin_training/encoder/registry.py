"""Encoders by name, and encoders in files."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from codeorigin.model.tokenizer import Tokenizer
from codeorigin_training.encoder.compact import CompactEncoder
from codeorigin_training.encoder.config import EncoderConfig, Positions
from codeorigin_training.encoder.decoder import DecoderEncoder
from codeorigin_training.encoder.hugging_face import (
    HuggingFaceEncoder,
    SubwordTokenizer,
    config_from_json,
)
from codeorigin_training.encoder.interface import Encoder, EncoderError
from codeorigin_training.encoder.pooling import Pooling

COMPACT, DECODER = "compact", "decoder"


def make_encoder(
    name: str,
    tokenizer: Tokenizer,
    shape: EncoderConfig,
    *,
    texts: Sequence[str] | None = None,
    old_tokenizer: SubwordTokenizer | None = None,
    download: bool = True,
) -> Encoder:
    """A new encoder over the vocabulary of ``tokenizer``.

    Args:
        name: ``compact``, or the name or folder of a transformers encoder, whose layers come pretrained.
        tokenizer: the project's; a transformers encoder gets a new embedding table for it.
        shape: sizes of the compact encoder (``vocab_size`` is the tokenizer's); of any other, pooling and head.
        texts: the text of every token, and
        old_tokenizer: the tokenizer of the pretrained encoder, from which the new table starts; both or neither.
        download: whether a name may be looked up on the Hugging Face Hub.

    Raises:
        EncoderError: ``name`` is not an encoder that can be loaded.
    """
    if name == COMPACT:
        return CompactEncoder(dataclasses.replace(shape, vocab_size=tokenizer.vocab_size))
    encoder = HuggingFaceEncoder.from_pretrained(name, shape.head_dim, shape.pooling, download=download)
    encoder.replace_vocabulary(
        tokenizer.vocab_size, tokenizer.mask_id, tokenizer.pad_id, texts=texts, old_tokenizer=old_tokenizer
    )
    return encoder


def describe(encoder: Encoder) -> dict[str, Any]:
    """All but the weights of ``encoder``, as plain JSON values that :func:`make_described` reads.

    Raises:
        EncoderError: it is of a class that the registry does not know.
    """
    if isinstance(encoder, CompactEncoder):
        return {"kind": COMPACT, "shape": dataclasses.asdict(encoder.config)}
    if isinstance(encoder, HuggingFaceEncoder):
        return {
            "kind": DECODER if isinstance(encoder, DecoderEncoder) else "hugging_face",
            "config": encoder.body.config.to_dict(),
            "head_dim": encoder.head_dim,
            "pooling": encoder.pooling,
            "vocabulary": encoder.vocabulary,
            "causal": isinstance(encoder, DecoderEncoder) and encoder.causal,
        }
    raise EncoderError(f"{type(encoder).__name__}: not an encoder that can be kept in a file")


def save_encoder(path: Path, encoder: Encoder) -> None:
    """Write ``encoder`` with all that :func:`load_encoder` needs to make it again, at once or not at all.

    Raises:
        EncoderError: it is of a class that the registry does not know.
    """
    described = describe(encoder)
    partial = path.with_name(f"partial-{path.name}")
    torch.save({"encoder": json.dumps(described), "state": encoder.state_dict()}, partial)
    partial.replace(path)


def load_encoder(path: Path) -> Encoder:
    """The encoder of a file, on the CPU and in evaluation mode.

    Raises:
        EncoderError: the file is missing or does not hold an encoder.
    """
    try:
        kept = torch.load(path, map_location="cpu", weights_only=True)
        encoder = make_described(json.loads(kept["encoder"]))
        encoder.load_state_dict(kept["state"])
    except FileNotFoundError as error:
        raise EncoderError(f"{path}: not found; train an encoder first") from error
    # torch.load raises whatever the bytes lead it to.
    except Exception as error:
        raise EncoderError(f"{path}: does not hold an encoder; train it again") from error
    return encoder.eval()


def make_described(values: dict[str, Any]) -> Encoder:
    """The encoder that :func:`describe` described, with random weights."""
    if values["kind"] == COMPACT:
        fields = dict(values["shape"])
        fields["pooling"], fields["positions"] = Pooling(fields["pooling"]), Positions(fields["positions"])
        return CompactEncoder(EncoderConfig(**fields))
    config = config_from_json(values["config"])
    if values["kind"] == DECODER:
        decoder = DecoderEncoder.from_decoder_config(
            config, values["head_dim"], Pooling(values["pooling"]), causal=values["causal"]
        )
        decoder.vocabulary = tuple(values["vocabulary"])
        return decoder
    encoder = HuggingFaceEncoder.from_config(config, values["head_dim"], Pooling(values["pooling"]))
    if values["vocabulary"] is not None:
        encoder.replace_vocabulary(*values["vocabulary"])
    return encoder
