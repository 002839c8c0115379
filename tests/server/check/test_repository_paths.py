"""Paths, links and fingerprints in the reports of checks in repositories."""

import json
import re
from pathlib import Path

import pytest

from support.command import TERSE, run
from support.repositories import Repository, plain_functions


@pytest.fixture
def published(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "work")
    made.commit({"src/a b.py": plain_functions("one"), "b.py": plain_functions("two")}, date="2024-01-01")
    made.write("b.py", f"# changed\n{plain_functions('two')}")
    return made


def page(published: Repository, *options: str) -> str:
    return run("check", *options, "--format", "html", cwd=published.folder).stdout.decode()


def test_links_lead_to_files_that_are_as_they_are_in_the_commit(published: Repository) -> None:
    published.git("remote", "add", "origin", "git@github.com:owner/project.git")
    head = published.git("rev-parse", "HEAD")
    address = "https://github.com/owner/project"
    shown = page(published)
    assert re.search(r"<title>owner/project: CodeOrigin check of \d{4}-\d\d-\d\d</title>", shown)
    assert re.findall(r'href="(.*?)"', shown) == [
        f"{address}/commit/{head}", f"{address}/blob/{head}/src/a%20b.py#L1-L6",
    ]  # fmt: skip
    assert f"{address}/blob/{head}/b.py#L1-L6" in page(published, "--commit", "HEAD")


@pytest.mark.parametrize("remote", [None, "https://example.org/owner/project"])
def test_without_a_known_host_a_page_links_to_nothing(published: Repository, remote: str | None) -> None:
    if remote is not None:
        published.git("remote", "add", "origin", remote)
    shown = page(published)
    assert "<h1>work</h1>" in shown
    assert published.git("rev-parse", "HEAD")[:10] in shown
    assert "href" not in shown


_PATHS = {
    "gitlab": r'"path": "([^"]*)"',
    "github": r"file=([^,]*)",
    "sarif": r'"uri": "([^"]*\.py)"',
}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "work")
    made.commit({"pkg/src/a.py": TERSE.read_text()}, date="2020-01-01")
    return made


def report(name: str, *given: str, cwd: Path) -> str:
    return run("check", "--threshold", "0", "--exit-zero", "--format", name, *given, cwd=cwd).stdout.decode()


@pytest.mark.parametrize("name", _PATHS)
def test_paths_are_those_of_the_repository(repository: Repository, name: str) -> None:
    top, package = repository.folder, repository.folder / "pkg"
    reports = [
        report(name, ".", cwd=top),
        report(name, str(top), cwd=top.parent),
        report(name, ".", cwd=package),
        report(name, "../pkg/src", cwd=package),
        report(name, "--commit", "HEAD", cwd=package),
    ]
    assert [set(re.findall(_PATHS[name], shown)) for shown in reports] == [{"pkg/src/a.py"}] * len(reports)


def test_paths_outside_of_repositories_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(TERSE.read_text())
    assert set(re.findall(_PATHS["gitlab"], report("gitlab", "a.py", cwd=tmp_path))) == {"a.py"}


@pytest.mark.parametrize("name", ["gitlab", "sarif"])
def test_equal_functions_have_fingerprints_of_their_own(repository: Repository, name: str) -> None:
    twice = TERSE.read_text()
    repository.write("b.py", f"{twice}\n\n{twice}")
    found = json.loads(report(name, "b.py", cwd=repository.folder))
    entries = found if name == "gitlab" else found["runs"][0]["results"]
    prints = [json.dumps(entry.get("fingerprint") or entry["partialFingerprints"]) for entry in entries]
    assert len(prints) > 1
    assert len(set(prints)) == len(prints)
