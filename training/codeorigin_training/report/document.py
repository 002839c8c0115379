"""A document as plain values, which becomes an HTML page of the same parts as the server's, or Markdown."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from codeorigin.pages.frame import page
from codeorigin.pages.parts import folded, table
from codeorigin.text.literal_text import html_line

_INLINE = (
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*([^*]+)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![\w*])\*([^*\s][^*]*)\*(?![\w*])"), r"<em>\1</em>"),
)

_CHAPTER = 2
_LANGUAGES = {"python", "java", "go"}
"""A table with rows of these names is by language."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of ``level``, from 1."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``role`` is empty, ``what`` for an explanation or ``fine`` for "nothing is wrong".

    Texts of all blocks may hold code in backquotes, emphasis between single and strong text between double asterisks.
    """

    text: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first column names its rows."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; with a ``title``, one that must be read first."""

    texts: Sequence[str]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG element with its title, which may be empty. Markdown leaves it out."""

    title: str
    svg: str


@dataclass(frozen=True, slots=True)
class Details:
    """A table that HTML opens on a click on ``title``."""

    title: str
    table: Table


Block = Heading | Paragraph | Table | Bullets | Picture | Details


def html(title: str, blocks: Sequence[Block], *, by: str = "") -> str:
    """A whole page with its contents, without scripts or external resources; all texts are escaped.

    Each heading of the second or third level keeps its first table open. The others fold, and those by language always.
    ``by`` names the model in the footer.
    """
    return "".join(page(title, [_contents(blocks), *_elements(_one_table_each(blocks))], by))


def markdown(blocks: Sequence[Block]) -> str:
    """The blocks with an empty line between them, without a line end after the last."""
    return "\n\n".join(filter(None, map(_marked, blocks)))


def _contents(blocks: Sequence[Block]) -> str:
    """Links to the headings of the second level, in two columns where there is room."""
    links = "".join(
        f'<li><a href="#h{place}">{_inline(heading.text)}</a></li>'
        for place, heading in enumerate(blocks)
        if isinstance(heading, Heading) and heading.level == _CHAPTER
    )
    return f'<nav aria-label="Contents"><ol class="contents">{links}</ol></nav>' if links else ""


def _one_table_each(blocks: Sequence[Block]) -> Iterator[tuple[int, Block]]:
    """The blocks with their places, and the tables folded that are not the first under their heading."""
    is_first = True
    for place, block in enumerate(blocks):
        if isinstance(block, Heading):
            is_first = True
        if not isinstance(block, Table):
            yield place, block
            continue
        what = block.header[0]
        by_language = {row[0].lower() for row in block.rows} >= _LANGUAGES
        if is_first and not by_language:
            is_first = False
            yield place, block
        elif " " in what:
            yield place, Details(f"{what}, by language" if by_language else what, block)
        else:
            yield place, Details(f"By {what.lower()}" if what else "The figures", block)


def _elements(blocks: Iterable[tuple[int, Block]]) -> Iterator[str]:
    for place, block in blocks:
        match block:
            case Heading(text, level):
                yield f'<h{level} id="h{place}">{_inline(text)}</h{level}>'
            case Paragraph(text, role):
                yield f'<p class="{role}">{_inline(text)}</p>' if role else f"<p>{_inline(text)}</p>"
            case Table():
                yield _table(block)
            case Bullets(texts, title):
                items = f"<ul>{''.join(f'<li>{_inline(text)}</li>' for text in texts)}</ul>"
                yield f'<div class="first"><strong>{_inline(title)}</strong>{items}</div>' if title else items
            case Picture(title, svg):
                caption = f"<figcaption>{_inline(title)}</figcaption>" if title else ""
                yield f'<figure class="plot">{caption}{svg}</figure>'
            case Details(title, inner):
                yield folded("table", _inline(title), [_table(inner)])


def _table(block: Table) -> str:
    return table([*map(_inline, block.header)], ([*map(_inline, row)] for row in block.rows))


def _inline(text: str) -> str:
    found = html_line(text)
    for pattern, replacement in _INLINE:
        found = pattern.sub(replacement, found)
    return found


def _marked(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * level} {text}"
        case Paragraph(text):
            return text
        case Table(header, rows):
            return "\n".join([_row(header), "|---" * len(header) + "|", *map(_row, rows)])
        case Bullets(texts, title):
            items = "\n".join(f"- {text}" for text in texts)
            return f"**{title}**\n\n{items}" if title else items
        case Details(_, inner):
            return _marked(inner)
        case Picture():
            return ""


def _row(cells: Sequence[str]) -> str:
    return f"|{''.join(f' {cell} |' if cell else ' |' for cell in cells)}"
