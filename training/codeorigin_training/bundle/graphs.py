"""The two ONNX graphs of an encoder, exported from PyTorch and checked against it.

``score.onnx`` takes windows of a function: ``ids`` int64 and ``mask`` bool ``(W, T)`` give ``logit`` ``(W,)`` and
``embeddings`` ``(W, T, D)``.

``gradient.onnx`` takes the embeddings, because Integrated Gradients interpolates embeddings, not token ids:
``embeddings`` float32 ``(B, T, D)`` and ``mask`` bool ``(B, T)`` give ``logit`` ``(B,)`` and ``gradient``
``(B, T, D)``.
"""

import logging
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import onnx
import torch
from torch import Tensor, nn
from torch._decomp import core_aten_decompositions
from torch.export import Dim
from torch.func import functional_call
from torch.fx.experimental.proxy_tensor import make_fx

from codeorigin_training.encoder.model import Encoder

SCORE_FILE, GRADIENT_FILE = "score.onnx", "gradient.onnx"

_OPSET = 18

GradientFunction = Callable[[tuple[Tensor, ...], Tensor, Tensor], tuple[Tensor, Tensor]]


class Score(nn.Module):
    """``score.onnx`` of an encoder."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Logit ``(W,)`` and embeddings ``(W, T, D)`` of windows ``(W, T)``."""
        embeddings = self.encoder.embed(ids)
        return self.encoder.forward_embeddings(embeddings, mask), embeddings


class _FromEmbeddings(nn.Module):
    frame: Tensor | None

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        frame = encoder.frame()
        self.register_buffer("frame", None if frame is None else frame.detach().clone())

    def forward(self, embeddings: Tensor, mask: Tensor) -> Tensor:
        return self.encoder.forward_embeddings(embeddings, mask, self.frame)


def lifted_gradient(encoder: Encoder) -> tuple[GradientFunction, tuple[Tensor, ...]]:
    """The encoder's logit ``(B,)`` and its gradient ``(B, T, D)`` as a function of its weights, and those weights.

    The exporter traces symbolic shapes only through tensors that are inputs, so the weights become
    arguments. The embedding tables are left out, because the graph starts after them.
    """
    module = _FromEmbeddings(encoder)
    embedding = tuple(f"encoder.{prefix}" for prefix in encoder.embedding_prefixes)
    named = {**dict(module.named_parameters()), **dict(module.named_buffers())}
    names = [name for name in named if not name.startswith(embedding)]

    def logit_and_gradient(
        tensors: tuple[Tensor, ...], embeddings: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        leaf = embeddings.detach().requires_grad_(True)
        weights = dict(zip(names, tensors, strict=True))
        # Sequences are independent, so the gradient of the sum contains the gradient of each sequence.
        deep = functional_call(module, weights, (leaf, mask))
        (gradient,) = torch.autograd.grad(deep.sum(), leaf)
        return deep.detach(), gradient

    return logit_and_gradient, tuple(named[name].detach().clone() for name in names)


class TracedGradient(nn.Module):
    """A traced graph with its weights restored as parameters, ready for the exporter."""

    def __init__(self, traced: torch.fx.GraphModule, tensors: tuple[Tensor, ...]) -> None:
        super().__init__()
        self.traced = traced
        self.weights = nn.ParameterList(nn.Parameter(tensor, requires_grad=False) for tensor in tensors)

    def forward(self, embeddings: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Logit ``(B,)`` and gradient ``(B, T, D)`` of embeddings ``(B, T, D)``."""
        logit, gradient = self.traced(tuple(self.weights), embeddings, mask)
        return logit, gradient


def export_score(encoder: Encoder, path: Path) -> None:
    """Write ``score.onnx``."""
    windows, length = Dim("W"), Dim("T")
    inputs: dict[str, tuple[Tensor, dict[int, Any]]] = {
        "ids": (torch.ones(3, 7, dtype=torch.int64), {0: windows, 1: length}),
        "mask": (torch.ones(3, 7, dtype=torch.bool), {0: windows, 1: length}),
    }
    _export(Score(encoder), inputs, ["logit", "embeddings"], path)


def export_gradient(encoder: Encoder, path: Path) -> None:
    """Write ``gradient.onnx``; the gradient is traced to plain operators first, as the exporter knows no autograd."""
    function, tensors = lifted_gradient(encoder)
    batch, length = Dim("B"), Dim("T")
    inputs: dict[str, tuple[Tensor, dict[int, Any]]] = {
        "embeddings": (torch.zeros(3, 7, encoder.width), {0: batch, 1: length}),
        "mask": (torch.ones(3, 7, dtype=torch.bool), {0: batch, 1: length}),
    }
    trace = make_fx(function, tracing_mode="symbolic", decomposition_table=dict(core_aten_decompositions()))
    with _quiet_exporter():
        traced = trace(tensors, *(example for example, _ in inputs.values()))
    _export(TracedGradient(traced, tensors), inputs, ["logit", "gradient"], path)


def _export(
    module: nn.Module,
    inputs: Mapping[str, tuple[Tensor, dict[int, Any]]],
    outputs: Sequence[str],
    path: Path,
) -> None:
    """Write ``module``, called with an example of each of its ``inputs``, which has the dynamic dimensions beside it."""
    with _quiet_exporter(), torch.no_grad():
        torch.onnx.export(
            module.eval(),
            (),
            str(path),
            kwargs={name: example for name, (example, _) in inputs.items()},
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_shapes={name: shape for name, (_, shape) in inputs.items()},
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
