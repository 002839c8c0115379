"""Export the graphs of a bundle, and compare them with PyTorch on inputs of shapes that the exporter never saw."""

import copy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
import torch
from torch import Tensor

from codeorigin.core.errors import CodeOriginError
from codeorigin_training.arrays import Floats32
from codeorigin_training.bundle.graphs import (
    GRADIENT_FILE,
    SCORE_FILE,
    Score,
    export_gradient,
    export_score,
)
from codeorigin_training.encoder.model import Encoder

LOGIT_TOLERANCE = 1e-4
"""Largest difference of a logit, relative to its size or 1, whichever is larger; float32 sums differ by order."""

GRADIENT_TOLERANCE = 1e-3
"""Largest difference of a gradient's entry, relative to the gradient's largest entry."""

_SHAPES = ((1, 1), (1, 5), (8, 64), (2, 333), (1, 512))

_Arrays = dict[str, npt.NDArray[np.generic]]


class ParityError(CodeOriginError):
    """An exported graph differs from the module it was exported from."""


@dataclass(frozen=True, slots=True)
class GraphReport:
    """The largest relative differences: graphs against PyTorch, and the graphs' logits against each other.

    All except ``score_logit`` are zero if there is no gradient graph.
    """

    score_logit: float
    gradient_logit: float
    gradient: float
    between_graphs: float


def export_graphs(
    folder: Path, wide_weights: npt.NDArray[np.floating] | None, encoder: Encoder | None
) -> GraphReport:
    """Write the graphs of a bundle into the existing ``folder`` and check them.

    Args:
        folder: gets ``score.onnx``, and ``gradient.onnx`` if there is an encoder.
        wide_weights: ``(table_size,)``, or None for a bundle without a wide part.
        encoder: trained encoder on any device, or None for a bundle without a deep part. It is not changed.

    Returns:
        the largest differences found by the checks.

    Raises:
        ValueError: both parts are None.
        ParityError: a graph does not compute what PyTorch computes.
    """
    if wide_weights is None and encoder is None:
        raise ValueError("a bundle needs a wide part, an encoder, or both")
    encoder = None if encoder is None else copy.deepcopy(encoder).cpu().eval()
    module = Score(wide_weights, encoder)
    export_score(module, folder / SCORE_FILE)
    if encoder is not None:
        export_gradient(encoder, folder / GRADIENT_FILE)
    return check_graphs(folder / SCORE_FILE, folder / GRADIENT_FILE, module)


def check_graphs(score_path: Path, gradient_path: Path, module: Score) -> GraphReport:
    """Compare ``score.onnx`` with ``module`` and ``gradient.onnx`` with its encoder's autograd.

    Raises:
        ParityError: a difference is above :data:`LOGIT_TOLERANCE` or :data:`GRADIENT_TOLERANCE`.
    """
    encoder = module.encoder
    generator = np.random.default_rng(0)
    score = onnxruntime.InferenceSession(str(score_path), providers=["CPUExecutionProvider"])
    differences = np.zeros(4)
    if encoder is None:
        for functions, features in ((1, 1), (3, 40)):
            inputs = _inputs(generator, module, functions, features)
            _, difference = _compare_score(score, module, inputs)
            differences[0] = max(differences[0], difference)
    else:
        gradient = onnxruntime.InferenceSession(str(gradient_path), providers=["CPUExecutionProvider"])
        for windows, length in _SHAPES:
            inputs = _inputs(generator, module, windows, min(length, encoder.context))
            outputs, difference = _compare_score(score, module, inputs)
            found = [difference, *_compare_gradient(gradient, encoder, inputs, outputs)]
            differences = np.maximum(differences, found)
    report = GraphReport(*(float(value) for value in differences))
    worst_logit = max(report.score_logit, report.gradient_logit, report.between_graphs)
    # Comparisons with NaN are false, so the condition is written such that NaN fails.
    if not (worst_logit <= LOGIT_TOLERANCE and report.gradient <= GRADIENT_TOLERANCE):
        raise ParityError(f"the exported graphs differ from the model: {report}")
    return report


def _inputs(generator: np.random.Generator, module: Score, windows: int, length: int) -> _Arrays:
    """Random inputs with one window per function; all but the first function are padded."""
    inputs: _Arrays = {"prior": generator.normal(size=windows).astype(np.float32)}
    if (encoder := module.encoder) is not None:
        mask = np.arange(length) < generator.integers(1, length + 1, (windows, 1))
        mask[0] = True
        inputs |= {
            "ids": generator.integers(0, encoder.token_embedding.num_embeddings, (windows, length)),
            "mask": mask,
            "window_function": np.arange(windows),
            "window_weight": np.ones(windows, dtype=np.float32),
        }
    if module.wide is not None:
        inputs |= {
            "wide_ids": generator.integers(0, len(module.wide.table), length),
            "wide_values": generator.random(length).astype(np.float32),
            "wide_function": generator.integers(0, windows, length),
        }
    return inputs


def _compare_score(
    session: onnxruntime.InferenceSession, module: Score, inputs: _Arrays
) -> tuple[dict[str, Floats32], float]:
    names = [output.name for output in session.get_outputs()]
    got = dict(zip(names, session.run(names, inputs), strict=True))
    with torch.no_grad():
        expected = module(**{name: torch.from_numpy(array) for name, array in inputs.items()})
    differences = [
        _relative(got[name], tensor.numpy(), floor=1.0) for name, tensor in zip(names, expected, strict=True)
    ]
    return got, max(differences)


def _compare_gradient(
    session: onnxruntime.InferenceSession,
    encoder: Encoder,
    inputs: _Arrays,
    scored: dict[str, Floats32],
) -> tuple[float, float, float]:
    # The offset that makes the gradient graph's logit equal to the score graph's.
    offset = (scored["logit"] - scored["deep"]).astype(np.float32)
    logit, gradient = session.run(
        ["logit", "gradient"], {"embeddings": scored["embeddings"], "mask": inputs["mask"], "offset": offset}
    )
    leaf = torch.from_numpy(scored["embeddings"]).requires_grad_(True)
    with torch.enable_grad():
        deep: Tensor = encoder.forward_embeddings(leaf, torch.from_numpy(inputs["mask"]))
        (expected,) = torch.autograd.grad(deep.sum(), leaf)
    return (
        _relative(logit, deep.detach().numpy() + offset, floor=1.0),
        _relative(gradient, expected.numpy(), floor=0.0),
        _relative(logit, scored["logit"], floor=1.0),
    )


def _relative(got: Floats32, expected: Floats32, *, floor: float) -> float:
    size = max(float(np.abs(expected).max()), floor, 1e-12)
    return float(np.abs(got - expected).max()) / size
