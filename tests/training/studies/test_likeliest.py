"""Ranking answers with a causal language model: log-probabilities, and what picking the likeliest is worth."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import LlamaForCausalLM

from codeorigin_training.studies.correctness.config import CorrectnessConfig
from codeorigin_training.studies.correctness.likeliest import likeliest
from codeorigin_training.studies.correctness.ranking import CausalLanguageModel, LanguageModelError
from support.causal_model import causal_model


def test_mean_log_probability_is_over_next_tokens(tmp_path: Path) -> None:
    model = CausalLanguageModel(causal_model(tmp_path))
    body = LlamaForCausalLM.from_pretrained(str(tmp_path)).eval()
    with torch.no_grad():
        table = torch.log_softmax(body(torch.tensor([[1, 2, 3, 1]])).logits[0], dim=-1)
    expected = float((table[0, 2] + table[1, 3] + table[2, 1]) / 3)
    assert model.mean_log_probability("a b c a") == pytest.approx(expected, abs=1e-5)
    assert math.isnan(model.mean_log_probability("a"))
    ranks = model.rank(["a b c a", "a"])
    assert ranks.shape == (2,)


def test_answers_longer_than_the_models_context_are_truncated(tmp_path: Path) -> None:
    model = CausalLanguageModel(causal_model(tmp_path, positions=4))
    assert model.mean_log_probability("a b c a b b b") == model.mean_log_probability("a b c a")


def test_loading_a_model_prints_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    CausalLanguageModel(causal_model(tmp_path / "model"))
    capfd.readouterr()
    CausalLanguageModel(tmp_path / "model")
    assert capfd.readouterr() == ("", "")


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LanguageModelError, match="save_pretrained"):
        CausalLanguageModel(tmp_path)


def test_gain_from_picking_the_likeliest_has_intervals_over_tasks() -> None:
    units = np.repeat(np.arange(6), 4)
    passing = np.tile([True, True, False, False], 6)
    # In four tasks passing answers are likelier, in two less likely; one answer has no rank and comes last.
    ranks = np.concatenate([np.tile([-1.0, -2.0, -3.0, np.nan], 4), np.tile([-3.0, -4.0, -1.0, -2.0], 2)])
    config = CorrectnessConfig(ks=(1, 2, 3, 5), rounds=200)
    table, figures, finding = likeliest(units, passing, ranks, config)
    by_name = {figure.name: figure for figure in figures}
    # When two of four are drawn, the likelier one is of the likelier kind in five of six draws.
    best = by_name["passes, the likeliest of 2 answers"]
    assert best.value is not None
    assert best.low is not None
    assert best.high is not None
    assert best.value == pytest.approx((4 * 5 / 6 + 2 * 1 / 6) / 6)
    assert best.low < best.value < best.high
    gain = by_name["passes, the likeliest of 3 answers less one at random"]
    assert gain.value == pytest.approx((4 * 1.0 + 2 * 0.0) / 6 - 0.5)
    assert by_name["AUROC of the mean log-probability for passing"].value == pytest.approx(4 / 6)
    assert [row[0] for row in table.rows] == ["2", "3"]
    assert (
        finding
        == "Picking the likeliest of 3 makes no measurable difference: it passes as often as one at random."
    )


def test_clear_gain_or_loss_is_reported() -> None:
    units, passing = np.repeat(np.arange(5), 2), np.tile([True, False], 5)
    ranks = np.tile([-1.0, -2.0], 5)
    config = CorrectnessConfig(ks=(1, 2), rounds=20)
    assert likeliest(units, passing, ranks, config)[2] == (
        "The likeliest of 2 passes more often than one at random, by 50.0 %."
    )
    assert likeliest(units, passing, -ranks, config)[2] == (
        "The likeliest of 2 passes less often than one at random, by 50.0 %."
    )
