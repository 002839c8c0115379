"""The deep part's matrices in 4 or 8 bits, in one file that both graphs read: ``weights.bin``.

The weights are rounded first, and the graphs are exported from the rounded weights as usual. Then every rounded matrix
in the graphs is replaced by an operator that reads its blocks:

- ``MatMulNBits`` (an onnxruntime operator) for the product of a linear layer: its kernel reads the blocks directly, so
  the layer is never held in float32;
- ``DequantizeLinear`` before the product where a gradient is propagated back through the layer, because there the sum
  runs across blocks;
- ``GatherBlockQuantized`` for look-ups in the embedding table: only the rows needed are converted to float32.

These operators have a fixed zero point rather than a block's lowest value, so extra nodes add the difference. All three
read the same bytes, so a layer is stored only once.
"""

import hashlib
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from codeorigin.model.bundle import WEIGHTS
from codeorigin_training.blocks import GROUP, Blocks, check_bits, splits_into_blocks, to_blocks
from codeorigin_training.encoder.interface import Encoder, EncoderError

_OPSET, _IR = 21, 10
"""The first opset with blocks in ``DequantizeLinear``, and the first IR version with 4-bit numbers."""

_CONTRIBUTED = "com.microsoft"
_ALIGNMENT = 64


def round_weights(encoder: Encoder, bits: int) -> dict[str, Blocks]:
    """Round the token embedding and the linear layers of ``encoder`` in place, and return their blocks by name.

    The head, and layers whose rows are not whole blocks, are left unchanged.

    Raises:
        ValueError: ``bits`` is not 4 or 8, or a weight is not finite.
        EncoderError: no weight can be stored in blocks.
    """
    check_bits(bits)
    rounded: dict[str, Blocks] = {}
    for name, module in encoder.named_modules():
        linear = isinstance(module, nn.Linear) and not name.startswith("head.")
        if not linear and module is not encoder.token_embedding:
            continue
        weight: torch.Tensor = module.weight
        if splits_into_blocks(tuple(weight.shape)):
            blocks = to_blocks(weight.detach().float().cpu().numpy(), bits)
            with torch.no_grad():
                weight.copy_(torch.from_numpy(blocks.values))
            rounded[f"{name}.weight"] = blocks
    if not rounded:
        raise EncoderError(
            f"no matrix of the encoder has rows of a multiple of {GROUP} for {bits} bits; set deep_bits=32"
        )
    return rounded


def share_blocks(folder: Path, graphs: tuple[str, ...], blocks: Mapping[str, Blocks]) -> None:
    """Write ``weights.bin`` into ``folder``, and make its ``graphs`` read the matrices in ``blocks`` from there.

    Raises:
        EncoderError: a matrix in ``blocks`` was not found unchanged in any graph.
    """
    known = _Known(blocks)
    with _SharedFile(folder / WEIGHTS) as file:
        for name in graphs:
            model = onnx.load(str(folder / name))
            _Rewriter(model, known, file).rewrite()
            onnx.save(model, str(folder / name))
        if unread := known.unread(file.names):
            raise EncoderError(
                f"the exporter has changed {', '.join(unread)}, which would stay in 32 bits; set deep_bits=32"
            )
    for name in graphs:
        onnx.checker.check_model(str(folder / name))


class _Known:
    """Finds the blocks that match an initializer, either directly or transposed."""

    def __init__(self, blocks: Mapping[str, Blocks]) -> None:
        self._found: dict[tuple[tuple[int, ...], bytes], tuple[str, bool]] = {}
        self.blocks = blocks
        for name, each in blocks.items():
            values = each.values
            self._found[_fingerprint(values)] = name, False
            self._found[_fingerprint(values.T)] = name, True

    def find(self, tensor: TensorProto) -> tuple[str, bool] | None:
        """The name of the blocks that match ``tensor``, and whether it is their transpose; None without a match."""
        if tensor.data_type != TensorProto.FLOAT or len(tensor.dims) != 2:
            return None
        return self._found.get(_fingerprint(numpy_helper.to_array(tensor)))

    def unread(self, stored: Collection[str]) -> list[str]:
        """Names of the blocks missing from the names ``stored`` in the file; equal blocks share one copy."""
        read = {name: self._found[_fingerprint(each.values)][0] for name, each in self.blocks.items()}
        return [name for name, same in read.items() if f"{same}.codes" not in stored]


