"""An eight-bit copy of a bundle's forward graph, and what it loses: kept only where it loses nothing.

The wide table gets one scale a block of rows, its weights being of one size within a block but for a few; the
encoder's matrices are quantised by onnxruntime, activations as they come. The gradient graph stays as it is.
"""

import json
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from codeorigin.errors import CodeOriginError
from codeorigin.model.bundle import MANIFEST, SCORE_GRAPH, Bundle, sha256_of
from codeorigin.model.normalize import normalize
from codeorigin.model.scorer import Scorer
from codeorigin.model.tokenizer import Tokenizer
from codeorigin_training.calibrate.levels import row_groups
from codeorigin_training.corpus.rows import Row
from codeorigin_training.measure.metrics import auroc

BLOCK = 32
"""Rows of the wide table that share a scale."""

LOGIT_BOUND = 0.02
"""Greatest difference of a logit: a tenth of what moves a probability by 0.05 where it moves most."""

AUROC_BOUND = 2e-4
"""Greatest loss of AUROC: a tenth of what folds of repositories differ by on one model."""

_LEVELS = 127


@dataclass(frozen=True, slots=True)
class QuantizationReport:
    """The eight-bit graph beside the one it was made from.

    ``logit`` is the greatest difference over the rows, ``flips`` the share of rows on another side of a threshold;
    bytes are those of ``score.onnx``, seconds those of scoring all rows, features extracted before.
    """

    rows: int
    logit: float
    flips: float
    auroc_before: float
    auroc_after: float
    bytes_before: int
    bytes_after: int
    seconds_before: float
    seconds_after: float

    @property
    def loses_nothing(self) -> bool:
        """Whether both differences are within their bounds; a figure that is not a number is not."""
        return self.logit <= LOGIT_BOUND and self.auroc_before - self.auroc_after <= AUROC_BOUND

    @property
    def pays(self) -> bool:
        """Whether it loses nothing and is smaller."""
        return self.loses_nothing and self.bytes_after < self.bytes_before


