"""The tokenizer command, which makes a run's vocabulary."""

import dataclasses
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.data.sides import read_training_texts
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.encoder.tokenizer import TokenizerConfig, tokenizer
from codeorigin_training.run import Run, RunError
from support.corpus_maker import write_corpus

CONFIG = TokenizerConfig(vocab_size=400, sample=50)


def run_with_corpus(folder: Path) -> Run:
    run = Run(folder)
    write_corpus(run.corpus, repositories=20, functions=4)
    return run


def test_vocabulary_is_made_again_only_for_other_settings(tmp_path: Path) -> None:
    run = run_with_corpus(tmp_path)
    lines: list[str] = []
    tokenizer(CONFIG, run, lines.append)
    first = run.tokenizer.read_bytes()
    assert Tokenizer.load(run.tokenizer).vocab_size == 400
    run.tokenizer.write_bytes(first + b" ")
    tokenizer(CONFIG, run, lines.append)
    assert "is there" in lines[-1]
    assert run.tokenizer.read_bytes() == first + b" "
    tokenizer(dataclasses.replace(CONFIG, vocab_size=350), run, lines.append)
    assert Tokenizer.load(run.tokenizer).vocab_size == 350


def test_held_out_repositories_are_not_read(tmp_path: Path) -> None:
    run = run_with_corpus(tmp_path)
    names = {row["repo"] for row in pq.read_table(run.corpus / "functions.parquet").to_pylist()}
    held_out = {name for name in names if is_held_out(name)}
    assert held_out
    rows = read_training_texts(run.corpus)
    assert {row.repo for row in rows} == names - held_out
    assert {row.label for row in rows} == {0}


def test_missing_corpus_is_reported(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="run `python -m codeorigin_training corpus` first"):
        tokenizer(CONFIG, Run(tmp_path), print)


def test_vocabulary_too_small_for_all_bytes_is_rejected() -> None:
    with pytest.raises(ValueError, match="greater than or equal to 258"):
        TokenizerConfig(vocab_size=200)
