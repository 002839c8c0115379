"""The README as a new user sees it: a two-minute read whose commands all work as described."""

import re
from pathlib import Path

import pytest

from codeorigin.settings.project import project_of
from support.command import PLAIN, ROOT, run
from support.documents import BLOCK, blocks, run_line
from support.repositories import Repository

README = ROOT / "README.md"
TEXT = README.read_text("utf-8")
WORDS_A_MINUTE = 230
COMMANDS = re.findall(r"^codeorigin .*$", "\n".join(blocks("sh", README)), re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A branch of a repository with the examples."""
    monkeypatch.setitem(PLAIN, "XDG_CACHE_HOME", str(tmp_path / "cache"))
    repository = Repository(tmp_path / "work")
    examples = {f"examples/{path.name}": path.read_text("utf-8") for path in (ROOT / "examples").glob("*.*")}
    repository.commit(examples, date="2024-01-01")
    repository.git("switch", "--quiet", "--create", "work")
    repository.commit({"copied.py": examples["examples/terse_style.py"]}, date="2024-01-02")
    return repository.folder


def test_readme_takes_two_minutes_to_read() -> None:
    prose = re.sub(r"^\|.*$|<!--.*?-->", "", re.sub(BLOCK, "", TEXT), flags=re.MULTILINE)
    prose = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", prose)
    assert len(re.findall(r"\S*\w\S*", prose)) <= 2 * WORDS_A_MINUTE
    assert len([line for line in TEXT.splitlines() if line.startswith("> ")]) == 4
    # The header of the table, its separator and three rows.
    assert len([line for line in TEXT.splitlines() if line.startswith("|")]) == 2 + 3


def test_shown_output_is_what_the_command_prints(folder: Path) -> None:
    (block,) = blocks("console", README)
    command, *shown = block.splitlines()
    printed = run_line(command.removeprefix("$ "), folder).stdout.decode()
    assert len(shown) >= 6
    assert [line for line in shown if line not in printed.splitlines()] == [], printed


def test_every_command_runs(folder: Path) -> None:
    assert len(COMMANDS) >= 5
    for command in COMMANDS:
        done = run_line(command, folder)
        line = command.partition(" #")[0].rstrip()
        code = 1 if line in {"codeorigin check", "codeorigin check --show all"} else 0
        assert (done.returncode, done.stderr) == (code, b""), command
        assert done.stdout


def test_first_file_of_a_newcomer_is_scored_in_an_editor() -> None:
    (first, *_) = re.findall(r"examples/[a-z_]+\.\w+", TEXT)
    assert not project_of([ROOT]).exclusions.file(ROOT / first)


def test_figures_belong_to_the_shipped_model() -> None:
    (name,) = re.findall(r"^(codeorigin-small \S+), \d+ held-out repositories", TEXT, re.MULTILINE)
    assert f"{name} " in run("doctor").stdout.decode()


def test_baseline_and_ignore_comment_silence_findings(folder: Path) -> None:
    (command,) = re.findall(r"`(codeorigin check --update-baseline)`", TEXT)
    assert run_line(command, folder).returncode == 0
    assert run_line("codeorigin check", folder).returncode == 0
    (comment,) = re.findall(r"`(codeorigin: ignore-file)`", TEXT)
    go = folder / "examples" / "assistant_style.go"
    go.write_text(f"// {comment}\n{go.read_text('utf-8')}", "utf-8")
    assert run_line("codeorigin check .", folder).returncode == 0


def test_pipeline_step_passes_and_shows_the_findings(folder: Path) -> None:
    (step,) = re.findall(r"^- run: (codeorigin .*)$", "\n".join(blocks("yaml", README)), re.MULTILINE)
    done = run_line(step, folder)
    assert done.returncode == 0
    notes = [line for line in done.stdout.splitlines() if line.startswith(b"::notice ")]
    listed = run_line("codeorigin check .", folder).stdout.split(b"\n\n")[1].splitlines()
    assert len(notes) == len(listed) - 1 > 0, listed
