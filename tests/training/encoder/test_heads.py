"""Gates on heads and pruned heads: a gate of 0 is the same as no head."""

import numpy as np
import pytest
import torch
from torch import Tensor

from codeorigin_training.encoder.compact import CompactEncoder
from codeorigin_training.encoder.config import EncoderConfig
from codeorigin_training.encoder.heads import gated, prune_heads
from codeorigin_training.encoder.hugging_face import HuggingFaceEncoder, config_from_json
from codeorigin_training.encoder.interface import EncoderError

SHAPE = {"model_type": "roberta", "vocab_size": 40, "hidden_size": 12, "num_hidden_layers": 2,
         "num_attention_heads": 3, "intermediate_size": 16, "max_position_embeddings": 20}  # fmt: skip
IDS = torch.tensor([[3, 5, 7, 9, 11], [4, 6, 8, 10, 12]])
NGRAMS, MASK = torch.zeros((2, 5, 2), dtype=torch.int64), torch.ones((2, 5), dtype=torch.bool)


def roberta() -> HuggingFaceEncoder:
    torch.manual_seed(0)
    encoder = HuggingFaceEncoder.from_config(config_from_json(SHAPE))
    # Initial weights are so small that pruning a head would make no difference.
    for parameter in encoder.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return encoder.eval()


@torch.no_grad()
def states(encoder: HuggingFaceEncoder) -> Tensor:
    return encoder.hidden(encoder.embed(IDS, NGRAMS), MASK)


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
    prune_heads(encoder, {0: [1], 1: [0, 2]})
    assert torch.allclose(states(encoder), without, atol=1e-5)
    # For each of three heads: query, key and value of 4 x 12 with a bias of 4, and 12 x 4 for the output.
    assert before - sum(parameter.numel() for parameter in encoder.parameters()) == 3 * (
        3 * (4 * 12 + 4) + 48
    )


def test_heads_of_compact_encoder_are_pruned() -> None:
    torch.manual_seed(0)
    shape = EncoderConfig(
        vocab_size=40, dim=12, layers=2, heads=3, feedforward=16, context=16, ngram_buckets=0
    )
    encoder = CompactEncoder(shape).eval()
    with torch.no_grad():
        for block in encoder.blocks:
            block.attention.out.weight.normal_()  # type: ignore[union-attr, operator]
        whole = encoder(IDS, NGRAMS, MASK)
        # A head that the output does not read is as good as no head.
        encoder.blocks[1].attention.out.weight[:, 4:8] = 0.0  # type: ignore[union-attr, index]
        silent = encoder(IDS, NGRAMS, MASK)
        prune_heads(encoder, {1: [1]})
        assert torch.allclose(encoder(IDS, NGRAMS, MASK), silent, atol=1e-6)
    assert not torch.allclose(whole, silent, atol=1e-4)
    assert encoder.blocks[1].attention.qkv.weight.shape == (24, 12)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("heads", "message"),
    [
        ({2: [0]}, "no layer 2"),
        ({0: [3]}, "no head 3"),
        ({1: [0, 1, 2]}, "keep no head"),
        ({0: []}, "name the heads"),
    ],
)
def test_missing_heads_are_rejected(heads: dict[int, list[int]], message: str) -> None:
    encoder = roberta()
    with pytest.raises(EncoderError, match=message):
        prune_heads(encoder, heads)
    assert np.isfinite(states(encoder).numpy()).all()


def test_unsupported_encoder_is_rejected() -> None:
    with (
        pytest.raises(EncoderError, match="not built like RoBERTa"),
        gated(torch.nn.Linear(2, 2), torch.ones(1, 1)),
    ):
        pass
