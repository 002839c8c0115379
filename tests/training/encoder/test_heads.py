"""Gates on heads and pruned heads: a gate of 0 is the same as no head."""

import numpy as np
import pytest
import torch
from torch import Tensor

from codeorigin_training.encoder.heads import gated, prune_heads
from codeorigin_training.encoder.model import Encoder, EncoderError, compact_body
from codeorigin_training.encoder.settings import EncoderConfig

SHAPE = EncoderConfig(dim=12, layers=2, heads=3, feedforward=16, context=16)
IDS = torch.tensor([[3, 5, 7, 9, 11], [4, 6, 8, 10, 12]])
MASK = torch.ones((2, 5), dtype=torch.bool)


def roberta() -> Encoder:
    torch.manual_seed(0)
    encoder = Encoder(compact_body(SHAPE, 40, pad_id=1), SHAPE)
    # Initial weights are so small that pruning a head would make no difference.
    for parameter in encoder.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return encoder.eval()


@torch.no_grad()
def states(encoder: Encoder) -> Tensor:
    return encoder.summary(encoder.embed(IDS), MASK)


def test_gate_of_0_equals_pruning() -> None:
    encoder = roberta()
    whole = states(encoder)
    gates = torch.ones(2, 3)
    with gated(encoder.body, gates):
        assert torch.equal(states(encoder), whole)
    gates[0, 1] = gates[1, 0] = gates[1, 2] = 0.0
    with gated(encoder.body, gates):
        without = states(encoder)
    assert not torch.allclose(without, whole, atol=1e-3)
    assert torch.equal(states(encoder), whole), "the gates are gone"
    before = sum(parameter.numel() for parameter in encoder.parameters())
    prune_heads(encoder.body, {0: [1], 1: [0, 2]})
    assert torch.allclose(states(encoder), without, atol=1e-5)
    # For each of three heads: query, key and value of 4 x 12 with a bias of 4, and 12 x 4 for the output.
    assert before - sum(parameter.numel() for parameter in encoder.parameters()) == 3 * (
        3 * (4 * 12 + 4) + 48
    )


@pytest.mark.parametrize(
    ("heads", "message"),
    [
        ({2: [0]}, "no layer 2"),
        ({0: [3]}, "no head 3"),
        ({1: [0, 1, 2]}, "keep no head"),
    ],
)
def test_missing_heads_are_rejected(heads: dict[int, list[int]], message: str) -> None:
    encoder = roberta()
    with pytest.raises(EncoderError, match=message):
        prune_heads(encoder.body, heads)
    assert np.isfinite(states(encoder).numpy()).all()


def test_unsupported_encoder_is_rejected() -> None:
    with (
        pytest.raises(EncoderError, match="not built like RoBERTa"),
        gated(torch.nn.Linear(2, 2), torch.ones(1, 1)),
    ):
        pass
