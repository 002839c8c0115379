"""``codeorigin.scope: commit``: a verdict takes in the other functions of the commit that wrote it."""

import os
from pathlib import Path
from typing import Any

import pytest
from tests.server.lsp.conftest import VSCODE, running
from tests.server.lsp.editor import PUSHED, SETTINGS, Document, Editor, python_function
from tests.server.lsp.repositories.conftest import opened, verdicts

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.functions import documents
from support.controlled_git import ControlledGit
from support.repositories import Repository
from support.tiny_model import COMMIT_CONTEXT, FILE_AND_COMMIT_CONTEXT
from support.waiting import until

OLD = python_function("old")
ONE, TWO, THREE = (python_function(name, size) for name, size in (("one", 5), ("two", 7), ("three", 9)))
TEXT = f"{OLD}\n\n{ONE}"
BY_COMMIT: dict[str, Any] = {**SETTINGS, "scope": "commit"}
COUNTED = {"old": 0, "one": 2}
"""Of each function in a.py, how many others of its commit count."""


def two_commits(folder: Path, name: str = "a.py") -> Repository:
    """A repository with ``old`` in its first commit, and ``one``, ``two`` and ``three`` in its second."""
    made = Repository(folder)
    made.commit({name: OLD}, date="2024-01-01")
    made.commit({name: TEXT, "b.py": f"{TWO}\n\n{THREE}"}, date="2024-01-02")
    return made


@pytest.fixture
async def repository(editor: Editor, folder: Path) -> Repository:
    """The workspace, with the commit scope on."""
    await editor.configure(**BY_COMMIT)
    return two_commits(folder)


async def counted(editor: Editor, document: Document) -> dict[str, int]:
    """By name of a function, how many others of its commit count, once all is known."""
    await editor.idle()
    return {name: each["commitNeighbours"] for name, each in (await verdicts(editor, document)).items()}


def logits(model: Path, *codes: str) -> list[float]:
    """The functions' own logits."""
    analyzer = Analyzer.load(model)
    found = [analyzer.analyze(documents.Document(code, "python")).functions[0] for code in codes]
    return [each.verdict.logit for each in found if each.verdict.logit is not None]


async def test_commit_and_file_both_count(editor: Editor, repository: Repository, model: Path) -> None:
    document = opened(editor, repository, "a.py")
    assert await counted(editor, document) == COUNTED
    found = await verdicts(editor, document)
    verdict, alone = found["one"], found["old"]
    old, one, two, three = logits(model, OLD, ONE, TWO, THREE)
    rule = FILE_AND_COMMIT_CONTEXT
    assert rule.file is not None
    by_commit, by_file = rule.commit.evidence_for_one([two, three]), rule.file.evidence_for_one([old])
    assert verdict["commitEvidence"] == pytest.approx(by_commit, abs=1e-4)
    assert verdict["fileEvidence"] == pytest.approx(by_file, abs=1e-4)
    probability = rule.scale.probability(one + by_commit + by_file)
    assert verdict["probability"] == pytest.approx(probability, abs=1e-4)
    line = TEXT[: TEXT.index("def one")].count("\n")
    shown = await editor.hover_text(document, line)
    assert "; the rest of the file " in shown
    assert "; the rest of its commit " in shown
    answer = await editor.explain(document, line)
    (own,) = [each["text"] for each in answer["details"] if each["term"] == "Own text"]
    assert "the 2 other functions of the same commit point" in own
    assert own.endswith(f"({by_commit:+.2f}).")
    # A function alone in its commit takes in its file, by the rule for files.
    assert (alone["commitEvidence"], alone["neighbours"]) == (None, 1)

    await editor.configure(**BY_COMMIT, fileContext=False)
    verdict = (await verdicts(editor, document))["one"]
    by_commit = COMMIT_CONTEXT.commit.evidence_for_one([two, three])
    assert verdict["fileEvidence"] is None
    probability = COMMIT_CONTEXT.scale.probability(one + by_commit)
    assert verdict["probability"] == pytest.approx(probability, abs=1e-4)


async def test_edited_function_has_no_commit_until_the_edit_is_undone(
    editor: Editor, repository: Repository
) -> None:
    document = opened(editor, repository, "a.py")
    assert await counted(editor, document) == COUNTED
    editor.replace(document, "def one", "def own")
    assert await counted(editor, document) == {"old": 0, "own": 0}
    # With the edit undone, it is again the function that the commit wrote.
    editor.replace(document, "def own", "def one")
    assert await counted(editor, document) == COUNTED


async def test_save_reads_the_blame_again(editor: Editor, repository: Repository) -> None:
    text = f"{python_function('four', 6)}\n\n{python_function('five', 8)}"
    repository.write("new.py", text)
    document = opened(editor, repository)
    assert await counted(editor, document) == {"four": 0, "five": 0}
    repository.commit({"new.py": text}, date="2024-01-03")
    editor.save(document)
    assert await counted(editor, document) == {"four": 1, "five": 1}


