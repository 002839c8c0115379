"""The shipped recipe, and the classic one on a tiny RoBERTa, from a corpus to explanations by the bundle."""

import json
import shutil
import sqlite3
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from transformers import AutoModel
from typer.testing import CliRunner

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.explain.explanation import Aggregation, Baseline, ExplainOptions, Method
from codeorigin.functions.finding import find_functions
from codeorigin.languages import get_language
from codeorigin_training.__main__ import app, recipe_file
from codeorigin_training.build import BuildConfig
from codeorigin_training.configuration import ConfigurationError, load_config
from codeorigin_training.encoder.hugging_face import HuggingFaceEncoder
from codeorigin_training.encoder.interface import make_head, set_head_dropout
from codeorigin_training.encoder.pooling import Pooling
from codeorigin_training.encoder.registry import load_encoder
from codeorigin_training.finetune.config import Strategy
from codeorigin_training.finetune.examples import Groups
from codeorigin_training.finetune.material import Material
from codeorigin_training.finetune.objective import Objective, Output
from codeorigin_training.finetune.sampling import Draw
from codeorigin_training.finetune.strategies import PlateauSchedule, make_schedule
from codeorigin_training.run import Run
from support.sample_data import QUICK_RECIPE
from support.systems_page import CLASSIC, missing, output_of, write_checkout
from support.tiny_training import tiny_rows, tiny_tokenizer

CODE = "def process_orders(orders):\n    for order in orders:\n        print(order)\n    return len(orders)\n"


def test_shipped_recipe_is_the_default() -> None:
    assert load_config(BuildConfig, recipe_file("shipped")) == BuildConfig()


def test_classic_recipe_has_its_known_settings() -> None:
    config = load_config(BuildConfig, recipe_file("classic"))
    command, training = config.finetune, config.finetune.finetune
    assert config.deep
    assert (training.strategy, training.train_context) == (Strategy.FROZEN, 512)
    head = training.frozen
    assert (head.rows_per_batch, head.epochs, head.learning_rate, head.patience) == (16, 5, 2e-5, 2)
    assert (training.neutral_share, training.type_dropout) == (0.0, 0.0)
    assert training.sampling.each_row_once
    assert not command.offsets
    assert (command.shape.pooling, command.shape.head_dim) == (Pooling.CLS, 256)
    assert config.pretraining
    pretrain = config.pretrained
    assert (pretrain.mask_rate, pretrain.row_length, pretrain.whole_line_share) == (0.15, 512, 0.0)
    assert (pretrain.encoder, pretrain.shape) == (command.encoder, command.shape)
    assert command.encoder == "microsoft/codebert-base"
    assert not config.calibrate.wide
    assert training.then is not None
    assert training.then.strategy is Strategy.GRADUAL


def test_classic_head_has_its_known_layers_and_schedule() -> None:
    config = load_config(BuildConfig, recipe_file("classic")).finetune
    shape, training = config.shape, config.finetune
    head = make_head(768, shape.head_dim)
    set_head_dropout(head, config.head_dropout)
    assert [type(layer) for layer in head] == [nn.Dropout, nn.Linear, nn.ReLU, nn.Dropout, nn.Linear]
    assert [layer.p for layer in head if isinstance(layer, nn.Dropout)] == [0.3, 0.2]
    linear = [layer for layer in head if isinstance(layer, nn.Linear)]
    assert [(layer.in_features, layer.out_features) for layer in linear] == [(768, 256), (256, 1)]
    # A head made with the defaults is the same.
    assert [layer.p for layer in make_head(768, 256) if isinstance(layer, nn.Dropout)] == [0.3, 0.2]

    schedule = make_schedule([list(head.parameters())], training)
    assert isinstance(schedule, PlateauSchedule)
    assert type(schedule.optimizer) is torch.optim.Adam
    (group,) = schedule.optimizer.param_groups
    assert (group["lr"], group["weight_decay"]) == (2e-5, 0)
    schedule.validated(0.5)
    assert group["lr"] == 2e-5
    schedule.validated(0.5)
    assert group["lr"] == 1e-5

    losses = training.losses
    assert (losses.consistency, losses.contrastive, losses.pair) == (0.0, 0.0, 0.0)
    assert training.then is not None
    assert training.second() is not None
    assert (training.then.layers, training.then.learning_rate, training.then.patience) == (5, 2e-5, 2)


