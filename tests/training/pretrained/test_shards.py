"""Encoders stored in small files."""

from pathlib import Path

import pytest
import torch

from codeorigin_training.blocks import GROUP
from codeorigin_training.encoder.interface import EncoderError
from codeorigin_training.pretrained.shards import read_shards, write_shards
from support.finetuning import fresh_model
from support.tiny_body import tiny_decoder
from support.tiny_training import tiny_tokenizer


@pytest.mark.parametrize(("bits", "steps"), [(8, 255), (4, 15)])
def test_rounding_error_is_about_half_a_step_at_most(tmp_path: Path, bits: int, steps: int) -> None:
    model = tiny_decoder(tiny_tokenizer())
    write_shards(model, tmp_path, bits=bits)
    again = read_shards(tmp_path).state_dict()
    for name, value in model.state_dict().items():
        if value.ndim == 2 and value.shape[1] % GROUP == 0:
            groups = value.reshape(-1, GROUP)
            width = (groups.amax(1) - groups.amin(1)) / steps
            off = (again[name] - value).reshape(-1, GROUP).abs().amax(1)
            assert (off <= 0.6 * width + 2e-3 * value.abs().max()).all(), name
        else:
            torch.testing.assert_close(again[name], value, rtol=2e-3, atol=1e-4)


def test_four_bit_weights_survive_a_second_round_trip(tmp_path: Path) -> None:
    model = tiny_decoder(tiny_tokenizer())
    write_shards(model, tmp_path / "first", bits=4)
    once = read_shards(tmp_path / "first")
    write_shards(once, tmp_path / "second", bits=4)
    for name, value in read_shards(tmp_path / "second").state_dict().items():
        torch.testing.assert_close(value, once.state_dict()[name], rtol=1e-3, atol=1e-5)


def test_parts_respect_the_size_limit_and_old_parts_are_removed(tmp_path: Path) -> None:
    model = tiny_decoder(tiny_tokenizer())
    small = write_shards(model, tmp_path, most_bytes=8000)
    assert len(small) > 3
    assert all(path.stat().st_size <= 8000 for path in small)
    assert len(write_shards(model, tmp_path)) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["encoder.json", "part-0.npz"]


def test_encoder_class_is_restored(tmp_path: Path) -> None:
    model = fresh_model()
    write_shards(model, tmp_path)
    assert type(read_shards(tmp_path)) is type(model)


def test_missing_parts_are_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="holds no encoder in shards"):
        read_shards(tmp_path)
    parts = write_shards(tiny_decoder(tiny_tokenizer()), tmp_path, most_bytes=8000)
    parts[1].unlink()
    with pytest.raises(EncoderError, match=r"part-1\.npz: not found; the encoder needs all"):
        read_shards(tmp_path)
    with pytest.raises(ValueError, match="bits"):
        write_shards(fresh_model(), tmp_path, bits=3)
