"""Ranking answers by a causal language model: its log-probabilities, and what picking the likeliest is worth."""

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


def test_the_mean_log_probability_is_that_of_each_next_token(tmp_path: Path) -> None:
    model = CausalLanguageModel(causal_model(tmp_path))
    body = LlamaForCausalLM.from_pretrained(str(tmp_path)).eval()
    with torch.no_grad():
        table = torch.log_softmax(body(torch.tensor([[1, 2, 3, 1]])).logits[0], dim=-1)
    expected = float((table[0, 2] + table[1, 3] + table[2, 1]) / 3)
    assert model.mean_log_probability("a b c a") == pytest.approx(expected, abs=1e-5)
    assert math.isnan(model.mean_log_probability("a"))
    ranks = model.rank(["a b c a", "a"])
    assert ranks.shape == (2,)


def test_an_answer_longer_than_the_model_has_positions_is_read_as_far_as_they_go(tmp_path: Path) -> None:
    model = CausalLanguageModel(causal_model(tmp_path, positions=4))
    assert model.mean_log_probability("a b c a b b b") == model.mean_log_probability("a b c a")


def test_loading_a_model_writes_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    CausalLanguageModel(causal_model(tmp_path / "model"))
    capfd.readouterr()
    CausalLanguageModel(tmp_path / "model")
    assert capfd.readouterr() == ("", "")


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LanguageModelError, match="save_pretrained"):
        CausalLanguageModel(tmp_path)


def test_what_picking_the_likeliest_is_worth_has_intervals_over_tasks() -> None:
    units = np.repeat(np.arange(6), 4)
    passing = np.tile([True, True, False, False], 6)
    # In four tasks what passes is likelier, in two it is less so; one answer has no rank and comes last.
    ranks = np.concatenate([np.tile([-1.0, -2.0, -3.0, np.nan], 4), np.tile([-3.0, -4.0, -1.0, -2.0], 2)])
    config = CorrectnessConfig(ks=(1, 2, 3, 5), rounds=200)
    table, figures, finding = likeliest(units, passing, ranks, config)
    by_name = {figure.name: figure for figure in figures}
    # Of two of four the likelier one is of the likelier kind in five draws of six.
    best = by_name["pass@1, the likeliest of 2"]
    assert best.value is not None
    assert best.low is not None
    assert best.high is not None
    assert best.value == pytest.approx((4 * 5 / 6 + 2 * 1 / 6) / 6)
    assert best.low < best.value < best.high
    gain = by_name["pass@1, the likeliest of 3 less one at random"]
    assert gain.value == pytest.approx((4 * 1.0 + 2 * 0.0) / 6 - 0.5)
    assert by_name["AUROC of the mean log-probability for passing"].value == pytest.approx(4 / 6)
    assert [row[0] for row in table.rows] == ["2", "3"]
    assert (
        finding
        == "Picking the likeliest of 3 makes no measurable difference: it passes as often as one at random."
    )


def test_a_sure_gain_is_told() -> None:
    units, passing = np.repeat(np.arange(5), 2), np.tile([True, False], 5)
    ranks = np.tile([-1.0, -2.0], 5)
    config = CorrectnessConfig(ks=(1, 2), rounds=20)
    assert likeliest(units, passing, ranks, config)[2] == (
        "The likeliest of 2 passes more often than one at random, by 50.0 %."
    )
    assert likeliest(units, passing, -ranks, config)[2] == (
        "The likeliest of 2 passes less often than one at random, by 50.0 %."
    )