def quantize_bundle(source: Path, out: Path) -> None:
    """Write a copy of the bundle ``source`` into ``out``, an empty or new folder, with an eight-bit ``score.onnx``.

    Raises:
        ModelError: ``source`` is not a bundle, or the copy does not load.
        CodeOriginError: ``out`` holds something, or the graph has nothing to quantise.
    """
    bundle = Bundle.load(source)
    if out.exists() and any(out.iterdir()):
        raise CodeOriginError(f"{out}: is not empty; name a new folder")
    out.mkdir(parents=True, exist_ok=True)
    for name in bundle.manifest["files"]:
        shutil.copyfile(source / name, out / name)
    graph = out / SCORE_GRAPH
    changed = bundle.deep is not None and _quantize_matrices(graph)
    model = onnx.load(str(graph))
    changed = _quantize_table(model) or changed
    if not changed:
        raise CodeOriginError(f"{source}: the graph has neither a table nor a matrix to quantise")
    onnx.checker.check_model(model)
    onnx.save(model, str(graph))
    manifest = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
    manifest["files"][SCORE_GRAPH] = sha256_of(graph)
    manifest["quantized"] = {"bits": 8, "block": BLOCK}
    (out / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    Bundle.load(out)


def compare(before: Path, after: Path, rows: Sequence[Row]) -> QuantizationReport:
    """Score ``rows``, of both classes, by two bundles.

    Raises:
        ModelError: one of them is not a bundle.
        CodeOriginError: there are not rows of both classes.
    """
    labels = np.array([row.label for row in rows], dtype=np.int64)
    if len(np.unique(labels)) < 2:
        raise CodeOriginError("to compare two graphs takes functions of both classes")
    bundles = Bundle.load(before), Bundle.load(after)
    features = None
    logits: list[npt.NDArray[np.float64]] = []
    seconds: list[float] = []
    for bundle in bundles:
        scorer = _scorer(bundle)
        if features is None:
            features = [scorer.features(normalize(row.code, row.language), row.language) for row in rows]
        scorer.score(features[:64])
        started = time.perf_counter()
        logits.append(np.array([score.logit for score in scorer.score(features)]))
        seconds.append(time.perf_counter() - started)
    scale = bundles[0].calibration.alone
    groups = row_groups(rows)
    bounds = [scale.thresholds(row.language, group) for row, group in zip(rows, groups, strict=True)]
    flips = np.zeros(len(rows), dtype=bool)
    for limit in (np.array([each.llm for each in bounds]), np.array([each.human for each in bounds])):
        flips |= (logits[0] >= limit) != (logits[1] >= limit)
    return QuantizationReport(
        rows=len(rows),
        logit=float(np.abs(logits[0] - logits[1]).max()),
        flips=float(flips.mean()),
        auroc_before=auroc(labels, logits[0]),
        auroc_after=auroc(labels, logits[1]),
        bytes_before=bundles[0].score_path.stat().st_size,
        bytes_after=bundles[1].score_path.stat().st_size,
        seconds_before=seconds[0],
        seconds_after=seconds[1],
    )


def _scorer(bundle: Bundle) -> Scorer:
    tokenizer = None if bundle.tokenizer_path is None else Tokenizer.load(bundle.tokenizer_path)
    return Scorer(
        bundle.score_path, wide=bundle.views, tokenizer=tokenizer, deep=bundle.deep, bias=bundle.bias
    )


def _quantize_matrices(path: Path) -> bool:
    """Quantise the encoder's matrix products in place; False where the graph has none."""
    model = onnx.load(str(path))
    if not any(node.op_type in {"MatMul", "Gemm"} for node in model.graph.node):
        return False
    # The exporter's notes on shapes name symbols that onnxruntime's own inference contradicts.
    del model.graph.value_info[:]
    onnx.save(model, str(path))
    with tempfile.TemporaryDirectory() as folder:
        quantized = Path(folder) / path.name
        quantize_dynamic(
            path,
            quantized,
            op_types_to_quantize=["MatMul", "Gemm"],
            per_channel=True,
            weight_type=QuantType.QInt8,
        )
        shutil.copyfile(quantized, path)
    return True


def _quantize_table(model: onnx.ModelProto) -> bool:
    """Replace the half-precision wide table by bytes and a scale a block; False where there is no such table."""
    graph = model.graph
    tables = [
        item for item in graph.initializer if item.data_type == TensorProto.FLOAT16 and len(item.dims) == 1
    ]
    if not tables:
        return False
    (table,) = tables
    lookup = next(node for node in graph.node if table.name in node.input)
    cast = next(node for node in graph.node if lookup.output[0] in node.input)
    whole, scales = _blocks(numpy_helper.to_array(table).astype(np.float32))
    new: dict[str, npt.NDArray[np.generic]] = {
        "wide_bytes": whole,
        "wide_scales": scales,
        "wide_block": np.array(BLOCK, dtype=np.int64),
    }
    nodes = [
        helper.make_node("Gather", ["wide_bytes", "wide_ids"], ["wide_byte"]),
        helper.make_node("Cast", ["wide_byte"], ["wide_level"], to=TensorProto.FLOAT),
        helper.make_node("Div", ["wide_ids", "wide_block"], ["wide_block_ids"]),
        helper.make_node("Gather", ["wide_scales", "wide_block_ids"], ["wide_half_scale"]),
        helper.make_node("Cast", ["wide_half_scale"], ["wide_scale"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["wide_level", "wide_scale"], list(cast.output)),
    ]
    kept = [node for node in graph.node if node is not lookup and node is not cast]
    position = next(number for number, node in enumerate(graph.node) if node is lookup)
    del graph.node[:]
    graph.node.extend([*kept[:position], *nodes, *kept[position:]])
    graph.initializer.remove(table)
    graph.initializer.extend(numpy_helper.from_array(array, name) for name, array in new.items())
    del graph.value_info[:]
    return True


def _blocks(table: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float16]]:
    """Levels ``(n,)`` and scales ``(ceil(n / BLOCK),)``; the greatest weight of a block is at the last level."""
    padded = np.concatenate([table, np.zeros(-len(table) % BLOCK, dtype=np.float32)]).reshape(-1, BLOCK)
    scales = (np.abs(padded).max(axis=1) / _LEVELS).astype(np.float16)
    # Half precision rounds: a scale of zero is that of a block of next to nothing.
    divisor = np.where(scales > 0, scales, 1.0).astype(np.float32)
    levels = np.clip(np.rint(padded / divisor[:, None]), -_LEVELS, _LEVELS) * (scales > 0)[:, None]
    return levels.astype(np.int8).reshape(-1)[: len(table)], scales
