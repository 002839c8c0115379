"""Decoders whose matrices can be stored in few bits, and what their graphs and the file beside them then hold."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from codeorigin.model.bundle import GRADIENT_GRAPH, SCORE_GRAPH, WEIGHTS
from codeorigin_training.blocks import Blocks
from codeorigin_training.encoder.decoder import DecoderEncoder
from support.tiny_body import tiny_decoder
from support.tiny_training import tiny_tokenizer

_WIDTH = 64
_PER_WEIGHT = {4: 0.5 + (2 + 2) / 32, 8: 1 + (2 + 2) / 32}
"""Bytes of a weight, including its share of the block's step and lowest value."""


def random_decoder(*, causal: bool = True) -> DecoderEncoder:
    """One layer whose logit depends on its input and on what begins a sequence."""
    model = tiny_decoder(tiny_tokenizer(), layers=1, width=_WIDTH, causal=causal)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.normal_(std=0.15)
        nn.init.normal_(model.begin)
    return model


def check_stored_in_blocks(folder: Path, blocks: Mapping[str, Blocks]) -> None:
    """Assert that both graphs in ``folder`` read all of a :func:`random_decoder`'s ``blocks`` from one file."""
    # Embeddings and the seven matrices of a layer, each once for both graphs.
    assert len(blocks) == 8
    (bits,) = {each.bits for each in blocks.values()}
    weights = sum(int(np.prod(each.shape)) for each in blocks.values())
    stored = (folder / WEIGHTS).stat().st_size
    assert 0 <= stored - weights * _PER_WEIGHT[bits] < 64 * (3 * len(blocks) + 4)
    for name in (SCORE_GRAPH, GRADIENT_GRAPH):
        assert _matrices(folder / name) == set()
    # The folder is found relative to the graphs, not to where the process runs.
    session = onnxruntime.InferenceSession(str(folder / SCORE_GRAPH), providers=["CPUExecutionProvider"])
    ids = np.array([[5, 9, 7]])
    given = {
        "ids": ids,
        "ngrams": np.zeros((1, 3, 2), dtype=np.int64),
        "mask": np.ones((1, 3), dtype=bool),
        "window_function": np.zeros(1, dtype=np.int64),
        "window_weight": np.ones(1, dtype=np.float32),
        "wide_ids": np.zeros(0, dtype=np.int64),
        "wide_values": np.zeros(0, dtype=np.float32),
        "wide_function": np.zeros(0, dtype=np.int64),
        "prior": np.zeros(1, dtype=np.float32),
    }
    asked = {each.name: given[each.name] for each in session.get_inputs()}
    (embeddings,) = session.run(["embeddings"], asked)
    np.testing.assert_allclose(embeddings[0], blocks["body.embed_tokens.weight"].values[ids[0]], rtol=1e-6)


def _matrices(path: Path) -> set[tuple[int, ...]]:
    """Shapes of the float32 matrices of a layer's size that are inside the graph at ``path``."""
    graph = onnx.load(str(path), load_external_data=False).graph
    return {
        tuple(each.dims)
        for each in graph.initializer
        if each.data_type == onnx.TensorProto.FLOAT and len(each.dims) == 2 and min(each.dims) >= _WIDTH
    }
