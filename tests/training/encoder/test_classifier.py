"""Classifiers of made-up texts with K labels: training, saving, prediction and figures."""

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from typer.testing import CliRunner

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.cli import app
from codeorigin_training.encoder.classify import (
    Classifier,
    ClassifyConfig,
    encoded,
    fit_temperature,
    train_classifier,
)
from codeorigin_training.encoder.files import make_encoder
from codeorigin_training.encoder.labelled import ClassifyError, Labelled, read_labelled, split_units
from codeorigin_training.encoder.settings import COMPACT, EncoderConfig, Phase
from codeorigin_training.encoder.tokenizer import own_tokenizer
from codeorigin_training.run import Run
from support.tiny_roberta import write_tiny_roberta
from support.tiny_training import tiny_shape, tiny_tokenizer

WORDS = {"fruit": "apple pear plum", "metal": "iron zinc lead", "sky": "cloud rain star"}
PHASE = Phase(batch=8, epochs=6, learning_rate=1e-2, patience=6)
CONFIG = ClassifyConfig(encoder=tiny_shape(), phases=(PHASE,), context=32, device="cpu")


def examples(count: int = 90, seed: int = 0) -> list[Labelled]:
    """Texts of four words that belong to their label, ten texts per unit."""
    generator = random.Random(seed)
    found = []
    for number in range(count):
        label = list(WORDS)[number % 3]
        text = " ".join(generator.choices(WORDS[label].split(), k=4))
        found.append(Labelled(text, label, f"unit{number // 10}"))
    return found


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("vocabulary") / "tokenizer.json"
    tiny_tokenizer().save(path)
    return path


@pytest.fixture(scope="module")
def trained(
    vocabulary: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Classifier, list[dict[str, float]]]:
    curves: list[dict[str, float]] = []
    folder = tmp_path_factory.mktemp("training")
    found = train_classifier(
        examples(), vocabulary, CONFIG, folder, lambda _: None, lambda figures, _: curves.append(figures)
    )
    return found, curves


def test_three_labels_are_told_apart(trained: tuple[Classifier, list[dict[str, float]]]) -> None:
    classifier, curves = trained
    assert classifier.labels == ("fruit", "metal", "sky")
    report = classifier.report(examples(30, seed=1))
    assert report["accuracy"] > 0.9
    assert np.sum(report["confusion"]) == 30
    assert report["macro_f1"] > 0.9
    assert report["by_label"]["sky"]["support"] == 10
    ((label, confidence),) = classifier.predict(["iron zinc lead iron"])
    assert label == "metal"
    assert 1 / 3 < confidence <= 1
    sums = classifier.probabilities(["apple", "no such word", ""]).sum(axis=1)
    assert sums == pytest.approx([1, 1, 1])
    assert classifier.probabilities([""])[0] == pytest.approx([1 / 3] * 3)
    for name in ("train/loss", "validation/loss", "validation/accuracy"):
        assert sum(name in figures for figures in curves) == PHASE.epochs


def test_classifier_survives_saving_and_loading(
    trained: tuple[Classifier, list[dict[str, float]]], tmp_path: Path
) -> None:
    classifier, _ = trained
    classifier.save(tmp_path)
    again = Classifier.load(tmp_path)
    texts = [each.text for each in examples(9, seed=2)]
    np.testing.assert_array_equal(again.probabilities(texts), classifier.probabilities(texts))
    assert again.labels == classifier.labels
    with pytest.raises(ClassifyError, match="holds no classifier"):
        Classifier.load(tmp_path / "elsewhere")


def test_frozen_layers_of_transformers_encoder_do_not_change(tmp_path: Path) -> None:
    folder = str(write_tiny_roberta(tmp_path / "roberta", layers=3))
    Tokenizer(own_tokenizer(folder)[0]).save(tmp_path / "tokenizer.json")
    settings = EncoderConfig(name=folder, head_dim=16)
    for layers, expected in ((1, [False] * 4), (2, [False, False, False, True]), (0, [True] * 4)):
        phase = replace(PHASE, layers=layers, epochs=1)
        config = replace(CONFIG, encoder=settings, phases=(phase,))
        before = make_encoder(settings, tmp_path / "tokenizer.json")
        after = train_classifier(
            examples(40), tmp_path / "tokenizer.json", config, tmp_path / "work", lambda _: None
        ).encoder
        groups = zip(before.layer_groups()[:-1], after.layer_groups()[:-1], strict=True)
        moved = [
            any(not torch.equal(left, right) for left, right in zip(old, new, strict=True))
            for old, new in groups
        ]
        assert moved == expected


