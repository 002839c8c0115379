"""Vocabularies and masked language modelling: that they are learnt, resumed, and those that encoders came with."""

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
from transformers import AutoTokenizer

from codeorigin.model.reading.normalize import normalize
from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.data.sides import read_training_texts
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.encoder.files import load_encoder, make_encoder
from codeorigin_training.encoder.inference import encode_rows
from codeorigin_training.encoder.pretrain import Pieces, PretrainConfig, pretrain, train_body
from codeorigin_training.encoder.settings import EncoderConfig
from codeorigin_training.encoder.tokenizer import TokenizerConfig, own_tokenizer, tokenizer
from codeorigin_training.encoder.trainer import TrainingError
from codeorigin_training.run import Run, RunError
from support.corpus_maker import write_corpus
from support.snippets import ALL
from support.tiny_roberta import write_tiny_roberta
from support.tiny_training import fresh_encoder, tiny_rows, tiny_shape, tiny_tokenizer

CONFIG = PretrainConfig(encoder=tiny_shape(1), steps=3, batch=4, context=64, validation_share=0.1)

LEARNS = PretrainConfig(epochs=4, batch=8, context=32, learning_rate=2e-2, validation_share=0.1)
TOKENS = encode_rows(tiny_rows(30), tiny_tokenizer())


def silent(line: str) -> None:
    """Discard a line."""


@pytest.fixture
def vocabulary(tmp_path: Path) -> Path:
    tiny_tokenizer().save(tmp_path / "tokenizer.json")
    return tmp_path / "tokenizer.json"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = Run(tmp_path_factory.mktemp("run"))
    write_corpus(run.corpus, repositories=12, functions=4)
    tokenizer(TokenizerConfig(vocab_size=320, sample=40), run)
    pretrain(CONFIG, run)
    return run


def test_encoder_is_pretrained_and_no_checkpoint_stays(prepared: Run) -> None:
    encoder = load_encoder(prepared.pretrained)
    assert encoder.settings == tiny_shape(1)
    torch.manual_seed(CONFIG.seed)
    untrained = make_encoder(tiny_shape(1), prepared.tokenizer)
    assert not torch.equal(encoder.token_embedding.weight, untrained.token_embedding.weight)
    assert not list(prepared.folder.glob("pretraining-*"))


def test_encoder_is_trained_again_for_other_settings(prepared: Run, tmp_path: Path) -> None:
    run = Run(shutil.copytree(prepared.folder, tmp_path / "run"))
    before = run.pretrained.read_bytes()
    pretrain(dataclasses.replace(CONFIG, seed=1), run)
    assert run.pretrained.read_bytes() != before


def test_missing_vocabulary_is_reported(tmp_path: Path) -> None:
    run = Run(tmp_path)
    write_corpus(run.corpus, repositories=6, functions=2)
    with pytest.raises(RunError, match="tokenizer` first"):
        pretrain(CONFIG, run)


def test_loss_falls_and_only_the_body_changes(vocabulary: Path, tmp_path: Path) -> None:
    encoder, losses = fresh_encoder(), list[float]()

    def keep(figures: dict[str, float], step: int) -> None:
        losses.extend(value for name, value in figures.items() if name == "validation/loss")

    train_body(TOKENS, vocabulary, encoder, LEARNS, tmp_path / "work", silent, keep)
    assert len(losses) == 4
    # All tokens being equally likely is where it starts.
    assert losses[-1] < 0.8 * np.log(tiny_tokenizer().vocab_size)
    fresh = fresh_encoder()
    assert not torch.equal(encoder.token_embedding.weight, fresh.token_embedding.weight)
    for ours, theirs in zip(encoder.head.parameters(), fresh.head.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    assert not encoder.training
    assert not (tmp_path / "work").exists()


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


def test_too_little_code_is_reported(vocabulary: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="too little code"):
        train_body([], vocabulary, fresh_encoder(), LEARNS, tmp_path / "work", silent)


def run_with_corpus(folder: Path) -> Run:
    run = Run(folder)
    write_corpus(run.corpus, repositories=20, functions=4)
    return run


def test_vocabulary_has_the_configured_size(tmp_path: Path) -> None:
    run = run_with_corpus(tmp_path)
    for size in (400, 350):
        tokenizer(TokenizerConfig(vocab_size=size, sample=50), run)
        assert Tokenizer.load(run.tokenizer).vocab_size == size


def test_held_out_repositories_are_not_read(tmp_path: Path) -> None:
    run = run_with_corpus(tmp_path)
    names = {row["repo"] for row in pq.read_table(run.corpus / "functions.parquet").to_pylist()}
    held_out = {name for name in names if is_held_out(name)}
    assert held_out
    rows = read_training_texts(run.corpus)
    assert {row.repo for row in rows} == names - held_out
    assert {row.label for row in rows} == {0}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_roberta(tmp_path_factory.mktemp("roberta"))


def test_ids_are_the_encoders_own_and_no_token_crosses_lines(folder: Path) -> None:
    own, ours = AutoTokenizer.from_pretrained(folder), Tokenizer(own_tokenizer(str(folder))[0])
    assert ours.vocab_size == len(own)
    assert (ours.pad_id, ours.mask_id) == (own.pad_token_id, own.mask_token_id)
    for code, language in ALL:
        normalized = normalize(code, language)
        encoding = ours.encode(normalized)
        # Line by line, the ids of the encoder's own tokenizer.
        expected: list[int] = []
        for line in normalized.text.splitlines(keepends=True):
            expected += own.encode(line.rstrip("\n"), add_special_tokens=False)
            expected += own.encode("\n", add_special_tokens=False) if line.endswith("\n") else []
        assert encoding.ids.tolist() == expected
        for start, end in zip(encoding.starts, encoding.ends, strict=True):
            assert "\n" not in normalized.text[start:end].rstrip("\n")


def test_pad_and_mask_of_other_families_become_the_servers(folder: Path, tmp_path: Path) -> None:
    for path in folder.iterdir():
        text = path.read_bytes()
        if path.suffix == ".json":
            text = text.replace(b"<pad>", b"[PAD]").replace(b"<mask>", b"[MASK]")
        (tmp_path / path.name).write_bytes(text)
    tokenizer = Tokenizer(own_tokenizer(str(tmp_path))[0])
    assert (tokenizer.pad_id, tokenizer.mask_id) == (1, 399)
    assert json.loads((tmp_path / "tokenizer.json").read_text())["model"]["vocab"]["[PAD]"] == 1
