"""File context: what a file's other functions add, wherever an editor shows a verdict, and its switch."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.server.lsp.conftest import VSCODE, StartOnce
from tests.server.lsp.editor import PUSHED, SETTINGS, Document, Editor, python_function

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.judged import JudgedFunction
from codeorigin.functions import documents
from codeorigin.model.verdict import Band
from codeorigin.report.figures import probability_percent
from codeorigin.report.shares import human_phrase
from codeorigin.report.verdicts import finding, reading, reading_or_reason
from support.tiny_model import FILE_CONTEXT, IN_FILE, with_file_context
from support.waiting import until

END = "        total += value * 7\n    return total\n"
EDITED = "        self.assertEqual(value, limit)\n        raise ValueError(f'{value!r} is wrong')\n"
TEXT = "\n\n".join((python_function("first"), python_function("second", 5), python_function("third", 7)))
DECORATED = {**SETTINGS, "codeLens": True}


@pytest.fixture(scope="module")
def model(tiny_model_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that gives neighbours so much weight that they change the figures shown."""
    # Neutral is where this model puts most functions.
    loud = replace(FILE_CONTEXT, file=replace(IN_FILE, weight=8.0, neutral=1.3))
    return with_file_context(tmp_path_factory.mktemp("context"), tiny_model_dir, loud)


@pytest.fixture(scope="module")
def analyzer(model: Path) -> Analyzer:
    """The same model, loaded in the test process."""
    return Analyzer.load(model)


@pytest.fixture
async def server(request: pytest.FixtureRequest, start_once: StartOnce, model: Path) -> Editor:
    given = {"model": model}
    return await start_once(getattr(request, "param", VSCODE), "file context", **given)


def functions(analyzer: Analyzer, text: str, **options: bool) -> tuple[JudgedFunction, ...]:
    return analyzer.analyze(documents.Document(text, "python"), **options).functions


async def check_everything(editor: Editor, document: Document, expected: tuple[JudgedFunction, ...]) -> None:
    """Check that everything an editor can show about the document's functions agrees with ``expected``."""
    verdicts = [each.verdict for each in expected]
    assert [each.message for each in await editor.findings(document)] == [
        finding(each.span.qualified_name, each.verdict, Band.LLM) for each in expected
    ]
    assert [each.command.title for each in await editor.lenses(document)] == [
        reading_or_reason(verdict, Band.LLM) for verdict in verdicts
    ]
    for function in expected:
        text = await editor.hover_text(document, function.span.header.start_line)
        assert text.startswith(f"**Likely LLM** - {human_phrase(function.verdict)}\n")
        assert "; the rest of the file " in text
    wires = [each["verdict"] for each in (await editor.attributions(document))["functions"]]
    for name, plain in (("probability", "probability"), ("fileEvidence", "file_evidence")):
        assert [wire[name] for wire in wires] == pytest.approx([getattr(each, plain) for each in verdicts])


async def test_everything_shown_takes_in_the_file_and_follows_an_edit_of_it(
    editor: Editor, analyzer: Analyzer
) -> None:
    await editor.configure(**DECORATED)
    document = editor.open(TEXT)
    before = functions(analyzer, TEXT)
    assert {each.verdict.neighbours for each in before} == {2}
    assert all(
        probability_percent(each.verdict.probability or 0)
        != probability_percent(each.verdict.own_probability or 0)
        for each in before
    )
    await check_everything(editor, document, before)
    editor.refreshes.clear()
    editor.replace(document, END, EDITED)
    after = functions(analyzer, document.text)
    # The edit is in the third function: the others keep their texts, but not their verdicts.
    assert [each.function_id for each in after[:2]] == [each.function_id for each in before[:2]]
    for old, new in zip(before[:2], after[:2], strict=True):
        assert reading(old.verdict, Band.LLM) != reading(new.verdict, Band.LLM)
        assert old.verdict.logit == pytest.approx(new.verdict.logit)
    await check_everything(editor, document, after)
    await until(lambda: "codeLens" in editor.refreshes)


async def test_selection_is_judged_by_its_own_text_and_says_so(editor: Editor, analyzer: Analyzer) -> None:
    document = editor.open(TEXT)
    code = python_function("first")
    place = {"start": {"line": 0, "character": 0}, "end": {"line": code.count("\n"), "character": 0}}
    await editor.findings(document)
    answer = await editor.rescore(document, place)
    expected = analyzer.score(code, "python")
    assert (
        answer["verdict"]["probability"]
        == answer["verdict"]["ownProbability"]
        == pytest.approx(expected.own_probability)
    )
    assert (answer["verdict"]["fileEvidence"], answer["verdict"]["neighbours"]) == (None, 0)
    assert answer["message"] == f"by its own text the selection: {reading(expected, Band.LLM)}"
    diagnostics = await editor.findings(document)
    assert diagnostics[-1].message == f"By its own text the selection: {reading(expected, Band.LLM)}"
    # If all findings are by their own text, there is nothing to tell apart.
    await editor.configure(**SETTINGS, fileContext=False)
    answer = await editor.rescore(document, place)
    assert answer["message"] == f"the selection: {reading(expected, Band.LLM)}"
    editor.inbox.pop(PUSHED, None)
