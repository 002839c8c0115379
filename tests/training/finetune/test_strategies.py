from dataclasses import replace

import numpy as np
import pytest
import torch

from codeorigin_training.encoder.compact import CompactEncoder
from codeorigin_training.finetune.config import FinetuneConfig, SamplingSettings, SecondPhase, Strategy
from codeorigin_training.finetune.sampling import Sampler
from codeorigin_training.finetune.strategies import make_schedule
from codeorigin_training.finetune.training import Outlets, finetune, frozen_states
from support.finetuning import QUICK, changed_groups, examples_of, fresh_model, group_values, of_strategy
from support.tiny_training import tiny_rows, tiny_tokenizer

SILENT = Outlets(log=lambda _: None)


def trained_groups(
    model: CompactEncoder, config: FinetuneConfig, outlets: Outlets, validation: int = 2
) -> list[bool]:
    """Whether training changes each layer group, from the lowest to the head."""
    before = group_values(model)
    finetune(model, examples_of(tiny_rows(12), validation), tiny_tokenizer(), config, outlets)
    return changed_groups(before, group_values(model))


@pytest.mark.parametrize(
    ("strategy", "unfreeze", "expected"),
    [
        (Strategy.FROZEN, 0, [False, False, False, True]),
        (Strategy.GRADUAL, 2, [False, False, True, True]),
        (Strategy.GRADUAL, 0, [True, True, True, True]),
        (Strategy.FULL, 0, [True, True, True, True]),
        (Strategy.FULL, 2, [False, False, True, True]),
    ],
)
def test_strategies_change_only_the_layers_they_unfreeze(
    strategy: Strategy, unfreeze: int, expected: list[bool]
) -> None:
    model = fresh_model()
    assert trained_groups(model, of_strategy(strategy, unfreeze=unfreeze, steps=8), SILENT) == expected
    assert all(parameter.requires_grad for parameter in model.parameters())
    assert not model.training


def test_layers_are_unfrozen_from_the_top_at_equal_intervals() -> None:
    model = fresh_model()
    layers = model.layer_groups()
    schedule = make_schedule(layers, of_strategy(Strategy.GRADUAL))
    thawed = []
    for progress in (0.0, 0.24, 0.25, 0.5, 0.75, 0.99):
        schedule.prepare(progress, 0.01)
        states = [all(parameter.requires_grad for parameter in layer) for layer in layers]
        assert states == sorted(states)
        thawed.append(sum(states))
    assert thawed == [1, 1, 2, 3, 4, 4]


def test_learning_rate_decays_from_each_layer_to_the_one_below() -> None:
    model = fresh_model()
    layers = model.layer_groups()
    schedule = make_schedule(layers, replace(QUICK, layer_decay=0.5, learning_rate=0.8, warm_up=0.0))
    schedule.prepare(0.0, 0.1)
    rates = {id(p): group["lr"] for group in schedule.optimizer.param_groups for p in group["params"]}
    for layer, rate in zip(layers, [0.1, 0.2, 0.4, 0.8], strict=True):
        assert [rates[id(parameter)] for parameter in layer] == pytest.approx([rate] * len(layer))
    assert len(rates) == len(list(model.parameters()))
    decays = {
        id(p): group["weight_decay"] for group in schedule.optimizer.param_groups for p in group["params"]
    }
    assert all((decays[id(p)] > 0) == (p.ndim >= 2) for p in model.parameters())


def test_learning_rate_rises_then_falls_to_zero() -> None:
    schedule = make_schedule(fresh_model().layer_groups(), replace(QUICK, warm_up=0.2, learning_rate=1.0))
    rates = []
    for step in range(10):
        schedule.prepare(step / 10, 0.1)
        rates.append(schedule.optimizer.param_groups[0]["lr"])
    assert rates == pytest.approx([0.5, 1.0, 1.0, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125])


