"""Eight-bit graphs beside those that they were made from."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from codeorigin.errors import CodeOriginError
from codeorigin.model.bundle import Bundle
from codeorigin_training.export.quantize import (
    AUROC_BOUND,
    LOGIT_BOUND,
    QuantizationReport,
    compare,
    quantize_bundle,
)
from support.tiny_model import TinyModel
from support.tiny_training import tiny_rows


def test_the_wide_table_in_bytes_keeps_the_logits(tiny_wide_model: TinyModel, tmp_path: Path) -> None:
    out = tmp_path / "small"
    quantize_bundle(tiny_wide_model.directory, out)
    report = compare(tiny_wide_model.directory, out, tiny_rows(40))
    assert report.rows == 40
    assert 0.0 < report.logit < 0.05
    assert report.bytes_after < report.bytes_before
    tables = {item.name: item for item in onnx.load(str(out / "score.onnx")).graph.initializer}
    assert tables["wide_bytes"].data_type == onnx.TensorProto.INT8
    # Every weight within half a level of its own block.
    levels = numpy_helper.to_array(tables["wide_bytes"]).astype(np.float32)
    scales = np.repeat(numpy_helper.to_array(tables["wide_scales"]).astype(np.float32), 32)[: len(levels)]
    assert tiny_wide_model.wide_weights is not None
    assert np.all(np.abs(levels * scales - tiny_wide_model.wide_weights) <= 0.55 * scales)


def test_the_encoders_matrices_are_quantised_too(tiny_model: TinyModel, tmp_path: Path) -> None:
    out = tmp_path / "small"
    quantize_bundle(tiny_model.directory, out)
    operators = {node.op_type for node in onnx.load(str(out / "score.onnx")).graph.node}
    assert "MatMulInteger" in operators
    report = compare(tiny_model.directory, out, tiny_rows(20))
    assert 0.0 < report.logit < 1.0
    assert Bundle.load(out).manifest["quantized"]["bits"] == 8


def test_a_bundle_against_itself_loses_nothing_and_does_not_pay(tiny_wide_model: TinyModel) -> None:
    report = compare(tiny_wide_model.directory, tiny_wide_model.directory, tiny_rows(20))
    assert (report.logit, report.flips) == (0.0, 0.0)
    assert report.loses_nothing
    assert not report.pays


def test_what_is_lost_is_refused() -> None:
    good = QuantizationReport(100, 0.0, 0.0, 0.9, 0.9, 200, 100, 1.0, 1.0)
    assert good.pays
    assert not replace(good, logit=2 * LOGIT_BOUND).pays
    assert not replace(good, auroc_after=0.9 - 2 * AUROC_BOUND).pays
    assert not replace(good, logit=float("nan")).pays
    assert not replace(good, auroc_after=float("nan")).pays


def test_wrong_input_is_named(tiny_wide_model: TinyModel, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CodeOriginError, match="not empty"):
        quantize_bundle(tiny_wide_model.directory, tmp_path)
    one_class = [row for row in tiny_rows(10) if row.label == 0]
    with pytest.raises(CodeOriginError, match="both classes"):
        compare(tiny_wide_model.directory, tiny_wide_model.directory, one_class)
