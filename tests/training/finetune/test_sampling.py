from dataclasses import replace

import numpy as np
import pytest

from codeorigin_training.finetune.config import SamplingSettings
from codeorigin_training.finetune.sampling import Sampler, tempered_weights
from support.finetuning import examples_of, paired_rows
from support.tiny_training import tiny_rows

LABELS = np.array([0, 0, 0, 1, 1, 1])
LANGUAGES = np.array([0, 0, 1, 0, 0, 1])
WEIGHTS = np.array([4.0, 4.0, 2.0, 1.0, 1.0, 0.5])


@pytest.mark.parametrize(("temperature", "ratio"), [(1.0, 4.0), (0.5, 2.0), (0.0, 1.0)])
def test_group_weight_is_its_mass_to_the_power_of_the_temperature(temperature: float, ratio: float) -> None:
    weights = tempered_weights(WEIGHTS, LABELS, [(LANGUAGES, temperature)])
    for label in (0, 1):
        first, second = (weights[(label == LABELS) & (code == LANGUAGES)].sum() for code in (0, 1))
        assert first / second == pytest.approx(ratio)
        assert first + second == pytest.approx(WEIGHTS[label == LABELS].sum())


def test_tempering_repositories_keeps_the_classes_balanced_in_every_cell() -> None:
    cells = np.array([0, 1, 1, 0, 1, 1])
    repositories = np.array([0, 0, 1, 2, 3, 3])
    weights = tempered_weights(WEIGHTS, LABELS, [(repositories, 0.0), (cells, 1.0)])
    for label in (0, 1):
        for cell in (0, 1):
            inside = (label == LABELS) & (cells == cell)
            assert weights[inside].sum() == pytest.approx(WEIGHTS[inside].sum())
    assert not np.allclose(weights, WEIGHTS)


def test_draws_follow_the_weights() -> None:
    examples = examples_of(tiny_rows(4))
    examples = replace(examples, weights=np.array([6.0, 3.0, 1.0, 0.0]))
    drawn = Sampler(examples, SamplingSettings(), 64).rows(np.random.default_rng(0), 4000)
    frequencies = np.bincount(drawn, minlength=4) / len(drawn)
    assert frequencies == pytest.approx([0.6, 0.3, 0.1, 0.0], abs=0.03)


def test_pairs_are_drawn_together_but_no_more_often() -> None:
    rows = paired_rows(24)
    sampler = Sampler(examples_of(rows), SamplingSettings(couple_pairs=True), 64)
    generator = np.random.default_rng(0)
    seen = np.zeros(len(rows))
    for _ in range(100):
        for draw in sampler.round(generator, 512):
            np.add.at(seen, draw.rows, 1)
            for left, right in draw.couples:
                assert rows[draw.rows[left]].pair == rows[draw.rows[right]].pair is not None
                assert rows[draw.rows[left]].label != rows[draw.rows[right]].label
            alone = draw.rows[draw.companions < 0]
            assert all(rows[row].pair is None for row in alone)
    paired = np.array([row.pair is not None for row in rows])
    assert seen[paired].mean() == pytest.approx(seen[~paired].mean(), rel=0.1)


def test_companion_is_from_the_same_repository_and_the_other_class() -> None:
    rows = tiny_rows(20)
    rows[0] = replace(rows[0], repo="owner/one-class")
    rows[1] = replace(rows[1], repo="owner/other-class")
    sampler = Sampler(examples_of(rows), SamplingSettings(couple_share=1.0), 64)
    companions = sampler.companions(np.arange(20), np.random.default_rng(0))
    assert companions[:2].tolist() == [-1, -1]
    for row, companion in enumerate(companions[2:], start=2):
        assert rows[companion].repo == rows[row].repo
        assert rows[companion].label == 1 - rows[row].label


def test_validation_rows_are_not_companions() -> None:
    rows = [replace(row, pair=None) for row in tiny_rows(6)]
    sampler = Sampler(examples_of(rows, validation=1), SamplingSettings(couple_share=1.0), 64)
    assert sampler.companions(np.array([4]), np.random.default_rng(0)).tolist() == [-1]
