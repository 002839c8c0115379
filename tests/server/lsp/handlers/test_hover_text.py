"""Hover texts without a server, in Markdown and in plain text."""

import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from tests.server.lsp.editor import python_function

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.judged import FileReport, JudgedFunction
from codeorigin.explain.explanation import Explanation, LineAttribution, Method
from codeorigin.functions.documents import Document
from codeorigin.functions.outline import find_functions
from codeorigin.languages import get_language
from codeorigin.lsp.documents.documents import SourceDocument
from codeorigin.lsp.documents.scored_document import Result, ScoringJob
from codeorigin.lsp.handlers.hover import HoverContent
from codeorigin.model.scoring.deep_settings import Baseline
from codeorigin.model.verdict import Band, Verdict
from codeorigin.settings.schema import Settings

IN_FILE = Verdict(
    probability=0.76, logit=1.2, band=Band.UNSURE, human_share=0.05, llm_share=0.4, llm_threshold=0.9,
    human_threshold=0.3, language="python", own_probability=0.64, file_evidence=0.62, neighbours=11,
)  # fmt: skip
EXPLANATION = Explanation(
    logit=1.2, baseline_logit=0.0, completeness_gap=0.001, approximate=False, nodes=8,
    method=Method.INTEGRATED_GRADIENTS, baseline=Baseline.MASK,
    lines=(LineAttribution(0, 0.2, 0.2, 0.0), LineAttribution(3, 1.0, 1.0, 0.0)), top_tokens=(),
)  # fmt: skip


ROOT = Path(__file__).parents[4]


def content(path: Path = Path("/project/a.py"), explanation: Explanation = EXPLANATION) -> HoverContent:
    text = python_function("hovered")
    snapshot = SourceDocument(path.as_uri(), source=text, language_id="python").snapshot()
    (span,) = find_functions(text, get_language("python"))
    function = JudgedFunction(span, IN_FILE, "id")
    report = FileReport("python", None, (function,))
    return HoverContent(
        Result(ScoringJob(snapshot, folder=path.parent), report, "model"), function, explanation
    )


def test_clients_that_run_commands_get_a_link_and_others_a_command(tmp_path: Path) -> None:
    hover = content(tmp_path / "odd `name`.py")
    whole = "codeorigin explain 'odd `name`.py:1'"
    assert hover.markdown().endswith(f"Whole explanation: ``{whole}``")
    link = re.search(
        r"\[Whole explanation\]\(command:codeorigin\.explain\?([^)]*)\)$", hover.markdown(command_links=True)
    )
    assert link is not None
    assert json.loads(unquote(link[1])) == [
        (tmp_path / "odd `name`.py").as_uri(),
        {"line": 0, "character": 4},
    ]


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("plain.py", "codeorigin explain plain.py:1"),
        ("$(touch PWNED).py", "codeorigin explain '$(touch PWNED).py:1'"),
        ("a;b'c.py", "codeorigin explain 'a;b'\"'\"'c.py:1'"),
        ("two\nlines.py", None),
    ],
)
def test_command_is_quoted_and_absent_for_names_with_control_characters(
    tmp_path: Path, name: str, command: str | None
) -> None:
    said = content(tmp_path / name).markdown()
    assert ("codeorigin explain" in said) == (command is not None)
    assert command is None or command in said


def test_lines_that_do_not_add_up_are_called_approximate() -> None:
    rough = replace(EXPLANATION, approximate=True)
    assert "\n\nTreat single lines as approximate.\n\n" in content(explanation=rough).markdown()


def test_nothing_stands_out_without_noticeable_lines() -> None:
    weak = replace(EXPLANATION, lines=(LineAttribution(0, 0.001, 0.001, 0.0),))
    said = content(explanation=weak).markdown()
    assert "\nNo line stands out.\n" in said
    assert "Its own lines point neither way; the rest of the file points to an LLM." in said


def test_clients_of_plain_text_get_the_same_without_markup() -> None:
    hover = content()
    answer, rows, *rest = hover.markdown().split("\n\n")
    bare = [answer.replace("**", ""), rows.removeprefix("```text\n").removesuffix("\n```")]
    assert "▰" in bare[1]
    assert hover.plain().split("\n\n") == [*bare, *rest]


def test_records_are_no_markup() -> None:
    declared = replace(content(), declared="Declared: line 1 by [x](command:y)")
    assert declared.markdown().endswith("\n\n`Declared: line 1 by [x](command:y)`")


def test_documented_hover_is_what_the_server_says() -> None:
    """docs/contributing/protocol.md shows the example that is in the repository, with the model that ships."""
    path = ROOT / "examples" / "assistant_style.go"
    text = path.read_text("utf-8")
    analyzer = Analyzer.load()
    report = analyzer.analyze(Document(text, "go", str(path)))
    function = report.functions[0]
    snapshot = SourceDocument(path.as_uri(), source=text, language_id="go").snapshot()
    result = Result(ScoringJob(snapshot, folder=path.parent), report, analyzer.model_id)
    hover = HoverContent(result, function, analyzer.explainer.explain(text, function))
    assert f"~~~markdown\n{hover.markdown()}\n~~~\n" in (
        ROOT / "docs" / "contributing" / "protocol.md"
    ).read_text("utf-8")


def test_sample_of_the_walkthrough_consists_of_findings_by_default() -> None:
    bundled = "examples/assistant_style.go"
    assert f"/../{bundled}`" in (ROOT / "vscode-client" / "scripts" / "bundle.mjs").read_text("utf-8")
    # VS Code opens it as a text without a path.
    report = Analyzer.load().analyze(Document((ROOT / bundled).read_text("utf-8"), "go"))
    assert [Settings().limits.band(each.verdict) for each in report.functions] == [Band.LLM] * 3
