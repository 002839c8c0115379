"""What users see before there is a server: guidance, the extension's own environment, Workspace Trust."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from support.code_server import CodeServer, findings, wait_for_state
from support.waiting import wait_for

GUIDANCE = "CodeOrigin needs its server"


def test_extension_creates_an_environment_if_there_is_no_server(
    new_code_server: Callable[..., CodeServer],
    new_page: Callable[[CodeServer], Page],
    settings: dict[str, object],
    artefacts: Path,
) -> None:
    code = new_code_server(settings, python="")
    page = new_page(code)
    source = code.workspace / "ledger.py"
    code.ask("open", path=str(source))
    toast = page.locator(".notification-toast", has_text=GUIDANCE)
    expect(toast).to_be_visible(timeout=60_000)
    expect(page.locator(".statusbar-item.error-kind", has_text="CodeOrigin")).to_be_visible()
    toast.element_handle().wait_for_element_state("stable")  # it slides in
    page.screenshot(path=artefacts / "no-server.png")
    # What it shows on the way is gone too soon on one machine and not there yet on another.
    toast.get_by_text("Create Environment").click()
    expect(page.locator(".notification-toast", has_text="installed and running")).to_be_visible(
        timeout=300_000
    )
    wait_for_state(code, "ready")
    findings(code, source, 2)
    code.ask("run", command="codeorigin.openSample")
    sample = wait_for(lambda: code.ask("selection"), what="the sample")["uri"]
    findings(code, sample, 3)
    expect(page.locator(".statusbar-item", has_text="3 of 3 functions likely LLM")).to_be_visible()
    # A text without a file would be an unsaved one, which VS Code counts on the icon of its Explorer.
    expect(page.locator(".activitybar .badge:visible")).to_have_count(0)
    page.screenshot(path=artefacts / "sample.png")
    page.close()


def test_untrusted_folder_cannot_choose_what_runs(
    new_code_server: Callable[..., CodeServer],
    new_page: Callable[[CodeServer], Page],
    settings: dict[str, object],
) -> None:
    trust = {"security.workspace.trust.startupPrompt": "never", "security.workspace.trust.banner": "never"}
    code = new_code_server(settings | trust, trusted=False)
    page = new_page(code)
    source = code.workspace / "ledger.py"
    code.ask("open", path=str(source))
    expect(page.locator(".notification-toast", has_text=GUIDANCE)).to_be_visible(timeout=60_000)
    wait_for_state(code, "error")
    code.ask("begin", command="workbench.trust.manage")
    page.locator(".workspace-trust-editor .monaco-button", has_text="Trust").first.click()
    wait_for_state(code, "ready")
    findings(code, source, 2)
    page.close()
