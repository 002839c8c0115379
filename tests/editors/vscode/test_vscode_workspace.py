"""The extension beyond one file: the report, other documents and server life cycle, in one VS Code window."""

import os
import signal
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from support.code_server import CodeServer, at, findings, hover_text, line_of, webview
from support.notebooks import notebook
from support.waiting import wait_for

FUNCTION = "balance_by_account"


def test_report_opens_as_a_page(code: CodeServer, page: Page, source: Path, artefacts: Path) -> None:
    code.ask("run", command="codeorigin.openReport")
    report = webview(page)
    expect(report.locator("h1")).to_have_text(source.parent.name)
    expect(report.locator("summary code", has_text="ledger.py")).to_be_visible()
    # The page follows the editor's theme, not the system's; and the editor's own style of code does not show in it.
    expect(report.locator("body")).to_have_css("background-color", "rgb(23, 24, 26)")
    expect(report.locator("summary code").first).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    page.screenshot(path=artefacts / "report-dark.png")
    code.ask("run", command="workbench.action.closeActiveEditor")


def rescored(code: CodeServer, uri: str, within: dict[str, Any]) -> Any:
    return code.ask("run", command="codeorigin.rescore", args=[uri, within, {"quiet": True}])


def test_untitled_text_has_findings_hover_and_rescore(code: CodeServer, page: Page, source: Path) -> None:
    text = source.read_text()
    uri = code.ask("untitled", content=text, language="plaintext")
    assert uri.startswith("untitled:")
    found = findings(code, uri, 2)
    line = found[1]["range"][0]["line"]
    assert line == line_of(source, f"def {FUNCTION}")
    assert "An estimate, not proof." in hover_text(code, uri, at(line))
    answer = rescored(code, uri, {"start": at(line, 0), "end": at(line + 16, 0)})
    assert answer["verdict"]["probability"] is not None
    code.ask("run", command="workbench.action.revertAndCloseActiveEditor")


def test_bar_says_what_is_known_of_a_whole_notebook(code: CodeServer, page: Page, source: Path) -> None:
    text = source.read_text()
    first, second = text[: text.index(f"def {FUNCTION}")], text[text.index(f"def {FUNCTION}") :]
    book = code.workspace / "book.ipynb"
    book.write_text(notebook(first, second))
    code.ask("notebook", path=str(book))
    bar = page.locator(".statusbar-item", has_text="CodeOrigin: 2 of 2 functions likely LLM")
    expect(bar).to_be_visible()
    # The focus is in a cell, whose own text has one of them.
    code.ask("run", command="notebook.focusTop")
    code.ask("run", command="notebook.cell.edit")
    expect(bar).to_be_visible()
    code.ask("run", command="workbench.action.closeActiveEditor")


def test_killed_server_is_restarted(code: CodeServer, page: Page, source: Path) -> None:
    code.ask("open", path=str(source))
    before = code.ask("run", command="codeorigin.status")["pid"]
    os.kill(before, signal.SIGKILL)
    after = wait_for(lambda: running_pid(code, before), what="another server", seconds=90)
    assert after != before
    findings(code, source, 2)


def running_pid(code: CodeServer, before: int) -> int | None:
    """The new server's process, or None while there is none."""
    try:
        pid: int = code.ask("run", command="codeorigin.status")["pid"]
    except (AssertionError, TypeError):
        return None
    return pid if pid != before else None


def test_restart_starts_another_server(code: CodeServer, page: Page, source: Path) -> None:
    before = code.ask("run", command="codeorigin.status")["pid"]
    code.ask("run", command="codeorigin.restart")
    after = code.ask("run", command="codeorigin.status")["pid"]
    assert after != before
    findings(code, source, 2)


def test_accepting_the_findings_of_a_file_removes_them(code: CodeServer, page: Page, source: Path) -> None:
    code.ask("open", path=str(source))
    code.ask("begin", command="codeorigin.accept")
    findings(code, source, 0)
    assert FUNCTION in (code.workspace / ".codeorigin-baseline.json").read_text()