def java_class(name: str) -> str:
    """A class with one method and braces on lines of their own; every other line contains ``name``."""
    lines = [f"        {name}Kept.add({name}Value + {name}Step * {number});" for number in range(5)]
    body = "\n".join([*lines[:3], "", *lines[3:]])
    return f"class {name}Class\n{{\n    int {name}(int {name}Value)\n    {{\n{body}\n    }}\n}}\n"


async def test_lines_without_words_do_not_decide_the_commit(editor: Editor, repository: Repository) -> None:
    """A diff leaves braces and blank lines to an earlier commit; they do not tell who wrote the function."""
    for name, day in (("total", "2024-01-04"), ("range", "2024-01-05")):
        repository.commit({"Sums.java": java_class(name), "More.java": java_class(f"{name}More")}, date=day)
    head = repository.git("rev-parse", "HEAD")
    blamed = repository.git("blame", "-s", "--abbrev=40", "HEAD", "--", "Sums.java").splitlines()
    assert any(not line.startswith(head) for line in blamed[1:-1])
    uri = (repository.folder / "Sums.java").as_uri()
    document = editor.open(java_class("range"), language="java", uri=uri)
    assert await counted(editor, document) == {"rangeClass.range": 1}


async def test_function_changed_since_its_commit_does_not_count_for_itself(
    editor: Editor, repository: Repository
) -> None:
    six, seven = python_function("six", 6), python_function("seven", 7)
    repository.commit({"since.py": f"{six}\n\n{seven}"}, date="2024-01-06")
    shorter = six.replace("        value = values[index]\n", "")
    repository.commit({"since.py": f"{shorter}\n\n{seven}"}, date="2024-01-07")
    document = opened(editor, repository, "since.py")
    assert await counted(editor, document) == {"six": 0, "seven": 1}


async def test_file_outside_repositories_is_judged_as_usual(
    editor: Editor, repository: Repository, tmp_path: Path
) -> None:
    document = editor.open(TEXT, uri=(tmp_path / "a.py").as_uri())
    assert await counted(editor, document) == {"old": 0, "one": 0}
    assert (await verdicts(editor, document))["one"]["neighbours"] == 1


@pytest.mark.parametrize("asked", ["blame", "cat-file", "diff-tree", "rev-parse"])
async def test_git_failure_is_forgotten_on_the_next_save(
    editor: Editor, git: ControlledGit, repository: Repository, asked: str
) -> None:
    with git.failing(asked):
        document = opened(editor, repository, "a.py")
        assert await counted(editor, document) == {"old": 0, "one": 0}
    editor.save(document)
    assert await counted(editor, document) == COUNTED
    with git.failing(asked):
        editor.save(document)
        await editor.idle()
    editor.save(document)
    assert await counted(editor, document) == COUNTED


async def test_commit_is_read_once_for_all_folders(
    editor: Editor, git: ControlledGit, repository: Repository, folder: Path
) -> None:
    deep = two_commits(folder / "inner", "deep/a.py")
    assert await counted(editor, opened(editor, deep, "deep/a.py")) == COUNTED
    with git.failing("diff-tree"):
        assert await counted(editor, opened(editor, deep, "b.py")) == {"two": 2, "three": 2}


async def test_document_is_closed_and_opened_again_while_git_runs(
    editor: Editor, git: ControlledGit, repository: Repository
) -> None:
    with git.held("blame"):
        document = opened(editor, repository, "a.py")
        await until(lambda: git.is_waiting)
        # Nothing else waits for git meanwhile, least of all the document's own verdicts.
        assert len(await editor.findings(document)) == 2
        other = editor.open(python_function("elsewhere"), uri="untitled:elsewhere")
        assert await editor.names(other) == ["elsewhere"]
        await editor.close(document)
        again = editor.open(TEXT.replace("def old", "def new"), uri=document.uri)
        assert len(await editor.findings(again)) == 2
        await editor.close(again)
    await editor.idle()
    assert await editor.hover(document, 0) is None
    assert await counted(editor, opened(editor, repository, "a.py")) == COUNTED


async def test_closing_a_document_stops_its_git_process(
    editor: Editor, git: ControlledGit, repository: Repository, tmp_path: Path
) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    await editor.change_folders(added=[plain])
    with git.held("blame"):
        document = opened(editor, repository, "a.py")
        await until(lambda: git.is_waiting)
        assert len(await editor.findings(document)) == 2
        await editor.close(document)
        # The only git thread is free again, here for a folder that is not a repository.
        answer = await editor.scan_changes(plain.as_uri())
        assert [each.rpartition(": ")[2] for each in answer["errors"]] == ["is not in a git repository"]
    await editor.change_folders(removed=[plain])


