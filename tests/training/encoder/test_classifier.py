"""Classifiers of made-up texts with K labels: training, saving, prediction and figures."""

import json
import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from codeorigin_training.cli import app
from codeorigin_training.encoder.classify import Classifier, encoded, fit_temperature
from codeorigin_training.encoder.labelled import ClassifyError, Labelled, read_labelled, split_units
from codeorigin_training.run import Run
from support.tiny_training import tiny_tokenizer

WORDS = {"fruit": "apple pear plum", "metal": "iron zinc lead", "sky": "cloud rain star"}


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
def classified(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run in which the command has trained a classifier."""
    folder = tmp_path_factory.mktemp("classified")
    rows = examples(120)
    columns = {name: [getattr(each, name) for each in rows] for name in ("text", "label", "unit")}
    pq.write_table(pa.table(columns), folder / "texts.parquet")
    run = Run(folder / "run")
    run.folder.mkdir()
    tiny_tokenizer().save(run.tokenizer)
    settings = {
        "data": str(folder / "texts.parquet"),
        "classifier": {
            "encoder": {"dim": 16, "layers": 1, "heads": 2, "feedforward": 16, "context": 64},
            "phases": [{"batch": 8, "epochs": 6, "patience": 6, "learning_rate": 0.01}],
            "device": "cpu",
        },
    }
    (folder / "settings.json").write_text(json.dumps(settings))
    call = ["classify", "--run", str(run.folder), "--config", str(folder / "settings.json"), "--no-track"]
    result = CliRunner().invoke(app, call)
    assert result.exit_code == 0, result.output
    return run


def test_command_writes_its_figures(classified: Run) -> None:
    folder = classified.folder / "classifier"
    found = json.loads((folder / "report.json").read_text())
    assert found["labels"] == ["fruit", "metal", "sky"]
    assert np.array(found["confusion"]).shape == (3, 3)
    assert found["accuracy"] > 0.8
    assert found["macro_f1"] > 0.8
    assert found["by_label"]["sky"]["support"] == sum(np.array(found["confusion"])[2])
    assert (folder / "confusion.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads(classified.settings.read_text())["classify"]["settings"]["test_share"] == 0.2


def test_three_labels_are_told_apart_by_what_was_saved(classified: Run, tmp_path: Path) -> None:
    classifier = Classifier.load(classified.folder / "classifier")
    assert classifier.labels == ("fruit", "metal", "sky")
    assert classifier.report(examples(30, seed=1))["accuracy"] > 0.9
    ((label, confidence),) = classifier.predict(["iron zinc lead iron"])
    assert label == "metal"
    assert 1 / 3 < confidence <= 1
    sums = classifier.probabilities(["apple", "no such word", ""]).sum(axis=1)
    assert sums == pytest.approx([1, 1, 1])
    assert classifier.probabilities([""])[0] == pytest.approx([1 / 3] * 3)
    with pytest.raises(ClassifyError, match="holds no classifier"):
        Classifier.load(tmp_path / "elsewhere")


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
