"""The pictures for the README: the shipped examples under default settings, with the model that ships."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from support.code_server import CodeServer
from support.waiting import wait_for

EXAMPLES = Path(__file__).parents[3] / "examples"
FUNCTION = "func RetryWithBackoff"


def test_screenshots_of_the_examples_in_dark_and_light(
    new_code_server: Callable[..., CodeServer],
    new_page: Callable[[CodeServer], Page],
    server_settings: dict[str, object],
    artefacts: Path,
) -> None:
    settings = {f"codeorigin.{name}": value for name, value in server_settings.items() if name == "modelPath"}
    code = new_code_server(settings | {"editor.fontSize": 13}, sources=EXAMPLES)
    page = new_page(code)
    page.set_viewport_size({"width": 1040, "height": 600})
    source = code.workspace / "assistant_style.go"
    code.ask("open", path=str(source))
    wait_for(lambda: code.ask("status")["state"], done=lambda state: state == "ready", what="status")
    line = next(number for number, text in enumerate(source.read_text().splitlines()) if FUNCTION in text)
    place = {"line": line, "character": 8}
    code.ask("select", within={"start": place, "end": place})
    code.ask("run", command="codeorigin.explainFunction")
    panel = page.frame_locator("iframe.webview").frame_locator("iframe")
    expect(panel.locator("h1")).to_have_text("RetryWithBackoff")
    code.ask("run", command="workbench.action.focusFirstEditorGroup")
    code.ask("run", command="revealLine", args=[{"lineNumber": line, "at": "top"}])
    code.ask("run", command="codeorigin.toggleHeatMap")
    code.ask("run", command="workbench.action.closeSidebar")
    painted = page.locator(".view-overlays .cdr")
    wait_for(painted.count, what="painted lines")
    for theme, name in (("Default Dark Modern", "dark"), ("Default Light Modern", "light")):
        code.ask("set", name="workbench.colorTheme", value=theme)
        page.wait_for_timeout(1000)
        page.screenshot(path=artefacts / f"readme-{name}.png")
    page.close()
