"""A function has the same verdict by a check, in an editor, in a change and by history.

That a scan of many repositories gives what history gives is tested with it.
"""

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.server.lsp.conftest import VSCODE, StartOnce
from tests.server.lsp.editor import camel

from codeorigin.languages import LANGUAGES
from support.command import reported, run
from support.recorded_code import FUNCTIONS
from support.repositories import Repository
from support.tiny_model import with_file_context

AROUND = {
    "java": ("class Orders {\n", "}\n"),
    "csharp": ("class Users {\n", "}\n"),
    "php": ("<?php\nclass Users {\n", "}\n"),
    "ruby": ("class Pages\n", "end\n"),
}
"""What a method stands in."""
SAME = ("probability", "band", "reason", "logit", "file_evidence", "neighbours", "human_share", "llm_share")


def document(language: str, numbers: list[int]) -> str:
    """Functions that differ in their numbers, in a file."""
    head, foot = AROUND.get(language, ("", ""))
    code = FUNCTIONS[language]
    variants = (code.replace("0", f"{number}0").replace("1", f"{number}") for number in numbers)
    return head + "\n".join(variants) + foot


def functions_of(report: Any) -> list[dict[str, Any]]:
    (file,) = report["files"]
    return [{name: function[name] for name in SAME} for function in file["functions"]]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, tiny_model_dir: Path) -> Path:
    """With a rule for files and none for commits, whose functions would count in each other's verdicts."""
    return with_file_context(tmp_path_factory.mktemp("model"), tiny_model_dir)


@settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(
    language=st.sampled_from([language.id for language in LANGUAGES.values() if language.id in FUNCTIONS]),
    numbers=st.lists(st.integers(2, 9), min_size=1, max_size=4, unique=True),
)
async def test_a_function_has_one_verdict_however_it_is_judged(
    start_once: StartOnce, model: Path, language: str, numbers: list[int]
) -> None:
    editor = await start_once(VSCODE, "one verdict", model=model, settings={"debounce": 20, "past": False})
    text = document(language, numbers)
    name = f"code{LANGUAGES[language].extensions[0]}"
    with tempfile.TemporaryDirectory() as place:
        repository = Repository(Path(place) / "work")
        repository.commit({"README": "x\n"}, date="2024-01-01")
        repository.write(name, text)
        here, by_model = repository.folder, ("--model", model)
        scanned = reported("--changed", *by_model, cwd=here)
        repository.commit({name: text}, date="2024-01-02")
        expected = functions_of(reported(name, *by_model, cwd=here))
        assert [function["band"] for function in expected if function["band"]]
        assert functions_of(scanned) == expected
        assert functions_of(reported("--commit", "HEAD", *by_model, cwd=here)) == expected

        opened = editor.open(text, language=language, name=name)
        shown = (await editor.rescore(opened))["functions"]
        await editor.tidy()
        assert [{name: one["verdict"][camel(name)] for name in SAME} for one in shown] == expected

        history = run(
            "history", *by_model, "--state", f"{place}/state", "--format", "json", "--jobs", "1", cwd=here
        )
        commit, _ = json.loads(history.stdout)["commits"]
        judged = [function for function in expected if function["band"]]
        lines = Counter[str]()
        for function in reported("--commit", "HEAD", *by_model, cwd=here)["files"][0]["functions"]:
            if function["band"]:
                lines[function["band"]] += function["counted_lines"]
        assert commit["functions"] == len(judged)
        assert +Counter(commit["band_lines"]) == lines
