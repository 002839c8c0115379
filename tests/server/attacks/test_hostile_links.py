"""A cloned repository with links where the server and the command write: no other file is touched."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from codeorigin.core.errors import CodeOriginError
from codeorigin.lsp.connection import logs
from codeorigin.scan.page import write_report
from codeorigin.scan.work import COMMITS, key_of, write_rows
from codeorigin.settings.accepted_findings import AcceptedFindings
from codeorigin.settings.schema import Settings
from support.command import COMMAND, TERSE, complaints, report_of, run
from support.repositories import Repository

ACCEPTED_FILE = Settings().baseline
FUNCTION = ("0123456789abcdef", "f", None)


def names(folder: Path) -> list[str]:
    """What is in the folder."""
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A file outside the workspace that must stay as it is."""
    path = tmp_path / "victim"
    path.write_text("mine")
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    path = tmp_path / "workspace"
    path.mkdir()
    return path


def test_predictable_temporary_name_is_not_used(workspace: Path, victim: Path) -> None:
    foretold = workspace / f"{ACCEPTED_FILE}.{os.getpid()}.tmp"
    foretold.symlink_to(victim)
    assert AcceptedFindings(workspace, ACCEPTED_FILE).accept([FUNCTION]) == (1, 0)
    assert victim.read_text() == "mine"
    assert AcceptedFindings(workspace, ACCEPTED_FILE).ids() == {FUNCTION[0]}
    assert not (workspace / ACCEPTED_FILE).is_symlink()


@pytest.mark.parametrize("content", ["mine", '{"version": 1, "functions": []}'])
def test_accepted_findings_are_not_written_through_a_link(
    workspace: Path, victim: Path, content: str
) -> None:
    victim.write_text(content)
    (workspace / ACCEPTED_FILE).symlink_to(victim)
    accepted = AcceptedFindings(workspace, ACCEPTED_FILE)
    with pytest.raises(CodeOriginError, match=r"a symbolic link, which is not followed$"):
        accepted.accept([FUNCTION])
    assert accepted.ids() == frozenset()
    assert accepted.problem is not None
    assert victim.read_text() == content
    assert names(workspace) == [ACCEPTED_FILE]


def test_accepted_findings_in_a_pipe_do_not_block(workspace: Path) -> None:
    os.mkfifo(workspace / ACCEPTED_FILE)
    accepted = AcceptedFindings(workspace, ACCEPTED_FILE)
    assert accepted.ids() == frozenset()
    assert accepted.problem == f"{ACCEPTED_FILE} cannot be read: not a regular file"


@pytest.mark.parametrize("name", ["report.sarif", "reports/report.sarif"])
def test_report_is_not_written_through_a_link(workspace: Path, victim: Path, name: str) -> None:
    (workspace / "report.sarif").symlink_to(victim)
    (workspace / "reports").symlink_to(victim.parent)
    done = run("check", TERSE, "--format", f"sarif={name}", cwd=workspace)
    assert done.returncode == 2
    (line,) = complaints(done)
    assert line == f"codeorigin: {name}: cannot write the report here: a symbolic link, which is not followed"
    assert victim.read_text() == "mine"
    assert not (victim.parent / "report.sarif").exists()


def test_report_may_be_written_to_a_device(workspace: Path) -> None:
    options = ("--format", "json=/dev/stdout")
    done = subprocess.run(
        [*COMMAND, "check", TERSE, *options], cwd=workspace, stdout=subprocess.PIPE, check=False
    )
    assert done.returncode in {0, 1}
    assert done.stdout.startswith(b"{")


def test_log_is_not_written_through_a_link(workspace: Path, victim: Path) -> None:
    (workspace / "server.log").symlink_to(victim)
    with pytest.raises(CodeOriginError, match=r"cannot write the log file .*: a symbolic link"):
        logs.configure("info", workspace / "server.log")
    assert victim.read_text() == "mine"