def test_the_classic_loss_is_binary_cross_entropy_of_the_labels_alone() -> None:
    config = load_config(BuildConfig, recipe_file("classic")).finetune
    examples = Material(
        rows=(rows := tiny_rows(6)),
        labels=np.array([row.label for row in rows], dtype=np.int64),
        weights=np.ones(6),
        folds=np.zeros(6, dtype=np.int64),
        wide=np.full(6, 9.0),
        tokenizer=tiny_tokenizer(),
        tokens=[np.arange(3, dtype=np.int32)] * 6,
        groups=Groups.of(rows),
    ).examples(np.ones(6, dtype=bool), offsets=config.offsets, validation_share=0.0)
    logits = torch.linspace(-2.0, 2.0, 6)
    output = Output(logits[None], None, torch.zeros(6, dtype=torch.bool))
    draw = Draw(np.arange(6), np.full(6, -1))
    loss, _ = Objective(examples, torch.device("cpu")).loss(output, draw, config.finetune.losses)
    labels = torch.tensor([float(row.label) for row in rows])
    assert 0 < labels.sum() < 6
    wanted = -(labels * logits.sigmoid().log() + (1 - labels) * (1 - logits.sigmoid()).log()).mean()
    torch.testing.assert_close(loss, wanted)


@pytest.mark.parametrize(
    "changes", [{"encoder": "another"}, {"vocabulary": "transfer"}, {"shape": {"head_dim": 8}}]
)
def test_pretraining_and_fine_tuning_must_use_the_same_encoder(changes: dict[str, Any]) -> None:
    (name,) = changes
    with pytest.raises(
        ConfigurationError, match=f"pretrain.{name} is not finetune.{name}: set finetune.{name}"
    ):
        load_config(BuildConfig, recipe_file("classic"), [f"pretrain={json.dumps(changes)}"])


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


