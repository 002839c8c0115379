import math

import pytest
import torch

from codeorigin_training.finetune.config import PairKind
from codeorigin_training.finetune.losses import consistency, contrastive, cross_entropy, pair_loss


def test_offset_is_part_of_the_logit_in_cross_entropy() -> None:
    loss = cross_entropy(torch.tensor([0.5, -1.0]), torch.tensor([0.5, 1.0]), torch.tensor([1.0, 0.5]))
    assert float(loss) == pytest.approx((math.log(1 + math.exp(-1)) + math.log(2)) / 2)


def test_consistency_is_the_mean_of_both_divergences() -> None:
    left, right = 0.8, 0.3
    forward = left * math.log(left / right) + (1 - left) * math.log((1 - left) / (1 - right))
    backward = right * math.log(right / left) + (1 - right) * math.log((1 - right) / (1 - left))
    loss = consistency(
        torch.tensor([math.log(left / (1 - left))]), torch.tensor([math.log(right / (1 - right))])
    )
    assert float(loss) == pytest.approx((forward + backward) / 2, abs=1e-6)


STATES = torch.tensor([[2.0, 0.0], [0.0, 3.0], [1.0, 0.0]])
LABELS = torch.tensor([1.0, 1.0, 0.0])


@pytest.mark.parametrize(("tasks", "hard"), [((-1, -1, -1), 1.0), ((7, -1, 7), 4.0)])
def test_contrastive_matches_the_formula_of_the_paper(tasks: tuple[int, ...], hard: float) -> None:
    """Rows 0 and 1 are of one class, at a right angle; row 2, of the other class, points where row 0 does."""
    loss = contrastive(STATES, LABELS, torch.tensor(tasks), temperature=0.5, hard_negative=4.0)
    first = -math.log(math.exp(0) / (math.exp(0) + hard * math.exp(2)))
    second = -math.log(math.exp(0) / (math.exp(0) + math.exp(0)))
    assert float(loss) == pytest.approx((first + second) / 2, abs=1e-5)


@pytest.mark.parametrize("rows", [0, 1, 2], ids=["no row", "one row alone", "one row a class"])
def test_contrastive_without_a_positive_is_zero_and_has_a_gradient(rows: int) -> None:
    states = torch.randn(rows, 3, requires_grad=True)
    labels = torch.arange(rows).float()
    loss = contrastive(states, labels, -torch.ones(rows), temperature=0.1, hard_negative=1.0)
    loss.backward()
    assert loss.item() == 0.0
    assert states.grad is not None
    assert not states.grad.any()


def test_pair_loss_wants_the_llm_row_above_the_human_one() -> None:
    difference = torch.tensor([2.0, -1.0])
    logistic = float(pair_loss(difference, PairKind.LOGISTIC, 1.0))
    assert logistic == pytest.approx((math.log1p(math.exp(-2)) + math.log1p(math.exp(1))) / 2, abs=1e-6)
    assert float(pair_loss(difference, PairKind.MARGIN, 1.0)) == pytest.approx((0 + 2) / 2)
    assert float(pair_loss(difference[:0], PairKind.LOGISTIC, 1.0)) == 0.0
