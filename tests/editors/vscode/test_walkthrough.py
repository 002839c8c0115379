"""The walkthrough of the extension, opened after the server has started, as most users do."""

from pathlib import Path

from playwright.sync_api import Page, expect

from support.code_server import CodeServer, at, hover_text, line_of, wait_for_state, webview

SERVER, READ, EXPLAIN = "Set up the server", "Read a finding", "Ask why"


def open_walkthrough(code: CodeServer) -> None:
    arguments = ["codeorigin.codeorigin#start", False]
    code.ask("begin", command="workbench.action.openWalkthrough", args=arguments)


def test_steps_tick_once_their_thing_was_seen(
    code: CodeServer, page: Page, source: Path, artefacts: Path
) -> None:
    steps = page.locator(".getting-started-step")
    ticked = steps.filter(has=page.locator(".codicon-getting-started-step-checked"))
    titles = ticked.locator(".step-title")
    wait_for_state(code, "ready")
    place = at(line_of(source, "def "), 5)
    hover_text(code, source, place)
    open_walkthrough(code)
    expect(steps).to_have_count(5)
    expect(titles).to_have_text([SERVER, READ])
    # It offers no other server beside the one that runs.
    expect(page.get_by_role("button", name="Create Server Environment")).to_have_count(0)

    code.ask("open", path=str(source))
    code.ask("select", within={"start": place, "end": place})
    code.ask("run", command="codeorigin.explainFunction")
    expect(webview(page).locator("h1")).to_be_visible()
    code.ask("run", command="workbench.action.focusFirstEditorGroup")
    open_walkthrough(code)
    expect(titles).to_have_text([SERVER, READ, EXPLAIN])
    page.screenshot(path=artefacts / "walkthrough.png")
