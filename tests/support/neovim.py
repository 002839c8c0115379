"""A real Neovim with the shipped configuration, driven over its own remote interface."""

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pynvim
import pytest

from support.waiting import wait_for

_EDITORS = Path(__file__).parents[2] / "editors"
_INIT = Path(__file__).parents[1] / "editors" / "nvim" / "init.lua"


@contextmanager
def neovim(project: Path, home: dict[str, str], settings: dict[str, object]) -> Iterator[pynvim.Nvim]:
    """Neovim in the folder ``project`` with its Python sample open, and the server with ``settings``."""
    given = {
        "CODEORIGIN_EDITORS": str(_EDITORS),
        "CODEORIGIN_COMMAND": json.dumps([sys.executable, "-m", "codeorigin", "serve"]),
        "CODEORIGIN_SETTINGS": json.dumps(settings),
    }
    with started(_INIT, project, home | given) as editor:
        yield editor


@contextmanager
def started(init: Path, project: Path, environment: dict[str, str]) -> Iterator[pynvim.Nvim]:
    """Neovim with the configuration ``init`` alone, in the folder ``project`` with its Python sample open."""
    executable = shutil.which("nvim", path=str(Path(sys.executable).parent)) or shutil.which("nvim")
    assert executable is not None, "Neovim is missing: install the extra dev"
    command = [executable, "--embed", "--headless", "-u", str(init), "ledger.py"]
    with pytest.MonkeyPatch.context() as patched:
        for name, value in environment.items():
            patched.setenv(name, value)
        patched.chdir(project)
        editor = pynvim.attach("child", argv=command)
    try:
        yield editor
    finally:
        editor.command("qall!", async_=True)
        editor.close()


def findings(nvim: pynvim.Nvim) -> list[dict[str, Any]]:
    """The diagnostics of the current buffer, from top to bottom."""
    found: list[dict[str, Any]] = nvim.exec_lua("return vim.diagnostic.get(0)")
    return sorted(found, key=lambda each: each["lnum"])


def line_of(nvim: pynvim.Nvim, text: str) -> int:
    """The number, from 0, of the first line of the current buffer that contains ``text``."""
    return next(number for number, line in enumerate(nvim.current.buffer[:]) if text in line)


def hover_text(nvim: pynvim.Nvim) -> str:
    """The hover at the cursor, once it has its explanation."""

    def floating() -> str:
        nvim.exec_lua("vim.lsp.buf.hover()")
        texts = nvim.exec_lua(
            """
            local function floats(window) return vim.api.nvim_win_get_config(window).relative ~= '' end
            vim.wait(500, function() return vim.iter(vim.api.nvim_list_wins()):any(floats) end, 10)
            local texts = {}
            for _, window in ipairs(vim.api.nvim_list_wins()) do
              if floats(window) then
                vim.list_extend(texts, vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, true))
                vim.api.nvim_win_close(window, true)
              end
            end
            return texts
            """
        )
        return "\n".join(texts)

    return wait_for(floating, done=lambda shown: "▰" in shown, what="hover with its explanation")
