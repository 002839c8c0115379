"""Export the graphs of an encoder, and compare them with PyTorch on inputs of shapes that the exporter never saw."""

import copy
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor

from codeorigin.core.errors import CodeOriginError
from codeorigin_training.arrays import Booleans, Floats32, Integers
from codeorigin_training.bundle.graphs import (
    GRADIENT_FILE,
    SCORE_FILE,
    export_gradient,
    export_score,
)
from codeorigin_training.encoder.model import Encoder

LOGIT_TOLERANCE = 1e-4
"""Largest difference of a logit, relative to its size or 1, whichever is larger; float32 sums differ by order."""

GRADIENT_TOLERANCE = 1e-3
"""Largest difference of a gradient's entry, relative to the gradient's largest entry."""

_SHAPES = ((1, 1), (1, 5), (8, 64), (2, 333), (1, 512))


class ParityError(CodeOriginError):
    """An exported graph differs from the module it was exported from."""


DIFFERENCES = ("score_logit", "gradient_logit", "gradient", "between_graphs")
"""The largest relative differences: graphs against PyTorch, and the graphs' logits against each other."""


def export_graphs(folder: Path, encoder: Encoder) -> dict[str, float]:
    """Write ``score.onnx`` and ``gradient.onnx`` of a trained encoder into the existing ``folder``, and check them.

    The encoder may be on any device and is not changed.

    Raises:
        ParityError: a graph does not compute what PyTorch computes.
    """
    encoder = copy.deepcopy(encoder).cpu().eval()
    export_score(encoder, folder / SCORE_FILE)
    export_gradient(encoder, folder / GRADIENT_FILE)
    return check_graphs(folder / SCORE_FILE, folder / GRADIENT_FILE, encoder)


def check_graphs(score_path: Path, gradient_path: Path, encoder: Encoder) -> dict[str, float]:
    """Compare both graphs with the encoder, and the gradient with its autograd.

    Raises:
        ParityError: a difference is above :data:`LOGIT_TOLERANCE` or :data:`GRADIENT_TOLERANCE`.
    """
    generator = np.random.default_rng(0)
    score, gradient = (
        onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        for path in (score_path, gradient_path)
    )
    differences = np.zeros(4)
    for windows, longest in _SHAPES:
        length = min(longest, encoder.context)
        # All but the first window are padded.
        mask = np.arange(length) < generator.integers(1, length + 1, (windows, 1))
        mask[0] = True
        ids = generator.integers(0, encoder.token_embedding.num_embeddings, (windows, length))
        differences = np.maximum(differences, _differences(score, gradient, encoder, ids, mask))
    report = dict(zip(DIFFERENCES, differences.tolist(), strict=True))
    # Comparisons with NaN are false, so the condition is written such that NaN fails.
    allowed = np.where(np.array(DIFFERENCES) == "gradient", GRADIENT_TOLERANCE, LOGIT_TOLERANCE)
    if not (differences <= allowed).all():
        raise ParityError(f"the exported graphs differ from the model: {report}")
    return report


def _differences(
    score: onnxruntime.InferenceSession,
    gradient: onnxruntime.InferenceSession,
    encoder: Encoder,
    ids: Integers,
    mask: Booleans,
) -> tuple[float, float, float, float]:
    """The :data:`DIFFERENCES` for windows ``(W, T)``; embeddings that differ count as a logit would."""
    logit, embeddings = score.run(["logit", "embeddings"], {"ids": ids, "mask": mask})
    again, slope = gradient.run(["logit", "gradient"], {"embeddings": embeddings, "mask": mask})
    leaf = torch.from_numpy(embeddings).requires_grad_(True)
    with torch.enable_grad():
        deep: Tensor = encoder.forward_embeddings(leaf, torch.from_numpy(mask))
        (expected,) = torch.autograd.grad(deep.sum(), leaf)
    with torch.no_grad():
        embedded = encoder.embed(torch.from_numpy(ids))
        whole = encoder.forward_embeddings(embedded, torch.from_numpy(mask)).numpy()
    return (
        max(_relative(logit, whole, floor=1.0), _relative(embeddings, embedded.numpy(), floor=1.0)),
        _relative(again, deep.detach().numpy(), floor=1.0),
        _relative(slope, expected.numpy(), floor=0.0),
        _relative(again, logit, floor=1.0),
    )


def _relative(got: Floats32, expected: Floats32, *, floor: float) -> float:
    size = max(float(np.abs(expected).max()), floor, 1e-12)
    return float(np.abs(got - expected).max()) / size
