"""reStructuredText's directives for code."""

import pytest

from codeorigin.functions.embedded.markup import Markup
from codeorigin.functions.embedded.restructuredtext import restructuredtext_blocks
from codeorigin.text.positions import LineIndex


def blocks(text: str) -> list[Markup]:
    return list(restructuredtext_blocks(LineIndex(text)))


@pytest.mark.parametrize("directive", ["code-block", "code", "sourcecode"])
def test_code_directive_is_a_block(directive: str) -> None:
    text = f"T\n=\n\n.. {directive}:: python\n\n   def f():\n       x\n\n   y\n\nEnd\n"
    assert blocks(text) == [Markup("python", "def f():\n    x\n\ny\n", 3, 5, (3, 3, 0, 3))]


def test_options_are_not_part_of_the_code() -> None:
    [block] = blocks(".. code-block:: c\n   :linenos:\n   :caption: a.c: one\n\n   int x;\n")
    assert (block.opening, block.first_line, block.text) == (0, 4, "int x;\n")


def test_directive_in_a_list_ends_at_the_next_item() -> None:
    [block] = blocks("- a\n\n  .. code:: go\n\n     x\n     y\n\n- b\n")
    assert (block.text, block.first_line, block.shifts) == ("x\ny\n", 4, (5, 5))


def test_directive_right_after_an_item_marker_is_found() -> None:
    [block] = blocks("1. .. code:: go\n\n      x\n\n   more\n")
    assert (block.text, block.first_line) == ("x\n", 2)


def test_highlight_sets_the_language_of_blocks_without_one() -> None:
    text = ".. highlight:: rust\n\n.. code-block::\n\n   a\n\n.. code-block:: go\n\n   b\n"
    assert [block.info for block in blocks(text)] == ["rust", "go"]


def test_carriage_returns_and_tabs_are_read() -> None:
    [block] = blocks(".. code:: go\r\n\r\n\tx\r\n\t\ty\r\n")
    assert (block.text, block.shifts) == ("x\n\ty\n", (1, 1))


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".. code:: go\n",
        ".. code:: go\n\n\n",
        ".. code:: go\n\nx\n",
        ".. code:: go\n   x\n",
        ".. note:: x\n\n   y\n",
    ],
)
def test_other_text_has_no_block(text: str) -> None:
    assert blocks(text) == []
