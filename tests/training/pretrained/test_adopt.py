"""Turning a body into an encoder: vocabulary and layers are cut, the rest stays as it was."""

import json
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer as BpeTokenizer
from tokenizers import models

from codeorigin.model.reading.normalize import normalize
from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.encoder.interface import EncoderError
from codeorigin_training.encoder.tokenizer import token_texts
from codeorigin_training.pretrained.adopt import AdoptConfig, adopt_body
from codeorigin_training.pretrained.body import load_body
from codeorigin_training.pretrained.vocabulary import NEW, cut_vocabulary
from support.tiny_body import TEXTS, write_tiny_body


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_body(tmp_path_factory.mktemp("body"))


def backend(folder: Path) -> BpeTokenizer:
    return BpeTokenizer.from_file(str(folder / "tokenizer.json"))


def test_cut_vocabulary_round_trips_text_and_keeps_lines_apart(folder: Path) -> None:
    cut, _ = cut_vocabulary(backend(folder), TEXTS, 290)
    assert cut.get_vocab_size() <= 290
    tokenizer = Tokenizer(cut)
    for code in (*TEXTS, "größe = '\u2192'\n\tx"):
        encoding = tokenizer.encode(normalize(code, "python"))
        assert cut.decode(encoding.ids.tolist()) == normalize(code, "python").text
    assert not any("\n" in text and text != "\n" for text in token_texts(cut))


def test_old_ids_name_the_same_tokens(folder: Path) -> None:
    source = backend(folder)
    cut, old_ids = cut_vocabulary(source, TEXTS, 300)
    assert old_ids[:2] == [NEW, NEW]
    assert [cut.id_to_token(place) for place in range(2, len(old_ids))] == [
        source.id_to_token(number) for number in old_ids[2:]
    ]


def test_bytes_missing_from_the_body_are_new(folder: Path) -> None:
    described = json.loads(backend(folder).to_str())
    gone = "\u0143"
    del described["model"]["vocab"][gone]
    cut, old_ids = cut_vocabulary(BpeTokenizer.from_str(json.dumps(described)), TEXTS, 300)
    assert old_ids[cut.token_to_id(gone)] == NEW
    assert old_ids.count(NEW) == 3


def test_tokens_used_in_code_are_kept_first(folder: Path) -> None:
    used = cut_vocabulary(backend(folder), ["orders orders orders"], 285)[0]
    unused = cut_vocabulary(backend(folder), ["zq zq"], 285)[0]
    length = [len(each.encode("orders orders", add_special_tokens=False).ids) for each in (used, unused)]
    assert length[0] < length[1]


def test_vocabularies_that_cannot_be_cut_are_refused(folder: Path) -> None:
    with pytest.raises(EncoderError, match="too small"):
        cut_vocabulary(backend(folder), TEXTS, 100)
    with pytest.raises(EncoderError, match="byte-level"):
        cut_vocabulary(BpeTokenizer(models.BPE(vocab={"a": 0}, merges=[])), TEXTS, 300)


def test_encoder_gives_the_bodys_states_for_the_same_tokens(folder: Path) -> None:
    config = AdoptConfig(body=folder, layers=2, vocabulary=300, sample=10, context=32, head_dim=8)
    encoder, cut = adopt_body(config, TEXTS)
    _, old_ids = cut_vocabulary(backend(folder), TEXTS, 300)
    ids = torch.from_numpy(Tokenizer(cut).encode(normalize(TEXTS[0], "python")).ids)
    body, _ = load_body(folder, layers=2)
    old = torch.tensor([[1, *(old_ids[number] for number in ids)]])
    expected = body(old).last_hidden_state[:, 1:]
    expected = expected * torch.rsqrt(expected.pow(2).mean(dim=-1, keepdim=True) + body.config.rms_norm_eps)
    mask = torch.ones(1, len(ids), dtype=torch.bool)
    states = encoder.hidden(encoder.embed(ids[None], torch.zeros(1, len(ids), 2, dtype=torch.long)), mask)
    torch.testing.assert_close(states, expected)
    assert encoder.context == 32


def test_every_second_layer_can_be_left_out(folder: Path) -> None:
    config = AdoptConfig(body=folder, layers=4, every=2, vocabulary=300, sample=10, context=32, head_dim=8)
    encoder, _ = adopt_body(config, TEXTS)
    body, _ = load_body(folder)
    kept = [layer.mlp.up_proj.weight for layer in encoder.body.layers]
    assert len(kept) == 2
    for weight, number in zip(kept, (1, 3), strict=True):
        torch.testing.assert_close(weight, body.layers[number].mlp.up_proj.weight)
