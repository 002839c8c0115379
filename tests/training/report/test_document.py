"""Blocks as HTML and as Markdown."""

import re

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
    found = html(EVIL, [*blocks, Picture(EVIL, "<svg>1</svg>")], by=EVIL)
    assert "&lt;b&gt;&amp;&quot;&#x27;" in found
    assert "<b>&" not in found
    assert "&amp;lt;" not in found
    assert found.count("&lt;b&gt;&amp;") == 11
    assert "</figcaption><svg>1</svg></figure>" in found


def test_marks_in_texts_become_elements() -> None:
    found = html("t", [Paragraph("`llm` is **never** *sure*, 2 * 3 * 4 is 24", "what")])
    assert (
        '<p class="what"><code>llm</code> is <strong>never</strong> <em>sure</em>, 2 * 3 * 4 is 24</p>'
        in found
    )


def test_headings_are_listed_first_and_linked() -> None:
    found = html("t", [Heading("One"), Heading("Not this", 3), Heading("Two `x`")])
    assert re.findall(r'<li><a href="#(h\d)">(.*?)</a></li>', found) == [
        ("h0", "One"),
        ("h2", "Two <code>x</code>"),
    ]
    assert '<h2 id="h2">Two <code>x</code></h2>' in found
    assert "<nav" not in html("t", [Paragraph("short")])


def test_each_heading_keeps_one_table_open_and_none_by_language() -> None:
    languages = Table(
        ("human functions called `llm`", ""), [(name, "1") for name in ("go", "java", "python")]
    )
    other = Table(("length", ""), [("short", "1")])
    found = html("t", [Heading("A"), languages, TABLE, other, languages, Heading("B", 3), other])
    folds = re.findall(r'<details class="table"><summary>(.*?)</summary>', found)
    by_language = "human functions called <code>llm</code>, by language"
    assert folds == [by_language, "By length", by_language]
    assert found.count("<table>") == 5


def test_markdown_has_an_empty_line_between_blocks() -> None:
    blocks = [
        Heading("Title", 1),
        Paragraph("a < b", "what"),
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