@pytest.mark.parametrize("link", ["out", "out/state", "out/commits"])
def test_scan_into_a_folder_with_links_is_refused(workspace: Path, tmp_path: Path, link: str) -> None:
    (tmp_path / "outside").mkdir()
    place = workspace / link
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(tmp_path / "outside")
    (workspace / "list").write_text("one\n")
    done = run("scan", "list", "--out", "out", cwd=workspace)
    assert complaints(done) == [
        f"codeorigin: {place}: cannot write the results here: a symbolic link, which is not followed"
    ]
    assert names(tmp_path / "outside") == []


def _write_results(out: Path) -> None:
    write_rows(out, f"commits/{key_of('/one')}.parquet", COMMITS, iter([]))
    write_report(out, [], "m")


@pytest.mark.parametrize("name", ["report.html", "repositories.parquet", "commits/{key}.parquet"])
def test_results_of_a_scan_are_not_written_through_links(workspace: Path, victim: Path, name: str) -> None:
    place = workspace / name.format(key=key_of("/one"))
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(victim)
    with pytest.raises(CodeOriginError, match="a symbolic link"):
        _write_results(workspace)
    assert victim.read_text() == "mine"


def test_files_behind_links_that_lead_out_are_not_read(workspace: Path, victim: Path) -> None:
    """A repository could have any file of the user's quoted in a report."""
    victim.with_suffix(".py").write_text(TERSE.read_text())
    (workspace / "inside.py").write_text(TERSE.read_text().replace("rpn", "other"))
    (workspace / "sub").mkdir()
    (workspace / "sub" / "out.py").symlink_to(victim.with_suffix(".py"))
    (workspace / "sub" / "in.py").symlink_to("../inside.py")
    found = report_of(run("check", ".", "--format", "json", cwd=workspace))
    assert [file["path"] for file in found["files"]] == ["inside.py"]
    found = report_of(run("check", "sub", "--format", "json", cwd=workspace))
    assert found["files"] == []
    named = report_of(run("check", "sub/out.py", "--format", "json", cwd=workspace))
    assert [file["path"] for file in named["files"]] == ["sub/out.py"]


@pytest.mark.parametrize("name", ["codeorigin.toml", "pyproject.toml"])
def test_settings_behind_a_link_that_leads_out_are_not_read(workspace: Path, victim: Path, name: str) -> None:
    victim.write_text('password_of_the_user = "x"\n[tool.codeorigin]\nsecret = 1\n')
    (workspace / name).symlink_to(victim)
    (workspace / "a.py").write_text(TERSE.read_text())
    done = run("check", ".", cwd=workspace)
    assert b"password_of_the_user" not in done.stdout + done.stderr
    assert b"secret" not in done.stdout + done.stderr
    if name == "codeorigin.toml":
        assert "(a link that leads out of its folder); ignored" in complaints(done)[0]
    (workspace / name).unlink()
    (workspace / "settings").write_text(
        "nonsense = 1\n" if name == "codeorigin.toml" else "[tool.codeorigin]\nnonsense = 1\n"
    )
    (workspace / name).symlink_to("settings")
    assert b"nonsense" in run("check", ".", cwd=workspace).stderr


@pytest.mark.parametrize(
    "name", ["state", "state-wal", "state-shm", "state-journal", "sub/state", "sub/deeper/state"]
)
def test_the_state_of_a_history_is_not_written_through_a_link(
    workspace: Path, victim: Path, name: str
) -> None:
    repository = Repository(workspace / "work")
    repository.commit({"a.py": TERSE.read_text()}, date="2024-01-01")
    outside = victim.parent / "outside"
    outside.mkdir()
    link = repository.folder / name.partition("/")[0]
    link.symlink_to(outside if "/" in name else victim)
    done = run("history", "--state", re.sub("-.*", "", name), cwd=repository.folder)
    assert (done.returncode, len(complaints(done))) == (2, 1)
    assert "a symbolic link, which is not followed" in complaints(done)[0]
    assert victim.read_text() == "mine"
    assert names(outside) == []