def test_named_recipe_with_single_settings_reuses_the_run(
    checkout: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = Run(shutil.copytree(run.folder, tmp_path / "run"))
    quick = QUICK_RECIPE | {"finetune.encoder": "sample/encoder"}
    arguments = [part for name, value in quick.items() for part in ("--set", f"{name}={json.dumps(value)}")]
    call = ["build", "--recipe", "classic", "--data", "sample", "--out", str(tmp_path / "out")]
    monkeypatch.chdir(checkout)
    result = CliRunner().invoke(app, [*call, "--run", str(again.folder), "--no-track", *arguments])
    assert result.exit_code == 0, result.output
    assert "the bundle is there" in result.output
    assert "step" not in result.output
    settings = json.loads(again.settings.read_text(encoding="utf-8"))
    assert settings["build"]["settings"] == {"name": "classic", "config": None}


def test_masked_pretraining_changes_the_folders_embeddings(run: Run, checkout: Path) -> None:
    pretrained = load_encoder(run.pretrained)
    assert isinstance(pretrained, HuggingFaceEncoder)
    assert (pretrained.pooling, pretrained.head_dim) == (Pooling.CLS, 16)
    table = AutoModel.from_pretrained(checkout / "sample" / "encoder").get_input_embeddings().weight
    assert not torch.equal(pretrained.token_embedding.weight, table)
    torch.testing.assert_close(pretrained.token_embedding.weight, table, rtol=0, atol=1e-3)


def test_fine_tuning_keeps_embeddings_and_changes_only_the_upper_layer(run: Run) -> None:
    encoder, pretrained = (load_encoder(path) for path in (run.finetuned, run.pretrained))
    assert isinstance(encoder, HuggingFaceEncoder)
    assert (encoder.pooling, encoder.head_dim) == (Pooling.CLS, 16)
    assert encoder.body.config.hidden_dropout_prob == 0.05
    body: Any = pretrained.body
    table = pretrained.token_embedding.weight
    torch.testing.assert_close(encoder.token_embedding.weight, table, rtol=0, atol=0)
    lower, upper = (
        all(
            torch.equal(ours, theirs)
            for ours, theirs in zip(
                encoder.body.encoder.layer[place].parameters(),
                body.encoder.layer[place].parameters(),
                strict=True,
            )
        )
        for place in (0, 1)
    )
    assert (lower, upper) == (True, False)


@pytest.mark.parametrize("baseline", Baseline)
@pytest.mark.parametrize("aggregation", Aggregation)
def test_bundle_explains_by_integrated_gradients(
    run: Run, baseline: Baseline, aggregation: Aggregation
) -> None:
    analyzer = Analyzer.load(run.bundle)
    (span,) = find_functions(CODE, get_language("python"))
    options = ExplainOptions(baseline=baseline, aggregation=aggregation, nodes=32, max_nodes=128)
    explanation = analyzer.explain(CODE, span, options)
    assert explanation.method is Method.INTEGRATED_GRADIENTS
    assert explanation.nodes >= 32
    assert sum(line.deep for line in explanation.lines) != 0
    assert all(line.wide == 0 for line in explanation.lines)
    assert analyzer.bundle.views is None
    total = sum(line.value for line in explanation.lines)
    moved = explanation.logit - explanation.baseline_logit
    assert total == pytest.approx(moved, abs=0.05 * max(1.0, abs(moved)))
    assert len(explanation.top_tokens) == 5


def test_out_of_fold_figures_are_for_the_deep_part_only(run: Run) -> None:
    metrics = json.loads((run.bundle / "manifest.json").read_text(encoding="utf-8"))["metrics"]
    assert list(metrics["out_of_fold"]) == ["deep"]


def test_run_records_its_settings(run: Run) -> None:
    settings = json.loads(run.settings.read_text(encoding="utf-8"))
    assert list(settings) == [
        "build",
        "corpus",
        "wide",
        "tokenizer",
        "pretrain",
        "finetune",
        "calibrate",
        "export",
    ]
    assert settings["build"]["settings"] == {"name": "", "config": "sample/classic.json"}
    assert settings["pretrain"]["settings"]["encoder"] == "sample/encoder"
    assert settings["finetune"]["settings"]["encoder"] == "sample/encoder"
    assert settings["finetune"]["settings"]["finetune"]["frozen"]["epochs"] == 1
    assert {each["torch"] for each in settings.values()} == {metadata.version("torch")}


def test_every_stage_is_in_mlflow_with_its_test_figures(run: Run) -> None:
    connection = sqlite3.connect(run.tracking)
    try:
        found = connection.execute(
            "select distinct name, key from metrics join runs using (run_uuid)"
        ).fetchall()
        runs = dict(connection.execute("select name, artifact_uri from runs").fetchall())
        finished = {row[0] for row in connection.execute("select distinct status from runs").fetchall()}
        last = dict(
            connection.execute(
                "select key, value from metrics join runs using (run_uuid) where name = 'export'"
            ).fetchall()
        )
    finally:
        connection.close()
    assert finished == {"FINISHED"}
    assert set(runs) >= {"corpus", "wide", "tokenizer", "pretrain", "finetune", "fold-0", "final"}
    assert set(runs) >= {"calibrate", "export"}
    keys = {name: {key for each, key in found if each == name} for name, _ in found}
    assert {"validation_mlm_loss", "validation_mlm_accuracy"} <= keys["pretrain"]
    for stage in ("wide", "finetune", "export"):
        test = {"accuracy", "precision", "recall", "f1", "auroc", "expected_calibration_error"}
        assert {f"test/{name}" for name in test} <= keys[stage]
        pictures = {path.name for path in Path(runs[stage].removeprefix("file://")).iterdir()}
        assert {"confusion.png", "reliability.png"} <= pictures
    made = {"wide": "wide.npz", "pretrain": "pretrained.pt", "finetune": "finetuned.pt"}
    for stage, name in (made | {"calibrate": "calibration.json", "export": "manifest.json"}).items():
        assert (Path(runs[stage].removeprefix("file://")) / name).is_file(), stage
    assert {"train/loss", "train/accuracy", "validation/loss", "validation/accuracy"} <= keys["final"]
    # With such a small encoder their values are luck; that training learns is covered by the training tests.
    assert all(np.isfinite(value) for value in last.values())
