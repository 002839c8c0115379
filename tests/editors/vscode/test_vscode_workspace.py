"""The extension beyond one file: workspace, other documents and server life cycle, in one VS Code window."""

import os
import re
import shutil
import signal
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from support.code_server import CodeServer, at, findings, hover_text, line_of, webview
from support.waiting import wait_for

FUNCTION = "balance_by_account"


def test_scan_fills_the_tree(code: CodeServer, page: Page, source: Path, artefacts: Path) -> None:
    code.ask("begin", command="codeorigin.scan")
    expect(page.locator(".notification-toast", has_text=re.compile("scan done"))).to_be_visible(
        timeout=60_000
    )
    tree = page.locator(".pane", has_text="Code origin").last
    expect(tree.locator(".monaco-list-row", has_text="ledger.py")).to_be_visible()
    expect(tree.locator(".monaco-list-row", has_text="throttle.ts")).to_be_visible()
    functions = tree.locator(".monaco-list-row", has_text=re.compile(r"\d %"))
    expect(functions.first).to_be_visible()
    page.screenshot(path=artefacts / "tree-dark.png")
    code.ask("run", command="notifications.clearAll")
    functions.first.click()


def test_cancelled_scan_keeps_its_results(code: CodeServer, page: Page, source: Path) -> None:
    many = code.workspace / "many"
    many.mkdir()
    text = source.read_text()
    for number in range(3000):
        # Different texts: known functions take no time, and the scan would be over before it can be cancelled.
        (many / f"ledger{number}.py").write_text(text.replace("number", f"number{number}"))
    code.ask("begin", command="codeorigin.scan")
    toast = page.locator(".notification-toast", has_text="Scanning the workspace")
    expect(toast).to_contain_text("of 300")
    toast.get_by_text("Cancel").click()
    expect(page.locator(".notification-toast", has_text="scan stopped after")).to_be_visible(timeout=60_000)
    expect(page.locator(".pane", has_text="Code origin").last).to_contain_text("not all files are here")
    code.ask("run", command="notifications.clearAll")
    shutil.rmtree(many)
    wait_for(lambda: code.ask("status")["queue"], done=lambda queue: queue == 0, what="an idle server")


def test_report_opens_as_a_page(code: CodeServer, page: Page, source: Path, artefacts: Path) -> None:
    code.ask("run", command="codeorigin.openReport")
    report = webview(page)
    expect(report.locator("h1")).to_have_text("CodeOrigin report")
    expect(report.locator("summary code", has_text="ledger.py")).to_be_visible()
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


def test_accepting_a_finding_removes_it(code: CodeServer, page: Page, source: Path) -> None:
    code.ask("open", path=str(source))
    code.ask("begin", command="codeorigin.accept")
    page.locator(".quick-input-list .monaco-list-row", has_text=FUNCTION).click()
    findings(code, source, 1)
    assert FUNCTION in (code.workspace / ".codeorigin-baseline.json").read_text()