async def test_scope_is_switched_while_git_runs(
    editor: Editor, git: ControlledGit, repository: Repository
) -> None:
    with git.held("blame"):
        document = opened(editor, repository, "a.py")
        await until(lambda: git.is_waiting)
        for scope in ("file", "commit", "file"):
            editor.tell_settings(**{**SETTINGS, "scope": scope})
        await until(editor.asked_for_settings.is_set)
    assert await counted(editor, document) == {"old": 0, "one": 0}
    await editor.configure(**BY_COMMIT)
    assert await counted(editor, document) == COUNTED
    before = await verdicts(editor, document)
    for scope in ("file", "commit", "file", "commit", "file"):
        editor.tell_settings(**{**SETTINGS, "scope": scope})
    await until(editor.asked_for_settings.is_set)
    assert await counted(editor, document) == {"old": 0, "one": 0}
    # The file's scope is the default.
    await editor.configure(**SETTINGS)
    assert (await verdicts(editor, document))["one"]["commitEvidence"] is None
    await editor.configure(**BY_COMMIT)
    assert await counted(editor, document) == COUNTED
    assert await verdicts(editor, document) == before


async def test_text_typed_while_git_runs_is_not_scored_until_saved(
    editor: Editor, git: ControlledGit, repository: Repository
) -> None:
    await editor.configure(**BY_COMMIT, run="onSave")
    with git.held("blame"):
        document = opened(editor, repository, "a.py")
        await until(lambda: git.is_waiting)
        assert len(await editor.findings(document)) == 2
        editor.replace(document, "def old", "def typed")
    await editor.idle()
    assert not [each for each in editor.inbox.get(PUSHED, ()) if each.uri == document.uri]
    editor.save(document)
    assert {each.data["name"] for each in await editor.findings(document)} == {"typed", "one"}
    assert await counted(editor, document) == {"typed": 0, "one": 2}


async def test_repository_is_deleted_and_comes_back(editor: Editor, repository: Repository) -> None:
    document = opened(editor, repository, "a.py")
    assert await counted(editor, document) == COUNTED
    before = await verdicts(editor, document)
    elsewhere = repository.folder.with_suffix(".moved")
    repository.folder.rename(elsewhere)
    editor.save(document)
    assert await counted(editor, document) == {"old": 0, "one": 0}
    repository.folder.mkdir()
    editor.save(document)
    assert await counted(editor, document) == {"old": 0, "one": 0}
    repository.git("clone", "--quiet", str(elsewhere), str(repository.folder))
    editor.save(document)
    assert await counted(editor, document) == COUNTED
    assert await verdicts(editor, document) == before


async def test_shallow_clone_counts_once_its_history_is_fetched(
    editor: Editor, repository: Repository, tmp_path: Path
) -> None:
    clone = Repository.at(tmp_path / "clone")
    repository.git("clone", "--quiet", "--depth", "1", repository.folder.as_uri(), str(clone.folder))
    document = opened(editor, clone, "a.py")
    # Without its parent commit, nobody can tell what the last commit wrote.
    assert await counted(editor, document) == {"old": 0, "one": 0}
    clone.git("fetch", "--quiet", "--unshallow")
    editor.save(document)
    assert await counted(editor, document) == COUNTED


async def test_commits_are_added_and_reset_while_the_document_is_open(
    editor: Editor, repository: Repository
) -> None:
    document = opened(editor, repository, "a.py")
    assert await counted(editor, document) == COUNTED
    editor.replace(document, "def one", f"{python_function('four', 11)}\n\ndef one")
    repository.commit({"a.py": document.text, "c.py": python_function("five", 13)}, date="2024-01-03")
    editor.save(document)
    assert await counted(editor, document) == {"old": 0, "four": 1, "one": 2}
    repository.git("reset", "--quiet", "--hard", "HEAD~2")
    editor.save(document)
    assert await counted(editor, document) == {"old": 0, "four": 0, "one": 0}


@pytest.mark.parametrize(
    ("inside", "name"),
    [
        ("plain", "new\nline.py"),
        ("plain", "-x.py"),
        ("plain", "--output=x.py"),
        ("plain", ":(top)x.py"),
        ("plain", 'quo"te%20#?.py'),
        ("-r\nsub", "\u00fcml\u00e4ut \U0001f600.py"),
    ],
)
async def test_commit_scope_works_for_unusual_paths(
    editor: Editor, folder: Path, inside: str, name: str
) -> None:
    await editor.configure(**BY_COMMIT)
    assert await counted(editor, opened(editor, two_commits(folder / inside, name), name)) == COUNTED


async def test_without_git_only_the_file_counts(model: Path, tmp_path: Path) -> None:
    repository = two_commits(tmp_path / "work")
    (tmp_path / "empty").mkdir()
    environment = {**os.environ, "PATH": str(tmp_path / "empty")}
    given = {"settings": BY_COMMIT, "model": model, "environment": environment}
    async with running(repository.folder, VSCODE, **given) as editor:
        document = opened(editor, repository, "a.py")
        assert await counted(editor, document) == {"old": 0, "one": 0}
        assert (await verdicts(editor, document))["one"]["neighbours"] == 1
        answer = await editor.scan_changes()
        assert answer["errors"] == ["git is not installed; install it to check changes and history"]
        await editor.tidy()
