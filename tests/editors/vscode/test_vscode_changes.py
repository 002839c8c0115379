"""The view of changes in Source Control, and the commit as evidence, in a repository that VS Code has open."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from support.code_server import CodeServer, line_of, wait_for_selection
from support.repositories import Repository

SAMPLE = Path(__file__).parents[1] / "sample"
ADDED = "balance_by_account"
NARROW, MARGIN = 250, 35
"""The width of the side bar, and what the dots in place of a cut end take of it, in pixels."""
READABLE = 16
"""The letters of a row that nothing may cut off: a probability and most of a name."""
END_OF = """(node, count) => {
    const text = document.createTreeWalker(node, NodeFilter.SHOW_TEXT).nextNode();
    const range = document.createRange();
    range.setStart(text, 0);
    range.setEnd(text, Math.min(count, text.length));
    return range.getBoundingClientRect().right;
}"""


@pytest.fixture(scope="module")
def code(
    new_code_server: Callable[..., CodeServer],
    settings: dict[str, object],
    tmp_path_factory: pytest.TempPathFactory,
) -> CodeServer:
    """A VS Code on a repository whose working tree adds a function to one file, and another file."""
    folder = tmp_path_factory.mktemp("changes") / "work"
    repository = Repository(folder)
    whole = (SAMPLE / "ledger.py").read_text()
    repository.commit({"ledger.py": whole[: whole.index(f"def {ADDED}")].rstrip() + "\n"}, date="2024-05-17")
    repository.write("ledger.py", whole)
    shutil.copy(SAMPLE / "throttle.ts", folder)
    return new_code_server(settings, sources=folder)


@pytest.fixture(scope="module")
def view(code: CodeServer, page: Page) -> Iterator[Locator]:
    """The view of changes, opened as a click on its name in Source Control does."""
    code.ask("begin", command="codeorigin.changes.focus")
    view = page.locator(".pane", has_text=re.compile("CodeOrigin: changes", re.IGNORECASE)).last
    expect(view).to_be_visible()
    yield view
    code.ask("run", command="workbench.view.explorer")


def rows(view: Locator, text: str) -> Locator:
    return view.locator(".monaco-list-row", has_text=text)


def test_view_shows_the_changes_of_the_working_tree(
    code: CodeServer, page: Page, view: Locator, artefacts: Path
) -> None:
    expect(rows(view, "throttle.ts")).to_be_visible()
    expect(rows(view, "ledger.py")).to_contain_text("1 of 1 likely LLM")
    rows(view, "ledger.py").click()
    changed = rows(view, ADDED)
    expect(changed).to_be_visible()
    expect(changed).to_contain_text(re.compile(rf"\d %\s+{ADDED}"))
    expect(rows(view, "read_postings")).to_have_count(0)
    page.screenshot(path=artefacts / "changes-dark.png")
    changed.click()
    wait_for_selection(code, line_of(code.workspace / "ledger.py", f"def {ADDED}"))


def test_names_and_probabilities_are_read_in_a_narrow_side_bar(
    code: CodeServer, page: Page, view: Locator, artefacts: Path
) -> None:
    rows(view, "throttle.ts").click()
    wide = view.bounding_box()
    assert wide is not None
    # The border that can be dragged is a little to the right of the view.
    border = wide["x"] + wide["width"] + 4
    page.mouse.move(border, 400)
    page.mouse.down()
    page.mouse.move(border - (wide["width"] - NARROW), 400, steps=5)
    page.mouse.up()
    page.mouse.move(800, 700)
    expect(rows(view, ADDED)).to_be_visible()
    box = view.bounding_box()
    assert box is not None
    assert box["width"] <= NARROW
    page.screenshot(path=artefacts / "changes-narrow-dark.png")
    ends = [label.evaluate(END_OF, READABLE) for label in view.locator(".label-name").all()]
    assert len(ends) == 4
    assert max(ends) < box["x"] + box["width"] - MARGIN


def test_view_follows_the_repository(code: CodeServer, view: Locator) -> None:
    repository = Repository.at(code.workspace)
    repository.git("add", "ledger.py", "throttle.ts")
    repository.git("commit", "--quiet", "--no-gpg-sign", "-m", "More")
    expect(view).to_contain_text("No changed function has a verdict.", timeout=60_000)
    expect(rows(view, ADDED)).to_have_count(0)
