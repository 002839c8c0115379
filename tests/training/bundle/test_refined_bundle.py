"""A bundle whose deep part refines, as written by training."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.functions.documents import Document
from codeorigin.model.bundle import Bundle
from codeorigin.model.reading.normalize import normalize
from codeorigin_training.bundle.writing import ExportError, Parts, write_bundle
from codeorigin_training.encoder.inference import deep_logits
from codeorigin_training.encoder.model import Encoder, compact_body
from codeorigin_training.encoder.settings import EncoderConfig
from codeorigin_training.wide.linear import WideModel
from support.snippets import PARSER
from support.tiny_model import BIAS, OVERLAP, VIEWS, TinyModel


@dataclass(frozen=True)
class Settings:
    name: str = "made-up"
    version: str = "1.0.0"


def quick_encoder(vocab_size: int) -> Encoder:
    """Has no layers, which would take the longest to export: these tests only ask which file holds what."""
    torch.manual_seed(3)
    shape = EncoderConfig(dim=16, layers=0, heads=2, head_dim=16)
    encoder = Encoder(compact_body(shape, vocab_size, pad_id=0), shape).eval()
    with torch.no_grad():
        for parameter in encoder.parameters():
            parameter.normal_(std=0.5)
    return encoder


@pytest.fixture
def parts(tiny_refining_model: TinyModel, monkeypatch: pytest.MonkeyPatch) -> Parts:
    """The tiny model's parts with another encoder and without figures for a card."""
    monkeypatch.setattr("codeorigin_training.bundle.writing.model_card", lambda _: "A card.\n")
    assert tiny_refining_model.wide_weights is not None
    assert tiny_refining_model.tokenizer is not None
    return Parts(
        wide=WideModel(tiny_refining_model.wide_weights, BIAS),
        views=VIEWS,
        encoder=quick_encoder(tiny_refining_model.tokenizer.vocab_size),
        tokenizer=tiny_refining_model.tokenizer,
        overlap=OVERLAP,
        baseline_logit=0.0,
        calibration=Bundle.load(tiny_refining_model.directory).calibration,
        metrics={},
        data={},
    )


def test_both_parts_have_their_files_and_give_the_same_logits(
    parts: Parts, tiny_refining_model: TinyModel, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    manifest = write_bundle(out, parts, Settings())
    assert set(manifest["files"]) == {"wide.onnx", "score.onnx", "gradient.onnx", "tokenizer.json"}
    written, known = Analyzer.load(out), Analyzer.load(tiny_refining_model.directory)
    assert written.refines
    verdict = written.refine(PARSER, written.analyze(Document(PARSER, "python"))).functions[0].verdict
    assert verdict.unrefined_logit == pytest.approx(
        known.analyze(Document(PARSER, "python")).functions[0].verdict.unrefined_logit
    )
    assert parts.encoder is not None
    assert parts.tokenizer is not None
    tokens = parts.tokenizer.encode(normalize(PARSER, "python")).ids
    (deep,) = deep_logits(parts.encoder, [tokens], parts.tokenizer, overlap=OVERLAP)
    assert abs(deep) > 0.01
    assert verdict.deep == pytest.approx(deep, abs=1e-5)
    # Writing it again without a deep part leaves none of that part's files.
    wide = replace(parts, encoder=None, tokenizer=None, calibration=replace(parts.calibration, refined=None))
    assert set(write_bundle(out, wide, Settings())["files"]) == {"score.onnx"}
    assert {path.name for path in out.iterdir()} == {"score.onnx", "manifest.json", "README.md"}


def test_refining_bundle_needs_both_parts(parts: Parts, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="refined scales need"):
        write_bundle(tmp_path / "out", replace(parts, wide=None), Settings())
    with pytest.raises(ExportError, match="refined scales need"):
        write_bundle(tmp_path / "out", replace(parts, encoder=None), Settings())
