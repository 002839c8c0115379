"""An ONNX graph on onnxruntime, configured for a process that runs next to an editor."""

import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy.typing as npt

from codeorigin.core.errors import ModelError

Feed = dict[str, npt.NDArray[Any]]
"""Arrays by the name of a graph's input or output."""

NEEDS_DEEP = "the model has a deep part: install what it needs with pip install 'codeorigin[deep]'"
_MOST_MEMORY = 4 << 30
"""Bytes for the arrays of all graphs of a process: several times what the largest encoder takes."""


class Graph:
    """An onnxruntime session configured for an editor: few threads, no spinning, no logging, one-line errors."""

    def __init__(self, path: Path, *, threads: int = 1) -> None:
        """Load ``path``; raises ModelError if it is missing or not a graph, or onnxruntime is not installed."""
        try:
            # Models without an encoder do without it.
            import onnxruntime  # noqa: PLC0415
        except ImportError as error:
            raise ModelError(NEEDS_DEEP) from error
        self.name = path.name
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        # Idle threads must not drain the battery.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.inter_op.allow_spinning", "0")
        # Memory plans are per shape, and hardly any two batches have the same shape.
        options.enable_mem_pattern = False
        # Data beside the graph, which no checksum covers, is looked for in a folder that cannot be there.
        options.add_session_config_entry("session.model_external_initializers_file_folder_path", os.devnull)
        options.add_session_config_entry("session.use_env_allocators", "1")
        provider = ("CPUExecutionProvider", {"arena_extend_strategy": "kSameAsRequested"})
        try:
            _limit_memory()
            self._session = onnxruntime.InferenceSession(path.read_bytes(), options, providers=[provider])
        except Exception as error:  # onnxruntime's errors share no base class
            raise ModelError(
                f"{path.name}: cannot be loaded ({_one_line(error)}); reinstall the model"
            ) from error
        # onnxruntime would keep the bytes, for another try on another device.
        self._session._model_bytes = None
        self.inputs = tuple(item.name for item in self._session.get_inputs())
        self.outputs = tuple(item.name for item in self._session.get_outputs())
        self._run_options = onnxruntime.RunOptions()
        self._run_options.log_severity_level = 4
        self._run_options.only_execute_path_to_fetches = True

    def run(self, outputs: Sequence[str], feed: Mapping[str, npt.NDArray[Any]]) -> Feed:
        """The ``outputs`` by name, ``(B,)`` or as the graph shapes them; raises ModelError if onnxruntime fails."""
        try:
            values = self._session.run(list(outputs), dict(feed), self._run_options)
        except Exception as error:
            raise ModelError(f"{self.name}: {_one_line(error)}") from error
        return dict(zip(outputs, values, strict=True))


@cache
def _limit_memory() -> None:
    """Give all graphs of this process one allocator, which refuses more than :data:`_MOST_MEMORY`."""
    import onnxruntime  # noqa: PLC0415 - see above

    kind, memory = onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, onnxruntime.OrtMemType.DEFAULT
    limits = onnxruntime.OrtArenaCfg({"max_mem": _MOST_MEMORY, "arena_extend_strategy": 1})
    onnxruntime.create_and_register_allocator(onnxruntime.OrtMemoryInfo("Cpu", kind, 0, memory), limits)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
