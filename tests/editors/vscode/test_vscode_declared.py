"""The toggle of what is declared about every line, in a repository that VS Code has open."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from support.code_server import CodeServer, at, hover_text, line_of, take_pictures
from support.declared_records import PERSON, SESSION, add_note, git_ai_note
from support.repositories import Repository
from support.waiting import wait_for

SAMPLE = Path(__file__).parents[1] / "sample"
CODEX, SOMEBODY = "codex, gpt-5.5 (git-ai)", "a known person (git-ai)"
NOTE = git_ai_note({"ledger.py": {f"{SESSION}::t_1": "1-12", PERSON: "13-15"}})


@pytest.fixture(scope="module")
def code(
    new_code_server: Callable[..., CodeServer],
    settings: dict[str, object],
    tmp_path_factory: pytest.TempPathFactory,
) -> CodeServer:
    """A VS Code on a repository with notes of git-ai."""
    folder = tmp_path_factory.mktemp("declared") / "work"
    repository = Repository(folder)
    repository.commit({"ledger.py": (SAMPLE / "ledger.py").read_text()}, date="2026-05-17")
    add_note(repository, NOTE)
    return new_code_server(settings, sources=folder)


def labels(page: Page) -> list[str]:
    """The texts behind visible lines, from top to bottom."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('.view-line')]
            .sort((one, other) => parseFloat(one.style.top) - parseFloat(other.style.top))
            .flatMap((line) => [...line.querySelectorAll('[class*=ced-]')])
            .map((part) => getComputedStyle(part, '::after').content.replace(/^"|"$/g, ''))
            .filter((text) => !['none', 'normal'].includes(text))"""
    )
    return found


def bars(page: Page) -> int:
    """The number of visible lines with a bar."""
    return int(
        page.evaluate(
            """() => [...document.querySelectorAll('.view-overlays .cdr[class*=ced-]')]
                .filter((node) => getComputedStyle(node).borderLeftWidth === '2px').length"""
        )
    )


def shown(page: Page, *wanted: str) -> None:
    wait_for(lambda: labels(page), done=lambda found: found == list(wanted), what=f"the labels {wanted}")


def test_toggle_shows_who_is_declared_beside_the_heat_map(
    code: CodeServer, page: Page, source: Path, artefacts: Path
) -> None:
    code.ask("select", within={"start": at(0, 0), "end": at(0, 0)})
    page.locator(".editor-actions [aria-label^='Toggle Declared Lines']").click()
    shown(page, CODEX, SOMEBODY, "untracked (git-ai)")
    assert bars(page) > 15
    hover = hover_text(code, source, at(line_of(source, "def read_postings")), "Declared: ")
    assert f"Declared: lines 7-12 by {CODEX}" in hover.replace("\\", "")
    page.screenshot(path=artefacts / "declared-dark.png")
    code.ask("run", command="codeorigin.toggleHeatMap")
    wait_for(lambda: page.locator(".view-overlays .cdr[class*=ced-]").count(), what="painted lines")
    take_pictures(code, page, artefacts, "declared-with-heat-map")
    code.ask("run", command="codeorigin.toggleHeatMap")


def test_marks_follow_unsaved_edits(code: CodeServer, page: Page, source: Path) -> None:
    code.ask("replace", within={"start": at(4, 0), "end": at(4, 0)}, by="# one line more\n")
    # The new line is nobody's, so that the lines below it are a run of their own.
    shown(page, CODEX, CODEX, SOMEBODY, "untracked (git-ai)")
    code.ask("revert")
    shown(page, CODEX, SOMEBODY, "untracked (git-ai)")


def test_marks_follow_notes_and_commits(code: CodeServer, page: Page, source: Path) -> None:
    repository = Repository.at(code.workspace)
    add_note(repository, git_ai_note({"ledger.py": {PERSON: "1-4"}}))
    shown(page, SOMEBODY, "untracked (git-ai)")
    repository.git("notes", "--ref=ai", "remove", "HEAD")
    shown(page)
    for _ in range(2):
        code.ask("run", command="codeorigin.toggleDeclared")
    expect(page.locator(".notification-toast", has_text="lines without a record")).to_be_visible()
    code.ask("run", command="notifications.clearAll")
    text = source.read_text()
    message = "More\n\nCo-authored-by: Claude <noreply@anthropic.com>"
    repository.commit({"ledger.py": f"# first\n{text}"}, date="2026-05-18", message=message)
    shown(page, "claude (commit, trailer)")


def test_toggled_again_it_is_gone(code: CodeServer, page: Page, source: Path) -> None:
    assert line_of(source, "# first") == 0
    code.ask("run", command="codeorigin.toggleDeclared")
    shown(page)
    assert bars(page) == 0
