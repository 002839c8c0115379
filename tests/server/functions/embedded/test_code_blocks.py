"""From a document to code blocks with a language: from the block's word, from its text, or not at all."""

import pytest
from tests.support.language_texts import CODE, NONE

from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import Cancelled
from codeorigin.functions.embedded.code_blocks import block_at, code_blocks
from codeorigin.functions.embedded.markup import language_of_word, language_word
from codeorigin.functions.spans import Piece
from codeorigin.languages.kinds import MARKDOWN, NOTEBOOK, RESTRUCTUREDTEXT, find_document_kind, kind_for_path
from codeorigin.text.positions import LineIndex


def blocks(text: str, **options: object) -> tuple[Piece, ...]:
    return code_blocks(LineIndex(text), MARKDOWN, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("info", "language"),
    [
        ("python", "python"),
        ("Python", "python"),
        ("py3 title='x'", "python"),
        ("js {1,3}", "javascript"),
        ("js{1}", "javascript"),
        ("ts:src/a.ts", "typescript"),
        ("tsx", "tsx"),
        ("rust,no_run", "rust"),
        ("c++", "cpp"),
        ("C#", "csharp"),
        ("golang", "go"),
        ("rb", "ruby"),
        ("h", "c"),
        ("{.php .numberLines}", "php"),
        ("{#id .java}", "java"),
        ("{python, echo=FALSE}", "python"),
        ("{code-block} go", "go"),
        ("{code-cell} ipython3", "python"),
        ("text", None),
        ("console", None),
        ("json", None),
        ("objective-c", None),
        ("../x", None),
    ],
)
def test_language_word_names_the_language(info: str, language: str | None) -> None:
    word = language_word(info)
    assert word
    assert language_of_word(word) == language


@pytest.mark.parametrize("info", ["", "  ", "{1,3}", "{title=x}", "title=x.py", "{#id}"])
def test_info_string_may_have_no_word(info: str) -> None:
    assert language_word(info) == ""


def test_language_of_a_block_without_a_word_is_guessed() -> None:
    [block] = blocks(f"```\n{CODE['go']}```\n")
    assert block.language == "go"
    assert block.confidence is not None
    assert block.confidence > 0.5


@pytest.mark.parametrize("kind", NONE)
def test_block_whose_language_is_unclear_is_left_out(kind: str) -> None:
    assert blocks(f"~~~~~~~~\n{NONE[kind]}\n~~~~~~~~\n") == ()


def test_block_with_an_unsupported_word_is_not_guessed() -> None:
    assert blocks(f"```text\n{CODE['go']}```\n") == ()


def test_word_takes_precedence_over_the_text() -> None:
    [block] = blocks(f"```python\n{CODE['go']}```\n")
    assert (block.language, block.confidence) == ("python", None)


def test_languages_filter_the_blocks() -> None:
    text = "```py\nx\n```\n```go\ny\n```\n"
    assert [each.language for each in blocks(text, languages=["go"])] == ["go"]


def test_document_within_a_document_is_read() -> None:
    text = "> ````md\n> - a\n>   ```py\n>   x\n>   ```\n> ````\n"
    [block] = blocks(text)
    assert (block.text, block.first_line, block.shifts) == ("x\n", 3, (4,))


def test_cancelled_token_stops_before_the_next_block() -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        blocks("```py\nx\n```\n", cancel=token)
    assert blocks("no block", cancel=token) == ()


def test_block_is_found_by_its_lines() -> None:
    found = blocks("```py\na\nb\n```\n```go\nc\n```\n")
    assert [block_at(found, line, line) for line in range(7)] == [
        None,
        found[0],
        found[0],
        None,
        None,
        found[1],
        None,
    ]
    assert block_at(found, 0, 6) == found[0]


@pytest.mark.parametrize(
    ("text", "ignored"),
    [
        ("<!-- codeorigin: ignore -->\n```py\nx\n```\n```py\ny\n```\n", [True, False]),
        ("> <!-- codeorigin: ignore -->\n> ```py\n> x\n> ```\n", [True]),
        ("<!-- codeorigin: ignore-file -->\n\n```py\nx\n```\n```py\ny\n```\n", [True, True]),
        ("---\n" + "a: b\n" * 20 + "---\n<!-- codeorigin: ignore-file -->\n```py\nx\n```\n", [True]),
        ("a\n" * 20 + "<!-- codeorigin: ignore-file -->\n```py\nx\n```\n", [False]),
        ("codeorigin: ignore\n```py\nx\n```\n", [False]),
        ("<!-- codeorigin: ignored -->\n```py\nx\n```\n", [False]),
        ("<!-- codeorigin: ignore -->\n````md\n```py\nx\n```\n````\n", [True]),
    ],
)
def test_comments_switch_blocks_off(text: str, ignored: list[bool]) -> None:
    assert [block.ignored for block in blocks(text)] == ignored


def test_restructuredtext_comments_switch_blocks_off() -> None:
    text = ".. codeorigin: ignore\n\n.. code:: go\n\n   x\n\n.. code:: go\n\n   y\n"
    assert [each.ignored for each in code_blocks(LineIndex(text), RESTRUCTUREDTEXT)] == [True, False]
    text = ".. codeorigin: ignore-file\n\n" + text
    assert [each.ignored for each in code_blocks(LineIndex(text), RESTRUCTUREDTEXT)] == [True, True]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("README.md", "markdown"),
        ("a/B.MARKDOWN", "markdown"),
        ("x.qmd", "markdown"),
        ("d.rst", "restructuredtext"),
        ("a.ipynb", "notebook"),
        ("b/A.IPYNB", "notebook"),
        ("a.py", "python"),
        ("x.txt", None),
        ("md", None),
        ("ipynb", None),
    ],
)
def test_kind_is_found_by_path(path: str, kind: str | None) -> None:
    found = kind_for_path(path)
    assert (None if found is None else found.id) == kind


def test_document_kind_is_found_by_name() -> None:
    assert find_document_kind("MarkDown") is MARKDOWN
    assert find_document_kind("rst") is RESTRUCTUREDTEXT
    assert find_document_kind("python") is None
    assert find_document_kind("notebook") is NOTEBOOK


def test_block_of_a_notebook_is_no_document() -> None:
    assert blocks("```notebook\n{}\n```\n") == ()
