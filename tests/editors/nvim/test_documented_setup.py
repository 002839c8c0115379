"""Neovim as docs/editors.md sets it up, with nothing of the tests' own: it opens without a warning."""

import os
import sys
from pathlib import Path

import pytest

from support.command import ROOT
from support.documents import blocks
from support.neovim import hover_text, line_of, started

SETUP, SETTINGS, MAPPING = blocks("lua", ROOT / "docs" / "editors.md")


@pytest.mark.parametrize(
    "parts", [(SETUP,), (SETTINGS, SETUP, MAPPING)], ids=["as it ships", "with settings"]
)
def test_documented_setup_opens_without_a_warning(
    parts: tuple[str, ...],
    project: Path,
    tmp_path: Path,
    quiet_home: dict[str, str],
) -> None:
    programs = Path(sys.executable).parent
    places = {"/path/to/codeorigin": str(ROOT), "/path/to/venv/bin": str(programs)}
    text = "\n".join(parts)
    for written, real in places.items():
        text = text.replace(written, real)
    init = tmp_path / "init.lua"
    # Neovim itself detects no file types with -u.
    init.write_text(
        f"vim.opt.runtimepath:append('{ROOT}/editors/nvim')\nvim.cmd('filetype on')\n{text}", "utf-8"
    )
    home = quiet_home | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    with started(init, project, home) as editor:
        editor.current.window.cursor = (line_of(editor, "def balance_by_account") + 1, 6)
        assert "An estimate, not proof." in hover_text(editor)
        assert editor.funcs.execute("messages").strip() == ""
