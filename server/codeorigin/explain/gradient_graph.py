"""``gradient.onnx``: the deep part's logit and its gradient with respect to the embeddings."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from codeorigin.errors import ModelError
from codeorigin.model.scoring.graph import Graph

Floats = npt.NDArray[np.float32]

_INPUTS = {"embeddings", "mask", "offset"}


class GradientGraph:
    """A :class:`~codeorigin.explain.integrated_gradients.GradientFunction` on onnxruntime."""

    def __init__(self, path: Path, *, threads: int = 1) -> None:
        """Load the graph.

        Raises:
            ModelError: the file cannot be read or is a different graph.
        """
        self._graph = Graph(path, threads=threads)
        if set(self._graph.inputs) != _INPUTS:
            raise ModelError(f"{path.name}: is not a gradient graph; reinstall the model")

    def __call__(self, embeddings: Floats) -> tuple[Floats, Floats]:
        """Deep logit ``(B,)`` and gradient ``(B, T, D)`` at windows ``(B, T, D)`` without padding.

        Raises:
            ModelError: the graph failed.
        """
        feed = {
            "embeddings": embeddings.astype(np.float32, copy=False),
            "mask": np.ones(embeddings.shape[:2], dtype=np.bool_),
            "offset": np.zeros(len(embeddings), dtype=np.float32),
        }
        outputs = self._graph.run(["logit", "gradient"], feed)
        return outputs["logit"], outputs["gradient"]
