"""Bodies from folders and GGUF files, and the text that they read."""

from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
from tokenizers import pre_tokenizers
from transformers import AutoModel, PreTrainedTokenizerBase

from codeorigin_training.encoder.interface import EncoderError
from codeorigin_training.pretrained.body import body_ids, body_text, cut_layers, load_body
from support.tiny_body import write_tiny_body


def test_lowest_layers_are_kept_with_the_same_output(tmp_path: Path) -> None:
    folder = write_tiny_body(tmp_path / "body")
    body, tokenizer = load_body(folder, layers=2)
    ids = torch.tensor([body_ids(tokenizer, "def add(left, right):", 20)])
    whole = AutoModel.from_pretrained(folder)(ids, output_hidden_states=True)
    torch.testing.assert_close(body(ids).last_hidden_state, whole.hidden_states[2])
    assert len(body.layers) == 2


def test_invalid_number_of_layers_is_refused(tmp_path: Path) -> None:
    folder = write_tiny_body(tmp_path / "body")
    with pytest.raises(EncoderError, match="the body has 4 layers, not 5"):
        load_body(folder, layers=5)
    with pytest.raises(EncoderError, match="not 0"):
        cut_layers(AutoModel.from_pretrained(folder), 0)


def test_error_for_a_missing_body_says_what_to_pass(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing", tmp_path / "nothing.gguf"):
        with pytest.raises(EncoderError, match="name a GGUF file or a folder written by save_pretrained"):
            load_body(path)
    (tmp_path / "text.gguf").write_text("no weights")
    with pytest.raises(EncoderError, match="no body could be read"):
        load_body(tmp_path / "text.gguf")


def test_a_gguf_file_is_dequantised_once(tmp_path: Path) -> None:
    path = _write_gguf(tmp_path / "tiny.gguf")
    body, tokenizer = load_body(path, layers=1, kept=tmp_path / "kept")
    assert body.config.hidden_size == 32
    ids = body_ids(tokenizer, "a b", 8)
    assert len(ids) > 1
    path.unlink()
    again, _ = load_body(tmp_path / "kept", layers=1)
    torch.testing.assert_close(
        again(torch.tensor([ids])).last_hidden_state, body(torch.tensor([ids])).last_hidden_state
    )


def test_partly_written_body_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, kept = _write_gguf(tmp_path / "tiny.gguf"), tmp_path / "kept"
    # As left by a call that was killed.
    (tmp_path / "partial-kept").mkdir()
    (tmp_path / "partial-kept" / "stale.json").write_text("{}")

    def full(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(PreTrainedTokenizerBase, "save_pretrained", full)
        with pytest.raises(OSError, match="no space left"):
            load_body(path, kept=kept)
    assert [each.name for each in tmp_path.iterdir()] == ["tiny.gguf"]
    load_body(path, layers=1, kept=kept)
    assert not (kept / "stale.json").exists()


def test_indentation_becomes_four_spaces_per_level() -> None:
    expected = "def f(x):\n    if x:\n        return 1\n\n    return 2"
    for indent in ("\t", "  ", "   ", "    "):
        code = expected.replace("    ", indent)
        assert body_text(code, "python") == expected


def test_ids_start_with_the_begin_of_document_token(tmp_path: Path) -> None:
    _, tokenizer = load_body(write_tiny_body(tmp_path / "body"))
    ids = body_ids(tokenizer, "def add(left, right):\n    return left + right", 3)
    assert ids[0] == 1
    assert len(ids) == 4


def _write_gguf(path: Path) -> Path:
    """One layer of width 32, with four-bit matrices as in published bodies."""
    generator = np.random.default_rng(0)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = ["<|endoftext|>", "<|im_start|>", *alphabet, "ab"]
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(64)
    writer.add_embedding_length(32)
    writer.add_block_count(1)
    writer.add_feed_forward_length(64)
    writer.add_head_count(2)
    writer.add_head_count_kv(1)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(16)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_types([3, 3, *[1] * (len(alphabet) + 1)])
    writer.add_token_merges(["a b"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(0)
    shapes = {
        "token_embd": (len(tokens), 32),
        "blk.0.attn_q": (32, 32),
        "blk.0.attn_k": (16, 32),
        "blk.0.attn_v": (16, 32),
        "blk.0.attn_output": (32, 32),
        "blk.0.ffn_gate": (64, 32),
        "blk.0.ffn_up": (64, 32),
        "blk.0.ffn_down": (32, 64),
        "blk.0.attn_norm": (32,),
        "blk.0.ffn_norm": (32,),
        "output_norm": (32,),
    }
    for name, shape in shapes.items():
        values = generator.normal(size=shape).astype(np.float32)
        if len(shape) == 1:
            writer.add_tensor(f"{name}.weight", values)
        else:
            kind = gguf.GGMLQuantizationType.Q4_1
            writer.add_tensor(f"{name}.weight", gguf.quants.quantize(values, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
