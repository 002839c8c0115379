"""The compact encoder's options: pooling, positions, packing several documents in one row, layer groups."""

import dataclasses

import pytest
import torch

from codeorigin_training.encoder.compact import CompactEncoder
from codeorigin_training.encoder.config import PositionScheme
from codeorigin_training.encoder.pooling import AttentionPool, Pooling
from support.tiny_training import tiny_shape


def encoder(
    pooling: Pooling = Pooling.MEAN, positions: PositionScheme = PositionScheme.ROTARY
) -> CompactEncoder:
    torch.manual_seed(0)
    shape = dataclasses.replace(tiny_shape(2), pooling=pooling, positions=positions)
    return CompactEncoder(shape).eval()


def inputs() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(2, 300, (2, 9), generator=generator)
    ngrams = torch.randint(0, 64, (2, 9, 2), generator=generator)
    mask = torch.ones(2, 9, dtype=torch.bool)
    mask[1, 6:] = False
    return ids, ngrams, mask


@pytest.mark.parametrize("positions", PositionScheme)
@pytest.mark.parametrize("pooling", Pooling)
def test_padding_does_not_change_the_logit(pooling: Pooling, positions: PositionScheme) -> None:
    model = encoder(pooling, positions)
    ids, ngrams, mask = inputs()
    alone = model(ids[1:, :6], ngrams[1:, :6], mask[1:, :6])
    torch.testing.assert_close(model(ids, ngrams, mask)[1:], alone)


@pytest.mark.parametrize("positions", PositionScheme)
def test_documents_packed_in_one_row_do_not_affect_each_other(positions: PositionScheme) -> None:
    model = encoder(positions=positions)
    ids, ngrams, _ = inputs()
    document = torch.tensor([[0, 0, 0, 0, 1, 1, 1, 1, 1]])
    place = torch.tensor([[0, 1, 2, 3, 0, 1, 2, 3, 4]])
    embedded = model.embed(ids[:1], ngrams[:1])
    packed = model.hidden(embedded, document[:, :, None] == document[:, None, :], place)
    for start, stop in ((0, 4), (4, 9)):
        alone = model.hidden(embedded[:, start:stop], torch.ones(1, stop - start, dtype=torch.bool))
        torch.testing.assert_close(packed[:, start:stop], alone)


def test_learned_positions_distinguish_order() -> None:
    model = encoder(positions=PositionScheme.LEARNED)
    embedded = torch.zeros(1, 3, 16)
    states = model.hidden(embedded, torch.ones(1, 3, dtype=torch.bool))
    assert not torch.allclose(states[0, 0], states[0, 1])


def test_attention_pooling_starts_as_mean_and_follows_its_direction() -> None:
    pool = AttentionPool(2)
    hidden = torch.tensor([[[1.0, 0.0], [0.0, 2.0], [9.0, 9.0]]])
    mask = torch.tensor([[True, True, False]])
    torch.testing.assert_close(pool(hidden, mask), torch.tensor([[0.5, 1.0]]))
    with torch.no_grad():
        pool.direction.copy_(torch.tensor([50.0, 0.0]))
    torch.testing.assert_close(pool(hidden, mask), torch.tensor([[1.0, 0.0]]))


@pytest.mark.parametrize("positions", PositionScheme)
@pytest.mark.parametrize("layers", [0, 2])
def test_layer_groups_hold_every_parameter_once_from_bottom_up(
    layers: int, positions: PositionScheme
) -> None:
    shape = dataclasses.replace(tiny_shape(layers), pooling=Pooling.ATTENTION, positions=positions)
    model = CompactEncoder(shape)
    groups = model.layer_groups()
    flat = [id(parameter) for group in groups for parameter in group]
    assert len(groups) == layers + 2
    assert sorted(flat) == sorted(id(parameter) for parameter in model.parameters())
    assert groups[0][0] is model.tokens.weight
    assert groups[-1][-1] is model.head[-1].bias
    if layers:
        assert groups[1][0] is next(model.blocks[0].parameters())
