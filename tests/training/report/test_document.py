"""Blocks as HTML and as Markdown."""

from codeorigin_training.report.document import (
    Bullets,
    Details,
    Heading,
    Paragraph,
    Picture,
    Table,
    html,
    markdown,
)

EVIL = "<b>&\"'"
TABLE = Table(("what", ""), [("a `llm` cell", "1"), (EVIL, "2")])


def test_text_is_escaped_exactly_once() -> None:
    blocks = [Heading(EVIL), Paragraph(EVIL), TABLE, Bullets((EVIL,), "First"), Details(EVIL, TABLE)]
    found = html(EVIL, [*blocks, Picture(EVIL, "<svg>1</svg>")])
    assert "<b>" not in found
    assert "&amp;lt;" not in found
    assert found.count("&lt;b&gt;&amp;") == 8
    assert "<figcaption>&lt;b&gt;&amp;&#34;&#39;</figcaption><svg>1</svg></figure>" in found


def test_marks_in_texts_become_elements() -> None:
    found = html("t", [Paragraph("`llm` is **never** *sure*, 2 * 3 * 4 is 24", "note")])
    assert (
        '<p class="note"><code>llm</code> is <strong>never</strong> <em>sure</em>, 2 * 3 * 4 is 24</p>'
        in found
    )


def test_markdown_has_an_empty_line_between_blocks() -> None:
    blocks = [
        Heading("Title", 1),
        Paragraph("a < b", "note"),
        TABLE,
        Bullets(("one", "two"), "First"),
        Picture("left out", "<svg></svg>"),
        Details("opens", Table(("x",), [("1",)])),
        Paragraph("last"),
    ]
    assert markdown(blocks) == (
        "# Title\n\na < b\n\n| what | |\n|---|---|\n| a `llm` cell | 1 |\n| <b>&\"' | 2 |\n\n**First**\n\n- one\n"
        "- two\n\n| x |\n|---|\n| 1 |\n\nlast"
    )
