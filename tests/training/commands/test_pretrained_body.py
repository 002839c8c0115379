"""The commands for a pretrained body: features, probes, and the steps from a body to a fine-tuned encoder."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.commands.adopt import adopt
from codeorigin_training.commands.body import BodyCommandConfig, body
from codeorigin_training.commands.features import FeaturesCommandConfig, features
from codeorigin_training.commands.finetune import FinetuneCommandConfig
from codeorigin_training.commands.pack import PackConfig, pack
from codeorigin_training.commands.probe import ProbeCommandConfig, probe, wide_logits
from codeorigin_training.corpus.rows import CorpusError
from codeorigin_training.corpus.sides import read_sides
from codeorigin_training.corpus.splits import is_held_out
from codeorigin_training.encoder.decoder import DecoderEncoder
from codeorigin_training.encoder.registry import load_encoder
from codeorigin_training.finetune.config import FinetuneConfig
from codeorigin_training.loops.precision import Precision
from codeorigin_training.measure.metrics import auroc
from codeorigin_training.pretrained.adopt import AdoptConfig
from codeorigin_training.pretrained.distil import DistilConfig
from codeorigin_training.pretrained.features import FeatureConfig
from codeorigin_training.pretrained.sample import read_rows
from codeorigin_training.pretrained.shards import read_shards
from codeorigin_training.run import Run, RunError
from support.corpus_maker import write_corpus
from support.tiny_body import write_tiny_body

FEATURES = FeatureConfig(layers=(1, 2), tokens=24, shard=40, batch_tokens=512, states=40, states_layer=1)
PROBE = ProbeCommandConfig(scales=(0.5,), curve=(40,), folds=2, strength=0.1)


def make_run(folder: Path) -> Run:
    run = Run(folder / "run")
    write_corpus(run.corpus, repositories=30, functions=8)
    side, _ = read_sides(run.corpus, pair_weight=1.0, folds=2)
    noise = np.random.default_rng(0).normal(size=len(side.rows))
    np.savez(run.wide, out_of_fold=side.labels * 2.0 - 1.0 + 3 * noise)
    return run


@pytest.fixture(scope="module")
def probed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, FeaturesCommandConfig, list[str]]:
    folder = tmp_path_factory.mktemp("probed")
    run, lines = make_run(folder), []
    config = FeaturesCommandConfig(body=write_tiny_body(folder / "body"), features=FEATURES, functions=160)
    features(config, run, lines.append)
    probe(PROBE, run, lines.append)
    return run, config, lines


def test_report_holds_every_probe_and_its_gain(
    probed: tuple[Run, FeaturesCommandConfig, list[str]],
) -> None:
    run, _, lines = probed
    report = json.loads(run.probes.read_text())
    assert report["functions"] == 160
    assert {"layer 1", "layer 2", "sum over the layers", "n-grams of the same functions"} <= set(
        report["probes"]
    )
    assert "attention pooling, of 40 functions" in report["probes"]
    # Even a random body tells the made-up classes apart, since their vocabularies are so different.
    assert report["probes"]["layer 1"]["old_human_auroc"] > 0.7
    assert list(report["curve"]) == ["40"]
    assert report["wide"]["0.5"]["old_human_auroc"] > report["wide"]["0"]["old_human_auroc"]
    assert any(line.startswith("wide and 0.5 of its spread") for line in lines)


def test_second_run_extracts_no_features_again(probed: tuple[Run, FeaturesCommandConfig, list[str]]) -> None:
    run, config, _ = probed
    lines: list[str] = []
    features(config, run, lines.append)
    assert lines[-1].endswith("holds 160 of 160 functions")
    assert not any("core seconds" in line for line in lines)


def test_features_of_other_settings_are_rejected(
    probed: tuple[Run, FeaturesCommandConfig, list[str]],
) -> None:
    run, config, _ = probed
    with pytest.raises(CorpusError, match="holds other features"):
        features(replace(config, features=replace(FEATURES, tokens=8)), run, print)


def test_wide_part_of_other_corpus_is_rejected(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    np.savez(run.wide, out_of_fold=np.zeros(3))
    with pytest.raises(RunError, match="3 logits"):
        wide_logits(run, [], 2)


def test_probing_needs_features(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="codeorigin_training features` first"):
        probe(PROBE, Run(tmp_path), print)


def test_fine_tuning_starts_from_adopted_body(tmp_path: Path) -> None:
    run, lines = make_run(tmp_path), []
    config = AdoptConfig(
        body=write_tiny_body(tmp_path / "body"), layers=3, vocabulary=300, sample=50, context=64, head_dim=8
    )
    adopt(config, run, lines.append)
    encoder = load_encoder(run.pretrained)
    assert isinstance(encoder, DecoderEncoder)
    assert encoder.token_embedding.num_embeddings == Tokenizer.load(run.tokenizer).vocab_size
    assert lines[-1].startswith("3 layers of 16, ")


def test_one_call_writes_logits_and_student_in_small_files(tmp_path: Path) -> None:
    here, there = make_run(tmp_path), Run(tmp_path / "there")
    adopted = AdoptConfig(
        body=write_tiny_body(tmp_path / "body"), layers=3, vocabulary=300, sample=50, context=64, head_dim=8
    )
    adopt(adopted, here, print)
    pack(PackConfig(tmp_path / "carried"), here, print)
    shutil.copytree(here.corpus, there.corpus)
    for path in (here.tokenizer, here.wide):
        shutil.copy(path, there.folder)
    learning = FinetuneConfig(
        steps=25,
        tokens_per_batch=1024,
        learning_rate=5e-3,
        train_context=64,
        device="cpu",
        precision=Precision.BFLOAT16,
    )
    config = BodyCommandConfig(
        out=tmp_path / "out",
        shards=tmp_path / "carried",
        finetune=FinetuneCommandConfig(finetune=learning, folds=2, overlap=16, processes=2),
        distil=DistilConfig(layers=1, validation_share=0.3, overlap=16, processes=1, finetune=learning),
        most_bytes=20_000,
    )
    body(config, there, print)
    side, _ = read_sides(here.corpus, pair_weight=1.0, folds=2)
    logits = np.load(config.out / "deep.npz")["out_of_fold"]
    assert auroc(side.labels, logits) > 0.85
    student = read_shards(config.out / "student")
    assert isinstance(student, DecoderEncoder)
    assert len(student.body.layers) == 1
    files = [path for path in config.out.rglob("*") if path.is_file()]
    assert max(path.stat().st_size for path in files) <= 20_000
    figures = json.loads((config.out / "body.json").read_text())
    assert figures["student"]["correlation"] > 0.3
    # A second call finds everything done except the student.
    lines: list[str] = []
    body(config, there, lines.append)
    assert any("taken from its checkpoint" in line for line in lines)


def test_body_command_needs_adopted_body(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="codeorigin_training adopt` first"):
        body(BodyCommandConfig(out=tmp_path / "out"), make_run(tmp_path), print)


def test_held_out_functions_are_not_read(probed: tuple[Run, FeaturesCommandConfig, list[str]]) -> None:
    run, _, _ = probed
    order = np.load(run.features / "order.npy")
    rows = read_rows(run.corpus)
    assert any(is_held_out(row.repo) for row in rows)
    assert not any(is_held_out(rows[index].repo) for index in order)
