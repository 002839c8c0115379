"""What ``check`` and ``explain`` say with a model that takes neighbouring functions into account."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.command import reported, run
from support.snippets import LEDGER, PARSER, long_function
from support.tiny_model import FILE_CONTEXT, with_file_context

TWO = f"{LEDGER}\n\n{PARSER}"
THREE = f"{TWO}\n\n{long_function(6)}"
Json = dict[str, Any]
Functions = Callable[..., list[Json]]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, tiny_model_dir: Path) -> Path:
    return with_file_context(tmp_path_factory.mktemp("context"), tiny_model_dir)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The current folder has a file of three functions."""
    monkeypatch.chdir(tmp_path)
    Path("a.py").write_text(THREE)


@pytest.fixture
def functions(model: Path) -> Functions:
    """``functions(options...)``: those of ``a.py``, as ``check`` reports them with the model."""
    return lambda *options: reported("a.py", "--model", model, *options)["files"][0]["functions"]


def shown(command: str, *options: str | Path) -> str:
    done = run(command, *options)
    assert done.stderr == b""
    return done.stdout.decode()


def test_functions_of_other_files_are_not_neighbours(model: Path) -> None:
    """The same function next to another one, alone, and next to a third one, in one run."""
    sources = {"a.py": TWO, "by_itself.py": LEDGER, "other.py": f"{LEDGER}\n\n{long_function(6)}"}
    for name, source in sources.items():
        Path(name).write_text(source)
    together = reported(".", "--model", model)["files"]
    assert together == [reported(name, "--model", model)["files"][0] for name in sources]
    ledger = [file["functions"][0] for file in together]
    assert [function["neighbours"] for function in ledger] == [1, 0, 1]
    assert len({function["logit"] for function in ledger}) == 1
    assert len({function["probability"] for function in ledger}) == 3


def test_explanation_adds_up_to_the_own_logit_with_context_on_top(functions: Functions, model: Path) -> None:
    for checked in functions():
        given = (f"a.py:{checked['start_line']}", "--model", model)
        explained = json.loads(shown("explain", *given, "--format", "json"))
        for name in ("probability", "band", "own_probability", "file_evidence", "neighbours"):
            assert explained[name] == checked[name]
        assert explained["logit"] == pytest.approx(checked["logit"], abs=1e-4)
        assert explained["completeness_gap"] < 0.02
        in_file = explained["logit"] + explained["file_evidence"]
        assert explained["probability"] == pytest.approx(FILE_CONTEXT.scale.probability(in_file), abs=1e-4)
        said = shown("explain", *given, "-v")
        assert said.splitlines()[3] == explained["own_text"]
        side = "an LLM" if explained["file_evidence"] > 0 else "a person"
        assert explained["own_text"] == (
            f"By its own text {100 * explained['own_probability']:.0f} %; the 2 other functions in this file point to "
            f"{side} ({explained['file_evidence']:+.2f})."
        )
        assert f"logit {explained['logit']:+.2f} = baseline " in said
        assert f"; logit with the rest of the file {in_file:+.2f}\n" in said
