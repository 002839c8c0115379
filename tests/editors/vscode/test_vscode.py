"""The extension as people meet it: one VS Code window, one story from start to restart."""

import os
import re
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from support.code_server import CodeServer
from support.waiting import wait_for

FUNCTION = "balance_by_account"


@pytest.fixture(scope="module")
def code(new_code_server: Callable[..., CodeServer], server_settings: dict[str, object]) -> CodeServer:
    settings = {f"codeorigin.{name}": value for name, value in server_settings.items()}
    return new_code_server(settings | {"workbench.colorTheme": "Default Dark Modern"})


@pytest.fixture(scope="module")
def page(code: CodeServer, new_page: Callable[[CodeServer], Page]) -> Iterator[Page]:
    page = new_page(code)
    yield page
    page.close()


@pytest.fixture(scope="module")
def source(code: CodeServer, page: Page) -> Path:
    """The open Python sample, once it has findings."""
    path = code.workspace / "ledger.py"
    code.ask("open", path=str(path))
    findings(code, path, 2)
    return path


def reported(code: CodeServer, path: Path) -> list[Any]:
    """The findings on functions, without the answer on a selection."""
    return [each for each in code.ask("diagnostics", path=str(path)) if each["code"] == "llm-written"]


def findings(code: CodeServer, path: Path, count: int) -> list[Any]:
    found: list[Any] = wait_for(
        lambda: reported(code, path),
        done=lambda answer: len(answer) == count,
        what=f"{count} findings in {path.name}",
    )
    return found


def line_of(path: Path, text: str) -> int:
    return next(number for number, line in enumerate(path.read_text().splitlines()) if text in line)


def at(line: int, character: int = 5) -> dict[str, int]:
    return {"line": line, "character": character}


def choose_action(code: CodeServer, page: Page, title: str) -> None:
    """Open the light bulb's menu at the selection, as Ctrl+. does, and choose an action."""
    action = page.locator(".action-widget .monaco-list-row", has_text=title)

    def open_menu() -> bool:
        # The menu closes when anything else takes the focus, as a toast or a hover on its way may do.
        code.ask("run", command="workbench.action.focusActiveEditorGroup")
        code.ask("begin", command="editor.action.quickFix")
        page.wait_for_timeout(700)
        return action.is_visible()

    wait_for(open_menu, what=f"the action {title}")
    action.click()


def test_one_finding_a_function_on_its_header(code: CodeServer, page: Page, source: Path) -> None:
    found = findings(code, source, 2)
    assert {each["source"] for each in found} == {"CodeOrigin"}
    assert {each["severity"] for each in found} == {"Information"}
    assert [each["range"][0]["line"] for each in found] == [
        line_of(source, "def read_postings"),
        line_of(source, "def balance_by_account"),
    ]
    assert all("likely LLM-written" in each["message"] for each in found)
    expect(page.locator(".squiggly-info").first).to_be_visible()


def test_problems_panel_lists_the_findings(code: CodeServer, page: Page, source: Path) -> None:
    code.ask("run", command="workbench.actions.view.problems")
    expect(page.locator(".markers-panel .monaco-list-row", has_text="likely LLM-written")).to_have_count(2)
    code.ask("run", command="workbench.action.closePanel")


