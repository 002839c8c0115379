"""The walkthrough of the extension, opened after the server has started, as most users do."""

from pathlib import Path

from playwright.sync_api import Page, expect

from support.code_server import CodeServer, at, hover_text, line_of, wait_for_state, webview

WALKTHROUGH = "codeorigin.codeorigin#start"


def test_steps_tick_once_their_thing_was_seen(
    code: CodeServer, page: Page, source: Path, artefacts: Path
) -> None:
    ticked = page.locator(".getting-started-step .codicon-getting-started-step-checked")
    steps = page.locator(".getting-started-step")
    # What was ready before is never told again.
    wait_for_state(code, "ready")
    code.ask("begin", command="workbench.action.openWalkthrough", args=[WALKTHROUGH, False])
    expect(steps).to_have_count(5)
    expect(ticked).to_have_count(0)

    code.ask("run", command="codeorigin.openSample")
    code.ask("open", path=str(source))
    place = at(line_of(source, "def "), 5)
    hover_text(code, source, place)
    code.ask("select", within={"start": place, "end": place})
    code.ask("run", command="codeorigin.explainFunction")
    expect(webview(page).locator("h1")).to_be_visible()
    code.ask("run", command="workbench.action.focusFirstEditorGroup")
    code.ask("begin", command="workbench.action.openWalkthrough", args=[WALKTHROUGH, False])
    expect(ticked).to_have_count(3)
    page.screenshot(path=artefacts / "walkthrough.png")
