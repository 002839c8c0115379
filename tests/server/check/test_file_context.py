"""What ``check`` and ``explain`` say with a model that takes neighbouring functions into account."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codeorigin.cli.exit_codes import ExitCode
from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.folder import MANIFEST
from support.command import run
from support.snippets import LEDGER, PARSER, long_function
from support.tiny_model import FILE_CONTEXT, IN_FILE, with_file_context

TWO = f"{LEDGER}\n\n{PARSER}"
THREE = f"{TWO}\n\n{long_function(6)}"

Json = dict[str, Any]
Command = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, tiny_model_dir: Path) -> Path:
    return with_file_context(tmp_path_factory.mktemp("context"), tiny_model_dir)


@pytest.fixture
def command(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """``command(name, ...)``: run it in an empty folder with that model; returns exit code and stdout."""
    monkeypatch.chdir(tmp_path)

    def called(name: str, *arguments: str, chosen: Path = model, stdin: bytes = b"") -> tuple[int, str]:
        done = run(name, *arguments, "--model", chosen, "--threads", "1", stdin=stdin)
        assert done.stderr == b""
        return done.returncode, done.stdout.decode()

    return called


def functions_of(command: Command, *arguments: str, **options: Any) -> dict[str, list[Json]]:
    """The functions of each file as ``check`` reports them; its exit code does not matter here."""
    _, out = command("check", *arguments, "--format", "json", **options)
    return {file["path"]: file["functions"] for file in json.loads(out)["files"]}


def calibration_of(model: Path) -> Calibration:
    return Calibration.from_manifest(json.loads((model / MANIFEST).read_text("utf-8"))["calibration"])


def test_probabilities_include_the_file_context_and_logits_do_not(command: Command, model: Path) -> None:
    Path("a.py").write_text(THREE)
    functions = functions_of(command, "a.py")["a.py"]
    logits = [function["logit"] for function in functions]
    assert len(set(logits)) == len(logits) == 3
    scale = calibration_of(model).alone
    for function, added in zip(functions, IN_FILE.evidence(logits), strict=True):
        assert function["neighbours"] == 2
        assert function["file_evidence"] == pytest.approx(added) != 0
        total = function["logit"] + added
        assert function["probability"] == pytest.approx(FILE_CONTEXT.scale.probability(total))
        assert function["band"] == FILE_CONTEXT.scale.read(total, "python")["band"].value
        assert function["own_probability"] == pytest.approx(scale.probability(function["logit"]))
        assert function["own_probability"] != pytest.approx(function["probability"])


def test_without_file_context_each_function_is_scored_alone(command: Command) -> None:
    Path("a.py").write_text(THREE)
    together = functions_of(command, "a.py")["a.py"]
    apart = functions_of(command, "a.py", "--no-file-context")["a.py"]
    for one, other in zip(apart, together, strict=True):
        assert (one["file_evidence"], one["neighbours"]) == (None, 0)
        assert one["probability"] == one["own_probability"] == other["own_probability"]
        assert one["logit"] == other["logit"]


def test_option_changes_nothing_for_a_model_without_file_context(
    command: Command, tiny_model_dir: Path
) -> None:
    Path("a.py").write_text(THREE)
    answers = [
        functions_of(command, "a.py", *options, chosen=tiny_model_dir)
        for options in ([], ["--no-file-context"])
    ]
    assert answers[0] == answers[1]
    assert [function["file_evidence"] for function in answers[0]["a.py"]] == [None] * 3


@pytest.mark.parametrize(
    "source",
    [
        LEDGER,
        f"{LEDGER}\n\ndef short(x):\n    return x\n",
        f"{LEDGER}\n\n# codeorigin: ignore\n{PARSER}",
    ],
)
def test_function_without_neighbours_is_scored_by_its_own_text(source: str, command: Command) -> None:
    Path("a.py").write_text(source)
    first, *others = functions_of(command, "a.py")["a.py"]
    assert (first["file_evidence"], first["neighbours"]) == (None, 0)
    assert first["probability"] == first["own_probability"]
    for other in others:
        assert (other["own_probability"], other["file_evidence"], other["neighbours"]) == (None, None, 0)
    _, shown = command("explain", "a.py:1")
    assert "own text" not in shown
    assert "rest of the file" not in shown


def test_functions_of_other_files_are_not_neighbours(command: Command) -> None:
    """The same function next to another one, alone, and next to a third one, in one run."""
    sources = {"beside.py": TWO, "by_itself.py": LEDGER, "other.py": f"{LEDGER}\n\n{long_function(6)}"}
    for name, source in sources.items():
        Path(name).write_text(source)
    together = functions_of(command, ".")
    assert together == {
        name: functions for name in sources for name, functions in functions_of(command, name).items()
    }
    assert together == functions_of(command, *reversed(sources))
    ledger = [together[name][0] for name in sources]
    assert [function["neighbours"] for function in ledger] == [1, 0, 1]
    assert len({function["logit"] for function in ledger}) == 1
    assert len({function["probability"] for function in ledger}) == 3


def test_stdin_has_file_context_too(command: Command) -> None:
    def piped(*options: str) -> list[Json]:
        given = ("-", "--stdin-filename", "a.py", *options)
        return functions_of(command, *given, stdin=TWO.encode())["a.py"]

    Path("a.py").write_text(TWO)
    assert piped() == functions_of(command, "a.py")["a.py"]
    assert [function["neighbours"] for function in piped()] == [1, 1]
    assert [function["neighbours"] for function in piped("--no-file-context")] == [0, 0]


def test_threshold_applies_to_the_probability_with_file_context(command: Command) -> None:
    Path("a.py").write_text(TWO)
    functions = functions_of(command, "a.py")["a.py"]
    # One of the two moves far enough for a threshold to fit between its two probabilities.
    moved = max(functions, key=lambda function: abs(function["probability"] - function["own_probability"]))
    threshold = (moved["probability"] + moved["own_probability"]) / 2
    for field, options in (("probability", []), ("own_probability", ["--no-file-context"])):
        code, out = command("check", "a.py", "--threshold", str(threshold), *options, "--format", "sarif")
        found = json.loads(out)["runs"][0]["results"]
        names = [each["locations"][0]["logicalLocations"][0]["name"] for each in found]
        assert names == [each["name"] for each in functions if each[field] >= threshold]
        assert code == (ExitCode.FINDINGS if names else ExitCode.OK)
        assert (moved["name"] in names) is (moved[field] >= threshold)
    assert (moved["probability"] >= threshold) is not (moved["own_probability"] >= threshold)


def test_functions_that_are_not_listed_still_count_as_context(command: Command) -> None:
    Path("a.py").write_text(THREE)
    functions = functions_of(command, "a.py")["a.py"]
    highest = max(functions, key=lambda function: function["probability"])
    _, out = command("check", "a.py", "--threshold", str(highest["probability"]))
    assert out.splitlines()[1].split()[0] == f"{highest['probability']:.2f}"
    assert out.splitlines()[2] == ""


def test_all_report_formats_agree(command: Command) -> None:
    Path("a.py").write_text(TWO)
    first, second = functions_of(command, "a.py")["a.py"]
    _, out = command("check", "a.py", "--threshold", "0", "--format", "sarif")
    results = json.loads(out)["runs"][0]["results"]
    for function, result in zip((first, second), results, strict=True):
        for name in ("probability", "logit", "band", "neighbours"):
            assert result["properties"][name] == function[name]
        assert result["properties"]["ownProbability"] == function["own_probability"]
        assert result["properties"]["fileEvidence"] == function["file_evidence"]
    _, out = command("check", "a.py", "--show", "all")
    for function in (first, second):
        assert f" {function['probability']:.2f}  {function['band']} " in out
    _, out = command("check", "a.py", "--threshold", "0", "--format", "html")
    assert "; the other function in this file points to " in out
    _, out = command("check", "a.py", "--threshold", "0", "--format", "html", "--no-file-context")
    assert "in this file points to " not in out


def test_explanation_adds_up_to_the_own_logit_with_context_on_top(command: Command) -> None:
    Path("a.py").write_text(THREE)
    for checked in functions_of(command, "a.py")["a.py"]:
        place = f"a.py:{checked['start_line']}"
        code, out = command("explain", place, "--format", "json")
        explained = json.loads(out)
        assert code == ExitCode.OK
        for name in ("probability", "band", "own_probability", "file_evidence", "neighbours"):
            assert explained[name] == checked[name]
        assert explained["logit"] == pytest.approx(checked["logit"], abs=1e-4)
        evidence = explained["logit"] - explained["baseline_logit"]
        total = sum(line["value"] for line in explained["lines"])
        gap = abs(total - evidence) / max(abs(evidence), 1.0)
        assert gap == pytest.approx(explained["completeness_gap"], abs=1e-5)
        assert gap < 0.02
        in_file = FILE_CONTEXT.scale.probability(explained["logit"] + explained["file_evidence"])
        assert explained["probability"] == pytest.approx(in_file, abs=1e-4)
        _, shown = command("explain", place)
        assert shown.splitlines()[3] == explained["own_text"]
        side = "an LLM" if explained["file_evidence"] > 0 else "a person"
        assert explained["own_text"] == (
            f"By its own text {100 * explained['own_probability']:.0f} %; the 2 other functions in this file point to "
            f"{side} ({explained['file_evidence']:+.2f})."
        )
        assert f"logit {explained['logit']:+.2f} = baseline " in shown
        assert (
            f"; logit with the rest of the file {explained['logit'] + explained['file_evidence']:+.2f}\n"
            in shown
        )


def test_explanation_without_file_context(command: Command) -> None:
    Path("a.py").write_text(TWO)
    checked = functions_of(command, "a.py")["a.py"][0]
    in_file = json.loads(command("explain", "a.py:1", "--format", "json")[1])
    explained = json.loads(command("explain", "a.py:1", "--no-file-context", "--format", "json")[1])
    assert (explained["file_evidence"], explained["neighbours"], explained["own_text"]) == (
        None,
        0,
        None,
    )
    assert (
        explained["probability"]
        == explained["own_probability"]
        == checked["own_probability"]
        != checked["probability"]
    )
    assert explained["lines"] == in_file["lines"]
    _, shown = command("explain", "a.py:1", "--no-file-context")
    assert "own text" not in shown
    assert "rest of the file" not in shown
