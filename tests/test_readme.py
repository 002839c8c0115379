"""The README as a new user sees it: a two-minute read whose commands all work as described on a plain install."""

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from tests.support.command import PLAIN, ROOT

from support.documents import BLOCK
from support.repositories import Repository

TEXT = (ROOT / "README.md").read_text("utf-8")
WORDS_A_MINUTE = 230


def lines(language: str, start: str) -> list[str]:
    """Lines that begin with ``start`` in the README's ``language`` blocks, without their comments."""
    found = "\n".join(body for name, body in BLOCK.findall(TEXT) if name == language).splitlines()
    return [re.sub(r"\s+# .*", "", line) for line in found if line.startswith(start)]


class NewUser:
    """A user with CodeOrigin in a separate environment who works in a repository with the examples."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self.folder = folder
        outside = {name: value for name, value in PLAIN.items() if name != "PYTHONPATH"}
        self._environment = outside | {"PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}"}

    def run(self, command: str, folder: Path | None = None) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["bash", "-c", command],
            cwd=folder or self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> NewUser:
    home = tmp_path_factory.mktemp("home")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home / "venv"], check=True)
    binaries = home / "venv" / "bin"
    # Nothing is downloaded: pip and the dependencies of CodeOrigin come from this environment. It comes last on the
    # path, and its editable install of CodeOrigin has no effect in another environment.
    (packages,) = (home / "venv" / "lib").glob("python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    repository = Repository(home / "work")
    repository.commit(
        {f"examples/{path.name}": path.read_text("utf-8") for path in (ROOT / "examples").glob("*.*")},
        date="2024-01-01",
    )
    repository.git("switch", "--quiet", "--create", "work")
    repository.commit(
        {"copied.py": (ROOT / "examples" / "terse_style.py").read_text("utf-8")}, date="2024-01-02"
    )
    made = NewUser(binaries, repository.folder)
    (install,) = lines("sh", "pip install")
    offline = "--quiet --no-index --no-deps --no-build-isolation --ignore-installed"
    done = made.run(install.replace("pip install", f"python -m pip install {offline}"), ROOT)
    assert done.returncode == 0, done.stderr
    return made


def test_readme_takes_two_minutes_to_read() -> None:
    prose = re.sub(r"^\|.*$|<!--.*?-->", "", re.sub(BLOCK, "", TEXT), flags=re.MULTILINE)
    prose = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", prose)
    assert len(re.findall(r"\S*\w\S*", prose)) <= 2 * WORDS_A_MINUTE
    assert len([line for line in TEXT.splitlines() if line.startswith("> ")]) == 4
    # The header of the table, its separator and two rows.
    assert len([line for line in TEXT.splitlines() if line.startswith("|")]) == 2 + 2


def test_installed_package_is_not_the_checkout(user: NewUser) -> None:
    where = user.run("python -c 'import codeorigin; print(codeorigin.__file__)'").stdout
    assert not Path(where.strip()).is_relative_to(ROOT / "server")
    assert "/venv/" in where


def test_shown_output_is_what_the_command_prints(user: NewUser) -> None:
    (block,) = (body for name, body in BLOCK.findall(TEXT) if name == "console")
    command, *shown = block.splitlines()
    done = user.run(command.removeprefix("$ "))
    assert len(shown) >= 6
    assert [line for line in shown if line not in done.stdout.splitlines()] == [], done.stdout + done.stderr


def test_every_command_runs(user: NewUser) -> None:
    expected = {"check": 1, "check --show all": 1}
    commands = lines("sh", "codeorigin ")
    assert len(commands) >= 5
    for command in commands:
        done = user.run(command)
        code = expected.get(command.removeprefix("codeorigin "), 0)
        assert (done.returncode, done.stderr) == (code, ""), command
        assert done.stdout


def test_figures_belong_to_the_shipped_model(user: NewUser) -> None:
    (name,) = re.findall(r"^(codeorigin-small \S+), \d+ held-out repositories", TEXT, re.MULTILINE)
    done = user.run("codeorigin doctor")
    assert f"{name} " in done.stdout


def test_baseline_and_ignore_comment_silence_findings(user: NewUser) -> None:
    (options,) = re.findall(r"`(check \. --baseline [^`]+)`", TEXT)
    assert user.run(f"codeorigin {options}").returncode == 0
    assert user.run("codeorigin check . --baseline .codeorigin-baseline.json").returncode == 0
    (comment,) = re.findall(r"`(codeorigin: ignore-file)`", TEXT)
    go = user.folder / "examples" / "assistant_style.go"
    before = go.read_text("utf-8")
    go.write_text(f"// {comment}\n{before}", "utf-8")
    try:
        assert user.run("codeorigin check .").returncode == 0
    finally:
        go.write_text(before, "utf-8")


def test_pipeline_step_passes_and_shows_the_findings(user: NewUser) -> None:
    (step,) = lines("yaml", "- run: codeorigin")
    done = user.run(step.removeprefix("- run: "))
    assert done.returncode == 0
    notes = [line for line in done.stdout.splitlines() if line.startswith("::notice ")]
    listed = user.run("codeorigin check .").stdout.partition("\n\n")[0].splitlines()
    assert len(notes) == len(listed) - 1, listed
    assert notes
