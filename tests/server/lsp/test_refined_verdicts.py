"""A model with a refining deep part, in the server: verdicts at once, refined ones when they are ready."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from lsprotocol import types
from pytest_lsp import client_capabilities
from tests.server.lsp.commits import BY_COMMIT, OLD, ONE, heard, two_commits
from tests.server.lsp.conftest import COMMAND, refreshing_capabilities, start, stop
from tests.server.lsp.editor import PUSHED, SHOWN, Document, Editor

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.report import FileReport
from codeorigin.model.verdict import Band
from codeorigin.wording.explanations import DEEP_PENDING
from codeorigin.wording.figures import logits
from codeorigin.wording.functions import deep_note, finding, headline
from support.repositories import Repository
from support.snippets import LEDGER, PARSER
from support.tiny_model import TinyModel
from support.tiny_refinement import with_broken_deep_part, with_commit_rules_to_refine

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECOND = LEDGER.count("\n") + 2
"""The line of the second function in a document."""


def document_text(name: str) -> str:
    """A function the wide part calls human and one it does not; ``name`` makes both new to the server."""
    return f"{LEDGER}\n\n{PARSER}".replace("_ledger", f"_{name}").replace("_header", f"_{name}")


@pytest.fixture(scope="module")
def analyzer(tiny_refining_model: TinyModel) -> Analyzer:
    """The same model, loaded in the test process."""
    return Analyzer.load(tiny_refining_model.directory)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["pushed to", "pulling"])
async def server(
    request: pytest.FixtureRequest, tiny_refining_model: TinyModel, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Editor]:
    editor = await start(
        tmp_path_factory.mktemp("workspace"),
        refreshing_capabilities()
        if request.param == "pulling"
        else client_capabilities("visual-studio-code"),
        command=[*COMMAND, "--model", str(tiny_refining_model.directory)],
    )
    await editor.idle()
    yield editor
    await stop(editor)


def expected(analyzer: Analyzer, text: str, *looked_at: str) -> FileReport:
    report = analyzer.analyze(text, "python")
    ids = [each.function_id for each in report.functions if each.span.name in looked_at]
    return analyzer.refine(text, report, ids)


def messages(report: FileReport) -> list[str]:
    return [finding(each.verdict) for each in report.functions]


async def shown(editor: Editor, document: Document) -> list[str]:
    """What the client shows for the document once the server is idle."""
    await editor.idle()
    if editor.pulls:
        return [each.message for each in await editor.findings(document)]
    pushed = [params for params in editor.inbox[PUSHED] if params.uri == document.uri]
    return [each.message for each in pushed[-1].diagnostics]


async def test_functions_not_judged_human_are_refined_in_background(
    editor: Editor, analyzer: Analyzer
) -> None:
    text = document_text("first")
    document = editor.open(text)
    await editor.findings_arrived(document)
    first, refined = analyzer.analyze(text, "python"), expected(analyzer, text)
    assert first.functions[0].verdict.band is Band.HUMAN
    assert messages(first)[0] == messages(refined)[0]
    assert messages(first)[1] != messages(refined)[1]
    assert await shown(editor, document) == messages(refined)
    if not editor.pulls:
        told = [[each.message for each in params.diagnostics] for params in editor.inbox[PUSHED]]
        assert told == [messages(first), messages(refined)]


async def test_hover_refines_the_function_it_shows(editor: Editor, analyzer: Analyzer) -> None:
    text = document_text("hovered")
    document = editor.open(text)
    hover = await editor.hover_text(document, 0)
    looked_at = expected(analyzer, text, "close_hovered")
    verdict = looked_at.functions[0].verdict
    assert f"**CodeOrigin: {headline(verdict)}**" in hover
    assert deep_note(verdict) is not None
    assert str(deep_note(verdict)) in hover
    answer = await editor.request("codeorigin/attributions", {"textDocument": {"uri": document.uri}})
    assert answer["functions"][0]["verdict"]["deepText"] == deep_note(verdict)
    assert DEEP_PENDING not in hover
    assert await shown(editor, document) == messages(looked_at)


async def test_edited_document_is_refined_again(editor: Editor, analyzer: Analyzer) -> None:
    document = editor.open(document_text("edited"))
    await editor.findings_arrived(document)
    editor.replace(document, "parse_edited", "parse_again")
    await editor.findings_arrived(document)
    assert await shown(editor, document) == messages(expected(analyzer, document.text))


async def test_selection_is_refined(editor: Editor, analyzer: Analyzer) -> None:
    text = document_text("selected")
    document = editor.open(text)
    lines = types.Range(types.Position(0, 0), types.Position(SECOND, 0))
    answer = await editor.command("codeorigin.rescore", document.uri, lines, {"quiet": True})
    verdict = expected(analyzer, text, "close_selected").functions[0].verdict
    assert verdict.deep is not None
    assert answer["verdict"]["probability"] == pytest.approx(verdict.probability)


async def test_requested_attributions_cover_both_parts(editor: Editor, analyzer: Analyzer) -> None:
    text = document_text("attributed")
    document = editor.open(text)
    answer = await editor.request("codeorigin/attributions", {"textDocument": {"uri": document.uri}})
    verdicts = [each.verdict for each in expected(analyzer, text, "close_attributed").functions]
    for function, verdict in zip(answer["functions"], verdicts, strict=True):
        assert function["verdict"]["probability"] == pytest.approx(verdict.probability)
        assert function["explanation"]["logit"] == pytest.approx(verdict.logit, abs=1e-4)
        assert any(line["deep"] for line in function["explanation"]["lines"])


async def test_client_without_refresh_support_gets_refined_verdicts(
    tiny_refining_model: TinyModel, tmp_path: Path, analyzer: Analyzer
) -> None:
    able = refreshing_capabilities()
    assert able.workspace is not None
    able.workspace.diagnostics = None
    editor = await start(tmp_path, able, command=[*COMMAND, "--model", str(tiny_refining_model.directory)])
    text = document_text("pulled")
    refined = messages(expected(analyzer, text))
    assert [each.message for each in await editor.findings(editor.open(text))] == refined
    await editor.tidy()
    await stop(editor)


async def test_commit_scope_verdicts_are_explained_by_the_wide_part(
    tiny_refining_model: TinyModel, tmp_path: Path
) -> None:
    model = with_commit_rules_to_refine(tmp_path / "model", tiny_refining_model.directory)
    root = two_commits(Repository(tmp_path / "work")).folder
    editor = await start(
        root,
        client_capabilities("visual-studio-code"),
        settings=BY_COMMIT,
        command=[*COMMAND, "--model", str(model)],
    )
    document = editor.open(f"{OLD}\n\n{ONE}", name="a.py")
    verdict = await heard(editor, document, "one", 2)
    assert verdict["deepText"] is None
    answer = await editor.request("codeorigin/attributions", {"textDocument": {"uri": document.uri}})
    explanation = answer["functions"][1]["explanation"]
    assert explanation["logit"] == pytest.approx(verdict["logit"], abs=1e-4)
    assert not any(line["deep"] for line in explanation["lines"])
    line = document.text[: document.text.index("def one")].count("\n")
    whole = verdict["logit"] + verdict["commitEvidence"] + verdict["fileEvidence"]
    assert f"file and of the commit: {logits(whole)}" in await editor.hover_text(document, line)
    explained = await editor.command(
        "codeorigin.explain", document.uri, types.Position(line, 4), {"quiet": True}
    )
    assert explained["explanation"]["logit"] == pytest.approx(verdict["logit"], abs=1e-4)
    await editor.tidy()
    await stop(editor)


async def test_broken_deep_part_keeps_first_verdicts_and_shows_one_message(
    tiny_refining_model: TinyModel, tmp_path: Path
) -> None:
    model = with_broken_deep_part(tmp_path / "model", tiny_refining_model.directory)
    editor = await start(
        tmp_path, client_capabilities("visual-studio-code"), command=[*COMMAND, "--model", str(model)]
    )
    text = document_text("broken")
    document = editor.open(text)
    first = messages(Analyzer.load(model).analyze(text, "python"))
    told = await editor.take(SHOWN)
    assert told.message.startswith("CodeOrigin: score.onnx: cannot be loaded")
    hover = await editor.hover_text(document, SECOND)
    assert "| Line | Evidence |" in hover
    assert "Without the deep part of the model: score" in hover
    assert await shown(editor, document) == first
    evidence = await editor.request("codeorigin/attributions", {"textDocument": {"uri": document.uri}})
    assert all(each["explanation"]["lines"] for each in evidence["functions"])
    strongest = max(evidence["functions"][1]["explanation"]["lines"][1:], key=lambda line: abs(line["value"]))
    assert "This line: " in await editor.hover_text(document, strongest["line"])
    selected = types.Range(types.Position(SECOND, 0), types.Position(text.count("\n"), 0))
    answer = await editor.command("codeorigin.rescore", document.uri, selected, {"quiet": True})
    assert answer["verdict"]["probability"] is not None
    await editor.tidy()  # fails if the user was shown anything else
    await stop(editor)
