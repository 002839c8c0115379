"""The wide part alone, without the inference runtime: the sum of the weights of a function's n-grams.

A ``score.onnx`` without an encoder gathers weights from one table and sums them per function. NumPy does that several
times faster on the same numbers, and a process that needs nothing else can skip loading the runtime. The table has one
byte per weight, the index of its level.
"""

from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from google.protobuf import descriptor_pb2, descriptor_pool, message, message_factory

from codeorigin.model.ngrams.counting import Counted

_INPUTS = frozenset({"wide_ids", "wide_values", "wide_function", "prior"})
_OPERATORS = frozenset(
    {"Unsqueeze", "Gather", "GatherND", "Cast", "Mul", "Shape", "Expand", "ScatterElements", "Add"}
)
_ONCE = ("Cast", "Mul", "ScatterElements")
_FLOAT, _UINT8 = 1, 2
"""``TensorProto.DataType``."""

_LEVELS = 256

# The fields of ONNX's messages that are read here (onnx.proto3, IR version 3 and later): number, type, whether it is
# repeated, and message type. Protobuf skips all other fields.
_FIELD = descriptor_pb2.FieldDescriptorProto
_MESSAGES: dict[str, dict[str, tuple[int, int, bool, str]]] = {
    "Tensor": {
        "dims": (1, _FIELD.TYPE_INT64, True, ""),
        "data_type": (2, _FIELD.TYPE_INT32, False, ""),
        "name": (8, _FIELD.TYPE_STRING, False, ""),
        "raw_data": (9, _FIELD.TYPE_BYTES, False, ""),
    },
    "Named": {"name": (1, _FIELD.TYPE_STRING, False, "")},
    "Node": {"op_type": (4, _FIELD.TYPE_STRING, False, "")},
    "Graph": {
        "node": (1, _FIELD.TYPE_MESSAGE, True, "Node"),
        "initializer": (5, _FIELD.TYPE_MESSAGE, True, "Tensor"),
        "input": (11, _FIELD.TYPE_MESSAGE, True, "Named"),
    },
    "Model": {"graph": (7, _FIELD.TYPE_MESSAGE, False, "Graph")},
}


class WidePart:
    """A table of level indices, uint8 ``(rows,)``, the weight of each level, ``(256,)``, and the bias of the logit."""

    def __init__(self, table: npt.NDArray[np.uint8], levels: npt.NDArray[np.float32], bias: float) -> None:
        self._table, self._levels = table, levels
        self._bias = np.float32(bias)

    @classmethod
    def read(cls, path: Path, rows: int, bias: float) -> "WidePart | None":
        """The wide part that the graph at ``path`` computes; None if it cannot be read or computes anything else.

        Args:
            path: a ``score.onnx`` or ``wide.onnx``.
            rows: number of rows of its table, according to the views.
            bias: the bias in the manifest.
        """
        try:
            graph = _model_class().FromString(path.read_bytes()).graph
        except (OSError, message.DecodeError):
            return None
        operators = [node.op_type for node in graph.node]
        if {each.name for each in graph.input} != _INPUTS or not set(operators) <= _OPERATORS:
            return None
        table = _array(graph, _UINT8, rows)
        levels = _array(graph, _FLOAT, _LEVELS)
        if table is None or levels is None or any(operators.count(name) != 1 for name in _ONCE):
            return None
        return cls(table.view(np.uint8), levels.view("<f4"), bias)

    def weights(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """The weights ``(N,)`` of the table rows ``ids`` ``(N,)``."""
        return self._levels.take(self._table.take(ids))

    def logits(self, counted: Counted) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """The logit and its wide part, ``(functions,)`` each; the logit of a function without n-grams is the bias.

        Added up one by one in float32, as the graph does it, so that the sums are bit-identical.
        """
        terms = self.weights(counted.ids)
        terms *= counted.values
        borders = counted.borders.tolist()
        wide = np.zeros(len(borders) - 1, dtype=np.float32)
        for function, (start, end) in enumerate(pairwise(borders)):
            if start < end:
                # The last of the running sums, because sum() would add pairwise.
                wide[function] = np.add.accumulate(terms[start:end])[-1]
        return wide + self._bias, wide


def _array(graph: Any, kind: int, length: int) -> npt.NDArray[np.uint8] | None:
    """The bytes of the only array in ``graph`` of this ``kind`` and ``length``; None unless there is exactly one."""
    found = [each for each in graph.initializer if each.data_type == kind and list(each.dims) == [length]]
    size = length * (1 if kind == _UINT8 else 4)
    if len(found) != 1 or len(found[0].raw_data) != size:
        return None
    return np.frombuffer(found[0].raw_data, dtype=np.uint8)


@cache
def _model_class() -> Any:
    package = "codeorigin.score"
    file = descriptor_pb2.FileDescriptorProto(name=f"{package}.proto", package=package, syntax="proto2")
    for name, fields in _MESSAGES.items():
        described = file.message_type.add(name=name)
        for field, (number, kind, many, of) in fields.items():
            label = _FIELD.LABEL_REPEATED if many else _FIELD.LABEL_OPTIONAL
            entry = described.field.add(name=field, number=number, type=kind, label=label)
            if of:
                entry.type_name = f".{package}.{of}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{package}.Model"))
