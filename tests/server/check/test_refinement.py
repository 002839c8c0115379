"""``check``, ``explain`` and ``doctor`` with a model whose deep part refines verdicts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.report import FunctionReport
from codeorigin.cancellation import CancelToken
from codeorigin.check import workers
from codeorigin.cli.app import main
from codeorigin.cli.exit_codes import ExitCode
from codeorigin.functions.documents import Document
from codeorigin.model.reading.normalize import Normalized
from codeorigin.model.scoring.features import DeepAnswer
from codeorigin.model.scoring.graph import Graph
from codeorigin.model.scoring.scorer import Scorer
from support.repositories import Repository
from support.snippets import PARSER
from support.tiny_model import TinyModel
from support.tiny_refinement import TWO, with_broken_deep_part

Json = dict[str, Any]
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def first(tiny_refining_model: TinyModel) -> tuple[FunctionReport, ...]:
    """Results of the wide part alone."""
    return Analyzer.load(tiny_refining_model.directory).analyze(Document(TWO, "python")).functions


@pytest.fixture(scope="module")
def refined(tiny_refining_model: TinyModel) -> tuple[FunctionReport, ...]:
    """Results with every function refined by the deep part."""
    analyzer = Analyzer.load(tiny_refining_model.directory)
    report = analyzer.analyze(Document(TWO, "python"))
    return analyzer.refine(TWO, report, [each.function_id for each in report.functions]).functions


@pytest.fixture
def command(
    tiny_refining_model: TinyModel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Command:
    """``command(name, ...)``: run it in an empty folder with that model; returns exit code and both streams."""
    monkeypatch.chdir(tmp_path)

    def run(name: str, *arguments: str, chosen: Path = tiny_refining_model.directory) -> tuple[int, str, str]:
        code = main([name, *arguments, "--model", str(chosen), "--threads", "1"])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def logits(out: str) -> list[float]:
    report: Json = json.loads(out)
    return [function["logit"] for file in report["files"] for function in file["functions"]]


def said(functions: tuple[FunctionReport, ...]) -> list[Any]:
    return [pytest.approx(each.verdict.logit) for each in functions]


def test_check_refines_functions_that_are_not_human(
    command: Command, first: tuple[FunctionReport, ...], refined: tuple[FunctionReport, ...]
) -> None:
    Path("a.py").write_text(TWO)
    code, out, err = command("check", "a.py", "--format", "json")
    assert (code, err) == (ExitCode.FINDINGS, "")
    assert logits(out) == [said(first)[0], said(refined)[1]]
    _, out, _ = command("check", "a.py", "--format", "json", "--no-deep")
    assert logits(out) == said(first)


def test_several_processes_give_the_same_results(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        Path(f"{number}.py").write_text(TWO.replace("entries", f"items_{number}"))
    one = command("check", ".", "--format", "json", "--jobs", "1")
    monkeypatch.setattr(workers, "BYTES_FOR_A_WORKER", 1)
    # One file per chunk, so that this process and the other one both check some.
    monkeypatch.setattr(workers, "_CHUNK_BYTES", 1)
    several = command("check", ".", "--format", "json", "--jobs", "2")
    assert json.loads(one[1])["files"] == json.loads(several[1])["files"]


def test_change_is_judged_by_the_wide_part_alone(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = Repository(tmp_path / "repository")
    repository.commit({"a.py": "x = 1\n"}, date="2024-05-01")
    repository.write("a.py", TWO)
    monkeypatch.chdir(repository.folder)
    changed = command("check", "--changed", "--format", "json")
    whole = command("check", "a.py", "--format", "json", "--no-deep")
    assert logits(changed[1]) == logits(whole[1])


def test_explain_refines_the_explained_function(
    command: Command, refined: tuple[FunctionReport, ...]
) -> None:
    Path("a.py").write_text(TWO)
    code, out, err = command("explain", "a.py:1", "--format", "json")
    assert (code, err) == (ExitCode.OK, "")
    explained: Json = json.loads(out)
    verdict = refined[0].verdict
    assert explained["probability"] == pytest.approx(verdict.probability)
    assert explained["logit"] == pytest.approx(verdict.logit, abs=1e-4)
    assert explained["method"] == "integrated_gradients"
    assert explained["nodes"] > 0
    _, out, _ = command("explain", "a.py:1")
    assert "Refined by the deep part of the model" in " ".join(out.split())


def test_explain_runs_the_deep_part_on_one_function_only(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("a.py").write_text(f"{TWO}\n\n{PARSER.replace('parse', 'scan')}")
    asked, answer = [], Scorer.deep_answer

    def noted(self: Scorer, normalized: Normalized, cancel: CancelToken) -> DeepAnswer:
        asked.append(normalized.text.split("(")[0])
        return answer(self, normalized, cancel)

    monkeypatch.setattr(Scorer, "deep_answer", noted)
    command("explain", "a.py:1")
    assert asked == ["def close_ledger"]


def test_explain_with_no_deep_uses_the_wide_part_alone(
    command: Command, first: tuple[FunctionReport, ...]
) -> None:
    Path("a.py").write_text(TWO)
    _, out, _ = command("explain", "a.py:1", "--format", "json", "--no-deep")
    explained: Json = json.loads(out)
    assert explained["probability"] == pytest.approx(first[0].verdict.probability)
    assert (explained["method"], explained["nodes"]) == ("linear_attributions", None)


def test_broken_deep_part_leaves_the_first_verdicts_and_one_line(
    command: Command,
    tiny_refining_model: TinyModel,
    tmp_path: Path,
    first: tuple[FunctionReport, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = with_broken_deep_part(tmp_path / "model", tiny_refining_model.directory)
    loads, load = [], Graph.__init__

    def noted(self: Graph, path: Path, **options: Any) -> None:
        loads.append(path.name)
        load(self, path, **options)

    monkeypatch.setattr(Graph, "__init__", noted)
    for name in ("a.py", "b.py"):
        Path(name).write_text(TWO)
    code, out, err = command("check", "a.py", "b.py", "--format", "json", chosen=broken)
    assert code == ExitCode.ERROR
    assert err.count("\n") == 1
    assert err.startswith("codeorigin: tiny: score.onnx: cannot be loaded")
    assert logits(out) == said(first) * 2
    assert loads.count("score.onnx") == 1
    (error,) = json.loads(out)["errors"]
    assert (error["path"], error["skipped"]) == ("tiny", False)
    for format_name in ("html", "markdown"):
        _, out, _ = command("check", "a.py", "--format", format_name, chosen=broken)
        assert "Problems: 1" in out
        assert "Not checked" not in out
    code, _, err = command("check", "a.py", "--no-deep", chosen=broken)
    assert (code, err) == (ExitCode.FINDINGS, "")
    code, _, err = command("explain", "a.py:1", chosen=broken)
    assert code == ExitCode.ERROR
    assert err.startswith("codeorigin: score.onnx: cannot be loaded")
    assert err.count("\n") == 1
