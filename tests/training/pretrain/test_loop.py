"""The pretraining loop on a corpus of a few functions: it learns, stops and resumes."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from transformers import RobertaConfig

from codeorigin_training.encoder.compact import CompactEncoder
from codeorigin_training.encoder.data import encode_rows
from codeorigin_training.encoder.hugging_face import HuggingFaceEncoder
from codeorigin_training.encoder.interface import Encoder
from codeorigin_training.loops.precision import Precision
from codeorigin_training.pretrain import loop, state
from codeorigin_training.pretrain.config import PretrainConfig
from codeorigin_training.pretrain.loop import PretrainError, pretrain
from codeorigin_training.pretrain.state import Clock, learning_rate_factor
from codeorigin_training.pretrain.syntax import syntax_targets
from support.tiny_training import tiny_rows, tiny_shape, tiny_tokenizer

ROWS = tiny_rows(40)
TOKENS = encode_rows(ROWS, tiny_tokenizer())
CONFIG = PretrainConfig(steps=6, rows=4, row_length=64, learning_rate=5e-3, validation_share=0.1)


def silent(line: str) -> None:
    del line


def compact() -> CompactEncoder:
    torch.manual_seed(7)
    return CompactEncoder(tiny_shape(1))


def weights(encoder: Encoder) -> dict[str, torch.Tensor]:
    return {name: each.clone() for name, each in encoder.state_dict().items()}


def same(left: dict[str, torch.Tensor], right: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(left[name], right[name]) for name in left)


def last_figures(config: PretrainConfig, **options: object) -> Mapping[str, float]:
    seen: list[Mapping[str, float]] = []
    options.setdefault("measure", lambda step, figures: seen.append(figures))
    pretrain(TOKENS, tiny_tokenizer(), compact(), config, silent, **options)  # type: ignore[arg-type]
    return seen[-1]


def test_validation_loss_falls_and_accuracy_rises() -> None:
    short = last_figures(dataclasses.replace(CONFIG, steps=1, learning_rate=1e-6))
    long = last_figures(dataclasses.replace(CONFIG, steps=100, learning_rate=1e-2))
    assert long["validation_mlm_loss"] < short["validation_mlm_loss"] - 1.2
    assert long["validation_mlm_accuracy"] > short["validation_mlm_accuracy"] + 0.04


def test_the_detector_learns() -> None:
    seen: list[Mapping[str, float]] = []
    config = dataclasses.replace(CONFIG, steps=150, detection_share=0.7, log_seconds=1e-9)
    pretrain(
        TOKENS, tiny_tokenizer(), compact(), config, silent, measure=lambda _, figures: seen.append(figures)
    )
    detection = [figures["detection_loss"] for figures in seen if "detection_loss" in figures]
    masked = [figures for figures in seen if "mlm_loss" in figures]
    assert len(detection) > len(masked) > 20
    assert np.mean(detection[-20:]) < 0.8 * np.mean(detection[:5])
    assert all(figures["tokens_per_second"] > 0 for figures in seen[:-1])


def test_syntax_targets_are_learnt() -> None:
    syntax = syntax_targets(ROWS, tiny_tokenizer(), CONFIG.syntax_types, CONFIG.syntax_depths)
    few = last_figures(dataclasses.replace(CONFIG, steps=1, syntax_weight=1.0), syntax=syntax)
    many = last_figures(dataclasses.replace(CONFIG, steps=80, syntax_weight=1.0), syntax=syntax)
    assert many["validation_parent_accuracy"] > few["validation_parent_accuracy"] + 0.2
    assert many["validation_depth_loss"] < few["validation_depth_loss"]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"detection_share": 0.5, "averaging": 0.5, "accumulation": 2},
        {"dropout": True, "whole_line_share": 1.0},
    ],
)
def test_interrupted_run_ends_like_an_uninterrupted_one(
    changes: dict[str, float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = dataclasses.replace(CONFIG, checkpoint_seconds=1e-9, **changes)  # type: ignore[arg-type]
    whole = weights(pretrain(TOKENS, tiny_tokenizer(), compact(), config, silent))
    checkpoint = tmp_path / "pretraining.pt"

    class InterruptionError(Exception):
        pass

    step = loop._Trainer.step

    def breaks_off(trainer: loop._Trainer, *arguments: object) -> None:
        if trainer.clock.step == 4:
            raise InterruptionError
        step(trainer, *arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(loop._Trainer, "step", breaks_off)
        with pytest.raises(InterruptionError):
            pretrain(TOKENS, tiny_tokenizer(), compact(), config, silent, checkpoint)
    lines: list[str] = []
    # Other initial weights: only the checkpoint counts.
    torch.manual_seed(99)
    resumed = pretrain(
        TOKENS, tiny_tokenizer(), CompactEncoder(tiny_shape(1)), config, lines.append, checkpoint
    )
    assert "going on from step 4" in lines[0]
    head = {name for name in whole if name.startswith("head.")}
    assert same({name: each for name, each in whole.items() if name not in head}, weights(resumed))


def test_a_finished_run_is_not_trained_again(tmp_path: Path) -> None:
    checkpoint = tmp_path / "pretraining.pt"
    first = weights(pretrain(TOKENS, tiny_tokenizer(), compact(), CONFIG, silent, checkpoint))
    lines: list[str] = []
    again = pretrain(TOKENS, tiny_tokenizer(), compact(), CONFIG, lines.append, checkpoint)
    assert "going on from step 6" in lines[0]
    assert same(first, weights(again))


@pytest.mark.parametrize("damage", ["other settings", "broken file"])
def test_mismatched_or_broken_checkpoint_is_ignored(damage: str, tmp_path: Path) -> None:
    checkpoint = tmp_path / "pretraining.pt"
    pretrain(TOKENS, tiny_tokenizer(), compact(), CONFIG, silent, checkpoint)
    config = CONFIG
    if damage == "broken file":
        checkpoint.write_bytes(checkpoint.read_bytes()[:100])
    else:
        config = dataclasses.replace(CONFIG, mask_rate=0.3)
    lines: list[str] = []
    pretrain(TOKENS, tiny_tokenizer(), compact(), config, lines.append, checkpoint)
    assert not any("going on" in line for line in lines)


def test_result_depends_only_on_the_seed() -> None:
    runs = [
        weights(pretrain(TOKENS, tiny_tokenizer(), compact(), dataclasses.replace(CONFIG, seed=seed), silent))
        for seed in (1, 1, 2)
    ]
    assert same(runs[0], runs[1])
    assert not same(runs[0], runs[2])


def test_pretraining_leaves_the_head_unchanged() -> None:
    before = weights(compact())
    after = weights(pretrain(TOKENS, tiny_tokenizer(), compact(), CONFIG, silent))
    heads = [name for name in before if name.startswith("head.")]
    assert all(torch.equal(before[name], after[name]) for name in heads)
    assert not torch.equal(before["tokens.weight"], after["tokens.weight"])


def test_training_stops_after_its_budget_in_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(10_000))
    monkeypatch.setattr(state, "time", SimpleNamespace(monotonic=lambda: float(next(ticks))))
    steps: list[int] = []
    config = dataclasses.replace(CONFIG, steps=None, seconds=60.0)
    pretrain(TOKENS, tiny_tokenizer(), compact(), config, silent, measure=lambda step, _: steps.append(step))
    assert 2 < steps[-1] < 60


def test_training_works_in_bfloat16() -> None:
    half = dataclasses.replace(CONFIG, precision=Precision.BFLOAT16, steps=100, learning_rate=1e-2)
    before = last_figures(dataclasses.replace(half, steps=1, learning_rate=1e-6))
    assert last_figures(half)["validation_mlm_loss"] < before["validation_mlm_loss"] - 1


def test_transformers_encoder_can_be_pretrained() -> None:
    torch.manual_seed(0)
    body = RobertaConfig(
        vocab_size=50,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=66,
    )
    encoder = HuggingFaceEncoder.from_config(body)
    tokenizer = tiny_tokenizer()
    encoder.replace_vocabulary(tokenizer.vocab_size, tokenizer.mask_id, tokenizer.pad_id)
    seen: list[Mapping[str, float]] = []
    for config in (
        dataclasses.replace(CONFIG, steps=1, learning_rate=1e-6),
        dataclasses.replace(CONFIG, steps=60, detection_share=0.3),
    ):
        trained = pretrain(
            TOKENS, tokenizer, encoder, config, silent, measure=lambda _, figures: seen.append(figures)
        )
        assert trained is encoder
        assert not trained.training
    assert seen[-1]["validation_mlm_loss"] < seen[0]["validation_mlm_loss"] - 0.5


def test_learning_rate_rises_then_falls_to_zero() -> None:
    rates = [learning_rate_factor(progress, 0.1) for progress in (0.0, 0.05, 0.1, 0.55, 1.0, 1.2)]
    assert rates == pytest.approx([0.0, 0.5, 1.0, 0.5, 0.0, 0.0])
    assert learning_rate_factor(0.5, 0.5) == 1.0


def test_clock_adds_up_time_across_interruptions() -> None:
    clock = Clock(PretrainConfig(seconds=100.0), step=3, before=40.0)
    assert 0.4 <= clock.progress < 0.5
    assert Clock(PretrainConfig(steps=4), step=3).progress == 0.75


def test_invalid_inputs_are_refused() -> None:
    with pytest.raises(PretrainError, match="no document"):
        pretrain([np.array([5], dtype=np.int32)], tiny_tokenizer(), compact(), CONFIG, silent)
    with pytest.raises(PretrainError, match="context of 64"):
        pretrain(TOKENS, tiny_tokenizer(), compact(), dataclasses.replace(CONFIG, row_length=128), silent)
    with pytest.raises(PretrainError, match="syntax targets"):
        pretrain(TOKENS, tiny_tokenizer(), compact(), dataclasses.replace(CONFIG, syntax_weight=1.0), silent)
