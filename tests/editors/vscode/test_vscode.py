"""The extension in one file as users see it: findings, hover, heat map, explanation, in one VS Code window."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from support.code_server import (
    THEMES,
    CodeServer,
    at,
    findings,
    hover_text,
    line_of,
    reported,
    take_pictures,
    wait_for_selection,
    wait_for_state,
    webview,
)
from support.waiting import wait_for

FUNCTION = "balance_by_account"


def choose_action(code: CodeServer, page: Page, title: str, *, first: str) -> None:
    """Open the light bulb's menu at the selection, as Ctrl+. does, see which action is first, and choose one."""
    action = page.locator(".action-widget .monaco-list-row", has_text=title)

    def open_menu() -> bool:
        # The menu closes when anything else takes the focus, as a toast or a pending hover may do.
        code.ask("run", command="workbench.action.focusActiveEditorGroup")
        code.ask("begin", command="editor.action.quickFix")
        page.wait_for_timeout(700)
        return action.is_visible()

    wait_for(open_menu, what=f"the action {title}")
    expect(page.locator(".action-widget .monaco-list-row.action").first).to_contain_text(first)
    action.click()


def test_one_finding_per_function_on_its_header(code: CodeServer, page: Page, source: Path) -> None:
    found = findings(code, source, 2)
    assert {each["source"] for each in found} == {"CodeOrigin"}
    assert {each["severity"] for each in found} == {"Information"}
    assert [each["range"][0]["line"] for each in found] == [
        line_of(source, "def read_postings"),
        line_of(source, "def balance_by_account"),
    ]
    assert all("likely LLM" in each["message"] for each in found)
    expect(page.locator(".squiggly-info").first).to_be_visible()


def test_problems_panel_lists_the_findings(code: CodeServer, page: Page, source: Path) -> None:
    code.ask("run", command="workbench.actions.view.problems")
    expect(page.locator(".markers-panel .monaco-list-row", has_text="likely LLM")).to_have_count(2)
    code.ask("run", command="workbench.action.closePanel")


def test_bar_says_what_is_known_of_the_file(code: CodeServer, page: Page, source: Path) -> None:
    wait_for_state(code, "ready")
    bar = page.locator(".statusbar-item", has_text="CodeOrigin")
    expect(bar).to_contain_text("CodeOrigin: 2 of 2 functions likely LLM")
    top = at(line_of(source, "def read_postings"), 0)
    code.ask("replace", within={"start": top, "end": top}, by="# codeorigin: ignore\n")
    expect(bar).to_contain_text("CodeOrigin: 1 of 1 function likely LLM")
    code.ask("revert")
    expect(bar).to_contain_text("CodeOrigin: 2 of 2 functions likely LLM")
    findings(code, source, 2)
    bar.click()
    expect(page.locator(".quick-input-title")).to_contain_text("CodeOrigin:")
    expect(page.locator(".quick-input-list .monaco-list-row", has_text="Restart Server")).to_be_visible()
    page.keyboard.press("Escape")


def test_hover_shows_all_of_it_without_scrolling(
    code: CodeServer, page: Page, source: Path, artefacts: Path
) -> None:
    line = line_of(source, f"def {FUNCTION}")
    assert "](command:codeorigin.explain?" in hover_text(code, source, at(line))
    page.locator(".view-line", has_text=FUNCTION).first.locator("span", has_text=FUNCTION).last.hover()
    hover = page.locator(".monaco-hover:visible", has_text="Likely LLM")
    last = hover.get_by_text("Whole explanation")
    expect(last).to_be_visible()
    page.screenshot(path=artefacts / "hover-dark.png")
    # 250 pixels are what VS Code gives a hover before it has to be scrolled. The diagnostic's row is above ours.
    box, end = hover.bounding_box(), last.bounding_box()
    assert box is not None
    assert end is not None
    assert box["height"] <= 250
    assert end["y"] + end["height"] <= box["y"] + box["height"]
    last.click()
    panel = webview(page)
    expect(panel.locator("h1")).to_have_text(FUNCTION)
    code.ask("run", command="workbench.action.closeEditorsInOtherGroups")
    page.mouse.move(5, 5)


def test_code_action_rescores_a_selection(code: CodeServer, page: Page, source: Path) -> None:
    start = line_of(source, "totals = dict")
    within = {"start": at(start, 0), "end": at(start + 9, 0)}
    titles = [each["title"] for each in code.ask("codeActions", path=str(source), within=within)]
    rescore = next(title for title in titles if "escore" in title)
    code.ask("select", within=within)
    choose_action(code, page, rescore, first="Explain this function")
    expect(page.locator(".notification-toast", has_text="selection")).to_be_visible()
    code.ask("run", command="notifications.clearAll")


def painted(page: Page) -> int:
    """The number of visible lines with a background that is not transparent."""
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
    take_pictures(code, page, artefacts, "heat-map", {"contrast": "Default High Contrast", **THEMES})
    code.ask("run", command="codeorigin.toggleHeatMap")
    wait_for(lambda: painted(page) == 0, what="cleared lines")


def test_edit_clears_the_heat_map_and_moves_the_findings(code: CodeServer, page: Page, source: Path) -> None:
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
    panel = webview(page)
    expect(panel.locator("h1")).to_have_text(FUNCTION)
    rows = panel.locator("table.lines tr")
    expect(rows.first).to_be_visible()
    assert rows.count() > 10
    expect(panel.locator(".caveat")).to_contain_text("not proof of who wrote it")
    expect(panel.locator("dl")).to_be_hidden()
    panel.locator("summary").click()
    expect(panel.locator("dl")).to_contain_text("codeorigin-small")
    bar = panel.locator("rect[width]").first
    assert "rgb" in bar.evaluate("node => getComputedStyle(node).fill")
    take_pictures(code, page, artefacts, "explanation")
    code.ask("run", command="workbench.action.closeEditorsInOtherGroups")


def test_action_on_a_finding_opens_the_same_panel(code: CodeServer, page: Page, source: Path) -> None:
    line = line_of(source, "def read_postings")
    code.ask("open", path=str(source))
    code.ask("select", within={"start": at(line), "end": at(line)})
    choose_action(code, page, "Explain this function", first="Explain this function")
    panel = webview(page)
    expect(panel.locator("h1")).to_have_text("read_postings")
    panel.locator("table.lines a").last.click()
    wait_for_selection(code, line + 1, at_least=True)
    code.ask("run", command="workbench.action.closeEditorsInOtherGroups")


def test_default_key_bindings_collide_with_nothing(code: CodeServer, page: Page, source: Path) -> None:
    text = code.ask("text", uri="vscode://defaultsettings/keybindings.json")
    bound = re.findall(r'"key": "([^"]+)",\s+"command": "([^"]+)"', text)
    own = {key: command for key, command in bound if command.startswith("codeorigin.")}
    assert set(own.values()) == {
        "codeorigin.explainFunction",
        "codeorigin.toggleDeclared",
        "codeorigin.toggleHeatMap",
    }
    taken = sorted({key for key, command in bound if command not in own.values()})
    assert [key for key in own if key in taken] == [], taken
