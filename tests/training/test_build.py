"""The whole chain on a made-up corpus: corpus, wide, deep, calibration, figures, bundle, verdicts."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.errors import CodeOriginError
from codeorigin.model.ngrams.views import View, ViewKind
from codeorigin.model.verdict import Band
from codeorigin_training.build import BuildConfig, build
from codeorigin_training.cli import app
from codeorigin_training.commands.export import ExportConfig
from codeorigin_training.data.rows import read_functions
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.encoder.finetune import FinetuneConfig
from codeorigin_training.encoder.settings import EncoderConfig, Phase
from codeorigin_training.encoder.tokenizer import TokenizerConfig
from codeorigin_training.metrics.held_out import detector_metrics
from codeorigin_training.ngrams.evidence import EvidenceShares
from codeorigin_training.ngrams.linear import ViewSettings
from codeorigin_training.ngrams.train import WideConfig
from codeorigin_training.thresholds.config import CalibrateConfig
from support.corpus_maker import write_corpus

CHATTY = '''def process_records(records: list[dict]) -> list[dict]:
    """Process every record and return the result."""
    if not records:
        raise ValueError("records must not be empty: no record found")
    # Step 1: process the record
    record_results = []
    for record in records:
        record_results.append(record.get("value", 0))
    logger.info("Successfully processed %d records", len(record_results))
    return record_results
'''

TERSE = """def pick(xs, n=3):
    r = []
    for x in xs:
        if x.order > n: r.append(x.order)
    n += len(r) # merge
    n += len(r) # load
    n += len(r) # find
    return r
