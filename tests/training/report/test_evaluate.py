import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from codeorigin.core.errors import CodeOriginError
from codeorigin.model.bundle import default_model_dir
from codeorigin.model.folder import sealed
from codeorigin_training.data.rows import read_functions
from codeorigin_training.data.seen import SeenProjects
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.metrics.table import AGENTS, MODERN, OLD, PAIRS, Table
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.evaluate import evaluate
from codeorigin_training.run import Run
from support.corpus_maker import write_corpus
from support.tiny_model import FILE_RULE, with_file_context, with_file_rule

ERA = f"{AGENTS} against {OLD}"
CONFIG = EvaluateConfig(
    control_functions=40,
    comment_functions=20,
    rounds=10,
    train_per_repository=4,
    faithfulness_functions=4,
    processes=1,
)


@pytest.fixture(scope="module")
def measured(tiny_model_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, EvaluateConfig]:
    """A report of the tiny bundle on a made-up corpus."""
    folder = tmp_path_factory.mktemp("evaluation")
    corpus = write_corpus(folder / "corpus", repositories=80, functions=14, per_file=2)
    judging = with_file_rule(folder / "files", tiny_model_dir, replace(FILE_RULE, fewest_functions=2))
    bundle = with_file_context(folder / "bundle", judging)
    run = Run(folder / "run")
    config = replace(CONFIG, bundle=bundle, data=corpus)
    evaluate(config, run)
    return run, config


def test_report_contains_every_section(measured: tuple[Run, EvaluateConfig]) -> None:
    run, config = measured
    report = json.loads((run.evaluation / "report.json").read_text(encoding="utf-8"))
    assert tuple(report["sections"]) == config.sections
    table = Table(report["sections"]["comments"]["figures"])
    assert {ERA, f"{AGENTS} against {MODERN}", PAIRS} <= set(table.populations("AUROC lost"))
    assert table.get(ERA, "without comments", "AUROC lost").value is not None
    assert report["subject"]["held_out_repositories"] > 3
    page = (run.evaluation / "report.html").read_text(encoding="utf-8")
    assert "<svg" in page


def test_page_has_the_figures_of_the_bundle_that_the_report_is_of(
    measured: tuple[Run, EvaluateConfig], tmp_path: Path
) -> None:
    run, config = measured
    assert config.bundle is not None
    copied = Run(tmp_path / "run")
    shutil.copytree(run.evaluation, copied.evaluation)
    bundle = tmp_path / "bundle"
    shutil.copytree(config.bundle, bundle)
    manifest = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    shipped = json.loads((default_model_dir() / "manifest.json").read_text(encoding="utf-8"))
    figures = {name: shipped[name] for name in ("metrics", "calibration")}
    (bundle / "manifest.json").write_text(json.dumps(manifest | figures), encoding="utf-8")
    evaluate(EvaluateConfig(sections=(), bundle=bundle), copied)
    shown = f"{Table(shipped['metrics']['held_out']).get(ERA, 'by_text', 'auroc').value:.3f} ("
    assert shown in (copied.evaluation / "report.html").read_text(encoding="utf-8")
    # Another build of the same name and version, such as a run on a made-up corpus.
    other = manifest | figures | {"data": manifest["data"] | {"inputs": {"wide.npz": "1"}}}
    (bundle / "manifest.json").write_text(json.dumps(other), encoding="utf-8")
    with pytest.raises(CodeOriginError, match=r"not of the build of .*; run the command with its sections"):
        evaluate(EvaluateConfig(sections=(), bundle=bundle), copied)
    (bundle / "manifest.json").unlink()
    with pytest.raises(CodeOriginError, match="broken manifest"):
        evaluate(EvaluateConfig(sections=(), bundle=bundle), copied)


def test_sections_are_measured_once(
    measured: tuple[Run, EvaluateConfig], monkeypatch: pytest.MonkeyPatch
) -> None:
    run, config = measured
    lines: list[str] = []
    monkeypatch.setattr(run, "log", lines.append)
    evaluate(replace(config, sections=("controls",), processes=2), run)
    assert f"evaluation, controls: taken from {run.folder / 'cache'}" in lines
    evaluate(replace(config, sections=("controls",), rounds=5), run)
    assert len([line for line in lines if "taken from" in line]) == 1
    # The whole report again, which others read.
    evaluate(config, run)


def listing(folder: Path, bundle: Path, repos: list[str]) -> Path:
    """``bundle``, with ``repos`` as those that it has seen, in ``folder``."""
    shutil.copytree(bundle, folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["data"]["seen"] = SeenProjects.of(repos).to_manifest()
    (folder / "manifest.json").write_text(sealed(manifest), encoding="utf-8")
    return folder


def test_held_out_code_that_the_model_has_seen_is_reported_first(
    measured: tuple[Run, EvaluateConfig], tmp_path: Path, tiny_model_dir: Path
) -> None:
    _, config = measured
    assert config.data is not None
    held_out = sorted({row.repo for row in read_functions(config.data) if is_held_out(row.repo)})
    training = sorted({row.repo for row in read_functions(config.data)} - set(held_out))
    for seen, wanted in (
        (held_out[:2], f"was fitted or calibrated on 2 of the {len(held_out)} held-out repositories"),
        (training, ""),
    ):
        run = Run(tmp_path / f"run-{len(seen)}")
        lines: list[str] = []
        bundle = listing(tmp_path / f"bundle-{len(seen)}", tiny_model_dir, seen)
        run.log = lines.append
        evaluate(replace(config, bundle=bundle, sections=("controls",)), run)
        page = (run.evaluation / "report.html").read_text(encoding="utf-8")
        assert any(wanted in line for line in lines)
        assert ("fitted or calibrated on" in page) is bool(wanted)
