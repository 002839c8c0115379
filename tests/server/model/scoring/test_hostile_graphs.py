"""Graphs that want other files, more memory than there is, or operators that nobody knows: one line each."""

import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from codeorigin.core.errors import ModelError
from codeorigin.model.bundle import Bundle
from codeorigin.model.folder import sealed, sha256_of
from codeorigin.model.scoring.graph import Graph
from codeorigin.model.scoring.scorer import Scorer

WEIGHTS = np.arange(4, dtype=np.float32).tobytes()
HUGE = 2**31
"""Numbers whose 8 GB many machines have."""


def tensor(name: str, dims: tuple[int, ...], raw: bytes = b"", kind: int = TensorProto.FLOAT) -> TensorProto:
    return TensorProto(name=name, dims=dims, raw_data=raw, data_type=kind)


def beside(location: str) -> TensorProto:
    """Four weights that are in the file at ``location``."""
    entries = {"location": location, "offset": "0", "length": str(len(WEIGHTS))}
    made = TensorProto(name="w", dims=(4,), data_type=TensorProto.FLOAT, data_location=TensorProto.EXTERNAL)
    for key, value in entries.items():
        made.external_data.add(key=key, value=value)
    return made


def write_graph(path: Path, nodes: list[onnx.NodeProto], *constants: TensorProto) -> Path:
    """A graph from ``x`` to ``y``, both arrays of numbers."""
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n"]) for name in "xy")
    graph = helper.make_graph(nodes, "g", [x], [y], constants)
    domains = {"": 17} | {node.domain: 1 for node in nodes if node.domain}
    opsets = [helper.make_opsetid(name, version) for name, version in domains.items()]
    path.write_bytes(helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString())
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ModelError) as raised:
        Graph(path).run(["y"], {"x": np.zeros(1, dtype=np.float32)})
    said = str(raised.value)
    assert "\n" not in said
    return said


@pytest.mark.parametrize(
    "location", ["w.bin", "./w.bin", "side/w.bin", "../outside.bin", "absolute", "link.bin"]
)
def test_weights_in_another_file_are_never_read(
    location: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither from the model's folder nor from the current one, which a graph in memory would look in."""
    folder, outside = tmp_path / "model", tmp_path / "outside.bin"
    (folder / "side").mkdir(parents=True)
    for path in (outside, folder / "w.bin", folder / "side" / "w.bin"):
        path.write_bytes(WEIGHTS)
    (folder / "link.bin").symlink_to(outside)
    monkeypatch.chdir(folder)
    wanted = str(outside) if location == "absolute" else location
    path = write_graph(folder / "score.onnx", [helper.make_node("Add", ["x", "w"], ["y"])], beside(wanted))
    said = refusal(path)
    assert said.startswith("score.onnx: cannot be loaded (")


@pytest.mark.parametrize("listed", [True, False])
def test_a_bundle_with_its_weights_beside_the_graph_is_refused(
    listed: bool, tiny_model_dir: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(tiny_model_dir, tmp_path / "model")
    assert Scorer.of(Bundle.load(folder)).graph.outputs
    path = folder / "score.onnx"
    onnx.save_model(
        onnx.load(path), path, save_as_external_data=True, location="weights.bin", size_threshold=0
    )
    manifest = json.loads((folder / "manifest.json").read_text())
    for name in ("score.onnx", "weights.bin") if listed else ("score.onnx",):
        manifest["files"][name] = sha256_of(folder / name)
    (folder / "manifest.json").write_text(sealed(manifest))
    with pytest.raises(ModelError, match=r"score\.onnx: cannot be loaded .*; reinstall the model$") as raised:
        Scorer.of(Bundle.load(folder))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "dims", [(2**40,), (2**31, 2**31), (2**62, 4), (-5,), (HUGE,)], ids=lambda dims: "x".join(map(str, dims))
)
def test_weights_of_absurd_sizes_are_refused(dims: tuple[int, ...], tmp_path: Path) -> None:
    node = helper.make_node("Add", ["x", "w"], ["y"])
    refusal(write_graph(tmp_path / "score.onnx", [node], tensor("w", dims)))


@pytest.mark.parametrize("size", [HUGE, 2**40, 2**62, -4])
@pytest.mark.parametrize("operator", ["Expand", "ConstantOfShape"])
def test_results_of_absurd_sizes_are_refused(operator: str, size: int, tmp_path: Path) -> None:
    shape = tensor("s", (1,), np.array([size], dtype=np.int64).tobytes(), TensorProto.INT64)
    node = helper.make_node(operator, ["x", "s"] if operator == "Expand" else ["s"], ["c"])
    path = write_graph(tmp_path / "score.onnx", [node, helper.make_node("Add", ["x", "c"], ["y"])], shape)
    refusal(path)


@pytest.mark.parametrize("domain", ["evil.example", "ai.onnx.contrib", "com.microsoft"])
def test_operators_of_other_domains_are_refused(domain: str, tmp_path: Path) -> None:
    node = helper.make_node("PyOp", ["x"], ["y"], domain=domain)
    assert "PyOp" in refusal(write_graph(tmp_path / "score.onnx", [node]))
