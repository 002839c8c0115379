"""Masked language modelling: it learns, stays the same for the same seed, resumes, and keeps the head."""

from pathlib import Path

import numpy as np
import pytest
import torch

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.encoder.files import make_encoder
from codeorigin_training.encoder.inference import encode_rows
from codeorigin_training.encoder.pretrain import Pieces, PretrainConfig, train_body
from codeorigin_training.encoder.settings import EncoderConfig
from codeorigin_training.encoder.tokenizer import own_tokenizer
from codeorigin_training.encoder.trainer import TrainingError
from support.tiny_roberta import write_tiny_roberta
from support.tiny_training import fresh_encoder, tiny_rows, tiny_tokenizer

CONFIG = PretrainConfig(epochs=2, batch=8, context=32, learning_rate=1e-2, validation_share=0.1, device="cpu")
TOKENS = encode_rows(tiny_rows(40), tiny_tokenizer())


@pytest.fixture
def vocabulary(tmp_path: Path) -> Path:
    tiny_tokenizer().save(tmp_path / "tokenizer.json")
    return tmp_path / "tokenizer.json"


def test_loss_falls_and_only_the_body_changes(vocabulary: Path, tmp_path: Path) -> None:
    encoder, losses = fresh_encoder(), list[float]()

    def keep(figures: dict[str, float], step: int) -> None:
        losses.extend(value for name, value in figures.items() if name == "validation/loss")

    config = PretrainConfig(**{**vars(CONFIG), "epochs": 6})
    train_body(TOKENS, vocabulary, encoder, config, tmp_path / "work", lambda _: None, keep)
    assert len(losses) == 6
    # All tokens being equally likely is where it starts.
    assert losses[-1] < 0.8 * np.log(tiny_tokenizer().vocab_size)
    fresh = fresh_encoder()
    assert not torch.equal(encoder.token_embedding.weight, fresh.token_embedding.weight)
    for ours, theirs in zip(encoder.head.parameters(), fresh.head.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    assert not encoder.training
    assert not (tmp_path / "work").exists()


def test_interrupted_pretraining_resumes_to_the_same_weights(vocabulary: Path, tmp_path: Path) -> None:
    def interrupt(figures: dict[str, float], step: int) -> None:
        if "validation/loss" in figures and list((tmp_path / "work").glob("checkpoint-*")):
            raise KeyboardInterrupt

    config = PretrainConfig(**{**vars(CONFIG), "epochs": 3})
    with pytest.raises(KeyboardInterrupt):
        train_body(TOKENS, vocabulary, fresh_encoder(), config, tmp_path / "work", lambda _: None, interrupt)
    resumed, whole = fresh_encoder(), fresh_encoder()
    lines: list[str] = []
    train_body(TOKENS, vocabulary, resumed, config, tmp_path / "work", lines.append)
    assert len(lines) < 3
    train_body(TOKENS, vocabulary, whole, config, tmp_path / "other", lambda _: None)
    for ours, theirs in zip(resumed.parameters(), whole.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-6)


def test_steps_replace_epochs(vocabulary: Path, tmp_path: Path) -> None:
    steps: list[int] = []
    config = PretrainConfig(**{**vars(CONFIG), "steps": 3})
    train_body(
        TOKENS, vocabulary, fresh_encoder(), config, tmp_path / "work", lambda _: None,
        lambda _, step: steps.append(step),
    )  # fmt: skip
    assert max(steps) == 3


def test_own_vocabulary_is_framed_and_its_special_tokens_are_not_masked(tmp_path: Path) -> None:
    name = str(write_tiny_roberta(tmp_path / "roberta"))
    bpe, frame = own_tokenizer(name)
    tokenizer = Tokenizer(bpe)
    tokenizer.save(tmp_path / "own.json")
    tokens = encode_rows(tiny_rows(30), tokenizer)
    encoder = make_encoder(EncoderConfig(name=name, head_dim=8), tmp_path / "own.json")
    assert encoder.frame_ids == frame == (0, 2)
    pieces = Pieces(tokens, 32, frame)
    assert all(each["input_ids"][0] == 0 and each["input_ids"][-1] == 2 for each in pieces)  # type: ignore[attr-defined]
    assert sum(len(each["input_ids"]) - 2 for each in pieces) >= sum(map(len, tokens)) - len(tokens)  # type: ignore[attr-defined]
    assert {each["special_tokens_mask"][0] for each in pieces} == {1}  # type: ignore[attr-defined]
    config = PretrainConfig(**{**vars(CONFIG), "epochs": 1})
    train_body(tokens, tmp_path / "own.json", encoder, config, tmp_path / "work", lambda _: None)


def test_too_little_code_is_reported(vocabulary: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="too little code"):
        train_body([], vocabulary, fresh_encoder(), CONFIG, tmp_path / "work", lambda _: None)
