"""Training with transformers' Trainer: strategies, draws, the best epoch, phases, resuming, and what texts become."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from codeorigin_training.encoder.inference import (
    centre,
    deep_logits,
    encode_rows,
    neutral_logit,
    sequence_logits,
)
from codeorigin_training.encoder.model import Encoder
from codeorigin_training.encoder.settings import Phase, Strategy, TrainingConfig
from codeorigin_training.encoder.train import (
    Examples,
    GradualUnfreezing,
    Texts,
    cut_text,
    train,
    validation_split,
)
from codeorigin_training.encoder.trainer import TrainingError
from support.tiny_training import fresh_encoder, tiny_rows, tiny_tokenizer

TOKENIZER = tiny_tokenizer()
QUICK = TrainingConfig(
    phases=(Phase(learning_rate=5e-3, epochs=2, batch=8),),
    context=64,
)


def examples(count: int = 40, validation: int = 10) -> Examples:
    rows = tiny_rows(count)
    weights = np.ones(count)
    weights[count - validation :] = 0
    return Examples(
        tokens=encode_rows(rows, TOKENIZER),
        labels=np.array([row.label for row in rows], dtype=np.int64),
        weights=weights,
        validation=np.arange(count - validation, count),
        validation_weights=np.ones(validation),
    )


def trained(
    config: TrainingConfig, folder: Path, given: Examples | None = None, **more: Any
) -> tuple[Encoder, list[str]]:
    model, lines = fresh_encoder(layers=2), list[str]()
    train(model, given or examples(), TOKENIZER, config, folder, lines.append, **more)
    return model, lines


def moved(model: Encoder) -> list[bool]:
    """Whether any parameter of each layer group differs from a fresh encoder's."""
    groups = zip(model.layer_groups(), fresh_encoder(layers=2).layer_groups(), strict=True)
    return [any(not torch.equal(a, b) for a, b in zip(new, old, strict=True)) for new, old in groups]


def weights(model: nn.Module) -> Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        (Phase(strategy=Strategy.FROZEN), [False, False, False, True]),
        (Phase(strategy=Strategy.FULL), [True] * 4),
        (Phase(strategy=Strategy.FULL, layers=2), [False, False, True, True]),
        (Phase(strategy=Strategy.GRADUAL, layers=2), [False, False, True, True]),
        (Phase(strategy=Strategy.GRADUAL), [True] * 4),
    ],
)
def test_strategies_train_their_layers_and_thaw_the_rest_afterwards(
    phase: Phase, expected: list[bool], tmp_path: Path
) -> None:
    quick = replace(phase, learning_rate=1e-3, epochs=1, batch=4)
    model, _ = trained(replace(QUICK, phases=(quick,)), tmp_path / "work")
    assert moved(model) == expected
    assert all(parameter.requires_grad for parameter in model.parameters())
    assert not model.training
    assert not (tmp_path / "work").exists()


def test_classes_are_learnt(tmp_path: Path) -> None:
    config = replace(QUICK, phases=(Phase(learning_rate=5e-3, epochs=6, batch=8, patience=6),))
    given = examples(80, 20)
    model, lines = trained(config, tmp_path / "work", given)
    logits = sequence_logits(model, [given.tokens[row][:64] for row in given.validation], TOKENIZER)
    assert np.mean((logits > 0) == (given.labels[given.validation] == 1)) > 0.9
    assert [line.split(":")[0] for line in lines[:2]] == ["phase 1, epoch 1", "phase 1, epoch 2"]


def test_best_epoch_is_kept_and_patience_ends_a_phase(tmp_path: Path) -> None:
    losses: list[float] = []

    def keep(figures: dict[str, float], step: int) -> None:
        losses.extend(value for name, value in figures.items() if name == "validation/loss")

    wild = Phase(learning_rate=0.5, epochs=20, batch=4, patience=2)
    config = replace(QUICK, phases=(wild,))
    given = examples()
    model, _ = trained(config, tmp_path / "work", given, metrics=keep)
    best = int(np.argmin(losses))
    assert len(losses) == best + 3 < 20
    logits = torch.from_numpy(
        sequence_logits(model, [given.tokens[row][:64] for row in given.validation], TOKENIZER)
    )
    labels = torch.from_numpy(given.labels[given.validation]).double()
    found = float(nn.functional.binary_cross_entropy_with_logits(logits, labels))
    assert found == pytest.approx(losses[best], rel=1e-4)


def test_phase_that_lowers_no_loss_changes_nothing(tmp_path: Path) -> None:
    first = Phase(strategy=Strategy.FROZEN, learning_rate=1e-2, epochs=1)
    ruin = Phase(learning_rate=5.0, epochs=1, batch=4, warm_up=0.0)
    alone, _ = trained(replace(QUICK, phases=(first,)), tmp_path / "one")
    both, lines = trained(replace(QUICK, phases=(first, ruin)), tmp_path / "two")
    assert lines[-1] == "phase 2 lowered no loss and is dropped"
    assert torch.equal(weights(both), weights(alone))


