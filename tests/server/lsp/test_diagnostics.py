"""Diagnostics: what they say, where they are, when they come and go."""

import re

from lsprotocol import types
from tests.server.lsp.conftest import everywhere
from tests.server.lsp.editor import PUSHED, Editor, python_function


async def test_one_finding_per_function_on_its_header(editor: Editor) -> None:
    text = "import os\n\n\n" + python_function("first") + "\n\n@os.cache\n" + python_function("second", 5)
    found = await editor.findings(editor.open(text))
    lines = text.split("\n")
    assert [lines[each.range.start.line].split("(")[0] for each in found] == ["def first", "def second"]
    for each in found:
        assert each.range.start.line == each.range.end.line
        assert each.range.start.character == 0
        assert each.range.end.character <= len(lines[each.range.start.line])
        assert each.severity is types.DiagnosticSeverity.Information
        assert each.source == "CodeOrigin"
        assert each.code == "likely-llm"
        assert re.fullmatch(r"`(first|second)`: likely LLM \((\d+|over 99|under 1) %\)", each.message)
    assert len({each.message for each in found}) == 2
    data = found[1].data
    assert set(data) == {
        "functionId", "name", "probability", "logit", "band", "modelId", "headerOffset",
    }  # fmt: skip
    assert re.fullmatch(r"[0-9a-f]{16}", data["functionId"])
    assert data["name"] == "second"
    assert 0 <= data["probability"] <= 1
    assert data["modelId"] == (await editor.command("codeorigin.status"))["modelId"]
    assert data["headerOffset"] == 1


@everywhere
async def test_documentation_link_is_sent_if_the_client_supports_it(editor: Editor) -> None:
    (found,) = await editor.findings(editor.open(python_function("linked")))
    if editor.client.capabilities.text_document.publish_diagnostics.code_description_support:
        assert re.fullmatch(r"file:///.+/verdicts\.md", found.code_description.href)
    else:
        assert found.code_description is None


async def test_short_or_ignored_functions_and_prose_get_no_findings(editor: Editor) -> None:
    short = "def short():\n    return 1\n"
    ignored = "# codeorigin: ignore\n" + python_function("ignored")
    assert await editor.findings(editor.open(short + "\n\n" + ignored)) == []
    assert await editor.findings(editor.open("# codeorigin: ignore-file\n" + python_function("f"))) == []
    assert await editor.findings(editor.open("")) == []
    assert await editor.findings(editor.open("some words", language="plaintext", name="a.txt")) == []


@everywhere
async def test_closing_clears_the_findings_for_good(editor: Editor) -> None:
    document = editor.open(python_function("closing"))
    assert await editor.findings(document)
    editor.replace(document, "closing", "still_scoring")
    await editor.close(document)
    await editor.idle()
    assert PUSHED not in editor.inbox or not editor.inbox[PUSHED]


@everywhere
async def test_columns_use_the_encoding_of_the_client(editor: Editor) -> None:
    encoding = editor.result.capabilities.position_encoding
    wide = "x = '😀é'; "
    text = f"class A:\n    {wide}\n" + "".join(
        "    " + line + "\n" for line in python_function("naïve_𝓍").splitlines()
    )
    found = await editor.findings(editor.open(text))
    header = text.split("\n")[found[0].range.start.line]
    before = header[: header.index("def")]
    whole = header.rstrip()
    units = {
        "utf-8": lambda part: len(part.encode()),
        "utf-16": lambda part: len(part.encode("utf-16-le")) // 2,
        "utf-32": len,
    }[encoding]
    assert found[0].range.start.character == units(before)
    assert found[0].range.end.character in {units(whole), units(whole.rstrip(":"))}


async def test_severity_and_unsure_follow_the_settings(editor: Editor) -> None:
    await editor.configure(threshold=0.0, severity="warning", debounce=20)
    found = await editor.findings(editor.open(python_function("loud")))
    assert found[0].severity is types.DiagnosticSeverity.Warning
    await editor.configure(threshold=1.0, showUnsure=True, debounce=20)
    found = await editor.findings(editor.open(python_function("quiet")))
    assert [each.severity for each in found] == [types.DiagnosticSeverity.Hint]
    assert ": unsure (LLM " in found[0].message
    await editor.configure(threshold=1.0, debounce=20)
    assert await editor.findings(editor.open(python_function("silent"))) == []
