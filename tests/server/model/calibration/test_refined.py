"""Models whose deep part refines the wide part's verdict: their files, scorer and calibration."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codeorigin.errors import ModelError
from codeorigin.model.bundle import Bundle
from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.calibration.refined import RefinedScales
from codeorigin.model.folder import MANIFEST
from codeorigin.model.reading.normalize import normalize
from codeorigin.model.scoring.scorer import Scorer
from support.snippets import ALL, LEDGER, long_function
from support.tiny_model import FILE_CONTEXT, TinyModel
from support.tiny_refinement import REFINED

SOURCES = [*ALL, (long_function(30), "python")]


def test_the_manifest_holds_the_scales(tiny_refining_model: TinyModel) -> None:
    calibration = Bundle.load(tiny_refining_model.directory).calibration
    assert calibration.refined == REFINED
    both = RefinedScales(REFINED.alone, replace(REFINED.alone, shift=0.5))
    entry = replace(calibration, file_context=FILE_CONTEXT, refined=both).to_manifest()
    assert Calibration.from_manifest(json.loads(json.dumps(entry))).refined == both


def test_in_file_scale_and_file_rule_require_each_other(tiny_refining_model: TinyModel) -> None:
    calibration = Bundle.load(tiny_refining_model.directory).calibration
    with pytest.raises(ValueError, match="together or not at all"):
        replace(calibration, file_context=FILE_CONTEXT)
    with pytest.raises(ValueError, match="together or not at all"):
        replace(calibration, refined=RefinedScales(REFINED.alone, REFINED.alone))


@pytest.mark.parametrize("without", ["wide", "deep"])
def test_refining_needs_both_parts(tiny_refining_model: TinyModel, tmp_path: Path, without: str) -> None:
    path = shutil.copytree(tiny_refining_model.directory, tmp_path / "model") / MANIFEST
    manifest = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(manifest | {without: None}), "utf-8")
    with pytest.raises(ModelError, match="must both be there"):
        Bundle.load(path.parent)


def test_wide_graph_must_be_listed_and_valid(tiny_refining_model: TinyModel, tmp_path: Path) -> None:
    path = shutil.copytree(tiny_refining_model.directory, tmp_path / "model") / MANIFEST
    manifest = json.loads(path.read_text("utf-8"))
    hashes = dict(manifest["files"])
    del manifest["files"]["wide.onnx"]
    path.write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(ModelError, match=r"does not list wide\.onnx"):
        Bundle.load(path.parent)
    shutil.copyfile(path.parent / "gradient.onnx", path.parent / "wide.onnx")
    manifest["files"] = hashes | {"wide.onnx": hashes["gradient.onnx"]}
    path.write_text(json.dumps(manifest), "utf-8")
    bundle = Bundle.load(path.parent)
    with pytest.raises(ModelError, match=r"^wide\.onnx: not the graph that the manifest describes"):
        Scorer.of(bundle)


def test_separate_parts_score_the_same_as_the_joint_graph(
    tiny_refining_model: TinyModel, tiny_model: TinyModel
) -> None:
    """The two bundles have the same weights."""
    apart, joint = (Scorer.of(Bundle.load(each.directory)) for each in (tiny_refining_model, tiny_model))
    for code, language in SOURCES:
        normalized = normalize(code, language)
        (first,) = apart.score([apart.features(normalized, language)])
        (both,) = joint.score([joint.features(normalized, language)])
        answer = apart.deep_answer(normalized)
        assert (first.deep, first.windows) == (None, 0)
        assert first.logit == pytest.approx(both.logit - (both.deep or 0.0), abs=1e-5)
        assert first.wide == pytest.approx(both.wide, abs=1e-5)
        assert (answer.logit, answer.windows) == (pytest.approx(both.deep, abs=1e-5), both.windows)
        (whole,) = apart.score([apart.features(normalized, language, with_occurrences=True, deep=True)])
        assert whole.logit == pytest.approx(both.logit, abs=2e-5)
        assert (whole.deep, whole.windows) == (answer.logit, answer.windows)


def test_functions_with_and_without_deep_scores_can_be_mixed(tiny_refining_model: TinyModel) -> None:
    scorer = tiny_refining_model.scorer()
    texts = [(normalize(code, language), language) for code, language in SOURCES]
    features = [
        scorer.features(*each, with_occurrences=True, deep=number % 2 == 1)
        for number, each in enumerate(texts)
    ]
    for number, (score, each) in enumerate(zip(scorer.score(features), texts, strict=True)):
        if number % 2:
            assert score.deep == pytest.approx(scorer.deep_answer(each[0]).logit, abs=1e-5)
        else:
            assert score.deep is None


def test_deep_answer_without_a_deep_part_is_refused(tiny_wide_model: TinyModel) -> None:
    with pytest.raises(ModelError, match="no deep part"):
        tiny_wide_model.scorer().deep_answer(normalize(LEDGER, "python"))


def test_first_verdict_loads_neither_runtime_nor_tokenizer(
    tiny_refining_model: TinyModel,
) -> None:
    script = """
import sys
from pathlib import Path
from codeorigin.analysis.analyzer import Analyzer
from codeorigin.functions.documents import Document
code, folder = sys.argv[1:]
analyzer = Analyzer.load(Path(folder))
report = analyzer.analyze(Document(code, "python"))
def loaded(): return sorted({"onnxruntime", "tokenizers"} & set(sys.modules))
print(report.functions[0].verdict.deep, loaded())
refined = analyzer.refine(code, report, [each.function_id for each in report.functions])
print(refined.functions[0].verdict.deep is not None, loaded())
"""
    command: list[Any] = [sys.executable, "-c", script, LEDGER, tiny_refining_model.directory]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["None []", "True ['onnxruntime', 'tokenizers']"]
