"""Pretraining as a command of a run."""

import dataclasses
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from codeorigin_training.encoder.files import load_encoder, make_encoder
from codeorigin_training.encoder.model import EncoderError
from codeorigin_training.encoder.pretrain import PretrainConfig, pretrain
from codeorigin_training.encoder.settings import EncoderConfig
from codeorigin_training.encoder.tokenizer import TokenizerConfig, tokenizer
from codeorigin_training.run import Run, RunError
from support.corpus_maker import write_corpus
from support.tiny_training import tiny_shape

CONFIG = PretrainConfig(
    encoder=tiny_shape(1), steps=3, batch=4, context=64, validation_share=0.1, device="cpu"
)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = Run(tmp_path_factory.mktemp("run"))
    write_corpus(run.corpus, repositories=12, functions=4)
    tokenizer(TokenizerConfig(vocab_size=320, sample=40), run, print)
    pretrain(CONFIG, run, print)
    return run


def test_encoder_is_written_with_description_of_its_inputs(prepared: Run) -> None:
    encoder = load_encoder(prepared.pretrained)
    assert encoder.settings == tiny_shape(1)
    torch.manual_seed(CONFIG.seed)
    untrained = make_encoder(tiny_shape(1), prepared.tokenizer)
    assert not torch.equal(encoder.token_embedding.weight, untrained.token_embedding.weight)
    described = json.loads(prepared.pretrained.with_suffix(".json").read_text())
    assert set(described["inputs"]["files"]) == {"functions.parquet", "tokenizer.json"}
    assert described["figures"]["step"] == 3
    assert 3 < described["figures"]["validation/loss"] < 8
    assert not list(prepared.folder.glob("pretraining-*"))


def test_two_processes_train_one_encoder(prepared: Run, tmp_path: Path) -> None:
    run = Run(tmp_path)
    shutil.copytree(prepared.corpus, run.corpus)
    shutil.copy(prepared.tokenizer, run.tokenizer)
    settings = tmp_path / "pretrain.json"
    settings.write_text(json.dumps(dataclasses.asdict(CONFIG)))
    launch = (
        "torch.distributed.run --standalone --nproc_per_node 2 -m -- codeorigin_training pretrain --no-track"
    )
    arguments = ["--run", str(run.folder), "--config", str(settings)]
    command = [sys.executable, "-m", *launch.split(), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    encoder, alone = load_encoder(run.pretrained), load_encoder(prepared.pretrained)
    # Half of the rows in every step are the other process's.
    assert not torch.equal(encoder.token_embedding.weight, alone.token_embedding.weight)
    described = json.loads(run.pretrained.with_suffix(".json").read_text())
    assert 3 < described["figures"]["validation/loss"] < 8


def test_encoder_is_trained_again_only_for_other_settings(prepared: Run, tmp_path: Path) -> None:
    run = Run(shutil.copytree(prepared.folder, tmp_path / "run"))
    before = run.pretrained.read_bytes()
    lines: list[str] = []
    pretrain(CONFIG, run, lines.append)
    assert lines == [f"{run.pretrained} is there"]
    assert run.pretrained.read_bytes() == before
    pretrain(dataclasses.replace(CONFIG, seed=1), run, lines.append)
    assert run.pretrained.read_bytes() != before


def test_missing_inputs_are_reported(tmp_path: Path) -> None:
    run = Run(tmp_path)
    with pytest.raises(RunError, match="corpus` first"):
        pretrain(CONFIG, run, print)
    write_corpus(run.corpus, repositories=6, functions=2)
    with pytest.raises(RunError, match="tokenizer` first"):
        pretrain(CONFIG, run, print)


def test_missing_encoder_is_reported(prepared: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    config = dataclasses.replace(CONFIG, encoder=EncoderConfig(name=str(tmp_path / "empty")))
    with pytest.raises(EncoderError, match="has no tokenizer"):
        pretrain(config, prepared, print)
