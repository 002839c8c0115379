"""Names, paths, keys and values chosen by a project: wherever they are shown, they are nothing but text."""

import io
import logging
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from tests.server.lsp.raw import serving

from codeorigin.check.formats import ReportFormat, github, html, markdown, sarif, write_report
from codeorigin.check.result import CheckResult, FileError
from codeorigin.lsp.connection.logs import OneLineFormatter, PrivateFormatter
from codeorigin.lsp.handlers.markdown import code_span
from codeorigin.shell.terminal import printable
from codeorigin.text.literal_text import one_line, plain_message
from support.check_results import CODE, check_result, checked_file
from support.pages import Page

HOSTILE = {
    "a link": "[Fix](command:workbench.action.terminal.new)",
    "an image": "![x](https://example.com/x.png)",
    "a link with a title": '[a](file:///etc/passwd "b")',
    "an icon": "$(alert) $(sync~spin)",
    "html": "<img src=x onerror=alert(1)><script>alert(1)</script>",
    "an attribute": "\" onmouseover='alert(1)' x=\"",
    "an escape sequence": "\x1b[31mred\x1b]8;;https://example.com\x07link\x1b]8;;\x07",
    "8-bit controls": "\x9b31m\x90q\x9c",
    "lines": "a\nb\r\nc\rd\x0be\x0cf\x85g\u2028h\u2029i",
    "a workflow command": "x\n::add-mask::secret\r\n##[error]y%0A::stop-commands::z",
    "bidirectional": "\u202eevil\u202c \u2066a\u2069 \u200fb \u061cc",
    "invisible": "a\u200bb\u2060c\ufeffd\u00ade",
    "a lone surrogate": "a\ud800b",
    "tags": "a\U000e0041\U000e007fb",
    "backticks": "``` `a` ``",
    "code fence": "\n```\n# heading\n- item\n| a | b |\n",
    "very long": "x" * 100_000,
}
SUSPECT = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\U000e0000-\U000e007f]"
)
NO_TEXT = re.compile(SUSPECT.pattern.replace("\x0b", "\x0a\x0b"))


@pytest.fixture(params=HOSTILE)
def text(request: pytest.FixtureRequest) -> str:
    return HOSTILE[request.param]


LINES: dict[str, Callable[[str], str]] = {
    "terminal": printable,
    "log or any line": one_line,
    "message of an editor": plain_message,
    "markdown code": code_span,
}


@pytest.mark.parametrize("sink", LINES)
def test_every_sink_gives_one_line_without_control_characters_or_links(sink: str, text: str) -> None:
    assert NO_TEXT.search(LINES[sink](text)) is None
    shown = plain_message(f"codeorigin.toml: there is no setting {text}")
    assert "](" not in shown
    assert "$(" not in shown
    assert len(shown) <= 1_000


def test_harmless_text_is_unchanged() -> None:
    for harmless in (
        "a plain sentence, with (brackets) and [more] é 漢字 😀",
        "C:\\path\\to.py",
        "values[0] (x)",
    ):
        assert one_line(harmless) == harmless
        assert plain_message(harmless) == harmless


@pytest.mark.parametrize("formatter", [OneLineFormatter, PrivateFormatter])
def test_exception_in_the_log_cannot_forge_a_line(formatter: type[logging.Formatter], text: str) -> None:
    try:
        raise ValueError(f"a key\n2030-01-01 INFO x: {text}\r\x1b[2J")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "f.py", 1, "failed", (), sys.exc_info())
    first, *others = formatter("%(levelname)s %(name)s: %(message)s").format(record).split("\n")
    assert first == "ERROR x: failed"
    assert all(line.startswith("  ") and NO_TEXT.search(line) is None for line in others)
    assert any("ValueError" in line for line in others)


DANGEROUS = st.sampled_from("<>&\"'`[](){}!$#|*_~=:%\\/@;-+ \n\r\t\x1b\x9b\u2028\u202e\u200b\ud800ax1")
TEXTS = st.one_of(
    st.sampled_from(list(HOSTILE.values())), st.text(DANGEROUS, min_size=1, max_size=40), st.text(max_size=20)
)


def hostile_result(text: str) -> CheckResult:
    """A check of a file whose path, code, names and error are ``text`` or contain it."""
    code = "".join(line if line.isprintable() else "?" for line in text)
    file = checked_file(text=CODE.replace("return n", f"return {code} or n"))
    renamed = tuple(
        replace(each, span=replace(each.span, name=text, qualified_name=text)) for each in file.functions
    )
    shown = f"{text}.py"
    hostile = replace(file, source=replace(file.source, path=shown), functions=renamed)
    return check_result(hostile, errors=(FileError(shown, f"cannot be read: {text}"),))


@settings(max_examples=60, deadline=None)
@given(TEXTS)
@example("\ud800/")
@example("\0/")
def test_reports_show_any_text_as_text(text: str) -> None:
    result, plain = hostile_result(text), hostile_result("plain")
    for report_format in ReportFormat:
        stream = io.StringIO()
        write_report(result, report_format, stream)
        assert SUSPECT.search(stream.getvalue()) is None, report_format
        # What GitHub's runner obeys in a log; its own format consists of such lines.
        obeyed = r"##\[" if report_format is ReportFormat.GITHUB else r"(?m)##\[|^\s*::"
        assert re.search(obeyed, stream.getvalue()) is None, report_format
    assert Page("".join(html.parts(result))).elements <= Page("".join(html.parts(plain))).elements
    lines = "".join(github.parts(result)).splitlines()
    assert all(re.match(r"::(notice|warning|error) |CodeOrigin: ", line) for line in lines), lines
    for found in sarif.to_dict(result)["runs"][0]["results"]:
        assert "](" not in found["message"]["text"]
    parser = MarkdownIt("commonmark").enable("table")
    shown, expected = (Page(parser.render("".join(markdown.parts(one)))).elements for one in (result, plain))
    assert shown <= expected


def test_project_file_key_is_not_a_link_in_a_notification(tmp_path: Path) -> None:
    key = "[Fix](command:workbench.action.terminal.new)"
    (tmp_path / "codeorigin.toml").write_text(f'"{key}\\u202e\\u001b[31m" = 1\nexclude = ["{key}", 3]\n')
    with serving("--log-level", "info", root=tmp_path) as server:
        messages = [server.told("window/showMessage")["message"] for _ in range(2)]
        uri = (tmp_path / "a.js").as_uri()
        body = "\n".join(f"    total += values[{n}] * {n};" for n in range(12))
        code = f'const handlers = {{ "{key}": function (values) {{\n  let total = 0;\n{body}\n  return total;\n}} }};\n'
        server.open(uri, code, "javascript")
        (found,) = server.findings(uri)
        context = {"textDocument": {"uri": uri}, "range": found["range"], "context": {"diagnostics": [found]}}
        titles = [action["title"] for action in server.request("textDocument/codeAction", context)]
        answer = server.command("codeorigin.explain", uri, found["range"]["start"])
        messages.append(server.told("window/showMessage")["message"])
    assert any("[Fix] (command:" in message for message in messages)
    for shown in (*messages, *titles, answer["message"], answer["name"], found["message"]):
        assert "](" not in shown
        assert NO_TEXT.search(shown) is None
    assert b"\x1b" not in server.errors
