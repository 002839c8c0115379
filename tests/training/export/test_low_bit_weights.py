"""Decoders as the deep part of a bundle, with matrices in float32 or a few bits."""

from dataclasses import astuple
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from codeorigin.model.bundle import GRADIENT_GRAPH, SCORE_GRAPH, WEIGHTS
from codeorigin_training.blocks import to_blocks
from codeorigin_training.encoder.compact import CompactEncoder
from codeorigin_training.encoder.interface import EncoderError
from codeorigin_training.export.graphs import DeepLogit, DeepScore
from codeorigin_training.export.low_bit_weights import round_weights, share_blocks
from codeorigin_training.export.onnx_graphs import export_graphs
from codeorigin_training.export.parity import check_graphs
from support.low_bit_weights import check_stored_in_blocks, random_decoder
from support.tiny_training import tiny_shape


def test_a_decoder_is_exported_with_its_gradient(tmp_path: Path) -> None:
    """In float32, and from the same graphs in 8 bits; the whole of ``export`` has its own test."""
    model = random_decoder(causal=False)
    blocks = round_weights(model, 8)
    # Compares with PyTorch, with padding and at several lengths.
    report = export_graphs(tmp_path, bias=0.5, wide_weights=None, encoder=model)
    assert 0 < max(astuple(report)) < 1e-5
    assert not (tmp_path / WEIGHTS).exists()

    share_blocks(tmp_path, (SCORE_GRAPH, GRADIENT_GRAPH), blocks)
    paths = tmp_path / SCORE_GRAPH, tmp_path / GRADIENT_GRAPH
    report = check_graphs(*paths, DeepScore(0.5, DeepLogit(model)), model)
    assert 0 < max(astuple(report)) < 1e-5
    check_stored_in_blocks(tmp_path, blocks)


def test_rounding_keeps_the_head_and_returns_the_changed_matrices() -> None:
    model = random_decoder()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    blocks = round_weights(model, 8)
    after = model.state_dict()
    assert {name for name, value in after.items() if not torch.equal(value, before[name])} == set(blocks)
    for name, each in blocks.items():
        np.testing.assert_array_equal(after[name].numpy(), each.values)
        assert (after[name] - before[name]).abs().max() < 0.01


def test_matrix_changed_by_the_exporter_is_refused(tmp_path: Path) -> None:
    numbers = np.random.default_rng(0)
    blocks = {
        name: to_blocks(numbers.normal(size=(32, 32)).astype(np.float32), 8) for name in ("kept", "folded")
    }
    weight = onnx.numpy_helper.from_array(np.ascontiguousarray(blocks["kept"].values.T), "weight")
    ends = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, 32]) for name in "xy"]
    node = onnx.helper.make_node("MatMul", ["x", "weight"], ["y"])
    graph = onnx.helper.make_graph([node], "graph", ends[:1], ends[1:], [weight])
    onnx.save(onnx.helper.make_model(graph), str(tmp_path / SCORE_GRAPH))
    with pytest.raises(EncoderError, match="changed folded, which would stay in 32 bits; set deep_bits=32"):
        share_blocks(tmp_path, (SCORE_GRAPH,), blocks)


def test_encoder_whose_matrices_do_not_split_into_blocks_is_refused() -> None:
    with pytest.raises(EncoderError, match="multiple of 32 for 4 bits; set deep_bits=32"):
        round_weights(CompactEncoder(tiny_shape()), 4)
