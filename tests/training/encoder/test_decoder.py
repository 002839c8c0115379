"""Decoders used as encoders, on a tiny random body."""

from pathlib import Path

import pytest
import torch
from transformers import LlamaConfig

from codeorigin_training.encoder.decoder import DecoderEncoder, spread_layers
from codeorigin_training.encoder.interface import EncoderError
from codeorigin_training.encoder.pooling import Pooling
from codeorigin_training.encoder.registry import load_encoder, save_encoder

CONFIG = LlamaConfig(
    vocab_size=50,
    hidden_size=16,
    intermediate_size=24,
    num_hidden_layers=4,
    num_attention_heads=2,
    num_key_value_heads=1,
    max_position_embeddings=33,
)


def decoder(*, causal: bool = True) -> DecoderEncoder:
    torch.manual_seed(0)
    model = DecoderEncoder.from_decoder_config(CONFIG, 8, Pooling.MEAN, causal=causal)
    with torch.no_grad():
        model.begin.copy_(model.token_embedding.weight[1])
    model.vocabulary = (50, 4, 3)
    return model.eval()


def inputs(length: int = 12) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    ids = torch.randint(5, 50, (2, length), generator=torch.Generator().manual_seed(1))
    mask = torch.ones(2, length, dtype=torch.bool)
    mask[1, 7:] = False
    return ids, torch.zeros(2, length, 2, dtype=torch.int64), mask


def test_states_equal_transformers_states_after_first_token() -> None:
    model = decoder()
    ids, ngrams, mask = inputs()
    begun = torch.cat([torch.ones(2, 1, dtype=torch.long), ids], dim=1)
    library_mask = torch.cat([torch.ones(2, 1, dtype=torch.long), mask.long()], dim=1)
    expected = model.body(input_ids=begun, attention_mask=library_mask).last_hidden_state[:, 1:]
    states = model.hidden(model.embed(ids, ngrams), mask)
    torch.testing.assert_close(states[mask], expected[mask])


@pytest.mark.parametrize("causal", [True, False])
def test_padding_does_not_change_the_logit(causal: bool) -> None:
    model = decoder(causal=causal)
    ids, ngrams, mask = inputs()
    alone = model(ids[1:, :7], ngrams[1:, :7], mask[1:, :7])
    torch.testing.assert_close(model(ids, ngrams, mask)[1:], alone)


@pytest.mark.parametrize("causal", [True, False])
def test_documents_packed_in_one_row_do_not_affect_each_other(causal: bool) -> None:
    model = decoder(causal=causal)
    ids, ngrams, _ = inputs()
    embeddings = model.embed(ids[:1], ngrams[:1])
    document = torch.tensor([0] * 5 + [1] * 7)
    positions = torch.tensor([[*range(5), *range(7)]])
    together = model.hidden(embeddings, (document[:, None] == document[None, :])[None], positions)
    whole = torch.ones(1, 12, dtype=torch.bool)
    for part in (slice(0, 5), slice(5, 12)):
        alone = model.hidden(embeddings[:, part], whole[:, part])
        torch.testing.assert_close(together[:, part], alone)


def test_later_tokens_are_seen_only_without_causal_attention() -> None:
    ids, ngrams, mask = inputs()
    changed = ids.clone()
    changed[0, -1] = 5 if ids[0, -1] != 5 else 6
    for causal in (True, False):
        model = decoder(causal=causal)
        before, after = (model.hidden(model.embed(each, ngrams), mask)[0, 0] for each in (ids, changed))
        assert torch.equal(before, after) is causal


def test_decoder_survives_saving_and_loading(tmp_path: Path) -> None:
    model = decoder(causal=False)
    save_encoder(tmp_path / "model.pt", model)
    again = load_encoder(tmp_path / "model.pt")
    assert isinstance(again, DecoderEncoder)
    assert not again.causal
    torch.testing.assert_close(again(*inputs()), model(*inputs()))


def test_every_parameter_is_in_exactly_one_layer_group() -> None:
    model = decoder()
    groups = model.layer_groups()
    ids = [id(parameter) for group in groups for parameter in group]
    assert sorted(ids) == sorted(id(parameter) for parameter in model.parameters())
    assert len(groups) == 6
    assert any(parameter is model.begin for parameter in groups[0])


def test_keep_layers_keeps_named_layers_in_order() -> None:
    model = decoder()
    second, fourth = model.body.layers[1], model.body.layers[3]
    model.keep_layers([1, 3])
    assert list(model.body.layers) == [second, fourth]
    ids, ngrams, mask = inputs()
    assert torch.isfinite(model(ids, ngrams, mask)).all()
    with pytest.raises(EncoderError, match="cannot be kept of 2"):
        model.keep_layers([0, 2])


def test_spread_layers_end_at_top_layer() -> None:
    assert spread_layers(16, 4) == [3, 7, 11, 15]
    assert spread_layers(5, 3) == [0, 2, 4]
    assert spread_layers(3, 3) == [0, 1, 2]
    with pytest.raises(EncoderError):
        spread_layers(3, 4)
