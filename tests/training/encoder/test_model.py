"""The encoder and its files: states of a transformers body, pooling, frame, saving and loading."""

from pathlib import Path

import pytest
import torch
from transformers import AutoModel, BertConfig, BertModel, RobertaConfig, RobertaModel

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.encoder.files import load_encoder, make_encoder, save_encoder
from codeorigin_training.encoder.model import Encoder, EncoderError, pretrained_body
from codeorigin_training.encoder.settings import EncoderConfig, Pooling
from codeorigin_training.encoder.tokenizer import own_tokenizer
from support.tiny_roberta import write_tiny_roberta
from support.tiny_training import fresh_encoder, tiny_shape, tiny_tokenizer


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_roberta(tmp_path_factory.mktemp("roberta"))


@pytest.fixture(scope="module")
def vocabulary(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run") / "tokenizer.json"
    Tokenizer(own_tokenizer(str(folder))[0]).save(path)
    return path


def made(folder: Path, vocabulary: Path, pooling: Pooling = Pooling.CLS, **changes: float) -> Encoder:
    settings = EncoderConfig(
        name=str(folder), head_dim=8, pooling=pooling, body_dropout=changes.get("dropout")
    )
    return make_encoder(settings, vocabulary).eval()


def inputs(length: int = 12) -> tuple[torch.Tensor, torch.Tensor]:
    ids = torch.randint(5, 50, (2, length), generator=torch.Generator().manual_seed(1))
    mask = torch.ones(2, length, dtype=torch.bool)
    mask[1, 7:] = False
    return ids, mask


def test_compact_encoder_has_the_tokenizers_vocabulary_and_the_configured_sizes(tmp_path: Path) -> None:
    tiny_tokenizer().save(tmp_path / "tokenizer.json")
    encoder = make_encoder(tiny_shape(layers=2), tmp_path / "tokenizer.json")
    assert encoder.token_embedding.num_embeddings == tiny_tokenizer().vocab_size
    assert (encoder.layers, encoder.heads, encoder.width, encoder.context) == (2, 2, 16, 64)
    ids = torch.full((1, 64), 5)
    assert encoder.eval()(ids, ids > 0).shape == (1,)


@pytest.mark.parametrize("pooling", Pooling)
def test_padding_does_not_change_the_logit(folder: Path, vocabulary: Path, pooling: Pooling) -> None:
    ids, mask = inputs()
    for model in (made(folder, vocabulary, pooling), fresh_encoder().eval()):
        alone = model(ids[1:, :7], mask[1:, :7])
        torch.testing.assert_close(model(ids, mask)[1:], alone)


def test_layer_groups_hold_every_parameter_once() -> None:
    encoder = fresh_encoder(layers=3)
    groups = encoder.layer_groups()
    assert len(groups) == 5
    names = [id(parameter) for group in groups for parameter in group]
    assert sorted(names) == sorted(id(parameter) for parameter in encoder.parameters())


def test_embedding_table_equals_the_one_in_folder(folder: Path, vocabulary: Path) -> None:
    table = AutoModel.from_pretrained(folder).get_input_embeddings().weight
    torch.testing.assert_close(made(folder, vocabulary).token_embedding.weight, table, rtol=0, atol=0)


def test_states_equal_transformers_states_between_special_tokens(folder: Path, vocabulary: Path) -> None:
    first, mean = made(folder, vocabulary), made(folder, vocabulary, Pooling.MEAN)
    body = AutoModel.from_pretrained(folder).eval()
    ids = torch.tensor([[7, 8, 9, 10], [11, 12, 1, 1]])
    mask = torch.tensor([[True] * 4, [True, True, False, False]])
    with torch.no_grad():
        for row, kept in ((0, [7, 8, 9, 10]), (1, [11, 12])):
            expected = body(torch.tensor([[0, *kept, 2]])).last_hidden_state[0]
            found = first.summary(first.embed(ids), mask)[row]
            torch.testing.assert_close(found, expected[0], rtol=1e-4, atol=1e-5)
            found = mean.summary(mean.embed(ids), mask)[row]
            torch.testing.assert_close(found, expected[1:-1].mean(dim=0), rtol=1e-4, atol=1e-5)
    assert first.context == 62


@pytest.mark.parametrize("pooling", Pooling)
def test_encoder_survives_saving_and_loading(
    folder: Path, vocabulary: Path, pooling: Pooling, tmp_path: Path
) -> None:
    for number, encoder in enumerate((made(folder, vocabulary, pooling), fresh_encoder().eval())):
        save_encoder(tmp_path / f"kept{number}.pt", encoder)
        again = load_encoder(tmp_path / f"kept{number}.pt")
        ids, mask = inputs()
        torch.testing.assert_close(again(ids, mask), encoder(ids, mask), rtol=0, atol=0)
        assert (again.context, again.settings, again.training) == (encoder.context, encoder.settings, False)
    assert len(list(tmp_path.iterdir())) == 2


def test_dropout_of_body_can_be_set(folder: Path, vocabulary: Path, tmp_path: Path) -> None:
    encoder = made(folder, vocabulary, dropout=0.35)
    save_encoder(tmp_path / "kept.pt", encoder)
    other = load_encoder(tmp_path / "kept.pt", EncoderConfig(head_dim=8, body_dropout=0.1))
    for each, rate in ((encoder, 0.35), (other, 0.1)):
        assert {one.p for one in each.body.modules() if isinstance(one, torch.nn.Dropout)} == {rate}


def test_missing_or_broken_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="not found"):
        load_encoder(tmp_path / "absent.pt")
    (tmp_path / "broken.pt").write_bytes(b"nothing of the kind")
    with pytest.raises(EncoderError, match="does not hold an encoder"):
        load_encoder(tmp_path / "broken.pt")


def test_other_vocabulary_is_rejected_with_advice(folder: Path, tmp_path: Path) -> None:
    tiny_tokenizer().save(tmp_path / "tokenizer.json")
    with pytest.raises(EncoderError, match=r"tokenizer --set encoder="):
        make_encoder(EncoderConfig(name=str(folder)), tmp_path / "tokenizer.json")


def test_unusable_folders_are_reported(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="no encoder could be loaded"):
        pretrained_body(str(tmp_path))
    config = RobertaConfig(hidden_size=16, num_attention_heads=2, num_hidden_layers=1, intermediate_size=8)
    RobertaModel(config).save_pretrained(tmp_path)
    with pytest.raises(EncoderError, match="has no tokenizer"):
        own_tokenizer(str(tmp_path))
    other = BertConfig(hidden_size=16, num_attention_heads=2, num_hidden_layers=1, intermediate_size=8)
    BertModel(other).save_pretrained(tmp_path / "bert")
    with pytest.raises(EncoderError, match="not of the RoBERTa family"):
        pretrained_body(str(tmp_path / "bert"))
