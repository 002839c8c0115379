import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from codeorigin_training.finetune.config import FinetuneConfig, LossSettings, SamplingSettings, Strategy
from codeorigin_training.finetune.loop import StepLoss, TrainingError, fit
from codeorigin_training.finetune.objective import Validation
from codeorigin_training.finetune.sampling import Draw
from codeorigin_training.finetune.strategies import make_schedule
from codeorigin_training.finetune.training import Outlets, finetune
from codeorigin_training.loops.precision import Precision, autocast, gradient_scaler
from support.finetuning import QUICK, examples_of, fresh_model, group_values, of_strategy, paired_rows
from support.tiny_training import tiny_rows, tiny_tokenizer


class Line:
    """Fits ``y = 2 x`` with one weight; a round is the ten points in batches of ``size``."""

    def __init__(self, size: int, worth: float = 1.0) -> None:
        torch.manual_seed(0)
        self.module: nn.Module = nn.Linear(1, 1)
        self._size, self._worth = size, worth
        self._x = torch.arange(10.0)[:, None] / 10

    def round(self, generator: np.random.Generator) -> Sequence[Draw]:
        rows = np.arange(10)
        return [
            Draw(rows[start : start + self._size], np.full(self._size, -1))
            for start in range(0, 10, self._size)
        ]

    def loss(self, draw: Draw, generator: np.random.Generator) -> StepLoss:
        x = self._x[torch.from_numpy(draw.rows)]
        loss = self._worth * ((self.module(x) - 2 * x) ** 2).mean()
        return StepLoss(loss, {}, len(draw.rows))

    def validation(self) -> Validation | None:
        with torch.inference_mode():
            return Validation(float(((self.module(self._x) - 2 * self._x) ** 2).mean()), 0.0)


def run_line(size: int, config: FinetuneConfig, worth: float = 1.0) -> tuple[Line, list[dict[str, float]]]:
    line, curves = Line(size, worth), []
    schedule = make_schedule([list(line.module.parameters())], config)
    fit(line, schedule, config, log=lambda _: None, metrics=lambda figures, _: curves.append(dict(figures)))
    return line, curves


def test_accumulated_batches_equal_one_big_batch() -> None:
    """Even if they differ in size: ten points in batches of four leave a last batch of two."""
    whole, _ = run_line(10, replace(QUICK, steps=7))
    parts, _ = run_line(4, replace(QUICK, steps=7, accumulate=3))
    for left, right in zip(whole.module.parameters(), parts.module.parameters(), strict=True):
        assert left.item() == pytest.approx(right.item(), abs=1e-6)


def test_training_ends_with_the_averaged_weights() -> None:
    config = replace(QUICK, steps=3, warm_up=0.0, learning_rate=0.1, ema=0.5)
    weights: list[float] = []

    class Watched(Line):
        def loss(self, draw: Draw, generator: np.random.Generator) -> StepLoss:
            weights.append(next(self.module.parameters()).item())
            return super().loss(draw, generator)

    line = Watched(10)
    plain, _ = run_line(10, replace(config, ema=0.0))
    schedule = make_schedule([list(line.module.parameters())], config)
    fit(line, schedule, config, log=lambda _: None, metrics=lambda *_: None)
    last = next(plain.module.parameters()).item()
    # The average starts at the weights after the first step.
    expected = 0.5 * (0.5 * weights[1] + 0.5 * weights[2]) + 0.5 * last
    assert next(line.module.parameters()).item() == pytest.approx(expected, abs=1e-6)
    assert expected != pytest.approx(last, abs=1e-4)


def test_training_stops_after_its_budget_in_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(1000))
    monkeypatch.setattr("codeorigin_training.finetune.loop.time.monotonic", lambda: float(next(clock)))
    line = Line(10)
    config = replace(QUICK, steps=500, seconds=5.0)
    schedule = make_schedule([list(line.module.parameters())], config)
    progress = fit(line, schedule, config, log=lambda _: None, metrics=lambda *_: None)
    assert progress.step == 5


def test_curves_have_loss_speed_and_learning_rate() -> None:
    _, curves = run_line(5, replace(QUICK, steps=5, log_every=2, validate_every=5))
    training = [figures for figures in curves if "train/loss" in figures]
    assert len(training) == 3
    assert training[-1]["train/loss"] < training[0]["train/loss"]
    assert all(figures["tokens_per_second"] > 0 and figures["learning_rate"] > 0 for figures in training)
    assert [figures for figures in curves if "validation/loss" in figures]


def test_diverged_training_is_reported() -> None:
    with pytest.raises(TrainingError, match=r"lower finetune\.learning_rate"):
        run_line(10, QUICK, worth=math.nan)


