"""The shipped recipe, and the classic one on a tiny RoBERTa, from a corpus to explanations by the bundle."""

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from transformers import AutoModel
from typer.testing import CliRunner

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.explain.explanation import ExplainOptions, Method
from codeorigin.functions.documents import Document
from codeorigin.model.scoring.deep_settings import Aggregation, Baseline
from codeorigin_training.build import BuildConfig
from codeorigin_training.cli import app, recipe_file
from codeorigin_training.configuration import ConfigurationError, load_config
from codeorigin_training.encoder.files import load_encoder
from codeorigin_training.encoder.inference import encode_rows
from codeorigin_training.encoder.model import Encoder, compact_body
from codeorigin_training.encoder.settings import Pooling, Strategy
from codeorigin_training.encoder.train import Examples, train
from codeorigin_training.run import Run
from support.sample_data import QUICK_RECIPE
from support.systems_page import CLASSIC, missing, output_of, write_checkout
from support.tiny_training import tiny_rows, tiny_shape, tiny_tokenizer

CODE = "def process_orders(orders):\n    for order in orders:\n        print(order)\n    return len(orders)\n"


def test_shipped_recipe_is_the_default() -> None:
    assert load_config(BuildConfig, recipe_file("shipped")) == BuildConfig()


def test_classic_recipe_has_its_known_settings() -> None:
    config = load_config(BuildConfig, recipe_file("classic"))
    training = config.finetune
    assert config.deep
    head, body = training.phases
    assert (head.strategy, head.batch, head.epochs, head.learning_rate) == (Strategy.FROZEN, 16, 5, 2e-5)
    assert (body.strategy, body.layers, body.epochs, body.learning_rate) == (Strategy.GRADUAL, 5, 5, 2e-5)
    assert (head.patience, body.patience, head.weight_decay) == (2, 2, 0.0)
    assert training.context == 512
    assert training.each_row_once
    assert (training.encoder.name, training.encoder.pooling) == ("microsoft/codebert-base", Pooling.CLS)
    assert config.pretraining
    assert (config.pretrain.mask_rate, config.pretrain.context) == (0.15, 512)
    pretrain = config.settings(Path())["pretrain"]
    assert pretrain == replace(config.pretrain, encoder=training.encoder)


def test_classic_head_has_its_known_layers_and_schedule(tmp_path: Path) -> None:
    config = load_config(BuildConfig, recipe_file("classic")).finetune
    # With a few starting weights, a later epoch is better by chance.
    torch.manual_seed(0)
    encoder = Encoder(compact_body(tiny_shape(), 320, pad_id=0), replace(config.encoder, name="compact"))
    layers = list(encoder.head)
    assert [type(layer) for layer in layers] == [nn.Dropout, nn.Linear, nn.ReLU, nn.Dropout, nn.Linear]
    assert [layer.p for layer in layers if isinstance(layer, nn.Dropout)] == [0.3, 0.2]
    linear = [layer for layer in layers if isinstance(layer, nn.Linear)]
    assert [(layer.in_features, layer.out_features) for layer in linear] == [(16, 256), (256, 1)]

    rates: list[float] = []

    def keep(figures: dict[str, float], step: int) -> None:
        rates.extend(rate for name, rate in figures.items() if name == "learning_rate")

    rows = tiny_rows(20)
    examples = Examples(
        tokens=encode_rows(rows, tiny_tokenizer()),
        labels=np.array([row.label for row in rows], dtype=np.int64),
        weights=np.array([1.0] * 10 + [0.0] * 10),
        validation=np.arange(10, 20),
        validation_weights=np.ones(10),
    )
    # So large a rate that no epoch after the first is better.
    phase = replace(config.phases[0], learning_rate=10.0)
    train(
        encoder,
        examples,
        tiny_tokenizer(),
        replace(config, phases=(phase,)),
        tmp_path / "work",
        lambda _: None,
        keep,
    )
    assert len(rates) == 3, "two epochs without improvement end it"
    assert rates == [10.0, 10.0, 5.0]


def test_pretraining_and_fine_tuning_must_use_the_same_encoder() -> None:
    with pytest.raises(
        ConfigurationError, match=r"pretrain.encoder is not finetune.encoder: set finetune.encoder"
    ):
        load_config(BuildConfig, recipe_file("classic"), ["pretrain.encoder.head_dim=8"])


