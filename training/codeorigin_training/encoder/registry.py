"""Makes encoders by name, and saves and loads them."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer as BpeTokenizer

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.encoder.compact import CompactEncoder
from codeorigin_training.encoder.config import EncoderConfig, PositionScheme, VocabularySource
from codeorigin_training.encoder.hugging_face import (
    HuggingFaceEncoder,
    config_from_json,
    load_old_tokenizer,
    set_dropout,
)
from codeorigin_training.encoder.interface import Encoder, EncoderError
from codeorigin_training.encoder.own_vocabulary import own_tokenizer
from codeorigin_training.encoder.pooling import Pooling
from codeorigin_training.encoder.tokenizer import token_texts
from codeorigin_training.files import written_whole

COMPACT = "compact"


def make_encoder(
    name: str,
    vocabulary: Path,
    shape: EncoderConfig,
    *,
    kind: VocabularySource = VocabularySource.OWN,
    dropout: float | None = None,
    download: bool = False,
) -> Encoder:
    """Make a new encoder for a run's vocabulary.

    Args:
        name: ``compact``, or the name or folder of a transformers encoder, whose layers are pretrained.
        vocabulary: the run's ``tokenizer.json``.
        shape: sizes of the compact encoder, except ``vocab_size``; other encoders only use pooling and head.
        kind: whether a transformers encoder keeps its own tokens and their embeddings, or gets new ones.
        dropout: rate for a transformers encoder's body; None keeps its own.
        download: whether a name may be looked up on the Hugging Face Hub.

    Raises:
        EncoderError: ``name`` cannot be loaded, or ``vocabulary`` is not its own although ``kind`` says so.
    """
    tokenizer = Tokenizer.load(vocabulary)
    if name == COMPACT:
        return CompactEncoder(dataclasses.replace(shape, vocab_size=tokenizer.vocab_size))
    frame = None
    if kind is VocabularySource.OWN:
        own, frame = own_tokenizer(name, download=download)
        if own.get_vocab() != BpeTokenizer.from_file(str(vocabulary)).get_vocab():
            raise EncoderError(
                f"{vocabulary}: is not the vocabulary of {name}; run "
                f"`python -m codeorigin_training tokenizer --set encoder={name}`, or set vocabulary=transfer"
            )
    encoder = HuggingFaceEncoder.from_pretrained(
        name, shape.head_dim, shape.pooling, frame=frame, dropout=dropout, download=download
    )
    if kind is VocabularySource.TRANSFER:
        encoder.replace_vocabulary(
            tokenizer.vocab_size,
            tokenizer.mask_id,
            tokenizer.pad_id,
            texts=token_texts(BpeTokenizer.from_file(str(vocabulary))),
            old_tokenizer=load_old_tokenizer(name, download=download),
        )
    return encoder


def describe(encoder: Encoder) -> dict[str, Any]:
    """Everything about ``encoder`` except its weights, as JSON values for :func:`make_described`.

    Raises:
        EncoderError: the registry does not know the encoder's class.
    """
    if isinstance(encoder, CompactEncoder):
        return {"kind": COMPACT, "shape": dataclasses.asdict(encoder.config)}
    if isinstance(encoder, HuggingFaceEncoder):
        return {
            "kind": "hugging_face",
            "config": encoder.body.config.to_dict(),
            "head_dim": encoder.head_dim,
            "pooling": encoder.pooling,
            "vocabulary": encoder.vocabulary,
            "frame": encoder.frame_ids,
        }
    raise EncoderError(f"{type(encoder).__name__}: not an encoder that can be kept in a file")


def save_encoder(path: Path, encoder: Encoder) -> None:
    """Atomically write ``encoder`` with everything that :func:`load_encoder` needs.

    Raises:
        EncoderError: the registry does not know the encoder's class.
    """
    described = describe(encoder)
    with written_whole(path) as partial:
        torch.save({"encoder": json.dumps(described), "state": encoder.state_dict()}, partial)


def load_encoder(path: Path, *, dropout: float | None = None) -> Encoder:
    """Load an encoder from a file, on the CPU and in evaluation mode.

    Args:
        path: a file written by :func:`save_encoder`.
        dropout: rate for a transformers encoder's body; None keeps its own.

    Raises:
        EncoderError: the file is missing or does not hold an encoder, or its body has no dropout to set.
    """
    try:
        kept = torch.load(path, map_location="cpu", weights_only=True)
        encoder = make_described(json.loads(kept["encoder"]), dropout=dropout)
        encoder.load_state_dict(kept["state"])
    except FileNotFoundError as error:
        raise EncoderError(f"{path}: not found; train an encoder first") from error
    except EncoderError:
        raise
    # Broken bytes can make torch.load raise anything.
    except Exception as error:
        raise EncoderError(f"{path}: does not hold an encoder; train it again") from error
    return encoder.eval()


def make_described(values: dict[str, Any], *, dropout: float | None = None) -> Encoder:
    """Make an encoder with random weights from :func:`describe`'s result; ``dropout`` as in :func:`load_encoder`."""
    if values["kind"] == COMPACT:
        fields = dict(values["shape"])
        fields["pooling"], fields["positions"] = (
            Pooling(fields["pooling"]),
            PositionScheme(fields["positions"]),
        )
        return CompactEncoder(EncoderConfig(**fields))
    config = config_from_json(values["config"])
    set_dropout(config, dropout)
    frame = None if values["frame"] is None else (values["frame"][0], values["frame"][1])
    encoder = HuggingFaceEncoder.from_config(config, values["head_dim"], Pooling(values["pooling"]), frame)
    if values["vocabulary"] is not None:
        encoder.replace_vocabulary(*values["vocabulary"])
    return encoder
