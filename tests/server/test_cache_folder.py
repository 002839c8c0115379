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


def test_temporary_files_are_not_written_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = "from codeorigin.core.safe_path import trust_no_folder; trust_no_folder()"
    program = f"{start}; import tempfile; print(tempfile.gettempdir())"
    monkeypatch.setenv("TMPDIR", ".")
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, check=True)
    assert Path(done.stdout.decode().strip()) != tmp_path
