"""Random edits of Markdown in the server: fences that open, close, nest and change their info string."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from tests.server.lsp.editor import python_function
from tests.server.lsp.random_edits import PULLING, Text, expected, found, pull
from tests.server.lsp.raw import RawServer, serving

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.functions.documents import Document

EDITS = 700
DOCUMENTS = 4
LOOKS = 30
"""How often findings are compared between edits."""
FENCES = ("```", "````", "~~~", "~~~~")
WORDS = (
    "python", "py", "js", "javascript", "rust", "markdown", "text", "", "{.python #a}", "{code-block} go", "é😀",
)  # fmt: skip
MARGINS = ("", "   ", "> ", "> > ", "- ", "  ", "1. ", "\t", ">\t", "-\t", "    ")
JAVASCRIPT = """\
function keepSmall(values, limit) {
  const kept = [];
  for (const value of values) {
    if (value < limit) {
      kept.push(value * 2);
    }
  }
  return kept;
}
"""
PIECES = (
    *FENCES, *MARGINS, *WORDS, "`", "~", "\n", "\n", "\n\n", "\r\n", "\r", "\t", "\ufeff", "\x0c", "\u2028", "é", "😀",
    "\0", "# Title\n", "<!-- codeorigin: ignore -->\n", "<!--\n", "-->\n", "---\n", "<pre>\n", "</pre>\n", "text ",
    ".. code:: python\n\n", "```python\n", "```\n", "> ```py\n", "- ```js\n", "def f(): pass\n",
)  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[RawServer]:
    with serving(**PULLING) as running:
        yield running
        assert b"ERROR" not in running.errors


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    """Scores the texts from scratch."""
    return Analyzer.load()


def block(chance: random.Random, number: int) -> str:
    """A fenced block with a function, anywhere a fence can stand, and perhaps never closed."""
    fence, word, margin = chance.choice(FENCES), chance.choice(WORDS), chance.choice(MARGINS)
    code = chance.choice((python_function(f"fuzzed_{number}"), JAVASCRIPT))
    end = chance.choice(("\n", "\n", "\r\n", "\r"))
    lines = [f"{fence}{word}", *code.splitlines(), fence if chance.random() < 0.8 else ""]
    rest = margin if ">" in margin else " " * len(margin)
    return end.join((margin if n == 0 else rest) + line for n, line in enumerate(lines)) + end


def change(text: Text, chance: random.Random, number: int) -> dict[str, object]:
    """One more block, or any other edit."""
    if len(text.text) < 3_000 and chance.random() < 0.3:
        start = chance.choice([0, len(text.text), text.text.find("\n") + 1])
        return text.replace(start, start, block(chance, number))
    return text.edit(chance, PIECES)


def check_places(analyzer: Analyzer, text: str, diagnostics: list[dict[str, Any]]) -> int:
    """Check that each finding is on the first line of its function's header; return their number."""
    functions = [
        each
        for each in analyzer.analyze(Document(text, "markdown")).functions
        if each.verdict.probability is not None
    ]
    for function, diagnostic in zip(functions, diagnostics, strict=True):
        assert function.span.inside is not None
        region, own = function.span.inside
        header = region.text[own.header.start : own.header.end].split("\n", 1)[0]
        # The Markdown parser shows NUL as U+FFFD.
        assert text.replace("\0", "\ufffd").startswith(header, function.span.header.start)
        assert diagnostic["range"]["start"] == Text("", text).place(function.span.header.start)
    return len(functions)


def test_edited_documents_match_a_fresh_analysis(server: RawServer, analyzer: Analyzer) -> None:
    chance = random.Random(0)
    texts = [
        Text(f"file:///project/{number}.md", "".join(block(chance, n) for n in range(3)))
        for number in range(DOCUMENTS)
    ]
    met = 0
    for each in texts:
        server.open(each.uri, each.text, "markdown")
    for number in range(EDITS):
        each = chance.choice(texts)
        each.tell(server, *(change(each, chance, number) for _ in range(chance.choice((1, 1, 1, 3)))))
        if number % (EDITS // LOOKS) == 0:
            # Whatever the text looks like by now, a block at the top gives it something to find.
            each.tell(server, each.replace(0, 0, f"```py\n{python_function(f'top_{number}')}```\n"))
            shown = pull(server, each.uri)
            assert found(shown) == expected(analyzer, each.text, "markdown")
            met += check_places(analyzer, each.text, shown)
    for each in texts:
        assert found(pull(server, each.uri)) == expected(analyzer, each.text, "markdown")
    assert met >= LOOKS


def test_edit_that_inverts_thousands_of_fences(server: RawServer, analyzer: Analyzer) -> None:
    blocks = [f"```{WORDS[n % len(WORDS)]}\nx = {n}\n```\n\n" for n in range(2_000)]
    blocks[1_000] = f"```python\n{python_function('hidden')}```\n"
    text = Text("file:///project/many.md", "".join(blocks))
    server.open(text.uri, text.text, "markdown")
    assert [name for name, *_ in found(pull(server, text.uri))] == ["hidden"]
    # One more fence at the top turns code into text and text into code.
    text.tell(server, text.replace(0, 0, "````\n"))
    text.tell(server, text.replace(0, 5, ""))
    text.tell(server, text.replace(0, 0, "~~~markdown\n"))
    inside = pull(server, text.uri)
    assert found(inside) == expected(analyzer, text.text, "markdown")
    assert [name for name, *_ in found(inside)] == ["hidden"]
    text.tell(server, text.replace(0, 3, "~~~~\n"))
    assert pull(server, text.uri) == []
    text.tell(server, text.replace(0, text.text.index("\n") + 1, ""))
    assert [name for name, *_ in found(pull(server, text.uri))] == ["hidden"]


@pytest.mark.parametrize("mark", ["> ", "- ", "1. "])
def test_very_deeply_nested_containers(server: RawServer, analyzer: Analyzer, mark: str) -> None:
    text = Text(
        f"file:///project/deep_{ord(mark[0])}.md",
        f"{mark * 5_000}```py\nx = 1\n\n```py\n{python_function('after')}```\n",
    )
    server.open(text.uri, text.text, "markdown")
    assert [name for name, *_ in found(pull(server, text.uri))] == ["after"]
    text.tell(server, text.replace(0, 0, mark))
    assert found(pull(server, text.uri)) == expected(analyzer, text.text, "markdown")
