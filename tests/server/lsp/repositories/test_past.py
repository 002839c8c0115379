"""A project's own past in editors: read in the background, counted once it is known, and the same as in the command."""

import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from tests.server.lsp.editor import SETTINGS, Document, Editor, camel
from tests.server.lsp.repositories.conftest import opened, verdicts

from codeorigin.cli.app import main
from support.controlled_git import ControlledGit
from support.repositories import Repository, plain_functions
from support.waiting import until

NEW = plain_functions("seven", "eight", number=7)
SAID = "of this project's own 5 functions from before December 2022, "


@pytest.fixture
def repository(folder: Path) -> Repository:
    """A repository with a past, which is the workspace."""
    # Every test has a past of its own, so that none is in the cache.
    return grown(folder, number=zlib.crc32(str(folder).encode()))


def grown(folder: Path, number: int) -> Repository:
    made = Repository(folder)
    old = plain_functions("one", "two", "three", "four", "five", number=number)
    made.commit({"old.py": old}, date="2021-01-01")
    made.commit({"new.py": NEW}, date="2024-05-01")
    return made


async def evidence(editor: Editor, document: Document) -> float | None:
    """What the past adds, once all is known."""
    await editor.idle()
    (added,) = {each["pastEvidence"] for each in (await verdicts(editor, document)).values()}
    return added


async def test_command_scan_and_editor_give_the_same_verdict(
    editor: Editor,
    repository: Repository,
    model: Path,
    caches: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    repository.write("new.py", NEW.replace("kept = []", "kept = list()"))
    document = opened(editor, repository)
    await editor.idle()
    shown = (await verdicts(editor, document))["seven"]
    assert shown["pastEvidence"] < -0.1
    scan = await editor.scan_changes()
    (file,) = [each for each in scan["files"] if each["uri"] == document.uri]
    assert next(each["verdict"] for each in file["functions"] if each["name"] == "seven") == shown
    details = await editor.explain(document, 0)

    monkeypatch.chdir(repository.folder)
    for name, place in caches.items():
        monkeypatch.setenv(name, place)

    def reported(*command: str) -> Any:
        main([*command, "--model", str(model), "--format", "json"])
        return json.loads(capsys.readouterr().out)

    checked = reported("check", "new.py")["files"][0]["functions"][0]
    explained = reported("explain", "new.py:1")
    same = ("probability", "own_probability", "file_evidence", "reference_evidence")
    for report, more in ((checked, ("logit", "past_as_high")), (explained, ("past_evidence",))):
        for name in (*same, *more):
            assert report[name] == pytest.approx(shown[camel(name)], abs=1e-9), name
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
    await editor.idle()
    assert [each.message for each in await editor.findings(document)] != before
    shown = (await verdicts(editor, document))["seven"]
    assert plain["pastEvidence"] is None
    assert shown["probability"] < plain["probability"]
    assert shown["ownProbability"] == pytest.approx(plain["ownProbability"])
    assert await editor.lenses(document) != lenses
    hover = await editor.hover_text(document, 0)
    assert "; the project's older code scores high as well; the rest of the file " in hover


async def test_every_document_has_the_past_of_its_own_repository(
    editor: Editor, folder: Path, tmp_path: Path
) -> None:
    one, other = grown(folder / "one", number=1), grown(folder / "other", number=50)
    inner = grown(other.folder / "inner", number=90)
    outside = grown(tmp_path / "outside", number=1)
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "new.py").write_text(NEW)
    documents = [opened(editor, each) for each in (one, other, inner, outside)]
    first, second, third, fourth = [await evidence(editor, each) for each in documents]
    assert None not in (first, second, third)
    assert len({first, second, third}) == 3
    # In no folder of the workspace, it is a repository all the same.
    assert fourth == first
    assert await evidence(editor, opened(editor, Repository.at(tmp_path / "plain"))) is None
    assert await evidence(editor, editor.open(NEW, uri="untitled:new")) is None


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
    await editor.configure(**SETTINGS)
    assert await evidence(editor, document) == added


async def test_git_failure_is_forgotten_on_the_next_save(
    editor: Editor, git: ControlledGit, repository: Repository
) -> None:
    with git.failing("log"):
        document = opened(editor, repository)
        assert await evidence(editor, document) is None
    editor.save(document)
    assert await evidence(editor, document) is not None
