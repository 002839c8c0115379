"""Fine-tuning losses. Every function returns a scalar tensor that is finite for any batch."""

import torch
from torch import Tensor
from torch.nn import functional as F

from codeorigin_training.finetune.config import PairKind


def cross_entropy(logits: Tensor, offsets: Tensor, targets: Tensor) -> Tensor:
    """Mean binary cross-entropy of ``logits + offsets`` against ``targets`` in [0, 1], all of shape ``(B,)``."""
    return F.binary_cross_entropy_with_logits(logits + offsets, targets)


def consistency(left: Tensor, right: Tensor) -> Tensor:
    """Mean symmetric Kullback-Leibler divergence of two views' probabilities, from their logits ``(B,)``.

    Half the sum of both directions; for Bernoulli variables that is ``(p - q) (logit p - logit q) / 2``. Source: R-Drop
    (Liang et al., 2021), equation 2.
    """
    return ((left.sigmoid() - right.sigmoid()) * (left - right)).mean() / 2


def contrastive(
    states: Tensor, labels: Tensor, tasks: Tensor, *, temperature: float, hard_negative: float
) -> Tensor:
    """Supervised contrastive loss (Khosla et al., 2020, equation 2) with hard negatives.

    Args:
        states: ``(B, D)``, not necessarily normalized, compared by cosine similarity.
        labels: ``(B,)``; the rows of an anchor's class are its positives.
        tasks: int64 ``(B,)``, equal for the rows of one task, negative for a row without one.
        temperature: divides the cosines.
        hard_negative: how many times a row of the same task and the other class counts in the denominator.

    Returns:
        The mean over the anchors that have a positive; 0 if none has.
    """
    unit = F.normalize(states.float(), dim=-1)
    scores = unit @ unit.T / temperature
    itself = torch.eye(len(states), dtype=torch.bool, device=states.device)
    same_class = labels[:, None] == labels[None, :]
    same_task = (tasks[:, None] == tasks[None, :]) & (tasks >= 0)[:, None]
    # A factor inside the sum of exponentials is an addend to the exponent.
    hard = (same_task & ~same_class) * torch.log(torch.tensor(float(hard_negative)))
    # Not -inf, as a batch of a single row would then compute 0 times infinity.
    denominator = torch.logsumexp((scores + hard).masked_fill(itself, torch.finfo(scores.dtype).min), dim=1)
    positive = same_class & ~itself
    count = positive.sum(dim=1)
    log_likelihood = ((scores - denominator[:, None]) * positive).sum(dim=1) / count.clamp(min=1)
    anchors = count > 0
    return -(log_likelihood * anchors).sum() / anchors.sum().clamp(min=1)


def pair_loss(difference: Tensor, kind: PairKind, margin: float) -> Tensor:
    """Mean loss of couples whose LLM row should have the higher logit; 0 without couples.

    Args:
        difference: ``(P,)``, the logit of the LLM row minus that of the human row.
        kind: ``logistic``, ``log(1 + exp(-difference))`` (RankNet; Burges et al., 2005), or ``margin``, a hinge.
        margin: difference at which the hinge reaches 0.
    """
    if len(difference) == 0:
        return difference.sum()
    if kind is PairKind.MARGIN:
        return F.relu(margin - difference).mean()
    return F.softplus(-difference).mean()
