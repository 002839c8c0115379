"""Vocabularies: the command that trains one, and those that encoders came with."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from transformers import AutoTokenizer

from codeorigin.model.reading.normalize import normalize
from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.data.sides import read_training_texts
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.encoder.tokenizer import TokenizerConfig, own_tokenizer, tokenizer
from codeorigin_training.run import Run
from support.corpus_maker import write_corpus
from support.snippets import ALL
from support.tiny_roberta import write_tiny_roberta


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
