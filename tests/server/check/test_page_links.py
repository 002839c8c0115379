"""The page of a check names the project and the commit, and links to lines that are the same on the host."""

import re
from pathlib import Path

import pytest

from support.command import run
from support.repositories import Repository, plain_functions


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "work")
    made.commit({"src/a b.py": plain_functions("one"), "b.py": plain_functions("two")}, date="2024-01-01")
    made.write("b.py", f"# changed\n{plain_functions('two')}")
    return made


def page(repository: Repository, *options: str) -> str:
    return run("check", *options, "--format", "html", cwd=repository.folder).stdout.decode()


def test_links_lead_to_files_that_are_as_they_are_in_the_commit(repository: Repository) -> None:
    repository.git("remote", "add", "origin", "git@github.com:owner/project.git")
    head = repository.git("rev-parse", "HEAD")
    address = "https://github.com/owner/project"
    shown = page(repository)
    assert re.search(r"<title>owner/project: CodeOrigin check of \d{4}-\d\d-\d\d</title>", shown)
    assert re.findall(r'href="(.*?)"', shown) == [
        f"{address}/commit/{head}", f"{address}/blob/{head}/src/a%20b.py#L1-L6",
    ]  # fmt: skip
    assert f"{address}/blob/{head}/b.py#L1-L6" in page(repository, "--commit", "HEAD")


@pytest.mark.parametrize("remote", [None, "https://example.org/owner/project"])
def test_without_a_known_host_a_page_links_to_nothing(repository: Repository, remote: str | None) -> None:
    if remote is not None:
        repository.git("remote", "add", "origin", remote)
    shown = page(repository)
    assert "<h1>work</h1>" in shown
    assert repository.git("rev-parse", "HEAD")[:10] in shown
    assert "href" not in shown
