"""Transformers encoders, with tiny random models of both families."""

from pathlib import Path

import pytest
import torch
from transformers import ModernBertConfig, PreTrainedConfig, RobertaConfig

from codeorigin_training.encoder.hugging_face import HuggingFaceEncoder
from codeorigin_training.encoder.interface import EncoderError
from codeorigin_training.encoder.pooling import Pooling

FAMILIES: dict[str, PreTrainedConfig] = {
    "roberta": RobertaConfig(
        vocab_size=50,
        hidden_size=16,
        num_hidden_layers=3,
        num_attention_heads=2,
        intermediate_size=24,
        max_position_embeddings=34,
        type_vocab_size=1,
    ),
    "modernbert": ModernBertConfig(
        vocab_size=50,
        hidden_size=16,
        num_hidden_layers=4,
        num_attention_heads=2,
        intermediate_size=24,
        max_position_embeddings=32,
        local_attention=4,
        pad_token_id=0,
        bos_token_id=2,
        eos_token_id=3,
        cls_token_id=2,
        sep_token_id=3,
    ),
}
families = pytest.mark.parametrize("family", FAMILIES)


class LetterTokenizer:
    """An old tokenizer whose tokens are the letters a to z, at ids 10 to 35."""

    mask_token_id: int | None = 4

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]:
        assert not add_special_tokens
        return [10 + ord(letter) - ord("a") for letter in text if letter.isalpha()]


def encoder(family: str, pooling: Pooling = Pooling.MEAN) -> HuggingFaceEncoder:
    torch.manual_seed(0)
    config = type(FAMILIES[family]).from_dict(FAMILIES[family].to_dict())
    return HuggingFaceEncoder.from_config(config, head_dim=8, pooling=pooling).eval()


def inputs(length: int = 12) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    ids = torch.randint(5, 50, (2, length), generator=torch.Generator().manual_seed(1))
    mask = torch.ones(2, length, dtype=torch.bool)
    mask[1, 7:] = False
    return ids, torch.zeros(2, length, 2, dtype=torch.int64), mask


@families
def test_states_equal_transformers_states_for_ids_and_2d_mask(family: str) -> None:
    model = encoder(family)
    ids, ngrams, mask = inputs()
    ids = torch.where(mask, ids, model.body.config.pad_token_id)
    expected = model.body(input_ids=ids, attention_mask=mask.long()).last_hidden_state
    states = model.hidden(model.embed(ids, ngrams), mask)
    torch.testing.assert_close(states[mask], expected[mask])


@families
@pytest.mark.parametrize("pooling", Pooling)
def test_padding_does_not_change_the_logit(family: str, pooling: Pooling) -> None:
    model = encoder(family, pooling)
    ids, ngrams, mask = inputs()
    alone = model(ids[1:, :7], ngrams[1:, :7], mask[1:, :7])
    torch.testing.assert_close(model(ids, ngrams, mask)[1:], alone)


@families
def test_documents_packed_in_one_row_do_not_affect_each_other(family: str) -> None:
    model = encoder(family)
    ids, ngrams, _ = inputs()
    document = torch.tensor([[0] * 5 + [1] * 7])
    place = torch.tensor([[*range(5), *range(7)]])
    embedded = model.embed(ids[:1], ngrams[:1])
    packed = model.hidden(embedded, document[:, :, None] == document[:, None, :], place)
    for start, stop in ((0, 5), (5, 12)):
        alone = model.hidden(embedded[:, start:stop], torch.ones(1, stop - start, dtype=torch.bool))
        torch.testing.assert_close(packed[:, start:stop], alone)


@families
def test_embedding_gradient_is_the_logits_gradient(family: str) -> None:
    model = encoder(family)
    ids, ngrams, mask = inputs()
    leaf = model.embed(ids, ngrams).detach().requires_grad_(True)
    logits = model.forward_embeddings(leaf, mask)
    torch.testing.assert_close(logits, model(ids, ngrams, mask))
    (gradient,) = torch.autograd.grad(logits.sum(), leaf)
    assert torch.all(gradient[~mask] == 0)
    direction = torch.randn(leaf.shape, generator=torch.Generator().manual_seed(2))
    direction /= direction.norm()
    with torch.no_grad():
        step = 1e-2
        ahead = model.forward_embeddings(leaf + step * direction, mask).sum()
        behind = model.forward_embeddings(leaf - step * direction, mask).sum()
    slope = float((gradient * direction).sum())
    assert float(ahead - behind) / (2 * step) == pytest.approx(slope, rel=0.05, abs=1e-4)