def test_frozen_encoder_is_not_run_again_on_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    model, examples = fresh_model(), examples_of(tiny_rows(12), validation=4)
    config = of_strategy(Strategy.FROZEN)
    states = frozen_states(model, examples, tiny_tokenizer(), config)
    assert states.shape == (12, model.width)
    read: list[int] = []
    original = CompactEncoder.hidden

    def counted(self: CompactEncoder, embeddings: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        read.append(len(embeddings))
        return original(self, embeddings, mask)

    monkeypatch.setattr(CompactEncoder, "hidden", counted)
    finetune(model, examples, tiny_tokenizer(), config, SILENT, states)
    # Only MASK by itself is run again, at up to 32 lengths; no text is, in any of the three epochs.
    assert 0 < sum(read) <= 32


def test_a_frozen_encoder_keeps_the_head_of_its_best_epoch() -> None:
    """The validation rows contradict the training rows, so every epoch after the first makes things worse."""
    examples = examples_of(tiny_rows(40), validation=12)
    labels = examples.labels.copy()
    labels[-12:] = 1 - labels[-12:]
    lines: list[str] = []
    losses: list[float] = []

    def metrics(figures: dict[str, float], step: int) -> None:
        if "validation/loss" in figures:
            losses.append(figures["validation/loss"])

    config = of_strategy(Strategy.FROZEN)
    config = replace(config, frozen=replace(config.frozen, learning_rate=0.05, epochs=8, rows_per_batch=4))
    model = fresh_model()
    contrary = replace(examples, labels=labels)
    progress = finetune(model, contrary, tiny_tokenizer(), config, Outlets(lines.append, metrics))
    assert len(losses) < 8, "patience 2 must end it early"
    assert losses[-1] > min(losses)
    assert losses[-2] > min(losses)
    # The kept head gives the best loss again.
    states = torch.from_numpy(frozen_states(model, contrary, tiny_tokenizer(), config)[-12:])
    with torch.inference_mode():
        again = torch.nn.functional.binary_cross_entropy_with_logits(
            model.head(states).squeeze(-1), torch.from_numpy(labels[-12:].astype(np.float32))
        )
    assert float(again) == pytest.approx(min(losses), abs=1e-5)
    assert progress.best == pytest.approx(min(losses))


@pytest.mark.parametrize(
    ("strategy", "layers", "expected"),
    [
        (Strategy.GRADUAL, 2, [False, False, True, True]),
        (Strategy.FULL, 2, [False, False, True, True]),
        (Strategy.FULL, 0, [True, True, True, True]),
    ],
)
def test_second_phase_unfreezes_layers_at_its_own_rate(
    strategy: Strategy, layers: int, expected: list[bool]
) -> None:
    rates: list[float] = []
    lines: list[str] = []
    second = SecondPhase(strategy, layers, learning_rate=3e-4, rows_per_batch=4, epochs=2)
    config = of_strategy(Strategy.FROZEN, then=second)
    outlets = Outlets(lines.append, lambda figures, _: rates.append(figures.get("learning_rate", 0.0)))
    # Without validation rows, because of which a worse phase would be undone.
    assert trained_groups(fresh_model(), config, outlets, validation=0) == expected
    shown = [rate for rate in rates if rate]
    assert shown[0] == config.frozen.learning_rate
    assert max(shown[config.frozen.epochs :]) <= 3e-4
    assert "second phase: layers learn too" in lines


def test_second_phase_that_is_worse_is_undone() -> None:
    """Its learning rate throws every weight far off."""
    examples = examples_of(tiny_rows(40), validation=12)
    second = SecondPhase(Strategy.FULL, 0, learning_rate=1.0, rows_per_batch=4, epochs=3)
    ended, bests = [], []
    losses: list[float] = []

    def metrics(figures: dict[str, float], step: int) -> None:
        if "validation/loss" in figures:
            losses.append(figures["validation/loss"])

    for then in (None, second):
        model = fresh_model()
        config = of_strategy(Strategy.FROZEN, then=then)
        losses.clear()
        bests.append(
            finetune(model, examples, tiny_tokenizer(), config, Outlets(lambda _: None, metrics)).best
        )
        ended.append(model.state_dict())
    assert len(losses) > config.frozen.epochs
    assert min(losses[config.frozen.epochs :]) > bests[0]
    assert bests[1] == pytest.approx(bests[0], abs=1e-5)
    for name, value in ended[0].items():
        torch.testing.assert_close(ended[1][name], value, rtol=0, atol=0)


def test_static_top_learns_from_the_first_step_but_gradual_one_does_not() -> None:
    """After one step, the layer below the head has changed only if it was unfrozen from the start."""
    for strategy, expected in ((Strategy.FULL, [False, False, True, True]), (Strategy.GRADUAL, [False] * 3)):
        model = fresh_model()
        before = group_values(model)
        config = of_strategy(strategy, unfreeze=2, steps=4, seconds=0.0, warm_up=0.0)
        schedule = make_schedule(model.layer_groups(), config)
        schedule.prepare(0.0, 0.25)
        sum(p.sum() for p in model.parameters() if p.requires_grad).backward()  # type: ignore[union-attr]
        schedule.optimizer.step()
        assert changed_groups(before, group_values(model))[: len(expected)] == expected


def test_an_epoch_visits_every_row_once() -> None:
    examples = examples_of(tiny_rows(22), validation=3)
    weights = examples.weights.copy()
    weights[0] = 50.0
    sampler = Sampler(replace(examples, weights=weights), SamplingSettings(each_row_once=True), 64)
    draws = sampler.epoch(np.random.default_rng(0), 4)
    assert sorted(np.concatenate([draw.rows for draw in draws]).tolist()) == list(range(19))
    assert [len(draw.rows) for draw in draws] == [4, 4, 4, 4, 3]
    other = sampler.epoch(np.random.default_rng(1), 4)
    assert [draw.rows.tolist() for draw in draws] != [draw.rows.tolist() for draw in other]


def test_every_epoch_ends_with_validation_and_figures() -> None:
    curves: list[tuple[int, dict[str, float]]] = []
    config = of_strategy(
        Strategy.FULL,
        epochs=3,
        rows_per_batch=4,
        sampling=SamplingSettings(each_row_once=True),
    )
    progress = finetune(
        fresh_model(),
        examples_of(tiny_rows(16), validation=4),
        tiny_tokenizer(),
        config,
        Outlets(lambda _: None, lambda figures, step: curves.append((step, figures))),
    )
    assert progress.step == 9
    for name in ("train/loss", "train/accuracy", "validation/loss", "validation/accuracy"):
        assert [step for step, figures in curves if name in figures] == [3, 6, 9]
        assert all(0 <= figures.get("train/accuracy", 0) <= 1 for _, figures in curves)