def test_phase_that_ends_with_a_loss_of_0_is_no_phase_without_a_loss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 0.5 before the second phase, 0 after its epoch.
    losses = iter([0.5, 0.5, 0.0])
    monkeypatch.setattr(
        "codeorigin_training.encoder.train._figures",
        lambda given, predicted: {"cross_entropy": next(losses), "accuracy": 1.0},
    )
    phases = (
        Phase(strategy=Strategy.FROZEN, learning_rate=1e-2, epochs=1),
        Phase(learning_rate=1e-3, epochs=1, batch=4),
    )
    model, lines = trained(replace(QUICK, phases=phases), tmp_path / "work")
    assert not any("dropped" in line for line in lines)
    assert all(moved(model))


def test_interrupted_training_resumes_to_the_same_weights(tmp_path: Path) -> None:
    config = replace(QUICK, phases=(Phase(learning_rate=5e-3, epochs=3, batch=8, patience=9),))

    def interrupt(figures: dict[str, float], step: int) -> None:
        if step >= 8 and "validation/loss" in figures:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trained(config, tmp_path / "work", metrics=interrupt)
    assert list((tmp_path / "work").rglob("optimizer.pt"))
    resumed, lines = trained(config, tmp_path / "work")
    assert not any("epoch 1:" in line for line in lines)
    whole, _ = trained(config, tmp_path / "other")
    torch.testing.assert_close(weights(resumed), weights(whole), rtol=0, atol=1e-6)


def test_diverging_training_is_reported(tmp_path: Path) -> None:
    broken = replace(examples(), validation_weights=np.full(10, np.nan))
    with pytest.raises(TrainingError, match="not a number"):
        trained(QUICK, tmp_path / "work", broken)


def test_nothing_to_train_or_validate_on_is_reported(tmp_path: Path) -> None:
    for given in (examples(validation=40), examples(validation=0)):
        with pytest.raises(TrainingError, match="no row is left"):
            trained(QUICK, tmp_path / "work", given)


def test_gradual_unfreezing_goes_down_in_equal_parts() -> None:
    encoder = fresh_encoder(layers=2)
    callback = GradualUnfreezing(encoder.layer_groups(), 3)
    shown = []
    for step in range(6):
        state: Any = type("State", (), {"global_step": step, "max_steps": 6})()
        callback.on_step_begin(None, state, None)  # type: ignore[arg-type]
        shown.append([group[0].requires_grad for group in encoder.layer_groups()])
    one, two, three = [False, False, False, True], [False, False, True, True], [False, True, True, True]
    assert shown == [one, one, two, two, three, three]


def test_rows_are_drawn_by_weight_or_each_once() -> None:
    from codeorigin_training.encoder.train import _phase  # noqa: PLC0415

    given = replace(examples(), weights=np.array([9.0, *[1.0] * 29, *[0.0] * 10]))
    torch.manual_seed(0)
    for once in (True, False):
        config = replace(QUICK, each_row_once=once)
        trainer = _phase(
            fresh_encoder(), given, TOKENIZER, config, QUICK.phases[0], Path("unused") / "work", None
        )
        sampler = trainer._get_train_sampler()
        assert sampler is not None
        drawn = [place for _ in range(40) for place in sampler]
        share = drawn.count(0) / len(drawn)
        assert share == pytest.approx(1 / 30 if once else 9 / 38, abs=0.03)


def test_texts_are_cut_at_a_random_place() -> None:
    given, context = examples(), 16
    rows = given.drawn
    texts = Texts(given, rows, lambda row: cut_text(given.tokens[row], context))
    torch.manual_seed(0)
    starts = set()
    for _ in range(30):
        ids = texts[3]["ids"].tolist()
        whole = given.tokens[rows[3]].tolist()
        assert len(ids) == context
        starts.add(next(start for start in range(len(whole)) if whole[start : start + context] == ids))
    assert len(starts) > 5


def test_validation_split_sets_whole_units_apart() -> None:
    rows = tiny_rows(100)
    kept, chosen, own = validation_split(rows, np.arange(100.0), 0.2)
    apart = {rows[row].repo for row in chosen}
    assert 5 <= len(apart) <= 15
    assert not any(kept[place] for place, row in enumerate(rows) if row.repo in apart)
    assert own.tolist() == chosen.tolist()


def test_windows_are_pooled_as_the_server_pools_them_and_the_baseline_can_be_moved() -> None:
    model = fresh_encoder().eval()
    long = np.arange(2, 302, dtype=np.int32) % 300 + 2
    (found,) = deep_logits(model, [long], TOKENIZER, overlap=16)
    (first,) = sequence_logits(model, [long[:64]], TOKENIZER)
    assert found != pytest.approx(first, abs=1e-6)
    moved_by = centre(model, TOKENIZER)
    assert neutral_logit(model, TOKENIZER) == pytest.approx(0.0, abs=1e-6)
    (after,) = deep_logits(model, [long], TOKENIZER, overlap=16)
    assert after == pytest.approx(found - moved_by, abs=1e-5)
