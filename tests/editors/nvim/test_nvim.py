"""The shipped Neovim configuration in a real Neovim, driven over its own remote interface."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pynvim
import pytest

from support.neovim import findings, hover_text, line_of, neovim
from support.waiting import wait_for


@pytest.fixture(scope="module")
def started(
    project: Path, quiet_home: dict[str, str], server_settings: dict[str, object]
) -> Iterator[pynvim.Nvim]:
    with neovim(project, quiet_home, server_settings) as editor:
        yield editor


@pytest.fixture
def nvim(started: pynvim.Nvim) -> pynvim.Nvim:
    """Neovim with the Python sample open, as it is on disk, and its findings there."""
    started.command("%bwipeout! | edit ledger.py")
    wait_for(lambda: findings(started), done=lambda found: len(found) == 2, what="findings")
    return started


def heat(nvim: pynvim.Nvim) -> list[Any]:
    marks: list[Any] = nvim.exec_lua(
        "return vim.api.nvim_buf_get_extmarks(0, vim.api.nvim_create_namespace('codeorigin'), 0, -1, {details = true})"
    )
    return marks


def test_one_diagnostic_per_function_on_its_header(nvim: pynvim.Nvim) -> None:
    found = findings(nvim)
    headers = [line_of(nvim, "def read_postings"), line_of(nvim, "def balance_by_account")]
    assert [each["lnum"] for each in found] == headers
    assert [nvim.current.buffer[each["lnum"]][each["col"] : each["end_col"]] for each in found] == [
        nvim.current.buffer[line] for line in headers
    ]
    assert {each["source"] for each in found} == {"CodeOrigin"}
    assert all("likely LLM" in each["message"] for each in found)


def test_hover_opens_a_float_with_the_evidence(nvim: pynvim.Nvim) -> None:
    line = line_of(nvim, "def balance_by_account")
    nvim.current.window.cursor = (line + 1, 6)
    text = hover_text(nvim)
    assert "Likely LLM" in text
    assert f"Whole explanation: `codeorigin explain ledger.py:{line + 1}`" in text


def test_edit_moves_the_findings_and_adds_none(nvim: pynvim.Nvim) -> None:
    before = [each["lnum"] for each in findings(nvim)]
    nvim.current.buffer.append(["# first", "# second"], 0)
    moved = [line + 2 for line in before]
    wait_for(
        lambda: [each["lnum"] for each in findings(nvim)],
        done=lambda lines: lines == moved,
        what="moved findings",
    )
    first, last = line_of(nvim, "def read_postings"), line_of(nvim, "def twice")
    nvim.current.buffer[first:last] = []
    wait_for(lambda: findings(nvim), done=lambda found: len(found) == 1, what="one finding")


def test_code_action_ignores_the_function(nvim: pynvim.Nvim) -> None:
    line = line_of(nvim, "def read_postings")
    nvim.current.window.cursor = (line + 1, 6)
    nvim.exec_lua(
        """
        vim.lsp.buf.code_action({
          apply = true,
          filter = function(action) return vim.startswith(action.title, 'Ignore this function') end,
        })
        """
    )
    wait_for(lambda: "codeorigin: ignore" in "\n".join(nvim.current.buffer[:]), what="the comment")
    found = wait_for(lambda: findings(nvim), done=lambda found: len(found) == 1, what="one finding")
    assert "balance_by_account" in nvim.current.buffer[found[0]["lnum"]]


def test_explain_action_opens_a_float_to_scroll_and_close(nvim: pynvim.Nvim) -> None:
    source = nvim.current.buffer
    line = line_of(nvim, "def balance_by_account")
    nvim.current.window.cursor = (line + 1, 6)
    nvim.exec_lua(
        """
        vim.lsp.buf.code_action({
          apply = true,
          filter = function(action) return vim.startswith(action.title, 'Explain this function') end,
        })
        """
    )
    wait_for(lambda: nvim.current.buffer != source, what="the cursor in the float")
    shown = nvim.current.buffer[:]
    assert shown[0].startswith("Likely LLM")
    (header,) = [text for text in shown if text.startswith(f"{line + 1:5}")]
    assert header.endswith(f"  {source[line]}")
    assert "not proof" in shown[-2]
    nvim.feedkeys("q")
    wait_for(lambda: nvim.current.buffer == source, what="the cursor in the file again")


def test_heat_map_is_painted_and_cleared_by_an_edit(nvim: pynvim.Nvim) -> None:
    nvim.exec_lua("require('codeorigin').toggle()")
    marks = wait_for(lambda: heat(nvim), what="virtual text")
    functions = range(line_of(nvim, "def read_postings"), line_of(nvim, "return totals") + 1)
    assert {mark[1] for mark in marks} <= set(functions)
    # Below the window, too.
    assert max(mark[1] for mark in marks) > nvim.funcs.line("w$")
    groups = {mark[3]["virt_text"][0][1] for mark in marks}
    assert groups <= {"CodeOriginLlm", "CodeOriginHuman"}
    nvim.current.buffer.append("# an edit", 0)
    wait_for(lambda: not heat(nvim), what="cleared virtual text")
    nvim.exec_lua("require('codeorigin').toggle()")
    wait_for(lambda: heat(nvim), what="virtual text again")
    nvim.exec_lua("require('codeorigin').toggle()")
    assert heat(nvim) == []
