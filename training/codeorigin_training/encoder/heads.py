"""Gates for the attention heads of RoBERTa-like bodies.

Source: Michel, Levy and Neubig, "Are Sixteen Heads Really Better than One?" (NeurIPS 2019), sections 2 and 3.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn


def attention_layers(body: Any) -> list[Any]:
    """The attention modules of a RoBERTa-like body, from the lowest layer up."""
    return [layer.attention for layer in body.encoder.layer]


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
