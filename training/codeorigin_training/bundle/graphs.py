"""The modules behind the two ONNX graphs: one computes all scores, the other a logit with its gradient.

``score.onnx`` takes whole functions, already split into windows, and runs on every edit. ``gradient.onnx``
takes the embeddings of single windows, because Integrated Gradients interpolates embeddings, not token ids.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.func import functional_call

from codeorigin_training.bundle.quantization import quantize
from codeorigin_training.encoder.model import Encoder

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


class DeepLogit(nn.Module):
    """Weighted sum of the encoder's logits over the windows of every function."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(
        self, ids: Tensor, mask: Tensor, function: Tensor, weight: Tensor, prior: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Deep logit ``(B,)`` and embeddings ``(W, T, D)`` of windows ``(W, T)``."""
        embeddings = self.encoder.embed(ids)
        logits = self.encoder.forward_embeddings(embeddings, mask)
        return torch.zeros_like(prior).scatter_add(0, function, logits * weight), embeddings


class WideDeepScore(nn.Module):
    """``score.onnx`` of a bundle with both parts."""

    def __init__(self, bias: float, wide: WideLogit, deep: DeepLogit) -> None:
        super().__init__()
        self.wide, self.deep, self.bias = wide, deep, bias

    def forward(
        self,
        ids: Tensor,
        mask: Tensor,
        window_function: Tensor,
        window_weight: Tensor,
        wide_ids: Tensor,
        wide_values: Tensor,
        wide_function: Tensor,
        prior: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        deep, embeddings = self.deep(ids, mask, window_function, window_weight, prior)
        wide = self.wide(wide_ids, wide_values, wide_function, prior)
        return self.bias + prior + wide + deep, wide, deep, embeddings


class DeepScore(nn.Module):
    """``score.onnx`` of a bundle without a wide part."""

    def __init__(self, bias: float, deep: DeepLogit) -> None:
        super().__init__()
        self.deep, self.bias = deep, bias

    def forward(
        self,
        ids: Tensor,
        mask: Tensor,
        window_function: Tensor,
        window_weight: Tensor,
        prior: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        deep, embeddings = self.deep(ids, mask, window_function, window_weight, prior)
        return self.bias + prior + deep, deep, embeddings


class WideScore(nn.Module):
    """``score.onnx`` of a bundle without a deep part."""

    def __init__(self, bias: float, wide: WideLogit) -> None:
        super().__init__()
        self.wide, self.bias = wide, bias

    def forward(
        self, wide_ids: Tensor, wide_values: Tensor, wide_function: Tensor, prior: Tensor
    ) -> tuple[Tensor, Tensor]:
        wide = self.wide(wide_ids, wide_values, wide_function, prior)
        return self.bias + prior + wide, wide


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
