"""Makes encoders by name, and saves and loads them."""

import json
from dataclasses import asdict
from pathlib import Path

import torch
from pydantic import TypeAdapter
from tokenizers import Tokenizer as BpeTokenizer
from transformers import AutoConfig

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.encoder.model import (
    Encoder,
    EncoderError,
    compact_body,
    new_body,
    pretrained_body,
    set_dropout,
)
from codeorigin_training.encoder.settings import COMPACT, EncoderConfig
from codeorigin_training.encoder.tokenizer import own_tokenizer
from codeorigin_training.run import atomic_path


def make_encoder(settings: EncoderConfig, vocabulary: Path) -> Encoder:
    """Make a new encoder for the vocabulary in a ``tokenizer.json``.

    Raises:
        EncoderError: it cannot be loaded, or ``vocabulary`` is not its own.
    """
    if settings.name == COMPACT:
        tokenizer = Tokenizer.load(vocabulary)
        return Encoder(compact_body(settings, tokenizer.vocab_size, tokenizer.pad_id), settings)
    tokenizer_of_body, frame = own_tokenizer(settings.name)
    if tokenizer_of_body.get_vocab() != BpeTokenizer.from_file(str(vocabulary)).get_vocab():
        raise EncoderError(
            f"{vocabulary}: is not the vocabulary of {settings.name}; run "
            f"`python -m codeorigin_training tokenizer --set encoder={settings.name}`"
        )
    body = pretrained_body(settings.name, settings.body_dropout)
    return Encoder(body, settings, frame=frame)


def save_encoder(path: Path, encoder: Encoder) -> None:
    """Atomically write ``encoder`` with everything that :func:`load_encoder` needs."""
    described = {
        "body": encoder.body.config.to_dict(),
        "settings": asdict(encoder.settings),
        "frame": encoder.frame_ids,
    }
    with atomic_path(path) as partial:
        torch.save({"encoder": json.dumps(described), "state": encoder.state_dict()}, partial)


def load_encoder(path: Path, settings: EncoderConfig | None = None) -> Encoder:
    """Load an encoder written by :func:`save_encoder`, on the CPU and in evaluation mode.

    With ``settings``, it gets their dropout.

    Raises:
        EncoderError: the file is missing or does not hold an encoder.
    """
    try:
        saved = torch.load(path, map_location="cpu", weights_only=True)
        described = json.loads(saved["encoder"])
        values = dict(described["body"])
        config = AutoConfig.for_model(values.pop("model_type"), **values)
        if settings is not None:
            set_dropout(config, settings.body_dropout)
        encoder = Encoder(
            new_body(config),
            settings or TypeAdapter(EncoderConfig).validate_python(described["settings"]),
            frame=described["frame"] and tuple(described["frame"]),
        )
        encoder.load_state_dict(saved["state"])
    except FileNotFoundError as error:
        raise EncoderError(f"{path}: not found; train an encoder first") from error
    # Broken bytes can make torch.load raise anything.
    except Exception as error:
        raise EncoderError(f"{path}: does not hold an encoder; train it again") from error
    return encoder.eval()