LOSSES = LossSettings(consistency=0.5, contrastive=0.5, pair=1.0)
RICH = replace(
    QUICK,
    steps=9,
    ema=0.9,
    validate_every=3,
    losses=LOSSES,
    sampling=SamplingSettings(repository=0.5, couple_pairs=True, couple_share=0.5),
)


@pytest.mark.parametrize(
    "config", [RICH, of_strategy(Strategy.GRADUAL, steps=9), of_strategy(Strategy.FROZEN)]
)
def test_resumed_training_equals_an_uninterrupted_one(tmp_path: Path, config: FinetuneConfig) -> None:
    examples = examples_of(paired_rows(24), validation=6)
    whole = fresh_model()
    finetune(whole, examples, tiny_tokenizer(), config, Outlets(log=lambda _: None))

    def cut(figures: dict[str, float], step: int) -> None:
        if step >= 4:
            raise KeyboardInterrupt

    lines: list[str] = []
    resumed = fresh_model()
    path = tmp_path / "training.pt"
    with pytest.raises(KeyboardInterrupt):
        finetune(resumed, examples, tiny_tokenizer(), config, Outlets(lines.append, cut, path, "key"))
    resumed = fresh_model()
    torch.manual_seed(99)
    finetune(resumed, examples, tiny_tokenizer(), config, Outlets(lines.append, checkpoint=path, key="key"))
    assert "goes on from step 2" in lines
    for old, new in zip(group_values(whole), group_values(resumed), strict=True):
        for left, right in zip(old, new, strict=True):
            assert torch.equal(left, right)


def test_checkpoint_of_other_inputs_is_not_resumed(tmp_path: Path) -> None:
    lines: list[str] = []
    for key in ("one", "other"):
        outlets = Outlets(lines.append, checkpoint=tmp_path / "training.pt", key=key)
        finetune(fresh_model(1), examples_of(tiny_rows(8)), tiny_tokenizer(), QUICK, outlets)
    assert not [line for line in lines if "goes on" in line]


def test_losses_are_in_the_curves_and_fall() -> None:
    curves: list[dict[str, float]] = []
    config = replace(RICH, steps=40, log_every=20, validate_every=0, learning_rate=1e-2, neutral_share=0.0)
    outlets = Outlets(lambda _: None, lambda figures, _: curves.append(dict(figures)))
    finetune(fresh_model(), examples_of(paired_rows(24)), tiny_tokenizer(), config, outlets)
    for name in ("cross_entropy", "contrastive", "pair"):
        assert curves[-1][f"train/{name}"] < curves[0][f"train/{name}"]
    # The two views of a function differ, so a divergence of 0 would mean that the term is dead.
    assert all(each["train/consistency"] > 0 for each in curves)


@pytest.mark.parametrize("half", [Precision.BFLOAT16, Precision.FLOAT16])
def test_half_precision_learns_what_float32_does(half: Precision) -> None:
    curves: dict[Precision, list[float]] = {Precision.FLOAT32: [], half: []}
    for precision, losses in curves.items():
        outlets = Outlets(lambda _: None, lambda figures, _, kept=losses: kept.append(figures["train/loss"]))
        finetune(
            fresh_model(),
            examples_of(tiny_rows(12)),
            tiny_tokenizer(),
            replace(QUICK, precision=precision),
            outlets,
        )
    assert curves[half] == pytest.approx(curves[Precision.FLOAT32], rel=0.02)
    assert curves[half] != curves[Precision.FLOAT32]


def test_float16_gradients_are_scaled_and_unscaled() -> None:
    """Gradients of 1e-9 are 0 in float16; the update is still that of float32."""
    model = torch.nn.Linear(1, 1, bias=False)
    scaler = gradient_scaler(torch.device("cpu"), Precision.FLOAT16)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e6)

    def loss() -> torch.Tensor:
        with autocast(torch.device("cpu"), Precision.FLOAT16):
            output: torch.Tensor = model(torch.ones(1, 1)).sum()
        return output.float() * 1e-9

    loss().backward()  # type: ignore[no-untyped-call]
    assert model.weight.grad is not None
    assert float(model.weight.grad) == 0
    before = float(model.weight.detach())
    scaler.scale(loss()).backward()  # type: ignore[no-untyped-call]
    assert float(model.weight.grad) == pytest.approx(1e-9 * scaler.get_scale(), rel=1e-2)
    scaler.step(optimizer)
    scaler.update()
    assert before - float(model.weight.detach()) == pytest.approx(1e-3, rel=1e-2)
    assert not gradient_scaler(torch.device("cpu"), Precision.BFLOAT16).is_enabled()