def test_texts_are_read_unchanged_and_once() -> None:
    config = ClassifyConfig()
    assert (config.context, config.encoder.name, config.each_row_once) == (512, COMPACT, True)
    assert (config.type_dropout, config.neutral_share) == (0.0, 0.0)


def test_temperature_calibrates_overconfident_model() -> None:
    generator = np.random.default_rng(0)
    targets = generator.integers(0, 3, 4000)
    logits = generator.normal(size=(4000, 3))
    logits[np.arange(4000), targets] += 1.0
    # These logits match their own posterior; multiplied by ten, they are off by a factor of ten.
    assert fit_temperature(10 * logits, targets) == pytest.approx(
        10 * fit_temperature(logits, targets), rel=0.01
    )
    assert fit_temperature(logits, targets) == pytest.approx(1.0, rel=0.1)


def test_folders_and_parquet_files_are_read_alike(tmp_path: Path) -> None:
    wanted = {("a b", "x", "x/one.txt"), ("c", "y", "y/deep/two.txt")}
    for text, _, unit in wanted:
        path = tmp_path / "folder" / unit
        path.parent.mkdir(parents=True)
        path.write_text(text)
    read = read_labelled(tmp_path / "folder")
    assert {(each.text, each.label, each.unit) for each in read} == wanted
    columns = {"text": ["a b", "c"], "label": ["x", "y"], "unit": ["x/one.txt", "y/deep/two.txt"]}
    pq.write_table(pa.table(columns), tmp_path / "texts.parquet")
    assert read_labelled(tmp_path / "texts.parquet") == sorted(read, key=lambda each: each.label)


def test_unreadable_data_is_reported(tmp_path: Path) -> None:
    (tmp_path / "only").mkdir()
    with pytest.raises(ClassifyError, match="holds 0 labels; at least two"):
        read_labelled(tmp_path)
    (tmp_path / "file").write_text("no parquet")
    with pytest.raises(ClassifyError, match="neither a folder of folders nor a parquet file"):
        read_labelled(tmp_path / "file")
    pq.write_table(pa.table({"text": ["a"]}), tmp_path / "texts.parquet")
    with pytest.raises(ClassifyError, match="lacks the columns label"):
        read_labelled(tmp_path / "texts.parquet")
    (tmp_path / "only" / "bytes").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ClassifyError, match="cannot be read as UTF-8"):
        read_labelled(tmp_path)


def test_units_are_not_split() -> None:
    kept, apart = split_units(examples(), 0.3)
    assert {each.unit for each in kept}.isdisjoint(each.unit for each in apart)
    assert len({each.unit for each in apart}) == 3
    assert len(kept) + len(apart) == 90


def test_text_is_encoded_without_normalization() -> None:
    (ids,) = encoded(["\tif  x:\n\ud800"], tiny_tokenizer(), 3)
    assert len(ids) == 3
    assert ids.dtype == np.int32
    spaced, tabbed = encoded(["    x", "\tx"], tiny_tokenizer(), 9)
    assert spaced.tolist() != tabbed.tolist()


def test_command_writes_classifier_and_report(vocabulary: Path, tmp_path: Path) -> None:
    rows = examples(120)
    columns = {name: [getattr(each, name) for each in rows] for name in ("text", "label", "unit")}
    pq.write_table(pa.table(columns), tmp_path / "texts.parquet")
    run = Run(tmp_path / "run")
    run.folder.mkdir()
    run.tokenizer.write_bytes(vocabulary.read_bytes())
    settings = {
        "data": str(tmp_path / "texts.parquet"),
        "classifier": {
            "encoder": {"dim": 16, "layers": 1, "heads": 2, "feedforward": 16, "context": 64},
            "phases": [{"batch": 8, "epochs": 6, "patience": 6, "learning_rate": 0.01}],
            "device": "cpu",
        },
    }
    (tmp_path / "settings.json").write_text(json.dumps(settings))
    call = ["classify", "--run", str(run.folder), "--config", str(tmp_path / "settings.json"), "--no-track"]
    result = CliRunner().invoke(app, call)
    assert result.exit_code == 0, result.output
    found = json.loads((run.folder / "classifier" / "report.json").read_text())
    assert found["labels"] == ["fruit", "metal", "sky"]
    assert np.array(found["confusion"]).shape == (3, 3)
    assert found["accuracy"] > 0.8
    assert (run.folder / "classifier" / "confusion.png").read_bytes().startswith(b"\x89PNG")
    assert Classifier.load(run.folder / "classifier").predict(["pear plum"])[0][0] == "fruit"
    assert json.loads(run.settings.read_text())["classify"]["settings"]["test_share"] == 0.2
