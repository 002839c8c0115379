"""Fenced blocks by CommonMark's rules: where they begin and end, and how each line starts in the document."""

import random

import pytest

from codeorigin.functions.embedded.markdown import markdown_blocks
from codeorigin.functions.embedded.markup import Markup
from codeorigin.text.positions import LineIndex


def blocks(text: str) -> list[Markup]:
    return list(markdown_blocks(LineIndex(text)))


@pytest.mark.parametrize(
    ("text", "info", "code", "first_line", "shift"),
    [
        ("```py\nx\n```\n", "py", "x\n", 1, 0),
        ("~~~ py\nx\n~~~\n", " py", "x\n", 1, 0),
        ("a\n```py\nx\n```\n", "py", "x\n", 2, 0),
        ("````py\n```\nx\n````\n", "py", "```\nx\n", 1, 0),
        ("~~~py\n```\nx\n```\n~~~\n", "py", "```\nx\n```\n", 1, 0),
        ("```py\nx\n~~~\n", "py", "x\n~~~\n", 1, 0),
        ("  ```py\n  x\n  ```\n", "py", "x\n", 1, 2),
        ("- a\n\n  ```py\n  x\n  ```\n", "py", "x\n", 3, 2),
        ("10. a\n    - b\n\n      ~~~py\n      x\n      ~~~\n", "py", "x\n", 4, 6),
        ("> ```py\n> x\n> ```\n", "py", "x\n", 1, 2),
        ("> - a\n>   ```py\n>   x\n>   ```\n", "py", "x\n", 2, 4),
        ("- ```py\n  x\n  ```\n", "py", "x\n", 1, 2),
        ("```py\nx", "py", "x\n", 1, 0),
        ("> ```py\n> x\noutside\n", "py", "x\n", 1, 2),
        ("- ```py\n  x\n\noutside\n", "py", "x\n", 1, 2),
        ("<details>\n\n```py\nx\n```\n</details>\n", "py", "x\n", 3, 0),
    ],
)
def test_block_has_its_info_code_and_position(
    text: str, info: str, code: str, first_line: int, shift: int
) -> None:
    [block] = blocks(text)
    assert (block.info, block.text.rstrip("\n"), block.first_line) == (info, code.rstrip("\n"), first_line)
    assert block.shifts[0] == shift
    assert block.opening == first_line - 1


def test_lines_keep_their_own_indentation_and_shift() -> None:
    [block] = blocks("1. a\n\n   ```py\n   if x:\n       y\n\n   z\n   ```\n")
    assert block.text == "if x:\n    y\n\nz\n"
    assert block.shifts == (3, 3, 0, 3)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_line_ends_are_read(end: str) -> None:
    [block] = blocks("a\n\n> ```py\n> x\n> y\n> ```\nb\n".replace("\n", end))
    assert block == Markup("py", "x\ny\n", 2, 3, (2, 2))


@pytest.mark.parametrize("mark", ["- ", "> ", "> - "])
def test_block_nested_too_deeply_hides_nothing_after_it(mark: str) -> None:
    [block] = blocks(f"{mark * 30}```go\na\n\n```py\nx\n```\n")
    assert (block.info, block.text, block.first_line) == ("py", "x\n", 4)


def test_tab_counts_as_indentation() -> None:
    [block] = blocks("- a\n\n\t```py\n\tx\n\t```\n")
    assert block.text == "x\n"
    assert block.first_line == 3


def test_form_feeds_and_unicode_line_separators_do_not_end_lines() -> None:
    [block] = blocks("a\x0cb\u2028c\x85d\n\n```py\nx\u2028y\n```\n")
    assert (block.first_line, block.text) == (3, "x\u2028y\n")


def test_blocks_of_arbitrary_documents_are_their_own_lines() -> None:
    random_ = random.Random(5)
    parts = [
        "```",
        "~~~",
        "````",
        "> ",
        "- ",
        "1. ",
        "  ",
        "    ",
        "\t",
        "x",
        "def f():",
        "\n",
        "\n",
        "\n\n",
        "\r\n",
        "é😀",
    ]
    met = 0
    for _ in range(400):
        text = "".join(random_.choice(parts) for _ in range(random_.randint(1, 60)))
        lines = LineIndex(text)
        for block in markdown_blocks(lines):
            own = block.text.split("\n")[:-1]
            assert len(own) == len(block.shifts)
            for number, (line, shift) in enumerate(zip(own, block.shifts, strict=True)):
                met += 1
                shown = lines.line_text(block.first_line + number)
                assert line.lstrip(" \t") == "" or shown.endswith(line.lstrip(" \t"))
                assert len(shown) == max(0, len(line) + shift)
    assert met > 100


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no code",
        "    ```py\n    x\n    ```\n",
        "``py\nx\n``\n",
        "```py `x`\n",
        "<!--\n```py\nx\n```\n-->\n",
        "<pre>\n```py\nx\n```\n</pre>\n",
        "```py\n```\n",
    ],
)
def test_other_text_has_no_block(text: str) -> None:
    assert blocks(text) == []
