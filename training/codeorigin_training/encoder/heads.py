"""Gates for the attention heads of RoBERTa-like bodies, and pruning of heads.

Source: Michel, Levy and Neubig, "Are Sixteen Heads Really Better than One?" (NeurIPS 2019), sections 2 and 3.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from transformers.pytorch_utils import prune_linear_layer

from codeorigin_training.encoder.model import EncoderError


def attention_layers(body: Any) -> list[Any]:
    """The attention modules of a RoBERTa-like body, from the lowest layer up.

    Raises:
        EncoderError: the body is not built like RoBERTa.
    """
    layers = getattr(getattr(body, "encoder", None), "layer", None)
    if layers is None or not all(hasattr(layer, "attention") for layer in layers):
        raise EncoderError(f"{type(body).__name__} is not built like RoBERTa: its heads are not known")
    return [layer.attention for layer in layers]


@contextmanager
def gated(body: Any, gates: Tensor) -> Iterator[None]:
    """Context manager that multiplies the output of every head by its gate in ``gates`` ``(layers, heads)``."""
    handles = []
    for attention, row in zip(attention_layers(body), gates, strict=True):
        width = int(attention.self.attention_head_size)

        def scale(_: nn.Module, inputs: tuple[Tensor, ...], row: Tensor = row, width: int = width) -> Any:
            return (inputs[0] * row.repeat_interleave(width), *inputs[1:])

        handles.append(attention.output.dense.register_forward_pre_hook(scale))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def prune_heads(body: Any, heads: Mapping[int, Sequence[int]]) -> None:
    """Remove heads from a RoBERTa-like body, with their weights.

    Args:
        body: a body of transformers.
        heads: the heads to remove, by layer; both are numbered from 0.

    Raises:
        EncoderError: there is no such head, a layer would keep none, or the body is not built like RoBERTa.
    """
    layers = attention_layers(body)
    for number, gone in heads.items():
        if number >= len(layers):
            raise EncoderError(f"there is no layer {number}; there are {len(layers)}, from 0")
        attention = layers[number].self
        count, width = attention.num_attention_heads, attention.attention_head_size
        if unknown := [head for head in gone if head >= count]:
            raise EncoderError(f"layer {number} has no head {unknown[0]}; there are {count}, from 0")
        left = [head for head in range(count) if head not in gone]
        if not left:
            raise EncoderError(f"layer {number} would keep no head; leave one")
        places: Any = torch.cat([torch.arange(head * width, (head + 1) * width) for head in left])
        for name in ("query", "key", "value"):
            setattr(attention, name, prune_linear_layer(getattr(attention, name), places))
        layers[number].output.dense = prune_linear_layer(layers[number].output.dense, places, dim=1)
        attention.num_attention_heads, attention.all_head_size = len(left), len(left) * width
