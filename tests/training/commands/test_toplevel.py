"""The command that gives a finished bundle a rule for code outside functions."""

import hashlib
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.errors import CodeOriginError
from codeorigin.model.bundle import Bundle, default_model_dir
from codeorigin.model.verdict import Band
from codeorigin_training.calibrate.config import CalibrateConfig
from codeorigin_training.calibrate.top_level import TopLevelConfig
from codeorigin_training.commands.recalibrate import RecalibrateConfig, recalibrate
from codeorigin_training.commands.toplevel import ToplevelConfig, toplevel
from codeorigin_training.corpus.reserved import digest
from codeorigin_training.run import Run
from support.archives import pinned_source, write_source
from support.corpus_maker import write_corpus, write_distribution

SETTINGS = TopLevelConfig(rate=0.1, fewest_evidence=4)


def script(number: int) -> str:
    """A script of ten lines after its import, made different from others by its number."""
    return "import sys\n\n" + "".join(
        f"value_{number} = int(sys.argv[{place}]) + {number * place}\nprint(value_{number})\n"
        for place in range(5)
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Twelve source packages pinned in ``sources.toml``, one of them also in human.parquet, and answers to tasks."""
    folder = tmp_path / "data"
    write_distribution(folder, packages=1)
    entries = []
    for number in range(12):
        name = f"python3-project{number}"
        archive = write_source(
            tmp_path / "archives" / f"{name}_1.orig.tar.gz",
            {"bin/run": f"#!/usr/bin/python3\n{script(number)}"},
        )
        package = pinned_source(archive, name=name)
        entries.append(
            f'[bookworm.{name}]\nversion = "{package.version}"\ndate = {package.date}\narchive = "{package.archive}"\n'
            f'size = {package.size}\nsha256 = "{package.sha256}"\n'
        )
    (tmp_path / "sources.toml").write_text("".join(entries), encoding="utf-8")
    answers = [
        {
            "code": script(100 + number),
            "language": "python",
            "label": "llm" if number % 2 else "human",
            "generator": "",
            "source": "shelf",
            "group": f"task{number}",
        }
        for number in range(20)
    ]
    pq.write_table(pa.Table.from_pylist(answers), folder / "snippets.parquet")
    return folder


def config(data: Path, **more: object) -> ToplevelConfig:
    usual = {
        "bundle": default_model_dir(),
        "data": data,
        "packages": data.parent / "sources.toml",
        "package_folder": data.parent / "archives",
        "out": data.parent / "out",
        "folds": 3,
        "calibrate": SETTINGS,
    }
    return ToplevelConfig(**usual | more)  # type: ignore[arg-type]


def test_bundle_gets_rule_and_card_with_its_quality(data: Path, tmp_path: Path) -> None:
    lines: list[str] = []
    toplevel(config(data, version="9.9.9"), Run(tmp_path), lines.append)
    old, new = Bundle.load(default_model_dir()), Bundle.load(tmp_path / "out")
    assert new.score_path.read_bytes() == old.score_path.read_bytes()
    assert (new.version, new.calibration.alone) == ("9.9.9", old.calibration.alone)
    rule = new.calibration.top_level
    assert rule is not None
    assert (rule.min_lines, rule.min_characters) == (SETTINGS.min_lines, SETTINGS.min_characters)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    figures = manifest["metrics"]["top_level"]
    # The classes cannot be told apart here, so nothing is called ``llm``, whatever the thresholds are.
    assert figures["told_apart"] == []
    assert {cell["share"] for cell in figures["false_positives"]["cells"]} == {0.0}
    # The package in human.parquet is left out, since training has read it.
    assert manifest["data"]["top_level"]["packages"] == 11
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "**The model cannot tell who wrote such code.**" in card
    assert "those of 11 packages" in card
    report = Analyzer.load(tmp_path / "out").analyze(script(3), "python", module=True).functions[-1]
    assert report.verdict.band is Band.UNSURE
    assert report.verdict.promise is None
    toplevel(config(data), Run(tmp_path), lines.append)
    assert "the logits are there" in lines
    assert Bundle.load(tmp_path / "out").version == old.version


def test_later_recalibration_keeps_rule(data: Path, tmp_path: Path) -> None:
    toplevel(config(data), Run(tmp_path), lambda _: None)
    write_corpus(data, repositories=80, functions=10, per_file=2)
    settings = CalibrateConfig(rate=0.2, tail_share=0.5, tail_rate=0.3, tail_fewest=4, fewest_evidence=5)
    again = RecalibrateConfig(tmp_path / "out", data, "9.9.9", tmp_path / "again", 2, settings)
    recalibrate(again, Run(tmp_path / "again"), lambda _: None)
    before, after = Bundle.load(tmp_path / "out"), Bundle.load(tmp_path / "again")
    assert after.calibration.top_level == before.calibration.top_level
    assert "## Code outside functions" in (tmp_path / "again" / "README.md").read_text(encoding="utf-8")


def test_reserved_packages_are_not_read_and_both_classes_are_needed(data: Path, tmp_path: Path) -> None:
    (data / "reserved.txt").write_text(f"{digest('project5')}\n", encoding="ascii")
    lines: list[str] = []
    toplevel(config(data), Run(tmp_path), lines.append)
    assert lines[0].startswith("source packages: 10 of 10 ")
    human = [{**row, "label": "human"} for row in pq.read_table(data / "snippets.parquet").to_pylist()]
    pq.write_table(pa.Table.from_pylist(human), data / "snippets.parquet")
    with pytest.raises(CodeOriginError, match="code of one class alone"):
        toplevel(config(data), Run(tmp_path / "other"), lambda _: None)


def test_changed_archive_invalidates_kept_logits(data: Path, tmp_path: Path) -> None:
    toplevel(config(data), Run(tmp_path), lambda _: None)
    archive = tmp_path / "archives" / "python3-project3_1.orig.tar.gz"
    before = hashlib.sha256(archive.read_bytes()).hexdigest()
    write_source(archive, {"bin/run": f"#!/usr/bin/python3\n{script(77)}"})
    after = pinned_source(archive)
    listed = (tmp_path / "sources.toml").read_text(encoding="utf-8")
    # The old archive's size is written before its digest.
    head, _, tail = listed.partition(before)
    head = head[: head.rindex("size = ")] + f'size = {after.size}\nsha256 = "'
    (tmp_path / "sources.toml").write_text(head + after.sha256 + tail, encoding="utf-8")
    lines: list[str] = []
    toplevel(config(data), Run(tmp_path), lines.append)
    assert lines[0].startswith("source packages: 11 of 11 ")
    assert "the logits are there" not in lines


def test_invalid_settings_are_rejected(data: Path) -> None:
    with pytest.raises(ValueError, match="version must not be empty"):
        config(data, version="")
    with pytest.raises(ValueError, match="folds at least 2"):
        config(data, folds=1)