def test_status_is_ready_in_the_bar_and_the_language_status(
    code: CodeServer, page: Page, source: Path
) -> None:
    wait_for(lambda: code.ask("status")["state"], done=lambda state: state == "ready", what="status")
    bar = page.locator(".statusbar-item", has_text="CodeOrigin")
    expect(bar).to_be_visible()
    bar.click()
    expect(page.locator(".quick-input-title")).to_contain_text("CodeOrigin:")
    expect(page.locator(".quick-input-list .monaco-list-row", has_text="Restart Server")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("[id='status.languageStatus']").hover()
    expect(page.locator(".hover-language-status", has_text="Ready")).to_be_visible()
    page.mouse.move(5, 5)


def test_hover_shows_the_table_of_lines(code: CodeServer, page: Page, source: Path, artefacts: Path) -> None:
    line = line_of(source, f"def {FUNCTION}")
    texts = wait_for(
        lambda: "\n".join(code.ask("hover", path=str(source), at=at(line))),
        done=lambda text: "| Line | Evidence |" in text,
        what="hover with its explanation",
    )
    assert "completeness gap" in texts
    page.locator(".view-line", has_text=FUNCTION).first.locator("span", has_text=FUNCTION).last.hover()
    hover = page.locator(".monaco-hover:visible", has_text="likely LLM-written")
    expect(hover.locator("table")).to_be_visible()
    page.screenshot(path=artefacts / "hover-dark.png")
    page.mouse.move(5, 5)


def test_code_action_rescores_a_selection(code: CodeServer, page: Page, source: Path) -> None:
    start = line_of(source, "totals = dict")
    within = {"start": at(start, 0), "end": at(start + 9, 0)}
    titles = [each["title"] for each in code.ask("codeActions", path=str(source), within=within)]
    rescore = next(title for title in titles if "escore" in title)
    code.ask("select", within=within)
    choose_action(code, page, rescore)
    expect(page.locator(".notification-toast", has_text="selection")).to_be_visible()
    code.ask("run", command="notifications.clearAll")
    selections = [each for each in code.ask("diagnostics", path=str(source)) if each["code"] == "selection"]
    assert len(selections) <= 1  # none when the selection is too short for a verdict


def painted(page: Page) -> int:
    """Lines in view that carry a background which is not transparent."""
    return int(
        page.evaluate(
            """() => [...document.querySelectorAll('.view-overlays .cdr')].filter((node) =>
                /rgba?\\(/.test(getComputedStyle(node).backgroundColor) &&
                getComputedStyle(node).backgroundColor !== 'rgba(0, 0, 0, 0)').length"""
        )
    )


def test_heat_map_is_painted_and_cleared(code: CodeServer, page: Page, source: Path, artefacts: Path) -> None:
    code.ask("select", within={"start": at(0, 0), "end": at(0, 0)})
    assert painted(page) == 0
    code.ask("run", command="codeorigin.toggleHeatMap")
    assert wait_for(lambda: painted(page), what="painted lines") > 5
    for theme, name in (
        ("Default Dark Modern", "dark"),
        ("Default Light Modern", "light"),
        ("Default High Contrast", "contrast"),
    ):
        code.ask("set", name="workbench.colorTheme", value=theme)
        page.wait_for_timeout(800)
        page.screenshot(path=artefacts / f"heat-map-{name}.png")
    code.ask("set", name="workbench.colorTheme", value="Default Dark Modern")
    code.ask("run", command="codeorigin.toggleHeatMap")
    wait_for(lambda: painted(page) == 0, what="cleared lines")


def test_an_edit_clears_the_heat_map_and_moves_the_findings(
    code: CodeServer, page: Page, source: Path
) -> None:
    code.ask("run", command="codeorigin.toggleHeatMap")
    wait_for(lambda: painted(page), what="painted lines")
    before = [each["range"][0]["line"] for each in findings(code, source, 2)]
    code.ask("replace", within={"start": at(0, 0), "end": at(0, 0)}, by="# one line more\n")
    wait_for(lambda: painted(page) == 0, what="cleared lines")
    wait_for(
        lambda: [each["range"][0]["line"] for each in reported(code, source)],
        done=lambda lines: lines == [line + 1 for line in before],
        what="findings one line further down",
    )
    code.ask("revert")
    findings(code, source, 2)


def test_explain_opens_the_panel(code: CodeServer, page: Page, source: Path, artefacts: Path) -> None:
    line = line_of(source, f"def {FUNCTION}")
    code.ask("select", within={"start": at(line), "end": at(line)})
    code.ask("run", command="codeorigin.explainFunction")
    panel = page.frame_locator("iframe.webview").frame_locator("iframe")
    expect(panel.locator("h1")).to_have_text(FUNCTION)
    rows = panel.locator("table.lines tr")
    expect(rows.first).to_be_visible()
    assert rows.count() > 10
    expect(panel.locator("footer")).to_contain_text("not proof of who wrote it")
    bar = panel.locator("rect[width]").first
    assert "rgb" in bar.evaluate("node => getComputedStyle(node).fill")
    for theme, name in (("Default Light Modern", "light"), ("Default Dark Modern", "dark")):
        code.ask("set", name="workbench.colorTheme", value=theme)
        page.wait_for_timeout(800)
        page.screenshot(path=artefacts / f"explanation-{name}.png")
    code.ask("run", command="workbench.action.closeEditorsInOtherGroups")


def test_the_action_on_a_finding_opens_the_same_panel(code: CodeServer, page: Page, source: Path) -> None:
    line = line_of(source, "def read_postings")
    uri = code.ask("open", path=str(source))
    code.ask("select", within={"start": at(line), "end": at(line)})
    choose_action(code, page, "Explain this function")
    panel = page.frame_locator("iframe.webview").frame_locator("iframe")
    expect(panel.locator("h1")).to_have_text("read_postings")
    panel.locator("table.lines a").last.click()
    wait_for(
        lambda: code.ask("selection"),
        done=lambda seen: seen is not None and seen["uri"] == uri and seen["line"] > line,
        what="jump",
    )
    code.ask("run", command="workbench.action.closeEditorsInOtherGroups")


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


def test_a_cancelled_scan_keeps_what_it_has(code: CodeServer, page: Page, source: Path) -> None:
    many = code.workspace / "many"
    many.mkdir()
    text = source.read_text()
    for number in range(3000):
        # Different texts: known functions would cost no time, and the scan be over before it can be cancelled.
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
    report = page.frame_locator("iframe.webview").frame_locator("iframe")
    expect(report.locator("h1")).to_have_text("CodeOrigin report")
    expect(report.locator("h2", has_text="ledger.py")).to_be_visible()
    page.screenshot(path=artefacts / "report-dark.png")
    code.ask("run", command="workbench.action.closeActiveEditor")


def shown_in(code: CodeServer, uri: str) -> list[Any]:
    return [each for each in code.ask("diagnostics", uri=uri) if each["code"] == "llm-written"]


def rescored(code: CodeServer, uri: str, within: dict[str, Any]) -> Any:
    return code.ask("run", command="codeorigin.rescore", args=[uri, within, {"quiet": True}])


def test_a_block_in_markdown_has_a_finding_hover_and_rescore(
    code: CodeServer, page: Page, source: Path, artefacts: Path
) -> None:
    lines = source.read_text().splitlines()[line_of(source, f"def {FUNCTION}") :]
    notes = code.workspace / "notes.md"
    block = "".join(f"   {line}".rstrip() + "\n" for line in ["```python", *lines, "```"])
    notes.write_text(f"# Notes\n\n1. As it is now:\n\n{block}\nThat is all.\n")
    uri = code.ask("open", path=str(notes))
    found = wait_for(lambda: shown_in(code, uri), done=lambda each: len(each) == 1, what="the finding")
    start, end = found[0]["range"]
    assert (start["line"], start["character"]) == (5, 3)
    assert notes.read_text().splitlines()[5][3 : end["character"]] == lines[0]
    hover = wait_for(
        lambda: "\n".join(code.ask("hover", uri=uri, at=at(5))),
        done=lambda text: "| Line | Evidence |" in text,
        what="hover with its explanation",
    )
    assert FUNCTION in hover
    page.screenshot(path=artefacts / "markdown-dark.png")
    answer = rescored(code, uri, {"start": at(5, 0), "end": at(5 + len(lines), 0)})
    assert answer["verdict"]["probability"] is not None
    code.ask("run", command="workbench.action.closeActiveEditor")
    notes.unlink()


def test_an_untitled_text_has_a_finding_hover_and_rescore(code: CodeServer, page: Page, source: Path) -> None:
    text = source.read_text()
    uri = code.ask("untitled", content=text, language="plaintext")
    assert uri.startswith("untitled:")
    found = wait_for(lambda: shown_in(code, uri), done=lambda each: len(each) == 2, what="the findings")
    line = found[1]["range"][0]["line"]
    assert line == line_of(source, f"def {FUNCTION}")
    hover = wait_for(
        lambda: "\n".join(code.ask("hover", uri=uri, at=at(line))),
        done=lambda shown: "| Line | Evidence |" in shown,
        what="hover with its explanation",
    )
    assert FUNCTION in hover
    answer = rescored(code, uri, {"start": at(line, 0), "end": at(line + 16, 0)})
    assert answer["verdict"]["probability"] is not None
    code.ask("run", command="workbench.action.revertAndCloseActiveEditor")


def test_the_setting_keeps_documents_from_the_server(code: CodeServer, page: Page, source: Path) -> None:
    uri = code.ask("untitled", content=source.read_text(), language="plaintext")
    wait_for(lambda: shown_in(code, uri), done=lambda each: len(each) == 2, what="the findings")
    code.ask("set", name="codeorigin.documents", value=["markdown"])
    wait_for(lambda: not shown_in(code, uri), what="no findings")
    code.ask("set", name="codeorigin.documents", value=["markdown", "restructuredtext", "plaintext"])
    wait_for(
        lambda: shown_in(code, uri), done=lambda each: len(each) == 2, what="the findings again", seconds=90
    )
    code.ask("run", command="workbench.action.revertAndCloseActiveEditor")


def test_a_killed_server_comes_back(code: CodeServer, page: Page, source: Path) -> None:
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


def test_accepting_a_finding_takes_the_finding_away(code: CodeServer, page: Page, source: Path) -> None:
    code.ask("open", path=str(source))
    code.ask("begin", command="codeorigin.accept")
    page.locator(".quick-input-list .monaco-list-row", has_text=FUNCTION).click()
    findings(code, source, 1)
    assert FUNCTION in (code.workspace / ".codeorigin-baseline.json").read_text()
