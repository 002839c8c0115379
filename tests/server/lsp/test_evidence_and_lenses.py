"""Code lenses and line evidence, in the right places."""

import re

import pytest
from tests.server.lsp.conftest import NEOVIM, VSCODE, clients
from tests.server.lsp.editor import Editor, python_function

from support.waiting import until


async def test_code_lenses_can_be_switched_on(editor: Editor) -> None:
    document = editor.open(python_function("a") + "\n\n" + python_function("b") + "\n\ndef c():\n    pass\n")
    await editor.idle()
    assert await editor.lenses(document) == []
    await editor.configure(threshold=0.0, codeLens=True)
    await until(lambda: "codeLens" in editor.refreshes)
    found = await editor.lenses(document)
    assert [each.range.start.line for each in found] == [0, 11]
    assert all(re.fullmatch(r"Likely LLM \(.+ %\)", each.command.title) for each in found)
    answer = await editor.command(found[1].command.command, *found[1].command.arguments, {"quiet": True})
    assert answer["name"] == "b"


@clients(VSCODE, NEOVIM)
async def test_lenses_wait_for_a_save_as_verdicts_do(editor: Editor) -> None:
    await editor.configure(threshold=0.0, codeLens=True, run="onSave")
    document = editor.open(python_function("saved"))
    assert [each.range.start.line for each in await editor.lenses(document)] == [0]
    editor.replace(document, "def saved", "# one\n# two\ndef saved")
    # Nothing is known about the new text, and the old lines would be wrong.
    assert await editor.lenses(document) == []
    editor.refreshes.clear()
    editor.save(document)
    await editor.findings(document)
    assert [each.range.start.line for each in await editor.lenses(document)] == [2]
    workspace = editor.client.capabilities.workspace
    assert ("codeLens" in editor.refreshes) == bool(workspace.code_lens)


async def test_attributions_add_up_and_name_the_version(editor: Editor) -> None:
    document = editor.open("import os\n\n\n" + python_function("heat") + "\n\n" + python_function("cold"))
    answer = await editor.attributions(document)
    status = await editor.command("codeorigin.status")
    assert answer["version"] == document.version
    assert answer["modelId"] == status["modelId"]
    assert [each["name"] for each in answer["functions"]] == ["heat", "cold"]
    for function in answer["functions"]:
        evidence = function["explanation"]
        total = sum(line["value"] for line in evidence["lines"])
        moved = evidence["logit"] - evidence["baselineLogit"]
        assert abs(total - moved) <= (evidence["completenessGap"] + 1e-6) * max(abs(moved), 1)
        assert evidence["logit"] == pytest.approx(function["verdict"]["logit"], abs=1e-3)
        assert max(abs(line["weight"]) for line in evidence["lines"]) == pytest.approx(1)
        first, last = function["range"]["start"]["line"], function["range"]["end"]["line"]
        assert all(first <= line["line"] <= last for line in evidence["lines"])
        for token in evidence["topTokens"]:
            assert first <= token["range"]["start"]["line"] <= last
        assert sum(each["value"] for each in evidence["constructs"]) == pytest.approx(total, abs=1e-6)
        assert set(evidence["constructs"][0]) == {
            *("construct", "name", "value", "valueText", "characters", "shareText"),
        }
        for each in (*evidence["lines"], *evidence["topTokens"], *evidence["constructs"]):
            assert each["valueText"] == f"{each['value']:+.2f}"
        assert all(
            re.fullmatch(r"[\d.]+ % of the code", each["shareText"]) for each in evidence["constructs"]
        )
        assert evidence["titles"] == {
            "lines": "Evidence by line",
            "constructs": "Evidence by kind of code",
            "tokens": "Strongest tokens",
            "human": "towards human",
            "llm": "towards LLM",
            "details": "Figures and method",
        }
        assert evidence["summary"].endswith(".")


async def test_attributions_of_a_range_cover_only_its_lines(editor: Editor) -> None:
    document = editor.open(python_function("heat") + "\n\n" + python_function("cold"))
    place = {"start": {"line": 2, "character": 0}, "end": {"line": 4, "character": 0}}
    answer = await editor.request(
        "codeorigin/attributions", {"textDocument": {"uri": document.uri}, "range": place}
    )
    (function,) = answer["functions"]
    assert {line["line"] for line in function["explanation"]["lines"]} <= {2, 3, 4}
    assert function["explanation"]["lines"]
