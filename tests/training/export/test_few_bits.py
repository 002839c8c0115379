"""Decoders as the deep part of a bundle, their matrices in float32 or in few bits."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import nn

from codeorigin.model.bundle import GRADIENT_GRAPH, SCORE_GRAPH, WEIGHTS
from codeorigin_training.blocks import to_blocks
from codeorigin_training.encoder.compact import CompactEncoder
from codeorigin_training.encoder.decoder import DecoderEncoder
from codeorigin_training.encoder.interface import EncoderError
from codeorigin_training.export.few_bits import round_weights, share_blocks
from codeorigin_training.export.onnx_graphs import export_graphs
from support.tiny_body import tiny_decoder
from support.tiny_training import tiny_shape, tiny_tokenizer

WIDTH = 64
PER_WEIGHT = {4: 0.5 + (2 + 2) / 32, 8: 1 + (2 + 2) / 32}
"""Bytes of a weight with its part of the block's step and lowest value."""


def random_decoder(*, causal: bool = True) -> DecoderEncoder:
    """One layer whose logit depends on what it reads and on what begins a sequence."""
    model = tiny_decoder(tiny_tokenizer(), layers=1, width=WIDTH, causal=causal)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.normal_(std=0.15)
        nn.init.normal_(model.begin)
    return model


def matrices(path: Path) -> set[tuple[int, ...]]:
    """Shapes of the float32 matrices of a layer's size that stand in the graph at ``path``."""
    graph = onnx.load(str(path), load_external_data=False).graph
    return {
        tuple(each.dims)
        for each in graph.initializer
        if each.data_type == onnx.TensorProto.FLOAT and len(each.dims) == 2 and min(each.dims) >= WIDTH
    }


@pytest.mark.parametrize(("bits", "causal"), [(32, True), (8, False), (4, True)])
def test_a_decoder_is_exported_with_its_gradient(tmp_path: Path, bits: int, causal: bool) -> None:
    model = random_decoder(causal=causal)
    blocks = round_weights(model, bits) if bits < 32 else None
    # Compares with PyTorch, padded and at several lengths.
    report = export_graphs(tmp_path, bias=0.5, wide_weights=None, encoder=model, blocks=blocks)
    assert 0 < max(report.score_logit, report.gradient_logit, report.gradient, report.between_graphs) < 1e-5

    if blocks is None:
        assert not (tmp_path / WEIGHTS).exists()
        return
    # Embeddings and the seven matrices of a layer, each once for both graphs.
    assert len(blocks) == 8
    weights = sum(int(np.prod(each.shape)) for each in blocks.values())
    stored = (tmp_path / WEIGHTS).stat().st_size
    assert 0 <= stored - weights * PER_WEIGHT[bits] < 64 * (3 * len(blocks) + 4)
    for name in (SCORE_GRAPH, GRADIENT_GRAPH):
        assert matrices(tmp_path / name) == set()
    # The folder is found from the graphs, not from where the process runs.
    session = onnxruntime.InferenceSession(str(tmp_path / SCORE_GRAPH), providers=["CPUExecutionProvider"])
    ids = np.array([[5, 9, 7]])
    inputs = {
        "ids": ids,
        "ngrams": np.zeros((1, 3, 2), dtype=np.int64),
        "mask": np.ones((1, 3), dtype=bool),
        "window_function": np.zeros(1, dtype=np.int64),
        "window_weight": np.ones(1, dtype=np.float32),
        "prior": np.zeros(1, dtype=np.float32),
    }
    (embeddings,) = session.run(["embeddings"], inputs)
    np.testing.assert_allclose(embeddings[0], blocks["body.embed_tokens.weight"].values[ids[0]], rtol=1e-6)


def test_rounding_keeps_the_head_and_says_what_it_changed() -> None:
    model = random_decoder()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    blocks = round_weights(model, 8)
    after = model.state_dict()
    assert {name for name, value in after.items() if not torch.equal(value, before[name])} == set(blocks)
    for name, each in blocks.items():
        np.testing.assert_array_equal(after[name].numpy(), each.values)
        assert (after[name] - before[name]).abs().max() < 0.01


def test_a_matrix_that_the_exporter_has_changed_is_refused(tmp_path: Path) -> None:
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


def test_an_encoder_without_a_matrix_of_whole_blocks_is_refused() -> None:
    with pytest.raises(EncoderError, match="multiple of 32 for 4 bits; set deep_bits=32"):
        round_weights(CompactEncoder(tiny_shape()), 4)