def _fingerprint(matrix: npt.NDArray[np.generic]) -> tuple[tuple[int, ...], bytes]:
    return matrix.shape, hashlib.sha256(np.ascontiguousarray(matrix).data).digest()


class _SharedFile(AbstractContextManager["_SharedFile"]):
    """The file of weights, in which equal names are written only once."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._name = path.name
        self._places: dict[str, tuple[int, int]] = {}

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    @property
    def names(self) -> Collection[str]:
        """The names written so far."""
        return self._places.keys()

    def tensor(self, name: str, kind: int, shape: list[int], stored: npt.NDArray[np.generic]) -> TensorProto:
        """An initializer of type ``kind`` and ``shape`` over the bytes of ``stored``, which are stored as ``name``."""
        if name not in self._places:
            content = np.ascontiguousarray(stored).tobytes()
            self._file.write(bytes(-self._file.tell() % _ALIGNMENT))
            self._places[name] = self._file.tell(), len(content)
            self._file.write(content)
        offset, length = self._places[name]
        # The same bytes are read with several data types and shapes.
        form = f"{TensorProto.DataType.Name(kind).lower()}.{len(shape)}d"
        tensor = TensorProto(name=f"{name}.{form}", data_type=kind, dims=shape)
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (("location", self._name), ("offset", offset), ("length", length)):
            tensor.external_data.add(key=key, value=str(value))
        return tensor


class _Rewriter:
    """Replaces matrices in one graph by operators that read blocks."""

    def __init__(self, model: onnx.ModelProto, known: _Known, file: _SharedFile) -> None:
        self._model, self._blocks, self._file = model, known.blocks, file
        self._made: dict[str, TensorProto] = {}
        self._nodes: list[onnx.NodeProto] = []
        self._shared: set[str] = set()
        self._matrices = {
            tensor.name: found
            for tensor in model.graph.initializer
            if (found := known.find(tensor)) is not None
        }
        for node in model.graph.node:
            # The exporter keeps a Transpose node in front of large matrices.
            if node.op_type == "Transpose" and node.input[0] in self._matrices:
                name, transposed = self._matrices[node.input[0]]
                self._matrices[node.output[0]] = name, not transposed

    def rewrite(self) -> None:
        """Replace nodes that read a known matrix, and remove what is no longer read."""
        graph = self._model.graph
        for node in graph.node:
            place = {"MatMul": 1, "Gather": 0}.get(node.op_type)
            found = None if place is None else self._matrices.get(node.input[place])
            if found is None or (found[1] and place == 0):
                self._nodes.append(node)
            elif place == 0:
                self._look_up(node, found[0])
            else:
                (self._forward if found[1] else self._back)(node, found[0])
        self._drop_unread()
        del graph.node[:]
        graph.node.extend(self._nodes)
        graph.initializer.extend(self._made.values())
        del graph.value_info[:]
        # Since opset 18, the operators used in the graphs have only gained types.
        del self._model.opset_import[:]
        self._model.opset_import.extend(
            [helper.make_opsetid("", _OPSET), helper.make_opsetid(_CONTRIBUTED, 1)]
        )
        self._model.ir_version = max(self._model.ir_version, _IR)

    def _forward(self, node: onnx.NodeProto, name: str) -> None:
        """``x @ W.T``: the zero point is the middle number; its value times the block sums of ``x`` is added."""
        blocks, x, out = self._blocks[name], node.input[0], node.output[0]
        rows, columns = blocks.shape
        codes = self._codes(name, TensorProto.UINT8, [rows, columns // GROUP, GROUP * blocks.bits // 8])
        turned = self._once("Transpose", [self._middle(name)], f"{name}.turned", perm=[1, 0])
        sums = self._once("MatMul", [x, self._sums(columns)], f"{x}.sums")
        self._add(
            "MatMulNBits",
            [x, codes, self._step(name)],
            f"{out}.counted",
            domain=_CONTRIBUTED,
            K=columns,
            N=rows,
            bits=blocks.bits,
            block_size=GROUP,
        )
        self._add("MatMul", [sums, turned], f"{out}.middle")
        self._add("Add", [f"{out}.counted", f"{out}.middle"], out)

    def _back(self, node: onnx.NodeProto, name: str) -> None:
        """``y @ W``: the product with zero point 0, plus the contribution of the blocks' lowest values."""
        y, out = node.input[0], node.output[0]
        codes = self._codes(name, self._whole_kind(name), list(self._blocks[name].shape))
        self._add("DequantizeLinear", [codes, self._step(name)], f"{out}.weight", axis=1, block_size=GROUP)
        self._add("MatMul", [y, f"{out}.weight"], f"{out}.counted")
        self._add("MatMul", [y, self._low(name)], f"{out}.blocks")
        self._add("MatMul", [f"{out}.blocks", self._spread(name)], f"{out}.low")
        self._add("Add", [f"{out}.counted", f"{out}.low"], out)

    def _look_up(self, node: onnx.NodeProto, name: str) -> None:
        ids, out, blocks = node.input[1], node.output[0], self._blocks[name]
        kind = self._whole_kind(name)
        self._add(
            "GatherBlockQuantized",
            [self._codes(name, kind, list(blocks.shape)), ids, self._step(name)],
            f"{out}.counted",
            domain=_CONTRIBUTED,
            gather_axis=0,
            quantize_axis=1,
            block_size=GROUP,
            bits=blocks.bits,
        )
        # The operator's zero point is 0 for 4 bits, and the middle number for 8.
        start = self._low(name) if blocks.bits == 4 else self._middle(name)
        self._add("Gather", [start, ids], f"{out}.blocks", axis=0)
        self._add("MatMul", [f"{out}.blocks", self._spread(name)], f"{out}.low")
        self._add("Add", [f"{out}.counted", f"{out}.low"], out)

    def _whole_kind(self, name: str) -> int:
        return TensorProto.UINT4 if self._blocks[name].bits == 4 else TensorProto.UINT8

    def _codes(self, name: str, kind: int, shape: list[int]) -> str:
        return self._stored(f"{name}.codes", kind, shape, self._blocks[name].packed)

    def _step(self, name: str) -> str:
        return self._float(f"{name}.step", self._blocks[name].step)

    def _low(self, name: str) -> str:
        return self._float(f"{name}.low", self._blocks[name].low)

    def _middle(self, name: str) -> str:
        """Values of the blocks' middle numbers."""
        bits = self._blocks[name].bits
        number = f"middle.{bits}"
        self._made[number] = numpy_helper.from_array(np.array(2.0 ** (bits - 1), dtype=np.float32), number)
        raised = self._once("Mul", [self._step(name), number], f"{name}.raised")
        return self._once("Add", [self._low(name), raised], f"{name}.middle")

    def _sums(self, columns: int) -> str:
        """``(columns, columns / 32)``: the matrix that maps a row to the sums of its blocks."""
        block = np.arange(columns)[:, None] // GROUP == np.arange(columns // GROUP)
        return self._float(f"sums.{columns}", block.astype(np.float16))

    def _spread(self, name: str) -> str:
        """``(columns / 32, columns)``: the matrix that repeats each block's value over the block's columns."""
        columns = self._blocks[name].shape[1]
        return self._once("Transpose", [self._sums(columns)], f"spread.{columns}", perm=[1, 0])

    def _float(self, name: str, halves: npt.NDArray[np.float16]) -> str:
        """Float32 copy of values stored as float16, converted once when the graph is loaded."""
        stored = self._stored(f"{name}.half", TensorProto.FLOAT16, list(halves.shape), halves)
        return self._once("Cast", [stored], name, to=TensorProto.FLOAT)

    def _stored(self, name: str, kind: int, shape: list[int], content: npt.NDArray[np.generic]) -> str:
        tensor = self._file.tensor(name, kind, shape, content)
        self._made[tensor.name] = tensor
        return tensor.name

    def _once(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        if output not in self._shared:
            self._shared.add(output)
            self._add(operator, inputs, output, **attributes)
        return output

    def _add(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> None:
        self._nodes.append(helper.make_node(operator, inputs, [output], **attributes))

    def _drop_unread(self) -> None:
        graph = self._model.graph
        outputs = {output.name for output in graph.output}
        while True:
            read = outputs | {name for node in self._nodes for name in node.input}
            kept = [node for node in self._nodes if read.intersection(node.output)]
            if len(kept) == len(self._nodes):
                break
            self._nodes = kept
        left = [tensor for tensor in graph.initializer if tensor.name in read]
        del graph.initializer[:]
        graph.initializer.extend(left)
