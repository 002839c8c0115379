"""Texts in which the scanners must not find code."""

from collections.abc import Callable, Iterator

import pytest

from codeorigin.functions.embedded.markdown import markdown_blocks
from codeorigin.functions.embedded.markup import Markup
from codeorigin.functions.embedded.restructuredtext import restructuredtext_blocks
from codeorigin.text.positions import LineIndex

MARKDOWN = [
    "",
    "no code",
    "    ```py\n    x\n    ```\n",
    "``py\nx\n``\n",
    "```py `x`\n",
    "<!--\n```py\nx\n```\n-->\n",
    "<pre>\n```py\nx\n```\n</pre>\n",
    "```py\n```\n",
]
RESTRUCTUREDTEXT = [
    "",
    ".. code:: go\n",
    ".. code:: go\n\n\n",
    ".. code:: go\n\nx\n",
    ".. code:: go\n   x\n",
    ".. note:: x\n\n   y\n",
]


@pytest.mark.parametrize(
    ("scan", "text"),
    [
        *((markdown_blocks, text) for text in MARKDOWN),
        *((restructuredtext_blocks, text) for text in RESTRUCTUREDTEXT),
    ],
)
def test_no_block_is_found(scan: Callable[[LineIndex], Iterator[Markup]], text: str) -> None:
    assert list(scan(LineIndex(text))) == []
