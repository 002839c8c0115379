"""Gates for the attention heads of RoBERTa-like bodies.

Source: Michel, Levy and Neubig, "Are Sixteen Heads Really Better than One?" (NeurIPS 2019), sections 2 and 3.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn

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
