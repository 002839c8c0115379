"""A project's own past in editors: read in the background, counted once it is known, and the same as in the command."""

import json
import os
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pytest_lsp import client_capabilities
from tests.server.lsp.conftest import SETTINGS, refreshing_capabilities, running
from tests.server.lsp.editor import PUSHED, Document, Editor

from codeorigin.cli.app import main
from support.controlled_git import ControlledGit
from support.notebooks import notebook
from support.repositories import Repository, plain_functions
from support.tiny_model import with_commit_rules, with_past_rule
from support.waiting import until

NEW = plain_functions("seven", "eight", number=7)
SAID = "of this project's own 5 functions from before December 2022, "
CACHES = ("XDG_CACHE_HOME", "LOCALAPPDATA")


@pytest.fixture(scope="module")
def caches(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The folder for caches of the server and of the command, as they find it in their environment."""
    return dict.fromkeys(CACHES, str(tmp_path_factory.mktemp("caches")))


@pytest.fixture(scope="module")
def model(tiny_model_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    return with_past_rule(with_commit_rules(folder, tiny_model_dir), folder)


@pytest.fixture(scope="module", params=["visual-studio-code", "neovim", "refreshing"])
async def server(
    request: pytest.FixtureRequest,
    model: Path,
    git: ControlledGit,
    caches: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Editor]:
    refreshing = request.param == "refreshing"
    async with running(
        tmp_path_factory.mktemp("workspace"),
        refreshing_capabilities() if refreshing else client_capabilities(request.param),
        model=model,
        environment={**git.environment, **caches},
    ) as editor:
        yield editor


@pytest.fixture
async def editor(server: Editor) -> AsyncIterator[Editor]:
    yield server
    await server.configure(**SETTINGS)
    server.inbox.pop(PUSHED, None)  # a scan sends the findings in files that are not open
    await server.tidy()
    server.refreshes.clear()


@pytest.fixture
def repository(folder: Path) -> Repository:
    """A repository with a past."""
    return grown(folder)


def grown(folder: Path, number: int = 1) -> Repository:
    made = Repository(folder)
    old = plain_functions("one", "two", "three", "four", "five", number=number)
    made.commit({"old.py": old}, date="2021-01-01")
    made.commit({"new.py": NEW}, date="2024-05-01")
    return made


def opened(editor: Editor, repository: Repository, name: str = "new.py") -> Document:
    path = repository.folder / name
    return editor.open(path.read_text(encoding="utf-8"), uri=path.as_uri())


async def verdicts(editor: Editor, document: Document) -> dict[str, dict[str, Any]]:
    """The wire forms of the verdicts on a document's functions, by name."""
    answer = await editor.attributions(document)
    return {each["name"]: each["verdict"] for each in answer["functions"]}


async def evidence(editor: Editor, document: Document) -> float | None:
    """What the past adds, once all is known."""
    await editor.idle()
    found = {each["pastEvidence"] for each in (await verdicts(editor, document)).values()}
    (added,) = found
    return added


async def test_command_scan_and_editor_give_the_same_verdict(
    model: Path,
    caches: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    repository = grown(tmp_path / "work")
    repository.write("new.py", NEW.replace("kept = []", "kept = list()"))
    environment = {**os.environ, **caches}
    async with running(
        repository.folder, client_capabilities("neovim"), model=model, environment=environment
    ) as editor:
        document = opened(editor, repository)
        await editor.idle()
        shown = (await verdicts(editor, document))["seven"]
        assert shown["pastEvidence"] < -0.1
        for scan in (await editor.scan(), await editor.scan_changes()):
            (file,) = [each for each in scan["files"] if each["uri"] == document.uri]
            assert next(each["verdict"] for each in file["functions"] if each["name"] == "seven") == shown
        details = await editor.explain(document, 0)

    monkeypatch.chdir(repository.folder)
    for name, folder in caches.items():
        monkeypatch.setenv(name, folder)

    def reported(*command: str) -> Any:
        main([*command, "--model", str(model), "--format", "json"])
        return json.loads(capsys.readouterr().out)

    checked = reported("check", "new.py")["files"][0]["functions"][0]
    explained = reported("explain", "new.py:1")
    names = {
        "probability": "probability",
        "ownProbability": "own_probability",
        "fileEvidence": "file_evidence",
    }
    for wire, plain in names.items():
        assert shown[wire] == pytest.approx(checked[plain], abs=1e-9)
        assert shown[wire] == pytest.approx(explained[plain], abs=1e-9)
    assert (shown["logit"], shown["pastAsHigh"]) == (
        pytest.approx(checked["logit"], abs=1e-9),
        checked["past_as_high"],
    )
    assert shown["pastEvidence"] == pytest.approx(explained["past_evidence"], abs=1e-9)
    assert SAID in explained["own_text"]
    assert explained["own_text"] in json.dumps(details)


async def test_nothing_waits_for_the_past_and_all_follows_once_it_is_known(
    editor: Editor, repository: Repository, git: ControlledGit
) -> None:
    await editor.configure(**SETTINGS, codeLens=True)
    with git.held("log"):
        document = opened(editor, repository)
        await until(lambda: git.is_waiting)
        before = [each.message for each in await editor.findings(document)]
        assert len(before) == 2
        assert "old code" not in await editor.hover_text(document, 0)
        editor.replace(document, "limit + 7", "limit + 8")
        assert len(await editor.findings(document)) == 2
        editor.replace(document, "limit + 8", "limit + 7")
        assert [each.message for each in await editor.findings(document)] == before
        plain = (await verdicts(editor, document))["seven"]
        lenses = await editor.lenses(document)
        editor.refreshes.clear()
    await editor.idle()
    assert [each.message for each in await editor.findings(document)] != before
    shown = (await verdicts(editor, document))["seven"]
    assert plain["pastEvidence"] is None
    assert shown["probability"] < plain["probability"]
    assert shown["ownProbability"] == pytest.approx(plain["ownProbability"])
    assert await editor.lenses(document) != lenses
    hover = await editor.hover_text(document, 0)
    assert "; the project's old code scores high as well; the rest of the file " in hover


async def test_every_document_has_the_past_of_its_own_repository(
    editor: Editor, repository: Repository, tmp_path: Path
) -> None:
    other = grown(editor.root / f"{repository.folder.name}_other", number=50)
    inner = grown(other.folder / "inner", number=90)
    outside = grown(tmp_path / "outside")
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "new.py").write_text(NEW)
    documents = [opened(editor, each) for each in (repository, other, inner, outside)]
    first, second, third, fourth = [await evidence(editor, each) for each in documents]
    assert None not in (first, second, third)
    assert len({first, second, third}) == 3
    # In no folder of the workspace, it is a repository all the same.
    assert fourth == first
    assert await evidence(editor, opened(editor, Repository.at(plain))) is None
    assert await evidence(editor, editor.open(NEW, uri="untitled:new")) is None


async def test_selection_and_cells_of_a_notebook_have_the_past(
    editor: Editor, repository: Repository
) -> None:
    document = opened(editor, repository)
    added = await evidence(editor, document)
    assert added is not None
    selected = {"start": {"line": 0, "character": 0}, "end": {"line": 5, "character": 15}}
    answer = await editor.rescore(document, selected)
    assert answer["verdict"]["pastEvidence"] == added
    repository.write("cells.ipynb", notebook(("code", NEW)))
    scan = await editor.scan()
    (cells,) = [
        each for each in scan["files"] if each["uri"].endswith(f"{repository.folder.name}/cells.ipynb")
    ]
    assert [each["verdict"]["pastEvidence"] for each in cells["functions"]] == [added, added]


async def test_repositories_without_enough_past_have_none(editor: Editor, repository: Repository) -> None:
    folder = repository.folder
    young = Repository(folder.with_name(f"{folder.name}_young"))
    young.commit({"new.py": NEW}, date="2024-05-01")
    small = Repository(folder.with_name(f"{folder.name}_small"))
    small.commit({"new.py": NEW}, date="2020-05-01")
    empty = Repository(folder.with_name(f"{folder.name}_empty"))
    empty.write("new.py", NEW)
    for each in (young, small, empty):
        assert await evidence(editor, opened(editor, each)) is None


async def test_deepened_clone_gets_its_past_with_the_next_save(
    editor: Editor, repository: Repository
) -> None:
    clone = repository.folder.with_name(f"{repository.folder.name}_clone")
    repository.git("clone", "--quiet", "--depth", "1", repository.folder.as_uri(), str(clone))
    document = opened(editor, Repository.at(clone))
    assert await evidence(editor, document) is None
    Repository.at(clone).git("fetch", "--quiet", "--unshallow")
    editor.save(document)
    assert await evidence(editor, document) is not None


async def test_all_documents_follow_when_head_moves(editor: Editor, repository: Repository) -> None:
    saved, other = opened(editor, repository), opened(editor, repository, "old.py")
    added = await evidence(editor, saved)
    assert added is not None
    assert await evidence(editor, other) == added
    repository.git("checkout", "--quiet", "--orphan", "fresh")
    repository.commit({}, date="2024-06-01")
    editor.save(saved)
    assert await evidence(editor, saved) is None
    assert await evidence(editor, other) is None
    repository.git("checkout", "--quiet", "main")
    editor.save(saved)
    assert await evidence(editor, other) == added


async def test_setting_switches_the_past_off(editor: Editor, repository: Repository) -> None:
    document = opened(editor, repository)
    added = await evidence(editor, document)
    await editor.configure(**SETTINGS, past=False)
    assert await evidence(editor, document) is None
    assert "old code" not in await editor.hover_text(document, 0)
    scan = await editor.scan()
    assert {each["verdict"]["pastEvidence"] for file in scan["files"] for each in file["functions"]} == {None}
    await editor.configure(**SETTINGS)
    assert await evidence(editor, document) == added


async def test_findings_in_closed_files_follow(editor: Editor, repository: Repository) -> None:
    if editor.pulls:
        return
    uri = (repository.folder / "new.py").as_uri()
    await editor.scan()
    with_past = await editor.take(PUSHED, lambda params: params.uri == uri)
    await editor.configure(**SETTINGS, past=False)
    without = await editor.take(PUSHED, lambda params: params.uri == uri)
    assert [each.message for each in with_past.diagnostics] != [each.message for each in without.diagnostics]
    await editor.configure(**SETTINGS)
    again = await editor.take(PUSHED, lambda params: params.uri == uri)
    assert again.diagnostics == with_past.diagnostics


@pytest.mark.parametrize("asked", ["rev-parse", "log", "ls-tree"])
async def test_git_failure_is_forgotten_on_the_next_save(
    editor: Editor, git: ControlledGit, asked: str
) -> None:
    folder = editor.root / f"failing_{asked}"
    # A past that no test has had, so that none is in the cache.
    repository = grown(folder, number=zlib.crc32(str(folder).encode()))
    with git.failing(asked):
        document = opened(editor, repository)
        assert await evidence(editor, document) is None
    editor.save(document)
    assert await evidence(editor, document) is not None


async def test_cancelled_scan_does_not_wait_for_git(
    editor: Editor, repository: Repository, git: ControlledGit
) -> None:
    with git.held("log"):
        error = await editor.cancelled_request(
            types.WORKSPACE_EXECUTE_COMMAND,
            types.ExecuteCommandParams(command="codeorigin.scanWorkspace", arguments=[None, {"quiet": True}]),
        )
        assert error.code == types.LSPErrorCodes.RequestCancelled
