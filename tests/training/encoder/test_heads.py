"""Gates on attention heads."""

import pytest
import torch
from torch import Tensor

from codeorigin_training.encoder.heads import gated
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


def test_gate_of_0_silences_a_head_while_it_is_there() -> None:
    encoder = roberta()
    whole = states(encoder)
    gates = torch.ones(2, 3)
    with gated(encoder.body, gates):
        assert torch.equal(states(encoder), whole)
    gates[0, 1] = gates[1, 0] = gates[1, 2] = 0.0
    with gated(encoder.body, gates):
        without = states(encoder)
    assert not torch.allclose(without, whole, atol=1e-3)
    # Without the columns of these heads, each 4 wide, the output is the same.
    silent = roberta()
    with torch.no_grad():
        for layer, heads in ((0, (1,)), (1, (0, 2))):
            for head in heads:
                dense = silent.body.encoder.layer[layer].attention.output.dense
                dense.weight[:, 4 * head : 4 * head + 4] = 0.0
    torch.testing.assert_close(states(silent), without, rtol=0, atol=1e-5)
    assert torch.equal(states(encoder), whole), "the gates are gone"


def test_unsupported_encoder_is_rejected() -> None:
    with (
        pytest.raises(EncoderError, match="not built like RoBERTa"),
        gated(torch.nn.Linear(2, 2), torch.ones(1, 1)),
    ):
        pass
