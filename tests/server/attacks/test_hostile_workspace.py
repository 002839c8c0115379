"""A folder with hostile content or names: checks of it end with clear messages, read what they can and tell it apart."""

import os
import signal
from pathlib import Path

import pytest
from tests.server.lsp.editor import python_function

from codeorigin.check.formats import ReportFormat
from codeorigin.git.walking import source_files
from codeorigin.settings.project import read_project_settings
from codeorigin.text.exclusions import exclusions
from support.command import complaints, report_of, reported, run
from support.repositories import Repository

GOOD = python_function("good")
ODD_NAMES = (
    "a\nb.py",
    "\x1b[31mred.py",
    "\u202egnp.py",
    "[Fix](command:x).py",
    "::error file=x::y.py",
    "-n.py",
)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """One good file among everything that a folder can contain."""
    root = tmp_path / "workspace"
    root.mkdir()
    (root / "good.py").write_text(GOOD)
    (root / "loop.py").symlink_to("loop.py")
    (root / "round").symlink_to(".")
    (root / "there.py").symlink_to("back.py")
    (root / "back.py").symlink_to("there.py")
    (root / "dangling.py").symlink_to("nowhere.py")
    (root / "device.py").symlink_to("/dev/zero")
    (root / "terminal.py").symlink_to("/dev/tty")
    os.mkfifo(root / "pipe.py")
    (root / "linked_pipe.py").symlink_to("pipe.py")
    os.mkfifo(root / ".gitignore")
    (root / "folder.py").mkdir()
    os.mkfifo(root / "folder.py" / ".gitignore")
    with (root / "huge.py").open("wb") as huge:
        huge.truncate(3 * 2**30)
    with (root / "pyproject.toml").open("wb") as huge:
        huge.truncate(100_000_000)
    (root / "binary.py").write_bytes(b"\xff\xfe\x00")
    for name in ODD_NAMES:
        (root / name).write_text("x = 1\n")
    (root / "other").mkdir()
    (root / "other" / "codeorigin.toml").mkdir()
    sealed = root / "sealed"
    sealed.mkdir()
    (sealed / "a.py").write_text(GOOD)
    sealed.chmod(0)
    deep = root
    for _ in range(200):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (deep / "deep.py").write_text("y = 2\n")
    yield root
    sealed.chmod(0o700)


@pytest.fixture(autouse=True)
def no_blocking() -> None:
    """Whatever blocks on a pipe would block forever: end it with an error instead."""

    def give_up(*_: object) -> None:
        raise TimeoutError("blocked")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(240)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def test_walk_finds_only_regular_files(workspace: Path) -> None:
    found = {
        str(path.relative_to(workspace))
        for path in source_files(workspace, lambda name: name.endswith(".py"), exclusions((), workspace))
    }
    assert {"good.py", "huge.py", "binary.py", *ODD_NAMES} <= found
    assert any(name.endswith("d/deep.py") for name in found)
    for name in ("loop.py", "there.py", "dangling.py", "device.py", "pipe.py", "linked_pipe.py", "folder.py"):
        assert name not in found
    assert not any(name.startswith("round/") for name in found)


def test_check_ends_with_clear_messages(workspace: Path) -> None:
    done = run("check", ".", "--format", "json", cwd=workspace)
    assert done.returncode in {0, 1}, done.stderr
    report = report_of(done)
    checked = {file["path"] for file in report["files"]}
    assert "good.py" in checked
    assert set(ODD_NAMES) <= checked
    skipped = {error["path"] for error in report["errors"]}
    assert {"huge.py", "binary.py"} <= skipped
    assert all(error["skipped"] for error in report["errors"])
    assert len(complaints(done)) == len(report["errors"])


@pytest.mark.parametrize("name", ["pipe.py", "device.py", "loop.py", "dangling.py", "folder.py", "huge.py"])
def test_naming_something_unreadable_gives_one_line(workspace: Path, name: str) -> None:
    done = run("check", name, cwd=workspace)
    assert done.returncode == 2
    (line,) = complaints(done)
    assert name in line


def test_settings_in_pipes_folders_and_huge_files_are_ignored(workspace: Path) -> None:
    assert read_project_settings(workspace).values == {}
    assert read_project_settings(workspace / "other").values == {}
    piped = workspace / "folder.py"
    os.mkfifo(piped / "pyproject.toml")
    assert read_project_settings(piped).values == {}
    (piped / "codeorigin.toml").write_bytes(b"#" * 1_000_001)
    assert "larger than" in (read_project_settings(piped).problem or "")


ALIKE = [b"a\xff.py", rb"a\xff.py", rb"a\x5cxff.py", b"a\x07.py", rb"a\x07.py", b"a\\.py"]
CODE = """\
def {name}(values, limit):
    kept = []
    for value in values:
        if value < limit:
            kept.append(value)
    return kept
"""


@pytest.fixture
def alike(tmp_path: Path) -> Path:
    """Files whose names look alike once they are printed."""
    made = Repository(tmp_path / "work").folder
    for number, name in enumerate(ALIKE):
        (made / os.fsdecode(name)).write_text(CODE.format(name=f"function_{number}"), "utf-8")
    return made


@pytest.mark.parametrize("arguments", [["."], ["--changed"], [os.fsdecode(name) for name in ALIKE]])
def test_every_file_is_checked_under_a_name_of_its_own(alike: Path, arguments: list[str]) -> None:
    report = reported("--no-config", "--threshold", "0", *arguments, cwd=alike)
    assert report["errors"] == []
    functions = {
        file["path"]: [function["qualified_name"] for function in file["functions"]]
        for file in report["files"]
    }
    assert sorted(functions.values()) == [[f"function_{number}"] for number in range(len(ALIKE))]


def test_every_format_tells_the_files_apart(alike: Path, tmp_path: Path) -> None:
    formats = tuple(ReportFormat)
    options = [f"--format={each}={tmp_path / each}" for each in formats]

    def reports(name: bytes) -> list[str]:
        run("check", os.fsdecode(name), "--no-config", "--threshold", "0", *options, cwd=alike)
        own = f"function_{ALIKE.index(name)}"
        return [(tmp_path / each).read_text("utf-8").replace(own, "function") for each in formats]

    for form, shown in zip(formats, zip(*map(reports, ALIKE), strict=True), strict=True):
        assert len(set(shown)) == len(ALIKE), form
