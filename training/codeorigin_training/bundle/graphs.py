"""The two ONNX graphs of a bundle, exported from PyTorch and checked against it.

``score.onnx`` takes whole functions, already split into windows, and runs on every edit: ``prior`` float32 ``(B,)``,
``ids`` int64 and ``mask`` bool ``(W, T)``, ``window_function`` int64 and ``window_weight`` float32 ``(W,)``,
``wide_ids`` int64, ``wide_values`` float32 and ``wide_function`` int64 ``(N,)`` give ``logit``, ``wide`` and ``deep``
``(B,)`` and ``embeddings`` ``(W, T, D)``. A bundle without one of the parts lacks its inputs and outputs.

``gradient.onnx`` takes the embeddings of single windows, because Integrated Gradients interpolates embeddings, not
token ids: ``embeddings`` float32 ``(B, T, D)``, ``mask`` bool ``(B, T)`` and ``offset`` float32 ``(B,)`` give ``logit``
``(B,)`` and ``gradient`` ``(B, T, D)``.
"""

import logging
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from torch.func import functional_call
from torch.fx.experimental.proxy_tensor import make_fx

from codeorigin_training.bundle.quantization import quantize
from codeorigin_training.encoder.model import Encoder

SCORE_FILE, GRADIENT_FILE = "score.onnx", "gradient.onnx"

_OPSET = 18

GradientFunction = Callable[[tuple[Tensor, ...], Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]


class WideLogit(nn.Module):
    """Sum of the weights of a function's n-grams, from a table with one byte per weight.

    Rows are gathered before they are converted to float32, so that the table is never held twice. ``gather`` becomes
    GatherElements, which takes a tenth of the time of an index's GatherND; ScatterElements adds the shares up one by
    one, in their order, so that every processor computes the same sum.
    """

    table: Tensor
    levels: Tensor

    def __init__(self, weights: npt.NDArray[np.floating]) -> None:
        super().__init__()
        quantized = quantize(weights)
        self.register_buffer("table", torch.from_numpy(quantized.codes))
        self.register_buffer("levels", torch.from_numpy(quantized.levels))

    def forward(self, ids: Tensor, values: Tensor, function: Tensor, prior: Tensor) -> Tensor:
        """Wide logit ``(B,)`` of features ``(N,)``, whose functions are ``function`` ``(N,)``."""
        codes = self.table.gather(0, ids).to(torch.int64)
        shares = self.levels.gather(0, codes) * values
        return torch.zeros_like(prior).scatter_add(0, function, shares)


class Score(nn.Module):
    """``score.onnx`` of the parts that a bundle has; those that it lacks are None, and so are their inputs."""

    def __init__(self, wide_weights: npt.NDArray[np.floating] | None, encoder: Encoder | None) -> None:
        super().__init__()
        self.wide = None if wide_weights is None else WideLogit(wide_weights)
        self.encoder = encoder

    def forward(
        self,
        prior: Tensor,
        ids: Tensor | None = None,
        mask: Tensor | None = None,
        window_function: Tensor | None = None,
        window_weight: Tensor | None = None,
        wide_ids: Tensor | None = None,
        wide_values: Tensor | None = None,
        wide_function: Tensor | None = None,
    ) -> tuple[Tensor, ...]:
        """The outputs in the order of :func:`output_names`; the deep logit is weighted over a function's windows."""
        logit, parts = prior, list[Tensor]()
        if self.wide is not None:
            assert wide_ids is not None and wide_values is not None and wide_function is not None  # noqa: PT018
            wide = self.wide(wide_ids, wide_values, wide_function, prior)
            logit, parts = logit + wide, [wide]
        if self.encoder is not None:
            assert ids is not None and mask is not None  # noqa: PT018
            assert window_function is not None and window_weight is not None  # noqa: PT018
            embeddings = self.encoder.embed(ids)
            of_windows = self.encoder.forward_embeddings(embeddings, mask) * window_weight
            deep = torch.zeros_like(prior).scatter_add(0, window_function, of_windows)
            logit, parts = logit + deep, [*parts, deep, embeddings]
        return logit, *parts


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
        tensors: tuple[Tensor, ...], embeddings: Tensor, mask: Tensor, offset: Tensor
    ) -> tuple[Tensor, Tensor]:
        leaf = embeddings.detach().requires_grad_(True)
        weights = dict(zip(names, tensors, strict=True))
        # Sequences are independent, so the gradient of the sum contains the gradient of each sequence.
        deep = functional_call(module, weights, (leaf, mask))
        (gradient,) = torch.autograd.grad(deep.sum(), leaf)
        return (deep + offset).detach(), gradient

    return logit_and_gradient, tuple(named[name].detach().clone() for name in names)


class TracedGradient(nn.Module):
    """A traced graph with its weights restored as parameters, ready for the exporter."""

    def __init__(self, traced: torch.fx.GraphModule, tensors: tuple[Tensor, ...]) -> None:
        super().__init__()
        self.traced = traced
        self.weights = nn.ParameterList(nn.Parameter(tensor, requires_grad=False) for tensor in tensors)

    def forward(self, embeddings: Tensor, mask: Tensor, offset: Tensor) -> tuple[Tensor, Tensor]:
        """Logit ``(B,)`` and gradient ``(B, T, D)`` of embeddings ``(B, T, D)``."""
        logit, gradient = self.traced(tuple(self.weights), embeddings, mask, offset)
        return logit, gradient


def export_score(module: Score, path: Path) -> None:
    """Write ``score.onnx``."""
    windows, length, features, functions = Dim("W"), Dim("T"), Dim("N"), Dim("B")
    inputs: dict[str, tuple[Tensor, dict[int, Any]]] = {"prior": (torch.zeros(2), {0: functions})}
    outputs = ["logit"]
    if module.encoder is not None:
        inputs |= {
            "ids": (torch.ones(3, 7, dtype=torch.int64), {0: windows, 1: length}),
            "mask": (torch.ones(3, 7, dtype=torch.bool), {0: windows, 1: length}),
            "window_function": (torch.tensor([0, 0, 1]), {0: windows}),
            "window_weight": (torch.tensor([0.5, 0.5, 1.0]), {0: windows}),
        }
    if module.wide is not None:
        inputs |= {
            "wide_ids": (torch.zeros(5, dtype=torch.int64), {0: features}),
            "wide_values": (torch.ones(5), {0: features}),
            "wide_function": (torch.tensor([0, 0, 1, 1, 1]), {0: features}),
        }
        outputs.append("wide")
    if module.encoder is not None:
        outputs += ["deep", "embeddings"]
    _export(module, inputs, outputs, path)


def export_gradient(encoder: Encoder, path: Path) -> None:
    """Write ``gradient.onnx``; the gradient is traced to plain operators first, as the exporter knows no autograd."""
    function, tensors = lifted_gradient(encoder)
    batch, length = Dim("B"), Dim("T")
    inputs: dict[str, tuple[Tensor, dict[int, Any]]] = {
        "embeddings": (torch.zeros(3, 7, encoder.width), {0: batch, 1: length}),
        "mask": (torch.ones(3, 7, dtype=torch.bool), {0: batch, 1: length}),
        "offset": (torch.zeros(3), {0: batch}),
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