@families
def test_whole_context_can_be_used(family: str) -> None:
    model = encoder(family)
    assert model.context == 32
    ids, ngrams, mask = inputs(model.context)
    assert torch.isfinite(model(ids, ngrams, mask)).all()


@families
def test_layer_groups_hold_every_parameter_once_from_bottom_up(family: str) -> None:
    model = encoder(family, Pooling.ATTENTION)
    groups = model.layer_groups()
    flat = [id(parameter) for group in groups for parameter in group]
    assert len(groups) == model.body.config.num_hidden_layers + 2
    assert sorted(flat) == sorted(id(parameter) for parameter in model.parameters())
    assert groups[0][0] is model.token_embedding.weight
    assert {id(parameter) for parameter in groups[-1]} == {
        id(parameter) for module in (model.pool, model.head) for parameter in module.parameters()
    }


@families
def test_only_embedding_step_uses_parameters_with_embedding_prefixes(family: str) -> None:
    model = encoder(family)
    ids, ngrams, mask = inputs()
    model.forward_embeddings(model.embed(ids, ngrams).detach(), mask).sum().backward()
    unused = {name for name, parameter in model.named_parameters() if parameter.grad is None}
    assert unused == {
        name for name, _ in model.named_parameters() if name.startswith(model.embedding_prefixes)
    }


@families
def test_new_vocabulary_has_scale_of_old_table_and_keeps_layers(family: str) -> None:
    model = encoder(family)
    old = model.token_embedding.weight.detach().clone()
    layers = [parameter.detach().clone() for group in model.layer_groups()[1:] for parameter in group]
    model.replace_vocabulary(4000, mask_id=1, pad_id=0)
    new = model.token_embedding.weight.detach()
    assert new.shape == (4000, 16)
    torch.testing.assert_close(new.std(), old.std(), rtol=0.15, atol=0.0)
    assert torch.all(new[0] == 0)
    kept = [parameter for group in model.layer_groups()[1:] for parameter in group]
    assert all(torch.equal(before, after) for before, after in zip(layers, kept, strict=True))
    ids = torch.tensor([[3999, 1, 17, 0]])
    mask = torch.tensor([[True, True, True, False]])
    ngrams = torch.zeros(1, 4, 2, dtype=torch.int64)
    torch.testing.assert_close(model(ids, ngrams, mask), model(ids[:, :3], ngrams[:, :3], mask[:, :3]))


def test_new_vocabulary_starts_from_old_subwords() -> None:
    model = encoder("roberta")
    old = model.token_embedding.weight.detach().clone()
    texts = ["", "", "ab", "c", "\ufffd"]
    model.replace_vocabulary(5, mask_id=1, pad_id=0, texts=texts, old_tokenizer=LetterTokenizer())
    new = model.token_embedding.weight
    torch.testing.assert_close(new[2], (old[10] + old[11]) / 2)
    torch.testing.assert_close(new[3], old[12])
    torch.testing.assert_close(new[1], old[4])


@pytest.mark.parametrize(("mask_id", "pad_id", "texts"), [(9, 0, None), (0, 0, None), (1, 0, ["a"])])
def test_vocabulary_that_does_not_fit_is_rejected(mask_id: int, pad_id: int, texts: list[str] | None) -> None:
    with pytest.raises(ValueError, match=r"must be two ids|texts for 5"):
        encoder("roberta").replace_vocabulary(5, mask_id, pad_id, texts=texts)


@families
def test_weights_are_loaded_from_folder(family: str, tmp_path: Path) -> None:
    model = encoder(family)
    model.body.save_pretrained(tmp_path)
    again = HuggingFaceEncoder.from_pretrained(str(tmp_path), head_dim=8, download=False).eval()
    ids, ngrams, mask = inputs()
    states = [each.hidden(each.embed(ids, ngrams), mask) for each in (model, again)]
    torch.testing.assert_close(states[0][mask], states[1][mask])


def test_missing_encoder_is_reported_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="no encoder could be loaded") as caught:
        HuggingFaceEncoder.from_pretrained(str(tmp_path / "absent"), download=False)
    assert "\n" not in str(caught.value)
    assert "absent" in str(caught.value)
