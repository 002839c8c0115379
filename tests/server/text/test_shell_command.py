"""A command that a message offers runs what it says, whatever the names in it are."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.git.process import explained
from codeorigin.text.literal_text import explain_command, shell_command


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4))
def test_a_shell_reads_the_words_again_or_there_is_no_command(words: list[str]) -> None:
    command = shell_command("printf", "%s\\0", *words)
    if command is None:
        assert not all(word.isprintable() for word in words)
        return
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=True)
    assert done.stdout.decode().split("\0")[:-1] == words


@pytest.mark.parametrize(
    ("name", "shown"), [("--model=x.go", "./--model=x.go"), ("a-b.go", "a-b.go"), ("/a.go", "/a.go")]
)
def test_a_name_that_begins_like_an_option_stays_a_name(name: str, shown: str) -> None:
    assert explain_command(name, 3) == f"codeorigin explain {shown}:3"


@pytest.mark.parametrize("name", ["$(touch x).go", "`id`", "a;b", "a b", "'", '"', "-x", "a&b"])
def test_advice_about_a_repository_quotes_its_folder(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    folder = tmp_path_factory.getbasetemp() / name
    said = str(explained(b"fatal: detected dubious ownership in repository", "log", folder))
    command = said.partition("run: ")[2]
    assert subprocess.run(
        ["sh", "-c", f'set -- {command}; printf %s "$6"'], capture_output=True, check=True
    ).stdout.decode() == str(folder)


def test_advice_about_a_repository_names_its_top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git trusts nothing by the name of another folder; and by ``.``, whatever repository is the current folder."""
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    said = f"fatal: detected dubious ownership in repository at '{tmp_path}'".encode()
    assert str(explained(said, "log", Path())).endswith(f" safe.directory {tmp_path}")
    assert str(explained(said + b"?", "log", Path())).endswith(f" safe.directory {tmp_path}")
    elsewhere = said.replace(str(tmp_path).encode(), b"/elsewhere")
    assert str(explained(elsewhere, "log", Path())).endswith(f" safe.directory {tmp_path / 'sub'}")


def test_no_command_for_a_folder_that_ends_the_line(tmp_path_factory: pytest.TempPathFactory) -> None:
    said = str(explained(b"fatal: dubious ownership", "log", tmp_path_factory.getbasetemp() / "a\nb"))
    assert "run:" not in said
    assert "safe.directory" in said
