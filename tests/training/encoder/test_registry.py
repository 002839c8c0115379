"""Making encoders by name, and saving and loading them."""

from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer as BpeTokenizer
from transformers import RobertaConfig, RobertaModel

from codeorigin_training.encoder.compact import CompactEncoder
from codeorigin_training.encoder.config import EncoderConfig, VocabularySource
from codeorigin_training.encoder.interface import Encoder, EncoderError
from codeorigin_training.encoder.registry import load_encoder, make_encoder, save_encoder
from codeorigin_training.encoder.tokenizer import token_texts
from support.tiny_training import tiny_shape, tiny_tokenizer


def roberta_folder(folder: Path) -> str:
    config = RobertaConfig(
        vocab_size=50,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=24,
        max_position_embeddings=34,
    )
    RobertaModel(config).save_pretrained(folder)
    return str(folder)


def logits(encoder: Encoder) -> torch.Tensor:
    ids = torch.arange(2, 22).reshape(2, 10)
    ngrams = torch.arange(40).reshape(2, 10, 2)
    return encoder.eval()(ids, ngrams, ids < 19)


def saved(folder: Path) -> Path:
    tiny_tokenizer().save(folder / "tokenizer.json")
    return folder / "tokenizer.json"


def test_compact_encoder_has_the_tokenizers_vocabulary(tmp_path: Path) -> None:
    encoder = make_encoder("compact", saved(tmp_path), EncoderConfig(vocab_size=5, dim=16, heads=2))
    assert isinstance(encoder, CompactEncoder)
    assert encoder.token_embedding.num_embeddings == tiny_tokenizer().vocab_size


@pytest.mark.parametrize("name", ["compact", "folder"])
def test_encoder_survives_saving_and_loading(name: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    name = roberta_folder(tmp_path / "body") if name == "folder" else name
    encoder = make_encoder(name, saved(tmp_path), tiny_shape(), kind=VocabularySource.TRANSFER)
    assert encoder.token_embedding.num_embeddings == tiny_tokenizer().vocab_size
    save_encoder(tmp_path / "kept.pt", encoder)
    again = load_encoder(tmp_path / "kept.pt")
    assert type(again) is type(encoder)
    assert not again.training
    torch.testing.assert_close(logits(again), logits(encoder), rtol=0, atol=0)
    assert [path.name for path in tmp_path.glob("*.pt")] == ["kept.pt"]


def test_missing_or_broken_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="not found"):
        load_encoder(tmp_path / "absent.pt")
    (tmp_path / "broken.pt").write_bytes(b"nothing of the kind")
    with pytest.raises(EncoderError, match="does not hold an encoder"):
        load_encoder(tmp_path / "broken.pt")


def test_token_texts_spell_the_encoded_text(tmp_path: Path) -> None:
    tiny_tokenizer().save(tmp_path / "tokenizer.json")
    bpe = BpeTokenizer.from_file(str(tmp_path / "tokenizer.json"))
    texts = token_texts(bpe)
    assert len(texts) == tiny_tokenizer().vocab_size
    code = "def load(xs):\n\treturn xs"
    assert "".join(texts[token] for token in bpe.encode(code).ids) == code
    assert texts[tiny_tokenizer().mask_id] == ""
