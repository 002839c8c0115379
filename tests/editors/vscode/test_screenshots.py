"""The pictures vscode-*.png of docs/images: the shipped examples under default settings, with the model that ships."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from support.code_server import CodeServer, at, line_of, take_pictures, wait_for_state, webview
from support.waiting import wait_for

EXAMPLES = Path(__file__).parents[3] / "examples"
FUNCTION = "func RetryWithBackoff"


def test_screenshots_of_the_examples_in_dark_and_light(
    new_code_server: Callable[..., CodeServer],
    new_page: Callable[[CodeServer], Page],
    settings: dict[str, object],
    artefacts: Path,
) -> None:
    defaults = {name: value for name, value in settings.items() if name == "codeorigin.modelPath"}
    plain = {
        "editor.fontSize": 13,
        "editor.stickyScroll.enabled": False,
        "editor.occurrencesHighlight": "off",
    }
    code = new_code_server(defaults | plain, sources=EXAMPLES)
    page = new_page(code)
    page.set_viewport_size({"width": 1040, "height": 600})
    source = code.workspace / "assistant_style.go"
    code.ask("open", path=str(source))
    wait_for_state(code, "ready")
    line = line_of(source, FUNCTION)
    code.ask("select", within={"start": at(line, 8), "end": at(line, 8)})
    code.ask("run", command="codeorigin.explainFunction")
    expect(webview(page).locator("h1")).to_have_text("RetryWithBackoff")
    code.ask("run", command="workbench.action.focusFirstEditorGroup")
    code.ask("run", command="revealLine", args=[{"lineNumber": line, "at": "top"}])
    code.ask("run", command="codeorigin.toggleHeatMap")
    code.ask("run", command="workbench.action.closeSidebar")
    painted = page.locator(".view-overlays .cdr")
    wait_for(painted.count, what="painted lines")
    take_pictures(code, page, artefacts, "vscode")
    page.close()
