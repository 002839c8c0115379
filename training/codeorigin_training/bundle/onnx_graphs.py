"""Export of ``score.onnx`` and ``gradient.onnx``, checked against PyTorch and against each other.

``score.onnx``: ``ids`` int64 ``(W, T)``, ``mask`` bool ``(W, T)``,
``window_function`` int64 ``(W,)``, ``window_weight`` float32 ``(W,)``, ``wide_ids`` int64 ``(N,)``,
``wide_values`` float32 ``(N,)``, ``wide_function`` int64 ``(N,)`` and ``prior`` float32 ``(B,)`` give
``logit``, ``wide`` and ``deep`` ``(B,)`` and ``embeddings`` ``(W, T, D)``.

``gradient.onnx``: ``embeddings`` float32 ``(B, T, D)``, ``mask`` bool ``(B, T)`` and ``offset`` float32
``(B,)`` give ``logit`` ``(B,)`` and ``gradient`` ``(B, T, D)``.

"""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from torch import Tensor, nn
from torch._decomp import core_aten_decompositions
from torch.export import Dim
from torch.fx.experimental.proxy_tensor import make_fx

from codeorigin_training.bundle.graphs import (
    DeepLogit,
    DeepScore,
    TracedGradient,
    WideDeepScore,
    WideLogit,
    WideScore,
    lifted_gradient,
)
from codeorigin_training.bundle.parity import GraphReport, check_graphs
from codeorigin_training.encoder.model import Encoder

SCORE_FILE, GRADIENT_FILE = "score.onnx", "gradient.onnx"

_OPSET = 18
_DEEP_INPUTS = ["ids", "mask", "window_function", "window_weight"]
_WIDE_INPUTS = ["wide_ids", "wide_values", "wide_function"]


def export_graphs(
    folder: Path,
    *,
    bias: float,
    wide_weights: npt.NDArray[np.floating] | None,
    encoder: Encoder | None,
) -> GraphReport:
    """Write the graphs of a bundle into ``folder`` and check them.

    Args:
        folder: existing folder; ``score.onnx`` is written, and ``gradient.onnx`` if there is an encoder.
        bias: logit of a function without any evidence.
        wide_weights: ``(table_size,)``, or None for a bundle without a wide part.
        encoder: trained encoder on any device, or None for a bundle without a deep part. It is not changed.

    Returns:
        the largest differences found by the checks.

    Raises:
        ValueError: both parts are None.
        ParityError: a graph does not compute what PyTorch computes.
    """
    was_training = encoder.training if encoder is not None else False
    device = next(encoder.parameters()).device if encoder is not None else torch.device("cpu")
    try:
        if encoder is not None:
            encoder.eval().to("cpu")
        module = _score_module(bias, wide_weights, encoder)
        _export_score(module, folder / SCORE_FILE)
        if encoder is not None:
            _export_gradient(encoder, folder / GRADIENT_FILE)
        return check_graphs(folder / SCORE_FILE, folder / GRADIENT_FILE, module, encoder)
    finally:
        if encoder is not None:
            encoder.to(device).train(was_training)


def _score_module(
    bias: float, wide_weights: npt.NDArray[np.floating] | None, encoder: Encoder | None
) -> nn.Module:
    wide = None if wide_weights is None else WideLogit(wide_weights)
    deep = None if encoder is None else DeepLogit(encoder)
    if wide is not None and deep is not None:
        return WideDeepScore(bias, wide, deep)
    if deep is not None:
        return DeepScore(bias, deep)
    if wide is not None:
        return WideScore(bias, wide)
    raise ValueError("a bundle needs a wide part, an encoder, or both")


def _export_score(module: nn.Module, path: Path) -> None:
    windows, length = Dim("W"), Dim("T")
    features, functions = Dim("N"), Dim("B")
    deep_shapes: list[dict[int, Any]] = [
        {0: windows, 1: length},
        {0: windows, 1: length},
        {0: windows},
        {0: windows},
    ]
    wide_shapes: list[dict[int, Any]] = [{0: features}, {0: features}, {0: features}]
    deep_example: list[Tensor] = [
        torch.ones(3, 7, dtype=torch.int64),
        torch.ones(3, 7, dtype=torch.bool),
        torch.tensor([0, 0, 1]),
        torch.tensor([0.5, 0.5, 1.0]),
    ]
    wide_example: list[Tensor] = [
        torch.zeros(5, dtype=torch.int64),
        torch.ones(5),
        torch.tensor([0, 0, 1, 1, 1]),
    ]
    inputs: list[str] = []
    example: list[Tensor] = []
    shapes: list[dict[int, Any]] = []
    outputs = ["logit"]
    if not isinstance(module, WideScore):
        inputs, example, shapes = inputs + _DEEP_INPUTS, example + deep_example, shapes + deep_shapes
    if not isinstance(module, DeepScore):
        inputs, example, shapes = inputs + _WIDE_INPUTS, example + wide_example, shapes + wide_shapes
        outputs.append("wide")
    if not isinstance(module, WideScore):
        outputs += ["deep", "embeddings"]
    _export(
        module,
        [*example, torch.zeros(2)],
        [*shapes, {0: functions}],
        inputs=[*inputs, "prior"],
        outputs=outputs,
        path=path,
    )


def _export_gradient(encoder: Encoder, path: Path) -> None:
    """Trace the gradient to plain operators first, because the exporter cannot trace autograd."""
    function, tensors = lifted_gradient(encoder)
    example = [
        torch.zeros(3, 7, encoder.width),
        torch.ones(3, 7, dtype=torch.bool),
        torch.zeros(3),
    ]
    decompositions = dict(core_aten_decompositions())
    with _quiet_exporter():
        traced = make_fx(function, tracing_mode="symbolic", decomposition_table=decompositions)(
            tensors, *example
        )
    batch, length = Dim("B"), Dim("T")
    _export(
        TracedGradient(traced, tensors),
        example,
        [{0: batch, 1: length}, {0: batch, 1: length}, {0: batch}],
        inputs=["embeddings", "mask", "offset"],
        outputs=["logit", "gradient"],
        path=path,
    )


def _export(
    module: nn.Module,
    example: Sequence[Tensor],
    shapes: Sequence[dict[int, Any]],
    *,
    inputs: list[str],
    outputs: list[str],
    path: Path,
) -> None:
    with _quiet_exporter(), torch.no_grad():
        torch.onnx.export(
            module.eval(),
            tuple(example),
            str(path),
            input_names=inputs,
            output_names=outputs,
            dynamic_shapes=tuple(shapes),
            opset_version=_OPSET,
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    _strip_traces(path)


def _strip_traces(path: Path) -> None:
    """Remove the exporter's metadata, which contains source lines and local paths."""
    model = onnx.load(str(path))
    del model.metadata_props[:]
    graph = model.graph
    # The protobuf stubs type these only by their common base class.
    item: Any
    for item in (graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        item.doc_string = ""
        del item.metadata_props[:]
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


@contextmanager
def _quiet_exporter() -> Iterator[None]:
    """Silence the exporter, which reports its internals; the result is checked afterwards."""
    loggers = [logging.getLogger(name) for name in ("torch.onnx", "torch.__trace")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
