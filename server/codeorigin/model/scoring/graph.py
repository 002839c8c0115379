"""An ONNX graph on onnxruntime, configured for a process that runs next to an editor."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy.typing as npt

from codeorigin.errors import ModelError

Feed = dict[str, npt.NDArray[Any]]
"""Arrays by the name of a graph's input or output."""


class Graph:
    """An onnxruntime session configured for an editor: few threads, no spinning, no logging, one-line errors."""

    def __init__(self, path: Path, *, threads: int = 1) -> None:
        """Load ``path``.

        Raises:
            ModelError: the file is missing or not a graph.
        """
        # The import takes a fifth of a second, and models without an encoder do not need it.
        import onnxruntime  # noqa: PLC0415

        self._name = path.name
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        # Idle threads must not drain the battery.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.inter_op.allow_spinning", "0")
        # Memory plans are per shape, and hardly any two batches have the same shape.
        options.enable_mem_pattern = False
        provider = ("CPUExecutionProvider", {"arena_extend_strategy": "kSameAsRequested"})
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=[provider])
        except Exception as error:  # onnxruntime's errors share no base class
            raise ModelError(
                f"{path.name}: cannot be loaded ({_one_line(error)}); reinstall the model"
            ) from error
        self.inputs = tuple(item.name for item in self._session.get_inputs())
        self.outputs = tuple(item.name for item in self._session.get_outputs())
        self._run_options = onnxruntime.RunOptions()
        self._run_options.log_severity_level = 4
        self._run_options.only_execute_path_to_fetches = True

    def run(self, outputs: Sequence[str], feed: Mapping[str, npt.NDArray[Any]]) -> Feed:
        """Compute ``outputs`` by name, ``(B,)`` or as the graph shapes them; only the nodes they depend on are run.

        Raises:
            ModelError: onnxruntime rejected the inputs or failed.
        """
        try:
            values = self._session.run(list(outputs), dict(feed), self._run_options)
        except Exception as error:
            raise ModelError(f"{self._name}: {_one_line(error)}") from error
        return dict(zip(outputs, values, strict=True))


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
