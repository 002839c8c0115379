"""An encoder that keeps its original vocabulary."""

import json
from pathlib import Path

import pytest
import torch
from transformers import AutoModel, AutoTokenizer, RobertaConfig, RobertaModel

from codeorigin.model.reading.normalize import normalize
from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.encoder.config import EncoderConfig, VocabularySource
from codeorigin_training.encoder.hugging_face import HuggingFaceEncoder
from codeorigin_training.encoder.interface import EncoderError
from codeorigin_training.encoder.own_vocabulary import own_tokenizer
from codeorigin_training.encoder.pooling import Pooling
from codeorigin_training.encoder.registry import load_encoder, make_encoder, save_encoder
from support.snippets import ALL
from support.tiny_roberta import write_tiny_roberta
from support.tiny_training import tiny_tokenizer

SHAPE = EncoderConfig(head_dim=8, pooling=Pooling.CLS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_roberta(tmp_path_factory.mktemp("roberta"))


@pytest.fixture(scope="module")
def vocabulary(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run") / "tokenizer.json"
    Tokenizer(own_tokenizer(str(folder))[0]).save(path)
    return path


def made(folder: Path, vocabulary: Path, pooling: Pooling = Pooling.CLS) -> HuggingFaceEncoder:
    encoder = make_encoder(str(folder), vocabulary, EncoderConfig(head_dim=8, pooling=pooling))
    assert isinstance(encoder, HuggingFaceEncoder)
    return encoder.eval()


def test_ids_are_the_encoders_own_and_no_token_crosses_lines(folder: Path, vocabulary: Path) -> None:
    own, ours = AutoTokenizer.from_pretrained(folder), Tokenizer.load(vocabulary)
    assert ours.vocab_size == len(own)
    assert (ours.pad_id, ours.mask_id) == (own.pad_token_id, own.mask_token_id)
    for code, language in ALL:
        normalized = normalize(code, language)
        encoding = ours.encode(normalized)
        # Line by line, the ids of the encoder's own tokenizer.
        expected: list[int] = []
        for line in normalized.text.splitlines(keepends=True):
            expected += own.encode(line.rstrip("\n"), add_special_tokens=False)
            expected += own.encode("\n", add_special_tokens=False) if line.endswith("\n") else []
        assert encoding.ids.tolist() == expected
        for start, end in zip(encoding.starts, encoding.ends, strict=True):
            assert "\n" not in normalized.text[start:end].rstrip("\n")


def test_embedding_table_equals_the_one_in_folder(folder: Path, vocabulary: Path) -> None:
    table = AutoModel.from_pretrained(folder).get_input_embeddings().weight
    torch.testing.assert_close(made(folder, vocabulary).token_embedding.weight, table, rtol=0, atol=0)


def test_states_equal_transformers_states_between_special_tokens(folder: Path, vocabulary: Path) -> None:
    encoder, body = made(folder, vocabulary), AutoModel.from_pretrained(folder).eval()
    ids = torch.tensor([[7, 8, 9, 10], [11, 12, 1, 1]])
    mask = torch.tensor([[True] * 4, [True, True, False, False]])
    embedded = encoder.embed(ids, torch.zeros(2, 4, 2, dtype=torch.int64))
    with torch.no_grad():
        for row, kept in ((0, [7, 8, 9, 10]), (1, [11, 12])):
            expected = body(torch.tensor([[0, *kept, 2]])).last_hidden_state[0]
            summary = encoder.summary(embedded, mask)[row]
            torch.testing.assert_close(summary, expected[0], rtol=1e-4, atol=1e-5)
            states = encoder.hidden(embedded, mask)[row, : len(kept)]
            torch.testing.assert_close(states, expected[1:-1], rtol=1e-4, atol=1e-5)
    assert encoder.context == 62


@pytest.mark.parametrize("pooling", Pooling)
def test_encoder_survives_saving_and_loading(
    folder: Path, vocabulary: Path, pooling: Pooling, tmp_path: Path
) -> None:
    encoder = made(folder, vocabulary, pooling)
    save_encoder(tmp_path / "kept.pt", encoder)
    again = load_encoder(tmp_path / "kept.pt")
    ids = torch.arange(5, 15).reshape(2, 5)
    given = ids, torch.zeros(2, 5, 2, dtype=torch.int64), ids < 14
    torch.testing.assert_close(again(*given), encoder(*given), rtol=0, atol=0)
    assert again.context == 62


def test_dropout_of_body_can_be_set(folder: Path, vocabulary: Path) -> None:
    encoder = make_encoder(str(folder), vocabulary, SHAPE, dropout=0.35)
    assert isinstance(encoder, HuggingFaceEncoder)
    rates = {each.p for each in encoder.body.modules() if isinstance(each, torch.nn.Dropout)}
    assert rates == {0.35}


def test_other_vocabulary_is_rejected_with_advice(folder: Path, tmp_path: Path) -> None:
    tiny_tokenizer().save(tmp_path / "tokenizer.json")
    with pytest.raises(EncoderError, match=r"tokenizer --set encoder=.*, or set vocabulary=transfer"):
        make_encoder(str(folder), tmp_path / "tokenizer.json", SHAPE)
    transferred = make_encoder(
        str(folder), tmp_path / "tokenizer.json", SHAPE, kind=VocabularySource.TRANSFER
    )
    assert transferred.frame() is None
    assert transferred.context == 64
    old = AutoModel.from_pretrained(folder).get_input_embeddings().weight
    torch.testing.assert_close(
        transferred.token_embedding.weight[tiny_tokenizer().mask_id], old[-1], rtol=0, atol=0
    )


def test_folder_without_tokenizer_is_reported(tmp_path: Path) -> None:
    config = RobertaConfig(hidden_size=16, num_attention_heads=2, num_hidden_layers=1, intermediate_size=8)
    RobertaModel(config).save_pretrained(tmp_path)
    with pytest.raises(EncoderError, match="has no tokenizer"):
        own_tokenizer(str(tmp_path))


def test_pad_and_mask_of_other_families_become_the_servers(folder: Path, tmp_path: Path) -> None:
    for path in folder.iterdir():
        text = path.read_bytes()
        if path.suffix == ".json":
            text = text.replace(b"<pad>", b"[PAD]").replace(b"<mask>", b"[MASK]")
        (tmp_path / path.name).write_bytes(text)
    tokenizer = Tokenizer(own_tokenizer(str(tmp_path))[0])
    assert (tokenizer.pad_id, tokenizer.mask_id) == (1, 399)
    assert json.loads((tmp_path / "tokenizer.json").read_text())["model"]["vocab"]["[PAD]"] == 1
