"""Where results are kept that can be computed again."""

import subprocess
import sys
from pathlib import Path

import pytest

from codeorigin.core.cache_folder import cache_folder

pytestmark = pytest.mark.skipif(
    sys.platform in {"win32", "darwin"}, reason="the variables are those of Linux"
)


@pytest.mark.parametrize("value", ["", ".", "cache", "../cache"])
def test_a_relative_folder_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """It would be written into the repository. The XDG specification has it ignored."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", value)
    assert cache_folder() == tmp_path / "home" / ".cache" / "codeorigin"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    assert cache_folder() == tmp_path / "other" / "codeorigin"


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("TMPDIR", "tempfile.gettempdir()"),
        ("HOME", "pathlib.Path.home()"),
        ("HOME", "subprocess.run(['git', 'config', '--global', 'user.name'], capture_output=True).stdout"),
        ("XDG_CONFIG_HOME", "os.environ.get('XDG_CONFIG_HOME')"),
    ],
)
@pytest.mark.parametrize("value", [".", "", "inside"])
def test_no_folder_of_the_user_is_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, asked: str, value: str
) -> None:
    for folder in (tmp_path, tmp_path / "inside"):
        folder.mkdir(exist_ok=True)
        (folder / ".gitconfig").write_text("[user]\nname = theirs\n")
    start = "from codeorigin.core.safe_path import trust_no_folder; trust_no_folder()"
    program = f"{start}; import os, pathlib, subprocess, tempfile; print({asked})"
    monkeypatch.delenv("GIT_CONFIG_GLOBAL", raising=False)
    monkeypatch.setenv(name, value)
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, check=True)
    said = done.stdout.decode().strip()
    assert "theirs" not in said
    assert said == "None" or said.startswith(("b'", "/"))
    assert not Path(said).is_relative_to(tmp_path)