def test_unknown_recipe_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no recipe baroque; there are classic, shipped"):
        recipe_file("baroque")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkout(tmp_path_factory.mktemp("checkout"))


@pytest.fixture(scope="module")
def printed(checkout: Path) -> str:
    """Output of the page's command for the classic recipe, which itself says what it does to be quick."""
    return output_of(CLASSIC, checkout)


@pytest.fixture(scope="module")
def run(checkout: Path, printed: str) -> Run:
    """The run of the classic recipe."""
    return Run(checkout / "runs" / "classic")


def test_the_command_prints_what_the_page_shows(printed: str) -> None:
    assert missing(CLASSIC, printed) == []


def rows(run: Run, query: str) -> list[tuple[Any, ...]]:
    """What MLflow's database answers."""
    with closing(sqlite3.connect(run.tracking)) as connection:
        return connection.execute(query).fetchall()


def test_the_recipe_learns_what_the_sample_has(run: Run) -> None:
    found = dict(
        rows(run, "select key, value from metrics join runs using (run_uuid) where name = 'finetune'")
    )
    assert min(found[f"test/{name}"] for name in ("accuracy", "precision", "recall")) > 0.7


def test_named_recipe_with_single_settings_reuses_the_run(
    checkout: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = Run(shutil.copytree(run.folder, tmp_path / "run"))
    quick = QUICK_RECIPE | {"finetune.encoder.name": "sample/encoder"}
    arguments = [part for name, value in quick.items() for part in ("--set", f"{name}={json.dumps(value)}")]
    call = ["build", "--recipe", "classic", "--data", "sample", "--out", str(tmp_path / "out")]
    monkeypatch.chdir(checkout)
    result = CliRunner().invoke(app, [*call, "--run", str(again.folder), "--no-track", *arguments])
    assert result.exit_code == 0, result.output
    assert "epoch" not in result.output
    settings = json.loads(again.settings.read_text(encoding="utf-8"))
    assert settings["build"]["settings"] == {"name": "classic", "config": None}


def test_masked_pretraining_changes_the_folders_embeddings(run: Run, checkout: Path) -> None:
    pretrained = load_encoder(run.pretrained)
    assert (pretrained.settings.pooling, pretrained.settings.head_dim) == (Pooling.CLS, 16)
    table = AutoModel.from_pretrained(checkout / "sample" / "encoder").get_input_embeddings().weight
    assert not torch.equal(pretrained.token_embedding.weight, table)
    torch.testing.assert_close(pretrained.token_embedding.weight, table, rtol=0, atol=1e-3)


def test_fine_tuning_keeps_embeddings_and_changes_only_the_layer(run: Run) -> None:
    encoder, pretrained = (load_encoder(path) for path in (run.finetuned, run.pretrained))
    assert (encoder.settings.pooling, encoder.settings.head_dim) == (Pooling.CLS, 16)
    assert encoder.body.config.hidden_dropout_prob == 0.0
    table = pretrained.token_embedding.weight
    torch.testing.assert_close(encoder.token_embedding.weight, table, rtol=0, atol=0)
    _, ours, _ = encoder.layer_groups()
    _, theirs, _ = pretrained.layer_groups()
    assert not any(torch.equal(new, old) for new, old in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("baseline", Baseline)
@pytest.mark.parametrize("aggregation", Aggregation)
def test_bundle_explains_by_integrated_gradients(
    run: Run, baseline: Baseline, aggregation: Aggregation
) -> None:
    analyzer = Analyzer.load(run.bundle)
    (function,) = analyzer.analyze(Document(CODE, "python")).functions
    options = ExplainOptions(baseline=baseline, aggregation=aggregation, nodes=32, max_nodes=128)
    explanation = analyzer.explainer.explain(CODE, function, options=options)
    assert explanation.method is Method.INTEGRATED_GRADIENTS
    assert explanation.nodes >= 32
    assert sum(line.deep for line in explanation.lines) != 0
    assert all(line.wide == 0 for line in explanation.lines)
    assert analyzer.bundle.views is None
    assert analyzer.bundle.deep is not None
    assert analyzer.bundle.deep.overlap == QUICK_RECIPE["finetune.overlap"]
    total = sum(line.value for line in explanation.lines)
    moved = explanation.logit - explanation.baseline_logit
    assert total == pytest.approx(moved, abs=0.05 * max(1.0, abs(moved)))
    assert len(explanation.top_tokens) == 5