"""


def smoke_config(**changes: Any) -> BuildConfig:
    views = (
        ViewSettings(View(ViewKind.WORDS, 1, 2, 1 << 12), 4.0, EvidenceShares(0.5, 0.3)),
        ViewSettings(View(ViewKind.SHAPES, 1, 3, 1 << 12), 1.0),
        ViewSettings(View(ViewKind.CHARACTERS, 2, 4, 1 << 12), 4.0),
    )
    shape = EncoderConfig(dim=16, layers=1, heads=2, feedforward=16, context=64)
    config = BuildConfig(
        wide=WideConfig(views=views, folds=2, processes=1, all_repositories=False),
        deep=True,
        tokenizer=TokenizerConfig(vocab_size=400),
        finetune=FinetuneConfig(
            encoder=shape,
            phases=(Phase(learning_rate=2e-3, batch=16, epochs=1),),
            context=64,
            device="cpu",
            overlap=16,
            processes=1,
        ),
        calibrate=CalibrateConfig(llm_rate=0.1, deep_must_help=False),
        export=ExportConfig(name="smoke", processes=1),
    )
    return replace(config, **changes)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("build")
    build(write_corpus(folder / "data"), folder / "bundle", smoke_config(), lambda _: None, folder / "run")
    return folder / "bundle"


def test_bundle_loads_and_separates_the_classes(bundle: Path) -> None:
    analyzer = Analyzer.load(bundle)
    verdict = analyzer.score(CHATTY, "python")
    assert verdict.band is not Band.HUMAN
    assert verdict.probability is not None
    assert verdict.probability > 0.5
    terse = analyzer.score(TERSE, "python").probability
    assert terse is not None
    assert terse < 0.5


def test_manifest_has_all_kinds_of_figures(bundle: Path) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text())
    metrics = manifest["metrics"]
    assert metrics["held_out"]["modern_human"]["auroc"] > 0.8
    assert metrics["held_out"]["pairs"]["pairs"] > 0
    assert set(metrics["baselines"]) == {"word_bigrams", "character_ngrams"}
    assert set(metrics["slices"]["agent"]) == {"robot", "helper"}
    assert 0 <= metrics["verdicts"]["false_positive_rate_modern"]["share"] <= 1
    assert manifest["data"]["held_out_repositories"] > 0
    assert abs(manifest["baseline_logit"] - manifest["bias"]) < 0.5


def test_the_card_shows_the_measured_figures(bundle: Path) -> None:
    card = (bundle / "README.md").read_text()
    manifest = json.loads((bundle / "manifest.json").read_text())
    assert f"{manifest['metrics']['held_out']['old_human']['auroc']:.3f}" in card
    assert "word bigrams" in card
    assert "does not prove who wrote" in card


def test_held_out_figures_match_the_shipped_files(bundle: Path) -> None:
    """Scores of the loaded bundle on held-out rows give the AUROC that the manifest states."""
    corpus = bundle.parent / "run" / "corpus"
    rows = [row for row in read_functions(corpus) if is_held_out(row.repo)]
    analyzer = Analyzer.load(bundle)
    logits = [analyzer.score(row.code, row.language).logit for row in rows]
    assert None not in logits
    stated = json.loads((bundle / "manifest.json").read_text())["metrics"]["held_out"]
    measured = detector_metrics(rows, np.array(logits, dtype=np.float64))
    assert measured["modern_human"]["auroc"] == pytest.approx(stated["modern_human"]["auroc"], abs=1e-3)


def test_a_build_without_a_deep_part_ships_the_wide_part_alone(tmp_path: Path) -> None:
    data = write_corpus(tmp_path / "data", repositories=50)
    build(data, tmp_path / "out", smoke_config(deep=False), lambda _: None)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "README.md",
        "manifest.json",
        "score.onnx",
    ]
    assert Analyzer.load(tmp_path / "out").score(CHATTY, "python").deep == 0.0
    assert "none was trained" in (tmp_path / "out" / "README.md").read_text()


def test_a_deep_part_that_does_not_help_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def noise(model: object, tokens: list[object], *args: object, **options: object) -> np.ndarray:
        return np.random.default_rng(0).normal(scale=50.0, size=len(tokens))

    monkeypatch.setattr("codeorigin_training.encoder.finetune.deep_logits", noise)
    lines: list[str] = []
    data = write_corpus(tmp_path / "data")
    build(data, tmp_path / "out", smoke_config(calibrate=CalibrateConfig(llm_rate=0.1)), lines.append)
    assert any("left out" in line for line in lines)
    assert not (tmp_path / "out" / "gradient.onnx").exists()
    assert "it did not help out of fold" in (tmp_path / "out" / "README.md").read_text()


def test_build_resumes_from_finished_stages(bundle: Path, tmp_path: Path) -> None:
    lines: list[str] = []
    build(bundle.parent / "data", tmp_path / "two", smoke_config(), lines.append, bundle.parent / "run")
    assert not any("epoch" in line or "extracted" in line for line in lines)
    one, two = ((folder / "manifest.json").read_text() for folder in (bundle, tmp_path / "two"))
    assert one == two


def test_build_keeps_other_files_and_removes_stale_ones(tmp_path: Path) -> None:
    data, out = write_corpus(tmp_path / "data", repositories=50), tmp_path / "out"
    out.mkdir()
    (out / "CHANGELOG.md").write_text("kept")
    (out / "gradient.onnx").write_bytes(b"of an earlier bundle")
    build(data, out, smoke_config(deep=False), lambda _: None)
    assert (out / "CHANGELOG.md").read_text() == "kept"
    assert not (out / "gradient.onnx").exists()


def test_too_small_a_corpus_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    data = write_corpus(tmp_path / "data", repositories=8)
    with pytest.raises(CodeOriginError, match="repositories"):
        build(data, tmp_path / "out", smoke_config(deep=False), lambda _: None)
    assert not (tmp_path / "out").exists()


def test_the_command_says_in_one_line_what_is_missing(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["build", "--data", str(tmp_path), "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1


def test_the_bundle_stays_in_the_run_unless_it_is_sent_elsewhere(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build must not replace the bundle that ships because somebody forgot an option."""
    monkeypatch.chdir(tmp_path)
    run = bundle.parent / "run"
    lines: list[str] = []
    build(bundle.parent / "data", None, smoke_config(), lines.append, run)
    assert lines[-1].endswith(f"wrote {run / 'bundle'}")
    assert list(tmp_path.iterdir()) == []
    result = CliRunner().invoke(app, ["build", "--data", str(bundle.parent / "data")])
    assert (result.exit_code, result.stderr) == (2, "error: the bundle would be lost: pass --run or --out\n")
    assert list(tmp_path.iterdir()) == []
